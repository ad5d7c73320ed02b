"""What counts as right: hand-made labels and drafts whose figures can be worked out on paper."""

from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction import scoring
from claims.extraction.scoring import Label, Labelling, Rates, accepts, fold, overlap, pair, same_targets, score

SUED = Label(0, 40, "allegation", "Getty Images", ("Stability AI",), ("copyright",))
DENIED = Label(50, 90, "denial", "Stability AI", ("Getty Images",), ("copyright",))
WARNED = Label(100, 140, "concern", "Ofcom | the regulator", (), ("safety", "deepfake"), hedged=True)
LABELS = Labelling((SUED, DENIED, WARNED))


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("The Meta Platforms, Inc.'s", "meta platforms"),
        ("OpenAI’s", "openai"),
        ("U.S. Copyright Office", "us copyright office"),
        ("J.K. Rowling", "jk rowling"),
        ("Character.AI", "character ai"),
        ("Société Générale SA", "societe generale"),
        ("Co", "co"),
        ("The The", "the"),
        ("", ""),
    ],
)
def test_names_fold_what_does_not_tell_parties_apart(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_a_labelled_name_accepts_each_of_its_alternatives_and_nothing_else() -> None:
    assert accepts("Sam Altman | OpenAI", "OpenAI, Inc.")
    assert accepts("Sam Altman | OpenAI", "sam altman's")
    assert not accepts("Sam Altman | OpenAI", "Altman")


def test_targets_are_right_as_sets() -> None:
    assert same_targets(("Meta", "OpenAI | ChatGPT"), ("ChatGPT", "Meta", "Meta"))
    assert not same_targets(("Meta",), ("Meta", "OpenAI"))
    assert not same_targets(("Meta", "OpenAI"), ("Meta",))
    assert same_targets((), ())


def test_half_of_the_union_is_a_match_and_less_is_none() -> None:
    assert overlap((0, 20), (0, 10)) == 0.5
    assert overlap((0, 10), (10, 20)) == 0.0
    assert pair([SUED], [replace(SUED, end=20)]) == [(0, 0)]
    assert pair([SUED], [replace(SUED, end=19)]) == []


def test_the_largest_overlap_is_paired_first_and_each_side_once() -> None:
    near, exact = replace(SUED, end=36), replace(SUED)
    assert pair([SUED], [near, exact]) == [(0, 1)]
    assert sorted(pair([SUED, replace(SUED, end=36)], [near, exact])) == [(0, 1), (1, 0)]


def test_drafts_like_the_labels_are_right_in_everything() -> None:
    row = score([(LABELS, [SUED, DENIED, replace(WARNED, claimant="Ofcom")])]).overall
    assert (row.labelled, row.drafted) == (3, 3)
    assert row.span == row.strict == row.topics == Rates(1.0, 1.0, 1.0)
    assert (row.kind, row.claimant, row.targets, row.hedged) == (1.0, 1.0, 1.0, 1.0)


def test_figures_of_a_mixed_answer_are_those_worked_out_by_hand() -> None:
    """Four drafts on three labels: one right, one with the wrong kind and topics, one beside, one that misses."""
    drafts = [
        SUED,
        replace(DENIED, kind="response", topics=("copyright", "privacy")),
        replace(SUED, start=200, end=240),
    ]
    drafts.append(replace(WARNED, start=120, end=150))
    report = score([(LABELS, drafts)])
    row = report.overall
    assert astuple(row.span) == pytest.approx((2 / 4, 2 / 3, 4 / 7))
    assert astuple(row.strict) == pytest.approx((1 / 4, 1 / 3, 2 / 7))
    assert row.topics == Rates(2 / 3, 1.0, 0.8)
    assert (row.kind, row.claimant, row.targets, row.hedged) == (0.5, 1.0, 1.0, 1.0)
    denial, response = report.kinds["denial"], report.kinds["response"]
    assert (denial.labelled, denial.drafted, denial.span) == (1, 0, Rates(None, 0.0, None))
    assert (response.labelled, response.drafted, response.span) == (0, 1, Rates(0.0, None, None))
    assert (denial.kind, denial.claimant) == (0.0, 1.0)
    assert astuple(report.kinds["allegation"].span) == pytest.approx((0.5, 1.0, 2 / 3))


def test_an_article_that_gave_no_drafts_costs_recall() -> None:
    assert score([(LABELS, []), (LABELS, LABELS.claims)]).overall.span.recall == 0.5


def test_without_labels_and_drafts_nothing_is_claimed() -> None:
    report = score([])
    assert report.overall.span == Rates(None, None, None)
    assert report.overall.kind is None
    assert report.articles == 0


def test_an_article_not_read_to_the_end_counts_for_precision_where_people_judged_only() -> None:
    partly = Labelling((SUED,), rejected=((200, 240),), complete=False)
    rejected, unknown = replace(WARNED, start=205, end=240), replace(WARNED, start=300, end=340)
    report = score([(partly, [SUED, rejected, unknown])])
    assert (report.articles, report.complete, report.overall.drafted) == (1, 0, 2)
    assert report.overall.span == Rates(0.5, None, None)


def test_recall_is_over_the_articles_that_were_read_to_the_end_alone() -> None:
    partly = Labelling((SUED,), complete=False)
    report = score([(partly, [SUED]), (LABELS, [SUED])])
    assert report.overall.span.precision == 1.0
    assert report.overall.span.recall == pytest.approx(1 / 3)


def test_a_row_of_a_labels_file_becomes_a_label() -> None:
    row = {"start": 0, "end": 40, "kind": "allegation", "claimant": "Getty Images", "targets": ["Stability AI"]}
    assert scoring.label_from(row) == replace(SUED, topics=())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "rumour"}, "unknown kind 'rumour'"),
        ({"end": 0}, "not a span: start 0, end 0"),
        ({"start": "0"}, "not a span: start '0', end 40"),
        ({"claimant": None}, "a name that is not a string"),
        ({"targets": 3}, "not a labelled claim"),
    ],
)
def test_a_row_that_is_no_label_is_named(change: dict[str, object], message: str) -> None:
    row = {"start": 0, "end": 40, "kind": "allegation", "claimant": "Getty Images", **change}
    with pytest.raises(ValueError, match=message):
        scoring.label_from(row)


SPANS = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))
CLAIMS = st.builds(
    lambda span, kind, who: Label(span[0], span[1], kind, who),
    SPANS,
    st.sampled_from(["allegation", "denial"]),
    st.sampled_from(["Meta", "OpenAI"]),
)


@given(st.lists(CLAIMS, max_size=6), st.lists(CLAIMS, max_size=6))
def test_pairs_are_one_to_one_and_strict_never_exceeds_span(labels: list[Label], drafts: list[Label]) -> None:
    pairs = pair(labels, drafts)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    row = score([(Labelling(tuple(labels)), drafts)]).overall
    assert (row.strict.precision or 0) <= (row.span.precision or 0)
    assert (row.strict.recall or 0) <= (row.span.recall or 0)


@given(st.text(max_size=30))
def test_every_name_accepts_itself(name: str) -> None:
    assert accepts(name.replace("|", " "), name.replace("|", " "))
