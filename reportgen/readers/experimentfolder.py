"""One experiment of an `mlruns/` tree: its folder in, an Experiment and its run folders out.

meta.yaml           the experiment's record
tags/<key>          its tags, since 1.2
<run id>/           a run: see `runfolder.py`
models/ datasets/   what runs link to: see `links.py`
"""

import os
from collections.abc import Iterator, Mapping

from reportgen.model import DELETED, Experiment
from reportgen.readers.diagnose import holds_runs
from reportgen.readers.files import Trail
from reportgen.readers.links import source_runs
from reportgen.readers.records import (
    read_record,
    read_stage,
    read_text,
    read_texts,
    read_time,
)
from reportgen.readers.runfolder import is_run_record
from reportgen.values import frozen

TRASH = ".trash"
_NOT_EXPERIMENTS = frozenset(("models",))
_NOT_RUNS = frozenset(("tags", "datasets", "traces", "models"))


@frozen
class Found:
    """An experiment, the folders in it that may be runs, and the models its runs are source of."""

    experiment: Experiment
    folders: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]


def by_name(found: Found) -> tuple[str, str, str]:
    """The order in which experiments are shown."""
    experiment = found.experiment
    return experiment.name, experiment.id, experiment.where


def experiment_places(root: Trail) -> Iterator[str]:
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


def read_experiment(trail: Trail) -> Found | None:
    """An experiment's record, tags and run folders; None where the folder is no experiment.

    Without a readable record, a folder that holds runs is an experiment named as the folder.
    """
    entries = {entry.name: entry for entry in trail.entries(".")}
    meta = read_record(trail, "meta.yaml") if "meta.yaml" in entries else None
    if meta is None:
        has_runs = holds_runs(f"{trail.root}/{trail.base}")
        outcome = "named as the folder" if has_runs else "the experiment is left out"
        trail.conclude("meta.yaml", outcome)
        if not has_runs:
            return None
        if "meta.yaml" not in entries:
            trail.problem("meta.yaml", "is missing, though there are runs; named as the folder")
    elif is_run_record(meta):
        trail.problem("meta.yaml", "is the record of a run, not of an experiment; left out")
        return None
    elif not read_text(meta.get("name")):
        trail.problem("meta.yaml", "has no name, so it may be cut short; named as the folder")
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
    return Found(_experiment(trail, meta or {}, tags), folders, models)


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
