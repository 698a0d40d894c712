"""Which files of two runs differ, and how: by their bytes, and texts line by line.

Files are read through what the caller gives, up to bounds; what is beyond them is said to be so.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from reportgen.analysis.diff_text import (
    MOST_BYTES,
    MOST_SHOWN,
    TOO_LARGE,
    TextDiff,
    diff_texts,
)
from reportgen.errors import AccessError
from reportgen.model import Artifact
from reportgen.values import frozen

_MOST_TEXTS = 12  # compared line by line; further ones are only listed as changed
_TEXT = re.compile(
    "txt|md|markdown|rst|log|csv|tsv|jsonl?|geojson|ya?ml|toml|ini|cfg|conf|properties|xml|py|r|rmd"
    "|qmd|jl|sh|sql|[jt]s|c|h|cpp|rs|go|java|ipynb|tex|html?|css|lock|env"
)
_TABLE = re.compile("csv|tsv|jsonl")
_FEW_LINES = 8  # of a table: its rows are data, and mostly differ all
_BARE_TEXTS = frozenset({"MLmodel", "Dockerfile", "Makefile", "LICENSE", "README"})
_IMAGE = re.compile("png|jpe?g|jfif|gif|webp|avif|bmp|svg")
# Names that MLflow gives to images of a step: time and id differ in each run.
_STEP_IMAGE = re.compile(
    r"(images/[^/]+[+%#]step[+%#]-?\d+)[+%#]timestamp[+%#]\d+[+%#][0-9a-fA-F-]{8,40}"
    r"((?:[+%#]compressed)?\.(?:png|webp))"
)


class Change(Enum):
    """What became of a file."""

    ADDED = "only in B"
    REMOVED = "only in A"
    CHANGED = "changed"
    UNTOLD = "same size, not compared"
    SAME = "same"


class FileChange(NamedTuple):
    """A file of two runs, matched by its path."""

    path: str  # in B, or in A where B lacks it
    change: Change
    a: Artifact | None
    b: Artifact | None
    text: TextDiff | None = None
    is_image: bool = False


@frozen
class Files:
    """The files of two runs."""

    changes: tuple[FileChange, ...]  # in order of path
    same: tuple[str, ...]  # paths

    @property
    def count(self) -> int:
        """How many differ; those that were not compared count, too."""
        return len(self.changes)


NO_FILES = Files((), ())


class Reader(Protocol):
    """Reads the files of one run."""

    def head(self, artifact: Artifact, limit: int) -> bytes:
        """At most so many bytes from the start. Raises AccessError."""

    def fingerprint(self, artifact: Artifact) -> str | None:
        """A hash of all bytes; None for a file that is not to be read, or cannot be."""


def diff_files(
    a: Sequence[Artifact],
    b: Sequence[Artifact],
    readers: tuple[Reader, Reader],
    room: int = MOST_SHOWN,
) -> Files:
    """All files of two runs; those that differ with their lines, where they are texts.

    `room` is how many lines are shown, of all texts together; those that come after are told to
    differ, and not compared.
    """
    changes: list[FileChange] = []
    same: list[str] = []
    texts = 0
    for old, new in _matched(a, b):
        change = _change(old, new, readers)
        shown = new or old
        assert shown is not None
        if change is Change.SAME:
            same.append(shown.path)
            continue
        text = None
        is_image = is_picture(shown.path)
        is_compared = change is Change.CHANGED and not is_image and texts < _MOST_TEXTS
        if is_compared and room > 0 and old and new and is_text(shown.path):
            is_table = _TABLE.fullmatch(ending_of(shown.path)) is not None
            text = _text(old, new, readers, min(room, _FEW_LINES) if is_table else room)
            room -= 0 if text is None else sum(len(hunk.lines) for hunk in text.hunks)
            texts += 1
        changes.append(FileChange(shown.path, change, old, new, text, is_image))
    return Files(tuple(changes), tuple(same))


def _matched(
    a: Sequence[Artifact], b: Sequence[Artifact]
) -> Iterator[tuple[Artifact | None, Artifact | None]]:
    """The files of both by path, in its order."""
    old = {matched_path(artifact.path): artifact for artifact in a}
    new = {matched_path(artifact.path): artifact for artifact in b}
    for path in sorted(old.keys() | new.keys()):
        yield old.get(path), new.get(path)


def matched_path(path: str) -> str:
    """The path by which a file is found in another run: without time and id of a logged image."""
    found = _STEP_IMAGE.fullmatch(path) if path.startswith("images/") else None
    return f"{found[1]}{found[2]}" if found else path


def _change(old: Artifact | None, new: Artifact | None, readers: tuple[Reader, Reader]) -> Change:
    if old is None:
        return Change.ADDED
    if new is None:
        return Change.REMOVED
    if old.size != new.size:
        return Change.CHANGED
    left, right = readers[0].fingerprint(old), readers[1].fingerprint(new)
    if left is None or right is None:
        return Change.UNTOLD
    return Change.SAME if left == right else Change.CHANGED


def _text(
    old: Artifact, new: Artifact, readers: tuple[Reader, Reader], most: int
) -> TextDiff | None:
    if max(old.size, new.size) > MOST_BYTES:
        return TextDiff((), 0, 0, TOO_LARGE)
    try:
        bodies = readers[0].head(old, MOST_BYTES), readers[1].head(new, MOST_BYTES)
    except AccessError:
        return TextDiff((), 0, 0, "cannot be read any more")
    a, b = map(text_in, bodies)
    if a is None or b is None:
        return None
    return diff_texts(a, b, is_json=is_json(new.path), most_shown=most)


def text_in(body: bytes) -> str | None:
    """The text that is compared; None for bytes that are none."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def is_text(path: str) -> bool:
    """Whether a file is a text by its name."""
    return bool(_TEXT.fullmatch(ending_of(path))) or path.rpartition("/")[2] in _BARE_TEXTS


def is_json(path: str) -> bool:
    """Whether a text is laid out in lines before it is compared."""
    return ending_of(path) in ("json", "ipynb", "geojson")


def is_picture(path: str) -> bool:
    """Whether a file is an image by its name, and so no text to be compared."""
    return _IMAGE.fullmatch(ending_of(path)) is not None


def ending_of(path: str) -> str:
    """The ending of a file's name in lower case, without the dot; "" where it has none."""
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    return ending.lower() if stem else ""
