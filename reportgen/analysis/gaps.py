"""Whether a run does worse on test data than on validation data by more than chance explains."""

from math import inf, isfinite, sqrt

from reportgen.analysis.directions import Direction
from reportgen.analysis.ledger import family_of
from reportgen.analysis.looks import is_rate, profile_rows
from reportgen.analysis.noise import Noise
from reportgen.analysis.roles import stem_of
from reportgen.analysis.scored import scored_on
from reportgen.analysis.standing import Standing
from reportgen.model import MetricKey, Run


def tests_like(metric: MetricKey, standing: Standing) -> list[MetricKey]:
    """The test metrics that measure the same as a metric on validation data; sorted."""
    stem = stem_of(metric)
    return [
        key for key in sorted(standing.roles) if standing.is_heldout(key) and stem_of(key) == stem
    ]


def widest_gap(
    run: Run, metric: MetricKey, standing: Standing, noise: Noise | None
) -> MetricKey | None:
    """The test metric by which the run does worst, beyond two standard errors and seed noise.

    None where no gap is that wide, or where nothing tells how wide chance would make it.
    """
    best = standing.best(run.metrics[metric])
    widest: tuple[float, MetricKey] | None = None
    for key in tests_like(metric, standing):
        head = run.metrics.get(key)
        if head is None or best is None or not isfinite(head.last):
            continue
        worse = best.value - head.last
        if standing.directions[metric].direction is Direction.LOWER:
            worse = -worse
        chance = _chance(run, key, head.last, noise)
        if worse > chance and (widest is None or worse > widest[0]):
            widest = worse, key
    return None if widest is None else widest[1]


def _chance(run: Run, key: MetricKey, value: float, noise: Noise | None) -> float:
    """The widest gap that chance explains; infinite where nothing tells."""
    known = [] if noise is None or noise.limit is None else [noise.limit]
    rows = _test_rows(run, key)
    if rows and 0 <= value <= 1 and is_rate(family_of(key)):
        known.append(2 * sqrt(value * (1 - value) / rows))
    return max(known, default=inf)


def _test_rows(run: Run, key: MetricKey) -> int:
    """The rows that a metric was measured on; 0 where they are not recorded, or of several sets."""
    found = {profile_rows(scored.dataset.profile) for scored in scored_on(run, key)}
    return (found.pop() or 0) if len(found) == 1 else 0
