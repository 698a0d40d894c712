"""Where a command writes its one result: standard output, or a file."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from reportgen.cli.console import to_reader
from reportgen.errors import OutputError

SCREEN = "-"


@contextmanager
def result_file(name: str, stores: Sequence[str]) -> Iterator[BinaryIO]:
    """Standard output for "-", else a file that appears when all of it is written, not before.

    A link keeps leading to its file; a pipe or device is written to as it is. Raises OutputConflict
    for a file in one of the stores, OutputError where it cannot be written.
    """
    if name == SCREEN:
        with to_reader():
            yield sys.stdout.buffer
        return
    from reportgen.site.folder import refuse_store

    path = Path(name)
    refuse_store(path, stores, kind="file")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="choose another file with -o"
        ) from error


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A new file beside the target, of a name that nobody has, which takes its place at the end."""
    fresh = target.with_name(f"{target.name}.{os.urandom(4).hex()}.part")
    file = fresh.open("xb")
    try:
        with file:
            yield file
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
