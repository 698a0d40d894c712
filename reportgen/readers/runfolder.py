"""One run of an `mlruns/` tree: its folder in, a Run out.

    meta.yaml           the run's record (keys by release: see `read_meta`)
    metrics/<key>       points, one a line; the key may hold "/"
    params/<key>        the whole file is the value
    tags/<key>          the whole file is the value
    artifacts/...       anything
    inputs/ outputs/    links to datasets and logged models

Only meta.yaml must be there: git drops empty folders, old releases had no tags.
"""

import os
from collections.abc import Mapping
from sys import intern
from typing import Any

from reportgen.model import Artifact, Cause, Problem, Run, Status
from reportgen.readers.base import Outline
from reportgen.readers.cause import TAIL_BYTES, find_cause
from reportgen.readers.files import Trail
from reportgen.readers.kept import KeptSeries
from reportgen.readers.links import read_links
from reportgen.readers.records import (
    MAX_TEXT_BYTES,
    decode,
    read_artifacts,
    read_metrics,
    read_record,
    read_stage,
    read_text,
    read_texts,
    read_time,
)
from reportgen.readers.regular import Unreadable, open_regular
from reportgen.values import frozen

_SOURCE_TYPES = {1: "NOTEBOOK", 2: "JOB", 3: "PROJECT", 4: "LOCAL", 5: "UNKNOWN"}
_MARKS = ("run_id", "run_uuid", "artifact_uri", "status", "start_time")  # one is in every run


@frozen
class RunRecord:
    """What a run's meta.yaml tells, kept from the outline until the run itself is read."""

    fields: dict[str, Any]  # as of `read_meta`
    stamp: int  # of the file
    problems: tuple[Problem, ...]


def read_run_record(trail: Trail, folder: str) -> RunRecord | None:
    """The record of a run; None, perhaps with a problem, where there is none to read."""
    meta = read_record(trail, "meta.yaml")
    if meta is None:
        trail.conclude("meta.yaml", "the run is left out")
        return None
    stamp, known = trail.stamps[-1], len(trail.problems)
    fields = read_meta(trail, folder, meta)
    return RunRecord(fields, stamp, tuple(trail.problems[known:]))


def read_outline(trail: Trail, record: RunRecord) -> Outline:
    """What the record and two tags tell of a run."""
    fields = record.fields
    tagged = trail.has_folder("tags")
    name = fields["name"] or (_tag(trail, "mlflow.runName") if tagged else "")
    return Outline(
        id=fields["id"],
        where=trail.base,
        name=name,
        status=fields["status"],
        start_time=fields["start_time"],
        parent_id=intern(_tag(trail, "mlflow.parentRunId")) if tagged else "",  # has many children
        lifecycle_stage=fields["lifecycle_stage"],
        end_time=fields["end_time"],
    )


def read_owners(trail: Trail, record: RunRecord) -> tuple[str, str, str]:
    """The user, the program and the address of the artifacts, as in the run that is read."""
    fields = record.fields
    return (
        fields["user"] or _tag(trail, "mlflow.user"),
        fields["source"] or _tag(trail, "mlflow.source.name"),
        fields["artifact_uri"],
    )


def _tag(trail: Trail, key: str) -> str:
    body = trail.read(f"tags/{key}", MAX_TEXT_BYTES)
    return "" if body is None else decode(body)


def read_meta(trail: Trail, folder: str, meta: Mapping[str, object]) -> dict[str, Any]:
    """The fields of a run's record in today's terms, whatever release wrote it.

    run_id since 1.0, run_uuid until 2.22; run_name since 1.30, name before; status is an int, and
    its absence means RUNNING. What is odd is kept as far as it goes and reported.
    """
    run_id = read_text(meta.get("run_id")) or read_text(meta.get("run_uuid"))
    if run_id and run_id != folder:
        trail.problem("meta.yaml", f"says it is run {run_id[:40]}; the folder's name is used")
    experiment = os.path.basename(os.path.dirname(trail.base))
    said = meta.get("experiment_id")
    if said is not None and str(said) != experiment:
        trail.problem("meta.yaml", f"says experiment {said!s:.40}; the folder it lies in is used")
    if not any(mark in meta for mark in _MARKS):
        trail.problem("meta.yaml", "has none of the fields of a run's record")
    elif meta.get("status") is None:  # fields stand sorted: one of the last
        trail.problem("meta.yaml", "has no status, so it may be cut short; taken as running")
    return {
        "id": folder,
        "experiment_id": experiment,
        "name": read_text(meta.get("run_name")) or read_text(meta.get("name")),
        "status": _status(trail, meta.get("status")),
        "lifecycle_stage": read_stage(trail, meta.get("lifecycle_stage")),
        "start_time": read_time(trail, "start_time", meta),
        "end_time": read_time(trail, "end_time", meta),
        "user": read_text(meta.get("user_id")),
        "source": read_text(meta.get("source_name")),
        "source_type": _SOURCE_TYPES.get(_small_int(meta.get("source_type")), ""),
        "source_version": read_text(meta.get("source_version")),
        "artifact_uri": read_text(meta.get("artifact_uri")),
    }


