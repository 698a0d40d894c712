"""JSON: tables that MLflow and pandas write, records a line, and all else as a tree."""

import json
import re
from collections.abc import Iterator

from reportgen.render.viewers.base import Shown, Source, Unfit
from reportgen.render.viewers.plain import text_of
from reportgen.render.viewers.tables import MOST_ROWS, Table, table_shown
from reportgen.render.viewers.tree import Value, Word, tree_html, word_of

_ENDINGS = {"json", "geojson", "topojson"}
_LINE_ENDINGS = {"jsonl", "ndjson"}
_MOST = 512 << 10
_LONGEST = 220  # characters of a cell; tables cut it shorter still
# What `log_table` writes: pandas, orient="split" without an index. Of a large one the head is read.
_SPLIT = re.compile(r'\s*\{\s*"columns"\s*:\s*')
_DATA = re.compile(r'\s*,\s*"data"\s*:\s*\[\s*')
_COMMA = re.compile(r"\s*,\s*")
_DECODER = json.JSONDecoder(parse_float=Word, parse_int=Word, parse_constant=Word)


def show(source: Source) -> Shown | None:
    """A table or a tree. Raises Unfit where the file is not JSON, or too large."""
    if source.ending in _LINE_ENDINGS:
        return _lines_shown(source)
    if source.ending not in _ENDINGS:
        return None
    body, whole = source.head(_MOST)
    text = text_of(body, whole=whole)
    if not whole:
        return _large_shown(source.name, text)
    value = parsed(text)
    table = _split_table(value) or _records_table(value)
    if table:
        return table_shown(source.name, table)
    html, note = tree_html(source.name, value)
    return Shown(html, "tree", note)


def parsed(text: str) -> Value:
    """JSON as values; numbers as they are spelled. Raises Unfit where it is not valid.

    NaN and Infinity are read, since Python writes them.
    """
    try:
        value: Value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Unfit(f"not valid JSON: line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise Unfit("JSON nested too deep") from error
    return value


def _split_table(value: Value) -> Table | None:
    """The table where a value is one of orient="split": columns, data and perhaps an index."""
    if not isinstance(value, dict) or not {"columns", "data"} <= value.keys():
        return None
    columns, rows = value["columns"], value["data"]
    if value.keys() - {"columns", "data", "index"} or not isinstance(columns, list):
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    shown = [[spelled(cell) for cell in row] for row in rows[:MOST_ROWS] if isinstance(row, list)]
    return Table(tuple(map(spelled, columns)), shown, len(rows))


def _records_table(value: Value) -> Table | None:
    """The table where a value is a list of two or more flat mappings with much the same keys."""
    if not isinstance(value, list) or len(value) < 2:
        return None
    records = [one for one in value[:MOST_ROWS] if isinstance(one, dict)]
    keys = dict.fromkeys(key for one in records for key in one)
    if len(records) < min(len(value), MOST_ROWS) or not keys:
        return None
    if sum(map(len, records)) * 2 < len(keys) * len(records):
        return None
    if any(isinstance(cell, dict) for one in records for cell in one.values()):
        return None
    rows = [[spelled(one.get(key, "")) for key in keys] for one in records]
    return Table(tuple(keys), rows, len(value))


def _large_shown(name: str, text: str) -> Shown:
    """The first rows of a table that is too large to be read as a whole."""
    found = _SPLIT.match(text)
    if found is None:
        raise Unfit("too large for a tree")
    try:
        columns, end = _DECODER.raw_decode(text, found.end())
        data = _DATA.match(text, end)
        if data is None or not isinstance(columns, list):
            raise Unfit("too large for a tree")
        rows = list(_rows_from(text, data.end()))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unfit("too large for a tree") from error
    return table_shown(name, Table(tuple(map(spelled, columns)), rows, None))


def _rows_from(text: str, place: int) -> Iterator[list[str]]:
    """Rows from a place in a text that ends somewhere, 200 at the most."""
    for _ in range(MOST_ROWS):
        try:
            row, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError:
            return
        if not isinstance(row, list):
            raise Unfit("too large for a tree")
        yield [spelled(cell) for cell in row]
        comma = _COMMA.match(text, place)
        if comma is None:
            return
        place = comma.end()


def _lines_shown(source: Source) -> Shown:
    """A table of records, one a line, where they are flat and alike; else Unfit, for text."""
    body, whole = source.head(_MOST)
    lines = [line for line in text_of(body, whole=whole).split("\n") if line.strip()]
    lines = lines if whole else lines[:-1]
    table = _records_table([parsed(line) for line in lines[:MOST_ROWS]])
    if table is None:
        raise Unfit("not a table of records")
    return table_shown(source.name, Table(table.header, table.rows, len(lines) if whole else None))


def spelled(value: Value) -> str:
    """A value as the text of a cell; nothing for null, the path for an image that MLflow keeps."""
    if isinstance(value, dict) and value.get("type") == "image" and "filepath" in value:
        return f"image: {value['filepath']}"
    if value is None or isinstance(value, str):
        return value or ""
    return _nested(value, 0)


def _nested(value: Value, depth: int) -> str:
    """A value within a cell, cut where it gets long."""
    word = word_of(value)
    if word is not None:
        return word
    if isinstance(value, str):
        return f'"{value}"'
    assert isinstance(value, dict | list)
    if depth > 3:
        return "…"
    parts: list[str] = []
    left = _LONGEST
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        text = _nested(item, depth + 1)
        parts.append(f"{key}: {text}" if isinstance(value, dict) else text)
        left -= len(parts[-1])
        if left < 0:
            parts[-1] += "…"
            break
    inner = ", ".join(parts)
    return f"{{{inner}}}" if isinstance(value, dict) else f"[{inner}]"
