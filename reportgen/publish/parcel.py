"""The files of a built site, checked against the receipts of what was written, and their sizes."""

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from reportgen.errors import PublishError
from reportgen.render.filters import size
from reportgen.site.manifest import Manifest, sha256_of
from reportgen.spelling import first_of
from reportgen.values import frozen

KINDS = ("pages", "data", "artifacts", "pictures", "assets")
_OF_A_RUN = re.compile(r"runs/[^/]+/(artifacts|frames)/")
_PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp", ".ico")
# Control characters, and what git keeps for itself.
_UNSERVED = re.compile(r"[\x00-\x1f\x7f]|(^|/)(\.git|\.\.?)(/|$)", re.IGNORECASE)


@frozen
class Limits:
    """What the place that a site is published to takes; in bytes."""

    site: int
    file: int = 100 << 20  # hosts of git refuse larger ones

    @property
    def much(self) -> int:
        """From where on a word is said about the size of a site."""
        return self.site // 5


@frozen
class Parcel:
    """The files of a site."""

    oids: Mapping[str, str]  # what git calls their contents, by path
    sizes: Mapping[str, int]  # bytes, by path

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(self.sizes.values())


def kind_of(path: str) -> str:
    """One of KINDS, for a file of a site."""
    if _OF_A_RUN.match(path):
        return "artifacts"
    if path.startswith("assets/"):
        return "assets"
    ending = PurePosixPath(path).suffix.lower()
    if ending == ".html":
        return "pages"
    return "pictures" if ending in _PICTURES else "data"


def sizes_of(root: Path, limits: Limits) -> dict[str, int]:
    """The sizes of the files of a site, by path.

    Raises PublishError where files are missing, are no plain files, have a name that cannot be
    served, or where they are too large.
    """
    paths = sorted(Manifest(root).paths())
    found = {path: _size_of(root, path) for path in paths}
    odd = [path for path in paths if _UNSERVED.search(path)]
    if odd:
        raise PublishError(
            f"{odd[0]!r} is a name that cannot be published",
            hint="rename it in the store, and build again",
        )
    large = max(paths, key=lambda path: found[path], default="")
    if large and found[large] > limits.file:
        raise PublishError(
            f"{large} is too large: {size(found[large])}, and hosts take files up to "
            f"{size(limits.file)}",
            hint="lower max_file below [artifacts]: larger artifacts are listed, not copied",
        )
    check_total(found, limits)
    return found


def check_total(sizes: Mapping[str, int], limits: Limits, more: int = 0) -> None:
    """Raise PublishError where a site, and what stands beside it, is too large."""
    total = sum(sizes.values())
    if total + more > limits.site:
        kinds = dict.fromkeys(KINDS, 0)
        for path, count in sizes.items():
            kinds[kind_of(path)] += count
        kind = max(kinds, key=lambda one: kinds[one])
        beside = f" and what stands beside it {size(more)}" if more else ""
        raise PublishError(
            f"the site takes {size(total)}{beside}, more than the "
            f"{size(limits.site)} of [publish] max_size; mostly {kind}: {size(kinds[kind])}",
            hint="lower max_file or max_run below [artifacts], or choose experiments; "
            "reportgen publish --prune NAME removes a preview"
            if more
            else "lower max_file or max_run below [artifacts], or choose experiments",
        )


def _size_of(root: Path, path: str) -> int:
    try:
        found = os.lstat(root / path)
    except OSError as error:
        raise PublishError(
            f"{root / path} is missing or cannot be read: {error.strerror}", hint="publish again"
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise PublishError(
            f"{root / path} is no plain file, and only such can be published",
            hint="delete it, and publish again",
        )
    return found.st_size


def contents_of(root: Path, paths: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Files of a site with their contents, by path.

    Raises PublishError where somebody has changed them since they were written.
    """
    manifest = Manifest(root)
    edited = []
    for path in paths:
        try:
            data = (root / path).read_bytes()
        except OSError as error:
            raise PublishError(
                f"{root / path} cannot be read: {error.strerror}", hint="publish again"
            ) from error
        if manifest.receipt_for(path, sha256_of(data)) is None:
            edited.append(path)
        elif not edited:
            yield path, data
    if edited:
        what = first_of([str(root / path) for path in edited])
        raise PublishError(
            f"{what} was changed by hand since reportgen wrote it",
            hint="delete it, and publish again: it is made anew",
        )


def pack(root: Path, sizes: Mapping[str, int], keep: Callable[[bytes], str]) -> Parcel:
    """Read the files of a site; `keep` takes the contents of each and gives their name."""
    return Parcel({path: keep(data) for path, data in contents_of(root, sizes)}, sizes)
