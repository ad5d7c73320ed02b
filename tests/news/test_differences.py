"""What counts as a change of a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.news.differences import changed_paragraphs, folded, holds

TEXTS = st.lists(st.text("ab “”’\u00a0", max_size=8), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("before", "after"),
    [("He said “no”.", 'He said "no".'), ("a\u00a0b", "a b"), ("It’s", "It's"), ("A – b", "a — b")],
)
def test_the_form_of_quotes_dashes_blanks_and_case_is_no_change(before: str, after: str) -> None:
    assert list(changed_paragraphs(before, after)) == []
    assert holds(after, before)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_putting_the_changed_paragraphs_in_gives_the_new_text(before: str, after: str) -> None:
    changes = list(changed_paragraphs(before, after))
    assert (changes == []) == ([folded(p) for p in before.split("\n")] == [folded(p) for p in after.split("\n")])
    for was, now in changes:
        assert was in before
        assert now in after


def test_a_quote_with_a_word_changed_has_vanished() -> None:
    assert not holds("The company denied the claim.", "The company denied the claims")
