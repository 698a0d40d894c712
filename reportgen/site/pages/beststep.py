"""The step at which a run is best, and what its other metrics were there.

The best values of several metrics are of different steps, and so of different models: no model had
them all. What one model had is read at one step, that at which the metric to rank by is best.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping

from reportgen.analysis.metric_rules import MetricRules
from reportgen.analysis.primary import primary_of
from reportgen.analysis.standing import Standing
from reportgen.model import MetricHead, MetricKey, MetricSeries, Run
from reportgen.site.pages.table import Cell
from reportgen.spelling import exact, grouped, number
from reportgen.values import frozen

_ONCE = Cell("–", "logged once: it is of no step")
_LATER = Cell("–", "first logged at a later step")


@frozen
class BestStep:
    """Where a run is best by the metric that runs are ranked by."""

    metric: MetricKey
    step: int

    def cell(self, head: MetricHead, series_of: Callable[[MetricKey], MetricSeries]) -> Cell:
        """The value of a metric at that step, else at the nearest one before."""
        if head.count == 1 and head.step != self.step:
            return _ONCE
        value, step = head.last, head.step
        if step > self.step:
            series = series_of(head.key)
            place = bisect_right(series.steps, self.step) - 1
            if place < 0:
                return _LATER
            value, step = series.values[place], series.steps[place]
        if step == self.step:
            return Cell(number(value), exact(value))
        said = f"{exact(value)}, logged at step {grouped(step)}, the nearest before"
        return Cell(number(value), said, grouped(step))


def best_step(
    run: Run, standing: Standing, rules: MetricRules, tags: Mapping[str, str]
) -> BestStep | None:
    """The step at which a run is best; `tags` are those of its experiment.

    None where it has no metric to rank by with several steps, or no other went on after that step:
    then their last values are those at the step.
    """
    key = primary_of(standing.roles, rules, tags).metric
    if key not in run.metrics or standing.is_heldout(key):
        return None
    head = run.metrics[key]
    best = standing.best(head)
    if best is None or head.count == 1 or not (head.step or best.step):
        return None
    others = (one for one in run.metrics.values() if one is not head and one.count > 1)
    went_on = any(one.step > best.step and not standing.is_system(one.key) for one in others)
    return BestStep(key, best.step) if went_on else None
