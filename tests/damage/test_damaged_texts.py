"""Parameters and tags with odd bytes, and folders that are missing or hold other things."""

import shutil
from pathlib import Path

import pytest

from reportgen.errors import StoreError
from reportgen.model import Problem
from reportgen.readers.mlruns import MlrunsStore
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    GOOD_ARTIFACT,
    add_experiment,
    add_good_run,
    add_run,
    artifact_paths,
    check_good_run,
    experiment_record,
    experiments_of,
    good_store,
    is_deleted,
    problems_of,
    read_all,
    read_bad,
    values_of,
    write,
)

WHERE = f"{EXPERIMENT}/{BAD}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"x\n", "x"),
        (b"x\n\n", "x\n"),
        (b"one\ntwo\n", "one\ntwo"),
        (b"one\r\ntwo", "one\r\ntwo"),
        (b"0.1\r\n", "0.1"),
        (b"0.1\r\n\r\n", "0.1\r\n"),
        (b"0.1\r", "0.1\r"),
        (b"None", "None"),
        (b"caf\xe9", "caf\ufffd"),
        (b"\xff\xfe\x00", "\ufffd\ufffd\0"),
        ("précision 日本 \U0001f600".encode(), "précision 日本 \U0001f600"),
        (b"y" * 20_000, "y" * 20_000),
    ],
)
def test_a_value_is_the_whole_file_less_one_newline(tmp_path: Path, body: bytes, text: str) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"params/p": body, "tags/t": body})
    run = read_bad(tmp_path)
    assert (run.params, run.tags, run.problems) == ({"p": text}, {"t": text}, ())


