"""The build loop: an output whose digest is known and whose file is there stays; else it is made.

Every file is written beside the site and moved into place, so that a page is whole or old at any
moment. A file that we did not write is never replaced.
"""

import os
import traceback
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.digest import Digest
from reportgen.errors import OutputError, ReportgenError
from reportgen.site.manifest import Journal, Manifest, sha256_of
from reportgen.site.outputs import Failure, Output, Receipt
from reportgen.site.quick import STATE_FOLDER
from reportgen.site.refresh import is_data, is_marked, marked

_MORE_FLAGS = sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"))
_NOT_OURS = "a file that reportgen did not write stands here; it was left alone"
_EDITED = "was changed by hand since reportgen wrote it; delete it to have it written again"


@dataclass(slots=True)
class Written:
    """What became of the outputs of one or more calls of `Writer.write`."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)  # paths whose bytes are new
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Written") -> None:
        """Take over what another call, perhaps in another process, has written."""
        self.receipts.update(other.receipts)
        self.changed += other.changed
        self.failures += other.failures


class Writer:
    """Writes outputs below one folder. Each process has its own."""

    def __init__(
        self, root: Path, manifest: Manifest, *, live: bool = False, refresh: int = 0
    ) -> None:
        """With `live`, that of a watch, beside which a build may be at work.

        Pages look for newer versions of themselves every `refresh` ms; 0 for never.
        """
        self._root = os.path.realpath(root)
        self._manifest = manifest
        self._live = live
        self._refresh = refresh
        self._journal: Journal | None = None
        self._folders: set[str] = set()
        self._present = Written()  # of the present call of `write`
        self._made: set[str] = set()  # by the present call of `write`: nothing stood in them
        self._fresh = f"{self._root}/{STATE_FOLDER}/{os.getpid()}.new"

    def write(self, outputs: Iterable[Output]) -> Written:
        """Bring the files of these outputs up to date, in their order."""
        written = self._present = Written()
        self._made.clear()
        for output in outputs:
            try:
                self._write_one(output, written)
            except OSError as error:
                raise OutputError(
                    f"{output.path}: {error.strerror or error}",
                    hint="check the output folder's space and permissions, then build again",
                ) from error
        return written

    def hash_of(self, path: str) -> bytes | None:
        """The SHA-256 of a file that the present call of `write` is done with; None for others."""
        receipt = self._present.receipts.get(path)
        return None if receipt is None else receipt.sha256

    def is_stale(self, path: str, digest: Digest) -> bool:
        """Whether an output with that digest would be made by `write`."""
        try:
            old = self._old_bytes(path)
        except IsADirectoryError:
            return False
        receipt = None if old is None else self._manifest.receipt_for(path, sha256_of(old))
        return old is None or (receipt is not None and receipt.digest != digest)

    def close(self) -> None:
        """Let go of the journal; nothing is written after that."""
        if self._journal is not None:
            self._journal.close()

    def _write_one(self, output: Output, written: Written) -> None:
        try:
            old = self._old_bytes(output.path)
        except IsADirectoryError:
            written.failures.append(Failure(output.path, _NOT_OURS))
            return
        receipt = None
        if old is not None:
            receipt = self._manifest.receipt_for(output.path, sha256_of(old))
            if receipt is None:
                reason = _EDITED if self._manifest.is_listed(output.path) else _NOT_OURS
                written.failures.append(Failure(output.path, reason))
                self._keep_old(output.path, written)
                return
            is_other = is_data(output.path) and is_marked(old) != bool(self._refresh)
            if output.digest and receipt.digest == output.digest and not is_other:
                written.receipts[output.path] = receipt
                return
        try:
            data = marked(output.path, output.make(), self._refresh)
        except Exception as error:  # one bad page must not cost the other pages
            written.failures.append(Failure(output.path, failure_reason(error)))
            self._keep_old(output.path, written)
            return
        fresh = Receipt.of(output.digest, sha256_of(data))
        if receipt is None or receipt.sha256 != fresh.sha256:
            self._replace(output.path, data, fresh)
            written.changed.append(output.path)
        written.receipts[output.path] = fresh

    def _keep_old(self, path: str, written: Written) -> None:
        """Go on listing a file of ours whose new version failed, so that it is not forgotten."""
        known = self._manifest.files.get(path)
        if known is not None:
            written.receipts[path] = Receipt.of("", known.sha256)

    def _old_bytes(self, path: str) -> bytes | None:
        if path.rpartition("/")[0] in self._made and path not in self._folders:
            return None
        try:
            with open(f"{self._root}/{path}", "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _replace(self, path: str, data: bytes, receipt: Receipt) -> None:
        folder = path.rpartition("/")[0]
        self._make_folder(folder)
        if self._journal is None:
            self._journal = Journal(Path(self._root), live=self._live)
        try:
            self._put(path, data, receipt, self._journal)
        except FileNotFoundError:
            if not self._live:
                raise
            # A build that began just now took our file for left over, or the folder for empty.
            self._folders.clear()
            self._make_folder(folder)
            self._put(path, data, receipt, self._journal)

    def _put(self, path: str, data: bytes, receipt: Receipt, journal: Journal) -> None:
        _write_file(self._fresh, data)
        journal.put(self._fresh, path, receipt)

    def _make_folder(self, folder: str) -> None:
        """Make a folder of the site; a link on the way would lead the site out of its folder."""
        if not folder or folder in self._folders:
            return
        self._make_folder(folder.rpartition("/")[0])
        path = f"{self._root}/{folder}"
        try:
            os.mkdir(path)
            self._made.add(folder)
        except FileExistsError:
            if os.path.islink(path):
                raise OutputError(
                    f"{path} is a link; nothing is written through it",
                    hint="remove the link, or choose another output folder",
                ) from None
        self._folders.add(folder)


def _write_file(path: str, data: bytes) -> None:
    """Write a file of ours anew; a file object costs as much again as this."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _MORE_FLAGS
    descriptor = os.open(path, flags, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def failure_reason(error: Exception) -> str:
    """Our own errors as they are; any other with the place that raised it, to find the bug.

    Of what went wrong in a template, that is the line of the template.
    """
    if isinstance(error, ReportgenError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    templates = [frame for frame in frames if frame.filename.endswith(".html")]
    last = (templates or frames)[-1]
    return f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}:{last.lineno})"


def prune(root: Path, manifest: Manifest, keep: AbstractSet[str]) -> list[str]:
    """Delete files that we wrote and that no output asks for any more, and folders left empty.

    A file whose bytes are not those we wrote is the user's by now, and stays.
    """
    pruned = []
    real = os.path.realpath(root)
    for path in sorted(manifest.paths() - keep):
        target = root / path
        try:
            if os.path.realpath(target) != f"{real}/{path}":  # what a link leads to is not ours
                continue
            if manifest.receipt_for(path, sha256_of(target.read_bytes())) is None:
                continue
            target.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        pruned.append(path)
        _remove_empty(root, target.parent)
    return pruned


def _remove_empty(root: Path, folder: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:  # not empty
            return
        folder = folder.parent
