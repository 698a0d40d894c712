"""A run's files for scripts that compare any two runs, `files.js`: hashes, texts and packages.

A page that was opened from a folder can read no file but scripts, so the texts that a diff shows
line by line stand here once more, as far as they are small, and so do SVG images, whose copies no
page can show. It is a script of its own, which only the page of comparisons loads. Hashes are those
that the copies were written with: no file is read for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from reportgen.analysis.diff_files import is_json, is_picture, is_text, text_in
from reportgen.analysis.diff_text import MOST_BYTES, MOST_LINES, laid_out
from reportgen.digest import Digest, digest_of
from reportgen.errors import AccessError
from reportgen.model import Artifact
from reportgen.render.viewers import is_bitmap, picture
from reportgen.site.diffs.sides import Side, environment_files, packages_of
from reportgen.site.outputs import Output
from reportgen.site.scripts import put_call
from reportgen.values import frozen

MOST_TEXT = 256 << 10  # characters of all texts and drawings of a run
_HASH_DIGITS = 32  # of the 64 of a SHA-256: enough to tell files apart


@frozen
class Copied:
    """An artifact that was copied into the site, and the SHA-256 of the copy."""

    artifact: Artifact
    sha256: bytes | None  # None where the copy could not be made


def files_output(code: Digest, page: str, side: Side, copied: Sequence[Copied]) -> Output:
    """The file `runs/<page>/files.js`, to be written after the copies.

    A run without copies whose models name no packages has none.
    """
    stamps = [one.sha256 or b"" for one in copied]
    stamps += [artifact.digest.encode() for _, artifact in environment_files(side.run)]
    paths = [one.artifact.path for one in copied]
    return Output(
        f"runs/{page}/files.js",
        digest_of(code, page, paths, b" ".join(stamps)) if all(stamps) else "",
        lambda: put_call("files", page, _plain(side, copied)),
    )


def _plain(side: Side, copied: Sequence[Copied]) -> dict[str, object]:
    texts = _Texts(side)
    for artifact in sorted((one.artifact for one in copied), key=_rank):
        texts.take(artifact)
    return {
        "hashes": dict(_hashes(copied)),
        "texts": texts.found,
        "laid": texts.laid,
        "large": texts.large,
        "left": texts.left,
        "drawings": texts.drawings,
        "packages": packages_of(side),
    }


def _rank(artifact: Artifact) -> tuple[bool, int, str]:
    """Texts before drawings, small ones first."""
    return is_picture(artifact.path), artifact.size, artifact.path


def _hashes(copied: Sequence[Copied]) -> Iterator[tuple[str, str]]:
    for one in copied:
        if one.sha256 is not None:
            yield one.artifact.path, one.sha256.hex()[:_HASH_DIGITS]


@dataclass(slots=True)
class _Texts:
    """The texts of a run, and its SVG images, while there is room."""

    side: Side
    found: dict[str, str] = field(default_factory=dict)  # as they are compared, by path
    laid: list[str] = field(default_factory=list)  # of JSON, that was laid out in lines
    large: list[str] = field(default_factory=list)  # too large to be compared line by line
    left: list[str] = field(default_factory=list)  # no room was left for them
    drawings: dict[str, str] = field(default_factory=dict)  # as addresses of an image, by path
    room: int = MOST_TEXT

    def take(self, artifact: Artifact) -> None:
        """Take in an artifact, if it is a text."""
        path = artifact.path
        if is_picture(path):
            if not is_bitmap(path):
                self._draw(artifact)
            return
        if not is_text(path):
            return
        if artifact.size > MOST_BYTES:
            self.large.append(path)
        elif self.room < artifact.size:  # characters are bytes at the least
            self.left.append(path)
        elif (text := self._read(artifact)) is not None:
            self._keep(path, text)

    def _draw(self, artifact: Artifact) -> None:
        read = partial(self.side.head, artifact)
        try:
            shown = picture(artifact.path, artifact.size, read, "")
        except AccessError:
            return
        if shown is not None and len(shown.src) <= self.room:
            self.drawings[artifact.path] = shown.src
            self.room -= len(shown.src)

    def _read(self, artifact: Artifact) -> str | None:
        try:
            return text_in(self.side.head(artifact, MOST_BYTES))
        except AccessError:  # it went since it was copied
            return None

    def _keep(self, path: str, given: str) -> None:
        text = laid_out(given) if is_json(path) else given
        if text.removesuffix("\n").count("\n") >= MOST_LINES:
            self.large.append(path)
        elif len(text) > self.room:
            self.left.append(path)
        else:
            self.found[path] = text
            self.room -= len(text)
            if text != given:
                self.laid.append(path)
