"""What is said of a change, the same in every feed, mail and webhook: what changed, who says so, in which words, where.

An item is a claim. Its identifier is a tag URI (RFC 4151) that never changes; `updated` moves with a significant
change. A claim that is public no more leaves an item with the same identifier that says so and nothing else, so that
readers which hold the old words put the notice in their place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from claims import timelines
from claims.models import Claim, Correction, State
from claims.templatetags.tracker import change_label, document_words, excerpt_of, kind_label
from tracker.news.links import UNWRITABLE, web_link


@dataclass(frozen=True, slots=True)
class Item:
    """One change. Addresses are absolute; *html* is a fragment, *text* says the same in plain.

    *via* is the page that the words stand on, "" where there is none; *change* the change in a few words;
    *claim* the key of the claim, or of the correction that it is; *gone* why the claim is
    public no more ("retracted", "merged", "taken-back"), "" while it is.
    """

    id: str
    claim: int
    title: str
    url: str
    change: str
    statement: str
    html: str
    text: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...] = ()
    via: str = ""
    gone: str = ""


def items_of(claims: QuerySet[Claim], site: str) -> list[Item]:
    """Return the items of published *claims*, in their order."""
    return [_item(entry, site) for entry in timelines.as_entries(timelines.with_parts(claims))]


def notices_of(claims: QuerySet[Claim], site: str) -> list[Item]:
    """Return the notices of *claims* that are public no more, in their order: nothing of what they said."""
    return [_notice(claim, site) for claim in claims.select_related("decision").defer("proposed")]


def _item(entry: timelines.Entry, site: str) -> Item:
    claim = entry.claim
    via = web_link(entry.mention.article.url) if entry.mention else ""
    change = change_label(entry)
    context = {"entry": entry, "claim": claim, "site_url": site, "change": change, "via": via}
    mark = f"[{_('Demonstration')}] " if entry.demonstration else ""
    if claim.published_at is None or claim.changed_at is None:
        raise ValueError(f"claim {claim.pk} is not published")
    return Item(
        id=tag_uri(claim, site),
        claim=claim.pk,
        title=line(f"{mark}{change}: {claim.statement}"),
        url=site + claim.get_absolute_url(),
        change=line(change),
        statement=line(claim.statement),
        html=writable(render_to_string("feeds/entry.html", context)).strip(),
        text=writable("\n".join(_lines(entry, site, via))),
        published=claim.published_at,
        updated=claim.changed_at,
        categories=tuple(line(name) for name in _categories(entry)),
        via=via,
    )


def correction_item(correction: Correction, site: str) -> Item:
    """Return a correction as an item: it never changes, so it is as old as it is."""
    context = {"correction": correction, "subject": correction.subject, "site_url": site}
    host = urlsplit(site).hostname
    return Item(
        id=f"tag:{host},{correction.made_at:%Y-%m-%d}:correction/{correction.pk}",
        claim=correction.pk,
        title=line(_("Correction: %(right)s") % {"right": correction.right}),
        url=site + correction.get_absolute_url(),
        change=_("Correction"),
        statement=line(correction.right),
        html=writable(render_to_string("feeds/correction.html", context)).strip(),
        text=line(correction.right),
        published=correction.made_at,
        updated=correction.made_at,
    )


def _lines(entry: timelines.Entry, site: str, via: str) -> Iterator[str]:
    """Yield what a plain text says of a claim, a line each."""
    claim, mention = entry.claim, entry.mention
    yield line(claim.statement)
    if mention:
        yield f"  “{line(excerpt_of(mention.quote))}”"
        yield f"  {line(str(mention.article.outlet))}: {via or document_words(mention.article)}".removesuffix(": ")
    for other in entry.answers:
        yield f"  {_('Answers')}: {line(other.statement)}"
    for other in entry.answered_by:
        yield f"  {kind_label(other.kind)}: {line(other.statement)}"
    yield f"  {site}{claim.get_absolute_url()}"


def _notice(claim: Claim, site: str) -> Item:
    """Return what is left of a claim: that it is gone and how. Only a retraction's reason is written for the public."""
    gone = {State.RETRACTED: "retracted", State.MERGED: "merged"}.get(State(claim.state), "taken-back")
    match gone:
        case "retracted":
            change, title = _("Retracted"), _("Retracted: claim %(number)s")
            text = _("We took this claim back. If you quoted it, please correct what you wrote.")
        case "merged":
            change, title = _("Joined with another"), _("Joined with another: claim %(number)s")
            text = _("This claim said the same as another. Its address leads there now, where all its sources are.")
        case _:
            change, title = _("Taken back"), _("Taken back: claim %(number)s")
            text = _("We published this claim by mistake. If you quoted it, please correct what you wrote.")
    reason = claim.decision.reason if claim.decision and gone == "retracted" else ""
    url = site + claim.get_absolute_url()
    context = {"text": text, "reason": reason, "url": url, "gone": gone}
    moment = claim.changed_at or (claim.decision.made_at if claim.decision else claim.created_at)
    return Item(
        id=tag_uri(claim, site),
        claim=claim.pk,
        title=title % {"number": claim.pk},
        url=url,
        change=change,
        statement="",
        html=writable(render_to_string("feeds/retracted.html", context)).strip(),
        text=writable("\n".join([text, *([f"  {line(reason)}"] if reason else []), f"  {url}"])),
        published=claim.published_at or moment,
        updated=moment,
        gone=gone,
    )


def _categories(entry: timelines.Entry) -> Iterable[str]:
    """Return what a reader can file the item under: kind, disputes, parties, each once."""
    names = [kind_label(entry.claim.kind), *(dispute.title for dispute in entry.disputes)]
    names += [party.name for party in (*entry.claim.claimants, *entry.claim.targets.all())]
    return dict.fromkeys([*names, *([_("Demonstration")] if entry.demonstration else [])])


def tag_uri(claim: Claim, site: str) -> str:
    """Return the claim's identifier in feeds: a tag URI of the site's host and the day the claim was stored."""
    return f"tag:{urlsplit(site).hostname},{claim.created_at:%Y-%m-%d}:claim/{claim.pk}"


def writable(text: str) -> str:
    """Return *text* with what XML or UTF-8 cannot hold replaced by U+FFFD."""
    return UNWRITABLE.sub("\ufffd", text)


def line(text: str) -> str:
    """Return *text* in one line: what a title, a header or a line of a mail may hold."""
    return " ".join(writable(text).split())