def test_junk_beside_parameters_and_tags_is_passed_over(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    junk: dict[str, str | bytes] = {".DS_Store": b"\0\0\0\1Bud1", "lr~": "0.1", "._lr": b"\0\5"}
    write(experiment / "tags", {**junk, "team": "a"})
    run_folder = add_run(tmp_path, BAD, {"params/lr": "0.2", "tags/t": "x"})
    write(run_folder / "params", junk)
    write(run_folder / "tags", junk)
    run = read_bad(tmp_path)
    assert (run.params, run.tags, run.problems) == ({"lr": "0.2"}, {"t": "x"}, ())
    assert experiments_of(tmp_path)[EXPERIMENT].tags == {"team": "a"}


def test_keys_may_hold_slashes_and_every_letter(tmp_path: Path) -> None:
    good_store(tmp_path)
    keys = ["opt/lr", "opt/deep/er", "日本", "a:b", "a\n", "with space", "a.b-c_d", "<b>&'\""]
    add_run(tmp_path, BAD, {f"{kind}/{key}": key for kind in ("params", "tags") for key in keys})
    run = read_bad(tmp_path)
    expected = {key: key.removesuffix("\n") for key in sorted(keys)}
    assert (run.params, run.tags, run.problems) == (expected, expected, ())
    assert list(run.params) == sorted(keys)


@pytest.mark.parametrize("folder", ["metrics", "params", "tags", "artifacts"])
def test_a_folder_that_git_dropped_is_as_good_as_empty(tmp_path: Path, folder: str) -> None:
    good_store(tmp_path)
    made = add_run(
        tmp_path,
        BAD,
        {
            "metrics/m": "1600000000000 0.5 0\n",
            "params/p": "1",
            "tags/t": "x",
            "artifacts/a.txt": "a",
        },
    )
    shutil.rmtree(made / folder)
    run = read_bad(tmp_path)
    whole = {
        "metrics": list(run.metrics),
        "params": list(run.params),
        "tags": list(run.tags),
        "artifacts": artifact_paths(run.artifacts),
    }
    expected = {"metrics": ["m"], "params": ["p"], "tags": ["t"], "artifacts": ["a.txt"]}
    assert whole == {**expected, folder: []}
    assert run.problems == ()


def test_a_run_of_a_record_alone_is_a_run(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD)
    run = read_bad(tmp_path)
    assert (run.id, run.name, run.metrics, run.params) == (BAD, "name of bad0", {}, {})
    assert (run.tags, run.artifacts, run.problems) == ({}, (), ())


def test_folders_that_are_files_are_passed_over(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    write(experiment, {"tags": "a file", "datasets": "", "models": "", "traces": ""})
    add_run(tmp_path, BAD, dict.fromkeys(("metrics", "params", "tags", "inputs"), "x"))
    run = read_bad(tmp_path)
    assert (run.metrics, run.params, run.tags, run.datasets) == ({}, {}, {}, ())
    assert problems_of(tmp_path) == []


def test_stray_files_and_folders_in_the_root_are_no_experiments(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(
        tmp_path,
        {
            ".git/config": "[core]",
            ".ipynb_checkpoints/x": "x",
            "bad name!/x": "x",
            "README.md": "x",
            "models/my model/meta.yaml": "name: my model\n",
            "models/my model/version-1/meta.yaml": "name: my model\nrun_id: x\nversion: 1\n",
            "old.trash/meta.yaml": experiment_record("old.trash"),
        },
    )
    (tmp_path / "empty").mkdir()
    assert list(experiments_of(tmp_path)) == [EXPERIMENT]
    assert problems_of(tmp_path) == []
    check_good_run(tmp_path)


def test_an_experiment_of_any_name_is_read(tmp_path: Path) -> None:
    good_store(tmp_path)
    for name in ("bad name!", "日本", "a\nb", "-", "x" * 200):
        write(tmp_path, {f"{name}/meta.yaml": experiment_record(name)})
        add_run(tmp_path, BAD, {"params/p": "1"}, experiment=name)
        assert read_all(tmp_path)[f"{name}/{BAD}"].params == {"p": "1"}
    assert problems_of(tmp_path) == []


def test_folders_that_mlflow_keeps_beside_runs_are_no_runs(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    body = "run_id: x\nstatus: 3\n"
    write(experiment, {f"{name}/meta.yaml": body for name in ("tags", "datasets", "traces")})
    write(experiment, {"models/meta.yaml": body, ".hidden/meta.yaml": body})
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]


def test_a_run_record_among_artifacts_is_an_artifact(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"artifacts/meta.yaml": "run_id: x\n", "artifacts/run/meta.yaml": "a"})
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts) == ["meta.yaml", "run/meta.yaml"]
    assert len(read_all(tmp_path)) == 2


@pytest.mark.parametrize("stage", ["active", "deleted"])
def test_what_lies_in_the_trash_is_deleted_whatever_it_says(tmp_path: Path, stage: str) -> None:
    good_store(tmp_path)
    write(tmp_path, {".trash/5/meta.yaml": experiment_record("5", {"lifecycle_stage": stage})})
    add_run(
        tmp_path,
        BAD,
        {"params/p": "1"},
        changes={"lifecycle_stage": stage},
        experiment=".trash/5",
    )
    record = f"run_id: {BAD}\nlifecycle_stage: {stage}\nstatus: 3\n"
    write(tmp_path / ".trash/5", {f"{BAD}/meta.yaml": record})
    store = MlrunsStore(tmp_path)
    experiments = {experiment.where: experiment for experiment in store.experiments()}
    assert [is_deleted(each) for each in experiments.values()] == [False, True]
    assert experiments[".trash/5"].id == "5"
    ((outline,), problems) = store.outlines(experiments[".trash/5"])
    run = store.read(outline)
    assert (run.where, run.experiment_id, run.params) == (f".trash/5/{BAD}", "5", {"p": "1"})
    assert outline.lifecycle_stage == run.lifecycle_stage == "deleted"
    assert problems == run.problems == ()
    check_good_run(tmp_path)


def test_what_says_deleted_is_deleted_wherever_it_lies(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path, {"5/meta.yaml": experiment_record("5", {"lifecycle_stage": "deleted"})})
    add_run(tmp_path, BAD, experiment="5")
    assert is_deleted(experiments_of(tmp_path)["5"])
    assert is_deleted(read_all(tmp_path)[f"5/{BAD}"])
    check_good_run(tmp_path)


def test_a_deleted_run_among_live_ones_is_deleted_alone(tmp_path: Path) -> None:
    good_store(tmp_path)
    changes = {"lifecycle_stage": "deleted", "deleted_time": 1600000000000}
    add_run(tmp_path, BAD, changes=changes)
    run = read_bad(tmp_path)
    assert (is_deleted(run), run.problems) == (True, ())


def test_a_store_of_nothing_but_deleted_experiments_opens(tmp_path: Path) -> None:
    add_experiment(tmp_path, ".trash/1")
    assert [is_deleted(each) for each in experiments_of(tmp_path).values()] == [True]


@pytest.mark.parametrize(
    ("uri", "note"),
    [
        (f"file:///C:/Users/ana/mlruns/1/{BAD}/artifacts", ""),
        (f"file:C:/Users/ana/mlruns/1/{BAD}/artifacts", ""),
        (f"C:\\Users\\ana\\mlruns\\1\\{BAD}\\artifacts", ""),
        (f"C:/Users/ana/mlruns/1/{BAD}/artifacts", ""),
        (f"/home/gone/mlruns/1/{BAD}/artifacts", ""),
        (f"file:///home/gone/my%20runs/1/{BAD}/artifacts/", ""),
        (f"./mlruns/1/{BAD}/artifacts", ""),
        (f"\\\\server\\share\\1\\{BAD}\\artifacts", ""),
        (f"file:///data/models/{BAD}/artifacts", f"file:///data/models/{BAD}/artifacts"),
        (f"C:\\models\\{BAD}\\artifacts", f"C:\\models\\{BAD}\\artifacts"),
        ("/data/a:/b", "/data/a:/b"),
        ("\\\\server\\share\\models", "\\\\server\\share\\models"),
        ("s3://bucket/1/x/artifacts", "s3://bucket/1/x/artifacts"),
        ("dbfs:/databricks/1/x/artifacts", "dbfs:/databricks/1/x/artifacts"),
        ("mlflow-artifacts:/1/x/artifacts", "mlflow-artifacts:/1/x/artifacts"),
        (None, ""),
        (["a", "list"], ""),
    ],
)
def test_artifacts_lie_beside_the_run_whatever_its_record_says(
    tmp_path: Path, uri: object, note: str
) -> None:
    good_store(tmp_path)
    made = add_run(
        tmp_path, BAD, {"artifacts/a/b.bin": GOOD_ARTIFACT}, changes={"artifact_uri": uri}
    )
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts) == ["a/b.bin"]
    with MlrunsStore(tmp_path).open_artifact(run, "a/b.bin") as file:
        assert file.read() == GOOD_ARTIFACT
    assert (run.artifact_note, run.problems) == ("", ())
    shutil.rmtree(made / "artifacts")
    assert read_bad(tmp_path).artifact_note == note


