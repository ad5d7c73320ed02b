"""A revision differs where a reader would see a difference."""

from datetime import date

import pytest

from claims import curation, timelines
from claims.curation import ClaimChanges
from claims.timelines import Revision
from tests.factories import make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db


def revision() -> Revision:
    return timelines.revision(timelines.published(), 50)


def test_nothing_published_has_a_revision_too() -> None:
    assert revision() == revision()


def test_every_public_change_makes_another_revision_and_drafts_make_none() -> None:
    editor, claim, other = make_editor(), make_published(), make_published()
    seen = [revision()]
    assert revision() == seen[0]
    make_draft()
    curation.reject(make_draft(), editor, "no claim")
    assert revision() == seen[0]
    curation.edit(claim, editor, ClaimChanges(hedged=True))
    seen.append(revision())
    curation.add_status(claim, editor, "filed", source=claim.mentions.get(), on=date(2025, 3, 1))
    seen.append(revision())
    party = make_party()
    party.description = "It makes models."
    curation.save(party, editor)
    seen.append(revision())
    curation.retract(other, editor, "wrong party")
    seen.append(revision())
    assert len({r.tag for r in seen}) == len(seen)
    moments = [r.changed_at for r in seen if r.changed_at]
    assert moments == sorted(moments)
    assert len(moments) == len(seen)


def test_a_retraction_moves_the_time_forward() -> None:
    make_published()
    last = make_published()
    before = revision().changed_at
    decision = curation.retract(last, make_editor(), "wrong party")
    assert before is not None
    assert revision().changed_at == decision.made_at > before
