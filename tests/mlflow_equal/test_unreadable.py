"""Stores that MLflow 3 cannot read, or reads wrongly, and what stands in them."""

import shutil
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path

import pytest

import reportgen
from reportgen.model import DELETED, Run, Status

from .stores import REAL, VERSIONS, copy_of

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own


@dataclass(frozen=True)
class Old:
    """What the script that made the stores of 0.x logged; the rest is the same in each."""

    second: int  # in which the metrics were logged
    main: tuple[str, int, int]  # run id, start and end in ms
    running: tuple[str, int, None]
    failed: tuple[str, int, int]
    finished: tuple[str, int, int]
    names: tuple[str, str, str]  # of the runs that are running, failed, finished
    lines: str  # the parameter `multi`, one newline less than its file has
    groups: bool  # whether names could hold a "/"
    note: str = ""


OLD = {
    "0.1.0": Old(
        1795438270,
        ("cd7bbcb940714e21b90760bfde11567a", 1795438270708, 1795438270722),
        ("4ca06f9655af4421a83b80fab3cb0ce4", 1795438270732, None),
        ("901f87f4c73d4bef8be1036e233b0153", 1795438270729, 1795438270730),
        ("dbb0bf67d0ac4aad970288fc7309ca2d", 1795438270724, 1795438270727),
        names=("Run 2", "Run 1", "Run 0"),
        lines="line1\nline2\n",
        groups=False,
    ),
    "0.2.1": Old(
        1795438271,
        ("3b9b0d492fe84492be730d81dc17fa99", 1795438271305, 1795438271371),
        ("0d545576f88d415abe489ebc4e0492bf", 1795438271381, None),
        ("8312109f9bd94fcc86283e5554522b61", 1795438271378, 1795438271380),
        ("82cc9a1733de45b88b565d9b994abc41", 1795438271373, 1795438271376),
        names=("Run 2", "Run 1", "Run 0"),
        lines="line1\nline2\n",
        groups=False,
    ),
    "0.5.2": Old(
        1795438272,
        ("cee4b1e926f64c448f9e17a38971ced0", 1795438272016, 1795438272033),
        ("61f547c6580140c8a47108fe749de490", 1795438272043, None),
        ("42b4ebcb1d2048d08e35651d79d1781e", 1795438272040, 1795438272041),
        ("91640ae635094337a8638810e98bba47", 1795438272035, 1795438272038),
        names=("Run 2", "Run 1", "Run 0"),
        lines="line1\nline2\n",
        groups=True,
    ),
    "0.8.2": Old(
        1795438272,
        ("e570c925232f44998a2609b3efc5d952", 1795438272698, 1795438272755),
        ("e0d6645db00c489980c60a72c6446aab", 1795438272777, None),
        ("241a9887ad4043ec841ec7c972e34244", 1795438272771, 1795438272772),
        ("4a4eb437a4d941f9997d426420963c39", 1795438272761, 1795438272766),
        names=("", "", ""),
        lines="line1\nline2",
        groups=True,
        note="# Note\n<b>x</b>",
    ),
}


def store_of(version: str) -> reportgen.OpenStore:
    return reportgen.open_store(str(VERSIONS / version / "mlruns"))


def runs_in(store: reportgen.OpenStore, experiment: str) -> list[Run]:
    (found,) = (one for one in store.experiments() if one.name == experiment)
    return list(store.runs_of(found))


@pytest.mark.parametrize("version", OLD)
def test_mlflow_3_cannot_read_runs_of_0_x(
    version: str, tmp_path: Path, mlflow_settings: None
) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(str(copy_of(VERSIONS / version / "mlruns", tmp_path / "x")))
    with pytest.raises(TypeError, match="missing 1 required"):
        client.search_runs([one.experiment_id for one in client.search_experiments()])


@pytest.mark.parametrize("version", OLD)
def test_experiments_of_0_x(version: str) -> None:
    found = [
        (one.id, one.name, one.lifecycle_stage, one.artifact_location, one.created)
        for one in store_of(version).experiments()
    ]
    assert found == [
        ("0", "Default", "active", "/home/user/project/mlruns/0", None),
        ("1", "old exp", "active", "/home/user/project/mlruns/1", None),
    ]


@pytest.mark.parametrize(("version", "old"), OLD.items())
def test_short_runs_of_0_x(version: str, old: Old) -> None:
    found = [
        (run.id, run.start_time, run.end_time, run.status, run.name, run.params)
        for run in runs_in(store_of(version), "Default")
    ]
    running, failed, finished = old.names
    assert found == [
        (*old.running, Status.RUNNING, running, {"multi": old.lines}),
        (*old.failed, Status.FAILED, failed, {}),
        (*old.finished, Status.FINISHED, finished, {"x": "1"}),
    ]


