"""Who says it, in the shapes that news gives attribution; each case is a failure class of its own."""

import pytest

from tests.claims.extraction.reading import lines, parts

# (text, claimant of the last sentence, kind by rule)
SPOKEN = {
    "accusing verb": ("OpenAI accused DeepSeek of copying its models.", "OpenAI", "allegation"),
    "denying verb": ("DeepSeek denied the accusation.", "DeepSeek", "denial"),
    "suing by a described group": ("A group of novelists sued Anthropic over pirated books.", "novelists", "action"),
    "ruling": ("The judge ruled that the training was not fair use.", "judge", "finding"),
    "passive with an agent that the parse puts elsewhere": (
        "Meta was accused of scraping photographs by privacy campaigners.",
        "privacy campaigners",
        "allegation",
    ),
    "faces allegations from": (
        "Clearview AI faces allegations of illegal surveillance from privacy campaigners.",
        "privacy campaigners",
        "allegation",
    ),
    "according to": ("According to Getty Images, Stability AI copied its photographs.", "Getty Images", "allegation"),
    "filed a complaint": (
        "Noyb filed a complaint against Clearview AI with the Austrian regulator.",
        "Noyb",
        "action",
    ),
    "the suit speaks for whoever filed it": (
        "The complaint was filed by Getty Images in London. The suit alleges that Stability AI copied its pictures.",
        "Getty Images",
        "allegation",
    ),
    "a subject shared over said and accused": (
        "Getty Images said the pictures were its property and accused Stability AI of theft.",
        "Getty Images",
        "allegation",
    ),
    "relative who": ("The artists, who say Midjourney copied their work, want damages.", "artists", "allegation"),
    "steps taken together": (
        "OpenAI and Microsoft have taken steps to limit access to the API.",
        "OpenAI and Microsoft",
        "action",
    ),
    "declined to comment": ("Stability AI declined to comment.", "Stability AI", "response"),
    "spokesperson": ("A Midjourney spokesperson said the suit had no merit.", "Midjourney", "response"),
    "lawyers for a party": (
        "Lawyers for the Authors Guild said the books were stolen.",
        "Authors Guild",
        None,
    ),
    "apposition of a role": (
        "The regulator, the FTC, said on Monday that it had opened an investigation into OpenAI.",
        "FTC",
        None,
    ),
    "pushed back": (
        "Clearview AI pushed back against the report by The New York Times.",
        "Clearview AI",
        "denial",
    ),
    "speaker after the quotation": (
        "“Our pictures were taken without permission,” said Maria Lopez, a photographer.",
        "Maria Lopez",
        None,
    ),
    "carried over sentences": (
        "“Our pictures were taken,” said Maria Lopez, a photographer. “Nobody asked us.”",
        "Maria Lopez",
        None,
    ),
    "surname for a full name": (
        "Maria Lopez runs the studio. “Nobody paid us,” Lopez said.",
        "Maria Lopez",
        None,
    ),
    "passive with an agent": (
        "Photographers were accused of blackmail by Stability AI.",
        "Stability AI",
        "allegation",
    ),
    "faces accusations from": ("Clearview AI faces accusations from Noyb.", "Noyb", "allegation"),
    "allegations repeated": ("Campaigners repeated their allegations against Clearview AI.", "campaigners", None),
    "a claim rejected by": (
        "Getty Images' claim that the pictures were copied was rejected by Midjourney.",
        "Midjourney",
        "denial",
    ),
    "fined for, by a described regulator": (
        "The Dutch regulator fined Verbarion €30m for scraping faces.",
        "Dutch regulator",
        "action",
    ),
    "fined by": ("Stability AI was fined by the Dutch regulator for scraping.", "Dutch regulator", "action"),
    "said nothing": ("Stability AI said nothing about the lawsuit.", "Stability AI", "response"),
    "has not responded": ("DeepSeek has not responded to requests for comment.", "DeepSeek", "response"),
    "relative which": ("Noyb, which filed the complaint, says Clearview AI broke the law.", "Noyb", "allegation"),
    "steps taken alone": ("Meta has taken steps to limit what teenagers see.", "Meta", "action"),
    "the heart of a complaint": (
        "The heart of Getty Images' complaint is that Stability AI copied its pictures.",
        "Getty Images",
        "allegation",
    ),
    "a main complaint": (
        "Getty Images' main complaint is that Stability AI paid nobody for the pictures.",
        "Getty Images",
        "allegation",
    ),
    "the crux of an unknown name's accusations": (
        "The crux of Verbarion's accusations is that Meta copied its songs.",
        "Verbarion",
        "allegation",
    ),
    "accusations that revolve around a matter": (
        "The core of Getty Images’ accusations revolves around pictures that Stability AI used.",
        "Getty Images",
        "allegation",
    ),
    "headline": ("Getty Images Sues Stability AI Over Pictures", "Getty Images", "action"),
    "parenthesis": ("The data set, says the lawsuit, holds stolen books.", "plaintiffs", "allegation"),
}


@pytest.mark.parametrize(("text", "claimant", "kind"), SPOKEN.values(), ids=SPOKEN)
def test_the_claimant_is_found(text: str, claimant: str, kind: str | None) -> None:
    last = lines(text)[-1]
    assert last.claimant == claimant
    if kind is not None:
        assert last.kind == kind


