"""Public notices of what was wrong: written once, shown on every page that they concern, never changed."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.assertions import bare_accusations
from claims.curation.recording import decide, picture, record, tell
from claims.curation.rules import CurationError, check_private, check_staff, is_found, lock
from claims.models import Claim, Correction, Dispute, NoticeKind, Party, State, Verb


@transaction.atomic
def correct(subject: Claim | Dispute | Party, actor: User, *, wrong: str, right: str) -> Correction:
    """Publish what was wrong about a published claim, a dispute or a party, and what is right from now on.

    It changes nothing else: the claim or page itself is edited first. Those who follow it are told.
    """
    check_staff(actor, "add_correction")
    wrong, right = " ".join(wrong.split()), " ".join(right.split())
    if not wrong or not right:
        raise CurationError("A correction says both: what was wrong, and what is right.")
    if wrong == right:
        raise CurationError("What was wrong and what is right are the same words: nothing was published.")
    check_private(wrong, "What was wrong")
    check_private(right, "What is right")
    now = timezone.now()
    said = {"wrong": wrong, "right": right}
    if isinstance(subject, Claim):
        claim = lock(subject, actor, State.PUBLISHED)
        if not is_found(claim) and (words := bare_accusations(right)):
            raise CurationError(
                f"The correction states as a fact what nobody has found: “{words[0]}”. Say who says so."
            )
        before, claim.changed_at = picture(claim), now
        decision = decide(claim, actor, Verb.CORRECT, "", before, now, after=said)
    else:
        if subject.merged_into_id:
            raise CurationError(f"{subject} was merged into {subject.merged_into}: correct that one.")
        decision = record(Verb.CORRECT, actor, subject, after=said, now=now)
    name = str(subject._meta.model_name)
    correction = Correction.objects.create(**{name: subject}, **said, made_at=now, decision=decision)
    tell(NoticeKind.CORRECTED, decision)
    return correction
