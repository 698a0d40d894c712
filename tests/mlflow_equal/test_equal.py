"""What reportgen reads is what MLflow's own client reads: run by run and point by point."""

from collections import Counter
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reportgen.model import DELETED, Run

from .stores import STORES, Pair

if TYPE_CHECKING:
    from mlflow.entities import Metric
    from mlflow.entities import Run as MlflowRun

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own

SECONDS_BELOW = 10**11  # no timestamp in milliseconds is as small


def one_newline_less(texts: dict[str, str]) -> dict[str, str]:
    """Texts as reportgen shows them: old releases ended each with a newline of their own."""
    return {key: text.removesuffix("\n") for key, text in texts.items()}


@pytest.mark.parametrize("name", STORES)
def test_every_store_is_here_to_be_compared(name: str) -> None:
    if not STORES[name].is_dir():
        pytest.skip(f"the store {name} is not here")
    assert list(STORES[name].glob("*/*/meta.yaml"))


def test_experiments(pair: Pair) -> None:
    from mlflow.entities import ViewType

    theirs = {
        one.experiment_id: (
            one.name,
            stage_of(pair.root, one.experiment_id, one.lifecycle_stage),
            one.artifact_location,
            one.creation_time,
            one.last_update_time,
            one_newline_less(one.tags),
        )
        for one in pair.theirs.search_experiments(ViewType.ALL)
    }
    ours = {
        one.id: (
            one.name,
            one.lifecycle_stage,
            one.artifact_location,
            one.created,
            one.updated,
            one.tags,
        )
        for one in pair.experiments
    }
    assert ours == theirs


def stage_of(root: Path, experiment_id: str, said: str) -> str:
    """What lies in the trash is deleted, also where the record of 1.29 to 2.2 says `active`."""
    return DELETED if (root / ".trash" / experiment_id).exists() else said


def test_the_same_runs_are_found(pair: Pair) -> None:
    from mlflow.entities import ViewType

    for experiment in pair.experiments:
        theirs = pair.theirs.search_runs([experiment.id], run_view_type=ViewType.ALL)
        ours = [run.id for run in pair.ours.runs_of(experiment, deleted=True)]
        assert ours == [run.info.run_id for run in theirs]


def test_records_of_runs(pair: Pair) -> None:
    def our_record(run: Run) -> tuple[object, ...]:
        times = run.start_time, run.end_time
        uri, stage = run.artifact_uri, run.lifecycle_stage
        return run.experiment_id, run.status.name, *times, run.name, run.user, stage, uri

    def their_record(run: "MlflowRun") -> tuple[object, ...]:
        info = run.info
        stage = stage_of(pair.root, info.experiment_id, info.lifecycle_stage)
        user = info.user_id or run.data.tags.get("mlflow.user", "")
        times = info.start_time, info.end_time
        return (
            *(info.experiment_id, info.status, *times, info.run_name or "", user, stage),
            info.artifact_uri,
        )

    ours = {run.id: our_record(run) for run, _ in pair.runs}
    assert ours == {run.info.run_id: their_record(run) for _, run in pair.runs}


def test_params_and_tags(pair: Pair) -> None:
    ours = {run.id: (run.params, run.tags) for run, _ in pair.runs}
    theirs = {
        run.info.run_id: (one_newline_less(run.data.params), one_newline_less(run.data.tags))
        for _, run in pair.runs
    }
    assert ours == theirs


def true_steps(lines: list[str], points: "list[Metric]") -> list[int]:
    """The steps that stand in the file: MLflow takes 0 for every line that names a dataset."""
    return [
        int(line.split(" ")[2]) if line.count(" ") == 4 else point.step
        for line, point in zip(lines, points, strict=True)
    ]


def their_points(pair: Pair, run: Run, key: str) -> list[tuple[int, int, float]]:
    """The points of a metric in the order of its file, steps and units put right."""
    points = pair.theirs.get_metric_history(run.id, key)
    lines = (pair.root / run.where / "metrics" / key).read_text().splitlines()
    steps = true_steps(lines, points)
    return [
        (step, in_milliseconds(point.timestamp), point.value)
        for step, point in zip(steps, points, strict=True)
    ]


def in_milliseconds(timestamp: int) -> int:
    return timestamp * 1000 if timestamp < SECONDS_BELOW else timestamp


def test_every_point_of_every_metric(pair: Pair) -> None:
    for run, theirs in pair.runs:
        assert list(run.metrics) == sorted(theirs.data.metrics)
        for key, head in run.metrics.items():
            series = pair.ours.series(run, key)
            points = list(zip(series.steps, series.timestamps, series.values, strict=True))
            expected = their_points(pair, run, key)
            # as text, so that nan equals nan
            spelt = [(step, time, repr(float(value))) for step, time, value in points]
            assert len(spelt) == len(set(spelt)) == head.count
            assert set(spelt) == {(step, time, repr(value)) for step, time, value in expected}
            assert [point[:2] for point in points] == sorted(point[:2] for point in points)


def test_latest_value_of_every_metric(pair: Pair) -> None:
    for run, theirs in pair.runs:
        for latest in theirs.data._metric_objs:
            head = run.metrics[latest.key]
            expected = latest.step, in_milliseconds(latest.timestamp), latest.value
            points = pair.theirs.get_metric_history(run.id, latest.key)
            if any(point.dataset_name for point in points):  # MLflow has lost what to compare
                expected = max(their_points(pair, run, latest.key))
            # as text, so that nan equals nan
            assert repr((head.step, head.timestamp, head.last)) == repr(expected)


