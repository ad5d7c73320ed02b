"""Which candidates become claims: the set of non-overlapping spans worth most together."""

from claims.extraction.clauses import Candidate


def select(scored: list[tuple[Candidate, float]], threshold: float) -> list[tuple[Candidate, float]]:
    """Return the candidates of one sentence that together gain most over *threshold*, in text order.

    Each chosen candidate adds its probability less the threshold; chosen spans do not overlap (weighted interval
    scheduling over the sentence's candidates).
    """
    items = sorted(((c, p) for c, p in scored if p > threshold), key=lambda item: (item[0].end, item[0].start))
    best: list[tuple[float, list[tuple[Candidate, float]]]] = [(0.0, [])]
    for i, (candidate, p) in enumerate(items):
        j = i
        while j > 0 and items[j - 1][0].end > candidate.start:
            j -= 1
        take = best[j][0] + p - threshold
        best.append((take, [*best[j][1], (candidate, p)]) if take > best[i][0] else best[i])
    return best[-1][1]
