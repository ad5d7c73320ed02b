"""How fast and how heavy the public pages are in Chromium: `python -m benchmarks.site URL` (`make bench-site`).

Each page of a running site is opened several times in a narrow window by a processor slowed down fourfold, as
Lighthouse does for a telephone, in a fresh profile each time. Medians are printed beside those that are kept in
`benchmarks/kept/site.json`, and take their place with --keep:

    paint      first contentful paint, milliseconds after the navigation began (Paint Timing)
    blocking   milliseconds beyond the first fifty of every longer task (Long Tasks), until a second after the load
    shift      the layout shifts that no input caused, summed up (Layout Instability)
    html, css, js   kilobytes of the page, its style sheets and its scripts, uncompressed

Times depend on the machine: compare them with those of the same one. Weights and shifts do not.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

KEPT = Path(__file__).parent / "kept" / "site.json"
DISPUTE = "/disputes/openai-deepseek-distillation/"
PAGES = {
    "home": "/",
    "changes": "/changes/",
    "dispute": DISPUTE,
    "accusations": f"{DISPUTE}?view=accusations",
    "frame": f"{DISPUTE}embed/",
    "party": "/parties/openai/",
    "results": "/search/?q=distillation",
    "statistics": "/statistics/",
    "about": "/about/",
}
SLOWED = 4
OBSERVE = """() => { window.measured = {blocking: 0, shift: 0};
  new PerformanceObserver(l => l.getEntries().forEach(e => measured.blocking += Math.max(0, e.duration - 50)))
    .observe({type: "longtask", buffered: true});
  new PerformanceObserver(l => l.getEntries().forEach(e => measured.shift += e.hadRecentInput ? 0 : e.value))
    .observe({type: "layout-shift", buffered: true}); }"""
READ = """() => { const size = (end) => performance.getEntriesByType("resource")
    .filter(e => new URL(e.name).pathname.endsWith(end)).reduce((sum, e) => sum + e.decodedBodySize, 0) / 1000;
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {paint: paint ? paint.startTime : null, ...measured, css: size(".css"), js: size(".js"),
          html: performance.getEntriesByType("navigation")[0].decodedBodySize / 1000}; }"""


def measure(browser: Browser, address: str) -> dict[str, float]:
    """Return the figures of one opening of a page."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.add_init_script(f"({OBSERVE})()")
    answer = page.goto(address, wait_until="load")
    if answer is None or answer.status != 200:
        raise SystemExit(f"{address} answered {answer.status if answer else 'nothing'}: fill the site first")
    page.wait_for_timeout(1000)
    found: dict[str, float] = page.evaluate(READ)
    context.close()
    return found


def figures(site: str, times: int) -> dict[str, dict[str, float]]:
    """Return the medians of every page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or None, args=["--no-sandbox"])
        measure(browser, site + "/")  # the first opening warms the server
        found = {}
        for name, path in PAGES.items():
            rows = [measure(browser, site + path) for _ in range(times)]
            found[name] = {key: round(median(row[key] for row in rows), 4) for key in rows[0]}
        browser.close()
    return found


def table(now: dict[str, dict[str, float]], before: dict[str, dict[str, float]]) -> str:
    """Return the figures as lines, each with how much it differs from the kept one."""
    lines = []
    for name, row in now.items():
        parts = []
        for key, value in row.items():
            was = before.get(name, {}).get(key)
            parts.append(f"{key} {value:.3g}" + ("" if was is None else f" ({value - was:+.3g})"))
        lines.append(f"{name:12} " + "  ".join(parts))
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Measure, compare and, if asked to, keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site")
    parser.add_argument("site", help="a site with the demonstration: http://127.0.0.1:8000")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="keep these figures in place of the last")
    options = parser.parse_args(arguments)
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    now = figures(options.site.rstrip("/"), options.times)
    sys.stdout.write(table(now, kept.get("pages", {})) + "\n")
    if options.keep:
        machine = {"processors": os.cpu_count(), "system": platform.system(), "machine": platform.machine()}
        made = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "slowed": SLOWED, "machine": machine}
        KEPT.write_text(json.dumps(made | {"pages": now}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
