"""What the site's templates say in words: kinds, steps and changes, quotes, highlights and linked data."""

import json
import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from claims.drawings import Link, ceiling, diagram, stacked, strip
from claims.linked_data import CONTEXT, article_data, claim_data, correction_data, dispute_data
from claims.models import Dispute, Kind, Step, Verb
from claims.templatetags.labels import day
from claims.timelines import QUOTE_LIMIT, Appearance, Change, Edge, Entry, Month, Table, Timeline
from claims.timelines.disputes import ANSWERS
from claims.timelines.search import MARK, UNMARK
from claims.wording import joined
from tracker.news.links import document_digest, web_link
from tracker.news.models import Article

register = template.Library()

KINDS = {
    Kind.ALLEGATION: gettext_lazy("Allegation"),
    Kind.DENIAL: gettext_lazy("Denial"),
    Kind.RESPONSE: gettext_lazy("Response"),
    Kind.ACTION: gettext_lazy("Action"),
    Kind.FINDING: gettext_lazy("Finding"),
    Kind.CONCERN: gettext_lazy("Concern"),
}
PLURALS = {
    Kind.ALLEGATION: gettext_lazy("Allegations"),
    Kind.DENIAL: gettext_lazy("Denials"),
    Kind.RESPONSE: gettext_lazy("Responses"),
    Kind.ACTION: gettext_lazy("Actions"),
    Kind.FINDING: gettext_lazy("Findings"),
    Kind.CONCERN: gettext_lazy("Concerns"),
}
NEW = {
    Kind.ALLEGATION: gettext_lazy("New allegation"),
    Kind.DENIAL: gettext_lazy("New denial"),
    Kind.RESPONSE: gettext_lazy("New response"),
    Kind.ACTION: gettext_lazy("New action"),
    Kind.FINDING: gettext_lazy("New finding"),
    Kind.CONCERN: gettext_lazy("New concern"),
}
STEPS = {
    Step.ALLEGED: pgettext_lazy("status of a claim", "Alleged"),
    Step.DENIED: pgettext_lazy("status of a claim", "Denied"),
    Step.CORROBORATED: pgettext_lazy("status of a claim", "Corroborated"),
    Step.FILED: pgettext_lazy("status of a claim", "Filed in court"),
    Step.SETTLED: pgettext_lazy("status of a claim", "Settled"),
    Step.FOUND: pgettext_lazy("status of a claim", "Found to be so"),
    Step.DISMISSED: pgettext_lazy("status of a claim", "Dismissed"),
    Step.WITHDRAWN: pgettext_lazy("status of a claim", "Withdrawn by the claimant"),
}
# How an arrow of the diagram looks, and what that means.
TONES = {
    "open": gettext_lazy("claims, none denied or decided"),
    "denied": gettext_lazy("a claim is denied"),
    "filed": gettext_lazy("filed in court or corroborated"),
    "closed": gettext_lazy("found, settled, dismissed or withdrawn"),
    "answer": gettext_lazy("answers only"),
}
DECISIONS = {
    Verb.ACCEPT: gettext_lazy("Accepted for publication by an editor"),
    Verb.APPROVE: gettext_lazy("Approved by a second person"),
    Verb.EDIT: gettext_lazy("Edited by an editor"),
    Verb.STATUS: gettext_lazy("A status step recorded by an editor"),
    Verb.STRIKE: gettext_lazy("A status step noted as recorded in error by an editor"),
    Verb.LINK: gettext_lazy("Linked by an editor"),
    Verb.MERGE: gettext_lazy("Joined with further reports by an editor"),
    Verb.CORRECT: gettext_lazy("Corrected in public by an editor"),
    Verb.SPLIT: gettext_lazy("Parted from other reports by an editor"),
    Verb.REDACT: gettext_lazy("Words removed"),
}
# The lanes of a dispute's picture, from the top.
LANES = (
    (gettext_lazy("Accusations"), (Kind.ALLEGATION, Kind.CONCERN)),
    (gettext_lazy("Answers"), (Kind.DENIAL, Kind.RESPONSE)),
    (gettext_lazy("Steps and findings"), (Kind.ACTION, Kind.FINDING)),
)
LANGUAGE = re.compile(r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$", re.IGNORECASE)


@register.filter
def kind_label(kind: str) -> str:
    """Return the kind of a claim in words: "Allegation"."""
    return str(KINDS.get(Kind(kind), kind))


@register.filter
def kind_plural(kind: str) -> str:
    """Return the kind of claims in words: "Allegations"."""
    return str(PLURALS.get(Kind(kind), kind))


@register.filter
def step_label(step: str) -> str:
    """Return a status step in words: "Denied"."""
    return str(STEPS.get(Step(step), step))


@register.filter
def status_label(step: str) -> str:
    """Return a status step in words, and that of a claim without any."""
    return step_label(step) if step in Step.values else _("No status step")


@register.filter
def decision_label(verb: str) -> str:
    """Return what an editor did, without a name."""
    return str(DECISIONS.get(Verb(verb), verb))


@register.filter
def change_label(entry: Entry) -> str:
    """Return what changed last about a claim in a few words: "New denial", "Status: Found to be so"."""
    change: Change = entry.change
    if change.verb == Verb.STATUS and change.status:
        return _("Status: %(step)s") % {"step": step_label(change.status.step)}
    if change.verb == Verb.STRIKE:
        return _("%(kind)s: a status step was recorded in error") % {"kind": kind_label(entry.claim.kind)}
    if change.verb == Verb.ACCEPT:
        return str(NEW.get(Kind(entry.claim.kind), ""))
    if change.verb == Verb.MERGE:
        return _("%(kind)s: further report") % {"kind": kind_label(entry.claim.kind)}
    if change.verb == Verb.CORRECT:
        return _("%(kind)s: corrected") % {"kind": kind_label(entry.claim.kind)}
    if change.verb == Verb.REPLY:
        return _("%(kind)s: a party replied to us") % {"kind": kind_label(entry.claim.kind)}
    return _("%(kind)s: entry edited") % {"kind": kind_label(entry.claim.kind)}


# What happened, in a sentence: of a claim about somebody, and of one about nobody in particular.
HAPPENED = {
    Kind.ALLEGATION: (
        gettext_lazy("%(who)s makes an allegation against %(whom)s."),
        gettext_lazy("%(who)s makes an allegation."),
    ),
    Kind.DENIAL: (gettext_lazy("%(who)s denies what %(whom)s says."), gettext_lazy("%(who)s issues a denial.")),
    Kind.RESPONSE: (gettext_lazy("%(who)s responds to %(whom)s."), gettext_lazy("%(who)s responds.")),
    Kind.ACTION: (gettext_lazy("%(who)s takes action concerning %(whom)s."), gettext_lazy("%(who)s takes action.")),
    Kind.FINDING: (gettext_lazy("%(who)s states a finding about %(whom)s."), gettext_lazy("%(who)s states a finding.")),
    Kind.CONCERN: (
        gettext_lazy("%(who)s raises a concern about %(whom)s."),
        gettext_lazy("%(who)s raises a concern."),
    ),
}


@register.filter
def change_sentence(entry: Entry) -> str:
    """Return what changed last about a claim as a sentence that names who claims."""
    claim, change = entry.claim, entry.change
    who = joined(party.name for party in claim.claimants)
    whom = joined(target.name for target in claim.targets.all())
    names = {"who": who, "whom": whom, "kind": kind_label(claim.kind)}
    if change.verb == Verb.STATUS and change.status:
        step = step_label(change.status.step)
        return _("%(kind)s by %(who)s: its status is now “%(step)s”.") % {**names, "step": step}
    if change.verb == Verb.STRIKE:
        return _("%(kind)s by %(who)s: a status step was recorded in error and no longer counts.") % names
    if change.verb in (Verb.ACCEPT, Verb.APPROVE) and change.at == claim.published_at:
        about, alone = HAPPENED[Kind(claim.kind)]
        return str(about if whom else alone) % names
    if change.verb == Verb.MERGE:
        return _("%(kind)s by %(who)s: a further report is added.") % names
    if change.verb == Verb.CORRECT:
        return _("%(kind)s by %(who)s: what we said of it is corrected.") % names
    if change.verb == Verb.REPLY:
        return _("%(kind)s by %(who)s: a party replied to us.") % names
    return _("%(kind)s by %(who)s: the entry is edited.") % names


@register.filter
def excerpt_of(quote: str) -> str:
    """Return a quote as public pages show it: the words as they are, cut where they are too many."""
    if len(quote) <= QUOTE_LIMIT:
        return quote
    return quote[:QUOTE_LIMIT].rpartition(" ")[0] + " […]"


@register.filter
def language_code(language: str) -> str:
    """Return a language as HTML's lang attribute takes it (BCP 47), or "" for what is none."""
    code = (language or "").replace("_", "-")
    return code if LANGUAGE.match(code) else ""


@register.filter
def on_web(article: Article) -> str:
    """Return an article's address where it is of the web, "" for a document that has none."""
    return web_link(article.url)


@register.filter
def digest_of(article: Article) -> str:
    """Return the checksum that a document without an address goes by, "" for a page of the web."""
    return document_digest(article.url)


@register.filter
def headline(article: Article) -> str:
    """Return an article's title, or what stands in for it."""
    return article.title or web_link(article.url) or _("Document without a title")


@register.filter
def document_words(article: Article) -> str:
    """Return in words what stands in for the address of a document that has none, "" for a page of the web."""
    digest = document_digest(article.url)
    if not digest:
        return ""
    kept = {"digest": digest, "day": day(article.first_seen_at)}
    return _("document kept here, SHA-256 %(digest)s, on %(day)s") % kept


@register.filter
def moment(at: datetime) -> str:
    """Return a moment as HTML's datetime attribute takes it: RFC 3339, to the second."""
    return at.isoformat(timespec="seconds")


@register.filter
def highlight(text: str) -> SafeString:
    """Return text in which a search marked its matches, escaped, with <mark> around them."""
    marked = re.sub(f"{MARK}([^{MARK}{UNMARK}]*){UNMARK}", r"<mark>\1</mark>", escape(text))
    return mark_safe(re.sub(f"[{MARK}{UNMARK}]", "", marked))  # noqa: S308 — escaped above


def script_safe(data: dict[str, Any]) -> SafeString:
    """Return JSON that cannot end the script element that holds it (as Django's json_script escapes)."""
    text = json.dumps(data, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return mark_safe(text)  # noqa: S308 — escaped above


@register.simple_tag(takes_context=True)
def claim_json_ld(context: dict[str, Any], entry: Entry, appearances: list[Appearance]) -> SafeString:
    """Return a claim as schema.org JSON-LD."""
    mentions = [appearance.mention for appearance in appearances]
    return script_safe(_corrected(context, claim_data(entry, mentions, context["site_url"], context["site_name"])))


@register.simple_tag(takes_context=True)
def dispute_json_ld(context: dict[str, Any], dispute: Dispute, timeline: Timeline | None) -> SafeString:
    """Return a dispute with what is on this page of its timeline as schema.org JSON-LD."""
    items = timeline.items if timeline else ()
    entries = [item.entry for item in items if item.entry]
    events = [item.event for item in items if item.event]
    data = dispute_data(dispute, entries, events, context["site_url"], context["site_name"])
    return script_safe(_corrected(context, data))


def _corrected(context: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return linked data with the corrections that the page shows."""
    corrections = [correction_data(correction) for correction in context.get("corrections", ())]
    return {**data, "correction": corrections} if corrections else data


@register.simple_tag(takes_context=True)
def article_json_ld(context: dict[str, Any], article: Article) -> SafeString:
    """Return an article as schema.org JSON-LD."""
    return script_safe({"@context": CONTEXT, **article_data(article, context["site_url"])})


@register.simple_tag(takes_context=True)
def facet_query(context: dict[str, Any], name: str, value: str, chosen: bool) -> str:
    """Return the query of the same search with a filter set, or left open where it is *chosen* already."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    query.pop(name, None)
    if not chosen:
        query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("partials/months.html")
def months_chart(months: list[Month]) -> dict[str, Any]:
    """Draw how many claims were made in each month."""
    top = ceiling(max((month.total for month in months), default=1))
    columns = [[("allegations", m.allegations), ("answers", m.answers), ("steps", m.steps)] for m in months]
    labels = [month.first for month in months[::6]]
    return {"months": months, "bars": stacked(columns, top), "top": top, "half": top // 2, "labels": labels}


ANSWERED = {"answered": gettext_lazy("With an answer"), "open": gettext_lazy("Without an answer")}


@register.inclusion_tag("partials/bars.html")
def bars(table: Table, limit: int = 15) -> dict[str, Any]:
    """Draw a table of figures as bars, the largest over the whole width."""
    top, shown = table.top, table.rows[:limit]
    rows = [(_row_label(table.words, row.key, row.label), row, 100 * row.number / top) for row in shown]
    return {"rows": rows, "more": table.total - limit, "tones": table.words == "kind"}


def _row_label(words: str, key: str, label: str) -> str:
    match words:
        case "kind":
            return kind_plural(key)
        case "step":
            return status_label(key)
        case "answer":
            return str(ANSWERED[key])
    return label


@register.inclusion_tag("partials/strip.html")
def strip_chart(moments: tuple[tuple[date, str], ...]) -> dict[str, Any]:
    """Draw a dispute's claims over time, in a lane each: accusations, answers, what courts and others did."""
    lane_of: dict[str, int] = {kind.value: lane for lane, (_, kinds) in enumerate(LANES) for kind in kinds}
    drawing = strip([(on, lane_of[kind], kind) for on, kind in moments], [str(label) for label, _ in LANES])
    made = {kind for _, kind in moments}
    present = [kind for kind in Kind.values if kind in made]
    return {"strip": drawing, "kinds": present, "first": min(moments)[0], "last": max(moments)[0]}


@register.inclusion_tag("partials/relations.html")
def relations_diagram(edges: tuple[Edge, ...]) -> dict[str, Any]:
    """Draw who claims how much about whom, each arrow in the tone of the status that stands."""
    links = [Link(edge.claimant.name, edge.target.name, edge.total, _tone(edge)) for edge in edges]
    present = {link.tone for link in links}
    legend = [(tone, label) for tone, label in TONES.items() if tone in present]
    return {"edges": edges, "diagram": diagram(links), "legend": legend}


def _tone(edge: Edge) -> str:
    if all(kind in ANSWERS for kind, _ in edge.kinds):
        return "answer"
    match edge.status and edge.status.step:
        case Step.DENIED:
            return "denied"
        case Step.FOUND | Step.SETTLED | Step.DISMISSED | Step.WITHDRAWN:
            return "closed"
        case Step.FILED | Step.CORROBORATED:
            return "filed"
    return "open"
