"""How worn a test set is: how often it was scored, and what luck alone makes of the best score.

The more often a test set is scored, the more of the best result on it is luck (Blum and Hardt,
"The Ladder: A Reliable Leaderboard for Machine Learning Competitions", ICML 2015). How much is
known for rates: of k equally good models, each with a rate that is spread by the standard error
SE = sqrt(p (1 - p) / n) of n rows, the best is expected to be

    SE * Phi^-1((k - 0.375) / (k + 0.25))

above what it is worth: the expected greatest of k values from a normal distribution, as Blom
approximates it (G. Blom, "Statistical Estimates and Transformed Beta-Variables", Wiley 1958).
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, sqrt
from statistics import NormalDist

from reportgen.analysis.ledger import UNKNOWN, Look, LookKey
from reportgen.analysis.metric_rules import first_match
from reportgen.analysis.role_names import tokens_of
from reportgen.model import DatasetInput, RunId
from reportgen.values import frozen

# Rates are shares of rows: what a metric must be for its spread to follow from their number.
_RATES = {"acc", "accuracy", "em"}
_RATE_PAIRS = {
    "error rate",
    "exact match",
    "hit rate",
    "hit ratio",
    "misclassification rate",
    "pass rate",
    "success rate",
    "win rate",
    "one loss",
}
_NOT_RATES = {"balanced", "loss", "std", "stderr", "sem", "gap", "diff", "delta", "normalized"}
_TAILS = {"score", "mean", "avg", "top", "at", "k", "micro"}
_ENOUGH = 5.0  # rows expected on either side, for a normal distribution to be near: a common rule


@frozen
class Tally:
    """The looks that the runs of an experiment have taken at one test set."""

    dataset: str  # "?" where MLflow has no record of it
    dataset_digest: str  # "?" as above
    looks: int  # scoring several metrics at once is one look; so many steps, so many looks
    runs: int
    gone: int  # of the runs, those that the report does not show any more
    configurations: int  # different parameters among the runs, seeds left out; 0 where not known
    first: int  # ms; of looks with several steps, the last is known, so the first may be earlier
    metrics: tuple[tuple[str, int], ...]  # family and looks by it, sorted
    is_first_sure: bool = True  # whether `first` is the time of the first one

    @property
    def title(self) -> str:
        """`name@digest`, as far as they are known; "" where nothing is."""
        known = (part for part in (self.dataset, self.dataset_digest) if part != UNKNOWN)
        return "@".join(known)


@frozen
class Luck:
    """How much of the best of several rates is luck."""

    rate: float | None  # the best; None where it is sealed, and the gain at most what is told
    rows: int
    looks: int
    error: float  # standard error of a rate
    gain: float  # of the best over what it is worth, in the unit of the rate


def tally_looks(looks: Iterable[Look], shown: Iterable[RunId]) -> tuple[Tally, ...]:
    """The looks of one experiment by test set, those most often scored first.

    `shown` are the runs that the report has; looks of others count all the same.
    """
    most: dict[LookKey, Look] = {}
    firsts: dict[LookKey, int] = {}
    for look in looks:
        if not look.reason:
            before = most.get(look.key)
            firsts[look.key] = min(look.when, firsts.get(look.key, look.when))
            if before is None or _telling(look) > _telling(before):
                most[look.key] = look
    known: dict[tuple[RunId, str], list[tuple[str, str]]] = {}
    for run, metric, *dataset in most:
        known.setdefault((run, metric), []).append((dataset[0], dataset[1]))
    sets: dict[tuple[str, str], list[Look]] = {}
    for look in most.values():
        if not _is_known_better(look, known[look.run, look.metric]):
            sets.setdefault((look.dataset, look.dataset_digest), []).append(look)
    present = frozenset(shown)
    tallies = [_tally(name, sets[name], firsts, present) for name in sets]
    return tuple(sorted(tallies, key=lambda one: (-one.looks, one.dataset, one.dataset_digest)))


def _telling(look: Look) -> tuple[int, str]:
    """Of two lines on one look, the greater one holds, in whatever order they stand."""
    return look.steps, look.configuration


def _is_known_better(look: Look, sets: Iterable[tuple[str, str]]) -> bool:
    """Whether a look was recorded again when more of its test set was known: both are one look.

    `sets` are those of all looks of its run by its metric, as name and digest.
    """
    if look.dataset_digest != UNKNOWN:
        return False
    if look.dataset == UNKNOWN:
        return any(one != (UNKNOWN, UNKNOWN) for one in sets)
    return any(name == look.dataset and digest != UNKNOWN for name, digest in sets)


def _tally(
    name: tuple[str, str],
    looks: Sequence[Look],
    firsts: Mapping[LookKey, int],
    present: frozenset[RunId],
) -> Tally:
    by_run: dict[RunId, int] = {}
    by_metric: dict[str, int] = {}
    for look in looks:
        by_run[look.run] = max(look.steps, by_run.get(look.run, 0))
        by_metric[look.metric] = by_metric.get(look.metric, 0) + look.steps
    return Tally(
        *name,
        looks=sum(by_run.values()),
        runs=len(by_run),
        gone=len(by_run.keys() - present),
        configurations=len({look.configuration for look in looks if look.configuration}),
        first=min(firsts[look.key] for look in looks),
        metrics=tuple(sorted(by_metric.items())),
        is_first_sure=all(look.steps == 1 for look in looks),
    )


def rows_of(
    tally: Tally, family: str, config: tuple[tuple[str, int], ...], sets: Iterable[DatasetInput]
) -> int | None:
    """How many rows a metric was measured on; None where it is not known.

    From the config file, by test set or metric, else from MLflow's profile of the test set.
    """
    for name in (tally.title, tally.dataset, tally.dataset_digest, family):
        found = first_match(name, config) if name and name != UNKNOWN else None
        if found is not None:
            return found[1]
    for one in sets:
        if (one.name, one.dataset_digest) == (tally.dataset, tally.dataset_digest):
            return profile_rows(one.profile)
    return None


def profile_rows(profile: str) -> int | None:
    """The number of rows in a profile as MLflow writes them; None where it does not tell.

    pandas, polars and Hugging Face data have `num_rows`, Spark's an `approx_count`, TensorFlow's a
    `features_cardinality`, numpy's a `features_shape`.
    """
    import orjson  # not where there is nothing to build

    try:
        plain = orjson.loads(profile)
    except ValueError:
        return None
    if not isinstance(plain, dict):
        return None
    shape = plain.get("features_shape")
    shaped = shape[0] if isinstance(shape, list) and shape else None
    names = ("num_rows", "approx_count", "features_cardinality")
    for rows in (*map(plain.get, names), shaped):
        if type(rows) is int and rows > 0:
            return rows
    return None


def is_rate(family: str) -> bool:
    """Whether a metric is a share of the rows: accuracy, an error rate, exact match."""
    words = [token.text.lower() for token in tokens_of(family)]
    if _NOT_RATES.intersection(words) and words[-3:] != ["zero", "one", "loss"]:
        return False
    while len(words) > 1 and (words[-1] in _TAILS or words[-1].isdigit()):
        words.pop()
    return words[-1:] != [] and (words[-1] in _RATES or " ".join(words[-2:]) in _RATE_PAIRS)


def luck_of(rate: float | None, rows: int, looks: int) -> Luck | None:
    """What luck makes of the best of k looks at n rows; None where the formula does not hold.

    Without the rate, the most that it can be: at a rate of one half. The formula takes rates as
    normally distributed, for which a few rows must be expected on either side.
    """
    share = 0.5 if rate is None else rate
    if not isfinite(share) or not 0.0 <= share <= 1.0 or looks < 1:
        return None
    if rows * min(share, 1.0 - share) < _ENOUGH:
        return None
    error = sqrt(share * (1.0 - share) / rows)
    return Luck(rate, rows, looks, error, error * expected_greatest(looks))


def expected_greatest(count: int) -> float:
    """The expected greatest of so many values from the standard normal distribution (Blom, 1958).

    0 for one value, 1.87 for 20; within 0.03 of the exact one up to a thousand values.
    """
    return NormalDist().inv_cdf((count - 0.375) / (count + 0.25))
