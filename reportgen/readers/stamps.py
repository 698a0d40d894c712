"""What is remembered of a store between builds, so that what did not change is not read again.

For each run: the files and folders that were looked at, a stamp of each, and the packed run.
Kept by experiment, so that no more than one experiment is in memory at a time.

A file of memory is a header line, then the lengths of the sections and the checksum of all that
follows, then the sections and the packed runs:

    reportgen-memory 5 <salt>\\n
    <n0> <n1> <n2> <n3> <n4> <crc>\\n
    bytes of each section, bytes of each run

It holds names and numbers only, and reading it runs nothing, whoever wrote it.
"""

import os
from array import array
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from reportgen.digest import digest_bytes
from reportgen.native import points as _points
from reportgen.values import frozen

_MAGIC = "reportgen-memory 5"
_SUFFIX = ".shelf"
UNTRUSTED = 0
RACY_NS = 20_000_000  # the coarsest common clock of file times is 10 ms
_WORTH_A_FORK = 10_000  # names; some 30 ms
_HAS_DIR_FD = os.stat in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


@frozen
class Looked:
    """A folder, the names that were looked at below it, and a stamp of each."""

    folder: str  # below the store's root, with "/"
    names: tuple[str, ...]
    stamps: bytes  # int64 (n,), native order


class Shapes:
    """Lends looks that saw the same names one tuple of them: most runs of a store are alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def share(self, looked: Looked) -> Looked:
        """The look, its names shared with all looks of the same shape before it."""
        names = self._known.setdefault(looked.names, looked.names)
        return Looked(looked.folder, names, looked.stamps)


def stamp_of(status: os.stat_result, horizon: int) -> int:
    """A number that changes when a file or folder does; UNTRUSTED where it might not.

    Times at or after `horizon` (ns, the start of the scan less the clock's coarseness) cannot tell
    a second write from the first.
    """
    modified, changed = status.st_mtime_ns, status.st_ctime_ns
    if modified >= horizon or changed >= horizon:
        return UNTRUSTED
    return hash((modified, changed, status.st_size, status.st_ino))


def look_at(root: str, folder: str, names: tuple[str, ...]) -> Looked:
    """The present stamps of files that we wrote ourselves, however young they are."""
    return Looked(folder, names, _stamps_now(os.path.join(root, folder), names))


def is_unchanged(root: str, looked: Looked) -> bool:
    """Whether every name has the stamp it had; a name that is gone counts as changed.

    The look's folder may be absolute; `root` is not used then.
    """
    try:
        return _stamps_now(os.path.join(root, looked.folder), looked.names) == looked.stamps
    except OSError:
        return False


def _stamps_now(path: str, names: tuple[str, ...]) -> bytes:
    """The stamps of files below a folder, as they are now. Raises OSError where one is gone."""
    compiled = _points and _points.stamps(path, names)
    if compiled:
        return compiled
    if _HAS_DIR_FD:  # short names below an open folder spare the walk to it each time
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            found = [os.stat(name, dir_fd=folder) for name in names]
        finally:
            os.close(folder)
    else:
        found = [os.stat(f"{path}/{name}") for name in names]
    return array("q", map(_stamp, found)).tobytes()


def _stamp(status: os.stat_result) -> int:
    return hash((status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))


@dataclass(slots=True)
class Shelf:
    """What is remembered below one folder: looks by the place they were taken, packed runs."""

    looks: dict[str, Looked] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)

    def dump(self, salt: str) -> list[bytes]:
        """The shelf as the bytes of its file, in parts: as one it would double a build's memory."""
        shapes: dict[tuple[str, ...], int] = {}
        kinds = array("q")
        for looked in self.looks.values():
            kinds.append(shapes.setdefault(looked.names, len(shapes)))
        heads = [self.heads.get(where, b"") for where in self.looks]
        sections = (
            _join(self.looks),
            b"\0\0".join(_join(names) for names in shapes),
            kinds.tobytes(),
            b"".join(looked.stamps for looked in self.looks.values()),
            array("q", map(len, heads)).tobytes(),
        )
        checksum = _checksum((*sections, *heads))
        numbers = " ".join(map(str, (*map(len, sections), checksum)))
        return [f"{_MAGIC} {salt}\n{numbers}\n".encode(), *sections, *heads]

    @classmethod
    def load(cls, path: Path, salt: str, *, heads: bool = True) -> "Shelf":
        """The shelf of a file; an empty one where that is absent, damaged or of another salt.

        Without `heads` the checksum is left alone: damaged names or stamps tell of a change.
        """
        try:
            with path.open("rb") as file:
                return _load(file.readline, file.read, salt, heads=heads)
        except (OSError, ValueError, IndexError, OverflowError, MemoryError):
            return cls()


def _load(
    readline: Callable[[], bytes], read: Callable[[int], bytes], salt: str, *, heads: bool
) -> Shelf:
    if readline() != f"{_MAGIC} {salt}\n".encode():
        return Shelf()
    *lengths, checksum = map(int, readline().split())
    sections = [_exactly(length, read) for length in lengths]
    places = _split(sections[0]) if sections[2] else ()
    shapes = [_split(names) if names else () for names in sections[1].split(b"\0\0")]
    stamps, start, shelf = sections[3], 0, Shelf()
    for place, kind in zip(places, array("q", sections[2]), strict=True):
        end = start + 8 * len(shapes[kind])
        shelf.looks[place] = Looked(place, shapes[kind], stamps[start:end])
        start = end
    if heads:
        packed = [_exactly(length, read) for length in array("q", sections[4])]
        if _checksum((*sections, *packed)) != checksum:
            raise ValueError("a damaged file of memory")
        shelf.heads = {place: head for place, head in zip(places, packed, strict=True) if head}
    return shelf


def _checksum(parts: Iterable[bytes]) -> int:
    checksum = 0
    for part in parts:
        checksum = crc32(part, checksum)
    return checksum


def _exactly(length: int, read: Callable[[int], bytes]) -> bytes:
    body = read(length)
    if len(body) != length:
        raise ValueError("a file of memory that is cut")
    return body


def _join(names: Iterable[str]) -> bytes:
    return b"\0".join(os.fsencode(name) for name in names)


def _split(joined: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(name) for name in joined.split(b"\0"))


def recall(root: str, folder: Path, salt: str) -> list[tuple[str, Looked]]:
    """All looks that are remembered in a folder of memory files, each with `root`.

    Reads names and stamps only. Empty where a file is damaged or of another salt.
    """
    looks: list[tuple[str, Looked]] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX)
    except OSError:
        return []
    for path in paths:
        shelf = Shelf.load(path, salt, heads=False)
        if not shelf.looks:
            return []
        looks += [(root, looked) for looked in shelf.looks.values()]
    return looks


