"""Private persons: initials in everything that is served, the full name by a recorded decision alone."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from claims import curation, timelines
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, Decision, Party, Verb
from claims.roles import ensure_roles
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db
TEXT = "Jane Doeson accused DeepSeek of copying her songs. Ms Doeson said so on Monday. DeepSeek denied it."
NAMES = ("Jane Doeson", "Doeson", "jane-doeson")


def make_person(public_figure: bool = True) -> Party:
    person = curation.create_party("Jane Doeson", "person", make_editor(), public_figure=public_figure)
    curation.save(person, make_editor())
    return person


def named_claim(person: Party) -> Claim:
    reading = make_reading(TEXT, title="Songwriter Jane Doeson against DeepSeek")
    return make_published(
        reading,
        "Jane Doeson accused DeepSeek of copying her songs",
        claimant=person,
        statement=f"{person.name} accuses DeepSeek of copying songs.",
        dispute=make_dispute("Songs"),
    )


def served(client: Any, claim: Claim, person: Party) -> list[tuple[str, str]]:
    """Every place where the claim or the person is served."""
    [dispute] = claim.disputes.all()
    addresses = [
        reverse("claim", args=[claim.pk]),
        reverse("dispute", args=[dispute.slug]),
        reverse("party", args=[person.slug]),
        reverse("parties"),
        reverse("source", args=[claim.mentions.get().article_id]),
        reverse("outlet", args=[claim.mentions.get().article.outlet.slug]),
        reverse("home"),
        reverse("changes"),
        reverse("search") + "?q=songs",
        reverse("statistics"),
        reverse("suggest") + "?q=doeson",
        reverse("all-feed", args=["rss"]),
        reverse("all-feed", args=["atom"]),
        reverse("dispute-feed", args=[dispute.slug, "atom"]),
        reverse("party-feed", args=[person.slug, "rss"]),
        "/sitemap-parties.xml",
        "/api/v1/claims",
        f"/api/v1/claims/{claim.pk}",
        "/api/v1/parties",
        f"/api/v1/parties/{person.slug}",
        "/api/v1/articles",
        "/api/v1/disputes",
    ]
    pages = [(address, client.get(address)) for address in addresses]
    assert [(address, page.status_code) for address, page in pages if page.status_code != 200] == []
    return [(address, (b"".join(page) if page.streaming else page.content).decode()) for address, page in pages]


def test_a_new_person_goes_by_initials_unless_known_as_a_public_figure() -> None:
    person = curation.create_party("Jane Doeson", "person", make_editor())
    assert (person.name, person.full_name, person.private) == ("J. D.", "Jane Doeson", True)
    assert person.slug == f"person-{person.pk}"
    figure = curation.create_party("Sam Public", "person", make_editor(), public_figure=True)
    assert (figure.name, figure.private) == ("Sam Public", False)
    assert not curation.create_party("Doeson Records", "company", make_editor()).private


def test_the_name_is_in_nothing_that_is_served(client: Any) -> None:
    person = make_person()
    claim = named_claim(person)
    old = person.get_absolute_url()
    assert any(NAMES[0] in text for _, text in served(client, claim, person))
    curation.conceal(person, make_editor(), "no public role")
    claim.refresh_from_db()
    assert claim.statement == "J. D. accuses DeepSeek of copying songs."
    told = [(address, name) for address, text in served(client, claim, person) for name in NAMES if name in text]
    assert told == []
    assert client.get(old).status_code == 404, "the old address would give the name away"
    assert claim.mentions.get().quote.startswith("Jane Doeson"), "evidence stays as it is"


@pytest.mark.parametrize("query", ["Jane Doeson", "doeson", '"JANE DOESON"'])
def test_nobody_finds_the_person_by_the_name(client: Any, query: str) -> None:
    person = make_person()
    claim = named_claim(person)
    curation.conceal(person, make_editor())
    text = client.get(reverse("search"), {"q": query}).content.decode()
    assert f"/claims/{claim.pk}/" not in text
    assert person.slug not in text
    assert f"/claims/{claim.pk}/" not in client.get("/api/v1/claims", {"q": query}).content.decode()


def test_a_sentence_with_the_name_is_refused_and_one_with_initials_is_not() -> None:
    person = make_person(public_figure=False)
    draft = make_draft(make_reading(TEXT), "Jane Doeson accused DeepSeek of copying her songs", claimant=person)
    bare = ClaimChanges(statement="J. D., who is Jane Doeson, accuses DeepSeek.")
    with pytest.raises(CurationError, match="a private person: write"):
        curation.accept(draft, make_editor(), changes=bare)
    curation.accept(draft, make_editor(), changes=ClaimChanges(statement="J. D. accuses DeepSeek."))


def test_the_full_name_is_published_by_a_recorded_decision_of_a_reviewer() -> None:
    ensure_roles()
    person = make_person(public_figure=False)
    editor = User.objects.create_user("ed", is_staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    reviewer = User.objects.create_user("rev", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="reviewer"))
    with pytest.raises(CurationError, match="takes a reviewer"):
        curation.disclose(person, editor, "she asked for it")
    with pytest.raises(CurationError, match="Say why"):
        curation.disclose(person, reviewer, " ")
    curation.disclose(person, reviewer, "she asked for it")
    assert (person.name, person.private) == ("Jane Doeson", False)
    decision = Decision.objects.filter(subject="party", subject_id=person.pk).first()
    assert decision
    assert (decision.verb, decision.actor, decision.reason) == (Verb.DISCLOSE, reviewer, "she asked for it")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claims_party SET private = false, name = full_name, full_name = '' WHERE private",
        "UPDATE claims_party SET name = full_name WHERE private",
        "UPDATE claims_party SET name = 'Miss Jane Doeson' WHERE private",
        "UPDATE claims_party SET full_name = '' WHERE private",
    ],
)
def test_the_database_publishes_no_name_without_that_decision(statement: str) -> None:
    make_person(public_figure=False)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_cannot_go_by_initials_is_told_why() -> None:
    person = make_person(public_figure=False)
    with pytest.raises(CurationError, match="already"):
        curation.conceal(person, make_editor())
    with pytest.raises(CurationError, match="no person"):
        curation.conceal(make_party(), make_editor())


def test_matching_still_knows_the_name() -> None:
    from claims.matching import parties_named

    person = make_person(public_figure=False)
    assert parties_named(["Jane Doeson"]) == {"Jane Doeson": person}
    assert list(timelines.public_parties()) == []


def test_nothing_that_editors_write_names_the_person_either() -> None:
    make_person(public_figure=False)
    claim = make_published()
    with pytest.raises(CurationError, match="The title names"):
        curation.new_dispute("Jane Doeson and DeepSeek", make_editor())
    with pytest.raises(CurationError, match="What is right names"):
        curation.correct(claim, make_editor(), wrong="It was May.", right="Ms Doeson wrote it in June.")


def test_corrections_and_replies_of_before_are_shown_with_initials(client: Any) -> None:
    person = make_person()
    claim = make_published()
    curation.correct(claim, make_editor(), wrong="Jane Doeson wrote it in May.", right="Jane Doeson wrote it in June.")
    asked = curation.ask(claim.targets.get(), [claim], make_editor(), contact="press@example.org")
    reply = curation.receive(asked, "Jane Doeson is wrong.", "The press office")
    curation.publish_reply(reply, make_editor())
    curation.conceal(person, make_editor())
    dispute = claim.disputes.get()
    for address in (
        claim.get_absolute_url(),
        dispute.get_absolute_url(),
        reverse("corrections"),
        reverse("dispute-feed", args=[dispute.slug, "atom"]),
        "/corrections/feed.atom",
    ):
        text = client.get(address).content.decode()
        assert "Doeson" not in text, address
        assert "J. D." in text, address
