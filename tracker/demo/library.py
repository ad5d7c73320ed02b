"""The demonstration's content, read from `content/` into frozen dataclasses.

    content/outlets.toml             the outlets, each with one feed
    content/articles/<outlet>/*.md   one article a file: TOML front matter between two `+++` lines, then text
    content/disputes/<slug>.toml     a dispute, and the claims on it that the seeded editor accepts

Everything is checked while it is read: a wrong reference or a quote that its article does not hold is a
`ContentError` that names the file. Dates are real; times of day are the demonstration's own, in UTC.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

T = TypeVar("T")

CONTENT = Path(__file__).parent / "content"

Format = Literal["rss", "rdf", "atom", "json"]
Behaviour = Literal["page", "empty", "gone", "paywall"]

KINDS = frozenset({"allegation", "denial", "response", "action", "finding", "concern"})
STATUSES = frozenset({"alleged", "denied", "corroborated", "filed", "settled", "found", "dismissed", "withdrawn"})
PRECISIONS = frozenset({"day", "month", "year"})


class ContentError(ValueError):
    """A file of the demonstration's content is wrong; the message names the file."""


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """A demonstration outlet with its one feed.

    `kind` is one of newspaper, wire, research, watchdog. `feed_path` is the address to register, which may
    redirect to `feed_target`. `charset` is how its pages and feed are encoded; `declares` says where a page
    names it: header, meta or both. `metadata` says how a page states title, author and date.
    """

    name: str
    slug: str
    kind: str
    home_path: str
    feed_path: str
    format: Format
    feed_target: str = ""
    description: str = ""
    charset: str = "utf-8"
    feed_charset: str = "utf-8"
    declares: Literal["header", "meta", "both"] = "both"
    metadata: Literal["json-ld", "opengraph", "meta", "byline"] = "json-ld"
    link_query: str = ""
    colour: str = "#1f4e79"

    @property
    def byline(self) -> str:
        """Who signs its articles: the desk, never a person."""
        return f"{self.name} staff"


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One page of a demonstration outlet.

    `key` is "<outlet>/<slug>" and unique. A wire copy has `copy_of`, the key of its original; it points there
    with rel=canonical if `canonical`. `link_path` is the address that feeds give, which may carry tracking
    parameters or redirect. `later_paragraphs`, where there are any, replace `paragraphs` from `later_at` on,
    the moment that the changed page claims as its last change.
    """

    key: str
    outlet: str
    slug: str
    title: str
    path: str
    published: datetime
    paragraphs: tuple[str, ...]
    disputes: tuple[str, ...]
    byline: str
    language: str = "en"
    summary: str = ""
    copy_of: str | None = None
    canonical: bool = True
    behaviour: Behaviour = "page"
    link_path: str = ""
    redirect: int | None = None
    later_paragraphs: tuple[str, ...] = ()
    later_at: datetime | None = None

    @property
    def text(self) -> str:
        """The words of the article as first published, paragraphs separated by an empty line."""
        return "\n\n".join(self.paragraphs)

    @property
    def later_text(self) -> str:
        """The words after the change; empty for an article that does not change."""
        return "\n\n".join(self.later_paragraphs)


@dataclass(frozen=True, slots=True)
class DemoParty:
    """A party to a dispute. `kind` is one of company, person, court, regulator, government, legislature, union,
    association, ngo, media, group."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoDispute:
    """A dispute: neutral summary, topics (of the labelling guidelines), who and what is involved, and `terms`,
    names that mark an article as being about it."""

    slug: str
    title: str
    summary: str
    topics: tuple[str, ...]
    parties: tuple[DemoParty, ...]
    systems: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoStatus:
    """A dated step of a claim against one target; `article` is the key of the page that is its source."""

    status: str
    target: str
    date: date
    article: str


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """A claim that the seeded editor accepts, as the public is to read it.

    `quote` occurs exactly once in the text of the article with key `article`; a draft whose span overlaps
    it is the draft that is meant. `statement` is the public sentence: it names the claimant and attributes.
    `answers` holds keys of decisions that this one denies or responds to.
    """

    key: str
    dispute: str
    article: str
    quote: str
    kind: str
    claimant: str
    statement: str
    date: date
    precision: str = "day"
    targets: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    hedged: bool = False
    answers: tuple[str, ...] = ()
    statuses: tuple[DemoStatus, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Library:
    """All of the content, in a fixed order: outlets as listed, articles newest first, disputes by slug."""

    outlets: tuple[DemoOutlet, ...]
    articles: tuple[DemoArticle, ...]
    disputes: tuple[DemoDispute, ...]
    decisions: tuple[DemoDecision, ...]


def outlets() -> list[DemoOutlet]:
    """The outlets, each with its feed. Raises `ContentError`."""
    return list(library().outlets)


def articles() -> list[DemoArticle]:
    """Every article, newest first, copies included. Raises `ContentError`."""
    return list(library().articles)


def disputes() -> list[DemoDispute]:
    """The disputes, by slug. Raises `ContentError`."""
    return list(library().disputes)


def decisions() -> list[DemoDecision]:
    """The claims that the seeded editor accepts, by dispute and date. Raises `ContentError`."""
    return list(library().decisions)


@cache
def library() -> Library:
    """The content that ships, read once a process. Raises `ContentError`."""
    return read_library(CONTENT)


def read_library(folder: Path) -> Library:
    """The content under *folder*. Raises `ContentError` naming the file that is wrong."""
    outlets = _read_outlets(folder / "outlets.toml")
    articles = _read_articles(folder / "articles", {outlet.slug: outlet for outlet in outlets})
    by_key = {article.key: article for article in articles}
    disputes: list[DemoDispute] = []
    decisions: list[DemoDecision] = []
    for path in sorted((folder / "disputes").glob("*.toml")):
        table = _toml(path, path.read_text(encoding="utf-8"))
        claims = table.pop("claim", [])
        disputes.append(_dispute(path, table))
        decisions += sorted((_decision(path, claim, by_key) for claim in claims), key=lambda d: d.date)
    _check_references(articles, disputes, decisions)
    return Library(tuple(outlets), tuple(articles), tuple(disputes), tuple(decisions))


# ------------------------------------------------------------------ outlets and articles
def _read_outlets(path: Path) -> list[DemoOutlet]:
    table = _toml(path, path.read_text(encoding="utf-8"))
    return [_build(DemoOutlet, path, home_path=f"/{row['slug']}/", **row) for row in table["outlet"]]


def _read_articles(folder: Path, outlets: dict[str, DemoOutlet]) -> list[DemoArticle]:
    """All articles, originals before the copies that take their text, then sorted newest first."""
    read = [(path, *_front_matter(path)) for path in sorted(folder.glob("*/*.md"))]
    originals = [_article(path, head, body, outlets, None) for path, head, body in read if "copy_of" not in head]
    by_key = {article.key: article for article in originals}
    copies = []
    for path, head, body in read:
        if "copy_of" in head:
            if head["copy_of"] not in by_key:
                raise ContentError(f"{path}: copy_of names no original article: {head['copy_of']}")
            copies.append(_article(path, head, body, outlets, by_key[head["copy_of"]]))
    return sorted(originals + copies, key=lambda a: (a.published, a.key), reverse=True)


def _front_matter(path: Path) -> tuple[dict[str, Any], str]:
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ContentError(f"{path}: no front matter between two lines of +++")
    return _toml(path, parts[1]), parts[2]


def _article(
    path: Path, head: dict[str, Any], body: str, outlets: dict[str, DemoOutlet], original: DemoArticle | None
) -> DemoArticle:
    outlet = outlets.get(path.parent.name)
    if outlet is None:
        raise ContentError(f"{path}: the folder is not an outlet of outlets.toml")
    published = _moment(path, head.pop("published", None))
    later = head.pop("later_text", "")
    later_at = head.pop("later_at", None)
    own_path = f"/{outlet.slug}/{published:%Y/%m}/{path.stem}"
    paragraphs = original.paragraphs if original else _paragraphs(body)
    if not paragraphs:
        raise ContentError(f"{path}: no text")
    values: dict[str, Any] = {
        "key": f"{outlet.slug}/{path.stem}",
        "outlet": outlet.slug,
        "slug": path.stem,
        "path": own_path,
        "link_path": own_path + outlet.link_query,
        "published": published,
        "paragraphs": paragraphs,
        "summary": paragraphs[0],
        "disputes": original.disputes if original else tuple(head.pop("disputes", ())),
        "byline": (outlets[original.outlet] if original else outlet).byline,
        "later_paragraphs": _paragraphs(later),
        "later_at": _moment(path, later_at) if later_at else None,
    }
    return _build(DemoArticle, path, **{**values, **head})


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())


