"""What is no store: which words say what it is instead, and what to name."""

import sqlite3
from pathlib import Path

import pytest

from reportgen.errors import StoreError
from reportgen.readers.mlruns import MlrunsStore
from tests.trees import (
    BAD,
    EXPERIMENT,
    add_good_run,
    add_run,
    check_good_run,
    experiments_of,
    good_store,
    write,
)

TO_A_FOLDER = (
    "track to a folder: MLFLOW_TRACKING_URI=mlruns, and for MLflow 3.13 and newer"
    " MLFLOW_ALLOW_FILE_STORE=true"
)
ONE_EXPERIMENT = "is one experiment of a store, not the store"
ONE_RUN = "is one run of a store, not the store"
NO_RECORDS = "holds artifacts but no record of a run"


def refusal(root: Path) -> tuple[str, str]:
    """What is said of something that is no store, without its path, and what to do."""
    with pytest.raises(StoreError) as caught:
        MlrunsStore(root)
    said = str(caught.value).partition(" (looked for")[0]
    return said.removeprefix(f"{root} "), caught.value.hint


def make_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table experiments (name text)")
    connection.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    good_store(tmp_path / "mlruns")
    add_run(tmp_path / "mlruns", BAD)
    return tmp_path / "mlruns"


def test_an_experiment_is_not_taken_for_a_store_of_its_runs(store: Path) -> None:
    hint = f"name the store's folder: {store}"
    assert refusal(store / EXPERIMENT) == (ONE_EXPERIMENT, hint)


def test_the_store_is_named_as_its_experiment_was(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.parent)
    hint = "name the store's folder: mlruns"
    assert refusal(Path("mlruns", EXPERIMENT)) == (ONE_EXPERIMENT, hint)
    monkeypatch.chdir(store / EXPERIMENT)
    assert refusal(Path()) == (ONE_EXPERIMENT, "name the store's folder: ..")


@pytest.mark.parametrize("name", ["meta.yaml", f"{BAD}/meta.yaml"])
def test_nor_is_one_with_a_record_that_cannot_be_read(store: Path, name: str) -> None:
    write(store / EXPERIMENT, {name: ""})
    assert refusal(store / EXPERIMENT)[0] == ONE_EXPERIMENT


def test_nor_is_one_without_a_record(store: Path) -> None:
    (store / EXPERIMENT / "meta.yaml").unlink()
    assert refusal(store / EXPERIMENT)[0] == ONE_EXPERIMENT


@pytest.mark.parametrize("files", [{}, {"meta.yaml": "status: ["}])
def test_a_run_is_not_taken_for_a_store(store: Path, files: dict[str, str | bytes]) -> None:
    run = add_good_run(store)
    write(run, files)
    assert refusal(run) == (ONE_RUN, f"name the store's folder: {store}")


def test_a_store_with_a_stray_record_is_one(store: Path) -> None:
    write(store, {"meta.yaml": "run_id: x\n"})
    assert list(experiments_of(store)) == [EXPERIMENT]
    check_good_run(store)


def test_a_store_whose_only_experiment_cannot_be_read_is_one(tmp_path: Path) -> None:
    write(tmp_path, {"5/meta.yaml": "name: ["})
    assert experiments_of(tmp_path) == {}


def test_the_folder_above_a_store_names_it(store: Path) -> None:
    said = "is not a store itself"
    assert refusal(store.parent) == (said, f"did you mean {store}?")


def test_a_database_is_told_of_by_what_it_holds(tmp_path: Path) -> None:
    make_database(tmp_path / "tracking")
    said = "is a database; this version reads `mlruns` folders only"
    assert refusal(tmp_path / "tracking") == (said, TO_A_FOLDER)


@pytest.mark.parametrize("files", [{}, {"mlruns/1/x/artifacts/m.txt": "x"}])
def test_a_folder_with_a_database_is_told_of(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    make_database(tmp_path / "mlflow.db")
    write(tmp_path, {"a.db": "no database", **files})
    said = "holds a database, mlflow.db; this version reads `mlruns` folders only"
    assert refusal(tmp_path) == (said, TO_A_FOLDER)


@pytest.mark.parametrize("place", ["1/x/artifacts", "1/models/m-1/artifacts"])
def test_artifacts_without_runs_are_told_of(tmp_path: Path, place: str) -> None:
    root = tmp_path / "mlruns"
    write(root, {f"{place}/m.txt": "x"})
    hint = "its runs were tracked elsewhere, perhaps in a mlflow.db beside it"
    assert refusal(root) == (NO_RECORDS, hint)
    make_database(tmp_path / "mlflow.db")
    beside = tmp_path / "mlflow.db"
    hint = f"its runs were tracked in {beside}, a database, which this version cannot read"
    assert refusal(root) == (NO_RECORDS, hint)


def test_a_project_whose_store_has_artifacts_alone_is_told_of(tmp_path: Path) -> None:
    write(tmp_path, {"mlruns/1/x/artifacts/m.txt": "x"})
    assert refusal(tmp_path)[0] == NO_RECORDS


def test_other_things_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, {"code/main.py": "x"})
    assert refusal(tmp_path / "empty")[0] == "is empty"
    assert refusal(tmp_path / "code")[0] == "is not an MLflow store"
    assert refusal(tmp_path / "code/main.py")[0] == "is a file, not a store"
    assert refusal(tmp_path / "gone")[0] == f"no store at {tmp_path / 'gone'}"
