"""A watch as a process, for as long as it is measured or soaked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from benchmarks.measure import CHECKOUT, TaskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 180.0  # seconds
_STEP = 0.005


@contextmanager
def watch_process(
    *arguments: object, folder: Path, lines: list[str]
) -> Iterator[subprocess.Popen[str]]:
    """`reportgen watch` in a folder; what it says comes to `lines`, line by line.

    All of it is read: a watch that nobody listens to would stand still once the pipe is full.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "reportgen", "watch", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    stream = process.stderr
    assert stream is not None
    reader = Thread(target=lambda: lines.extend(line.rstrip() for line in stream), daemon=True)
    reader.start()
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
        reader.join()
        stream.close()


def said(lines: list[str], process: subprocess.Popen[str], fits: Callable[[str], bool]) -> str:
    """The first line that fits, once it comes. Raises TaskError where the watch ends before."""
    until = time.monotonic() + PATIENCE
    seen = 0
    while time.monotonic() < until:
        is_over = process.poll() is not None
        for line in lines[seen:]:
            if fits(line):
                return line
        seen = len(lines)
        if is_over:
            break
        time.sleep(_STEP)
    raise TaskError(f"the watch did not come so far: {'; '.join(lines[-3:]) or 'it said nothing'}")