# ------------------------------------------------------------------ disputes and decisions
def _dispute(path: Path, table: dict[str, Any]) -> DemoDispute:
    parties = tuple(_build(DemoParty, path, **_tuples(row)) for row in table.pop("party", []))
    return _build(DemoDispute, path, slug=path.stem, parties=parties, **_tuples(table))


def _decision(path: Path, row: dict[str, Any], articles: dict[str, DemoArticle]) -> DemoDecision:
    where = f"{path}: claim {row.get('key')!r}"
    statuses = tuple(
        _build(DemoStatus, path, **{"article": row.get("article"), "date": row.get("date"), **step})
        for step in row.pop("statuses", [])
    )
    decision = _build(DemoDecision, path, dispute=path.stem, statuses=statuses, **_tuples(row))
    article = articles.get(decision.article)
    if article is None:
        raise ContentError(f"{where}: no such article: {decision.article}")
    if article.text.count(decision.quote) != 1:
        raise ContentError(f"{where}: its quote does not occur exactly once in {decision.article}")
    if decision.kind not in KINDS or decision.precision not in PRECISIONS:
        raise ContentError(f"{where}: unknown kind or precision: {decision.kind}, {decision.precision}")
    for step in statuses:
        if step.status not in STATUSES or step.article not in articles:
            raise ContentError(f"{where}: unknown status or source: {step.status}, {step.article}")
    return decision


def _check_references(articles: list[DemoArticle], disputes: list[DemoDispute], decisions: list[DemoDecision]) -> None:
    known = {dispute.slug for dispute in disputes}
    for article in articles:
        if not set(article.disputes) <= known:
            raise ContentError(f"{article.key}: unknown dispute among {article.disputes}")
    keys = [decision.key for decision in decisions]
    for decision in decisions:
        if keys.count(decision.key) > 1:
            raise ContentError(f"{decision.dispute}: claim key {decision.key!r} is used twice")
        if not set(decision.answers) <= set(keys):
            raise ContentError(f"{decision.dispute}: claim {decision.key!r} answers an unknown claim")


# ------------------------------------------------------------------ small readers
def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: {error}") from error


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _build(made: type[T], path: Path, /, **values: Any) -> T:
    try:
        return made(**values)
    except TypeError as error:
        raise ContentError(f"{path}: {error}") from error


def _moment(path: Path, value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ContentError(f"{path}: not a date with time and zone: {value!r}")
    return value.astimezone(UTC)
