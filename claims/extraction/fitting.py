"""Fitting the small linear models: logistic and softmax regression with an L2 penalty, by limited-memory BFGS.

Nocedal, J. (1980), Updating quasi-Newton matrices with limited storage. Numpy comes with spaCy; nothing of this is
needed to apply a model (`claims.extraction.model`).
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from claims.extraction.features import Features

Vector = NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector]]
_MEMORY = 8
_NEGLIGIBLE = 2e-3


def fit(
    rows: Sequence[Features],
    right: Sequence[bool],
    l2: float,
    weights: Sequence[float] | None = None,
    least: int = 2,
) -> dict[str, float]:
    """Return the weights of a logistic regression on *rows*; features in fewer than *least* rows are left out."""
    names, x = _matrix(rows, least)
    y, w = np.array(right, float), _weights(weights, len(rows))

    def objective(b: Vector) -> tuple[float, Vector]:
        z = (x @ b.astype(np.float32)).astype(float)
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        loss = float(np.sum(w * (np.logaddexp(0, z) - y * z)) + 0.5 * l2 * b @ b)
        return loss, x.T @ (w * (p - y)).astype(np.float32) + l2 * b

    return _named(names, minimise(objective, np.zeros(len(names))))


def fit_kinds(
    rows: Sequence[Features],
    known: Sequence[str],
    kinds: Sequence[str],
    l2: float,
    weights: Sequence[float] | None = None,
    least: int = 2,
) -> dict[str, dict[str, float]]:
    """Return {kind: weights} of a softmax regression of *known* kinds on *rows*."""
    names, x = _matrix(rows, least)
    w, shape = _weights(weights, len(rows)), (len(names), len(kinds))
    y = np.zeros((len(rows), len(kinds)))
    y[np.arange(len(rows)), [list(kinds).index(kind) for kind in known]] = 1.0

    def objective(flat: Vector) -> tuple[float, Vector]:
        b = flat.reshape(shape)
        z = (x @ b.astype(np.float32)).astype(float)
        z -= z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = float(-np.sum(w * np.sum(y * (z - np.log(total)), axis=1)) + 0.5 * l2 * flat @ flat)
        return loss, (x.T @ ((e / total - y) * w[:, None]).astype(np.float32) + l2 * b).ravel()

    found = minimise(objective, np.zeros(shape[0] * shape[1])).reshape(shape)
    return {kind: _named(names, found[:, i]) for i, kind in enumerate(kinds)}


def minimise(objective: Objective, x: Vector, rounds: int = 100) -> Vector:
    """Return where a smooth convex *objective* (value and gradient) is least, starting from *x*."""
    value, gradient = objective(x)
    steps: list[tuple[Vector, Vector]] = []
    for _ in range(rounds):
        direction = -_scaled(gradient, steps)
        slope = float(gradient @ direction)
        if slope > -1e-9:
            break
        size = 1.0
        while True:  # halve until the step pays (Armijo's condition)
            there = x + size * direction
            new_value, new_gradient = objective(there)
            if new_value <= value + 1e-4 * size * slope or size < 1e-6:
                break
            size /= 2
        step, change = there - x, new_gradient - gradient
        if step @ change > 1e-10:
            steps = [*steps[-_MEMORY + 1 :], (step, change)]
        gained, x, value, gradient = value - new_value, there, new_value, new_gradient
        if gained < 1e-6 * max(1.0, abs(value)):
            break
    return x


def _scaled(gradient: Vector, steps: list[tuple[Vector, Vector]]) -> Vector:
    """Return *gradient* multiplied by the inverse Hessian that *steps* suggest (the two-loop recursion)."""
    q = gradient.copy()
    shares = []
    for step, change in reversed(steps):
        share = (step @ q) / (change @ step)
        shares.append(share)
        q -= share * change
    if steps:
        step, change = steps[-1]
        q *= (step @ change) / (change @ change)
    else:
        q /= max(1.0, float(np.linalg.norm(gradient)))
    for (step, change), share in zip(steps, reversed(shares), strict=True):
        q += step * (share - (change @ q) / (change @ step))
    return q


def _matrix(rows: Sequence[Features], least: int) -> tuple[list[str], NDArray[np.float32]]:
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= least)
    place = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)), np.float32)  # halves the time; the weights are rounded anyway
    for i, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                x[i, place[name]] = value
    return names, x


def _weights(weights: Sequence[float] | None, count: int) -> Vector:
    return np.ones(count) if weights is None else np.array(weights, float)


def _named(names: Sequence[str], values: Vector) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True) if abs(value) > _NEGLIGIBLE}
