"""Which public sentences state an accusation as a fact, and that curation refuses them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import curation
from claims.assertions import bare_accusations
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, State
from tests.factories import make_draft, make_editor, make_published

BARE = [
    ("DeepSeek stole OpenAI's models.", ["stole"]),
    ("OpenAI, which says that it is careful, stole the books.", ["stole"]),
    ("OpenAI alleges a breach, and DeepSeek stole the model.", ["stole"]),
    ("OpenAI alleges a breach; DeepSeek violated the contract.", ["violated"]),
    ("DeepSeek stole models that OpenAI says are its own.", ["stole"]),
    ("Acme trained its model on pirated books.", ["pirated"]),
    ("Acme used the books without permission.", ["used the books without permission"]),
    ("Acme illegally scraped the site and misled its users.", ["illegally", "misled"]),
    ("Acme is guilty of theft.", ["is guilty"]),
    ("Acme broke the law.", ["broke the law"]),
    ("Acme lied to its users after it promised not to.", ["lied to"]),
    ("Acme's chatbot caused the death of a user.", ["caused the death"]),
]
ATTRIBUTED = [
    "OpenAI alleges that DeepSeek stole its models.",
    "OpenAI accuses DeepSeek of stealing its models and of violating its terms.",
    "DeepSeek stole the models, OpenAI says.",
    "According to OpenAI, DeepSeek violated its terms.",
    "DeepSeek allegedly stole the weights.",
    "Authors sue Acme for training on pirated books.",
    "Authors say that Acme, which denies it, used the books without permission.",
    "OpenAI says that DeepSeek copied it, and that it misled its users.",
    "DeepSeek denies that it stole anything.",
    "OpenAI says: “DeepSeek stole it”.",
    "The court found that Acme infringed the copyright.",
    "The regulator fined Acme for violating the law.",
    "The union asks whether Acme violated the agreement.",
    "Acme releases R1 under an open licence.",
    "The museum opens a show on machine learning.",
]


@pytest.mark.parametrize(("sentence", "words"), BARE)
def test_an_accusation_that_nobody_is_named_as_saying_is_found(sentence: str, words: list[str]) -> None:
    assert bare_accusations(sentence) == words


@pytest.mark.parametrize("sentence", ATTRIBUTED)
def test_an_accusation_that_somebody_makes_may_stand(sentence: str) -> None:
    assert bare_accusations(sentence) == []


@given(st.text(max_size=500))
def test_any_text_has_an_answer_made_of_its_own_words(text: str) -> None:
    for words in bare_accusations(text):
        assert all(word in text for word in words.split())


@pytest.mark.django_db
def test_a_sentence_that_states_an_allegation_as_fact_is_not_published() -> None:
    draft = make_draft()
    changes = ClaimChanges(statement="DeepSeek stole the models of OpenAI.")
    with pytest.raises(CurationError, match="“stole”"):
        curation.accept(draft, make_editor(), changes=changes)
    assert Claim.objects.get(pk=draft.pk).state == State.DRAFT


@pytest.mark.django_db
def test_a_finding_lifts_the_check_and_a_later_denial_does_not_bring_it_back() -> None:
    claim = make_published()
    bare = ClaimChanges(statement="DeepSeek stole the models of OpenAI.")
    with pytest.raises(CurationError, match="nobody has found"):
        curation.edit(claim, make_editor(), bare)
    [target] = claim.targets.all()
    [source] = claim.mentions.all()
    steps = [("found", date(2025, 6, 1)), ("denied", date(2025, 7, 1))]
    for step, on in steps:
        curation.add_status(claim, make_editor(), step, source=source, target=target, on=on)
    curation.edit(claim, make_editor(), bare)
    curation.approve(claim, make_editor("reviewer"))
    assert Claim.objects.get(pk=claim.pk).statement == bare.statement


@pytest.mark.django_db
def test_a_finding_that_was_dismissed_later_lifts_nothing() -> None:
    claim = make_published()
    [target] = claim.targets.all()
    [source] = claim.mentions.all()
    for step, on in (("found", date(2025, 6, 1)), ("dismissed", date(2025, 9, 1))):
        curation.add_status(claim, make_editor(), step, source=source, target=target, on=on)
    with pytest.raises(CurationError, match="“stole”"):
        curation.edit(claim, make_editor(), ClaimChanges(statement="DeepSeek stole the models of OpenAI."))
