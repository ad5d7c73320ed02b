"""What templates say in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.models import Kind, Step, Verb
from claims.templatetags import tracker
from claims.timelines import QUOTE_LIMIT
from claims.timelines.search import MARK, UNMARK


def test_every_kind_step_and_public_verb_has_its_words() -> None:
    for kind in Kind:
        assert tracker.kind_label(kind)
        assert tracker.kind_plural(kind)
        assert tracker.NEW[kind]
    for step in Step:
        assert tracker.step_label(step) != step
    for verb in (Verb.ACCEPT, Verb.EDIT, Verb.STATUS, Verb.LINK, Verb.MERGE):
        assert tracker.decision_label(verb) != verb


@given(st.text())
def test_highlighted_text_is_escaped_and_balanced(text: str) -> None:
    marked = tracker.highlight(f"{text}{MARK}a<b{UNMARK}{text}{MARK}")
    assert "<mark>a&lt;b</mark>" in marked
    assert marked.count("<mark>") == marked.count("</mark>")
    assert marked.replace("<mark>", "").replace("</mark>", "").count("<") == 0
    assert MARK not in marked


@given(st.text(max_size=3 * QUOTE_LIMIT))
def test_a_quote_is_itself_or_cut_and_says_so(quote: str) -> None:
    shown = tracker.excerpt_of(quote)
    assert len(shown) <= QUOTE_LIMIT + 4
    assert shown == quote if len(quote) <= QUOTE_LIMIT else shown.endswith(" […]")
    assert quote.startswith(shown.removesuffix(" […]"))


@pytest.mark.parametrize(
    ("language", "code"),
    [("en", "en"), ("en_US", "en-US"), ("zh-Hans", "zh-Hans"), ("", ""), ("english", ""), ('"><script>', "")],
)
def test_a_language_is_bcp_47_or_left_out(language: str, code: str) -> None:
    assert tracker.language_code(language) == code


@given(st.dictionaries(st.text(), st.text()))
def test_json_in_a_page_cannot_end_its_element_and_reads_back(data: dict[str, str]) -> None:
    text = tracker.script_safe({**data, "x": "</script><!--\u2028"})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {**data, "x": "</script><!--\u2028"}
