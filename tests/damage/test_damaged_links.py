"""Datasets and logged models of a run: links that are whole, dangling, odd or hostile."""

from pathlib import Path

import pytest
import yaml

from reportgen.model import DatasetInput, LoggedModel, Problem
from reportgen.readers.mlruns import MlrunsStore
from tests.damages import DATASET, INPUTS, MODEL, OUTPUTS, add_model, input_record, output_record
from tests.trees import (
    BAD,
    EXPERIMENT,
    add_run,
    artifact_paths,
    check_good_run,
    experiment_record,
    good_store,
    read_bad,
    record,
    write,
)


def add_dataset(root: Path) -> None:
    fields = {
        "digest": "1a2b3c4d",
        "name": "my coffee",
        "profile": '{"num_rows": 3}',
        "schema": "null",
        "source": '{"uri": "coffee.csv"}',
        "source_type": "local",
    }
    write(root, {f"{EXPERIMENT}/datasets/{DATASET}/meta.yaml": record(fields, {})})


def test_a_dataset_is_found_by_the_id_in_the_link(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_dataset(tmp_path)
    add_run(tmp_path, BAD, {"inputs/x1/meta.yaml": input_record(DATASET)})
    run = read_bad(tmp_path)
    assert run.datasets == (
        DatasetInput(
            id=DATASET,
            name="my coffee",
            dataset_digest="1a2b3c4d",
            source_type="local",
            source='{"uri": "coffee.csv"}',
            schema="null",
            profile='{"num_rows": 3}',
            context="training",
            tags={"mlflow.data.context": "training"},
        ),
    )
    assert run.problems == ()


def test_a_dangling_dataset_shows_its_id(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"inputs/x1/meta.yaml": input_record(DATASET)})
    run = read_bad(tmp_path)
    (dataset,) = run.datasets
    assert (dataset.id, dataset.name, dataset.context) == (DATASET, "", "training")
    reason = f"{DATASET} is not among the experiment's datasets"
    assert run.problems == (Problem(INPUTS, None, reason),)


def test_a_dataset_folder_without_its_record_is_told_of_once(tmp_path: Path) -> None:
    good_store(tmp_path)
    (tmp_path / EXPERIMENT / "datasets" / DATASET).mkdir(parents=True)
    add_run(tmp_path, BAD, {"inputs/x1/meta.yaml": input_record(DATASET)})
    reason = f"{DATASET} is not among the experiment's datasets"
    assert read_bad(tmp_path).problems == (Problem(INPUTS, None, reason),)


def test_empty_folders_and_junk_among_inputs_and_outputs_are_passed_over(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_dataset(tmp_path)
    made = add_run(
        tmp_path,
        BAD,
        {
            "inputs/x1/meta.yaml": input_record(DATASET),
            "inputs/.DS_Store": b"\0\1",
            "inputs/stray.txt": "x",
            "outputs/.DS_Store": b"\0\1",
        },
    )
    (made / "inputs/empty").mkdir()
    run = read_bad(tmp_path)
    assert [dataset.name for dataset in run.datasets] == ["my coffee"]
    assert (run.models, run.problems) == ((), ())


@pytest.mark.parametrize("body", ["", "a: [\n", "- a\n"])
def test_a_broken_link_costs_only_itself(tmp_path: Path, body: str) -> None:
    good_store(tmp_path)
    add_dataset(tmp_path)
    add_run(
        tmp_path,
        BAD,
        {"inputs/x1/meta.yaml": body, "inputs/x2/meta.yaml": input_record(DATASET)},
    )
    run = read_bad(tmp_path)
    assert [dataset.name for dataset in run.datasets] == ["my coffee"]
    assert [problem.path for problem in run.problems] == [f"{INPUTS}/x1/meta.yaml"]


@pytest.mark.parametrize(
    "tags", [None, [], "text", {"mlflow.data.context": None}, {1: {"a": [2]}}, {None: 3}]
)
def test_odd_tags_of_a_link_become_text(tmp_path: Path, tags: object) -> None:
    good_store(tmp_path)
    add_dataset(tmp_path)
    link = yaml.safe_dump({"source_id": DATASET, "source_type": "DATASET", "tags": tags})
    add_run(tmp_path, BAD, {"inputs/x1/meta.yaml": link})
    (dataset,) = read_bad(tmp_path).datasets
    expected = {str(key): str(item) for key, item in tags.items()} if type(tags) is dict else {}
    assert dataset.tags == expected


def expected_model(model: LoggedModel, relation: str, step: int | None) -> LoggedModel:
    """The model of `add_model`, its digests taken from what was read."""
    head = model.metrics["acc"]
    assert (head.count, head.last, head.step, head.timestamp) == (1, 0.5, 7, 1600000000000)
    assert artifact_paths(model.artifacts) == ["MLmodel"]
    return LoggedModel(
        id=MODEL,
        name="forest",
        experiment_id=EXPERIMENT,
        source_run_id=BAD,
        relation=relation,
        step=step,
        model_type="classifier",
        status="READY",
        created=1600000000000,
        params={"depth": "3"},
        tags={"t": "x"},
        metrics={"acc": head},
        artifacts=model.artifacts,
        where=f"{EXPERIMENT}/models/{MODEL}",
    )


def test_a_model_is_found_by_the_outputs_of_its_run(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path)
    add_run(tmp_path, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(MODEL, 4)})
    run = read_bad(tmp_path)
    assert run.models == (expected_model(run.models[0], "output", 4),)
    assert run.problems == ()


