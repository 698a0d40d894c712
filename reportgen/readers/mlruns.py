"""An `mlruns/` tree, of any MLflow release from 0.1 on, read without MLflow.

    <root>/<experiment id>/meta.yaml            an experiment
    <root>/<experiment id>/tags/<key>           its tags, since 1.2
    <root>/<experiment id>/<run id>/meta.yaml   a run
    <root>/.trash/<experiment id>/...           deleted experiments, since 0.8
    <root>/models/                              the model registry: not an experiment

A folder is an experiment, or a run, when it has a meta.yaml. Deleted is what lies in `.trash` or
says so: releases 1.29 to 2.2 moved experiments there and left `lifecycle_stage: active` in them.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from reportgen.errors import AccessError
from reportgen.model import (
    DELETED,
    Experiment,
    MetricKey,
    MetricSeries,
    Problem,
    Run,
    Status,
)
from reportgen.readers.base import Note, Outline, newest_first
from reportgen.readers.codec import digest_in, pack, unpack, unpack_outline
from reportgen.readers.diagnose import check_is_store, holds_runs
from reportgen.readers.files import Trail, Unreadable, open_regular
from reportgen.readers.links import source_runs
from reportgen.readers.metricfile import read_series
from reportgen.readers.records import (
    MAX_METRIC_BYTES,
    read_record,
    read_stage,
    read_text,
    read_texts,
    read_time,
)
from reportgen.readers.runfolder import RunRecord, read_outline, read_run, read_run_record
from reportgen.readers.stamps import RACY_NS, Looked, Memory, Shapes, Shelf, is_unchanged

TRASH = ".trash"
_RECORDS_KEPT = 2000  # of runs, from outline to reading; beyond, they are read twice
_NOT_EXPERIMENTS = frozenset(("models",))
_NOT_RUNS = frozenset(("tags", "datasets", "traces", "models"))
_TOP = ""  # the name of the shelf of the root and the experiments' own files


class MlrunsStore:
    """The store in a folder. With a memory, what did not change since is not read again."""

    def __init__(self, root: Path, memory: Memory | None = None, label: str = "") -> None:
        """Raises StoreError where `root` is no store, saying what was looked for."""
        check_is_store(root)
        self.label = label or root.resolve().name
        self._root = os.path.realpath(root)
        self._memory = memory
        self._horizon = time.time_ns() - RACY_NS
        self._found: dict[str, _Found] | None = None  # by place, in the order of names
        self._problems: tuple[Problem, ...] = ()
        self._top = Shelf()  # looks at the root and at the experiments' own files
        self._shelves: dict[str, Shelf] = {}  # of the experiments at work, by their place
        self._records: dict[str, RunRecord] = {}  # of some of the runs not read yet, by place
        self._shapes = Shapes()
        self._notes: list[Note] = []

    def experiments(self) -> tuple[Experiment, ...]:
        """As `Store.experiments`."""
        return tuple(found.experiment for found in self._listing().values())

    def problems(self) -> tuple[Problem, ...]:
        """As `Store.problems`."""
        self._listing()
        return self._problems

    def outlines(self, experiment: Experiment) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
        """As `Store.outlines`."""
        found = self._find(experiment.where)
        old = self._memory.open(_shelf_name(experiment)) if self._memory else Shelf()
        shelf = self._shelves[experiment.where] = Shelf()
        outlines: list[Outline] = []
        problems: list[Problem] = []
        for folder in found.folders:
            where = f"{experiment.where}/{folder}"
            looked, head = old.looks.get(where), old.heads.get(where)
            models = found.models.get(folder, ())
            if looked and head and _knows(looked, models) and is_unchanged(self._root, looked):
                shelf.looks[where], shelf.heads[where] = looked, head
                outlines.append(unpack_outline(head))
                continue
            trail = self._trail(where)
            outline = self._outline(trail, folder, experiment)
            # Of a run that is not read later, this is all there is to remember.
            shelf.looks[where] = self._shapes.share(_looked(trail))
            if outline is not None:
                outlines.append(outline)
            else:
                problems += trail.problems
        return newest_first(outlines), tuple(problems)

    def _outline(self, trail: Trail, folder: str, experiment: Experiment) -> Outline | None:
        """The outline of a run folder; None where it is no run, or its record is unreadable."""
        trail.look(".")
        record = read_run_record(trail, folder)
        if record is None:
            if not trail.problems and any(map(trail.has_folder, ("metrics", "params"))):
                trail.problem("meta.yaml", "is missing beside logged data; the run is left out")
            return None
        if len(self._records) < _RECORDS_KEPT:
            self._records[trail.base] = record
        outline = read_outline(trail, record)
        if experiment.lifecycle_stage == DELETED:
            return replace(outline, lifecycle_stage=DELETED)
        return outline

    def read(self, outline: Outline) -> Run:
        """As `Store.read`."""
        parent, _, folder = outline.where.rpartition("/")
        if outline.digest:
            return unpack(self._shelves[parent].heads[outline.where])
        found = self._find(parent)
        trail = self._trail(outline.where)
        record = self._records.pop(outline.where, None)
        if record is None:
            record = read_run_record(self._trail(outline.where), folder)
        if record is None:
            raise AccessError(
                f"the run {outline.where} changed while it was read", hint="build once more"
            )
        run = read_run(trail, record, found.models.get(folder, ()))
        if found.experiment.lifecycle_stage == DELETED:
            run = replace(run, lifecycle_stage=DELETED)
        head = pack(run)
        if self._memory:
            self._notes.append(Note(outline.where, _looked(trail), head))
        return replace(run, digest=digest_in(head))

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """As `Store.series`."""
        if key not in run.metrics or ".." in f"{run.where}/{key}".split("/"):
            raise AccessError(f"run {run.id} has no metric {key}", hint="see its list of metrics")
        name = f"metrics/{key}"
        body = self._trail(run.where).read(name, MAX_METRIC_BYTES)
        growing = run.status is Status.RUNNING
        return read_series(key, body or b"", f"{run.where}/{name}", growing=growing)[0]

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `Store.open_artifact`. Opens what the run's listing has, and nothing else."""
        if not any(artifact.path == path for artifact in run.artifacts):
            raise AccessError(f"run {run.id} has no artifact {path}", hint="see its artifacts")
        try:
            return open_regular(self._root, f"{self._root}/{run.where}/artifacts/{path}")
        except (Unreadable, FileNotFoundError) as error:
            raise AccessError(
                f"the artifact {path} of run {run.id} cannot be opened: {error}",
                hint="build once more",
            ) from error

    def drain(self) -> tuple[Note, ...]:
        """As `Store.drain`."""
        notes = tuple(self._notes)
        self._notes.clear()
        return notes

    def remember(self, experiment: Experiment, notes: Sequence[Note]) -> None:
        """As `Store.remember`."""
        shelf = self._shelves.pop(experiment.where, Shelf())
        for where in shelf.looks:
            self._records.pop(where, None)
        for note in notes:
            shelf.looks[note.where], shelf.heads[note.where] = note.looked, note.head
        if self._memory and shelf.looks:
            self._memory.keep(_shelf_name(experiment), shelf)

    def settle(self) -> None:
        """As `Store.settle`."""
        if self._memory:
            self._memory.keep(_TOP, self._top)
            self._memory.forget_others()

    def _trail(self, where: str) -> Trail:
        return Trail(self._root, where, self._horizon)

    def _find(self, where: str) -> "_Found":
        try:
            return self._listing()[where]
        except KeyError:
            raise AccessError(f"no experiment at {where}", hint="read the store again") from None

    def _listing(self) -> dict[str, "_Found"]:
        if self._found is None:
            root = self._trail("")
            places = list(_experiment_places(root))
            self._top.looks[""] = _looked(root)
            problems, listing = root.problems, []
            for where in places:
                trail = self._trail(where)
                found = _read_experiment(trail)
                self._top.looks[where] = _looked(trail)
                if found is not None:
                    listing.append(found)
                else:
                    problems += trail.problems
            self._problems = tuple(problems)
            self._found = {f.experiment.where: f for f in sorted(listing, key=_by_name)}
        return self._found


