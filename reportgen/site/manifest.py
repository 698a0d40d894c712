"""Which files in the output folder are ours, and what they were made from.

`.reportgen/manifest.json` holds, for each file, the digest of its input and the sha-256 of its
bytes. While a build runs, each process adds a line to a journal of its own *before* it replaces a
file, so that after a kill at any moment every file is known: its bytes are those of the manifest
or of a line in a journal.

A watch writes pages of single runs while a build may be at work in another process. Its journal
ends in `.live`: a build looks into it again for a file that it does not know, and leaves in it, at
its end, the lines by which files stand that the watch has written last.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reportgen.errors import OutputError
from reportgen.site.outputs import Receipt
from reportgen.site.quick import STATE_FOLDER

_VERSION = 1
_JOURNAL = ".journal"
_LIVE = ".live"


class Manifest:
    """The receipts of an output folder, by path, and those that a killed build left."""

    def __init__(self, root: Path, files: Mapping[str, Receipt] | None = None) -> None:
        """Read what is there, or take some files as all that is known until one is not among them.

        Raises OutputError where the manifest cannot be understood.
        """
        self._root = root
        self._path = root / STATE_FOLDER / "manifest.json"
        self._journals = root / STATE_FOLDER
        self._announced: dict[str, list[Receipt]] = {}
        self._taken: dict[Path, int] = {}  # how far each journal was read, in bytes
        self.files: dict[str, Receipt] = {}
        if files is not None:
            self.files = dict(files)
            return
        if self._path.exists():
            self.files = self._load()
        self._take_journals()

    def _load(self) -> dict[str, Receipt]:
        import orjson

        try:
            return _receipts(orjson.loads(self._path.read_bytes()))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise OutputError(
                f"{self._path} is not a manifest of this version",
                hint="build into another folder, or delete this one",
            ) from None

    def receipt_for(self, path: str, sha256: bytes) -> Receipt | None:
        """The receipt for a file of ours with these bytes; None where they are somebody else's."""
        known = self.files.get(path)
        if known is not None and known.sha256 == sha256:
            return known
        found = self._find_announced(path, sha256)
        if found is None and self._take_journals():
            found = self._find_announced(path, sha256)
        return found

    def know(self, receipts: Iterable[tuple[str, Receipt]]) -> None:
        """Take in more receipts by path: a file may be as any of them says."""
        for path, receipt in receipts:
            self._announced.setdefault(path, []).append(receipt)

    def _find_announced(self, path: str, sha256: bytes) -> Receipt | None:
        for announced in reversed(self._announced.get(path, [])):
            if announced.sha256 == sha256:
                return announced
        return None

    def _take_journals(self) -> bool:
        """Take in what was added to the journals since the last look; whether anything was."""
        before = sum(self._taken.values())
        for path in self._journal_paths():
            with suppress(FileNotFoundError), path.open("rb") as file:
                file.seek(self._taken.get(path, 0))
                body = file.read()
                whole = body[: body.rfind(b"\n") + 1]  # a kill may have cut the last line short
                self._taken[path] = self._taken.get(path, 0) + len(whole)
                self.know(read_lines(whole))
        return sum(self._taken.values()) > before

    def is_listed(self, path: str) -> bool:
        """Whether a file was ever ours."""
        return path in self.files or path in self._announced

    def paths(self) -> set[str]:
        """All paths that were ever ours."""
        return set(self.files) | set(self._announced)

    def save(self, files: dict[str, Receipt]) -> None:
        """Replace the manifest, then drop the journals that led to it.

        Written entry by entry, sorted by path: as one value it would double the memory of a build.
        """
        import orjson

        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            comma = b""
            file.write(b'{"version":%d,"files":{' % _VERSION)
            for path in sorted(files):
                receipt = files[path]
                entry = orjson.dumps([receipt.digest, receipt.sha256.hex()])
                file.write(b"%b\n%b:%b" % (comma, orjson.dumps(path), entry))
                comma = b","
            file.write(b"\n}}\n")
        fresh.replace(self._path)
        for journal in self._journal_paths():
            if journal.suffix == _LIVE:
                self._shorten(journal, files)
            else:
                journal.unlink(missing_ok=True)
        self.files, self._announced, self._taken = files, {}, {}

    def _shorten(self, journal: Path, files: Mapping[str, Receipt]) -> None:
        """Leave in the journal of a watch what is not told by the manifest that was saved.

        The watch may have written a file after the build did: its line is all that tells of it.
        """
        with suppress(FileNotFoundError), journal.open("rb") as file, _alone(file.fileno()):
            left: dict[str, Receipt] = {}
            for path, receipt in read_lines(file.read()):
                known = files.get(path)
                if (known is None or known.sha256 != receipt.sha256) and self._is(path, receipt):
                    left[path] = receipt
            if not left:
                journal.unlink()
                return
            fresh = journal.with_suffix(f"{_LIVE}.new")
            fresh.write_bytes(b"".join(_line(path, receipt) for path, receipt in left.items()))
            fresh.replace(journal)

    def _is(self, path: str, receipt: Receipt) -> bool:
        """Whether the bytes of a file are now those of a receipt."""
        try:
            return sha256_of((self._root / path).read_bytes()) == receipt.sha256
        except OSError:  # it has been deleted since
            return False

    def _journal_paths(self) -> Iterator[Path]:
        for suffix in (_JOURNAL, _LIVE):
            yield from self._journals.glob(f"*{suffix}")


