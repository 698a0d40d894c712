"""Whole builds in a process of their own, so that none of them holds up the page of a run.

The process is kept between builds: all that a build needs is loaded once. If it dies, the next
build has a new one.
"""

import multiprocessing
import os
import signal
from collections.abc import Set as AbstractSet
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from reportgen.config import Options
from reportgen.errors import OutputError, ReportgenError
from reportgen.site.project import Report
from reportgen.site.stalled import Place
from reportgen.values import frozen

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from reportgen.site.live import LiveBuilds, News

_STOP_SECONDS = 10


@frozen
class Built:
    """The end of a build: a report, or what hindered it."""

    report: Report | None
    news: "News | None" = None  # None: all is as it was
    error: ReportgenError | None = None


class Builder:
    """Builds on demand, one build at a time."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._context = multiprocessing.get_context("spawn")
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self.is_busy = False

    def begin(self, rung: AbstractSet[Place] | None = None) -> None:
        """Begin a build; `end` gives what it came to. `rung` is as of `LiveBuilds.build`."""
        if self._process is None or not self._process.is_alive():
            self._start()
        assert self._pipe is not None
        self._pipe.send(rung)
        self.is_busy = True

    def wait(self, seconds: float) -> bool:
        """Whether the build is over, waiting so long for it."""
        return self._pipe is not None and self._pipe.poll(seconds)

    def end(self) -> Built:
        """What the build came to; to be called once it is over."""
        self.is_busy = False
        assert self._pipe is not None
        try:
            built = self._pipe.recv()
        except EOFError:
            died = OutputError("the process that builds has died", hint="it is started anew")
            return Built(None, error=died)
        assert isinstance(built, Built)
        return built

    def close(self) -> None:
        """Let a build at work end, then the process."""
        if self._process is None:
            return
        if self._pipe is not None:
            self._pipe.close()
        self._process.join(_STOP_SECONDS)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._process = None

    def _start(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_serve, args=(theirs, self._options, os.getpid()), name="reportgen-build"
        )
        self._process.start()
        theirs.close()


def _serve(pipe: Connection, options: Options, parent: int) -> None:
    """Build each time the parent asks; end when it is gone. Ctrl-C is the parent's to answer."""
    from reportgen.site.live import LiveBuilds

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    builds = LiveBuilds(options)
    while os.getppid() == parent:
        try:
            rung = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(_build(builds, rung))
        except OSError:
            return


def _build(builds: "LiveBuilds", rung: AbstractSet[Place] | None) -> Built:
    try:
        return Built(*builds.build(rung))
    except ReportgenError as error:
        return Built(None, error=error)
    except Exception as error:  # a bug of ours must not end a watch of many days
        from reportgen.site.writer import failure_reason

        bug = OutputError(failure_reason(error), hint="please report this as a bug")
        return Built(None, error=bug)
