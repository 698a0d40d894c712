"""The input example of a model: a table to look at, and rows to put into a request.

input_example.json, as `mlflow.models.utils` writes it (1.1x to 3.18):

    {"columns": [...], "data": [[...], ...]}     a data frame ("split"; "index" in old releases)
    {"data": [[...], ...]}                       one whose columns have no names
    [{"a": 1, "b": null}, ...]                   records
    [[...], ...] or {"name": [...]}              arrays; in 1.x wrapped as {"inputs": ...}
    {"inputs": ..., "params": {...}}             any of these with parameters
    {"messages": [...]}, "text", 3               anything else is shown as it is

A missing value is null there, NaN where Python's writer was given one. Both stay missing here:
None in a row, and never a key that is not there.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TypeAlias

from reportgen.analysis.modelschema import json_text, short
from reportgen.values import frozen

Row: TypeAlias = Sequence[object]

MAX_EXAMPLE_BYTES = 1 << 18
_ROWS_SHOWN = 5
_COLUMNS_SHOWN = 40
_CELL = 120  # characters
_TEXT = 4000  # characters
_MAX_DEPTH = 40


@frozen
class Table:
    """Rows of an example, each with a value for each column; `columns` is None without names."""

    columns: tuple[str, ...] | None
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """The number of columns."""
        if self.columns is not None:
            return len(self.columns)
        return len(self.rows[0]) if self.rows else 0


@frozen
class Example:
    """An example as it is shown: cells are texts, None where the value is missing."""

    columns: tuple[str, ...]  # () where it is no table
    numeric: tuple[bool, ...]  # of each column: whether it holds numbers only
    rows: tuple[tuple[str | None, ...], ...]
    text: str  # JSON or plain text, where it is no table
    remark: str  # how much of it is shown; ""
    params: str  # JSON of the parameters beside it; ""


def parse_json(body: bytes) -> object:
    """Read JSON with NaN as Python writes it. Raises ValueError where broken or nested too deep."""
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"))
        _check_depth(value, _MAX_DEPTH)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def _check_depth(value: object, left: int) -> None:
    if not isinstance(value, list | dict):
        return
    if not left:
        raise ValueError("nested too deep")
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, left - 1)


def split_params(value: object, info: Mapping[str, object]) -> tuple[object, object]:
    """The example itself and its parameters (None without), out of their common wrapping."""
    if isinstance(value, dict):
        if set(value) == {"inputs", "params"}:
            return value["inputs"], value["params"]
        if set(value) == {"inputs"} and info.get("type") == "ndarray":
            return value["inputs"], None
    return value, None


def as_table(value: object) -> Table | None:
    """The example as rows, None where it is no table."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), list) and set(value) <= {"data", "columns", "index"}:
            return _rectangle(value.get("columns"), value["data"])
        return _from_columns(value)
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(row, dict) for row in value):
        return _from_records(value)
    if all(isinstance(row, list) for row in value):
        return _rectangle(None, value)
    is_flat = not any(isinstance(item, list | dict) for item in value)
    return Table(None, tuple((item,) for item in value)) if is_flat else None


def _from_columns(value: dict[str, object]) -> Table | None:
    """A dict of lists of one length: columns. A dict of single values: a row."""
    columns = tuple(value)
    if not columns:
        return None
    if not any(isinstance(item, list | dict) for item in value.values()):
        return Table(columns, (tuple(value.values()),))
    lists = [item for item in value.values() if isinstance(item, list)]
    if len(lists) < len(columns) or len({len(item) for item in lists}) != 1:
        return None
    if any(isinstance(cell, list | dict) for item in lists for cell in item):
        return None
    return Table(columns, tuple(zip(*lists, strict=True)))


def _from_records(records: list[dict[str, object]]) -> Table | None:
    """Records by the union of their keys: one that lacks a key has a missing value there."""
    columns = tuple(dict.fromkeys(key for record in records for key in record))
    if not columns or len(columns) * len(records) > MAX_EXAMPLE_BYTES:
        return None
    return Table(columns, tuple(tuple(map(record.get, columns)) for record in records))


def _rectangle(columns: object, data: list[object]) -> Table | None:
    if not all(isinstance(row, list) for row in data):
        return None
    rows = tuple(tuple(row) for row in data if isinstance(row, list))
    widths = {len(row) for row in rows}
    if isinstance(columns, list):
        names = tuple(_name(column) for column in columns)
        return Table(names, rows) if widths <= {len(names)} and names else None
    is_flat = not any(isinstance(cell, list | dict) for row in rows for cell in row)
    return Table(None, rows) if len(widths) == 1 and widths != {0} and is_flat else None


def _name(column: object) -> str:
    """A column's name; one of several levels is a list."""
    return column if isinstance(column, str) else json_text(column)


def show_example(value: object, params: object) -> Example:
    """The first rows and columns of a table, or a text."""
    said = "" if params is None else short(json_text(params), _TEXT)
    table = as_table(value)
    if table is None:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        remark = "Only its start is shown." if len(text) > _TEXT else ""
        return Example((), (), (), short(text, _TEXT), remark, said)
    width = min(table.width, _COLUMNS_SHOWN)
    names = table.columns or tuple(str(number) for number in range(table.width))
    rows = table.rows[:_ROWS_SHOWN]
    numeric = tuple(_is_numeric([row[i] for row in table.rows]) for i in range(width))
    return Example(
        columns=tuple(short(name, _CELL) for name in names[:width]),
        numeric=numeric,
        rows=tuple(tuple(map(_cell, row[:width])) for row in rows),
        text="",
        remark=_how_much(len(table.rows), len(rows), table.width, width),
        params=said,
    )


def _how_much(rows: int, rows_shown: int, columns: int, columns_shown: int) -> str:
    parts = []
    if rows_shown < rows:
        parts.append(f"the first {rows_shown} of {rows:,} rows")
    if columns_shown < columns:
        parts.append(f"the first {columns_shown} of {columns:,} columns")
    said = " and ".join(parts)
    return f"Shown: {said}." if said else ""


def is_missing(value: object) -> bool:
    """Whether a value is missing: null, or NaN."""
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 (NaN)


def _is_numeric(values: Sequence[object]) -> bool:
    here = [value for value in values if not is_missing(value)]
    return bool(here) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in here
    )


def _cell(value: object) -> str | None:
    if is_missing(value):
        return None
    if isinstance(value, float) and not isfinite(value):
        return "∞" if value > 0 else "−∞"
    return short(value if isinstance(value, str) else json_text(value), _CELL)