def _receipts(known: Any) -> dict[str, Receipt]:
    """The receipts of a manifest that was read. Raises ValueError, or what odd values lead to."""
    files = {
        path: Receipt.of(digest, bytes.fromhex(sha))
        for path, (digest, sha) in known["files"].items()
    }
    if known["version"] != _VERSION or not all(map(_is_inside, files)):
        raise ValueError("another version, or files outside the site")
    return files


def _is_inside(path: str) -> bool:
    """Whether a path stays below the folder that it is joined to."""
    return bool(path) and not os.path.isabs(path) and ".." not in path.split("/")


class Journal:
    """Lines of `path NUL digest NUL sha256`, each written in one call before the file it is for."""

    def __init__(self, root: Path, *, live: bool = False) -> None:
        """With `live`, that of a watch."""
        self._root = str(root)
        folder = root / STATE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}{_LIVE if live else _JOURNAL}"
        self._live = live
        self._torn = False  # whether the last line is cut short
        self._file = self._open()

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        return os.open(self._path, flags, 0o666)

    def put(self, fresh: str, path: str, receipt: Receipt) -> None:
        """Note what is about to stand at `path` in the site, then move a fresh file there.

        Raises OSError where the line cannot be written: then nothing is put there.
        """
        if not self._live:
            self._write(path, receipt)
            os.replace(fresh, f"{self._root}/{path}")
            return
        while True:  # a build may put another journal in the place of this one
            with _alone(self._file):
                if os.fstat(self._file).st_nlink:
                    self._write(path, receipt)
                    os.replace(fresh, f"{self._root}/{path}")
                    return
            os.close(self._file)
            self._file = self._open()

    def _write(self, path: str, receipt: Receipt) -> None:
        line = (b"\n" if self._torn else b"") + _line(path, receipt)
        self._torn = True
        if os.write(self._file, line) != len(line):  # a disk that is full takes what it can
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        self._torn = False

    def close(self) -> None:
        """Close the file; `Manifest.save` deletes it."""
        os.close(self._file)


@contextmanager
def _alone(descriptor: int) -> Iterator[None]:
    """Hold a journal against the other process: the watch while it puts a file into its place."""
    try:
        import fcntl
    except ImportError:  # Windows: what a build drops too early there is written anew
        yield
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _line(path: str, receipt: Receipt) -> bytes:
    line = f"{path}\0{receipt.digest}\0{receipt.sha256.hex()}\n"
    return line.encode("utf-8", "surrogateescape")


def read_lines(body: bytes) -> Iterator[tuple[str, Receipt]]:
    """The lines of a journal; what is none is passed over."""
    for line in body.split(b"\n"):
        fields = line.decode("utf-8", "surrogateescape").split("\0")
        with suppress(ValueError):
            name, digest, sha256 = fields
            if len(sha256) == 64 and _is_inside(name):
                yield name, Receipt.of(digest, bytes.fromhex(sha256))


def sha256_of(data: bytes) -> bytes:
    """The sha-256 of bytes."""
    return hashlib.sha256(data).digest()
