"""Small `mlruns/` trees, written file by file as MLflow writes them, for tests of the reader."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from reportgen.model import DELETED, Artifact, Experiment, MetricHead, Problem, Run, Status
from reportgen.readers.mlruns import MlrunsStore

EXPERIMENT = "1"
GOOD = "900d" + "0" * 28  # the run that must come through whatever lies beside it
BAD = "bad0" + "0" * 28  # the run that a test damages
ABSENT: Any = object()  # a field to leave out of a record

GOOD_RMSE = "1600000000000 0.5 0\n1600000001000 0.25 1\n1600000002000 0.375 2\n"
GOOD_ARTIFACT = b"\x89PNG not really"


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by their paths below `root`, with the folders they need."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def record(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """A record as MLflow dumps it; `changes` replace fields, ABSENT leaves one out."""
    merged = {key: value for key, value in {**fields, **changes}.items() if value is not ABSENT}
    return yaml.safe_dump(merged, default_flow_style=False, allow_unicode=True)


def experiment_record(experiment_id: str, changes: Mapping[str, Any] | None = None) -> str:
    """The meta.yaml of an experiment, as MLflow 2 and 3 write it."""
    fields = {
        "artifact_location": f"file:///data/mlruns/{experiment_id}",
        "creation_time": 1600000000000,
        "experiment_id": experiment_id,
        "last_update_time": 1600000000000,
        "lifecycle_stage": "active",
        "name": f"experiment {experiment_id}",
    }
    return record(fields, changes or {})


def run_record(
    run_id: str, changes: Mapping[str, Any] | None = None, *, experiment: str = EXPERIMENT
) -> str:
    """The meta.yaml of a finished run, as MLflow 2.22 writes it."""
    fields = {
        "artifact_uri": f"file:///data/mlruns/{experiment}/{run_id}/artifacts",
        "end_time": 1600000009000,
        "entry_point_name": "",
        "experiment_id": experiment,
        "lifecycle_stage": "active",
        "run_id": run_id,
        "run_name": f"name of {run_id[:4]}",
        "run_uuid": run_id,
        "source_name": "",
        "source_type": 4,
        "source_version": "",
        "start_time": 1600000000000,
        "status": 3,
        "tags": [],
        "user_id": "ana",
    }
    return record(fields, changes or {})


def add_experiment(root: Path, experiment_id: str = EXPERIMENT) -> Path:
    """An experiment without runs; its folder."""
    write(root, {f"{experiment_id}/meta.yaml": experiment_record(experiment_id)})
    return root / experiment_id


def add_run(
    root: Path,
    run_id: str = BAD,
    files: Mapping[str, str | bytes] | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    experiment: str = EXPERIMENT,
) -> Path:
    """A run with a record and the given files; its folder."""
    folder = root / experiment / run_id
    write(folder, {"meta.yaml": run_record(run_id, changes, experiment=experiment)})
    write(folder, files or {})
    return folder


def add_good_run(root: Path, experiment: str = EXPERIMENT) -> Path:
    """The run that `check_good_run` knows by heart; its folder."""
    files: dict[str, str | bytes] = {
        "metrics/rmse": GOOD_RMSE,
        "params/mtry": "3",
        "tags/mlflow.user": "ana",
        "artifacts/plots/fit.png": GOOD_ARTIFACT,
    }
    return add_run(root, GOOD, files, experiment=experiment)


def good_store(root: Path) -> Path:
    """A store of one experiment with the good run in it; the experiment's folder."""
    add_good_run(root)
    return add_experiment(root)


def read_all(root: Path) -> dict[str, Run]:
    """Every run of a store by its place, deleted ones too."""
    store = MlrunsStore(root)
    outlines = [outline for each in store.experiments() for outline in store.outlines(each)[0]]
    return {outline.where: store.read(outline) for outline in outlines}


def read_bad(root: Path, where: str = f"{EXPERIMENT}/{BAD}") -> Run:
    """The run a test has damaged, once the good run beside it is seen to be whole."""
    check_good_run(root)
    return read_all(root)[where]


def problems_of(root: Path) -> list[Problem]:
    """All problems of a store, in the order they are met."""
    store = MlrunsStore(root)
    found = list(store.problems())
    for experiment in store.experiments():
        outlines, unreadable = store.outlines(experiment)
        found += [*experiment.problems, *unreadable]
        for outline in outlines:
            found += store.read(outline).problems
    return found


def experiments_of(root: Path) -> dict[str, Experiment]:
    """The experiments of a store by their place."""
    return {experiment.where: experiment for experiment in MlrunsStore(root).experiments()}


def values_of(root: Path, run: Run, key: str) -> list[tuple[int, int, float]]:
    """The points of a metric as (step, timestamp, value)."""
    series = MlrunsStore(root).series(run, key)
    return list(zip(series.steps, series.timestamps, series.values, strict=True))


def check_good_run(root: Path, experiment: str = EXPERIMENT) -> None:
    """Assert that the good run is there with all its values and without a problem."""
    store = MlrunsStore(root)
    run = read_all(root)[f"{experiment}/{GOOD}"]
    head = run.metrics["rmse"]
    assert run.problems == ()
    assert (run.status, run.user, run.name) == (Status.FINISHED, "ana", "name of 900d")
    assert (run.start_time, run.end_time) == (1600000000000, 1600000009000)
    assert (run.params, run.tags) == ({"mtry": "3"}, {"mlflow.user": "ana"})
    expected = MetricHead("rmse", 3, 0.375, 2, 1600000002000, 0.25, 0.5, head.digest, 1, 0)
    assert head == replace(expected, trace="AffA_Q")
    assert values_of(root, run, "rmse") == [
        (0, 1600000000000, 0.5),
        (1, 1600000001000, 0.25),
        (2, 1600000002000, 0.375),
    ]
    assert [(item.path, item.size) for item in run.artifacts] == [("plots/fit.png", 15)]
    with store.open_artifact(run, "plots/fit.png") as file:
        assert file.read() == GOOD_ARTIFACT


def is_deleted(value: Run | Experiment) -> bool:
    """Whether a run or experiment counts as deleted."""
    return value.lifecycle_stage == DELETED


def artifact_paths(artifacts: tuple[Artifact, ...]) -> list[str]:
    """The paths of a listing of artifacts."""
    return [artifact.path for artifact in artifacts]


def everything_in(root: Path) -> str:
    """All that the reader gives of a store, as text: records, points, artifact bytes, problems."""
    store = MlrunsStore(root)
    told: list[object] = [store.experiments(), problems_of(root), store.label]
    for run in read_all(root).values():
        told += [run, [store.series(run, key) for key in run.metrics]]
        for artifact in run.artifacts:
            with store.open_artifact(run, artifact.path) as file:
                told.append(file.read())
    return "\n".join(map(repr, told))


def run_in_time(code: str, root: Path) -> str:
    """What Python code prints of a store, in a process of its own, which is stopped if it hangs.

    The code finds the store as `root`, and this module as `trees`.
    """
    head = "import pathlib, sys, tests.trees as trees\nroot = pathlib.Path(sys.argv[1])\n"
    command = [sys.executable, "-c", head + code, str(root)]
    checkout = Path(__file__).parents[1]
    done = subprocess.run(
        command, cwd=checkout, check=True, capture_output=True, text=True, timeout=120
    )
    return done.stdout


def read_in_time(root: Path) -> None:
    """Read everything in a process that is stopped if it hangs."""
    run_in_time("trees.everything_in(root)", root)
