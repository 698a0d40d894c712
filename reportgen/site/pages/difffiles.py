"""The files that differ between two runs, as a page shows them: texts by lines, images in pairs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import lru_cache, partial

from markupsafe import Markup

from reportgen.analysis.diff_files import Change, FileChange, Files
from reportgen.analysis.diff_text import Hunk, Line, Piece, TextDiff
from reportgen.errors import AccessError
from reportgen.model import Artifact
from reportgen.render.escaping import escaped, escaped_text
from reportgen.render.filters import NOTHING, size
from reportgen.render.viewers import Picture, picture
from reportgen.render.viewers.base import clean
from reportgen.site.diffs.sides import Side
from reportgen.site.pages.difftables import SIDES, box
from reportgen.spelling import MINUS, grouped, plural
from reportgen.values import frozen

_MOST_PAIRS = 12  # of images; all are listed
_HEAD = f"<thead><tr><th>File<th>What became of it{SIDES}<tbody>"


@frozen
class TextView:
    """A text that differs."""

    path: str
    hint: str  # how many lines, and what was left out
    html: Markup  # "" where it was not compared line by line


@frozen
class FilesView:
    """All files that differ."""

    hint: str  # in one line; "" where neither run has files
    texts: tuple[TextView, ...]
    images: Markup
    table: Markup  # what became of each file; "" where none differs
    same: tuple[str, ...]


@frozen
class Shown:
    """A run's files: how to read one, and the address of its copy ("" for one that has none)."""

    side: Side
    href: Callable[[str], str]
    source: Callable[[Artifact], str] | None = None  # of an image that has no copy
    pictures: dict[str, Picture | None] = field(default_factory=dict)  # that were made, by path
    sizes: dict[str, str] = field(default_factory=dict)  # that were written, by path

    def picture(self, artifact: Artifact | None) -> Picture | None:
        """An image as the page shows it; None for what cannot be shown."""
        if artifact is None:
            return None
        if artifact.path not in self.pictures:
            self.pictures[artifact.path] = self._picture(artifact)
        return self.pictures[artifact.path]

    def size(self, artifact: Artifact | None) -> str:
        """How large a file is, as HTML that leads to its copy; a dash for none."""
        if artifact is None:
            return NOTHING
        if artifact.path not in self.sizes:
            text = size(artifact.size)
            href = self.href(artifact.path)
            self.sizes[artifact.path] = f'<a href="{escaped(href)}">{text}</a>' if href else text
        return self.sizes[artifact.path]

    def _picture(self, artifact: Artifact) -> Picture | None:
        read = partial(self.side.head, artifact)
        href = self.href(artifact.path)
        try:
            if self.source is not None and (source := self.source(artifact)):
                return Picture(artifact.path, source, "", 0, 0)
            return picture(artifact.path, artifact.size, read, href)
        except AccessError:
            return None


def files_view(files: Files, shown: tuple[Shown, Shown]) -> FilesView:
    """The view of the files; images that differ are read here, to know their sizes."""
    if not files.changes and not files.same:
        return FilesView("", (), Markup(), Markup(), ())
    texts = tuple(_text_view(one, one.text) for one in files.changes if one.text is not None)
    pairs = [
        one
        for one in files.changes
        if one.is_image and one.a and one.b and "compressed." not in one.path
    ]
    images = "".join(_pairs(pairs[:_MOST_PAIRS], shown))
    rows = "".join([_file_row(one, shown) for one in files.changes])
    table = box("Files that differ", f"{_HEAD}{rows}", "df") if rows else ""
    return FilesView(_hint(files), texts, Markup(images), Markup(table), files.same)  # noqa: S704


def _hint(files: Files) -> str:
    counts: dict[Change, int] = {}
    for one in files.changes:
        counts[one.change] = counts.get(one.change, 0) + 1
    parts = [f"{counts[change]} {change.value}" for change in Change if change in counts]
    if files.same:
        parts.append(f"{len(files.same)} the same")
    return ", ".join(parts)


def _file_row(one: FileChange, shown: tuple[Shown, Shown]) -> str:
    return (
        f"<tr><th class=path>{escaped_text(clean(one.path))}<td>{one.change.value}"
        f"<td>{shown[0].size(one.a)}<td>{shown[1].size(one.b)}"
    )


def _text_view(one: FileChange, diff: TextDiff) -> TextView:
    parts = []
    if diff.added or diff.removed:
        parts.append(f"{grouped(diff.removed)} out, {plural(diff.added, 'line')} in")
    hint = "; ".join(filter(None, (*parts, diff.note)))
    return TextView(clean(one.path), hint, text_html(diff, one.path))


def text_html(diff: TextDiff, label: str) -> Markup:
    """The changed lines; a sign before each says which text it is of, and colour says it again."""
    if not diff.hunks:
        return Markup()
    lines = "".join(map(_hunk, diff.hunks))
    name = escaped(clean(label))
    return Markup(  # noqa: S704 (escaped line by line)
        f'<pre class=td tabindex=0 role=region aria-label="{name}">{lines}</pre>'
    )


def _hunk(hunk: Hunk) -> str:
    skipped = f"<i>{plural(hunk.skipped, 'line')} the same</i>" if hunk.skipped else ""
    return skipped + "".join(map(_line, hunk.lines))


def _line(line: Line) -> str:
    if line.kind == " ":
        return f"  {escaped_text(clean(line.text))}\n"
    is_mixed = len(line.pieces) > 1  # or else all of it is new, and needs no mark
    pieces = _marked(line.pieces) if is_mixed else escaped_text(clean(line.text))
    return f"<del>{MINUS} {pieces}</del>" if line.kind == "-" else f"<ins>+ {pieces}</ins>"


@lru_cache(maxsize=512)  # settings recur from run to run
def _marked(pieces: tuple[Piece, ...]) -> str:
    """A line with its words, those that changed marked."""
    return "".join(
        f"<b>{escaped_text(clean(piece.text))}</b>"
        if piece.is_changed
        else escaped_text(clean(piece.text))
        for piece in pieces
    )


def _pairs(changes: Sequence[FileChange], shown: tuple[Shown, Shown]) -> Iterator[str]:
    for one in changes:
        a, b = shown[0].picture(one.a), shown[1].picture(one.b)
        if a is not None and b is not None:
            halves = f"{_half(a, 'a')}{_half(b, 'b')}"
            yield (
                f'<figure class="card fig pair"><figcaption><b>{escaped_text(clean(one.path))}</b>'
                f"<span>{one.change.value}</span></figcaption><div class=two>{halves}</div>"
                "</figure>"
            )


def _half(image: Picture, side: str) -> str:
    letter = side.upper()
    measures = f" width={image.width} height={image.height}" if image.width else ""
    tag = (
        f'<img src="{escaped(image.src)}" alt="{escaped(clean(image.name))} in {letter}"{measures}'
        " loading=lazy decoding=async>"
    )
    if image.href:
        tag = f'<a href="{escaped(image.href)}">{tag}</a>'
    return f"<div class=half><span class=k{side}>{letter}</span>{tag}</div>"
