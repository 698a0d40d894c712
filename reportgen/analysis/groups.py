"""Runs that differ only in their seed, fold or rank, taken together: each metric as a mean.

With n values of mean m and standard deviation s (with n - 1), the standard error is s / sqrt(n),
and the 95% interval of the mean is m - h to m + h, where

    h = t(0.975, n - 1) * s / sqrt(n)

(NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2). It holds for values that scatter like a
bell; with a single value nothing is known of it.
"""

from collections.abc import Mapping, Sequence
from math import inf, isfinite, sqrt

from reportgen.analysis.noise import (
    alike_but_seeds,
    deviation_of,
    mean_of,
    seed_params,
    student_t,
)
from reportgen.analysis.standing import Standing
from reportgen.model import MetricHead, MetricKey, Run, RunId, Status
from reportgen.values import frozen


@frozen
class Spread:
    """Some values in numbers; all finite, but that a deviation may be too large for a float."""

    count: int
    mean: float
    deviation: float | None  # standard deviation with n - 1; None for a single value
    error: float | None  # standard error of the mean
    margin: float | None  # half the 95% interval of the mean
    least: float
    greatest: float


@frozen
class RunGroup:
    """Finished runs that differ only in their seeds, one for each seed, the newest first."""

    settings: tuple[tuple[str, str], ...]  # their other parameters, by name
    runs: tuple[RunId, ...]  # (n,)
    spreads: Mapping[MetricKey, Spread]  # of the metrics that any of them has

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.runs)


@frozen
class Groups:
    """The groups of an experiment."""

    metrics: tuple[MetricKey, ...]  # the one by which groups are ordered first
    is_ranked: bool  # whether that is the best first; else the newest group is
    seeds: tuple[str, ...]  # the parameters that tell runs of a group apart
    groups: tuple[RunGroup, ...]

    @property
    def is_unequal(self) -> bool:
        """Whether some groups have more runs than others."""
        return len({group.count for group in self.groups}) > 1

    @property
    def singles(self) -> int:
        """How many groups have a single run."""
        return sum(group.count == 1 for group in self.groups)


def spread_of(values: Sequence[float]) -> Spread:
    """The numbers of one finite value or more."""
    count = len(values)
    deviation = deviation_of(values)
    error = None if deviation is None else deviation / sqrt(count)
    margin = None if error is None else student_t(count - 1) * error
    return Spread(count, mean_of(values), deviation, error, margin, min(values), max(values))


def groups_of(
    runs: Sequence[Run],
    standing: Standing,
    keys: Sequence[MetricKey],
    patterns: Sequence[str] = (),
) -> Groups | None:
    """The groups of runs, newest first, with the spread of some metrics: that of `keys`.

    The first metric leads: the primary one where there is one, else the first of `keys`. A run
    counts where it finished with a value of it. Test metrics are left out, whatever is asked for.
    None where no seed varies or no metric is left. `patterns` are as in `seed_params`.
    """
    lead = leading_metric(standing, keys)
    if lead is None:
        return None
    metrics = (lead, *(key for key in keys if key != lead and not standing.is_heldout(key)))
    values = {run.id: _values(run, standing, metrics) for run in runs}
    counted = [run for run in runs if run.status is Status.FINISHED and lead in values[run.id]]
    seeds = seed_params(counted, patterns)
    found = tuple(
        _group(settings, alike, metrics, values)
        for settings, alike in alike_but_seeds(counted, seeds).items()
    )
    if not found:
        return None
    top = standing.top(lead, (-inf, inf)) if lead == standing.primary else None
    if top is not None:
        found = tuple(sorted(found, key=lambda g: g.spreads[lead].mean, reverse=top == inf))
    return Groups(metrics, top is not None, seeds, found)


def leading_metric(standing: Standing, keys: Sequence[MetricKey]) -> MetricKey | None:
    """The primary metric, else the first of `keys`, test metrics left out; None where none is."""
    candidates = (*((standing.primary,) if standing.primary else ()), *keys)
    return next((key for key in candidates if not standing.is_heldout(key)), None)


def _group(
    settings: tuple[tuple[str, str], ...],
    runs: Sequence[Run],
    metrics: Sequence[MetricKey],
    values: Mapping[RunId, Mapping[MetricKey, float]],
) -> RunGroup:
    spreads = {}
    for key in metrics:
        drawn = [values[run.id][key] for run in runs if key in values[run.id]]
        if drawn:
            spreads[key] = spread_of(drawn)
    return RunGroup(settings, tuple(run.id for run in runs), spreads)


def _values(run: Run, standing: Standing, keys: Sequence[MetricKey]) -> dict[MetricKey, float]:
    """The value of each metric that a run counts with, where it has a finite one."""
    found = {key: telling_value(run.metrics[key], standing) for key in keys if key in run.metrics}
    return {key: value for key, value in found.items() if value is not None}


def telling_value(head: MetricHead, standing: Standing) -> float | None:
    """The best value where a direction is known, else the last; None where that is not finite."""
    best = standing.best(head)
    if best is not None:
        return best.value
    return head.last if isfinite(head.last) and not standing.direction_word(head.key) else None
