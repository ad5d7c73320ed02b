"""Average linkage: against its definition, and the rules of the cut."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.extraction import clustering
from claims.extraction.clustering import Matrix, cluster, components, cut, dot_products, joins, normalised

words = st.sampled_from("abcdefgh")
vectors = st.lists(st.dictionaries(words, st.floats(0.1, 9), max_size=5).map(normalised), max_size=12)


def symmetric(seed: int, count: int) -> Matrix:
    half = np.random.default_rng(seed).random((count, count)).astype(np.float32)
    return ((half + half.T) / 2).astype(np.float32)


def by_definition(alike: Matrix, threshold: float) -> set[frozenset[int]]:
    """Join the two clusters of the highest mean similarity, again and again."""
    clusters = [[number] for number in range(len(alike))]
    while len(clusters) > 1:
        pairs = [(i, j) for i in range(len(clusters)) for j in range(i)]
        means = {(i, j): alike[np.ix_(clusters[i], clusters[j])].mean() for i, j in pairs}
        (i, j), best = max(means.items(), key=lambda item: item[1])
        if best < threshold:
            break
        clusters[j] += clusters.pop(i)
    return set(map(frozenset, clusters))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 14), st.floats(0.2, 0.9))
def test_joins_are_those_of_average_linkage(seed: int, count: int, threshold: float) -> None:
    alike = symmetric(seed, count)
    found = components(count, ((a, b) for value, a, b in joins(alike.copy()) if value >= threshold))
    assert set(map(frozenset, found)) == by_definition(alike, threshold)


@given(vectors, vectors, st.sampled_from([0, 4096]))
def test_dot_products_are_the_same_by_the_sparse_and_the_dense_way(
    left: list[clustering.Vector], right: list[clustering.Vector], common: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clustering, "_COMMON", common)
        found = dot_products(left, right)
    expected = [[sum(weight * b.get(term, 0.0) for term, weight in a.items()) for b in right] for a in left]
    assert found.shape == (len(left), len(right))
    assert np.allclose(found, np.array(expected).reshape(found.shape), atol=1e-5)


def test_blocks_and_look_ups_cluster_like_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = symmetric(3, 40) ** 3

    def between(rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        return alike[np.ix_(list(rows), list(columns))]

    whole = cluster(40, between, 0.14, 0.09, 0.2)
    monkeypatch.setattr(clustering, "_ROWS", 7)
    monkeypatch.setattr(clustering, "_WHOLE", 0)
    assert cluster(40, between, 0.14, 0.09, 0.2) == whole


def test_two_tight_clusters_with_a_loose_tie_stay_apart() -> None:
    tree = [(0.4, 0, 1), (0.4, 2, 3), (0.15, 0, 2)]
    assert cut(4, tree, 0.1) == [[0, 1], [2, 3]]
    assert cut(4, [*tree[:2], (0.3, 0, 2)], 0.1) == [[0, 1, 2, 3]]


def test_copies_do_not_make_a_cluster_too_tight_to_be_joined() -> None:
    assert cut(4, [(1.0, 0, 1), (1.0, 2, 3), (0.25, 0, 2)], 0.1) == [[0, 1, 2, 3]]


def test_nothing_joins_one_half_of_two_that_stayed_apart() -> None:
    assert cut(5, [(0.4, 0, 1), (0.4, 2, 3), (0.15, 0, 2), (0.12, 0, 4)], 0.1) == [[0, 1], [2, 3], [4]]


def test_the_cut_moves_to_where_the_clusters_stand_apart() -> None:
    # Two pairs that share little by any measure, and nothing else: still two pairs.
    alike = np.full((4, 4), 0.01, dtype=np.float32)
    alike[0, 1] = alike[1, 0] = alike[2, 3] = alike[3, 2] = 0.12
    found = cluster(4, lambda rows, columns: alike[np.ix_(list(rows), list(columns))], 0.14, 0.09, 0.2)
    assert found == [[0, 1], [2, 3]]


def test_nothing_and_one_item_are_clustered() -> None:
    assert cluster(0, lambda rows, columns: np.zeros((0, 0), dtype=np.float32), 0.14, 0.09, 0.2) == []
    assert cluster(1, lambda rows, columns: np.ones((1, 1), dtype=np.float32), 0.14, 0.09, 0.2) == [[0]]