def _small_int(value: object) -> int:
    return value if isinstance(value, int) else -1


def _status(trail: Trail, value: object) -> Status:
    if value is None:
        return Status.RUNNING
    if isinstance(value, int) and 0 < value < 6:
        return Status(value)
    name = str(value).upper()
    if name in Status.__members__:
        return Status[name]
    trail.problem("meta.yaml", f"status {str(value)[:40]!r} is none that MLflow knows")
    return Status.UNKNOWN


def read_run(
    trail: Trail,
    record: RunRecord,
    kept: KeptSeries,
    model_ids: tuple[str, ...],
    places: Mapping[str, str],
) -> Run:
    """Everything of a run. `model_ids` and `places` as of `read_links`.

    The digest is left empty. Metric, parameter and tag keys are paths below their folder. The
    points of the metrics go to `kept`.
    """
    kept.begin(trail.base)
    trail.note("meta.yaml", record.stamp)
    trail.problems += record.problems
    fields = record.fields.copy()
    present = _subfolders(trail)
    params = read_texts(trail, "params") if "params" in present else {}
    tags = read_texts(trail, "tags") if "tags" in present else {}
    growing = fields["status"] is Status.RUNNING
    metrics = {}
    if "metrics" in present:
        metrics = read_metrics(trail, "metrics", growing=growing, kept=kept)
    artifacts = read_artifacts(trail, "artifacts") if "artifacts" in present else ()
    datasets, models = read_links(trail, present, model_ids, places)
    fields["name"] = fields["name"] or tags.get("mlflow.runName", "")
    fields["user"] = fields["user"] or tags.get("mlflow.user", "")
    fields["source"] = fields["source"] or tags.get("mlflow.source.name", "")
    fields["source_type"] = tags.get("mlflow.source.type", "") or fields["source_type"]
    fields["source_version"] = tags.get("mlflow.source.git.commit", "") or fields["source_version"]
    return Run(
        where=trail.base,
        params=params,
        tags=tags,
        metrics=metrics,
        artifacts=artifacts,
        artifact_note="" if artifacts else _artifact_note(fields["artifact_uri"], trail.base),
        datasets=datasets,
        models=models,
        cause=_cause(trail, fields["status"], artifacts),
        problems=tuple(trail.problems),
        **fields,
    )


def _cause(trail: Trail, status: Status, artifacts: tuple[Artifact, ...]) -> Cause | None:
    """Why a run failed, where one of its artifacts tells."""
    if status not in (Status.FAILED, Status.KILLED) or not artifacts:
        return None

    def read_tail(path: str) -> bytes | None:
        try:
            with open_regular(trail.root, f"{trail.root}/{trail.base}/artifacts/{path}") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
                return file.read(TAIL_BYTES)
        except (Unreadable, OSError):  # listed with its problem already, or gone since
            return None

    return find_cause(artifacts, read_tail)


def _artifact_note(uri: str, place: str) -> str:
    """Where to look for the artifacts of a run that has none beside it, if they are elsewhere.

    The address of a local folder that ends as MLflow's own layout does may be the one beside the
    run, of before the store was moved: it tells nothing.
    """
    scheme, colon, rest = uri.partition(":")
    is_drive = len(scheme) < 2
    if colon and not is_drive and "/" not in scheme and scheme.lower() != "file":
        return uri if rest.startswith("/") else ""
    usual = [*place.split("/")[-2:], "artifacts"]
    return "" if uri.replace("\\", "/").rstrip("/").split("/")[-3:] == usual else uri


def _subfolders(trail: Trail) -> frozenset[str]:
    """The folders that are really there: one listing instead of a failed open for each."""
    children = trail.children(".", _FOLDERS.__contains__)
    return frozenset(name for name, is_folder in children if is_folder)


_FOLDERS = ("metrics", "params", "tags", "artifacts", "inputs", "outputs")


def is_run_record(meta: Mapping[str, object]) -> bool:
    """Whether a record is a run's, and not an experiment's or a registered model's."""
    return "run_id" in meta or "run_uuid" in meta or "artifact_uri" in meta
