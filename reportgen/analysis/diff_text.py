"""Two texts line by line, and within changed lines word by word, in bounded time."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from reportgen.analysis.edits import Edit, edits_of
from reportgen.spelling import plural

MOST_BYTES = 256 << 10  # of each text
MOST_LINES = 4_000  # of each text
_MOST_EDITS = 600  # lines taken out and put in
_MOST_WORD_EDITS = 60  # of a line
_MOST_WORDS = 400  # of a line
_LONGEST_LINE = 2_000  # characters
MOST_SHOWN = 2_000  # lines, where nothing else is said
TOO_LARGE = "too large to be compared line by line"
_CONTEXT = 3  # equal lines around a change
_ALIKE = 0.35  # the part of a line that must be kept for it to count as changed, not replaced
_WORD = re.compile(r"\d(?:[\w.]|(?<=[eE])[+-])*|\w+|\s+|[^\w\s]")  # a number is one word


class Piece(NamedTuple):
    """A part of a line."""

    text: str
    is_changed: bool = False


class Line(NamedTuple):
    """A line of A, of B, or of both; numbers count from 1, 0 where it is not in that text."""

    kind: str  # " " in both, "-" in A only, "+" in B only
    a: int
    b: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


class Hunk(NamedTuple):
    """Changed lines with some equal ones around them."""

    skipped: int  # equal lines before it that are not shown
    lines: tuple[Line, ...]


class TextDiff(NamedTuple):
    """How one text became the other."""

    hunks: tuple[Hunk, ...]
    added: int  # lines
    removed: int
    note: str = ""  # why there are no lines, or what was done to the texts before


def diff_texts(a: str, b: str, *, is_json: bool = False, most_shown: int = MOST_SHOWN) -> TextDiff:
    """The changed lines of two texts. Where they are too large or too different, only a note.

    JSON that is written without line ends is compared as if it were indented.
    """
    note = ""
    if is_json:
        given = a, b
        a, b = laid_out(a), laid_out(b)
        note = "laid out in lines to be compared" if (a, b) != given else ""
    if a.endswith("\n") and b.endswith("\n"):
        a, b = a[:-1], b[:-1]
    lines_a, lines_b = a.split("\n"), b.split("\n")
    if max(len(lines_a), len(lines_b)) > MOST_LINES:
        return TextDiff((), 0, 0, TOO_LARGE)
    edits = edits_of(lines_a, lines_b, _MOST_EDITS)
    if edits is None:
        return TextDiff((), 0, 0, "too different to be compared line by line")
    added = sum(edit[3] - edit[2] for edit in edits)
    removed = sum(edit[1] - edit[0] for edit in edits)
    hunks = tuple(_hunks(lines_a, lines_b, edits, most_shown)) if most_shown > 0 else ()
    left_out = added + removed - sum(line.kind != " " for hunk in hunks for line in hunk.lines)
    if left_out:
        note = "; ".join(filter(None, (note, f"{plural(left_out, 'changed line')} left out")))
    return TextDiff(hunks, added, removed, note)


def laid_out(text: str) -> str:
    """JSON in lines, where it is JSON in a line or two; any other text as it is."""
    if text.count("\n") > 2:
        return text
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _hunks(a: Sequence[str], b: Sequence[str], edits: Sequence[Edit], room: int) -> Iterator[Hunk]:
    """The changes with what is around them, up to a number of lines; others are not even made."""
    shown = 0  # lines of A that earlier hunks have, or skipped
    for group in _groups(edits):
        start = max(shown, group[0][0] - _CONTEXT)
        end = min(len(a), group[-1][1] + _CONTEXT)
        lines = tuple(islice(_lines((a, b), group, start, end), room))
        yield Hunk(start - shown, lines)
        shown = end
        room -= len(lines)
        if room <= 0:
            return


def _lines(
    texts: tuple[Sequence[str], Sequence[str]], group: Sequence[Edit], start: int, end: int
) -> Iterator[Line]:
    """The lines of a hunk: of A from `start` to `end`, and those of B in their places."""
    at_a, at_b = start, group[0][2] - (group[0][0] - start)
    for edit in group:
        yield from _equal(texts[0], (at_a, at_b), edit[0])
        yield from _changed(texts, edit)
        at_a, at_b = edit[1], edit[3]
    yield from _equal(texts[0], (at_a, at_b), end)


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
    """Lines of A and of B: those at one place that are alike below each other, with their words."""
    at_a, to_a, at_b, to_b = edit
    for shift in range(min(to_a - at_a, to_b - at_b)):
        place_a, place_b = edit[0] + shift, edit[2] + shift
        marked = _words(texts[0][place_a], texts[1][place_b])
        if marked is not None:
            yield from _replaced(texts, (at_a, place_a, at_b, place_b))
            yield Line("-", place_a + 1, 0, marked[0])
            yield Line("+", 0, place_b + 1, marked[1])
            at_a, at_b = place_a + 1, place_b + 1
    yield from _replaced(texts, (at_a, to_a, at_b, to_b))


def _replaced(texts: tuple[Sequence[str], Sequence[str]], edit: Edit) -> Iterator[Line]:
    """Lines that have nothing in common: those of A, then those of B."""
    for place in range(edit[0], edit[1]):
        yield Line("-", place + 1, 0, _whole(texts[0][place]))
    for place in range(edit[2], edit[3]):
        yield Line("+", 0, place + 1, _whole(texts[1][place]))


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """Two lines with their different words marked; None where little is alike."""
    return None if max(len(old), len(new)) > _LONGEST_LINE else _marked_words(old, new)


@lru_cache(maxsize=512)  # settings recur from run to run
def _marked_words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    a, b = _WORD.findall(old), _WORD.findall(new)
    if max(len(a), len(b)) > _MOST_WORDS:
        return None
    edits = edits_of(a, b, _MOST_WORD_EDITS)
    if edits is None:
        return None
    marked = tuple(_marked(a, [one[:2] for one in edits]))
    kept = sum(len(piece.text) for piece in marked if not piece.is_changed)
    if kept < _ALIKE * max(len(old), len(new)):
        return None
    return marked, tuple(_marked(b, [one[2:] for one in edits]))


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
