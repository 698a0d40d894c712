"""Why a run failed: the last words of a traceback or of a log, read from its end only."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model import Artifact, Cause
from reportgen.readers.cause import TAIL_BYTES, find_cause
from tests.trees import ABSENT, BAD, EXPERIMENT, add_run, good_store, read_all, write

PYTHON = """Traceback (most recent call last):
  File "train.py", line 3, in <module>
    fit(frame)
  File "/usr/lib/python3/fit.py", line 9, in fit
    raise KeyError(column)
KeyError: 'mtry'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "train.py", line 5, in <module>
    raise ValueError("no such column") from error
sklearn.exceptions.NotFittedError: no such column
"""
R_BASE = """Loading required package: parsnip
Error in fit(spec, data) : object 'mtry' not found
Calls: source -> withVisible -> eval
Execution halted
"""
R_LONG = """Error in tune_grid(workflow, resamples = folds, grid = grid, metrics = metrics) :
  package 'ranger' is required
Execution halted
"""
R_TIDY = """Error in `mutate()`:
ℹ In argument: `a = b`.
Caused by error:
! object 'b' not found
Execution halted
"""


def cause_of(text: str | bytes, path: str = "traceback.txt") -> str:
    """The reason that a run's only artifact tells; "" for none."""
    body = text.encode() if isinstance(text, str) else text
    found = find_cause([Artifact(path, len(body))], lambda _: body)
    assert found is None or found.path == path
    return found.reason if found else ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PYTHON, "sklearn.exceptions.NotFittedError: no such column"),
        ("Traceback\nValueError: first line\n  and a second\n", "ValueError: first line"),
        ("Traceback\nKeyboardInterrupt\n", "KeyboardInterrupt"),
        ("Traceback\nSystemExit: 3\n\n\n", "SystemExit: 3"),
        ("Traceback\nAssertionError\n", "AssertionError"),
        (
            "Traceback\npydantic.ValidationError:\n2 fields are missing\nmore\n",
            "pydantic.ValidationError: 2 fields are missing",
        ),
        (R_BASE, "Error in fit(spec, data) : object 'mtry' not found"),
        (
            R_LONG,
            "Error in tune_grid(workflow, resamples = folds, grid = grid, metrics = metrics) : "
            "package 'ranger' is required",
        ),
        (R_TIDY, "Error in `mutate()`: ℹ In argument: `a = b`."),
        ("Error: object 'x' not found\nExecution halted\n", "Error: object 'x' not found"),
        (
            "epoch 1\nepoch 2\nSegmentation fault (core dumped)\n",
            "Segmentation fault (core dumped)",
        ),
        ("epoch 1\n----------\n\n", "epoch 1"),
        ("Killed\n", "Killed"),
        ('  File "ValueError.py", line 3\n', 'File "ValueError.py", line 3'),
        ("RuntimeError: \x1b[31mred\x1b[0m\ttab\u202e\n", "RuntimeError:  [31mred [0m tab "),
        ("", ""),
        ("\n \n-----\n=====\n", ""),
    ],
)
def test_reason_is_the_line_that_names_the_error(text: str, reason: str) -> None:
    assert cause_of(text) == reason


def test_long_reason_is_cut() -> None:
    reason = cause_of("ValueError: " + "x" * 1000)
    assert (len(reason), reason[-1]) == (240, "…")


@pytest.mark.parametrize(
    "body", [b"\0" * 100, b"\x80\x04\x95\0\0ValueError: x", b"\xff\xfeK\0i\0l\0l\0e\0d\0"]
)
def test_binary_files_tell_nothing(body: bytes) -> None:
    assert cause_of(body, "error.log") == ""


