"""Pipes, sockets, devices, endless records, odd names and huge trees in a store."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reportgen.model import Problem
from tests.damages import MAKERS, MODEL, NOT_A_FILE, RUN, make_or_skip, make_pipe
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_run,
    artifact_paths,
    check_good_run,
    everything_in,
    experiment_record,
    experiments_of,
    good_store,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    run_in_time,
    write,
)


@pytest.mark.parametrize("maker", MAKERS)
def test_nothing_but_regular_files_is_opened(tmp_path: Path, maker: Callable[[Path], None]) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"params/p": "1", "inputs/x1/meta.yaml": "source_id: gone\n"})
    told_of = [
        "special",
        ".trash/special",
        f"{EXPERIMENT}/special",
        f"{EXPERIMENT}/tags/special",
        f"{EXPERIMENT}/models/special",
        f"{EXPERIMENT}/models/{MODEL}/meta.yaml",
        f"{EXPERIMENT}/no-record/meta.yaml",
        f"{RUN}/metrics/special",
        f"{RUN}/metrics/deep/special",
        f"{RUN}/params/special",
        f"{RUN}/tags/mlflow.runName",
        f"{RUN}/artifacts/special",
        f"{RUN}/inputs/special",
        f"{RUN}/inputs/x2/meta.yaml",
        f"{RUN}/outputs",
    ]
    for place in told_of:
        make_or_skip(maker, tmp_path / place)
    (tmp_path / "9").mkdir()
    make_or_skip(maker, tmp_path / "9/meta.yaml")
    read_in_time(tmp_path)
    found = problems_of(tmp_path)
    special = {problem.path for problem in found if problem.reason.startswith(NOT_A_FILE)}
    assert special >= set(told_of)
    assert read_all(tmp_path)[RUN].params == {"p": "1"}
    assert "9" not in experiments_of(tmp_path)
    check_good_run(tmp_path)


@pytest.mark.parametrize("maker", MAKERS)
def test_a_link_to_a_pipe_is_not_opened(tmp_path: Path, maker: Callable[[Path], None]) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/p": "1"})
    make_or_skip(maker, tmp_path / "models/special")
    (folder / "params/link").symlink_to(tmp_path / "models/special")
    read_in_time(tmp_path)
    assert Problem(f"{RUN}/params/link", None, NOT_A_FILE) in problems_of(tmp_path)


@pytest.mark.parametrize("maker", MAKERS)
def test_a_record_of_an_experiment_that_is_no_file_keeps_its_runs(
    tmp_path: Path, maker: Callable[[Path], None]
) -> None:
    experiment = good_store(tmp_path)
    (experiment / "meta.yaml").unlink()
    make_or_skip(maker, experiment / "meta.yaml")
    read_in_time(tmp_path)
    assert problems_of(tmp_path) == [
        Problem("1/meta.yaml", None, f"{NOT_A_FILE}; named as the folder")
    ]
    check_good_run(tmp_path)


def test_a_pipe_in_place_of_a_store_is_not_waited_for(tmp_path: Path) -> None:
    make_or_skip(make_pipe, tmp_path / "mlruns")
    code = "try:\n    trees.MlrunsStore(root)\nexcept Exception as error:\n    print(error)\n"
    told = run_in_time(code, tmp_path / "mlruns")
    assert told == f"{tmp_path}/mlruns is a file, not a store\n"


def test_folders_without_end_are_cut_off(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"artifacts/a.txt": "x", "metrics/m": "1600000000000 1 0\n"})
    deep = "/".join(["d"] * 300)
    for kind in ("artifacts", "metrics", "params"):
        write(folder / kind, {f"{deep}/end": "1600000000000 1 0\n", f"{'e/' * 30}end": "1 2 3\n"})
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts) == ["a.txt", "e/" * 30 + "end"]
    assert list(run.metrics) == ["e/" * 30 + "end", "m"]
    assert {problem.reason for problem in run.problems} == {"folders nested over 32 deep; not read"}
    assert len(run.problems) == 3


def test_more_artifacts_than_anyone_lists_are_cut_off(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"artifacts/a": ""}) / "artifacts"
    for number in range(9_999):
        os.close(os.open(folder / f"b{number:05}", os.O_CREAT | os.O_WRONLY))
    run = read_bad(tmp_path)
    assert (len(run.artifacts), run.problems) == (10_000, ())
    (folder / "c").touch()
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts)[::9_999] == ["a", "b09998"]
    assert run.problems == (
        Problem(f"{RUN}/artifacts", None, "only the first 10,000 artifacts are listed"),
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_files_and_folders_that_must_not_be_read_are_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/p": "1", "params/q": "2", "tags/t": "x"})
    write(tmp_path, {"2/meta.yaml": experiment_record("2")})
    denied = [folder / "params/q", folder / "tags", tmp_path / "2"]
    for path in denied:
        path.chmod(0)
    run = read_bad(tmp_path)
    told = problems_of(tmp_path)
    for path in denied:
        path.chmod(0o700)
    assert (run.params, run.tags) == ({"p": "1"}, {})
    assert told == [
        Problem("2", None, "permission denied"),
        Problem(f"{RUN}/params/q", None, "permission denied"),
        Problem(f"{RUN}/tags", None, "permission denied"),
    ]


def test_a_store_of_the_future_is_read_as_any_other(tmp_path: Path) -> None:
    good_store(tmp_path)
    late = time.time() + 10**6
    for path in tmp_path.rglob("*"):
        os.utime(path, (late, late))
    check_good_run(tmp_path)
    assert [artifact.digest for artifact in read_all(tmp_path)[f"1/{GOOD}"].artifacts] == [""]
    assert everything_in(tmp_path)
