"""Pages made for tests: what stands in them is up to the test, the rest is an ordinary article."""

from tracker.news.pages import read_page
from tracker.news.types import ParsedPage

URL = "https://gazette.example/2025/02/x"
SENTENCE = "The court said on Tuesday that the maker of the model must keep its logs until the case is over. "


def page(body: str = "", head: str = "", lang: str = "en") -> bytes:
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'.encode()


def article(title: str = "Court keeps the logs", above: str = "", head: str = "", paragraphs: int = 6) -> bytes:
    text = "".join(f"<p>{SENTENCE} Paragraph {n} says so once more, in other words.</p>" for n in range(paragraphs))
    return page(f"<article><h1>{title}</h1>{above}{text}</article>", head=head or f"<title>{title}</title>")


def read(body: bytes, url: str = URL, content_type: str = "") -> ParsedPage:
    return read_page(body, url, content_type)
