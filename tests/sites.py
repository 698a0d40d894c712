"""Sites built from small trees, in this process or by the command line, and what came of them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reportgen.config import Options
from reportgen.site.project import Report, build_site
from reportgen.site.quick import STATE_FOLDER
from tests.trees import experiment_record, run_record, write

CHECKOUT = Path(__file__).resolve().parent.parent


def run_id(number: int) -> str:
    """A run id as MLflow makes them: 32 hex digits."""
    return f"{number:032x}"


def add_experiment(root: Path, experiment_id: str, name: str, **changes: Any) -> Path:
    """An experiment of that name, without runs; its folder."""
    fields = {"name": name, "creation_time": 1600000000000 + int(experiment_id), **changes}
    write(root, {f"{experiment_id}/meta.yaml": experiment_record(experiment_id, fields)})
    return root / experiment_id


def add_run(
    root: Path,
    number: int,
    files: Mapping[str, str | bytes] | None = None,
    *,
    experiment: str = "1",
    **changes: Any,
) -> Path:
    """A run with one metric, one parameter and the given files; its folder.

    Runs start a minute apart, in the order of their numbers.
    """
    identity = run_id(number)
    start = 1600000000000 + number * 60_000
    fields = {"start_time": start, "end_time": start + 9_000, "run_name": f"run {number}"}
    record = run_record(identity, {**fields, **changes}, experiment=experiment)
    given = {"meta.yaml": record, "metrics/rmse": f"{start} 0.{number + 1} 0\n", "params/mtry": "3"}
    write(root / experiment / identity, {**given, **(files or {})})
    return root / experiment / identity


def make_store(root: Path, runs: int, experiments: int = 1) -> Path:
    """A store of runs dealt out to experiments `1`, `2`, ... in turn; its root."""
    for number in range(experiments):
        add_experiment(root, str(number + 1), f"experiment {number + 1}")
    for number in range(runs):
        files = {"artifacts/notes.txt": f"note {number}\n", "tags/team": "blue"}
        add_run(root, number, files, experiment=str(number % experiments + 1))
    return root


def options_for(store: Path, output: Path, **changes: Any) -> Options:
    """Options for one store and one output folder, in one process unless `jobs` is given."""
    return replace(Options(stores=(str(store),), output=str(output), jobs=1), **changes)


def build(store: Path, output: Path, **changes: Any) -> Report:
    """Build a site in this process."""
    return build_site(options_for(store, output, **changes))


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file of a site with its bytes, every folder with a "/" behind; our state left out."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root)
        if here == ".":
            folders[:] = [name for name in folders if name != STATE_FOLDER]
        for name in folders:
            found[os.path.normpath(f"{here}/{name}") + "/"] = b""
        for name in names:
            path = os.path.normpath(f"{here}/{name}")
            found[path] = (root / path).read_bytes()
    return found


def difference(left: Mapping[str, bytes], right: Mapping[str, bytes]) -> list[str]:
    """The paths in which two trees differ: a short list where bytes would fill the screen."""
    return sorted(path for path in {*left, *right} if left.get(path) != right.get(path))


def times_of(root: Path) -> dict[str, int]:
    """When each file and folder of a site was last changed, our state left out."""
    return {path: (root / path).lstat().st_mtime_ns for path in tree_of(root)}


def page(root: Path, path: str) -> str:
    """The text of a page of a site."""
    return (root / path).read_text("utf-8")


def reportgen(
    arguments: Iterable[str | Path], cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, in a folder."""
    return subprocess.run(
        command(arguments),
        cwd=cwd,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def command(arguments: Iterable[str | Path], module: str = "reportgen") -> list[str]:
    """The command line with this interpreter; `module` is what stands in for reportgen."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def without_rights() -> tuple[str, ...]:
    """What comes before a command that is to meet permissions, also where all is root's."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("as root, and without setpriv, no folder is closed")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def clean_environment(**more: str) -> dict[str, str]:
    """An environment free of settings of MLflow and Python, in which our package is found."""
    settings = ("MLFLOW_", "PYTHON", "SOURCE_DATE_EPOCH")
    passed = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    return {**passed, "PYTHONPATH": str(CHECKOUT), **more}


def copy_store(store: Path, folder: Path) -> Path:
    """A copy of a store in another folder, under its own name; times are not kept."""
    return Path(shutil.copytree(store, folder / store.name, copy_function=shutil.copy))
