"""Cards: pictures of the right size whatever the title is."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import settings as bound
from hypothesis import strategies as st
from PIL import Image

from claims.cards import HEIGHT, LINES, WIDTH, Card, _fitted, draw


def test_a_card_is_a_small_png_of_the_size_that_networks_ask_for() -> None:
    body = draw(Card("OpenAI and DeepSeek: Ärger über “distillation”", "6 allegations", "AI claims tracker"))
    with Image.open(BytesIO(body)) as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(body) < 60_000


def test_a_warning_and_a_title_change_the_picture() -> None:
    plain = draw(Card("A", "1", "Site"))
    assert plain != draw(Card("A", "1", "Site", "Demonstration"))
    assert plain != draw(Card("B", "1", "Site"))
    assert plain == draw(Card("A", "1", "Site"))


@pytest.mark.parametrize("title", ["word " * 60, "W" * 300, ""])
def test_a_title_that_does_not_fit_is_cut(title: str) -> None:
    size, lines = _fitted(title)
    assert len(lines) <= LINES
    assert draw(Card(title, "", ""))
    assert size >= 50


@given(st.text(max_size=200))
@bound(max_examples=15, deadline=None)
def test_any_title_can_be_drawn(title: str) -> None:
    assert draw(Card(title, title[:40], "Site")).startswith(b"\x89PNG")