def test_a_tree_written_on_windows_is_read(tmp_path: Path) -> None:
    add_good_run(tmp_path)
    uri = "file:///C:/Users/ana/mlruns/1"
    meta = experiment_record("1", {"artifact_location": uri}).replace("\n", "\r\n")
    write(tmp_path, {"1/meta.yaml": meta, "1/tags/team": "a\r\nb"})
    made = add_run(
        tmp_path,
        BAD,
        {"metrics/val/loss": "1600000000000 0.5 0\r\n", "params/p": "a\r\nb", "tags/t": "x"},
        changes={"artifact_uri": f"{uri}/{BAD}/artifacts"},
    )
    record = (made / "meta.yaml").read_text().replace("\n", "\r\n")
    (made / "meta.yaml").write_text(record, newline="")
    run = read_bad(tmp_path)
    assert (run.id, run.name, run.artifact_uri) == (BAD, "name of bad0", f"{uri}/{BAD}/artifacts")
    assert (run.params, run.tags) == ({"p": "a\r\nb"}, {"t": "x"})
    assert values_of(tmp_path, run, "val/loss") == [(0, 1600000000000, 0.5)]
    experiment = experiments_of(tmp_path)["1"]
    assert (experiment.name, experiment.tags) == ("experiment 1", {"team": "a\r\nb"})
    assert problems_of(tmp_path) == []


def test_a_tree_that_was_moved_is_read_as_before(tmp_path: Path) -> None:
    good_store(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    check_good_run(tmp_path / "there")


def test_a_value_larger_than_any_parameter_is_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"params/big": "", "params/p": "1"})
    with (tmp_path / WHERE / "params/big").open("r+b") as file:
        file.truncate((16 << 20) + 1)
    run = read_bad(tmp_path)
    assert run.params == {"p": "1"}
    assert run.problems == (
        Problem(
            f"{WHERE}/params/big",
            None,
            "16,777,217 bytes; files over 16,777,216 bytes are not read",
        ),
    )


def test_a_tree_of_artifacts_alone_is_no_store_and_no_problem_beside_one(tmp_path: Path) -> None:
    write(tmp_path, {f"7/{BAD}/artifacts/a.txt": "x"})
    with pytest.raises(StoreError, match="holds artifacts but no record of a run"):
        MlrunsStore(tmp_path)
    good_store(tmp_path)
    assert list(experiments_of(tmp_path)) == [EXPERIMENT]
    assert problems_of(tmp_path) == []
