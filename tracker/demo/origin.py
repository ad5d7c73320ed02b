"""The demonstration's origin server: every outlet under a path of one address, as real sites behave.

    python -m tracker.demo.origin --host 127.0.0.1 --port 8765

It answers GET and HEAD with strong ETags, Last-Modified and 304 (RFC 9110, 13), gzip where it is accepted,
pages in several charsets, one feed that moved for good (301), one page behind a temporary redirect (302), one
that is gone (410), one with an empty body, one behind a paywall. Articles with a `later_text` change once, a
set time after the start: `--change-after` seconds after `--started`, a Unix time that is "now" unless given,
so whoever restarts the server can keep a changed page changed. The changed page calls itself updated at its
`later_at`, while its Last-Modified is the moment of the change here. No cookies, no access log.
"""

import argparse
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from tracker.demo.feeds import CONTENT_TYPES, TEMPLATES, render_feed
from tracker.demo.library import DemoArticle, DemoOutlet, Library, library
from tracker.demo.pages import render_absence, render_article, render_index, render_outlet

CHANGE_AFTER = 600.0
MAX_AGE = 60
ROBOTS = b"# Demonstration newsroom\nUser-agent: *\nAllow: /\nDisallow: /search\n"


@dataclass(frozen=True, slots=True)
class Representation:
    """What an address has to show: a body with its type, and when it last changed here (None: no validators)."""

    body: bytes
    content_type: str
    changed: datetime | None
    status: int = 200


Resource = Callable[[str], Representation]


