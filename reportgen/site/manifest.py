"""Which files in the output folder are ours, and what they were made from.

`.reportgen/manifest.json` holds, for each file, the digest of its input and the sha-256 of its
bytes. While a build runs, each process adds a line to a journal of its own *before* it replaces a
file, so that after a kill at any moment every file is known: its bytes are those of the manifest
or of a line in a journal.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from reportgen.errors import OutputError
from reportgen.site.outputs import Receipt
from reportgen.site.quick import STATE_FOLDER

_VERSION = 1


class Manifest:
    """The receipts of an output folder, by path, and those that a killed build left."""

    def __init__(self, root: Path) -> None:
        """Read what is there. Raises OutputError where the manifest cannot be understood."""
        self._path = root / STATE_FOLDER / "manifest.json"
        self._journals = root / STATE_FOLDER
        self.files: dict[str, Receipt] = {}
        self._announced: dict[str, list[Receipt]] = {}
        if self._path.exists():
            self.files = self._load()
        for path in self._journal_paths():
            for name, receipt in read_journal(path):
                self._announced.setdefault(name, []).append(receipt)

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
        for announced in reversed(self._announced.get(path, [])):
            if announced.sha256 == sha256:
                return announced
        return None

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
            journal.unlink()
        self.files, self._announced = files, {}

    def _journal_paths(self) -> Iterator[Path]:
        return self._journals.glob("*.journal")


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

    def __init__(self, root: Path) -> None:
        folder = root / STATE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(folder / f"{os.getpid()}.journal", flags, 0o666)

    def announce(self, path: str, receipt: Receipt) -> None:
        """Note what is about to stand at `path`."""
        line = f"{path}\0{receipt.digest}\0{receipt.sha256.hex()}\n"
        os.write(self._file, line.encode("utf-8", "surrogateescape"))

    def close(self) -> None:
        """Close the file; `Manifest.save` deletes it."""
        os.close(self._file)


def read_journal(path: Path) -> Iterator[tuple[str, Receipt]]:
    """The lines of a journal; one that a kill cut short is passed over: nothing followed it."""
    for line in path.read_bytes().split(b"\n"):
        fields = line.decode("utf-8", "surrogateescape").split("\0")
        with suppress(ValueError):
            name, digest, sha256 = fields
            if len(sha256) == 64 and _is_inside(name):
                yield name, Receipt.of(digest, bytes.fromhex(sha256))


def sha256_of(data: bytes) -> bytes:
    """The sha-256 of bytes."""
    return hashlib.sha256(data).digest()
