"""Attribution in any news: source, cue and content of every shape, and offsets that hold in any text."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.extraction.attributions import Span, attributions
from claims.extraction.types import Document, Registry

# {shape: (text, [(source, content)])}
SHAPES = {
    "reported speech": (
        "The mayor said the old bridge would close in May.",
        [("The mayor", "the old bridge would close in May")],
    ),
    "that": (
        "The report found that half of the wells were dry.",
        [("The report", "that half of the wells were dry")],
    ),
    "quotation before": (
        '"The harvest is lost," said Maria Keller, who farms near the river.',
        [("Maria Keller, who farms near the river", "The harvest is lost")],
    ),
    "quotation after a colon": (
        'He told reporters: "The road will reopen on Friday."',
        [("He", "The road will reopen on Friday")],
    ),
    "quotation around the speaker": (
        '"It was a mistake," the coach said, "and we are sorry."',
        [("the coach", 'It was a mistake," the coach said, "and we are sorry')],
    ),
    "quotation that goes on": (
        'The nurse said the ward was full. "We have no beds left. We have no staff either."',
        [
            ("The nurse", "the ward was full"),
            ("The nurse", "We have no beds left"),
            ("The nurse", "We have no staff either"),
        ],
    ),
    "according to, behind": (
        "Prices will rise again in spring, according to the central bank.",
        [("the central bank", "Prices will rise again in spring")],
    ),
    "according to, before": (
        "According to a spokesman for the ministry, nobody was hurt in the fire.",
        [("a spokesman for the ministry", "nobody was hurt in the fire")],
    ),
    "speaker behind the sentence": (
        "The ferry will not sail before Monday, the harbour office said.",
        [("the harbour office", "The ferry will not sail before Monday")],
    ),
    "speaker inside the sentence": (
        "The strike, union leaders warned, could last for weeks.",
        [("union leaders", "The strike, union leaders warned, could last for weeks")],
    ),
    "relative clause": (
        "The minister, who said the plan was dead, resigned on Monday.",
        [("The minister", "the plan was dead")],
    ),
    "accusation": (
        "Police accused the driver of leaving the scene.",
        [("Police", "of leaving the scene")],
    ),
    "passive with its agent": (
        "The factory was accused of dumping waste in the river by residents.",
        [("residents", "of dumping waste in the river")],
    ),
    "denial of a noun": ("The driver denied the charge.", [("The driver", "the charge")]),
    "noun with a clause": (
        "The board ignored the union's claim that the talks had failed.",
        [("the union's", "that the talks had failed")],
    ),
    "subject shared by two verbs": (
        "The auditors found that money was missing and warned that more would follow.",
        [("The auditors", "that money was missing"), ("The auditors", "that more would follow")],
    ),
    "nested": (
        "The Times reported that the chairman had said he would step down.",
        [
            ("The Times", "that the chairman had said he would step down"),
            ("the chairman", "he would step down"),
        ],
    ),
    "belief": ("Analysts expect that growth will slow next year.", [("Analysts", "that growth will slow next year")]),
}


def found(text: str) -> list[tuple[str | None, str]]:
    return [
        (text[a.source.start : a.source.end] if a.source else None, text[a.content.start : a.content.end])
        for a in attributions(Document("t", None, None, None, text))
    ]


def overlap(left: str, right: str, text: str) -> float:
    """Return the intersection over the union of two stretches of *text*, which holds each once."""
    a, b = text.index(left), text.index(right)
    inside = min(a + len(left), b + len(right)) - max(a, b)
    return max(0, inside) / (max(a + len(left), b + len(right)) - min(a, b))


@pytest.mark.parametrize("shape", SHAPES)
def test_source_and_content_of_every_shape_are_found(shape: str) -> None:
    text, expected = SHAPES[shape]
    got = found(text)
    assert len(got) == len(expected), got
    for (source, content), (right_source, right_content) in zip(got, expected, strict=True):
        assert source is not None
        assert source.removesuffix("'s") == right_source.removesuffix("'s")
        assert overlap(content, right_content, text) >= 0.5


@pytest.mark.parametrize(
    "text",
    ["It is cold in the valley.", "The bridge was built in 1911 and painted twice.", "", "\n\n", "Said."],
)
def test_what_nobody_says_has_no_attribution(text: str) -> None:
    assert found(text) == []


def test_names_are_those_that_claims_get() -> None:
    text = "Sam Altman, chief executive of OpenAI, said the rules were clear. Altman said they would stay."
    named = [a.name for a in attributions(Document("t", None, None, None, text))]
    assert named == ["Sam Altman", "Sam Altman"]


PASSAGES = Path(__file__).parents[2] / "data" / "attributions" / "passages.txt"
Stretch = tuple[int, int]


def marked(source: str) -> tuple[str, list[tuple[Stretch, Stretch | None]]]:
    """Return a text without its marks, and (content, source) of each number: "{1She} said [1it rained]"."""
    text, opened = "", []
    spans: dict[str, dict[str, list[Stretch]]] = {"[": {}, "{": {}}
    for part in re.split(r"([\[{]\d+|[\]}])", source):
        if part[:1] in {"[", "{"} and part[1:].isdigit():
            opened.append((part[0], part[1:], len(text)))
        elif part in {"]", "}"}:
            mark, number, start = opened.pop()
            spans[mark].setdefault(number, []).append((start, len(text)))
        else:
            text += part
    contents = {n: (min(a for a, _ in found), max(b for _, b in found)) for n, found in spans["["].items()}
    return text, [(contents[n], spans["{"].get(n, [None])[0]) for n in contents]


def shared(a: Stretch, b: Stretch) -> float:
    return max(0, min(a[1], b[1]) - max(a[0], b[0])) / (max(a[1], b[1]) - min(a[0], b[0]))


def test_general_news_clears_the_bar_for_contents_and_for_sources_with_them() -> None:
    contents = both = total = 0
    for passage in PASSAGES.read_text(encoding="utf-8").split("\n\n"):
        text, expected = marked(passage.strip())
        got = list(attributions(Document("t", None, None, None, text)))
        total += len(expected) + len(got)
        for content, source in expected:
            best = max(got, key=lambda a: shared(content, (a.content.start, a.content.end)), default=None)
            if best is None or shared(content, (best.content.start, best.content.end)) < 0.5:
                continue
            got.remove(best)
            contents += 1
            said = best.source
            if source is None or said is None:
                both += source is None and said is None
            else:
                both += shared(source, (said.start, said.end)) >= 0.5
    assert 2 * contents / total >= 0.65
    assert 2 * both / total >= 0.60


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(text for text, _ in SHAPES.values())) | st.text(max_size=30), max_size=5))
def test_spans_lie_in_the_text_and_hold_words_whatever_the_unicode(parts: list[str]) -> None:
    text = " ".join(parts)
    for one in attributions(Document("t", None, None, None, text), Registry()):
        for span in (one.source, one.cue, one.content):
            if span is not None:
                assert isinstance(span, Span)
                assert 0 <= span.start < span.end <= len(text)
                assert text[span.start : span.end].strip()