def test_range_of_every_metric(pair: Pair) -> None:
    for run, _ in pair.runs:
        for key, head in run.metrics.items():
            finite = [value for _, _, value in their_points(pair, run, key) if isfinite(value)]
            expected = (min(finite), max(finite)) if finite else (nan, nan)
            assert repr((head.low, head.high)) == repr(expected)


def test_datasets_of_every_metric(pair: Pair) -> None:
    for run, _ in pair.runs:
        for key, head in run.metrics.items():
            points = {
                (one.dataset_name, one.dataset_digest, *point)
                for one, point in zip(
                    pair.theirs.get_metric_history(run.id, key),
                    their_points(pair, run, key),
                    strict=True,
                )
                if one.dataset_name is not None
            }
            ours = {(one.name, one.dataset_digest): one.count for one in head.datasets}
            assert ours == Counter((name, digest) for name, digest, *_ in points)


def test_artifacts_are_the_files_on_disk(pair: Pair) -> None:
    for run, _ in pair.runs:
        folder = pair.root / run.where / "artifacts"
        files = [file for file in folder.rglob("*") if file.is_file()]
        on_disk = {file.relative_to(folder).as_posix(): file.stat().st_size for file in files}
        assert {one.path: one.size for one in run.artifacts} == on_disk


def test_artifacts_are_those_that_mlflow_lists_in_their_place(pair: Pair) -> None:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    def listed(repository: Any, path: str | None = None) -> dict[str, int]:
        found: dict[str, int] = {}
        for entry in repository.list_artifacts(path):
            found |= (
                listed(repository, entry.path) if entry.is_dir else {entry.path: entry.file_size}
            )
        return found

    for run, _ in pair.runs:
        repository = get_artifact_repository(str(pair.root / run.where / "artifacts"))
        assert {one.path: one.size for one in run.artifacts} == listed(repository)


def test_dataset_inputs(pair: Pair) -> None:
    for run, theirs in pair.runs:
        expected = [
            (
                one.dataset.name,
                one.dataset.digest,
                one.dataset.source_type,
                one.dataset.source,
                one.dataset.schema or "",
                one.dataset.profile or "",
                {tag.key: tag.value for tag in one.tags},
            )
            for one in (theirs.inputs.dataset_inputs if theirs.inputs else [])
        ]
        ours = [
            (
                one.name,
                one.dataset_digest,
                one.source_type,
                one.source,
                one.schema,
                one.profile,
                one.tags,
            )
            for one in run.datasets
        ]
        assert sorted(ours, key=repr) == sorted(expected, key=repr)
        contexts = [one.tags.get("mlflow.data.context", "") for one in run.datasets]
        assert [one.context for one in run.datasets] == contexts


def test_logged_models(pair: Pair) -> None:
    for run, theirs in pair.runs:
        outputs = theirs.outputs.model_outputs if theirs.outputs else []
        inputs = theirs.inputs.model_inputs if theirs.inputs else []
        links: dict[str, tuple[str, int | None]] = {
            **{one.model_id: ("input", None) for one in inputs},
            **{one.model_id: ("output", one.step) for one in outputs},
        }
        own = {one.id: one for one in run.models}
        assert {key: (own[key].relation, own[key].step) for key in links} == links
        for model_id, model in own.items():
            assert model_facts(pair.theirs.get_logged_model(model_id)) == our_model_facts(model)


def model_facts(model: Any) -> tuple[object, ...]:
    metrics: dict[str, list[tuple[int, int, float]]] = {}
    for one in model.metrics or []:
        metrics.setdefault(one.key, []).append((one.step, one.timestamp, one.value))
    return (
        *(model.name, model.experiment_id, model.source_run_id or "", model.model_type or ""),
        *(str(model.status), model.creation_timestamp),
        *(one_newline_less(model.params), one_newline_less(model.tags)),
        {key: max(points) for key, points in metrics.items()},
    )


def our_model_facts(model: Any) -> tuple[object, ...]:
    return (
        *(model.name, model.experiment_id, model.source_run_id, model.model_type),
        *(model.status, model.created, model.params, model.tags),
        {key: (one.step, one.timestamp, one.last) for key, one in model.metrics.items()},
    )


def test_every_logged_model_is_tied_to_the_run_it_came_from(pair: Pair) -> None:
    runs = {run.id: run for run, _ in pair.runs}
    for record in pair.root.glob("*/models/m-*/meta.yaml"):
        fields = yaml.safe_load(record.read_text())
        if fields.get("source_run_id") in runs:
            assert record.parent.name in [one.id for one in runs[fields["source_run_id"]].models]


def test_nothing_is_left_unread_in_stores_that_mlflow_can_read(pair: Pair) -> None:
    records = {
        record.parent.name
        for record in pair.root.rglob("meta.yaml")
        if (record.parent / "metrics").is_dir() and not record.parent.name.startswith("m-")
    }
    found = {
        run.id
        for experiment in pair.experiments
        for run in pair.ours.runs_of(experiment, deleted=True)
    }
    assert found == records
    assert pair.ours.problems() == ()
