"""A store for Python: what `reportgen.open_store` returns."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reportgen.model import DELETED, Experiment, MetricKey, MetricSeries, Problem, Run
from reportgen.readers.base import Store, runs_of
from reportgen.readers.places import open_place

if TYPE_CHECKING:
    import pandas as pd


class OpenStore:
    """The experiments and runs of a store, read on demand and without MLflow.

    `runs` gives what `mlflow.search_runs` gives; the other methods give the values that
    reportgen itself works with.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def experiments(self, *, deleted: bool = False) -> tuple[Experiment, ...]:
        """The experiments by name; deleted ones only on demand."""
        return tuple(
            experiment
            for experiment in self._store.experiments()
            if deleted or experiment.lifecycle_stage != DELETED
        )

    def runs_of(self, experiment: Experiment, *, deleted: bool = False) -> Iterator[Run]:
        """The runs of an experiment, newest first, each read when it is asked for."""
        return runs_of(self._store, experiment, deleted=deleted)

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """The points of one metric. Raises AccessError where the run has no such metric."""
        return self._store.series(run, key)

    def unreadable(self) -> tuple[Problem, ...]:
        """What is missing from `runs`: experiments and runs that cannot be read at all."""
        found = list(self._store.problems())
        for experiment in self._store.experiments():
            found += experiment.problems
            found += self._store.outlines(experiment)[1]
        return tuple(found)

    def problems(self) -> tuple[Problem, ...]:
        """Everything in the store that cannot be read, each once; reads all of it."""
        found = list(self.unreadable())
        for experiment in self._store.experiments():
            for run in runs_of(self._store, experiment, deleted=True):
                found += run.problems
        return tuple(dict.fromkeys(found))  # many runs may use one broken dataset or model

    def runs(
        self,
        experiment_names: Sequence[str] | None = None,
        filter_string: str = "",
        *,
        deleted: bool = False,
    ) -> "pd.DataFrame":
        """The runs as `mlflow.search_runs` gives them: one row a run, newest first.

        Columns run_id, experiment_id, status, artifact_uri, start_time and end_time (UTC), then
        metrics.*, params.* and tags.*; all experiments unless names are given. `filter_string` is
        in MLflow's search syntax. Raises UsageError for a name or filter that means nothing.
        """
        from reportgen.analysis.frame import runs_frame  # pandas is loaded only where it works

        return runs_frame(self, experiment_names, filter_string, deleted=deleted)


def open_store(uri: str) -> OpenStore:
    """Open the store at a path or URI. Raises StoreError where there is none."""
    return OpenStore(open_place(str(uri)))