@pytest.mark.parametrize(("version", "old"), OLD.items())
def test_long_run_of_0_x(version: str, old: Old) -> None:
    (run,) = runs_in(store_of(version), "old exp")
    assert (run.id, run.start_time, run.end_time) == old.main
    assert (run.status, run.lifecycle_stage, run.user) == (Status.FINISHED, "active", "user")
    assert (run.source, run.source_type) == ("/home/user/project/train.py", "LOCAL")
    assert run.artifact_uri == f"/home/user/project/mlruns/1/{run.id}/artifacts"
    group = {"grp/sub": "1"} if old.groups else {}
    assert run.params == {"alpha": "0.5", "uni": "héllo ☃", **group}
    assert run.tags == ({"mlflow.note.content": old.note} if old.note else {})
    assert [(one.path, one.size) for one in run.artifacts] == [("a.txt", 2)]
    assert run.problems == ()


@pytest.mark.parametrize(("version", "old"), OLD.items())
def test_metrics_of_0_x_are_in_seconds_and_without_steps(version: str, old: Old) -> None:
    store = store_of(version)
    (run,) = runs_in(store, "old exp")
    time = old.second * 1000
    group = {"grp/m": [(0, time, 1.0)]} if old.groups else {}
    expected = {
        **group,
        "inf": [(0, time, inf)],
        "int": [(0, time, 3.0)],
        "loss": [(0, time, 0.3333333333333333), (0, time, 0.5), (0, time, 1.0)],
        "nan": [(0, time, nan)],
        "small": [(0, time, 1e-07)],
    }
    series = {key: store.series(run, key) for key in run.metrics}
    found = {
        key: list(zip(one.steps, one.timestamps, map(float, one.values), strict=True))
        for key, one in series.items()
    }
    assert repr(found) == repr(expected)  # as text, so that nan equals nan
    heads = {
        key: (head.step, head.timestamp, head.last, head.count) for key, head in run.metrics.items()
    }
    assert repr(heads) == repr({key: (*max(one), len(one)) for key, one in expected.items()})


def test_a_dataset_name_with_a_space(tmp_path: Path, mlflow_settings: None) -> None:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    version = "3.18.0-spaced-dataset"
    client = MlflowClient(str(copy_of(VERSIONS / version / "mlruns", tmp_path / "x")))
    with pytest.raises(MlflowException, match="contained 6 fields"):
        client.search_runs(["465890060463719342"])

    store = store_of(version)
    plain, spaced = runs_in(store, "spaced")
    assert [(one.name, one.dataset_digest) for one in spaced.datasets] == [("my data", "987cd74d")]
    assert plain.datasets == ()
    points = [
        (run.name, series.steps[0], series.timestamps[0], series.values[0])
        for run in (plain, spaced)
        for series in [store.series(run, "acc")]
    ]
    assert points == [
        ("unequaled-panda-147", 0, 1795440000128, 0.8),
        ("agreeable-trout-707", 3, 1795440000121, 0.9),
    ]


def test_steps_of_points_with_a_dataset_are_those_in_the_file() -> None:
    store = store_of("3.18.0-file")
    run_id = "a71f5a4fe6f245f08eced998b4517e10"
    (run,) = (
        run
        for experiment in store.experiments()
        for run in store.runs_of(experiment)
        if run.id == run_id
    )
    series = store.series(run, "dsm")  # the second line is a copy that MLflow made itself
    assert list(zip(series.steps, series.timestamps, series.values, strict=True)) == [
        (0, 1795438305559, 0.7),
        (4, 1795438305559, 0.7),
    ]
    assert (run.metrics["dsm"].step, run.metrics["mmd"].step) == (4, 2)


def test_what_lies_in_the_trash_of_1_30_is_deleted_though_it_says_active() -> None:
    store = store_of("1.30.1")
    (trashed,) = (one for one in store.experiments(deleted=True) if one.where.startswith(".trash"))
    record = VERSIONS / "1.30.1" / "mlruns" / trashed.where / "meta.yaml"
    assert "lifecycle_stage: active" in record.read_text()
    assert trashed.lifecycle_stage == DELETED
    assert trashed not in store.experiments()
    runs = list(store.runs_of(trashed, deleted=True))
    assert [run.lifecycle_stage for run in runs] == [DELETED] * len(runs)


def test_a_repository_that_kept_the_experiment_and_lost_its_runs(
    tmp_path: Path, mlflow_settings: None
) -> None:
    """AICoE/experiment-tracking committed one record of an experiment, of MLflow 0.x, no run."""
    from mlflow import MlflowClient

    original = REAL / "AICoE__experiment-tracking/examples/mlruns"
    if not original.is_dir():
        pytest.skip("the store AICoE is not here")
    shutil.copytree(original, tmp_path / "x")
    with pytest.raises(TypeError, match="lifecycle_stage"):
        MlflowClient(str(tmp_path / "x")).search_experiments()

    store = reportgen.open_store(str(original))
    assert [(one.id, one.name) for one in store.experiments()] == [("0", "Default")]
    assert runs_in(store, "Default") == []
    assert [path.name for path in original.rglob("*") if path.is_file()] == ["meta.yaml"]
