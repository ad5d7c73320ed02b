"""What the desk offers: reasons in words, nothing made by itself."""

import pytest

from claims.admin.proposals import described, likely_disputes, likely_kind, offer
from claims.forms import ClaimForm
from claims.models import Claim, Party
from tests.factories import make_dispute, make_draft, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Mistral", "company"),
        ("Stability AI", "company"),
        ("Getty Images", "company"),
        ("Maartje de Graaf", "person"),
        ("Lee Wolosky", "person"),
        ("Jean-Luc O’Neill", "person"),
        ("High Court of Justice", "court"),
        ("European Data Protection Authority", "regulator"),
        ("Writers Guild", "union"),
        ("former employees", "group"),
        ("a group of authors", "group"),
        ("University of Somewhere", "university"),
    ],
)
def test_what_a_new_party_most_likely_is(name: str, kind: str) -> None:
    assert likely_kind(name) == kind


def test_a_common_noun_is_no_name() -> None:
    assert described("commissioner")
    assert not described("former employees")
    assert not described("noyb Austria")
    assert not described("OpenAI")


def offered(claim: Claim, **data: object) -> dict[str, list[tuple[str, bool, str]]]:
    initial: dict[str, object] = {
        "kind": claim.kind,
        "claimant": claim.claimant_id,
        "targets": [],
        "disputes": [],
        "systems": [],
    }
    made = offer(claim, claim.mentions.first(), ClaimForm(initial=initial | data))
    fields = ("claimant", "targets", "disputes", "answers")
    return {field: [(c.label, c.chosen, c.reason) for c in getattr(made, field)] for field in fields}


def test_parties_are_offered_with_the_reason_in_words() -> None:
    make_party("Microsoft", "company", "MSFT")
    claim = Claim.objects.create(kind="concern", proposed={"claimant": "MSFT", "targets": ["Micro soft Corporation"]})
    found = offered(claim)
    assert found["claimant"] == [("Microsoft", False, "“MSFT” is a name of it")]
    assert found["targets"] == [("Microsoft", False, "sounds like “Micro soft Corporation”")]
    assert Party.objects.count() == 1


def test_a_denial_is_offered_the_allegations_of_its_targets_first() -> None:
    reading = make_reading()
    allegation = make_published(reading)
    other = make_draft(reading, "DeepSeek denied", kind="concern", claimant=make_party("Meta"))
    denial = make_draft(
        reading,
        "DeepSeek denied the accusation on Tuesday",
        kind="denial",
        claimant=make_party("DeepSeek"),
        targets=[make_party("OpenAI")],
    )
    found = offered(denial, targets=[make_party("OpenAI").pk])["answers"]
    assert [label for label, _, _ in found] == [str(allegation), str(other)]
    assert found[0][2] == "Allegation · OpenAI; published"


def test_a_draft_is_ticked_for_the_dispute_that_its_article_is_in_already() -> None:
    reading = make_reading()
    public = make_published(reading)
    draft = make_draft(reading, "DeepSeek denied the accusation on Tuesday", kind="denial")
    draft.disputes.clear()
    assert likely_disputes(draft, reading.snapshot.article) == [public.disputes.get().pk]
    make_published(reading, dispute=make_dispute("Another of the same parties"))
    assert likely_disputes(draft, reading.snapshot.article) == []


def test_where_nobody_is_known_the_parties_of_the_text_are_offered() -> None:
    reading = make_reading()
    make_draft(reading, claimant=make_party("OpenAI"), targets=[make_party("DeepSeek")])
    words = "DeepSeek denied the accusation on Tuesday"
    unknown = make_draft(reading, words, kind="denial", claimant=make_party("Meta"))
    found = offered(unknown, claimant=None)
    assert found["claimant"] == [
        ("Meta", False, "named in the text"),
        ("OpenAI", False, "speaks elsewhere in this text"),
    ]
    assert found["targets"] == [("DeepSeek", False, "spoken of elsewhere in this text")]
    assert offered(unknown)["claimant"] == [("Meta", True, "named in the text")]
