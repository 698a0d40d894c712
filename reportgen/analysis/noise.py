"""How far runs vary that differ only in their seed: differences below that say nothing.

Runs with the same parameters, but for seeds, folds and the like, are a group. With n_i values and
the standard deviation s_i in each group, the noise of the experiment is the pooled one,

    s = sqrt( sum (n_i - 1) s_i^2 / f ),   f = sum (n_i - 1) degrees of freedom,

the square root of the mean square within groups of an analysis of variance (NIST/SEMATECH
e-Handbook of Statistical Methods, 7.4.3). It takes the groups to vary alike. Two single runs differ
by more than noise where they differ by more than

    t(0.975, f) * sqrt(2) * s,

which chance alone exceeds in one of twenty cases: the repeatability limit of ISO 5725-6 (2.8 s with
many values), with Student's t for the few that there are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum, hypot, inf, isfinite, sqrt

from reportgen.analysis.metric_rules import first_match
from reportgen.analysis.seed_names import is_seed
from reportgen.analysis.standing import Standing
from reportgen.model import MetricKey, Run, RunId, Status
from reportgen.values import frozen

# Student's t, two-sided 95%, for 1 to 30 degrees of freedom.
_T: tuple[float, ...] = (
    12.706205,
    4.302653,
    3.182446,
    2.776445,
    2.570582,
    2.446912,
    2.364624,
    2.306004,
    2.262157,
)
_T += (2.228139, 2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922)
_T += (2.093024, 2.085963, 2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831)
_T += (2.048407, 2.045230, 2.042272)
_Z = 1.959964


@frozen
class SeedGroup:
    """Finished runs that differ only in their seeds, one for each seed, the newest first."""

    settings: tuple[tuple[str, str], ...]  # their other parameters, by name
    runs: tuple[RunId, ...]  # (n,)
    mean: float  # of the metric
    deviation: float | None  # standard deviation with n - 1; None for a single run

    @property
    def count(self) -> int:
        """How many seeds there are."""
        return len(self.runs)


@frozen
class Noise:
    """How far the seeds of an experiment vary."""

    metric: MetricKey
    seeds: tuple[str, ...]  # the parameters that tell runs of a group apart
    groups: tuple[SeedGroup, ...]  # of one run or more, that of the newest run first
    deviation: float | None  # pooled standard deviation; None where all groups have a single run
    limit: float | None  # the least difference between two runs that is more than noise

    @property
    def repeated(self) -> tuple[SeedGroup, ...]:
        """The groups of two runs or more."""
        return tuple(group for group in self.groups if group.count > 1)

    @property
    def is_unequal(self) -> bool:
        """Whether the best of one group was chosen among more runs than that of another."""
        return len({group.count for group in self.groups}) > 1


def noise_of(runs: Sequence[Run], standing: Standing, patterns: Sequence[str] = ()) -> Noise | None:
    """The noise of the primary metric's best values; None where no metric ranks, or no seed varies.

    `patterns` are names of seed-like parameters as in `seed_params`.
    """
    key = standing.primary
    return None if key is None else _noise(key, runs, standing, patterns)


def noise_limits(
    runs: Sequence[Run], standing: Standing, patterns: Sequence[str] = ()
) -> dict[MetricKey, float]:
    """The least differences that are more than noise, for each metric that verdicts are given on.

    Those are all but test results. Metrics of which no noise is known are left out, and so is all
    where no seed was repeated.
    """
    finished = [run for run in runs if run.status is Status.FINISHED]
    repeated = _repeated(finished, seed_params(finished, patterns))
    limits = {}
    for key in standing.roles if repeated else ():
        if standing.is_heldout(key) and not standing.may_rank(key):
            continue
        noise = _noise(key, repeated, standing, patterns)
        if noise is not None and noise.limit is not None:
            limits[key] = noise.limit
    return limits


def _repeated(runs: Sequence[Run], seeds: Sequence[str]) -> list[Run]:
    """The runs that share all but their seeds with another one; only those tell of noise."""
    if not seeds:
        return []
    chance = frozenset(seeds)
    settings = [
        frozenset(item for item in run.params.items() if item[0] not in chance) for run in runs
    ]
    counts = Counter(settings)
    return [run for run, own in zip(runs, settings, strict=True) if counts[own] > 1]


def _noise(
    key: MetricKey, runs: Sequence[Run], standing: Standing, patterns: Sequence[str]
) -> Noise | None:
    values = standing.bests(key, (run for run in runs if run.status is Status.FINISHED))
    counted = [run for run in runs if run.id in values]
    seeds = seed_params(counted, patterns)
    if not seeds:
        return None
    groups = seed_groups(counted, seeds, values)
    return Noise(key, seeds, groups, pooled_deviation(groups), least_difference(groups))


def seed_params(runs: Iterable[Run], patterns: Sequence[str] = ()) -> tuple[str, ...]:
    """The parameters by which runs differ only by chance, and that do differ; sorted.

    Known by name and values, or, where `patterns` are given, only by those: names in which `*`,
    `?` and `[...]` stand for any letters.
    """
    found: dict[str, set[str]] = {}
    for run in runs:
        for key, value in run.params.items():
            found.setdefault(key, set()).add(value)
    varying = {key: values for key, values in found.items() if len(values) > 1}
    chosen = tuple((pattern, True) for pattern in patterns)
    if chosen:
        return tuple(sorted(key for key in varying if first_match(key, chosen)))
    return tuple(sorted(key for key, values in varying.items() if is_seed(key, values)))


def seed_groups(
    runs: Iterable[Run], seeds: Sequence[str], values: Mapping[RunId, float]
) -> tuple[SeedGroup, ...]:
    """Groups of runs, newest first, that share all parameters but `seeds`.

    A run without any of the seeds is in none. Of runs with equal seeds the newest counts: a run
    that was only repeated tells nothing of chance.
    """
    groups = []
    for settings, alike in alike_but_seeds(runs, seeds).items():
        drawn = [values[run.id] for run in alike]
        ids = tuple(run.id for run in alike)
        groups.append(SeedGroup(settings, ids, mean_of(drawn), deviation_of(drawn)))
    return tuple(groups)


def alike_but_seeds(
    runs: Iterable[Run], seeds: Sequence[str]
) -> dict[tuple[tuple[str, str], ...], tuple[Run, ...]]:
    """Runs by the parameters that they share, `seeds` left out, in order of their first run.

    Which run is in which group is as `seed_groups` says.
    """
    chance = frozenset(seeds)
    found: dict[frozenset[tuple[str, str]], dict[tuple[str | None, ...], Run]] = {}
    for run in runs:
        if chance.isdisjoint(run.params):
            continue
        settings = frozenset(item for item in run.params.items() if item[0] not in chance)
        drawn = tuple(run.params.get(key) for key in seeds)
        found.setdefault(settings, {}).setdefault(drawn, run)
    return {tuple(sorted(settings)): tuple(by.values()) for settings, by in found.items()}


def mean_of(values: Sequence[float]) -> float:
    """The mean, exactly the value where all are equal."""
    first = values[0]
    return first + fsum(value / len(values) - first / len(values) for value in values)


def deviation_of(values: Sequence[float]) -> float | None:
    """The standard deviation with n - 1; None for a single value, inf where it is no float."""
    if len(values) < 2:
        return None
    if not isfinite(max(values) - min(values)):
        return inf
    mean = mean_of(values)
    return hypot(*(value - mean for value in values)) / sqrt(len(values) - 1)


def pooled_deviation(groups: Iterable[SeedGroup]) -> float | None:
    """The standard deviation within groups; None where none has two runs."""
    parts, freedom = [], 0
    for group in groups:
        if group.deviation is not None:
            parts.append(group.deviation * sqrt(group.count - 1))
            freedom += group.count - 1
    return hypot(*parts) / sqrt(freedom) if freedom else None


def least_difference(groups: Sequence[SeedGroup]) -> float | None:
    """The least difference between two single runs that is more than noise; None if unknown."""
    deviation = pooled_deviation(groups)
    freedom = sum(group.count - 1 for group in groups)
    return None if deviation is None else student_t(freedom) * sqrt(2) * deviation


def is_within_noise(difference: float, limit: float | None) -> bool:
    """Whether two single runs that differ by this much may differ by their seeds alone.

    `limit` is that of `least_difference`; False where it is None: then nothing is known.
    """
    return limit is not None and abs(difference) <= limit


def student_t(freedom: int) -> float:
    """The value that Student's t exceeds, up or down, in 5% of cases; to four digits.

    Beyond 30 degrees of freedom by the expansion of Abramowitz and Stegun, 26.7.5.
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    first = (_Z**3 + _Z) / 4
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    return _Z + first / freedom + second / freedom**2


def near_best(
    noise: Noise | None,
    values: Mapping[RunId, float],
    top: Callable[[Iterable[float]], float | None],
) -> frozenset[RunId]:
    """The runs that are not the best, but within noise of it; none where no noise is known."""
    best = top(values.values())
    if noise is None or noise.limit is None or best is None:
        return frozenset()
    limit = noise.limit
    return frozenset(
        run for run, value in values.items() if value != best and abs(value - best) <= limit
    )
