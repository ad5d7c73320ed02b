"""Average-linkage clustering of sparse vectors by cosine: exact, deterministic, memory only for what can join.

Two clusters join while the mean similarity over all pairs between them is at least the threshold, best pair
first (UPGMA, Sokal and Michener 1958). A pair of clusters can only reach that mean if one pair of members does,
so items that no chain of such pairs connects are clustered apart: the result is the same and large batches of
mostly unrelated items stay cheap. Within a component the nearest-neighbour chain finds the joins in quadratic
time (Murtagh 1983; average linkage is reducible, so the order of the joins does not change the result).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = dict[str, float]
Matrix = NDArray[np.float32]
# Gives the similarities of the items at the first indices with the items at the second.
Between = Callable[[Sequence[int], Sequence[int]], Matrix]

_ROWS = 1024
# Terms that more items hold than this are multiplied densely.
_COMMON = 64


def normalised(vector: Vector) -> Vector:
    """Return *vector* at length one; an empty one stays empty."""
    norm = sum(value * value for value in vector.values()) ** 0.5
    return {term: value / norm for term, value in vector.items()} if norm else {}


def dot_products(left: Sequence[Vector], right: Sequence[Vector]) -> Matrix:
    """Return the dot product of every vector of *left* with every vector of *right*, a row for each of *left*."""
    rows, columns = _postings(left), _postings(right)
    found = np.zeros((len(left), len(right)), dtype=np.float32)
    common: list[str] = []
    for term in sorted(rows.keys() & columns.keys()):
        (places, values), (others, weights) = rows[term], columns[term]
        if len(places) * len(others) > _COMMON**2:
            common.append(term)
        else:
            found[np.ix_(places, others)] += np.outer(
                np.array(values, dtype=np.float32), np.array(weights, dtype=np.float32)
            )
    if common:
        found += _dense(rows, common, len(left)) @ _dense(columns, common, len(right)).T
    return found


def _postings(vectors: Sequence[Vector]) -> dict[str, tuple[list[int], list[float]]]:
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for number, vector in enumerate(vectors):
        for term, value in vector.items():
            places, values = postings.setdefault(term, ([], []))
            places.append(number)
            values.append(value)
    return postings


def _dense(postings: dict[str, tuple[list[int], list[float]]], terms: list[str], count: int) -> Matrix:
    matrix = np.zeros((count, len(terms)), dtype=np.float32)
    for column, term in enumerate(terms):
        places, values = postings[term]
        matrix[places, column] = values
    return matrix


def components(count: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the connected components of *count* nodes, each ascending, ordered by first member."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in edges:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for node in range(count):
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())


def joins(similarity: Matrix) -> list[tuple[float, int, int]]:
    """Return the joins of average linkage over a whole similarity matrix as (mean similarity, member, member).

    They come in no particular order; the matrix is used up.
    """
    work, count = similarity, len(similarity)
    np.fill_diagonal(work, -np.inf)
    sizes = np.ones(count, dtype=np.float32)
    alive = np.ones(count, dtype=bool)
    found: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(found) < count - 1:
        if not chain:
            chain.append(int(np.flatnonzero(alive)[0]))
        top = chain[-1]
        best = int(np.argmax(work[top]))
        # A tie with where the chain came from ends it, else it might run in circles.
        if len(chain) > 1 and work[top, chain[-2]] >= work[top, best]:
            other = chain[-2]
            found.append((float(work[top, other]), top, other))
            del chain[-2:]
            keep, drop = min(top, other), max(top, other)
            row = (work[keep] * sizes[keep] + work[drop] * sizes[drop]) / (sizes[keep] + sizes[drop])
            work[keep], work[:, keep] = row, row
            work[drop], work[:, drop] = -np.inf, -np.inf
            work[keep, keep] = -np.inf
            sizes[keep] += sizes[drop]
            alive[drop] = False
        else:
            chain.append(best)
    return found


def average_linkage(count: int, between: Between, threshold: float) -> list[list[int]]:
    """Return clusters of the items 0 to *count* whose mean similarity is at least *threshold* at every join.

    Clusters and their members are ascending. *threshold* must be positive.
    """
    everything = range(count)

    def edges() -> Iterator[tuple[int, int]]:
        for start in range(0, count, _ROWS):
            block = range(start, min(start + _ROWS, count))
            left, right = np.nonzero(between(block, everything) >= threshold)
            for a, b in zip(left.tolist(), right.tolist(), strict=True):
                if a + start < b:
                    yield a + start, b

    clusters: list[list[int]] = []
    for members in components(count, edges()):
        if len(members) == 1:
            clusters.append(members)
            continue
        kept = ((a, b) for value, a, b in joins(between(members, members)) if value >= threshold)
        clusters += [[members[i] for i in part] for part in components(len(members), kept)]
    return sorted(clusters)
