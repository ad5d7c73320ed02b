"""The browser of the tests: the Chromium that `make test` found or installed, without its calls home."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """Run a headless Chromium for the length of the block."""
    path = os.environ.get("CHROMIUM")
    if not path:
        raise AssertionError("CHROMIUM names no browser: `make test` finds or installs one and sets it.")
    browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    try:
        yield browser
    finally:
        browser.close()
