"""Runs as the pandas DataFrame that `mlflow.search_runs` gives."""

from collections.abc import Iterable, Sequence
from heapq import merge
from typing import Any

import pandas as pd

from reportgen.analysis.filters import parse_filter
from reportgen.analysis.selection import RunSource, matching_runs, named_experiments
from reportgen.analysis.table import Column, columns_of
from reportgen.model import Run


def runs_frame(
    source: RunSource,
    experiment_names: Sequence[str] | None = None,
    filter_string: str = "",
    *,
    deleted: bool = False,
) -> pd.DataFrame:
    """One row a run: newest first over all experiments asked for, equal times by id.

    Columns as `mlflow.search_runs` has them (see `table`), keys sorted within metrics, params and
    tags. Metrics are float64, nan where missing; params and tags are text, and None in the way
    pandas has it where missing; start_time and end_time are UTC datetimes, NaT where the run has
    none or pandas cannot hold it, also where MLflow, finding no time at all, leaves the zone out.
    Raises UsageError for a name or filter that means nothing.
    """
    experiments = named_experiments(source, experiment_names, deleted=deleted)
    wanted = parse_filter(filter_string)
    runs = merge(
        *(matching_runs(source, one, wanted, deleted=deleted) for one in experiments),
        key=_newest_first,
    )
    return frame_of(runs)


def frame_of(runs: Iterable[Run]) -> pd.DataFrame:
    """The frame of some runs, in their order."""
    return pd.DataFrame({column.name: _cells(column) for column in columns_of(runs)})


def _newest_first(run: Run) -> tuple[bool, int, str]:
    return run.start_time is None, -(run.start_time or 0), run.id


def _cells(column: Column) -> Any:
    if column.kind == "time":  # as objects: floats, as None makes of ints, would lose digits
        times = pd.Series(column.cells, dtype=object)
        return pd.to_datetime(times, unit="ms", utc=True, errors="coerce")
    return list(column.cells)
