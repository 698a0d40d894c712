"""The store protocol: what every place that runs are kept in can be asked.

Reading goes in three steps of rising cost, each only as far as it is needed: experiments, then an
outline of each run (what neighbouring pages show of it), then the run itself. Points and
artifact bytes are read last, on demand. A store is never written to.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

from reportgen.digest import Digest
from reportgen.model import (
    ACTIVE,
    DELETED,
    Experiment,
    MetricKey,
    MetricSeries,
    Problem,
    Run,
    RunId,
    Status,
)
from reportgen.readers.stamps import Looked
from reportgen.values import frozen


@frozen
class Outline:
    """As much of a run as the pages around it show."""

    id: RunId
    where: str  # as `Run.where`
    name: str
    status: Status
    start_time: int | None
    parent_id: RunId
    lifecycle_stage: str = ACTIVE
    digest: Digest = ""  # of the whole run where it is remembered unchanged, else ""
    artifacts: Digest = ""  # of its artifacts' bytes; "" where it is not remembered, or untold
    problems: tuple[Problem, ...] = ()  # of the whole run where it is remembered
    end_time: int | None = None

    @property
    def title(self) -> str:
        """The name to show: the run's name, or the start of its id."""
        return self.name or self.id[:8]


@frozen
class Note:
    """What a process learnt of one run by reading it; enough to skip the reading next time."""

    where: str
    looked: Looked
    head: bytes  # the packed run
    kept: bytes = b""  # what to remember instead, where pages must not see all of the run


class Store(Protocol):
    """A place runs are kept."""

    label: str  # a short name to show, free of the machine's paths
    edition: Digest  # of how bytes of artifacts are changed on reading; "" where they are not

    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, deleted ones too, in the order of their names."""

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read above the level of runs; known after `experiments`."""

    def outlines(self, experiment: Experiment) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
        """The runs of an experiment, deleted ones too, newest first; and what is unreadable."""

    def owners(self, outline: Outline) -> tuple[str, str, str]:
        """Who ran it, as its record tells: the user, the program and the address of artifacts."""

    def again(self, outline: Outline) -> Outline | None:
        """The outline of one run as it is by now; None where it is gone, or cannot be told."""

    def read(self, outline: Outline) -> Run:
        """The whole run, from memory where it is unchanged. Raises AccessError where it is gone."""

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """The points of one metric. Raises AccessError where the run has no such metric."""

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """One artifact's bytes. Raises AccessError where it cannot be opened."""

    def open_model_artifact(self, run: Run, model_id: str, path: str) -> BinaryIO:
        """One artifact of a logged model of a run. Raises AccessError as `open_artifact`."""

    def drain(self) -> tuple[Note, ...]:
        """Hand over what this process learnt since the last call."""

    def remember(self, experiment: Experiment, notes: Sequence[Note]) -> None:
        """Keep what was learnt of an experiment's runs, by this process or by others."""

    def settle(self) -> None:
        """Forget what was remembered of experiments that are gone; the end of a build."""


def runs_of(store: Store, experiment: Experiment, *, deleted: bool = False) -> Iterator[Run]:
    """The runs of an experiment, newest first; deleted ones only on demand."""
    for outline in store.outlines(experiment)[0]:
        if deleted or outline.lifecycle_stage != DELETED:
            yield store.read(outline)


def newest_first(outlines: list[Outline]) -> tuple[Outline, ...]:
    """Outlines by start time, newest first; those without a time last, equal times by id."""
    return tuple(
        sorted(
            outlines,
            key=lambda outline: (
                outline.start_time is None,
                -(outline.start_time or 0),
                outline.id,
                outline.where,
            ),
        )
    )
