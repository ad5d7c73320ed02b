"""A small newsroom for the tests of faults: two feeds, three articles and a wire copy, all of our own writing.

Its people and firms are invented. What the route makes of it is the same each time, so a run with faults can be held
against a calm one.
"""

from xml.sax.saxutils import escape

from tests.origin import Origin

LAWSUIT = """Writers' group sues Larkfield AI over training data

The Harbour Writers' Guild sued Larkfield AI in a federal court on Monday. The guild alleges that the company
copied thousands of its members' novels to train its chatbot without permission.

"They took our books and never asked," said Maria Oakes, the president of the guild. The complaint says that
Larkfield AI removed copyright notices from the files before it used them.

Larkfield AI denied the allegations. "We trained on material that we were allowed to use, and we will defend
ourselves," a spokesperson for Larkfield AI said in a statement on Monday evening.

The case is one of several about books in the training data of language models. A first hearing is expected in
the spring, and both sides have asked the court to decide quickly on what the chatbot may keep."""
FINE = """Watchdog fines Brightwell Systems over face recognition

The Northern Data Protection Authority fined Brightwell Systems two million euros on Wednesday for the use of
its face recognition software in shops. The authority found that the company collected pictures of customers
without a legal basis.

Brightwell Systems said that it would appeal against the decision. "The authority has misunderstood how our
artificial intelligence works," the company said.

Shoppers had complained about the cameras for two years. The authority ordered the company to delete the
pictures within three months and to say publicly that it has done so. Two supermarket chains have stopped the
use of the software."""
CONCERN = """Researchers warn of invented quotes in chatbot answers

Researchers at the Institute for Open Language warned on Friday that the chatbot of Larkfield AI invents quotes
of real people. Their study found invented quotes in one of nine answers about politics.

"Nobody should have to prove that they did not say something," said Tomas Hale, an author of the study. The
institute called on Larkfield AI to label such answers.

Larkfield AI declined to comment on the study. The company has said in the past that its artificial intelligence
model is being improved, and that users should check important answers. The study will be presented at a
conference in June."""
PAGES = {"/lawsuit": LAWSUIT, "/fine": FINE, "/concern": CONCERN}


def open_newsroom(origin: Origin) -> list[str]:
    """Serve the newsroom's pages and feeds on *origin*; return the feeds' addresses."""
    for path, text in PAGES.items():
        origin.serve(path, page(text), Content_Type="text/html; charset=utf-8", ETag=f'"{path}"')
    origin.serve("/wire/lawsuit", page(LAWSUIT), Content_Type="text/html; charset=utf-8")
    return [
        origin.serve("/gazette.rss", feed(origin, list(PAGES)), Content_Type="application/rss+xml", ETag='"g"'),
        origin.serve(
            "/wire.rss", feed(origin, ["/wire/lawsuit", "/fine"]), Content_Type="application/rss+xml", ETag='"w"'
        ),
    ]


def page(text: str) -> str:
    """Return *text*, its first line the headline, as a page."""
    headline, *paragraphs = text.split("\n\n")
    body = "".join(f"<p>{escape(' '.join(paragraph.split()))}</p>" for paragraph in paragraphs)
    head = f'<title>{escape(headline)}</title><meta property="article:published_time" content="2026-03-04T08:00:00Z">'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}</head>'
        f"<body><article><h1>{escape(headline)}</h1>{body}</article></body></html>"
    )


def feed(origin: Origin, paths: list[str]) -> str:
    """Return an RSS feed whose items lead to *paths*."""
    items = "".join(
        f"<item><title>{path}</title><link>{origin.url}{path}</link><guid>{path}</guid>"
        "<pubDate>Wed, 04 Mar 2026 08:00:00 GMT</pubDate></item>"
        for path in paths
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
