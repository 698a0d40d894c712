"""Stores in temporary copies, opened by reportgen and by MLflow's own client.

MLflow writes into what it reads, so it never gets an original. It also refuses runs without
their `metrics`, `params` or `artifacts` folder, which git drops when empty: those are made again.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import reportgen
from reportgen.model import Experiment, Run

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

CHECKOUT = Path(__file__).parents[2]
VERSIONS = "tests/mlflow_versions"
REAL = "../shared/real_stores"
# Those that MLflow 3 can read whole; test_unreadable.py has the others.
STORES = {
    "sample": "sample_mlruns",
    "1.2.0": f"{VERSIONS}/1.2.0/mlruns",
    "1.30.1": f"{VERSIONS}/1.30.1/mlruns",
    "2.9.2": f"{VERSIONS}/2.9.2/mlruns",
    "2.22.5": f"{VERSIONS}/2.22.5/mlruns",
    "3.18.0-file": f"{VERSIONS}/3.18.0-file/mlruns",
    "AbinavRavi": f"{REAL}/AbinavRavi__MlFlow-intro/mlruns",
    "Ameer-Tiger": f"{REAL}/Ameer-Tiger__pydataberlin-2019/mlruns",
    "Finnk11": f"{REAL}/Finnk11__bilevel-rl/experiments/mlruns",
    "GergoGit": f"{REAL}/GergoGit__DeepTemporalContinousClustering/mlruns",
    "gyasis": f"{REAL}/gyasis__PromptChain/examples/mlruns",
    "loglabs": f"{REAL}/loglabs__mltrace/examples/mlruns",
    "pedroilidio": f"{REAL}/pedroilidio__ijcnn2024/experiments/mlruns",
}


@dataclass(frozen=True)
class Pair:
    """One store, as reportgen and as MLflow has it."""

    root: Path
    ours: reportgen.OpenStore
    theirs: "MlflowClient"
    experiments: tuple[Experiment, ...]  # deleted ones too
    runs: tuple[tuple[Run, "MlflowRun"], ...]  # those that both have, deleted ones too


@pytest.fixture(scope="session")
def mlflow_settings() -> Iterator[None]:
    """MLflow, allowed to open file stores and silent to the outside."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        environment.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        environment.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield


def copy_of(store: Path, target: Path) -> Path:
    """A copy of a store that MLflow can list the runs of."""
    shutil.copytree(store, target)
    for record in target.glob("**/meta.yaml"):
        if (record.parent / "metrics").is_dir() or b"artifact_uri:" in record.read_bytes():
            for name in ("metrics", "params", "artifacts"):
                (record.parent / name).mkdir(exist_ok=True)
    return target


def open_pair(root: Path) -> Pair:
    """Open a copy with both; runs are matched by id."""
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

    ours = reportgen.open_store(str(root))
    theirs = MlflowClient(str(root))
    experiments = ours.experiments(deleted=True)
    known = {
        run.info.run_id: run
        for experiment in theirs.search_experiments(ViewType.ALL)
        for run in theirs.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    }
    runs = tuple(
        (run, known[run.id])
        for experiment in experiments
        for run in ours.runs_of(experiment, deleted=True)
        if run.id in known
    )
    return Pair(root, ours, theirs, experiments, runs)


@pytest.fixture(scope="session", params=STORES)
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mlflow_settings: None
) -> Pair:
    """Each store in turn, opened by both; skipped by name where it is absent."""
    store = CHECKOUT / STORES[request.param]
    if not store.is_dir():
        pytest.skip(f"the store {request.param} is not here")
    return open_pair(copy_of(store, tmp_path_factory.mktemp("equal") / "mlruns"))