def test_a_model_is_found_by_the_inputs_of_a_run(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path, {"source_run_id": "another"})
    add_run(tmp_path, BAD, {"inputs/x1/meta.yaml": input_record(MODEL, "MODEL")})
    run = read_bad(tmp_path)
    assert [(model.id, model.relation, model.step) for model in run.models] == [
        (MODEL, "input", None)
    ]
    assert (run.datasets, run.problems) == ((), ())


def test_a_model_is_found_by_its_source_run_alone(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path)
    add_run(tmp_path, BAD)
    run = read_bad(tmp_path)
    assert run.models == (expected_model(run.models[0], "output", None),)
    assert run.problems == ()


def test_a_model_linked_in_every_way_is_there_once(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path)
    files: dict[str, str | bytes] = {
        f"outputs/{MODEL}/meta.yaml": output_record(MODEL),
        "inputs/x1/meta.yaml": input_record(MODEL, "MODEL"),
    }
    add_run(tmp_path, BAD, files)
    assert [(model.id, model.relation) for model in read_bad(tmp_path).models] == [
        (MODEL, "output")
    ]


def test_a_dangling_model_shows_its_id(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(MODEL)})
    run = read_bad(tmp_path)
    (model,) = run.models
    assert (model.id, model.name, model.relation, model.step) == (MODEL, "", "output", 0)
    reason = f"{MODEL} is not among the experiment's models"
    assert run.problems == (Problem(OUTPUTS, None, reason),)


def test_a_deleted_model_is_left_out(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path, {"lifecycle_stage": "deleted"})
    add_run(tmp_path, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(MODEL)})
    run = read_bad(tmp_path)
    assert (run.models, run.problems) == ((), ())
    add_model(tmp_path, {"lifecycle_stage": "active"})
    assert [model.name for model in read_bad(tmp_path).models] == ["forest"]


@pytest.mark.parametrize("home", ["2", "another place", ".trash/2"])
@pytest.mark.parametrize("relation", ["input", "output"])
def test_a_model_of_another_experiment_is_found(tmp_path: Path, home: str, relation: str) -> None:
    good_store(tmp_path)
    add_model(tmp_path)
    (tmp_path / home).parent.mkdir(exist_ok=True)
    (tmp_path / EXPERIMENT).rename(tmp_path / home)
    good_store(tmp_path)
    link = input_record(MODEL, "MODEL") if relation == "input" else output_record(MODEL)
    stub = f"../models/{MODEL}/metrics/acc"  # as MLflow leaves it there
    add_run(tmp_path, BAD, {f"{relation}s/x1/meta.yaml": link, stub: "1600000000000 1 0 x\n"})
    run = read_bad(tmp_path)
    (model,) = run.models
    assert (model.name, model.relation, model.params) == ("forest", relation, {"depth": "3"})
    assert model.metrics["acc"].last == 0.5
    assert run.problems == ()
    with MlrunsStore(tmp_path).open_model_artifact(run, MODEL, "MLmodel") as file:
        assert file.read() == b"flavors: {}\n"


