"""Watch and serve end when they are told to: 130 after Ctrl-C, 0 after SIGTERM; files are whole."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.sites import build, clean_environment, command, difference, make_store, tree_of

CTRL_C, TERM = signal.SIGINT, signal.SIGTERM
STOPPED = "stopped; what was written is whole"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("ending") / "mlruns", runs=2)


def started(folder: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(arguments), stderr=subprocess.PIPE, text=True, cwd=folder, env=clean_environment()
    )


def ended(process: subprocess.Popen[str], first: str, number: signal.Signals) -> tuple[int, str]:
    """The status and the last line of a process that gets a signal once it has said something.

    What it says has an address that a terminal, or who splits the line into words, takes as it is.
    """
    assert process.stderr is not None
    said = process.stderr.readline()
    assert first in said
    process.send_signal(number)
    rest = process.communicate(timeout=PATIENCE)[1]
    assert "Traceback" not in rest
    assert re.search(r" http://127\.0\.0\.1:\d+/\s", said)
    return process.returncode, rest.splitlines()[-1] if rest else ""


@pytest.mark.parametrize(("number", "status"), [(CTRL_C, 130), (TERM, 0)])
def test_a_watch_ends_as_it_is_told(
    store: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    process = started(tmp_path, "watch", store, "-o", "site", "--jobs", "1", "--port", "0")
    assert ended(process, "preview: ", number) == (status, STOPPED)  # perhaps amid its first build
    build(store, tmp_path / "site")
    build(store, tmp_path / "clean")
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []


@pytest.mark.parametrize(("number", "status"), [(CTRL_C, 130), (TERM, 0)])
def test_a_server_ends_as_it_is_told(
    store: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    build(store, tmp_path / "site")
    process = started(tmp_path, "serve", "site", "--port", "0")
    assert ended(process, "serving ", number)[0] == status
