"""What a table of runs should show: which parameters vary, which metrics, in which order."""

from collections import Counter
from collections.abc import Iterable, Sequence

from reportgen.analysis.prefixes import natural
from reportgen.analysis.standing import Standing
from reportgen.model import Run
from reportgen.values import frozen

MOST_METRICS = 30  # columns; the CSV has all
MOST_PARAMS = 60


@frozen
class MetricColumn:
    """A metric in a table of runs."""

    key: str
    hint: str  # its role and direction, in words
    has_best: bool  # whether its best differs from its last in some run


@frozen
class Columns:
    """The columns of a run table."""

    metrics: tuple[MetricColumn, ...]  # system metrics left out, and test metrics unless open
    metric_width: int  # columns that the metrics take, those of the best values included
    params: tuple[str, ...]  # that differ between runs, or that some runs lack
    same: tuple[tuple[str, str], ...]  # parameter and value, equal in all runs
    hidden: str  # what the table leaves out, in words; "" where nothing


def choose_columns(runs: Sequence[Run], standing: Standing) -> Columns:
    """The columns for these runs. With one run, every parameter counts as varying."""
    params, same = _split_params(runs)
    keys = _metric_keys(runs, standing)
    shown = keys[:MOST_METRICS]
    metrics = tuple(_column(key, runs, standing) for key in shown)
    left_out = (
        _left_out(len(keys) - len(shown), "metric"),
        _left_out(len(params) - MOST_PARAMS, "parameter"),
    )
    return Columns(
        metrics=metrics,
        metric_width=sum(1 + column.has_best for column in metrics),
        params=params[:MOST_PARAMS],
        same=same,
        hidden=", ".join(part for part in left_out if part),
    )


def _left_out(count: int, noun: str) -> str:
    return f"{count} more {noun}{'s' if count > 1 else ''} in the CSV" if count > 0 else ""


def _split_params(runs: Sequence[Run]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Parameters that vary, and those that all runs have with one value."""
    values: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(run.params.keys())
        for key, value in run.params.items():
            values.setdefault(key, set()).add(value)
    same = {
        key
        for key, found in values.items()
        if len(runs) > 1 and len(found) == 1 and counts[key] == len(runs)
    }
    return (
        tuple(sorted(values.keys() - same, key=natural)),
        tuple((key, next(iter(values[key]))) for key in sorted(same, key=natural)),
    )


def _metric_keys(runs: Sequence[Run], standing: Standing) -> list[str]:
    """Metrics by their worth to the reader: the primary, validation, unknown, training, rest."""
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(run.metrics.keys())
    keys = [key for key in counts if standing.stands_beside_params(key)]
    return sorted(keys, key=lambda key: (key != standing.primary, standing.rank(key), natural(key)))


def _column(key: str, runs: Iterable[Run], standing: Standing) -> MetricColumn:
    heads = [run.metrics[key] for run in runs if key in run.metrics]
    bests = ((head, standing.best(head)) for head in heads if head.count > 1)
    return MetricColumn(
        key, standing.describe(key), any(best and best.value != head.last for head, best in bests)
    )
