"""Tables as HTML: the first rows and columns, numbers aligned to the right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.render.escaping import escaped
from reportgen.render.viewers.base import Shown, joined, region
from reportgen.spelling import grouped, plural

MOST_ROWS = 200
MOST_COLUMNS = 50
_LONGEST = 200  # characters of a cell
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)? ?%?")
_NO_VALUE = frozenset(("", "nan", "inf", "-inf", "na", "n/a", "null", "none", "infinity"))


@dataclass(frozen=True, slots=True)
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
    width = max((len(row) for row in (table.header, *table.rows[:MOST_ROWS])), default=0)
    places = range(min(width, MOST_COLUMNS))
    numeric = " ".join(f"n{place + 1}" for place in places if _is_numeric(rows, place))
    mark = f' class="{numeric}"' if numeric else ""
    body = f"<table{mark}>{_head(table.header)}<tbody>{_body(rows)}</tbody></table>"
    html = region(name, "table", body)
    cut = any(len(cell) > _LONGEST for row in rows for cell in row)
    note = joined(
        _rows_note(table),
        f"first {MOST_COLUMNS} of {grouped(width)} columns" if width > MOST_COLUMNS else "",
        f"long cells cut at {_LONGEST} characters" if cut else "",
    )
    return Shown(html, "table", note)


def _head(header: tuple[str, ...]) -> str:
    cells = [f'<th scope="col">{escaped(_cut(cell))}</th>' for cell in header[:MOST_COLUMNS]]
    return f"<thead><tr>{''.join(cells)}</tr></thead>" if cells else ""


def _rows_note(table: Table) -> str:
    if table.total is None:
        return f"first {plural(min(len(table.rows), MOST_ROWS), 'row')}"
    if table.total > MOST_ROWS:
        return f"first {MOST_ROWS} of {grouped(table.total)} rows"
    return "" if table.total else "no rows"


def _body(rows: Sequence[Sequence[str]]) -> str:
    return "".join(
        f"<tr><td>{'</td><td>'.join([escaped(_cut(cell)) for cell in row])}</td></tr>"
        for row in rows
    )


def _is_numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column holds numbers, and nothing else but missing values."""
    found = False
    for row in rows:
        cell = row[place].strip() if place < len(row) else ""
        if is_number(cell):
            found = True
        elif cell.lower() not in _NO_VALUE:
            return False
    return found


def is_number(cell: str) -> bool:
    """Whether a cell spells a number, also with a decimal comma or a per cent sign."""
    return _NUMBER.fullmatch(cell) is not None


def _cut(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"
