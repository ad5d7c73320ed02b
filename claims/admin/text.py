"""The reading's text as the desk shows it: every claim of it marked in place.

The markup adds no character to the text: what a browser gives back for a selection counts from its start.
Labels are generated content.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from claims.admin.highlight import Segment, Span, cut
from claims.models import Claim, Mention, State
from tracker.news.models import Reading

# Put aside or taken back: not marked in the text, only listed.
QUIET = (State.REJECTED, State.RETRACTED)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A claim of the same reading: where it stands in the text and whether it is the one under decision."""

    claim: Claim
    mention: Mention
    number: int
    current: bool


def neighbours(reading: Reading, current: Mention) -> list[Neighbour]:
    """Return the claims of a reading in the order of its text, numbered from 1."""
    mentions = (
        Mention.objects.filter(reading=reading)
        .select_related("claim__claimant")
        .only("start", "end", "claim__kind", "claim__state", "claim__proposed", "claim__claimant__name")
        .order_by("start", "-end", "pk")
    )
    return [
        Neighbour(mention.claim, mention, number, mention.pk == current.pk)
        for number, mention in enumerate(mentions, start=1)
    ]


def marked(text: str, around: Iterable[Neighbour]) -> SafeString:
    """Return *text* as safe HTML in which the claims are marked; its text content is exactly *text*.

    Each line is a block of its own, so that paragraphs stand apart. A piece that several claims cover shows the
    one under decision, else the innermost.
    """
    shown = {n.mention.pk: n for n in around if n.current or n.claim.state not in QUIET}
    spans = [Span(n.mention.start, n.mention.end, key) for key, n in shown.items()]
    ends = [place + 1 for place, char in enumerate(text) if char == "\n"]
    pieces: list[str] = []
    fresh = True
    for segment in cut(text, spans, also=ends):
        blank = fresh and not segment.text.strip()
        pieces.append(f'<div class="line{" blank" if blank else ""}">' if fresh else "")
        pieces.append(_piece(segment, shown))
        fresh = segment.text.endswith("\n")
        pieces.append("</div>" if fresh else "")
    pieces.append("" if fresh else "</div>")
    return mark_safe("".join(pieces))  # noqa: S308 — every piece was escaped


def _piece(segment: Segment, shown: dict[int, Neighbour]) -> str:
    words = exactly(segment.text)
    if not segment.keys:
        return words
    covering = [shown[key] for key in segment.keys]
    top = next((n for n in covering if n.current), covering[-1])
    return _mark(words, top, [shown[key] for key in segment.opens], len(covering))


def _mark(words: SafeString, top: Neighbour, opening: list[Neighbour], depth: int) -> SafeString:
    classes = [f"kind-{top.claim.kind}", f"is-{top.claim.state}"]
    classes += ["is-current"] if top.current else []
    classes += ["is-several"] if depth > 1 else []
    current = any(n.current for n in opening)
    return format_html(
        '<mark class="{}" data-claim="{}"{}{}>{}</mark>',
        " ".join(classes),
        top.claim.pk,
        mark_safe(' id="quote"') if current else "",
        format_html(' data-label="{}"', " + ".join(map(_name, opening))) if opening else "",
        words,
    )


def _name(neighbour: Neighbour) -> str:
    return f"{neighbour.number} {neighbour.claim.get_kind_display()}"


def exactly(text: str) -> SafeString:
    """Return *text* escaped so that a browser's text node holds the same characters.

    A carriage return is written as a reference: HTML parsers turn a bare one into a line feed (HTML, 13.2.3.5).
    """
    return mark_safe(escape(text).replace("\r", "&#13;"))  # noqa: S308
