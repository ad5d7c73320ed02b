"""Who works on which draft: a lease for minutes, so that two editors never review the same one, and assignment.

Neither is a judgement, so neither is a `Decision`: they say who looks, and `claims.curation` what is so. While a
lease runs, `curation.lock` refuses every decision of anybody else on the draft. Leases go by the database's clock, so
that web servers whose own clocks differ agree on which one runs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q

from claims.curation import CurationError, check_staff
from claims.models import Claim
from tracker.news import clock

# Long enough to read an article, short enough that a closed laptop holds nobody up. Each press renews it.
LEASE = timedelta(minutes=10)


def take(claim: Claim, actor: User, now: datetime | None = None) -> bool:
    """Lease a draft to *actor*, or renew the lease; False where it is no draft or another's lease runs.

    One conditional UPDATE decides between two who ask at once. An editor holds one draft at a time: what they
    held before is free again.
    """
    check_staff(actor, "change_claim")
    now = now or clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_holder=actor)
    taken = Claim.objects.drafts().filter(free, pk=claim.pk).update(lease_holder=actor, lease_until=now + LEASE)
    if taken:
        release(actor, keep=claim)
    return bool(taken)


def release(actor: User, *, keep: Claim | None = None) -> None:
    """Let go of the drafts that *actor* holds, but for one."""
    held = Claim.objects.filter(lease_holder=actor)
    (held.exclude(pk=keep.pk) if keep else held).update(lease_holder=None, lease_until=None)


def assign(keys: Iterable[int], to: User | None, actor: User) -> int:
    """Give drafts to an editor to review, or to nobody; return how many. Claims that are decided are passed over.

    Raises CurationError where *actor* may not decide, or *to* may not.
    """
    check_staff(actor, "change_claim")
    if to is not None and to not in editors():
        raise CurationError(f"{to} may not decide on claims: nothing was assigned.")
    return Claim.objects.drafts().filter(pk__in=list(keys)).update(assignee=to)


def editors() -> list[User]:
    """Return those who may decide on claims, by name."""
    able = User.objects.with_perm("claims.change_claim", backend="django.contrib.auth.backends.ModelBackend")
    return list(able.filter(is_staff=True).order_by("username"))
