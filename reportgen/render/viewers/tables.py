"""Tables as HTML: the first rows and columns, numbers aligned to the right.

Cells and rows have no end tags, which HTML lets one leave out: of short values, they would be most.
"""

import re
from collections.abc import Sequence
from itertools import chain

from reportgen.render.escaping import escaped_text, escaped_texts
from reportgen.render.viewers.base import Shown, joined, region
from reportgen.spelling import grouped, plural
from reportgen.values import frozen

MOST_ROWS = 200
MOST_COLUMNS = 50
_LONGEST = 200  # characters of a cell
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)? ?%?")
_NO_VALUE = frozenset(("", "nan", "inf", "-inf", "na", "n/a", "null", "none", "infinity"))


@frozen
class Table:
    """The rows that may be shown (some more may be there), and how many there are in all.

    `header` is empty where the columns have no names. `total` is None where it is not known.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    total: int | None


def table_shown(name: str, table: Table) -> Shown:
    """A table as a box, with a note of what was left out."""
    rows = [row[:MOST_COLUMNS] for row in table.rows[:MOST_ROWS]]
    width = max(map(len, (table.header, *table.rows[:MOST_ROWS])))
    places = range(min(width, MOST_COLUMNS))
    numeric = " ".join(f"n{place + 1}" for place in places if _is_numeric(rows, place))
    mark = f' class="{numeric}"' if numeric else ""
    cut = max(map(len, chain.from_iterable(rows)), default=0) > _LONGEST
    if cut:
        rows = [[_cut(cell) for cell in row] for row in rows]
    body = f"<table{mark}>{_head(table.header)}<tbody>{_body(rows)}</table>"
    html = region(name, "table", body)
    note = joined(
        _rows_note(table),
        f"first {MOST_COLUMNS} of {grouped(width)} columns" if width > MOST_COLUMNS else "",
        f"long cells cut at {_LONGEST} characters" if cut else "",
    )
    return Shown(html, "table", note)


def _head(header: tuple[str, ...]) -> str:
    cells = [f'<th scope="col">{escaped_text(_cut(cell))}' for cell in header[:MOST_COLUMNS]]
    return f"<thead><tr>{''.join(cells)}" if cells else ""


def _rows_note(table: Table) -> str:
    if table.total is None:
        return f"first {plural(min(len(table.rows), MOST_ROWS), 'row')}"
    if table.total > MOST_ROWS:
        return f"first {MOST_ROWS} of {grouped(table.total)} rows"
    return "" if table.total else "no rows"


def _body(rows: Sequence[Sequence[str]]) -> str:
    return "".join([f"<tr><td>{'<td>'.join(escaped_texts(row))}" for row in rows])


def _is_numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column holds numbers, and nothing else but missing values."""
    cells = {row[place].strip() for row in rows if place < len(row)}
    others = [cell for cell in cells if not is_number(cell)]
    return len(others) < len(cells) and all(cell.lower() in _NO_VALUE for cell in others)


def is_number(cell: str) -> bool:
    """Whether a cell spells a number, also with a decimal comma or a per cent sign."""
    return cell.isdecimal() or _NUMBER.fullmatch(cell) is not None


def _cut(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"
