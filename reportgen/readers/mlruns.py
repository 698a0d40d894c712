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
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from reportgen.errors import AccessError
from reportgen.model import (
    DELETED,
    Artifact,
    Experiment,
    MetricKey,
    MetricSeries,
    Problem,
    Run,
    Status,
)
from reportgen.readers.base import Note, Outline, newest_first
from reportgen.readers.codec import digest_in, owners_in, pack, unpack, unpack_outline
from reportgen.readers.diagnose import check_is_store
from reportgen.readers.experimentfolder import Found, by_name, experiment_places, read_experiment
from reportgen.readers.files import Trail
from reportgen.readers.kept import KeptSeries
from reportgen.readers.metricfile import read_metric
from reportgen.readers.records import MAX_METRIC_BYTES
from reportgen.readers.regular import Unreadable, open_regular
from reportgen.readers.runfolder import (
    RunRecord,
    read_outline,
    read_owners,
    read_run,
    read_run_record,
)
from reportgen.readers.stamps import RACY_NS, Looked, Memory, Shapes, Shelf, is_unchanged

_RECORDS_KEPT = 2000  # of runs, from outline to reading; beyond, they are read twice
_TOP = ""  # the name of the shelf of the root and the experiments' own files


class MlrunsStore:
    """The store in a folder. With a memory, what did not change since is not read again."""

    def __init__(self, root: Path, memory: Memory | None = None, label: str = "") -> None:
        """Raises StoreError where `root` is no store, saying what was looked for."""
        check_is_store(root)
        self.edition = ""
        self.label = label or root.resolve().name
        self._root = os.path.realpath(root)
        self._memory = memory
        self._horizon = time.time_ns() - RACY_NS
        self._found: dict[str, Found] | None = None  # by place, in the order of names
        self._problems: tuple[Problem, ...] = ()
        self._models: dict[str, str] = {}  # the places of their experiments, by id
        self._top = Shelf()  # looks at the root and at the experiments' own files
        self._shelves: dict[str, Shelf] = {}  # of the experiments at work, by their place
        self._records: dict[str, RunRecord] = {}  # of some of the runs not read yet, by place
        self._shapes = Shapes()
        self._kept = KeptSeries()
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
            if looked and head and _knows(looked, models) and self._is_as_it_was(looked):
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

    def _is_as_it_was(self, looked: Looked) -> bool:
        """Whether a run has not changed since it was remembered."""
        if self._memory and self._memory.vouches(looked.folder):
            path = f"{self._root}/{looked.folder}"  # what lies behind a link changes elsewhere
            if not os.path.islink(path) and not os.path.islink(os.path.dirname(path)):
                return True
        return is_unchanged(self._root, looked)

    def _outline(self, trail: Trail, folder: str, experiment: Experiment) -> Outline | None:
        """The outline of a run folder; None where it is no run, or its record is unreadable."""
        trail.look(".")
        record = read_run_record(trail, folder)
        if record is None:
            if not trail.problems and any(map(trail.has_folder, ("metrics", "params", "tags"))):
                trail.problem("meta.yaml", "is missing beside logged data; the run is left out")
            return None
        if len(self._records) < _RECORDS_KEPT:
            self._records[trail.base] = record
        outline = read_outline(trail, record)
        if experiment.lifecycle_stage == DELETED:
            return replace(outline, lifecycle_stage=DELETED)
        return outline

    def owners(self, outline: Outline) -> tuple[str, str, str]:
        """As `Store.owners`: from memory, or from the record and two tags."""
        parent, _, folder = outline.where.rpartition("/")
        if outline.digest:
            return owners_in(self._shelves[parent].heads[outline.where])
        trail = self._trail(outline.where)
        record = self._records.get(outline.where) or read_run_record(trail, folder)
        return ("", "", "") if record is None else read_owners(trail, record)

    def again(self, outline: Outline) -> Outline | None:
        """As `Store.again`."""
        self._horizon = time.time_ns() - RACY_NS
        parent, _, folder = outline.where.rpartition("/")
        found = self._listing().get(parent)
        if found is None:
            return None
        return self._outline(self._trail(outline.where), folder, found.experiment)

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
        run = read_run(trail, record, self._kept, found.models.get(folder, ()), self._models)
        if found.experiment.lifecycle_stage == DELETED:
            run = replace(run, lifecycle_stage=DELETED)
        head = pack(run)
        if self._memory:
            self._notes.append(Note(outline.where, _looked(trail), head))
        return replace(run, digest=digest_in(head))

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """As `Store.series`."""
        kept = self._kept.find(run, key)
        if kept is not None:
            return kept
        if key not in run.metrics or ".." in f"{run.where}/{key}".split("/"):
            raise AccessError(f"run {run.id} has no metric {key}", hint="see its list of metrics")
        name = f"metrics/{key}"
        body = self._trail(run.where).read(name, MAX_METRIC_BYTES)
        growing = run.status is Status.RUNNING
        return read_metric(key, body or b"", f"{run.where}/{name}", growing=growing)[1]

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `Store.open_artifact`. Opens what the run's listing has, and nothing else."""
        return self._open_listed(run.artifacts, f"{run.where}/artifacts", path, f"run {run.id}")

    def open_model_artifact(self, run: Run, model_id: str, path: str) -> BinaryIO:
        """As `Store.open_model_artifact`. Opens what the model's listing has, and nothing else."""
        model = next((model for model in run.models if model.id == model_id), None)
        listed, where = (model.artifacts, model.where) if model else ((), "")
        return self._open_listed(listed, f"{where}/artifacts", path, f"model {model_id}")

    def _open_listed(
        self, listed: Sequence[Artifact], folder: str, path: str, owner: str
    ) -> BinaryIO:
        if not any(artifact.path == path for artifact in listed):
            raise AccessError(f"{owner} has no artifact {path}", hint="see its artifacts")
        try:
            return open_regular(self._root, f"{self._root}/{folder}/{path}")
        except (Unreadable, FileNotFoundError) as error:
            raise AccessError(
                f"the artifact {path} of {owner} cannot be opened: {error}",
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

    def _find(self, where: str) -> Found:
        try:
            return self._listing()[where]
        except KeyError:
            raise AccessError(f"no experiment at {where}", hint="read the store again") from None

    def _listing(self) -> dict[str, Found]:
        if self._found is None:
            root = self._trail("")
            places = list(experiment_places(root))
            self._top.looks[""] = _looked(root)
            problems, listing = root.problems, []
            for where in places:
                trail = self._trail(where)
                found = read_experiment(trail)
                self._top.looks[where] = _looked(trail)
                if found is not None:
                    listing.append(found)
                else:
                    problems += trail.problems
            self._problems = tuple(problems)
            self._models = {
                model_id: found.experiment.where
                for found in reversed(listing)
                for model_ids in found.models.values()
                for model_id in model_ids
            }
            self._found = {f.experiment.where: f for f in sorted(listing, key=by_name)}
        return self._found


def _looked(trail: Trail) -> Looked:
    return Looked(trail.base, tuple(trail.names), trail.stamps.tobytes())


def _shelf_name(experiment: Experiment) -> str:
    """The runs of a deleted experiment are remembered as deleted, so apart from a live one's."""
    return f"{experiment.where}\0{experiment.lifecycle_stage}"


def _knows(looked: Looked, models: tuple[str, ...]) -> bool:
    """Whether all models that name the run as their source were there when it was read."""
    return not models or {f"../models/{model}" for model in models}.issubset(looked.names)