# (text, targets of the last sentence)
AIMED = {
    "object": ("OpenAI accused DeepSeek of copying its models.", ("DeepSeek",)),
    "against": ("Noyb filed a complaint against Clearview AI with the Austrian regulator.", ("Clearview AI",)),
    "fined for": (
        "Italy's data protection authority fined OpenAI €15m for processing personal data without a legal basis.",
        ("OpenAI",),
    ),
    "passive subject": ("Meta was accused of scraping photographs by privacy campaigners.", ("Meta",)),
    "possessive": ("Campaigners criticised the government's facial recognition plans.", ("government",)),
    "passive subject, not its agent": ("Photographers were accused of blackmail by Stability AI.", ("photographers",)),
    "sued by": ("Verbarion was sued by Getty Images over its pictures.", ("Verbarion",)),
    "allegations against": ("Campaigners repeated their allegations against Clearview AI.", ("Clearview AI",)),
    "faces accusations": ("Clearview AI faces accusations from Noyb.", ("Clearview AI",)),
    "whose claim was rejected": (
        "Getty Images' claim that the pictures were copied was rejected by Midjourney.",
        ("Getty Images",),
    ),
    "possessive of a name": ("Unions criticised Amazon's camera plans.", ("Amazon",)),
    "relative who": ("Musicians, who accuse Verbarion of theft, want damages.", ("Verbarion",)),
    "only inside the content": ("Photographers say Clearview AI stole their pictures.", ("Clearview AI",)),
    "the heart of a complaint": (
        "The heart of Getty Images' complaint is that Stability AI copied its pictures.",
        ("Stability AI",),
    ),
    "not the complaint itself": ("The complaint was filed by Getty Images in London.", ()),
    "not whoever is told": ("OpenAI told Reuters that the model was safe.", ()),
}


@pytest.mark.parametrize(("text", "targets"), AIMED.values(), ids=AIMED)
def test_the_target_is_found(text: str, targets: tuple[str, ...]) -> None:
    assert lines(text)[-1].targets == targets


@pytest.mark.parametrize("text", ["Getty Images' complaint was dismissed.", "Getty Images' allegations are false."])
def test_what_becomes_of_an_accusation_is_not_said_by_its_owner(text: str) -> None:
    assert lines(text)[0].claimant is None


def test_the_chain_from_outlet_to_origin_is_kept() -> None:
    [line] = lines("The Financial Times reports that OpenAI says DeepSeek used its outputs.")
    assert (line.claimant, line.via) == ("OpenAI", ("Financial Times",))


def test_cues_inside_quotations_speak_for_nobody() -> None:
    [line] = lines("“Reuters said OpenAI denied it and Meta sued us,” said Maria Lopez, a photographer.")
    assert line.claimant == "Maria Lopez"


def test_the_company_is_whoever_stands_accused() -> None:
    text = "Getty Images sued Stability AI. Stability AI copied its pictures, Getty Images said. The company denied it."
    assert lines(text)[-1].claimant == "Stability AI"


def test_a_pronoun_after_a_spokesperson_is_the_party() -> None:
    text = "A Midjourney spokesperson defended the tool. “We respect artists,” she said."
    assert lines(text)[-1].claimant == "Midjourney"


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI sued Acme. However, it highlights how hard the question is.",
        "OpenAI sued Acme. While open models help many, they also raise concerns.",
        "The ban covers distillation. Distillation refers to training on outputs.",
    ],
)
def test_circumstances_and_things_claim_nothing(text: str) -> None:
    assert lines(text)[-1].claimant is None


def test_a_concern_that_names_a_wrong_is_an_allegation() -> None:
    [line] = lines("OpenAI raised concerns that DeepSeek illegally copied its models.")
    assert (line.claimant, line.kind) == ("OpenAI", "allegation")


def test_a_role_is_whoever_the_registry_calls_by_it() -> None:
    text = "Getty Images sued Stability AI over its pictures. Stability AI denied it. The start-up said more."
    assert lines(text)[-1].claimant == "Stability AI"


@pytest.mark.parametrize(
    "text",
    [
        "Did OpenAI steal the data?",
        "Did Verbarion copy the songs?",
        "If the claims are substantiated, the consequences could be serious.",
        "If the allegations are proven, Verbarion could be fined.",
    ],
)
def test_questions_and_conditionals_have_no_claimant(text: str) -> None:
    assert lines(text)[0].claimant is None


def test_a_participle_of_speech_opens_a_clause_of_its_own() -> None:
    found = parts("Getty Images sued Stability AI in London, alleging that the company copied millions of pictures.")
    assert "Getty Images sued Stability AI in London" in found
    assert "alleging that the company copied millions of pictures" in found


def test_an_editorial_tail_can_be_left_out() -> None:
    found = parts("Getty Images accused Stability AI of copying pictures, which could change how models are trained.")
    assert "Getty Images accused Stability AI of copying pictures" in found


def test_to_refer_somebody_answers_and_to_refer_to_something_defines() -> None:
    assert lines("The term refers to the transfer of knowledge between two models.")[0].claimant is None
    assert lines("DeepSeek referred reporters to its earlier statement.")[0].claimant == "DeepSeek"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("The photographers said that thousands of their pictures had been copied by Stability AI.", "Stability AI"),
        ("The guild alleges that its members' novels were pirated by Meta.", "Meta"),
        ("The union claims that songs had been scraped by Suno without a licence.", "Suno"),
    ],
)
def test_who_does_the_wrong_in_a_passive_is_who_it_is_said_against(text: str, target: str) -> None:
    (line,) = lines(text)
    assert (line.kind, line.targets) == ("allegation", (target,))


def test_who_does_no_wrong_in_a_passive_is_no_target_of_it() -> None:
    (line,) = lines("The guild alleges that its members were hired by Meta, and that DeepMind copied their work.")
    assert "Meta" not in line.targets
