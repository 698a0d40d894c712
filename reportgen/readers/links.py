"""Datasets and logged models of a run: the links in `inputs/` and `outputs/`, followed.

    <run>/inputs/<id>/meta.yaml     source_type DATASET or MODEL, source_id, tags
    <run>/outputs/<id>/meta.yaml    destination_id (a model), step
    <experiment>/datasets/<id>/     the dataset's record
    <experiment>/models/m-<hex>/    the logged model: record, params, tags, metrics, artifacts

A model may be used in another experiment than it was logged in; there MLflow leaves a folder of
metrics for it, without a record.

Every release copies source_id into destination_id of inputs, so only source_id is used there.
"""

import os
import posixpath
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from reportgen.model import DELETED, DatasetInput, LoggedModel, MetricDataset, MetricHead
from reportgen.readers.files import Trail, is_junk
from reportgen.readers.records import (
    read_artifacts,
    read_metrics,
    read_record,
    read_text,
    read_texts,
    read_time,
)
from reportgen.readers.stamps import UNTRUSTED

_MODEL_FOLDERS = ("params", "tags", "metrics", "artifacts")
_MODEL_STATUS = {0: "UNSPECIFIED", 1: "PENDING", 2: "READY", 3: "FAILED"}


def read_links(
    trail: Trail,
    present: frozenset[str],
    model_ids: tuple[str, ...],
    places: Mapping[str, str],
) -> tuple[tuple[DatasetInput, ...], tuple[LoggedModel, ...]]:
    """The datasets and models of a run, each sorted by name and id.

    `present` are the run's sub-folders, `model_ids` the models that name the run as their source;
    MLflow 3 does not link all of those from the run. Deleted models are left out, as MLflow does,
    though links to them stay. `places` are those of the experiments that models lie in, by model.
    """
    read_model = partial(_read_model, trail, places)
    datasets: list[DatasetInput] = []
    models: dict[str, LoggedModel | None] = {}
    if "outputs" in present:
        for folder in _folders(trail, "outputs"):
            link = read_record(trail, f"outputs/{folder}/meta.yaml") or {}
            model_id = _id(link.get("destination_id"), folder)
            models[model_id] = read_model(model_id, "output", link.get("step"))
    if "inputs" in present:
        for folder in _folders(trail, "inputs"):
            record = read_record(trail, f"inputs/{folder}/meta.yaml")
            if record is None:
                continue
            source_id = _id(record.get("source_id"), "")
            tags = _string_map(record.get("tags"))
            if record.get("source_type") == "MODEL":
                if source_id not in models:
                    models[source_id] = read_model(source_id, "input", None)
            else:
                datasets.append(_read_dataset(trail, source_id, tags))
    for model_id in model_ids:
        if model_id not in models:
            models[model_id] = read_model(model_id, "output", None)
    return (
        tuple(sorted(datasets, key=lambda dataset: (dataset.name, dataset.id))),
        tuple(sorted(filter(None, models.values()), key=lambda model: (model.name, model.id))),
    )


def _folders(trail: Trail, name: str) -> list[str]:
    """The folders in a folder, each looked at."""
    children = trail.children(name, lambda entry: not is_junk(entry))
    found = [entry for entry, is_folder in children if is_folder]
    for folder in found:
        trail.look(f"{name}/{folder}")
    return found


def _id(value: object, default: str) -> str:
    """An id that is safe as one path component; anything else becomes the default."""
    text = str(value) if isinstance(value, str | int) else default
    is_one_name = os.path.basename(text) == text and text not in (".", "..") and "\0" not in text
    return text if is_one_name else default


def _string_map(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(key): str(item) for key, item in sorted(value.items(), key=str)}


def _read_dataset(trail: Trail, dataset_id: str, tags: dict[str, str]) -> DatasetInput:
    """A dataset by its id; where its record is gone, what the link alone tells."""
    record = _linked_record(trail, "inputs", "datasets", f"../datasets/{dataset_id}")
    return DatasetInput(
        id=dataset_id,
        name=read_text(record.get("name")),
        dataset_digest=read_text(record.get("digest")),
        source_type=read_text(record.get("source_type")),
        source=read_text(record.get("source")),
        schema=read_text(record.get("schema")),
        profile=read_text(record.get("profile")),
        context=tags.get("mlflow.data.context", ""),
        tags=tags,
    )