@dataclass(frozen=True, slots=True)
class _Found:
    """An experiment, the folders in it that may be runs, and the models its runs are source of."""

    experiment: Experiment
    folders: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]


def _by_name(found: _Found) -> tuple[str, str, str]:
    experiment = found.experiment
    return experiment.name, experiment.id, experiment.where


def _looked(trail: Trail) -> Looked:
    return Looked(trail.base, tuple(trail.names), trail.stamps.tobytes())


def _shelf_name(experiment: Experiment) -> str:
    """The runs of a deleted experiment are remembered as deleted, so apart from a live one's."""
    return f"{experiment.where}\0{experiment.lifecycle_stage}"


def _knows(looked: Looked, models: tuple[str, ...]) -> bool:
    """Whether all models that name the run as their source were there when it was read."""
    return not models or {f"../models/{model}" for model in models}.issubset(looked.names)


def _experiment_places(root: Trail) -> Iterator[str]:
    """Every folder that may be an experiment, below the root and in its trash."""
    for entry in root.entries("."):
        if entry.name == TRASH and root.is_folder(TRASH, entry):
            for deleted in root.entries(TRASH):
                if root.is_folder(f"{TRASH}/{deleted.name}", deleted):
                    yield f"{TRASH}/{deleted.name}"
        elif (
            entry.name not in _NOT_EXPERIMENTS
            and not entry.name.startswith(".")
            and not entry.name.endswith(TRASH)
            and root.is_folder(entry.name, entry)
        ):
            yield entry.name


