"""What the command line says, and to whom: results to programs, messages to people."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from reportgen.errors import OutputError, ReportgenError
from reportgen.spelling import harmless


class Console:
    """Messages for a person, on standard error."""

    def __init__(self, stream: TextIO, *, color: bool, quiet: bool) -> None:
        self._stream = stream
        self._quiet = quiet
        is_plain = not color or bool(os.environ.get("NO_COLOR")) or not stream.isatty()
        self._red, self._off = ("", "") if is_plain else ("\033[31m", "\033[0m")

    def say(self, text: str) -> None:
        """A message, unless the user asked for quiet."""
        if not self._quiet:
            self._tell(harmless(text))

    def alarm(self, text: str) -> None:
        """A message that is told also when the user asked for quiet, in one line."""
        self._tell(f"{self._red}{harmless(' '.join(text.split()))}{self._off}")

    def error(self, error: ReportgenError) -> None:
        """What went wrong and what to do about it: two lines."""
        said = harmless(f"{error}  [{error.slug}]\n  try: {error.hint}")
        self._tell(f"{self._red}error:{self._off} {said}")

    def _tell(self, text: str) -> None:
        try:
            print(text, file=self._stream)
        except BrokenPipeError:
            raise
        except OSError:  # a log on a full disk must not stop the work
            abandon(self._stream)

    def progress(self) -> tuple[Callable[[int, int], None], Callable[[], None]] | None:
        """A progress bar (advance, close) on a terminal; None elsewhere."""
        if self._quiet or not self._stream.isatty():
            return None
        from tqdm import tqdm

        bar = tqdm(unit=" runs", file=self._stream, leave=False, delay=0.5)

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return advance, bar.close

    def percent(self, what: str) -> tuple[Callable[[int], None], Callable[[], None]] | None:
        """A bar that is told percents (advance, close) on a terminal; None elsewhere."""
        if self._quiet or not self._stream.isatty():
            return None
        from tqdm import tqdm

        form = f"{what}: {{percentage:3.0f}}%|{{bar}}|"
        bar = tqdm(total=100, file=self._stream, leave=False, delay=0.5, bar_format=form)

        def advance(percent: int) -> None:
            bar.update(percent - bar.n)

        return advance, bar.close


def show(text: str) -> None:
    """A result, on standard output; nothing for an empty text."""
    if text:
        with to_reader():
            print(harmless(text))  # noqa: T201


@contextmanager
def to_reader() -> Iterator[None]:
    """For what is written to standard output: raises OutputError where that takes no more."""
    try:
        yield
    except BrokenPipeError:  # nobody reads on, which is no fault
        raise
    except OSError as error:
        abandon(sys.stdout)
        raise OutputError(
            f"standard output cannot be written: {error.strerror}",
            hint="make room where it leads, or name a file with -o",
        ) from error


def open_streams() -> None:
    """Lead standard streams nowhere that were closed before we began, as `>&-` and services do.

    The next file that is opened would else take their place, and get what is meant for them.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8", errors="replace"))  # noqa: SIM115


def abandon(stream: TextIO) -> None:
    """Lead a stream nowhere that can be written no more: what it still holds would fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
