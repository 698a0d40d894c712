"""Looking into a folder of a store: safely, once, and leaving a trail.

Files are opened as `regular.py` does; a link is followed only inside the store.
Every look is kept as a name and a stamp (a hash of time, size and inode), so that the next build
can tell by stat alone whether anything changed.
"""

import os
import posixpath
import stat
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import attrgetter

from reportgen.model import Problem
from reportgen.native import points as _points
from reportgen.readers.regular import (
    LEADS_OUT,
    NOT_A_FILE,
    Unreadable,
    read_regular,
    reason_of,
    resolve,
)
from reportgen.readers.stamps import UNTRUSTED, stamp_of

_BY_NAME = attrgetter("name")
_AT_ONCE = 16  # files, of 1 MiB at most
_MAX_DEPTH = 32
_MAX_LINKS = 200
_JUNK_NAMES = frozenset((".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", ".gitignore"))
_DANGLES = "a link to something that is not there"


@lru_cache(maxsize=4096)  # most runs hold files of the same names
def is_junk(name: str) -> bool:
    """Whether a file is left by editors, desktops or git, and no data of MLflow."""
    return name in _JUNK_NAMES or name.endswith("~") or name.startswith(("._", ".nfs"))


def as_text(name: str) -> str:
    """A file name as valid Unicode; bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(name).decode("utf-8", "replace")


@dataclass(slots=True)
class Trail:
    """Reads below one folder of a store; keeps what it looked at and what it could not read."""

    root: str  # the store's root, absolute, links resolved
    base: str  # the folder, below the root, with "/"
    horizon: int  # ns; see `stamp_of`
    names: list[str] = field(default_factory=list)
    stamps: "array[int]" = field(default_factory=lambda: array("q"))
    problems: list[Problem] = field(default_factory=list)
    links: int = 0  # followed so far: links that lead to links could go on without end
    _at: str = field(init=False)  # the path that names stand behind

    def __post_init__(self) -> None:
        self._at = f"{self.root}/{self.base}/"

    def note(self, name: str, stamp: int) -> None:
        """Remember a look at `name`."""
        self.names.append(name)
        self.stamps.append(stamp)

    def problem(self, name: str, reason: str, line: int | None = None) -> None:
        """Report that `name` could not be read."""
        self.problems.append(Problem(self.place(name), line, reason))

    def conclude(self, name: str, outcome: str) -> None:
        """Say what came of it, if the last that could not be read was `name`."""
        if self.problems and self.problems[-1].path == self.place(name):
            last = self.problems.pop()
            self.problems.append(replace(last, reason=f"{last.reason}; {outcome}"))

    def place(self, name: str) -> str:
        """Where `name` is below the store's root, to show."""
        place = "/".join(part for part in (self.base, name) if part not in ("", "."))
        if "/../" in place:  # from a run to what its experiment keeps beside it
            place = posixpath.normpath(place)
        return as_text(place) or "."

    def look(self, name: str) -> bool:
        """Note a folder, if it is there, to see later whether something was added."""
        try:
            self.note(name, stamp_of(os.stat(self._at + name), self.horizon))
        except OSError:  # gone: what is read next will say so
            return False
        return True

    def read(self, name: str, limit: int) -> bytes | None:
        """The bytes of a file below the folder, or None and a problem; None alone when gone.

        The folder it lies in must have been looked at, so that its coming and going is noticed.
        """
        path = self._at + name
        try:
            body, status = read_regular(path, limit)
        except FileNotFoundError:
            return None
        except Unreadable as reason:
            linked = resolve(self.root, path) if os.path.islink(path) else None
            if linked is None:
                self.note(name, UNTRUSTED)
                self.problem(name, str(reason) if not os.path.islink(path) else LEADS_OUT)
                return None
            return self._read_linked(name, linked, limit)
        self.note(name, stamp_of(status, self.horizon))
        return body

    def read_each(self, names: list[str], limit: int) -> Iterator[tuple[str, bytes]]:
        """The files of those names that can be read, each with its bytes; otherwise as `read`."""
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            found = _points and _points.read(self._at, some, limit, self.horizon)
            if found:
                self.names += some
                self.stamps.frombytes(found[1])
                yield from zip(some, found[0], strict=True)
                continue
            for name in some:  # one of them is a link, is large or is gone
                body = self.read(name, limit)
                if body is not None:
                    yield name, body

    def _read_linked(self, name: str, path: str, limit: int) -> bytes | None:
        self.note(name, UNTRUSTED)  # a stat of the link's target would not see the link move
        try:
            return read_regular(path, limit)[0]
        except (FileNotFoundError, Unreadable) as reason:
            self.problem(name, str(reason) if isinstance(reason, Unreadable) else _DANGLES)
            return None

    def entries(self, name: str) -> list[os.DirEntry[str]]:
        """What lies in a folder, sorted by name; empty, with a problem, where it is unreadable.

        Names that are not valid UTF-8 are reported and left out.
        """
        path = self._at + name if name != "." else self._at[:-1]
        try:
            self.note(name, stamp_of(os.stat(path), self.horizon))
            with os.scandir(path) as found:
                entries = sorted(found, key=_BY_NAME)
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem(name, reason_of(error))
            return []
        return [
            entry
            for entry in entries
            if entry.name.isascii() or self._is_named_well(name, entry.name)
        ]

    def _is_named_well(self, folder: str, name: str) -> bool:
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            self.problem(_below(folder, name), "the name is not valid UTF-8; left out")
            return False
        return True

    def is_folder(self, name: str, entry: os.DirEntry[str]) -> bool | None:
        """True for a folder, False for a regular file, None (with a problem) for what is neither.

        A link counts as what it leads to, as long as that lies inside the store.
        """
        if entry.is_symlink():
            return self._is_linked_folder(name, entry.path)
        if entry.is_dir(follow_symlinks=False):
            return True
        if entry.is_file(follow_symlinks=False):
            return False
        self.problem(name, NOT_A_FILE)
        return None

    def _is_linked_folder(self, name: str, path: str) -> bool | None:
        self.note(name, UNTRUSTED)
        self.links += 1
        target = resolve(self.root, path)
        if target is None:
            self.problem(name, LEADS_OUT)
        elif self.links > _MAX_LINKS:
            self.problem(name, f"over {_MAX_LINKS} links in one folder; not followed")
        elif os.path.isdir(target):
            if not f"{path}/".startswith(f"{target}/"):
                return True
            self.problem(name, "a link to a folder above itself; not followed")
        elif os.path.isfile(target):
            return False
        else:
            self.problem(name, NOT_A_FILE if os.path.exists(target) else _DANGLES)
        return None

    def has_folder(self, name: str) -> bool:
        """Whether a folder is there and inside the store, for one that no listing has shown.

        Only the last part of `name` is looked at: parts before it must have been asked for first.
        """
        path = self._at + name
        try:
            status = os.lstat(path)
        except OSError:
            return False
        if stat.S_ISLNK(status.st_mode):
            return self._is_linked_folder(name, path) is True
        self.note(name, stamp_of(status, self.horizon))
        return stat.S_ISDIR(status.st_mode)

    def files(self, name: str, *, junk: bool = False, most: int = sys.maxsize) -> list[str]:
        """Every regular file below a folder, by its name below the trail's base.

        Sorted within each folder; not many more than `most` are looked for. What editors and
        desktops leave is passed over, unless `junk`.
        """
        found: list[str] = []
        self._find(name, 0, found, junk=junk, most=most)
        return found

    def _find(self, name: str, depth: int, found: list[str], *, junk: bool, most: int) -> None:
        if depth > _MAX_DEPTH:
            self.problem(name, f"folders nested over {_MAX_DEPTH} deep; not read")
            return
        for entry, is_folder in self.children(name, lambda entry: junk or not is_junk(entry)):
            child = f"{name}/{entry}"
            if is_folder is False:
                found.append(child)
            elif is_folder and len(found) < most:
                self._find(child, depth + 1, found, junk=junk, most=most)

    def children(
        self, name: str, wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, bool | None]]:
        """The names in a folder that are wanted, sorted, and of each what `is_folder` says."""
        listed = _points and _points.listing(self._at + name, self.horizon)
        if listed:
            stamp, entries, folders = listed
            self.note(name, stamp)
            inside = frozenset(folders)
            yield from ((entry, entry in inside) for entry in entries if wanted(entry))
            return
        for entry in self.entries(name):
            if wanted(entry.name):
                yield entry.name, self.is_folder(_below(name, entry.name), entry)


def _below(folder: str, name: str) -> str:
    """A name in a folder below a trail's base, as seen from there."""
    return name if folder == "." else f"{folder}/{name}"
