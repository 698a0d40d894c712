"""What a table of runs should show: which parameters vary, which are the same, which metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.model import Run


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a run table."""

    params: tuple[str, ...]  # that differ between runs, or that some runs lack
    same: tuple[tuple[str, str], ...]  # parameter and value, equal in all runs
    metrics: tuple[str, ...]  # system metrics left out


def choose_columns(runs: Sequence[Run]) -> Columns:
    """The columns for these runs. With one run, every parameter counts as varying."""
    values: dict[str, set[str | None]] = {}
    for run in runs:
        for key, value in run.params.items():
            values.setdefault(key, set()).add(value)
    counts = {key: sum(key in run.params for run in runs) for key in values}
    same = {
        key
        for key in values
        if len(runs) > 1 and len(values[key]) == 1 and counts[key] == len(runs)
    }
    metrics = {key for run in runs for key in run.metrics if not key.startswith("system/")}
    return Columns(
        params=tuple(sorted(values.keys() - same)),
        same=tuple((key, str(next(iter(values[key])))) for key in sorted(same)),
        metrics=tuple(sorted(metrics)),
    )
