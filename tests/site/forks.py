"""Builds that start within milliseconds: forked off a process that has all loaded.

As a module it is that process: it builds a store once, then does as each line of its input says.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.cli import main
from tests.sites import CHECKOUT, clean_environment


class Fork:
    """A build at work, with all that it starts in a process group of its own."""

    def __init__(self, pid: int, answers: int) -> None:
        self._pid = pid
        self._answers = answers

    def has_ended(self) -> bool:
        """Whether it has come to its end, of itself or not."""
        return bool(select.select([self._answers], [], [], 0)[0])

    def kill(self) -> None:
        """End it in the midst of what it does, and its workers with it."""
        if not self.has_ended():
            with suppress(ProcessLookupError):  # it has ended since
                os.killpg(self._pid, signal.SIGKILL)


class Forks:
    """Starts builds, one after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders, self._answers = process.stdin, process.stdout

    @contextmanager
    def started(self, *arguments: str | Path) -> Iterator[Fork]:
        """A command at work; it is killed, where it has not ended, when the block ends."""
        self._orders.write(json.dumps([*map(str, arguments)]).encode() + b"\n")
        self._orders.flush()
        fork = Fork(self._number(), self._answers.fileno())
        try:
            yield fork
        finally:
            fork.kill()
            self._number()

    def _number(self) -> int:
        # Byte by byte: of what a buffer holds, `select` would know nothing.
        read = iter(lambda: os.read(self._answers.fileno(), 1), b"\n")
        return int(b"".join(read))


@contextmanager
def forks(store: Path) -> Iterator[Forks]:
    """The process that forks, once it has built the store."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.site.forks", store],
        cwd=CHECKOUT,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Forks(process)
        process.communicate()


def _build(*arguments: str) -> int:
    return main(["build", "--quiet", *arguments])


def _serve(store: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _build(store, "-o", f"{folder}/site", "--jobs", "1")
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os._exit(_build(*json.loads(line)))
        with suppress(PermissionError, ProcessLookupError):  # it has done so itself, or has ended
            os.setpgid(pid, pid)  # before anybody kills it by that number
        os.write(1, b"%d\n" % pid)
        os.write(1, b"%d\n" % os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    _serve(sys.argv[1])