def all_unchanged(looks: Sequence[tuple[str, Looked]]) -> bool:
    """Whether no look, each below its root, would see something else now.

    With many files and a second core, a forked process takes every other look: it only asks for
    stats, and its exit status is its answer.
    """
    count = sum(len(looked.names) for _, looked in looks)
    if count < _WORTH_A_FORK or not hasattr(os, "fork") or os.cpu_count() == 1:
        return _none_changed(looks)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if _none_changed(looks[1::2]) else 1)
        finally:
            os._exit(1)  # whatever happens, the child must not go on as a second reportgen
    mine = _none_changed(looks[0::2])
    _, status = os.waitpid(child, 0)
    return mine and status == 0


def _none_changed(looks: Sequence[tuple[str, Looked]]) -> bool:
    return all(is_unchanged(root, looked) for root, looked in looks)


class Memory:
    """The shelves of one store, in a folder; one shelf is in memory at a time."""

    def __init__(self, folder: Path, salt: str, changed: AbstractSet[str] | None = None) -> None:
        """With `changed`, no other run than those at these places has changed since."""
        self._changed = changed
        self._folder = folder
        self._salt = salt
        self._kept: set[str] = set()

    def open(self, name: str) -> Shelf:
        """The shelf of that name, empty where nothing is remembered."""
        return Shelf.load(self._path(name), self._salt)

    def vouches(self, where: str) -> bool:
        """Whether a run is known to be as it was remembered, without a look at it."""
        return self._changed is not None and where not in self._changed

    def keep(self, name: str, shelf: Shelf) -> None:
        """Write a shelf; the file is replaced in one step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(name)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(shelf.dump(self._salt))
        fresh.replace(path)
        self._kept.add(path.name)

    def forget_others(self) -> None:
        """Delete shelves that were not kept since this memory was made."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.name not in self._kept:
                path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{digest_bytes(os.fsencode(name))}{_SUFFIX}"