def test_text_of_another_encoding_is_shown_as_far_as_it_goes() -> None:
    assert cause_of("ValueError: für".encode("latin-1")) == "ValueError: f\ufffdr"


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["run.log", "stderr.txt", "traceback.txt"], "traceback.txt"),
        (["b/error.txt", "a/error.txt"], "a/error.txt"),
        (["logs/run.log", "logs/STDERR"], "logs/STDERR"),
        (["crash.out", "run.err"], "crash.out"),
        (["run.log"], "run.log"),
        (["train_error.csv", "error.png", "errors.json", "notes.txt", "run.out"], None),
        (["traceback/notes.txt"], None),
    ],
)
def test_likeliest_file_is_asked_first(paths: list[str], told: str | None) -> None:
    found = find_cause([Artifact(path, 9) for path in paths], lambda path: b"KeyError: 1")
    assert (found.path if found else None) == told


def test_next_file_is_asked_where_one_is_empty_or_cannot_be_read() -> None:
    bodies = {"exception.txt": b"", "error.txt": None, "stderr.log": b"\0", "run.log": b"Killed"}
    artifacts = [Artifact("traceback.txt", 0), *(Artifact(path, 9) for path in bodies)]
    asked: list[str] = []

    def read_tail(path: str) -> bytes | None:
        asked.append(path)
        return bodies[path]

    assert find_cause(artifacts, read_tail) == Cause("Killed", "run.log")
    assert asked == ["exception.txt", "error.txt", "stderr.log", "run.log"]


@given(st.binary(max_size=300))
def test_any_bytes_give_one_printable_line_or_nothing(body: bytes) -> None:
    reason = cause_of(body)
    assert reason == "" or reason.isprintable()


FAILED = {"status": 4}


def cause_in(root: Path) -> Cause | None:
    return read_all(root)[f"{EXPERIMENT}/{BAD}"].cause


@pytest.mark.parametrize("status", [4, 5])
def test_failed_and_killed_runs_have_a_cause(tmp_path: Path, status: int) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"artifacts/log/stderr.txt": PYTHON}, changes={"status": status})
    reason = "sklearn.exceptions.NotFittedError: no such column"
    assert cause_in(tmp_path) == Cause(reason, "log/stderr.txt")


@pytest.mark.parametrize("status", [1, 2, 3, ABSENT])
def test_other_runs_have_none(tmp_path: Path, status: object) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"artifacts/stderr.txt": PYTHON}, changes={"status": status})
    assert cause_in(tmp_path) is None


def test_of_a_huge_log_only_the_end_is_read(tmp_path: Path) -> None:
    good_store(tmp_path)
    log = add_run(tmp_path, BAD, {"artifacts/run.log": ""}, changes=FAILED) / "artifacts/run.log"
    with log.open("wb") as file:
        file.truncate(1 << 40)  # of which the disk holds nothing
        file.seek((1 << 40) - TAIL_BYTES)
        file.write(b"x" * (TAIL_BYTES - 40) + b"\nMemoryError: 1 TiB is too much\n".rjust(40))
    assert cause_in(tmp_path) == Cause("MemoryError: 1 TiB is too much", "run.log")


def test_what_stands_before_the_end_does_not_count(tmp_path: Path) -> None:
    good_store(tmp_path)
    body = "ValueError: long ago\n" + "epoch\n" * TAIL_BYTES
    add_run(tmp_path, BAD, {"artifacts/run.log": body}, changes=FAILED)
    assert cause_in(tmp_path) == Cause("epoch", "run.log")


def test_link_out_of_the_store_tells_no_cause(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    write(tmp_path, {"secret.txt": "SecretError: do not tell"})
    good_store(store)
    run = add_run(store, BAD, {"artifacts/a.txt": "a"}, changes=FAILED)
    (run / "artifacts/traceback.txt").symlink_to(tmp_path / "secret.txt")
    (run / "artifacts/stderr.log").symlink_to("/proc/self/environ")
    assert cause_in(store) is None


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    import os

    good_store(tmp_path)
    run = add_run(tmp_path, BAD, {"artifacts/a.txt": "a"}, changes=FAILED)
    os.mkfifo(run / "artifacts/stderr.log")
    assert cause_in(tmp_path) is None
