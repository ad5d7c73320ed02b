"""What stands beside claims, as the API lists it and the bulk files hold it: only of what has a public page."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet

from claims.models import Claim, Correction, Event, Reply, State
from claims.timelines.disputes import public_disputes
from claims.timelines.notices import corrections
from claims.timelines.parties import public_parties
from claims.timelines.privacy import masking


def listed_corrections() -> QuerySet[Correction]:
    """Return the public corrections of public claims, disputes and parties; one of a merged thing is its survivor's."""
    parties = public_parties().order_by().values("pk")
    about = Q(party=None) | Q(party__in=parties) | Q(party__merged_into__in=parties)
    return (
        corrections()
        .filter(about)
        .select_related("claim__merged_into", "dispute__merged_into", "party__merged_into")
        .defer("claim__merged_into__proposed")
    )


def listed_replies() -> QuerySet[Reply]:
    """Return the published replies to published claims; `request.public_claims` holds those claims, and no others."""
    public = Claim.objects.filter(state=State.PUBLISHED).only("statement").order_by("pk")
    return (
        Reply.objects.public()
        .select_related("request__party__merged_into")
        .prefetch_related(Prefetch("request__claims", public, to_attr="public_claims"))
    )


def listed_events() -> QuerySet[Event]:
    """Return the events of public disputes; those of a merged dispute are its survivor's."""
    disputes = public_disputes().order_by().values("pk")
    return (
        Event.objects.filter(Q(dispute__in=disputes) | Q(dispute__merged_into__in=disputes))
        .select_related("dispute__merged_into")
        .prefetch_related("sources")
    )


def mask_events(rows: Iterable[Event]) -> list[Event]:
    """Show initials in events that name a person whose name was taken out; nothing is saved."""
    masked, found = masking(), list(rows)
    for row in found:
        row.text = masked(row.text)
    return found
