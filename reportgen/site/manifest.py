"""Which files in the output folder are ours, and what they were made from.

`.reportgen/manifest.json` holds, for each file, the digest of its input and the sha-256 of its
bytes. While a build runs, each process adds a line to a journal of its own *before* it replaces a
file, so that after a kill at any moment every file is known: its bytes are those of the manifest
or of a line in a journal.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

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
        self.is_new = not self._path.exists() and not any(self._journal_paths())
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
            known = orjson.loads(self._path.read_bytes())
            files = known["files"] if known["version"] == _VERSION else None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            files = None
        if files is None:
            raise OutputError(
                f"{self._path} is not a manifest of this version",
                hint="build into another folder, or delete this one",
            )
        return {path: Receipt(digest, sha) for path, (digest, sha) in files.items()}

    def receipt_for(self, path: str, sha256: str) -> Receipt | None:
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
        """Replace the manifest, then drop the journals that led to it."""
        import orjson

        plain = {
            "version": _VERSION,
            "files": {path: [r.digest, r.sha256] for path, r in sorted(files.items())},
        }
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(plain))
        fresh.replace(self._path)
        for path in self._journal_paths():
            path.unlink()
        self.files, self._announced = files, {}

    def _journal_paths(self) -> Iterator[Path]:
        return self._journals.glob("*.journal")


class Journal:
    """Lines of `path NUL digest NUL sha256`, each written in one call before the file it is for."""

    def __init__(self, root: Path) -> None:
        folder = root / STATE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(folder / f"{os.getpid()}.journal", flags, 0o666)

    def announce(self, path: str, receipt: Receipt) -> None:
        """Note what is about to stand at `path`."""
        line = f"{path}\0{receipt.digest}\0{receipt.sha256}\n"
        os.write(self._file, line.encode("utf-8", "surrogateescape"))

    def close(self) -> None:
        """Close the file; `Manifest.save` deletes it."""
        os.close(self._file)


def read_journal(path: Path) -> Iterator[tuple[str, Receipt]]:
    """The lines of a journal; one that a kill cut short is passed over: nothing followed it."""
    for line in path.read_bytes().split(b"\n"):
        fields = line.decode("utf-8", "surrogateescape").split("\0")
        if len(fields) == 3 and len(fields[2]) == 64:
            yield fields[0], Receipt(fields[1], fields[2])


def sha256_of(data: bytes) -> str:
    """The sha-256 of bytes, hex."""
    return hashlib.sha256(data).hexdigest()
