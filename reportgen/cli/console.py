"""What the command line says, and to whom: results to programs, messages to people."""

import os
from collections.abc import Callable
from typing import TextIO

from reportgen.errors import ReportgenError
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
            print(harmless(text), file=self._stream)

    def alarm(self, text: str) -> None:
        """A message that is told also when the user asked for quiet, in one line."""
        print(f"{self._red}{harmless(' '.join(text.split()))}{self._off}", file=self._stream)

    def error(self, error: ReportgenError) -> None:
        """What went wrong and what to do about it: two lines."""
        said = harmless(f"{error}  [{error.slug}]\n  try: {error.hint}")
        print(f"{self._red}error:{self._off} {said}", file=self._stream)

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
        print(harmless(text))  # noqa: T201