def _model_folder(trail: Trail, places: Mapping[str, str], model_id: str) -> str:
    """Where a logged model lies, as seen from a run: in its experiment, or else in another one."""
    own, run = f"../models/{model_id}", f"{trail.root}/{trail.base}"
    if model_id not in places or os.path.isfile(f"{run}/{own}/meta.yaml"):
        return own
    depth = trail.base.count("/")
    if os.path.relpath(os.path.realpath(run), trail.root).count(os.sep) != depth:
        return own  # behind a link, ".." would lead elsewhere, and out of the store
    return f"{'../' * (depth + 1)}{places[model_id]}/models/{model_id}"


def _read_model(
    trail: Trail, places: Mapping[str, str], model_id: str, relation: str, step: object
) -> LoggedModel | None:
    """A logged model by its id, read from a folder of models; None where it was deleted."""
    folder = _model_folder(trail, places, model_id) if model_id else "../models/"
    if folder.count("../") > 1:  # whether it comes to lie here is seen by the nearest folder
        next(filter(trail.look, (f"../models/{model_id}", "../models", "..")), None)
    record = _linked_record(trail, f"{relation}s", "models", folder)
    if record.get("lifecycle_stage") == DELETED:
        return None
    present = [name for name in _MODEL_FOLDERS if record and trail.has_folder(f"{folder}/{name}")]
    status = record.get("status")
    return LoggedModel(
        id=model_id,
        name=read_text(record.get("name")),
        experiment_id=read_text(record.get("experiment_id")),
        source_run_id=read_text(record.get("source_run_id")),
        relation=relation,
        step=step if isinstance(step, int) and abs(step) < 1 << 62 else None,
        model_type=read_text(record.get("model_type")),
        status=_MODEL_STATUS.get(status, "") if isinstance(status, int) else read_text(status),
        created=read_time(trail, "creation_timestamp", record),
        params=read_texts(trail, f"{folder}/params") if "params" in present else {},
        tags=read_texts(trail, f"{folder}/tags") if "tags" in present else {},
        metrics=_model_metrics(trail, folder) if "metrics" in present else {},
        artifacts=read_artifacts(trail, f"{folder}/artifacts") if "artifacts" in present else (),
        where=posixpath.normpath(f"{trail.base}/{folder}"),
    )


def _model_metrics(trail: Trail, folder: str) -> dict[str, MetricHead]:
    """The metrics of a logged model. Their lines name the run first, and then the dataset."""
    heads = read_metrics(trail, f"{folder}/metrics", growing=False)
    return {
        key: replace(head, datasets=tuple(map(_without_run, head.datasets)))
        if head.datasets
        else head
        for key, head in heads.items()
    }


def _without_run(dataset: MetricDataset) -> MetricDataset:
    return replace(dataset, name=dataset.name.partition(" ")[2])


def _linked_record(trail: Trail, link: str, kind: str, folder: str) -> Mapping[str, object]:
    """The record of a dataset or model of an experiment; empty, with a problem, if it is gone."""
    known = len(trail.problems)
    parent, _, record_id = folder.rpartition("/")
    is_own = parent == f"../{kind}"  # what others keep was listed, links and all
    if record_id and (not is_own or trail.has_folder(parent)) and trail.has_folder(folder):
        record = read_record(trail, f"{folder}/meta.yaml")
        if record is not None:
            return record
    else:
        trail.note(folder, UNTRUSTED)  # it may come: look again next time
    if len(trail.problems) == known:
        trail.problem(link, f"{record_id or '(no id)'} is not among the experiment's {kind}")
    return {}


def source_runs(trail: Trail) -> dict[str, tuple[str, ...]]:
    """Of an experiment: the ids of the logged models that each run is named as the source of."""
    found: dict[str, list[str]] = {}
    for model_id in _folders(trail, "models"):
        record = read_record(trail, f"models/{model_id}/meta.yaml")
        if record is not None:
            found.setdefault(read_text(record.get("source_run_id")), []).append(model_id)
    return {run_id: tuple(model_ids) for run_id, model_ids in found.items()}
