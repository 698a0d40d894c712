"""Stores in temporary copies, opened by reportgen and by MLflow's own client.

MLflow writes into what it reads, so it never gets an original. It also refuses runs without
their `metrics`, `params` or `artifacts` folder, which git drops when empty: those are made again.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import reportgen
from reportgen.model import Experiment, Run

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

CHECKOUT = Path(__file__).parents[2]
VERSIONS = CHECKOUT / "tests/mlflow_versions"
REAL = CHECKOUT.parent / "shared/real_stores"  # other people's; not part of the project
# Those that MLflow 3 can read whole; test_unreadable.py has the others.
STORES = {
    "sample": CHECKOUT / "sample_mlruns",
    "1.2.0": VERSIONS / "1.2.0/mlruns",
    "1.30.1": VERSIONS / "1.30.1/mlruns",
    "2.9.2": VERSIONS / "2.9.2/mlruns",
    "2.22.5": VERSIONS / "2.22.5/mlruns",
    "3.18.0-file": VERSIONS / "3.18.0-file/mlruns",
    "AbinavRavi": REAL / "AbinavRavi__MlFlow-intro/mlruns",
    "Ameer-Tiger": REAL / "Ameer-Tiger__pydataberlin-2019/mlruns",
    "Finnk11": REAL / "Finnk11__bilevel-rl/experiments/mlruns",
    "GergoGit": REAL / "GergoGit__DeepTemporalContinousClustering/mlruns",
    "gyasis": REAL / "gyasis__PromptChain/examples/mlruns",
    "loglabs": REAL / "loglabs__mltrace/examples/mlruns",
    "pedroilidio": REAL / "pedroilidio__ijcnn2024/experiments/mlruns",
}


@dataclass(frozen=True)
class Pair:
    """One store, as reportgen and as MLflow has it."""

    root: Path
    ours: reportgen.OpenStore
    theirs: "MlflowClient"
    experiments: tuple[Experiment, ...]  # deleted ones too
    runs: tuple[tuple[Run, "MlflowRun"], ...]  # those that both have, deleted ones too


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
