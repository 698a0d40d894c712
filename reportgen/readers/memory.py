"""A store in memory: the twin of the real ones, for tests and for callers with own runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from reportgen.errors import AccessError
from reportgen.model import Experiment, MetricKey, MetricSeries, Problem, Run, RunId
from reportgen.readers.base import Note, Outline, newest_first
from reportgen.readers.codec import artifacts_digest, digest_in, pack


class MemoryStore:
    """Experiments and runs that are already values."""

    def __init__(
        self,
        experiments: Sequence[Experiment],
        runs: Sequence[Run],
        *,
        series: Mapping[tuple[RunId, MetricKey], MetricSeries] | None = None,
        artifacts: Mapping[tuple[RunId, str], bytes] | None = None,
        problems: Sequence[Problem] = (),
        label: str = "memory",
    ) -> None:
        self.edition = ""
        self.label = label
        self._experiments = tuple(sorted(experiments, key=lambda e: (e.name, e.id)))
        self._runs = {run.where: replace(run, digest=digest_in(pack(run))) for run in runs}
        self._series = series or {}
        self._artifacts = artifacts or {}
        self._problems = tuple(problems)

    def experiments(self) -> tuple[Experiment, ...]:
        """As `Store.experiments`."""
        return self._experiments

    def problems(self) -> tuple[Problem, ...]:
        """As `Store.problems`."""
        return self._problems

    def outlines(self, experiment: Experiment) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
        """As `Store.outlines`."""
        outlines = [
            _outline(run) for run in self._runs.values() if run.experiment_id == experiment.id
        ]
        return newest_first(outlines), ()

    def owners(self, outline: Outline) -> tuple[str, str, str]:
        """As `Store.owners`."""
        run = self._runs[outline.where]
        return run.user, run.source, run.artifact_uri

    def again(self, outline: Outline) -> Outline | None:
        """As `Store.again`."""
        run = self._runs.get(outline.where)
        return None if run is None else _outline(run)

    def read(self, outline: Outline) -> Run:
        """As `Store.read`."""
        try:
            return self._runs[outline.where]
        except KeyError:
            raise AccessError(f"no run at {outline.where}", hint="ask for the outlines") from None

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """As `Store.series`."""
        try:
            return self._series[run.id, key]
        except KeyError:
            raise AccessError(
                f"run {run.id} has no metric {key}", hint="see its list of metrics"
            ) from None

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `Store.open_artifact`."""
        try:
            return BytesIO(self._artifacts[run.id, path])
        except KeyError:
            raise AccessError(
                f"run {run.id} has no artifact {path}", hint="see its artifacts"
            ) from None

    def open_model_artifact(self, run: Run, model_id: str, path: str) -> BinaryIO:
        """As `Store.open_model_artifact`; kept like those of runs, under the model's id."""
        try:
            return BytesIO(self._artifacts[model_id, path])
        except KeyError:
            raise AccessError(
                f"model {model_id} has no artifact {path}", hint="see its artifacts"
            ) from None

    def drain(self) -> tuple[Note, ...]:
        """As `Store.drain`: nothing needs to be remembered."""
        return ()

    def remember(self, experiment: Experiment, notes: Sequence[Note]) -> None:
        """As `Store.remember`: nothing to do."""

    def settle(self) -> None:
        """As `Store.settle`: nothing to do."""


def _outline(run: Run) -> Outline:
    return Outline(
        run.id,
        run.where,
        run.name,
        run.status,
        run.start_time,
        run.parent_id,
        run.lifecycle_stage,
        run.digest,
        artifacts_digest(run),
        run.problems,
        run.end_time,
    )
