"""Which parameters go with a metric: association by ranks, which says nothing of causes.

A parameter of numbers: Spearman's rank correlation, that is Pearson's of the ranks, ties sharing
the mean of theirs. Anything else with few values: the correlation ratio on ranks, that is

    eta = sqrt( sum of squares between the categories / that in all )   of the metric's ranks,

the root of Kruskal and Wallis' H / (n - 1), which is also called epsilon squared. It has no sign.

Without any association the first exceeds t / sqrt(t^2 + n - 2), with Student's t for n - 2 degrees
of freedom, in one of twenty cases; the second the root of chi^2(0.95, k - 1) / (n - 1) for k
categories. Both are approximations that are good from some ten runs on (M. Kendall, Rank
Correlation Methods; Kruskal and Wallis 1952).
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from math import fsum, isfinite, sqrt

from reportgen.analysis.noise import student_t
from reportgen.model import MetricKey, Run, RunId
from reportgen.values import frozen

LEAST_RUNS = 8  # with fewer, nothing is said
MOST_CATEGORIES = 10
_Z = 1.644854  # the normal deviate that chance exceeds in one of twenty cases
_CHI_1 = 3.841459


class Kind(Enum):
    """How an association is measured."""

    RANKS = "rank correlation"  # -1 to 1
    RATIO = "correlation ratio on ranks"  # 0 to 1


@frozen
class Association:
    """How far one parameter and a metric go together."""

    param: str
    kind: Kind
    count: int  # runs that have both
    distinct: int  # values of the parameter among them
    strength: float | None  # None where there are too few runs, or one side does not vary
    limit: float | None  # of the strength, up or down: chance exceeds it in one of twenty cases
    top: str = ""  # the category with the highest values; "" for numbers

    @property
    def may_be_chance(self) -> bool:
        """Whether it is no stronger than chance alone makes in nineteen of twenty cases."""
        if self.strength is None or self.limit is None:
            return True
        return abs(self.strength) <= self.limit


@frozen
class Associations:
    """What goes with a metric."""

    metric: MetricKey
    found: tuple[Association, ...]  # the strongest first
    left_out: tuple[str, ...]  # parameters with many values that are no numbers


def associations(
    runs: Sequence[Run], metric: MetricKey, params: Sequence[str], values: Mapping[RunId, float]
) -> Associations:
    """How some parameters go with a metric, whose finite values are given by run.

    Runs without a value are left out, and with each parameter those that lack it. Parameters that
    do not vary then are left out.
    """
    counted = [run for run in runs if run.id in values]
    whole = ranks([values[run.id] for run in counted])  # most parameters are in all runs
    found, left_out = [], []
    for param in params:
        own = [run for run in counted if param in run.params]
        texts = [run.params[param] for run in own]
        distinct = len(set(texts))
        if distinct < 2:
            continue
        has_all = len(own) == len(counted)
        ups = whole if has_all else ranks([values[run.id] for run in own])
        numbers = as_numbers(texts)
        if numbers is not None:
            found.append(_of_numbers(param, numbers, ups))
        elif distinct <= MOST_CATEGORIES and 2 * distinct <= max(len(own), LEAST_RUNS):
            found.append(_of_categories(param, texts, ups))
        else:
            left_out.append(param)
    found.sort(key=lambda one: (one.strength is None, -abs(one.strength or 0), one.param))
    return Associations(metric, tuple(found), tuple(left_out))


def as_numbers(texts: Sequence[str]) -> list[float] | None:
    """The numbers that all of some texts are; None where one is none, nan or infinite."""
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return None
    return numbers if all(map(isfinite, numbers)) else None


def _of_numbers(param: str, numbers: Sequence[float], ups: Sequence[float]) -> Association:
    """With the ranks of the metric."""
    count, distinct = len(numbers), len(set(numbers))
    if count < LEAST_RUNS:
        return Association(param, Kind.RANKS, count, distinct, None, None)
    rho = rank_correlation(ranks(numbers), ups)
    t = student_t(count - 2)
    return Association(param, Kind.RANKS, count, distinct, rho, t / sqrt(t * t + count - 2))


def _of_categories(param: str, texts: Sequence[str], ups: Sequence[float]) -> Association:
    """With the ranks of the metric."""
    count, distinct = len(texts), len(set(texts))
    if count < LEAST_RUNS:
        return Association(param, Kind.RATIO, count, distinct, None, None)
    ratio, top = correlation_ratio(texts, ups)
    limit = min(1.0, sqrt(chi_squared(distinct - 1) / (count - 1)))
    return Association(param, Kind.RATIO, count, distinct, ratio, limit, top)


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end, value = start + 1, values[order[start]]
        while end < len(order) and values[order[end]] == value:
            end += 1
        for place in order[start:end]:
            found[place] = (start + end + 1) / 2
        start = end
    return found


def rank_correlation(across: Sequence[float], ups: Sequence[float]) -> float | None:
    """Spearman's rank correlation of two sides by their ranks; None where one does not vary.

    It is Pearson's of the ranks, whose mean is known.
    """
    centre = (len(across) + 1) / 2
    spread = fsum((x - centre) ** 2 for x in across) * fsum((y - centre) ** 2 for y in ups)
    if not spread:
        return None
    both = fsum((x - centre) * (y - centre) for x, y in zip(across, ups, strict=True))
    return max(-1.0, min(1.0, both / sqrt(spread)))


def correlation_ratio(texts: Sequence[str], ups: Sequence[float]) -> tuple[float | None, str]:
    """The correlation ratio of ranks by category, and the category with the highest mean rank.

    None and "" where the ranks do not vary.
    """
    centre = (len(ups) + 1) / 2
    by: dict[str, list[float]] = {}
    for text, up in zip(texts, ups, strict=True):
        by.setdefault(text, []).append(up - centre)
    whole = fsum((up - centre) ** 2 for up in ups)
    if not whole:
        return None, ""
    between = fsum(fsum(own) ** 2 / len(own) for own in by.values())
    top = max(sorted(by), key=lambda text: fsum(by[text]) / len(by[text]))
    return sqrt(min(1.0, between / whole)), top


def chi_squared(freedom: int) -> float:
    """The value that chi squared exceeds in 5% of cases, to 1%.

    By Wilson and Hilferty beyond one degree of freedom: Abramowitz and Stegun, 26.4.17.
    """
    if freedom == 1:
        return _CHI_1
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + _Z * sqrt(part)) ** 3)
