"""Average-linkage clustering of sparse vectors, cut where the clusters stand apart best: exact and deterministic.

Two clusters join while the mean similarity over all pairs between them is at least a threshold, best pair first
(UPGMA, Sokal and Michener 1958). A mean can only reach the threshold if one pair does, so items that no chain
of such pairs connects are clustered apart: the result is the same, and large batches of mostly unrelated items
stay cheap. Within a component the nearest-neighbour chain finds the joins in quadratic time (Murtagh 1983;
average linkage is reducible, so the order of the joins does not change the result).

How alike texts about one event are depends on the batch: how long they are, how much of one domain. So the
threshold is not one number but a narrow range, and the cut within it is the one of the best mean silhouette
(Rousseeuw 1987), less a penalty for its distance from the usual one. And two clusters that hold together well
stay apart if the tie between them is much looser than those within: look-alikes, not one event.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = dict[str, float]
Matrix = NDArray[np.float32]
Clusters = list[list[int]]
# Two clusters, named by a member of each, and their mean similarity.
Join = tuple[float, int, int]
# Gives the similarities of the items at the first indices with the items at the second.
Between = Callable[[Sequence[int], Sequence[int]], Matrix]

# Items compared with all others at a time, which bounds memory; up to so many items all is kept.
_ROWS, _WHOLE = 1024, 8192
# A term with more pairs of holders than this is multiplied densely.
_COMMON = 4096
# Cuts tried; what one more logarithmic step away from the usual one costs; similarity that means nothing.
_CUTS, _PENALTY, _NOISE = 13, 0.1, 0.07
# Clusters of two and more join from this share of the mean similarity within them on, of which copies count no
# more than the second number.
_TIE, _TIGHT = 0.6, 0.4


def normalised(vector: Vector) -> Vector:
    """Return *vector* at length one; an empty one stays empty."""
    norm = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {term: value / norm for term, value in vector.items()} if norm else {}


def dot_products(left: Sequence[Vector], right: Sequence[Vector]) -> Matrix:
    """Return the dot product of every vector of *left* with every vector of *right*, a row for each of *left*."""
    rows, columns = _postings(left), _postings(right)
    found = np.zeros((len(left), len(right)), dtype=np.float32)
    common: list[str] = []
    for term in sorted(rows.keys() & columns.keys()):
        (places, values), (others, weights) = rows[term], columns[term]
        if len(places) * len(others) > _COMMON:
            common.append(term)
        else:
            product = np.outer(np.array(values, dtype=np.float32), np.array(weights, dtype=np.float32))
            found[np.ix_(places, others)] += product
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


def components(count: int, edges: Iterable[tuple[int, int]]) -> Clusters:
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


def joins(similarity: Matrix) -> list[Join]:
    """Return the joins of average linkage over a whole similarity matrix, a cluster's own before those of it.

    The matrix is used up.
    """
    work, count = similarity, len(similarity)
    np.fill_diagonal(work, -np.inf)
    sizes = np.ones(count, dtype=np.float32)
    alive = np.ones(count, dtype=bool)
    found: list[Join] = []
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


def _kept(count: int, between: Between) -> Between:
    """Return *between* computed once for all pairs, where memory allows."""
    if count > _WHOLE:
        return between
    whole = np.empty((count, count), dtype=np.float32)
    for block in _blocks(count):
        whole[block.start : block.stop] = between(block, range(count))

    def look_up(rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        if isinstance(rows, range) and len(columns) == count:
            return whole[rows.start : rows.stop]
        return whole[np.ix_(rows, columns)]

    return look_up


def _blocks(count: int) -> Iterator[range]:
    yield from (range(start, min(start + _ROWS, count)) for start in range(0, count, _ROWS))


def _connected(count: int, between: Between, lowest: float) -> Clusters:
    """Return the items 0 to *count* by chains of pairs that are at least *lowest* alike."""
    label = np.arange(count)
    for block in _blocks(count):
        near = between(block, range(count)) >= lowest
        near[np.arange(len(block)), np.arange(block.start, block.stop)] = True
        for row in near:
            touched = np.unique(label[row])
            if len(touched) > 1:
                label[np.isin(label, touched)] = touched[0]
    return components(count, enumerate(label.tolist()))


def _tree(count: int, between: Between, lowest: float) -> list[Join]:
    """Return all joins at *lowest* or above over the items 0 to *count*."""
    found: list[Join] = []
    for members in _connected(count, between, lowest):
        if len(members) > 1:
            # A copy, because the joins use it up.
            own = joins(np.array(between(members, members)))
            found += [(value, members[a], members[b]) for value, a, b in own if value >= lowest]
    return found


def cut(count: int, tree: Iterable[Join], threshold: float) -> Clusters:
    """Return the clusters of the items 0 to *count* that the joins of *tree* make at *threshold*."""
    parent, sizes, sums = list(range(count)), [1] * count, [0.0] * count
    closed: set[int] = set()

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def tightness(node: int) -> float:
        return min(sums[node] / (sizes[node] * (sizes[node] - 1) / 2), _TIGHT)

    def holds(value: float, left: int, right: int) -> bool:
        if value < threshold or left in closed or right in closed:
            return False
        if sizes[left] == 1 or sizes[right] == 1:
            return True
        inside = tightness(left) * sizes[left] + tightness(right) * sizes[right]
        return value >= _TIE * inside / (sizes[left] + sizes[right])

    for value, one, other in tree:
        left, right = sorted((root(one), root(other)))
        if not holds(value, left, right):
            # What would join the two later is not to take one of them.
            closed |= {left, right}
            continue
        sums[left] += sums[right] + value * sizes[left] * sizes[right]
        sizes[left] += sizes[right]
        parent[right] = left
    return components(count, enumerate(parent))


def silhouettes(count: int, between: Between, cuts: Sequence[Clusters]) -> list[float]:
    """Return the mean silhouette of each of *cuts*, over cosine distance.

    To be alone counts as lying among one's like at a similarity of noise, so that it neither pays nor costs
    unless another cluster is near.
    """
    owners = [np.empty(count, dtype=np.intp) for _ in cuts]
    for owner, clusters in zip(owners, cuts, strict=True):
        for number, members in enumerate(clusters):
            owner[members] = number
    sums = [0.0] * len(cuts)
    for block in _blocks(count):
        alike = between(block, range(count))
        for cut, owner in enumerate(owners):
            sums[cut] += _silhouette(alike, block, owner)
    return [value / max(count, 1) for value in sums]


def _silhouette(alike: Matrix, block: range, owner: NDArray[np.intp]) -> float:
    """Return the sum of the silhouettes of the items of *block*, whose similarities to all are *alike*."""
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    sizes = np.diff(starts, append=len(owner))
    totals = np.add.reduceat(alike[:, order], starts, axis=1)
    rows, own = np.arange(len(block)), owner[block.start : block.stop]
    others = sizes[own] - 1
    itself = alike[rows, np.arange(block.start, block.stop)]
    inside = np.where(others > 0, (totals[rows, own] - itself) / np.maximum(others, 1), _NOISE)
    means = totals / sizes
    means[rows, own] = _NOISE
    outside = np.maximum(means.max(axis=1), _NOISE)
    return float(((inside - outside) / np.maximum(1 - np.minimum(inside, outside), 1e-6)).sum())


def cluster(count: int, between: Between, usual: float, lowest: float, highest: float) -> Clusters:
    """Return clusters of the items 0 to *count*, cut between the thresholds *lowest* and *highest* (above 0).

    *usual* is the threshold to stay near. Clusters and their members are ascending.
    """
    between = _kept(count, between)
    steps = [lowest * (highest / lowest) ** (step / (_CUTS - 1)) for step in range(_CUTS)]
    tree = _tree(count, between, lowest)
    cuts: dict[float, Clusters] = {}
    # From the usual threshold outwards, so that of several that cut alike the nearest stands.
    for threshold in sorted({usual, *steps}, key=lambda step: abs(math.log(step / usual))):
        clusters = cut(count, tree, threshold)
        if clusters not in cuts.values():
            cuts[threshold] = clusters
    if len(cuts) == 1:
        return cuts[usual]
    means = silhouettes(count, between, list(cuts.values()))
    scores = {
        threshold: mean - _PENALTY * math.log(threshold / usual) ** 2
        for threshold, mean in zip(cuts, means, strict=True)
    }
    return cuts[max(scores, key=lambda threshold: scores[threshold])]
