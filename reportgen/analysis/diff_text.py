"""Two texts line by line, and within changed lines word by word, in bounded time."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.analysis.edits import Edit, edits_of
from reportgen.spelling import plural

MOST_BYTES = 256 << 10  # of each text
MOST_LINES = 4_000  # of each text
_MOST_EDITS = 600  # lines taken out and put in
_MOST_WORD_EDITS = 60  # of a line
_MOST_WORDS = 400  # of a line
_LONGEST_LINE = 2_000  # characters
_MOST_SHOWN = 400  # lines of one text
_CONTEXT = 3  # equal lines around a change
_ALIKE = 0.35  # the part of a line that must be kept for it to count as changed, not replaced
_WORD = re.compile(r"\d(?:[\w.]|(?<=[eE])[+-])*|\w+|\s+|[^\w\s]")  # a number is one word


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of A, of B, or of both; numbers count from 1, 0 where it is not in that text."""

    kind: str  # " " in both, "-" in A only, "+" in B only
    a: int
    b: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changed lines with some equal ones around them."""

    skipped: int  # equal lines before it that are not shown
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TextDiff:
    """How one text became the other."""

    hunks: tuple[Hunk, ...]
    added: int  # lines
    removed: int
    note: str = ""  # why there are no lines, or what was done to the texts before


def diff_texts(a: str, b: str, *, is_json: bool = False) -> TextDiff:
    """The changed lines of two texts. Where they are too large or too different, only a note.

    JSON that is written without line ends is compared as if it were indented.
    """
    note = ""
    if is_json:
        given = a, b
        a, b = _indented(a), _indented(b)
        note = "laid out in lines to be compared" if (a, b) != given else ""
    lines_a, lines_b = a.split("\n"), b.split("\n")
    if max(len(lines_a), len(lines_b)) > MOST_LINES:
        return TextDiff((), 0, 0, "too large to be compared line by line")
    edits = edits_of(lines_a, lines_b, _MOST_EDITS)
    if edits is None:
        return TextDiff((), 0, 0, "too different to be compared line by line")
    added = sum(edit[3] - edit[2] for edit in edits)
    removed = sum(edit[1] - edit[0] for edit in edits)
    hunks, left_out = _cut(list(_hunks(lines_a, lines_b, edits)))
    if left_out:
        note = "; ".join(filter(None, (note, f"{plural(left_out, 'changed line')} left out")))
    return TextDiff(tuple(hunks), added, removed, note)


def _indented(text: str) -> str:
    """JSON in lines, where it is JSON in a line or two."""
    if text.count("\n") > 2:
        return text
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _hunks(a: Sequence[str], b: Sequence[str], edits: Sequence[Edit]) -> Iterator[Hunk]:
    shown = 0  # lines of A that earlier hunks have, or skipped
    for group in _groups(edits):
        first, last = group[0], group[-1]
        start = max(shown, first[0] - _CONTEXT)
        lines: list[Line] = []
        at_a, at_b = start, first[2] - (first[0] - start)
        for from_a, to_a, from_b, to_b in group:
            lines += _equal(a, (at_a, at_b), from_a)
            lines += _changed((a, b), (from_a, to_a, from_b, to_b))
            at_a, at_b = to_a, to_b
        end = min(len(a), last[1] + _CONTEXT)
        lines += _equal(a, (at_a, at_b), end)
        yield Hunk(start - shown, tuple(lines))
        shown = end


def _groups(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Edits that are near each other together."""
    group: list[Edit] = []
    for edit in edits:
        if group and edit[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _equal(a: Sequence[str], at: tuple[int, int], end: int) -> Iterator[Line]:
    shift = at[1] - at[0]
    for place in range(at[0], end):
        yield Line(" ", place + 1, place + shift + 1, _whole(a[place], is_changed=False))


def _changed(texts: tuple[Sequence[str], Sequence[str]], edit: Edit) -> Iterator[Line]:
    """Lines of A, then those of B; lines at the same place of both are compared by words."""
    from_a, to_a, from_b, to_b = edit
    old, new = texts[0][from_a:to_a], texts[1][from_b:to_b]
    pairs = [_words(*pair) for pair in zip(old, new, strict=False)]
    for place, line in enumerate(old):
        pieces = pairs[place][0] if place < len(pairs) else _whole(line)
        yield Line("-", from_a + place + 1, 0, pieces)
    for place, line in enumerate(new):
        pieces = pairs[place][1] if place < len(pairs) else _whole(line)
        yield Line("+", 0, from_b + place + 1, pieces)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two lines with their different words marked; wholly marked where little is alike."""
    if max(len(old), len(new)) > _LONGEST_LINE:
        return _whole(old), _whole(new)
    a, b = _WORD.findall(old), _WORD.findall(new)
    edits = None
    if max(len(a), len(b)) <= _MOST_WORDS:
        edits = edits_of(a, b, _MOST_WORD_EDITS)
    if edits is None:
        return _whole(old), _whole(new)
    marked_a = tuple(_marked(a, [edit[:2] for edit in edits]))
    marked_b = tuple(_marked(b, [edit[2:] for edit in edits]))
    kept = sum(len(piece.text) for piece in marked_a if not piece.is_changed)
    if kept < _ALIKE * max(len(old), len(new)):
        return _whole(old), _whole(new)
    return marked_a, marked_b


def _marked(words: Sequence[str], stretches: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in stretches:
        if at < start:
            yield Piece("".join(words[at:start]))
        if start < end:
            yield Piece("".join(words[start:end]), is_changed=True)
        at = end
    if at < len(words):
        yield Piece("".join(words[at:]))


def _whole(line: str, *, is_changed: bool = True) -> tuple[Piece, ...]:
    return (Piece(line, is_changed),) if line else ()


def _cut(hunks: list[Hunk]) -> tuple[list[Hunk], int]:
    """The first hunks, up to a number of lines; and how many changed lines are left out."""
    room = _MOST_SHOWN
    kept: list[Hunk] = []
    left_out = 0
    for hunk in hunks:
        lines = hunk.lines[: max(0, room)]
        room -= len(lines)
        left_out += sum(line.kind != " " for line in hunk.lines[len(lines) :])
        if lines:
            kept.append(Hunk(hunk.skipped, lines))
    return kept, left_out
