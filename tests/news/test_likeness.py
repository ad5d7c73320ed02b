"""Which texts are one story."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.demo.library import library
from tracker.news import likeness
from tracker.news.likeness import PERMUTATIONS, Sketch, containment, is_copy, jaccard, sketch

# A sketch as it was stored by the first version.
SEEN = (103, (12218869, 25425470, 11389806), 5612597762937938705)
VOCABULARY = [f"{a}{b}{c}" for a in "bdfklmnprst" for b in "aeiou" for c in ("", "n", "r", "st")]


def story(seed: int, words: int = 400) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=words)


def drawn(words: list[str]) -> Sketch:
    made = sketch(" ".join(words))
    assert made is not None
    return made


def edited(words: list[str], share: float, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"edit{n}" if chance.random() < share else word for n, word in enumerate(words)]


def in_index(a: Sketch, b: Sketch) -> bool:
    return bool(set(a.bands) & set(b.bands))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.06))
def test_a_lightly_edited_copy_is_found_by_the_index_and_taken_for_one(seed: int, share: float) -> None:
    words = story(seed)
    original, copy = drawn(words), drawn(edited(words, share, seed + 1))
    assert in_index(original, copy)
    assert is_copy(copy, original)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_two_stories_are_never_one(seed: int) -> None:
    assert not is_copy(drawn(story(seed)), drawn(story(seed + 1)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.7, 0.95))
def test_a_copy_cut_from_the_end_is_a_copy(seed: int, kept: float) -> None:
    whole, part = cut(seed, kept)
    assert in_index(whole, part)
    assert is_copy(part, whole)


def test_a_copy_cut_to_its_half_is_hardly_ever_missed() -> None:
    # A sketch estimates: at one half its standard error is 0.06 of the part that is contained, the bar 0.15 away.
    pairs = [cut(seed, 0.5) for seed in range(200)]
    assert all(in_index(whole, part) for whole, part in pairs)
    assert sum(is_copy(part, whole) for whole, part in pairs) >= 0.97 * len(pairs)


def cut(seed: int, kept: float) -> tuple[Sketch, Sketch]:
    """A story, and its first *kept*."""
    words = story(seed)
    return drawn(words), drawn(words[: int(len(words) * kept)])


def test_a_later_text_with_an_earlier_one_and_as_much_besides_is_its_own_story() -> None:
    brief = story(1, 200)
    assert not is_copy(drawn(brief + story(2, 300)), drawn(brief))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(60, 600), st.integers(60, 600), st.integers(0, 60))
def test_the_estimates_are_near_the_truth(seed: int, ours: int, theirs: int, shared: int) -> None:
    common = story(seed, shared * 5)
    a, b = story(seed + 1, ours) + common, story(seed + 2, theirs) + common

    def grams(words: list[str]) -> set[tuple[str, ...]]:
        return set(zip(words, words[1:], words[2:], strict=False))

    truth = len(grams(a) & grams(b)) / len(grams(a) | grams(b))
    # Five standard errors.
    assert abs(jaccard(drawn(a), drawn(b)) - truth) <= 5 * (0.25 / PERMUTATIONS) ** 0.5
    assert 0 <= containment(drawn(a), drawn(b)) <= 1


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_sketch_that_survives_storage_or_none(text: str) -> None:
    made = sketch(text)
    assert made is None or Sketch.from_bytes(bytes(made)) == made
    assert made == sketch(f"  {text.casefold()}\n")


def test_sketches_stay_what_they_were_since_they_are_stored() -> None:
    made = drawn(["the", "words", "of"] * 5 + [f"w{n}" for n in range(100)])
    assert (made.size, made.minima[:3], made.bands[0]) == SEEN


def test_a_text_in_a_script_without_spaces_is_compared_by_character() -> None:
    text = "监管机构周一表示已对一个语言模型的训练数据展开调查该公司表示将予以配合并且每一步都遵守了法律法规的要求"
    made = sketch(text)
    assert made is not None
    assert made.size > 40


def test_the_demonstration_s_wire_copies_are_found_and_its_other_stories_stay_apart() -> None:
    articles = [(a, sketch("\n".join(a.paragraphs))) for a in library().articles]
    copies = set()
    for (a, ours), (b, theirs) in itertools.combinations(articles, 2):
        if ours and theirs and (is_copy(ours, theirs) or is_copy(theirs, ours)):
            copies.add(frozenset((a.key, b.key)))
    families: dict[str, list[str]] = {}
    for article, _ in articles:
        families.setdefault(article.copy_of or article.key, []).append(article.key)
    expected = {frozenset(pair) for family in families.values() for pair in itertools.combinations(family, 2)}
    assert copies == expected


@pytest.mark.parametrize("words", [0, 1, 3, likeness.LEAST_SHINGLES])
def test_a_short_text_has_none(words: int) -> None:
    assert sketch(" ".join(story(1, words))) is None
