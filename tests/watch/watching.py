"""A watch in a thread of the test, and what it told."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from reportgen.watch import loop
from reportgen.watch.loop import Listener, Watch
from tests.patience import PATIENCE, until_true
from tests.sites import build, clean_environment, command, difference, options_for, run_id, tree_of


@dataclass
class Told:
    """What a watch said, and which paths it called changed."""

    lines: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def changed(self, paths: Sequence[str]) -> None:
        """Take paths."""
        self.paths += paths


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rests between builds, which only spare a trainer's processors."""
    monkeypatch.setattr(loop, "_LEAST_REST", 0.1)
    monkeypatch.setattr(loop, "_REST", 0.0)
    monkeypatch.setattr(loop, "_LOOK", 0.3)


def append(store: Path, number: int, line: str) -> None:
    """Log a line to a run's metric."""
    with (store / "1" / run_id(number) / "metrics/rmse").open("a") as file:
        file.write(line)


@contextmanager
def watching(store: Path, site: Path, *, poll: float = 0.0, **changes: Any) -> Iterator[Told]:
    """A watch at work for as long as the block goes on."""
    told = Told()
    listener = Listener(told.lines.append, told.changed)
    watch = Watch(options_for(store, site, **changes), listener, poll=poll)
    thread = Thread(target=watch.run)
    thread.start()
    try:
        yield told
    finally:
        watch.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that the watch does in its own time."""
    until_true(is_so, "it did not come")


def until_right(store: Path, site: Path, scratch: Path, **changes: Any) -> None:
    """Wait until a site is what one clean build makes of the store, to the byte."""
    build(store, scratch, **changes)
    clean = tree_of(scratch)

    def is_right() -> bool:
        try:
            return difference(tree_of(site), clean) == []
        except FileNotFoundError:  # a file went while the folder was walked
            return False

    until(is_right)


@dataclass
class Process:
    """A watch in a process of its own, without a preview, and what it has said."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def said(self, words: str) -> bool:
        """Whether some line has these words."""
        return any(words in line for line in self.lines)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, and all that it started, as a terminal does; the exit status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        return self.process.wait(PATIENCE)


@contextmanager
def watch_process(store: Path, site: Path, *before: str) -> Iterator[Process]:
    """A watch with one process to build, started by another command if words come before it."""
    words: list[str | Path] = ["watch", store, "-o", site, "--no-serve", "--jobs", "1"]
    process = subprocess.Popen(
        [*before, *command(words)],
        cwd=store.parent,
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    watch = Process(process)
    stream = process.stderr
    assert stream is not None
    reader = Thread(target=lambda: watch.lines.extend(line.rstrip() for line in stream))
    reader.start()
    try:
        yield watch
    finally:
        watch.end()
        reader.join(PATIENCE)
        stream.close()
