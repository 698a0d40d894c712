"""Runs to damage, and stores with something outside of them, for the tests of the reader."""

import os
import shutil
import stat
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from reportgen.model import Run
from tests.trees import (
    BAD,
    EXPERIMENT,
    add_good_run,
    add_run,
    experiment_record,
    good_store,
    read_bad,
    record,
    values_of,
    write,
)

T = 1600000000000
RUN = f"{EXPERIMENT}/{BAD}"
META = f"{RUN}/meta.yaml"
LOSS = f"{RUN}/metrics/loss"
INPUTS = f"{RUN}/inputs"
OUTPUTS = f"{RUN}/outputs"
LOGGED = {"metrics/loss": "1600000000000 0.5 0\n", "params/a": "1", "tags/t": "x"}
DATASET = "d" * 32
MODEL = "m-" + "5" * 32
SAFE_POINT = "1600000000000 1 0\n"
POINT_OUTSIDE = "1600000000000 31337.25 0\n"
LEADS_OUT = "a link that leads out of the store; not followed"
DANGLES = "a link to something that is not there"
NOT_A_FILE = "neither a file nor a folder (a pipe, socket or device); not opened"


def age(path: Path) -> None:
    """Make a file as old as one that nobody is writing any more."""
    os.utime(path, (1_600_000_000, 1_600_000_000))


def break_run(root: Path, body: str | bytes) -> None:
    """A good store with a second run whose record is `body`."""
    good_store(root)
    add_run(root, BAD, LOGGED)
    write(root, {META: body})
    age(root / META)


def changed_run(root: Path, changes: dict[str, Any]) -> Path:
    """A good store with a second run whose record has `changes`."""
    good_store(root)
    return add_run(root, BAD, LOGGED, changes=changes)


def run_with(root: Path, body: str | bytes, *, status: int = 3) -> Run:
    """The run whose metric `loss` has these bytes, beside the good run, which is checked."""
    good_store(root)
    add_run(root, BAD, {"metrics/loss": body}, changes={"status": status})
    return read_bad(root)


def check_points(root: Path, run: Run, points: list[tuple[int, int, float]], last: float) -> None:
    """Assert on the points, and that the head says the same of them."""
    head = run.metrics["loss"]
    assert values_of(root, run, "loss") == points
    assert (head.count, head.last) == (len(points), last)


def input_record(source_id: object, source_type: str = "DATASET") -> str:
    """As every release writes it, with `destination_id` a copy of `source_id`."""
    fields = {
        "destination_id": deepcopy(source_id),  # else YAML would have an alias
        "destination_type": "RUN",
        "source_id": source_id,
        "source_type": source_type,
        "tags": {"mlflow.data.context": "training"},
    }
    return record(fields, {})


def output_record(model_id: object, step: object = 0) -> str:
    fields = {
        "destination_id": deepcopy(model_id),
        "destination_type": "MODEL_OUTPUT",
        "source_id": model_id,
        "source_type": "RUN_OUTPUT",
        "step": step,
        "tags": {},
    }
    return record(fields, {})


def model_record(changes: dict[str, Any] | None = None) -> str:
    fields = {
        "creation_timestamp": 1600000000000,
        "experiment_id": EXPERIMENT,
        "last_updated_timestamp": 1600000000000,
        "model_id": MODEL,
        "model_type": "classifier",
        "name": "forest",
        "source_run_id": BAD,
        "status": 2,
    }
    return record(fields, changes or {})


def add_model(root: Path, changes: dict[str, Any] | None = None) -> None:
    folder = root / EXPERIMENT / "models" / MODEL
    write(folder, {"meta.yaml": model_record(changes), "params/depth": "3", "tags/t": "x"})
    line = f"1600000000000 0.5 7 {BAD}"
    write(folder, {"metrics/acc": f"{line}\n{line} my coffee 1a2b3c4d\n"})
    write(folder, {"artifacts/MLmodel": "flavors: {}\n"})


def fill(root: Path, mark: str) -> None:
    """A store in which every text holds `mark`, and the metric a number of its own."""
    point = POINT_OUTSIDE if mark == "SECRET" else SAFE_POINT
    files: dict[str, str | bytes] = {
        "meta.yaml": experiment_record("1", {"name": mark}),
        "tags/mark": mark,
        f"datasets/{DATASET}/meta.yaml": f"name: {mark}\ndigest: {mark}\nsource: {mark}\n",
        f"models/{MODEL}/meta.yaml": f"name: {mark}\nmodel_type: {mark}\nsource_run_id: {BAD}\n",
        f"models/{MODEL}/params/mark": mark,
        f"models/{MODEL}/tags/mark": mark,
        f"models/{MODEL}/metrics/m": point,
        f"models/{MODEL}/artifacts/{mark}": mark,
    }
    write(root / EXPERIMENT, files)
    run_files: dict[str, str | bytes] = {
        "metrics/m": point,
        "metrics/deep/m": point,
        "params/mark": mark,
        "tags/mark": mark,
        "tags/mlflow.runName": mark,
        "artifacts/mark": mark,
        "artifacts/deep/mark": mark,
        "inputs/x1/meta.yaml": f"source_id: {DATASET}\nsource_type: DATASET\ntags: {{m: {mark}}}\n",
        f"outputs/{MODEL}/meta.yaml": f"destination_id: {MODEL}\nstep: 1\n",
    }
    add_run(root, BAD, run_files, changes={"run_name": mark, "user_id": mark})


def two_stores(folder: Path) -> tuple[Path, Path]:
    """A store, with the good run in an experiment of its own, and one outside of it."""
    store, outside = folder / "store", folder / "outside"
    fill(store, "public")
    add_good_run(store, "2")
    write(store, {"2/meta.yaml": experiment_record("2")})
    fill(outside, "SECRET")
    return store, outside


def replace_by_link(path: Path, target: str | Path) -> None:
    """Put a link where a file or folder of the tree is."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    path.symlink_to(target)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def make_device(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero: has no end


MAKERS = [
    pytest.param(make_pipe, id="pipe"),
    pytest.param(make_socket, id="socket"),
    pytest.param(make_device, id="device"),
]


def make_or_skip(maker: Callable[[Path], None], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        maker(path)
    except (OSError, AttributeError) as error:
        pytest.skip(f"cannot make this kind of file here: {error}")