@pytest.mark.parametrize("link", ["2", "2/models", f"2/models/{MODEL}"])
def test_a_model_behind_a_link_out_of_the_store_is_not_found(tmp_path: Path, link: str) -> None:
    store, outside = tmp_path / "store", tmp_path / "outside"
    good_store(store)
    add_model(outside)
    (store / link).parent.mkdir(parents=True, exist_ok=True)
    (store / link).symlink_to(outside / link.replace("2", EXPERIMENT, 1))
    write(store / "2", {} if link == "2" else {"meta.yaml": experiment_record("2")})
    add_run(store, BAD, {"outputs/x1/meta.yaml": output_record(MODEL)})
    run = read_bad(store)
    assert [(model.id, model.name, model.params) for model in run.models] == [(MODEL, "", {})]
    assert len(run.problems) == 1


def test_a_run_behind_a_link_leads_to_no_model_beside_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    good_store(store)
    add_run(store, BAD, {"outputs/x1/meta.yaml": output_record(MODEL)})
    write(store / "docs", {"meta.yaml": experiment_record("docs")})
    write(store / "docs/models" / MODEL, {"meta.yaml": f"model_id: {MODEL}\nname: inside\n"})
    write(tmp_path / "docs/models" / MODEL, {"meta.yaml": "name: SECRET\n", "params/p": "SECRET"})
    write(store / ".trash/9", {"meta.yaml": experiment_record("9")})
    (store / ".trash/9" / BAD).symlink_to(f"../../{EXPERIMENT}/{BAD}")
    (store / ".trash/8").symlink_to(f"../{EXPERIMENT}")
    opened = MlrunsStore(store)
    runs = [
        opened.read(outline)
        for experiment in opened.experiments()
        for outline in opened.outlines(experiment)[0]
    ]
    names = {run.where: [model.name for model in run.models] for run in runs}
    assert names[f"{EXPERIMENT}/{BAD}"] == ["inside"]
    assert names[f".trash/9/{BAD}"] == [""]
    assert "SECRET" not in repr(runs)


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (0, "UNSPECIFIED"),
        (1, "PENDING"),
        (2, "READY"),
        (3, "FAILED"),
        (9, ""),
        ("READY", "READY"),
        (None, ""),
    ],
)
def test_the_status_of_a_model_is_read_as_number_and_as_text(
    tmp_path: Path, status: object, shown: str
) -> None:
    good_store(tmp_path)
    add_model(tmp_path, {"status": status})
    add_run(tmp_path, BAD)
    assert read_bad(tmp_path).models[0].status == shown


def test_a_broken_model_record_is_told_of_and_costs_nothing_else(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path, {f"{EXPERIMENT}/models/{MODEL}/meta.yaml": "name: [\n"})
    add_run(tmp_path, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(MODEL), "params/p": "1"})
    run = read_bad(tmp_path)
    assert ([model.id for model in run.models], run.params) == ([MODEL], {"p": "1"})
    path = f"{EXPERIMENT}/models/{MODEL}/meta.yaml"
    assert [(problem.path, problem.line) for problem in run.problems] == [(path, 2)]
    check_good_run(tmp_path)


def test_a_step_that_is_no_step_is_none(tmp_path: Path) -> None:
    for number, step in enumerate(["x", None, 1.5, 2**70, [1]]):
        root = tmp_path / str(number)
        good_store(root)
        add_run(root, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(MODEL, step)})
        assert read_bad(root).models[0].step is None


def test_artifacts_of_a_model_are_not_those_of_its_run(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_model(tmp_path)
    add_run(tmp_path, BAD)
    run = read_bad(tmp_path)
    assert run.artifacts == ()
    assert artifact_paths(run.models[0].artifacts) == ["MLmodel"]
