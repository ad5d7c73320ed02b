"""Names that no registry holds: spread over the article, sorted by most of their mentions, tied to their people."""

from claims.extraction.clauses import candidates
from claims.extraction.targets import Spoken, find_targets
from tests.claims.extraction.reading import analysed, lines

STORY = (
    "Regulators fined Verbarion on Tuesday. The start-up said Verbarion had done nothing wrong. "
    "Maria Keller, its chief executive, called Verbarion a victim. Nobody at Verbarion will appeal."
)


def test_an_unregistered_name_is_one_party_wherever_it_stands() -> None:
    names = analysed(STORY).names
    assert names.counts["Verbarion"] == STORY.count("Verbarion")
    assert names.sorts["Verbarion"] == "org"


def test_a_bare_role_in_capitals_is_no_name() -> None:
    text = "The Commission fined the firm. Later the Commission said more fines would follow."
    assert "Commission" not in analysed(text).names.counts


def test_a_sentence_without_a_cue_belongs_to_whoever_acts_in_it_but_a_question_to_nobody() -> None:
    (deed,) = lines("OpenAI switched the feature off in March.")
    assert deed.claimant == "OpenAI"
    (question,) = lines("Will OpenAI switch the feature off?")
    assert question.claimant is None


def test_a_leader_who_is_tied_to_the_company_by_a_pronoun_alone_speaks_for_the_accused() -> None:
    analysis = analysed(STORY, title="Watchdog fines Verbarion")
    assert analysis.resolver.offices["Maria Keller"].indirect
    assert analysis.resolver._house("Maria Keller") == "Verbarion"


def aimed_at(text: str, kind: str, earlier: list[Spoken]) -> tuple[tuple[str, ...], str]:
    """Return the targets of the last sentence of *text*, and the rule that chose them."""
    analysis = analysed(text)
    number = len(analysis.sentences) - 1
    whole = candidates(analysis, number)[0]
    attribution = whole.attribution or analysis.sentences[number].attribution
    found = find_targets(analysis, whole, kind, attribution.referent, earlier)
    return found.names, found.rule


def test_a_quotation_carries_the_targets_of_its_first_sentence() -> None:
    text = "“Verbarion took our songs,” said Maria Lopez, a singer. “Nobody asked us.”"
    said = Spoken("allegation", "Maria Lopez", 0, ("Verbarion",))
    assert aimed_at(text, "allegation", [said]) == (("Verbarion",), "carried")


def test_a_quotation_carries_nothing_from_another_speaker() -> None:
    text = "“Verbarion took our songs,” said Maria Lopez, a singer. “Nobody asked us.”"
    said = Spoken("allegation", "Noyb", 0, ("Clearview AI",))
    names, rule = aimed_at(text, "allegation", [said])
    assert "Clearview AI" not in names
    assert rule != "carried"


def test_a_denial_answers_whoever_accused_the_speaker() -> None:
    text = "Getty Images accused Stability AI of copying its pictures. Stability AI denied it."
    said = Spoken("allegation", "Getty Images", 0, ("Stability AI",))
    assert aimed_at(text, "denial", [said])[0] == ("Getty Images",)
