"""The store that the benchmarks measure on: equal bytes everywhere, and readable by MLflow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pytest

CHECKOUT = Path(__file__).parents[2]
RUNS, METRICS, POINTS = 24, 3, 40


def make(out: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.make_store", "--experiments=2", f"--runs={RUNS}"]
    command += [f"--metrics={METRICS}", f"--points={POINTS}", *options, str(out)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    receipt: dict[str, Any] = json.loads((out / "receipt.json").read_text())
    return receipt


def bytes_below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_one_and_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path / "one", "--jobs=1")
    make(tmp_path / "two", "--jobs=2")
    one, two = bytes_below(tmp_path / "one"), bytes_below(tmp_path / "two")
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_another_seed_writes_other_runs(tmp_path: Path) -> None:
    first = make(tmp_path / "first", "--seed=1")
    second = make(tmp_path / "second", "--seed=2")
    assert first["digest"] != second["digest"]
    assert not bytes_below(tmp_path / "first").keys() & {
        name for name in bytes_below(tmp_path / "second") if "/metrics/" in name
    }


def test_a_folder_of_others_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    command = [sys.executable, "-m", "benchmarks.make_store", "--runs=1", str(tmp_path)]
    done = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "did not write" in done.stderr
    assert bytes_below(tmp_path) == {"thesis.txt": b"mine"}


def test_every_meta_yaml_is_what_pyyaml_would_write(tmp_path: Path) -> None:
    make(tmp_path)
    records = [body for name, body in bytes_below(tmp_path).items() if name.endswith("/meta.yaml")]
    assert len(records) == 2 + 2 * RUNS
    for body in records:
        again = yaml.safe_dump(
            yaml.safe_load(body), default_flow_style=False, allow_unicode=True, sort_keys=True
        )
        assert body == again.encode()


def points_in(body: bytes) -> list[tuple[int, str, int]]:
    lines = [line.split(" ") for line in body.decode().splitlines()]
    return [(int(time), repr(float(value)), int(step)) for time, value, step in lines]


def test_mlflow_reads_every_run_and_every_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

    tally = make(tmp_path)["tally"]
    files = bytes_below(tmp_path / "mlruns")
    client = MlflowClient(tracking_uri=(tmp_path / "mlruns").as_uri())
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    runs = client.search_runs(experiments, run_view_type=ViewType.ALL)
    assert len(runs) == tally["runs"] == 2 * RUNS
    assert len(client.search_runs(experiments)) == tally["active_runs"]
    points = 0
    for run in runs:
        folder = f"{run.info.experiment_id}/{run.info.run_id}"
        assert len(run.data.params) == 20
        assert len(run.data.metrics) == METRICS
        for key in run.data.metrics:
            history = client.get_metric_history(run.info.run_id, key)
            read = [(point.timestamp, repr(point.value), point.step) for point in history]
            assert read == points_in(files[f"{folder}/metrics/{key}"])
            points += len(read)
    assert points == tally["points"]
