"""The tables of the bulk files: their columns, what each means, and the rows, made from the records of the API.

Pure functions of records. CSV and SQLite hold the same tables; JSON Lines holds the records as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
Row = tuple[object, ...]
# The sorts of records that the tables are made from.
SORTS = ("disputes", "claims", "parties", "systems", "articles", "corrections", "replies", "events")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type in SQLite, what it means, and the table and column that it points to."""

    name: str
    type: str
    meaning: str
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, which sort of record it is made from, and how."""

    name: str
    meaning: str
    sort: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Record], Iterator[Row]]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _text(name: str, meaning: str, points_to: str = "") -> Column:
    return Column(name, "TEXT", meaning, points_to)


def _number(name: str, meaning: str, points_to: str = "") -> Column:
    return Column(name, "INTEGER", meaning, points_to)


CLAIM = _number("claim_id", "the claim", "claims.id")
MOMENT = "moment in UTC (RFC 3339)"


def _plain(*names: str) -> Callable[[Record], Iterator[Row]]:
    """Make one row of a record, of the values of *names* in it; "a.b" is b within a."""

    def rows(record: Record) -> Iterator[Row]:
        yield tuple(_value(record, name) for name in names)

    return rows


def _value(record: Record, name: str) -> object:
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return int(value) if isinstance(value, bool) else value


def _links(name: str, of: Callable[[Any], object] = lambda item: item) -> Callable[[Record], Iterator[Row]]:
    """Make a row of every item in a record's list *name*, beside the record's own key."""

    def rows(record: Record) -> Iterator[Row]:
        for item in dict.fromkeys(map(of, record[name])):
            yield record["id"], item

    return rows


def _statuses(record: Record) -> Iterator[Row]:
    for number, step in enumerate(record["statuses"], 1):
        yield (
            *(record["id"], number, step["step"], step["target"], step["on"], step["precision"]),
            *(step["note"], step["source"]),
        )


def _struck(record: Record) -> Iterator[Row]:
    for number, step in enumerate(record["recorded_in_error"], 1):
        yield record["id"], number, step["step"], step["target"], step["on"], step["precision"], step["noted_at"]


def _mentions(record: Record) -> Iterator[Row]:
    for number, mention in enumerate(record["mentions"], 1):
        yield (
            *(record["id"], number, mention["article"]["id"], mention["quote"], int(mention["shortened"])),
            *(mention["start"], mention["end"], int(mention["direct"]), " > ".join(mention["via"])),
        )


def _names(record: Record) -> Iterator[Row]:
    for name in dict.fromkeys([record["name"], *record["names"]]):
        yield record["slug"], name


TABLES: tuple[Table, ...] = (
    Table(
        "disputes",
        "conflicts between parties over an AI system",
        "disputes",
        ("slug",),
        (
            _text("slug", "its name in addresses; the key"),
            _text("title", "its title"),
            _text("summary", "what it is about, in our words"),
            _number("claims", "published claims"),
            _number("allegations", "allegations among them"),
            _number("answers", "denials and responses among them"),
            _number("articles", "articles that carry them"),
            _number("independent", "independent sources behind those articles"),
            _text("first", "date of the first claim"),
            _text("last", "date of the last claim"),
            _text("changed_at", f"last significant change, {MOMENT}"),
            _number("demonstration", "1: made for the demonstration, not to be cited"),
            _text("url", "its page"),
        ),
        _plain(
            *("slug", "title", "summary", "claims", "allegations", "answers", "articles", "independent"),
            *("first", "last", "changed_at", "demonstration", "url"),
        ),
    ),
    Table(
        "parties",
        "who claims or is claimed against",
        "parties",
        ("slug",),
        (
            _text("slug", "its name in addresses; the key"),
            _text("name", "its public name"),
            _text("kind", "company, person, court, regulator …"),
            _text("country", "ISO 3166 alpha-2, EU or INT; empty where unknown"),
            _text("wikidata", "its item in Wikidata; empty where unknown"),
            _number("claims", "claims that it makes, answers left out"),
            _number("answers", "its denials and responses"),
            _number("claims_against", "claims about it, answers to it left out"),
            _text("url", "its page"),
        ),
        _plain("slug", "name", "kind", "country", "wikidata", "claims", "answers", "claims_against", "url"),
    ),
    Table(
        "party_names",
        "the names of parties, other names included",
        "parties",
        ("party", "name"),
        (_text("party", "the party", "parties.slug"), _text("name", "a name of it")),
        _names,
    ),
    Table(
        "systems",
        "models, products and data sets that claims are about",
        "systems",
        ("slug",),
        (
            _text("slug", "its name in addresses; the key"),
            _text("name", "its public name"),
            _text("kind", "product, model, data set …"),
            _text("maker", "slug of the party that makes it; empty where unknown"),
            _number("claims", "published claims about it"),
            _text("url", "its page"),
        ),
        _plain("slug", "name", "kind", "maker.slug", "claims", "url"),
    ),
    Table(
        "articles",
        "articles that carry published claims: metadata alone, never their text",
        "articles",
        ("id",),
        (
            _number("id", "the key"),
            _text("original_url", "the article at its publisher's; empty for a document without an address"),
            _text("document_sha256", "checksum of a document that is kept here instead"),
            _text("document_kept_at", f"since when it is kept here, {MOMENT}"),
            _text("title", "its headline"),
            _text("outlet", "name of who published it"),
            _text("outlet_slug", "the outlet's name in addresses"),
            _text("published_at", f"when, {MOMENT}"),
            _text("language", "BCP 47; empty where unknown"),
            _number("copy_of", "key of the article that it is a copy of; that one need not be listed"),
            _number("demonstration", "1: made for the demonstration, not to be cited"),
            _text("url", "its page here"),
        ),
        _plain(
            *(
                "id",
                "original_url",
                "document.sha256",
                "document.kept_at",
                "title",
                "outlet.name",
                "outlet.slug",
                "published_at",
                "language",
                "copy_of",
            ),
            *("demonstration", "url"),
        ),
    ),
    Table(
        "claims",
        "published claims: who says what, when, and where it stands",
        "claims",
        ("id",),
        (
            _number("id", "the key"),
            _text("kind", "allegation, denial, response, action, finding or concern"),
            _text("statement", "the public sentence, which names the claimant"),
            _text("claimant", "who claims, alone or before others", "parties.slug"),
            _text("on", "when it was claimed: ISO 8601, as much of the date as is known"),
            _text("precision", "day, month, year or circa"),
            _number("hedged", "1: marked as unproven by its source"),
            _text("status", "the step that stands; empty without one"),
            _number("articles", "articles that report it"),
            _number("independent", "independent sources behind them"),
            _text("published_at", f"when it was published here, {MOMENT}"),
            _text("changed_at", f"its last significant change, {MOMENT}"),
            _number("demonstration", "1: made for the demonstration, not to be cited"),
            _text("url", "its page"),
        ),
        _plain(
            *("id", "kind", "statement", "claimant.slug", "on", "precision", "hedged", "status", "reports.articles"),
            *("reports.independent", "published_at", "changed_at", "demonstration", "url"),
        ),
    ),
    Table(
        "claim_claimants",
        "everybody who makes a claim: the claimant, and those who claim it together with it",
        "claims",
        ("claim_id", "party"),
        (CLAIM, _text("party", "who claims", "parties.slug")),
        _links("claimants", lambda party: party["slug"]),
    ),
    Table(
        "claim_targets",
        "whom a claim is about, or whom an answer answers",
        "claims",
        ("claim_id", "party"),
        (CLAIM, _text("party", "the target", "parties.slug")),
        _links("targets", lambda party: party["slug"]),
    ),
    Table(
        "claim_answers",
        "which claims a claim answers",
        "claims",
        ("claim_id", "answers_id"),
        (CLAIM, _number("answers_id", "the claim that it answers", "claims.id")),
        _links("answers"),
    ),
    Table(
        "claim_disputes",
        "the disputes that a claim belongs to",
        "claims",
        ("claim_id", "dispute"),
        (CLAIM, _text("dispute", "the dispute", "disputes.slug")),
        _links("disputes"),
    ),
    Table(
        "claim_topics",
        "what a claim is about in general",
        "claims",
        ("claim_id", "topic"),
        (CLAIM, _text("topic", "copyright, privacy …")),
        _links("topics"),
    ),
    Table(
        "claim_systems",
        "the systems that a claim is about",
        "claims",
        ("claim_id", "system"),
        (CLAIM, _text("system", "the system", "systems.slug")),
        _links("systems"),
    ),
    Table(
        "statuses",
        "dated, sourced steps of a claim against a target",
        "claims",
        ("claim_id", "number"),
        (
            CLAIM,
            _number("number", "in the order of their dates"),
            _text("step", "alleged, denied, corroborated, filed, settled, found, dismissed or withdrawn"),
            _text("target", "slug of the party against which; empty for all"),
            _text("on", "when: ISO 8601, as much of the date as is known"),
            _text("precision", "day, month, year or circa"),
            _text("note", "a public note"),
            _text("source", "page of the article that it stands on"),
        ),
        _statuses,
    ),
    Table(
        "steps_recorded_in_error",
        "steps that stood among the statuses of a claim by mistake and count for nothing",
        "claims",
        ("claim_id", "number"),
        (
            CLAIM,
            _number("number", "in the order of their dates"),
            _text("step", "which step it was"),
            _text("target", "slug of the party against which; empty for all"),
            _text("on", "its date as it was recorded"),
            _text("precision", "day, month, year, circa or range"),
            _text("noted_at", f"when an editor noted the error, {MOMENT}"),
        ),
        _struck,
    ),
    Table(
        "mentions",
        "where claims were published, with the verbatim words",
        "claims",
        ("claim_id", "number"),
        (
            CLAIM,
            _number("number", "the earliest first"),
            _number("article_id", "the article", "articles.id"),
            _text("quote", "the words as they stand there; an excerpt"),
            _number("shortened", "1: the quote is cut"),
            _number("start", "where it begins in the text that was read, in Unicode code points"),
            _number("end", "where it ends, exclusive"),
            _number("direct", "1: the claimant's own words in quotation marks"),
            _text("via", "whom the outlet has it from, towards the origin, divided by >"),
        ),
        _mentions,
    ),
    Table(
        "corrections",
        "what was said wrongly here, and what is right: of a claim, a dispute or a party",
        "corrections",
        ("id",),
        (
            _number("id", "the key"),
            _number("claim_id", "the claim; empty where it is of something else", "claims.id"),
            _text("dispute", "the dispute; empty where it is of something else", "disputes.slug"),
            _text("party", "the party; empty where it is of something else", "parties.slug"),
            _text("wrong", "what was wrong"),
            _text("right", "what is right"),
            _text("at", f"right since, {MOMENT}"),
            _text("url", "its place in the register"),
        ),
        _plain("id", "claim", "dispute", "party", "wrong", "right", "at", "url"),
    ),
    Table(
        "replies",
        "what parties that were asked replied, verbatim",
        "replies",
        ("id",),
        (
            _number("id", "the key"),
            # No pointer: a claim may name other targets since, and then the party need not be listed.
            _text("party", "slug of the party that replies; it need not be listed"),
            _text("signed", "who answers for it"),
            _text("text", "its words"),
            _text("language", "BCP 47"),
            _text("translation", "ours, into English; empty where none is needed"),
            _text("received_at", f"when it came, {MOMENT}"),
            _text("published_at", f"when it was published here, {MOMENT}"),
        ),
        _plain("id", "party.slug", "signed", "text", "language", "translation", "received_at", "published_at"),
    ),
    Table(
        "reply_claims",
        "which claims a reply answers",
        "replies",
        ("reply_id", "claim_id"),
        (_number("reply_id", "the reply", "replies.id"), CLAIM),
        _links("claims"),
    ),
    Table(
        "events",
        "dated entries of disputes' timelines that are no claims",
        "events",
        ("id",),
        (
            _number("id", "the key"),
            _text("dispute", "the dispute", "disputes.slug"),
            _text("text", "what happened, in our words"),
            _text("on", "when: ISO 8601, as much of the date as is known"),
            _text("precision", "day, month, year, circa or range"),
            _text("until", "last day of a range"),
            _number("demonstration", "1: made for the demonstration, not to be cited"),
        ),
        _plain("id", "dispute", "text", "on", "precision", "until", "demonstration"),
    ),
    Table(
        "event_sources",
        "the articles that an event stands on",
        "events",
        ("event_id", "original_url"),
        (
            _number("event_id", "the event", "events.id"),
            _text("original_url", "the article at its publisher's; it need not be listed"),
        ),
        _links("sources"),
    ),
    Table(
        "event_documents",
        "the documents without an address that an event stands on",
        "events",
        ("event_id", "sha256"),
        (
            _number("event_id", "the event", "events.id"),
            _text("sha256", "checksum of the document, which is kept here"),
        ),
        _links("documents", lambda document: document["sha256"]),
    ),
)


def dictionary(made_at: str, licence: str) -> str:
    """Return the data dictionary as Markdown."""
    lines = [
        "# Data dictionary",
        "",
        f"As of {made_at}. {licence}",
        "",
        "The tables below are the CSV files and the tables of `tracker.sqlite`. CSV is RFC 4180 in UTF-8; a cell that",
        "a spreadsheet would run as a formula has an apostrophe before it. The `.jsonl` files hold a record of the API",
        "a line, claims with all their mentions. `changes-DATE.jsonl` holds what a day changed: to keep a copy,",
        "replace or remove the claim of each line by its `state`. `SHA256SUMS` is for `sha256sum --check`.",
    ]
    for table in TABLES:
        lines += ["", f"## {table.name}", "", f"{table.meaning[0].upper()}{table.meaning[1:]}.", ""]
        lines += ["| column | type | meaning |", "| --- | --- | --- |"]
        for column in table.columns:
            pointer = f" (`{column.points_to}`)" if column.points_to else ""
            key = "; part of the key" if column.name in table.key and len(table.key) > 1 else ""
            lines.append(f"| `{column.name}` | {column.type.lower()} | {column.meaning}{pointer}{key} |")
    return "\n".join(lines) + "\n"
