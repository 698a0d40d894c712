"""Publishing what a watch has changed, every so often, in a process beside it.

A build and a push take their time, and must not hold up the pages of runs that log. A publish that
fails is told and tried again when its time comes; nothing of it ends the watch.
"""

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from threading import Condition, Thread

from reportgen.errors import EXIT_INTERRUPTED, ReportgenError
from reportgen.publish.project import Tell, Wish, publish, told

_LOOK = 0.5  # seconds between two looks at whether a publish is to be given up


class Regularly:
    """Publishes at an interval, if anything has changed since the last time."""

    def __init__(self, wish: Wish, every: float, say: Callable[[str], None]) -> None:
        """`every` is in seconds; `say` is called from a thread of ours."""
        self._wish = wish
        self._every = every
        self._say = say
        self._has_changed = False
        self._is_busy = False
        self._ends = False
        self._is_given_up = False
        self._condition = Condition()
        self._thread = Thread(target=self._run, name="reportgen-publish")

    def start(self) -> None:
        """Begin to wait for changes."""
        self._thread.start()

    def also(self, changed: Callable[[Sequence[str]], None]) -> Callable[[Sequence[str]], None]:
        """A function that is told what has changed, notes it, and tells another one, too."""

        def note(paths: Sequence[str]) -> None:
            self._note_change()
            changed(paths)

        return note

    def close(self) -> None:
        """Publish what has changed since the last time, and end. Ctrl-C cuts it short."""
        with self._condition:
            self._ends = True
            if self._has_changed or self._is_busy:
                self._say("publishing what changed since the last time (Ctrl-C leaves it)")
            self._condition.notify()
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._is_given_up = True
            self._thread.join()
            raise

    def _note_change(self) -> None:
        with self._condition:
            self._has_changed = True
            self._condition.notify()

    def _run(self) -> None:
        due = time.monotonic() + self._every
        while self._wait_until(due):
            due = time.monotonic() + self._every
            said, is_done = self._publish()
            with self._condition:
                self._is_busy = False
                self._has_changed |= not (is_done or self._ends)
            if said:
                self._say(said)

    def _wait_until(self, due: float) -> bool:
        """Wait until something has changed and its time has come; False where there is no more."""
        with self._condition:
            while not self._ends and not (self._has_changed and time.monotonic() >= due):
                self._condition.wait(due - time.monotonic() if self._has_changed else None)
            self._is_busy = self._has_changed and not self._is_given_up
            self._has_changed = False
            return self._is_busy

    def _publish(self) -> tuple[str, bool]:
        """Publish, in a process of its own; what to say of it, and whether it was done."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(
            target=_serve, args=(theirs, self._wish), name="reportgen-publish"
        )
        process.start()
        theirs.close()
        try:
            while not ours.poll(_LOOK):
                if self._is_given_up:
                    process.terminate()
                    return "left: what is published is whole", True
            said, is_done = ours.recv()
        except EOFError:
            said, is_done = "not published: the process for it has died", False
        finally:
            ours.close()
            process.join()
        return (said if is_done else f"{said}; tried again when it is time"), is_done


def _serve(pipe: Connection, wish: Wish) -> None:
    """Publish once. Ctrl-C is the parent's to answer; a SIGTERM ends git, too, and tidies up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_INTERRUPTED))
    wish = replace(wish, now=int(time.time()))
    try:
        done = publish(wish, Tell(_hear_nothing))
        pipe.send((told(wish, done) if done.is_sent or done.is_held else "", True))
    except ReportgenError as error:
        pipe.send((f"not published: {error}; {error.hint}", False))
    except Exception as error:  # a bug of ours must not end a watch of many days
        from reportgen.site.writer import failure_reason

        pipe.send((f"not published: {failure_reason(error)}; please report this as a bug", False))


def _hear_nothing(_: object) -> None:
    """What a publish tells on its way: nobody is there to read it."""
