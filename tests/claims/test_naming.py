"""Initials of names, and putting them in a name's place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.naming import initials, mask, names_to_mask


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Jane Doe", "J. D."),
        ("Jane van der Doe", "J. v. d. D."),
        ("Jean-Luc Picard", "J.-L. P."),
        ("Łukasz Żak", "Ł. Ż."),
        ("Cher", "C."),
        ("梁文锋", "梁."),
        ("J. Doe", "J. D."),
        ("42", ""),
    ],
)
def test_a_name_has_its_initials(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jane Doe says so.", "J. D. says so."),
        ("So says Jane\nDoe.", "So says J. D."),
        ("JANE DOE's letter", "J. D.'s letter"),
        ("Ms Doe wrote it, and Doering did not.", "Ms J. D. wrote it, and Doering did not."),
        ("Wait ... Jane Doe", "Wait ... J. D."),
        ("Nobody is named.", "Nobody is named."),
    ],
)
def test_initials_take_the_place_of_the_name(text: str, masked: str) -> None:
    assert mask(text, names_to_mask("Jane Doe"), "J. D.") == masked


@given(st.text(max_size=200), st.text(alphabet="abcdeé ", min_size=6, max_size=20))
def test_no_name_is_left_as_a_whole_word(text: str, name: str) -> None:
    names = names_to_mask(name)
    once = mask(f"{text} {name} {text}", names, "#")
    assert mask(once, names, "#") == once
