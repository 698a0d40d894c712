"""Findings about a built site: files that are gone or changed, links that lead nowhere."""

import posixpath
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reportgen.errors import OutputError
from reportgen.model import Problem
from reportgen.readers.regular import reason_of
from reportgen.site.manifest import Manifest, sha256_of
from reportgen.site.quick import STATE_FOLDER

_LINKS = {"href", "src", "poster", "data"}


def site_findings(root: Path) -> Iterator[Problem]:
    """What is wrong with the site in a folder; nothing where no site was built there.

    Compares every file with the receipt of its bytes and follows every link of every page. Raises
    OutputError where it cannot be read which files are ours.
    """
    try:
        if not (root / STATE_FOLDER).is_dir():
            return
        manifest = Manifest(root)
    except OSError as error:
        raise OutputError(
            f"{error.filename} cannot be read: {error.strerror}", hint="check its permissions"
        ) from error
    paths = manifest.paths()
    for path in sorted(paths):
        target = root / path
        try:
            data = target.read_bytes() if target.is_file() else None
        except OSError as error:
            yield Problem(path, None, f"cannot be read: {reason_of(error)}")
            continue
        if data is None:
            yield Problem(path, None, "is missing; build again")
        elif manifest.receipt_for(path, sha256_of(data)) is None:
            yield Problem(path, None, "was changed since reportgen wrote it; delete it and build")
        elif path.endswith(".html") and path.split("/")[2:3] != ["artifacts"]:  # of a run
            yield from _broken_links(path, data, paths)


def _broken_links(path: str, data: bytes, paths: set[str]) -> Iterator[Problem]:
    for line, link in links_in(data.decode("utf-8", "replace")):
        target = resolve(path, link)
        if target is not None and target not in paths:
            yield Problem(path, line, f"links to {link}, which is not in the site")


def resolve(page: str, link: str) -> str | None:
    """The file of the site that a link on a page means; None for other places and for anchors."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))


def links_in(html: str) -> Iterable[tuple[int, str]]:
    """The links of a page: line and address."""
    parser = _LinkParser()
    parser.feed(html)
    parser.close()
    return parser.links


class _LinkParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [
            (self.getpos()[0], value) for name, value in attrs if name in _LINKS and value
        ]