class Origin:
    """The demonstration's addresses. *clock* gives Unix time in seconds and is injected by tests."""

    def __init__(
        self,
        content: Library | None = None,
        *,
        change_after: float = CHANGE_AFTER,
        started: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.content = content or library()
        self.clock = clock
        self.change_at = (clock() if started is None else started) + change_after
        self.outlets = {outlet.slug: outlet for outlet in self.content.outlets}
        self.by_key = {article.key: article for article in self.content.articles}
        self.redirects: dict[str, tuple[int, str]] = {}
        self.resources: dict[str, Resource] = {
            "/": lambda _: self._fixed(render_index(self.content.outlets), "text/html; charset=utf-8"),
            "/index.json": self._index_json,
            "/robots.txt": lambda _: self._fixed(ROBOTS, "text/plain; charset=utf-8"),
            "/style.css": lambda _: self._fixed((TEMPLATES / "style.css").read_bytes(), "text/css"),
        }
        for outlet in self.content.outlets:
            self._add_outlet(outlet)
        for article in self.content.articles:
            self._add_article(article)

    def app(self) -> web.Application:
        """An aiohttp application that answers every address of the origin."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Redirect, 404, 304 or the representation; a query is ignored, as for tracking parameters."""
        path = request.path
        if path in self.redirects:
            status, target = self.redirects[path]
            return web.Response(status=status, headers={"Location": target})
        resource = self.resources.get(path)
        if resource is None:
            body = render_absence("Not found", "There is nothing at this address.")
            return web.Response(status=404, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
        return respond(request, resource(str(request.url.origin())))

    # -------------------------------------------------------------- the addresses
    def _add_outlet(self, outlet: DemoOutlet) -> None:
        own = [article for article in self.content.articles if article.outlet == outlet.slug]
        self.redirects[outlet.home_path.rstrip("/")] = (301, outlet.home_path)
        self.resources[outlet.home_path] = lambda _: Representation(
            render_outlet(outlet, own), "text/html; charset=utf-8", self._modified(own)
        )
        if outlet.feed_target:
            self.redirects[outlet.feed_path] = (301, outlet.feed_target)

        def feed(base: str) -> Representation:
            pairs = [(article, self._updated(article)) for article in own]
            updated = self._modified(own)
            kind = CONTENT_TYPES[outlet.format]
            return Representation(render_feed(outlet, pairs, base, updated), kind, updated)

        self.resources[outlet.feed_target or outlet.feed_path] = feed

    def _add_article(self, article: DemoArticle) -> None:
        if article.redirect:
            self.redirects[article.link_path] = (article.redirect, article.path)
        self.resources[article.path] = lambda base: self._page(article, base)

    def _page(self, article: DemoArticle, base: str) -> Representation:
        outlet = self.outlets[article.outlet]
        content_type = "text/html" if outlet.declares == "meta" else f"text/html; charset={outlet.charset}"
        if article.behaviour == "gone":
            body = render_absence("Gone", "This demonstration page was taken down by its outlet.")
            return Representation(body, "text/html; charset=utf-8", None, status=410)
        modified = self._modified([article])
        if article.behaviour == "empty":
            return Representation(b"", content_type, modified)
        body = render_article(
            outlet,
            article,
            article.later_paragraphs if self._is_changed(article) else article.paragraphs,
            self._updated(article),
            base,
            self.content.outlets,
            self._related(article),
            self.by_key[article.copy_of].path if article.copy_of else article.path,
        )
        return Representation(body, content_type, modified)

    def _index_json(self, base: str) -> Representation:
        rows = [asdict(outlet) | {"feed_url": base + outlet.feed_path} for outlet in self.content.outlets]
        return self._fixed(json.dumps({"outlets": rows}).encode(), "application/json")

    # -------------------------------------------------------------- what is when
    def _fixed(self, body: bytes, content_type: str) -> Representation:
        return Representation(body, content_type, max(article.published for article in self.content.articles))

    def _is_changed(self, article: DemoArticle) -> bool:
        return article.later_at is not None and self.clock() >= self.change_at

    def _updated(self, article: DemoArticle) -> datetime:
        """When the article says that it was last updated: real publication dates, never the time of serving."""
        return article.later_at if article.later_at and self._is_changed(article) else article.published

    def _modified(self, articles: Sequence[DemoArticle]) -> datetime:
        """Last-Modified of whatever shows *articles*: it has to grow when a change shows, so a change counts
        from the moment at which it was made here."""
        here = datetime.fromtimestamp(int(self.change_at), UTC)
        return max(here if self._is_changed(article) else article.published for article in articles)

    def _related(self, article: DemoArticle) -> list[DemoArticle]:
        own = [other for other in self.content.articles if other.outlet == article.outlet]
        return [other for other in own if other.key != article.key][:3]


# ------------------------------------------------------------------ HTTP
def respond(request: web.Request, found: Representation) -> web.Response:
    """The answer to *request*: 304 if the client's copy is current, else the body, compressed if it may be.

    Each content coding has its own strong ETag, and either one is known again (RFC 9110, 8.8.3.3).
    """
    digest = hashlib.sha256(found.body).hexdigest()[:20]
    zipped = bool(found.body) and accepts_gzip(request.headers.get("Accept-Encoding", ""))
    headers = {"Vary": "Accept-Encoding", "Cache-Control": f"max-age={MAX_AGE}"}
    if found.changed:
        headers["ETag"] = f'"{digest}-gzip"' if zipped else f'"{digest}"'
        headers["Last-Modified"] = format_datetime(found.changed, usegmt=True)
        if _is_current(request, (f'"{digest}"', f'"{digest}-gzip"'), found.changed):
            return web.Response(status=304, headers=headers)
    headers["Content-Type"] = found.content_type
    body = found.body
    if zipped:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    return web.Response(status=found.status, headers=headers, body=body)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding admits gzip (RFC 9110, 12.5.3): by name, or by "*" where it is not named."""
    weights = {}
    for part in header.lower().split(","):
        coding, _, parameter = part.strip().partition(";")
        try:
            weights[coding.strip()] = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _is_current(request: web.Request, etags: tuple[str, str], changed: datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides where it is sent, else If-Modified-Since."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        listed = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in listed or not listed.isdisjoint(etags)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed <= since


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tracker.demo.origin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--change-after", type=float, default=CHANGE_AFTER, metavar="SECONDS")
    parser.add_argument("--started", type=float, metavar="UNIX_TIME", help="count the change from this moment")
    options = parser.parse_args(arguments)
    origin = Origin(change_after=options.change_after, started=options.started)
    web.run_app(origin.app(), host=options.host, port=options.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
