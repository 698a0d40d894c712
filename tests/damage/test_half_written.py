"""What is written, moved or replaced while it is read."""

import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reportgen.errors import AccessError
from reportgen.model import Problem, Status
from reportgen.readers.mlruns import MlrunsStore
from tests.damages import (
    LOGGED,
    LOSS,
    MAKERS,
    META,
    NOT_A_FILE,
    RUN,
    T,
    check_points,
    make_or_skip,
    replace_by_link,
    run_with,
    two_stores,
)
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_experiment,
    add_run,
    check_good_run,
    good_store,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    run_in_time,
    write,
)


def test_a_record_that_is_being_rewritten_is_read_again_after_a_moment(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, LOGGED)
    whole = (tmp_path / META).read_text()
    (tmp_path / META).write_text("")

    def finish() -> None:
        time.sleep(0.05)
        (tmp_path / META).write_text(whole)

    writer = threading.Thread(target=finish)
    writer.start()
    run = read_all(tmp_path)[f"{EXPERIMENT}/{BAD}"]
    writer.join()
    assert (run.status, run.params, run.problems) == (Status.FINISHED, {"a": "1"}, ())


def test_an_empty_record_of_the_far_future_is_not_waited_for(tmp_path: Path) -> None:
    good_store(tmp_path)
    for number in range(200):
        write(tmp_path, {f"1/run{number}/meta.yaml": ""})
        os.utime(tmp_path / f"1/run{number}/meta.yaml", (4_000_000_000, 4_000_000_000))
    read_in_time(tmp_path)
    assert len(problems_of(tmp_path)) == 200
    check_good_run(tmp_path)


def test_a_run_that_is_just_being_made_is_not_there_yet(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    (experiment / BAD).mkdir()
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert problems_of(tmp_path) == []


def test_an_experiment_that_vanishes_during_a_scan_has_no_runs(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, LOGGED, experiment="2")
    add_experiment(tmp_path, "2")
    store = MlrunsStore(tmp_path)
    first, second = store.experiments()
    (tmp_path / "2").rename(tmp_path.parent / "gone")
    assert store.outlines(second) == ((), ())
    assert len(store.outlines(first)[0]) == 1
    (tmp_path.parent / "gone").rename(tmp_path / "2")


@pytest.mark.parametrize("torn", [f"{T}", f"{T} 0.", f"{T} 0.25", f"{T} 0.25 "])
def test_a_cut_last_line_of_a_finished_run_is_left_out(tmp_path: Path, torn: str) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\n{torn}")
    check_points(tmp_path, run, [(0, T, 0.5)], 0.5)
    assert run.problems == (
        Problem(LOSS, 2, "the last line is not finished (no newline at its end); it is left out"),
    )


def test_a_last_line_that_only_lacks_its_newline_counts_in_a_finished_run(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\n{T} 0.25 1")
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)
    assert run.problems == ()


def test_a_last_line_without_its_newline_waits_in_a_running_run(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\n{T} 0.25 1", status=1)
    check_points(tmp_path, run, [(0, T, 0.5)], 0.5)
    assert [problem.line for problem in run.problems] == [2]
    write(tmp_path, {LOSS: f"{T} 0.5 0\n{T} 0.25 17\n"})
    run = read_bad(tmp_path)
    check_points(tmp_path, run, [(0, T, 0.5), (17, T, 0.25)], 0.25)
    assert run.problems == ()


def test_a_cut_line_in_a_file_of_two_fields_counts_as_whole(tmp_path: Path) -> None:
    run = run_with(tmp_path, "1600000000 0.5\n1600000001 0.25")
    check_points(tmp_path, run, [(0, T, 0.5), (0, T + 1000, 0.25)], 0.25)


def test_an_artifact_that_became_a_link_out_is_not_opened(tmp_path: Path) -> None:
    store, outside = two_stores(tmp_path)
    reader = MlrunsStore(store)
    run = read_all(store)[RUN]
    replace_by_link(store / RUN / "artifacts/mark", outside / RUN / "artifacts/mark")
    with pytest.raises(AccessError, match="leads out of the store"):
        reader.open_artifact(run, "mark")
    replace_by_link(store / RUN / "artifacts/deep", outside / RUN / "artifacts/deep")
    with pytest.raises(AccessError, match="leads out of the store"):
        reader.open_artifact(run, "deep/mark")


def test_a_metric_that_became_a_link_out_has_no_points(tmp_path: Path) -> None:
    store, outside = two_stores(tmp_path)
    reader = MlrunsStore(store)
    run = read_all(store)[RUN]
    replace_by_link(store / RUN / "metrics/m", outside / RUN / "metrics/m")
    assert list(reader.series(run, "m").values) == []


OPEN_LATER = """
import os, stat
from reportgen.errors import AccessError
folder = root / trees.EXPERIMENT / trees.BAD
run = trees.read_bad(root)
for name in ("artifacts/a.txt", "metrics/m"):
    (folder / name).unlink()
    os.mknod(folder / name, KIND | 0o600, os.makedev(1, 5))
print(trees.values_of(root, run, "m"))
try:
    trees.MlrunsStore(root).open_artifact(run, "a.txt")
except AccessError as error:
    print(error)
"""


@pytest.mark.parametrize("maker", MAKERS)
def test_an_artifact_that_became_a_pipe_is_not_opened(
    tmp_path: Path, maker: Callable[[Path], None]
) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"artifacts/a.txt": "x", "metrics/m": "1600000000000 1 0\n"})
    make_or_skip(maker, tmp_path / "models/tried")
    kind = stat.S_IFMT((tmp_path / "models/tried").lstat().st_mode)
    told = run_in_time(OPEN_LATER.replace("KIND", str(kind)), tmp_path)
    assert told == f"[]\nthe artifact a.txt of run {BAD} cannot be opened: {NOT_A_FILE}\n"
