"""Metric values that look like training, made of exact arithmetic only.

Only `Random.random()` and the four operations of IEEE arithmetic are used: Python promises that
the first gives the same numbers in every version, and the second are exact on every machine,
whereas `exp`, `gauss` and numpy's vectorised functions may differ in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

Curve = Callable[[Random, int], list[float]]


def falling(rng: Random, count: int) -> list[float]:
    """A loss: decays towards a floor, with noise in proportion to its height."""
    floor, height = 0.02 + 0.2 * rng.random(), 0.8 + 2.0 * rng.random()
    rate = max(0.0, 1.0 - (3.0 + 5.0 * rng.random()) / count)
    noise = 0.02 + 0.06 * rng.random()
    values = []
    for _ in range(count):
        values.append((floor + height) * (1.0 + noise * (rng.random() - 0.5)))
        height *= rate
    return values


def rising(rng: Random, count: int) -> list[float]:
    """A score between 0 and 1: the mirror image of a loss."""
    top, gap = 0.75 + 0.24 * rng.random(), 0.3 + 0.3 * rng.random()
    rate = max(0.0, 1.0 - (3.0 + 5.0 * rng.random()) / count)
    noise = 0.002 + 0.01 * rng.random()
    values = []
    for _ in range(count):
        values.append(top - gap + noise * (rng.random() - 0.5))
        gap *= rate
    return values


def stepped(rng: Random, count: int) -> list[float]:
    """A learning rate: constant, divided by ten at one and at two thirds."""
    start = (1 + int(9 * rng.random())) / 1000
    third = count // 3 + 1
    return [start * (1.0, 0.1, 0.01)[index // third] for index in range(count)]


def wandering(rng: Random, count: int) -> list[float]:
    """A gradient norm: a walk that is pulled back to its mean."""
    mean = 0.5 + 2.0 * rng.random()
    value = mean
    values = []
    for _ in range(count):
        value += 0.1 * (mean - value) + 0.4 * (rng.random() - 0.5) * mean
        values.append(value)
    return values


def flat(rng: Random, count: int) -> list[float]:
    """Seconds a step: a constant with noise and a slow step now and then."""
    usual = 0.2 + rng.random()
    values = []
    for _ in range(count):
        draw = rng.random()
        values.append(usual * (1.0 + 0.1 * draw) if draw < 0.99 else usual * 3.0)
    return values


def whole(rng: Random, count: int) -> list[float]:
    """Megabytes in use: whole numbers, as floats, as MLflow writes them."""
    base = 2000 + int(6000 * rng.random())
    return [float(base + int(64 * rng.random())) for _ in range(count)]


METRICS: tuple[tuple[str, Curve], ...] = (
    ("train/loss", falling),
    ("val/loss", falling),
    ("train/accuracy", rising),
    ("val/accuracy", rising),
    ("val/f1", rising),
    ("learning_rate", stepped),
    ("grad_norm", wandering),
    ("step_seconds", flat),
    ("system/gpu_0_memory_usage_megabytes", whole),
    ("test_accuracy", rising),
)


def metric_names(count: int) -> list[tuple[str, Curve]]:
    """The first `count` metrics; beyond the named ten, numbered ones below `extra/`."""
    kinds = (falling, rising, wandering, flat)
    extra = [
        (f"extra/metric_{index:03}", kinds[index % len(kinds)])
        for index in range(len(METRICS), count)
    ]
    return [*METRICS[:count], *extra]


def spoil(rng: Random, values: list[float]) -> None:
    """Give about 1 % of curves a tail of nan and about 1 % a single infinity, in place."""
    draw, place = rng.random(), int(rng.random() * len(values))
    if draw < 0.01:
        values[place:] = [math.nan] * (len(values) - place)
    elif draw < 0.02:
        values[place] = math.inf if draw < 0.015 else -math.inf
