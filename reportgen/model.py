"""The values that pass between reading and showing: experiments, runs, metrics, artifacts.

Times are int milliseconds since the Unix epoch, UTC; None where the store has none. Ids are
strings. Nothing here touches a disk, and nothing here is changed after it is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from reportgen.digest import Digest

RunId: TypeAlias = str
ExperimentId: TypeAlias = str
MetricKey: TypeAlias = str

ACTIVE = "active"
DELETED = "deleted"


class Status(Enum):
    """The state of a run, as MLflow names it; UNKNOWN for a status that no release has written."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5
    UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a store that could not be read, and why; all else is still shown."""

    path: str  # below the store's root, with "/"
    line: int | None  # counted from 1; None where the whole file is meant
    reason: str


@dataclass(frozen=True, slots=True)
class MetricDataset:
    """A dataset that points of a metric were logged with."""

    name: str  # blanks in it are single ones, whatever they were
    dataset_digest: str
    count: int  # points logged with it, exact repeats counted once

    def is_of(self, dataset: "DatasetInput") -> bool:
        """Whether it is that dataset of the run."""
        name = " ".join(dataset.name.split())
        return self.dataset_digest == dataset.dataset_digest and self.name == name


@dataclass(frozen=True, slots=True)
class MetricHead:
    """All that a table needs of a metric, without its points."""

    key: MetricKey
    count: int  # points, exact repeats counted once
    last: float  # the point with the largest step, then timestamp, then value
    step: int  # of that point
    timestamp: int  # of that point
    low: float  # least finite value; nan where no value is finite
    high: float  # greatest finite value; nan where no value is finite
    digest: Digest  # stands for the points
    low_step: int = 0  # of the first point that has the least finite value; 0 where none is finite
    high_step: int = 0  # of the first point that has the greatest finite value; 0 as above
    trace: str = ""  # the course of the values, see trace.py; "" with fewer than two finite ones
    datasets: tuple[MetricDataset, ...] = ()  # that it was logged with, in the order of writing


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """The points of one metric in step, timestamp, value order, exact repeats dropped."""

    key: MetricKey
    steps: Sequence[int]  # (n,)
    timestamps: Sequence[int]  # (n,) ms
    values: Sequence[float]  # (n,); nan and inf are data


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file that a run logged; `path` is below the run's artifacts, with "/"."""

    path: str
    size: int  # bytes
    digest: Digest = ""  # of what tells its bytes; "" where it was not looked at


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a run failed, as one of its artifacts tells."""

    reason: str  # one line
    path: str  # of the artifact


@dataclass(frozen=True, slots=True)
class DatasetInput:
    """A dataset that a run used: MLflow's record of it, and the context it was used in."""

    id: str  # the folder of its record
    name: str
    dataset_digest: str
    source_type: str
    source: str  # JSON, as recorded
    schema: str  # JSON, as recorded
    profile: str  # JSON, as recorded
    context: str  # mlflow.data.context, e.g. "training"; "" where not given
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A model that MLflow 3 keeps beside the runs; tied to a run by output, input or source."""

    id: str
    name: str
    experiment_id: ExperimentId
    source_run_id: RunId
    relation: str  # "output" or "input", as seen from the run
    step: int | None
    model_type: str
    status: str  # READY, PENDING, FAILED or UNSPECIFIED
    created: int | None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[MetricKey, MetricHead] = field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    where: str = ""  # its place in the store, which may be another experiment than the run's


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment without its runs."""

    id: ExperimentId
    name: str
    where: str  # the place in its store, as the reader finds it again
    lifecycle_stage: str = ACTIVE
    artifact_location: str = ""
    created: int | None = None
    updated: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def note(self) -> str:
        """The Markdown note, or ""."""
        return self.tags.get("mlflow.note.content", "")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: all of it but the points of its metrics and the bytes of its artifacts."""

    id: RunId
    experiment_id: ExperimentId
    name: str  # to show: run_name, else the tag, else the old name, else ""
    where: str  # the place in its store, as the reader finds it again
    status: Status = Status.RUNNING
    lifecycle_stage: str = ACTIVE
    start_time: int | None = None
    end_time: int | None = None
    user: str = ""
    source: str = ""  # script, notebook or project
    source_type: str = ""  # NOTEBOOK, JOB, PROJECT, LOCAL, UNKNOWN or ""
    source_version: str = ""  # git commit
    artifact_uri: str = ""  # as recorded, which may be of another machine
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[MetricKey, MetricHead] = field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    artifact_note: str = ""  # where the artifacts are, when not beside the run
    datasets: tuple[DatasetInput, ...] = ()
    models: tuple[LoggedModel, ...] = ()
    cause: Cause | None = None  # of a failed or killed run, where an artifact tells it
    hides_names: bool = False  # was redacted of names that its files may tell, too
    problems: tuple[Problem, ...] = ()
    digest: Digest = ""  # of everything above

    @property
    def parent_id(self) -> RunId:
        """The id of the parent run, or ""."""
        return self.tags.get("mlflow.parentRunId", "")

    @property
    def note(self) -> str:
        """The Markdown note, or ""."""
        return self.tags.get("mlflow.note.content", "")

    @property
    def title(self) -> str:
        """The name to show: the run's name, or the start of its id."""
        return self.name or self.id[:8]
