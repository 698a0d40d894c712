"""CSV and TSV files as tables."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from reportgen.render.viewers.base import Shown, Source, Unfit
from reportgen.render.viewers.plain import text_of
from reportgen.render.viewers.tables import MOST_ROWS, Table, is_number, table_shown

_ENDINGS = {"csv", "tsv", "tab"}
_FIRST = 64 << 10  # bytes; 200 rows of most files
_MOST = 1 << 20
_COUNTED = 8 << 20
_DELIMITERS = ",;\t|"
_LOOKED_AT = 10  # lines, for the delimiter


def show(source: Source) -> Shown | None:
    """The first rows. Raises Unfit where the file is no text, or a quote in it never ends."""
    if source.ending not in _ENDINGS:
        return None
    body, whole = source.head(_FIRST)
    rows = _rows(source, body, whole=whole)
    if not whole and len(rows) <= MOST_ROWS + 1:
        body, whole = source.head(_MOST)
        rows = _rows(source, body, whole=whole)
    if not rows:
        if whole:
            raise Unfit("no rows")
        raise Unfit("rows too long for a table")
    header = tuple(rows[0]) if _has_header(rows) else ()
    rows = rows[1:] if header else rows
    total = _total(source, header, len(rows))
    return table_shown(source.name, Table(header, rows, total))


def _rows(source: Source, body: bytes, *, whole: bool) -> list[list[str]]:
    """The first rows, two more than are shown; without the last one where it is cut off."""
    reader = _reader(source, text_of(body, whole=whole))
    try:
        rows = list(islice(filter(None, reader), MOST_ROWS + 2))
    except csv.Error as error:
        raise Unfit(f"not a table: {error}") from error
    if not whole and len(rows) < MOST_ROWS + 2:
        rows = rows[:-1]
    return rows


def _reader(source: Source, text: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text, source.ending))


def delimiter_of(text: str, ending: str) -> str:
    """The delimiter that parts the first lines into equally many columns, the most of them.

    A tab in a file of tabs, and a comma where none fits.
    """
    if ending != "csv" and "\t" in text:
        return "\t"
    lines = text[:_FIRST].split("\n", _LOOKED_AT)
    lines = [_unquoted(line) for line in lines[:-1] or lines if line]  # the last may be cut
    counts = {mark: [line.count(mark) for line in lines] for mark in _DELIMITERS}
    even = [
        (found[0], -_DELIMITERS.index(mark), mark)
        for mark, found in counts.items()
        if found and found[0] and len(set(found)) == 1
    ]
    if even:
        return max(even)[2]
    return max(_DELIMITERS, key=lambda mark: (sum(counts[mark]), -_DELIMITERS.index(mark)))


def _unquoted(line: str) -> str:
    """A line without what stands in quotes."""
    return "".join(line.split('"')[::2]) if '"' in line else line


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: none of its cells is a number, nor are all empty."""
    return any(rows[0]) and not any(is_number(cell.strip()) for cell in rows[0])


def _total(source: Source, header: tuple[str, ...], seen: int) -> int | None:
    """The number of rows, None where it would take long to know.

    Without quotes, each line that is not empty is a row.
    """
    if seen <= MOST_ROWS:
        return seen if source.head(_MOST)[1] else None
    body, whole = source.head(_COUNTED)
    if not whole:
        return None
    if b'"' not in body and b"\0" not in body:
        lines = body.splitlines() if b"\r" in body or b"\n\n" in body else None
        if lines is not None:
            count = sum(1 for line in lines if line)
        else:
            count = body.count(b"\n") + (not body.endswith(b"\n"))
        return count - bool(header)
    if len(body) > _MOST:
        return None
    try:
        rows = sum(1 for row in _reader(source, text_of(body, whole=True)) if row)
        return rows - bool(header)
    except csv.Error:
        return None