def _read_experiment(trail: Trail) -> _Found | None:
    """An experiment's record, tags and run folders; None where the folder is no experiment.

    Without a readable record, a folder that holds runs is an experiment named as the folder.
    """
    entries = {entry.name: entry for entry in trail.entries(".")}
    meta = read_record(trail, "meta.yaml") if "meta.yaml" in entries else None
    if meta is None:
        if not holds_runs(f"{trail.root}/{trail.base}"):
            return None
        if "meta.yaml" not in entries:
            trail.problem("meta.yaml", "is missing, though there are runs; named as the folder")
    folders = tuple(
        name
        for name, entry in entries.items()
        if not entry.is_file(follow_symlinks=False)
        and name != "meta.yaml"
        and name not in _NOT_RUNS
        and not name.startswith(".")
        and trail.is_folder(name, entry)
    )
    has = {name: name in entries and trail.is_folder(name, entries[name]) for name in _NOT_RUNS}
    tags = read_texts(trail, "tags") if has["tags"] else {}
    models = source_runs(trail) if has["models"] else {}
    return _Found(_experiment(trail, meta or {}, tags), folders, models)


def _experiment(trail: Trail, meta: Mapping[str, object], tags: dict[str, str]) -> Experiment:
    folder = os.path.basename(trail.base)
    said = meta.get("experiment_id")
    if said is not None and str(said) != folder:
        trail.problem("meta.yaml", f"says it is experiment {said!s:.40}; the folder's name is used")
    stage = read_stage(trail, meta.get("lifecycle_stage"))
    return Experiment(
        id=folder,
        name=read_text(meta.get("name")) or folder,
        where=trail.base,
        lifecycle_stage=DELETED if trail.base.startswith(f"{TRASH}/") else stage,
        artifact_location=read_text(meta.get("artifact_location")),
        created=read_time(trail, "creation_time", meta),
        updated=read_time(trail, "last_update_time", meta),
        tags=tags,
        problems=tuple(trail.problems),
    )
