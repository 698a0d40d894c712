"""Runs as a table with the columns of `mlflow.search_runs`, without pandas.

    run_id, experiment_id, status, artifact_uri, start_time, end_time,
    metrics.<key>... (last values), params.<key>..., tags.<key>...

Keys are sorted within their group: MLflow's own order changes from process to process.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import orjson

from reportgen.analysis.plain import dump_json, plain_number
from reportgen.model import Run
from reportgen.values import frozen

Kind: TypeAlias = Literal["text", "time", "number"]

_DAY_MS = 86_400_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST_MS = (date.min.toordinal() - _EPOCH_DAY) * _DAY_MS
_PAST_MS = (date.max.toordinal() + 1 - _EPOCH_DAY) * _DAY_MS
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)", re.IGNORECASE)


@frozen
class Column:
    """One column of the table, a cell a run; None where the run has no such value.

    Cells are str, int milliseconds since the epoch, or float (nan and inf are data), by `kind`.
    """

    name: str
    kind: Kind
    cells: Sequence[Any]  # (n,)


def columns_of(runs: Iterable[Run], apart: Container[str] = ()) -> tuple[Column, ...]:
    """The table of some runs, in their order; each run is looked at once and not kept.

    Metrics in `apart` are left out.
    """
    info: list[tuple[str | int | None, ...]] = []
    metrics: list[Mapping[str, float]] = []
    params: list[Mapping[str, str]] = []
    tags: list[Mapping[str, str]] = []
    for run in runs:
        times = in_calendar(run.start_time), in_calendar(run.end_time)
        info.append((run.id, run.experiment_id, run.status.name, run.artifact_uri, *times))
        values = {key: head.last for key, head in run.metrics.items() if key not in apart}
        metrics.append(values)
        params.append(run.params)
        tags.append(run.tags)
    by_name = zip(*info, strict=True) if info else ((),) * len(_INFO)
    return (
        *(Column(name, kind, cells) for (name, kind), cells in zip(_INFO, by_name, strict=True)),
        *_group("metrics", "number", metrics),
        *_group("params", "text", params),
        *_group("tags", "text", tags),
    )


_INFO: tuple[tuple[str, Kind], ...] = (
    ("run_id", "text"),
    ("experiment_id", "text"),
    ("status", "text"),
    ("artifact_uri", "text"),
    ("start_time", "time"),
    ("end_time", "time"),
)


def _group(prefix: str, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> Iterable[Column]:
    for key in sorted(set().union(*rows)):
        yield Column(f"{prefix}.{key}", kind, [row.get(key) for row in rows])


def in_calendar(time: int | None) -> int | None:
    """The time (ms) where it lies in the years 1 to 9999, else None: no calendar has the others."""
    return time if time is not None and _FIRST_MS <= time < _PAST_MS else None


def runs_json(runs: Iterable[Run], apart: Container[str] = ()) -> bytes:
    """The table as a JSON list, an object a run, all with the same keys; null where missing.

    Metrics in `apart` are left out. Times are int milliseconds since the epoch; nan and infinities
    are text, as in `run.json`.
    """
    columns = columns_of(runs, apart)
    names = [column.name for column in columns]
    rows = zip(*(_json_cells(column) for column in columns), strict=True)
    out = bytearray()  # grown in place: a large table must not be held twice
    for row in rows:
        out += b",\n" if out else b"[\n"
        out += dump_json(dict(zip(names, row, strict=True)))
    out += b"\n]\n" if out else b"[]\n"
    return bytes(out)


def _json_cells(column: Column) -> Sequence[Any]:
    if column.kind != "number":
        return column.cells
    return [None if cell is None else plain_number(cell) for cell in column.cells]


def runs_csv(runs: Iterable[Run], apart: Container[str] = ()) -> bytes:
    r"""The table as CSV: RFC 4180 but for lines that end in \n, UTF-8, a header line.

    Metrics in `apart` are left out. Times are as `DataFrame.to_csv` writes those of `search_runs`,
    always to the millisecond: 2020-08-16 02:44:57.123+00:00. A missing value is empty, an empty
    text is "". Numbers have all their digits, or are NaN, Infinity or -Infinity. A text that a
    spreadsheet would run as a formula (it begins with = + - @ or white space, and is no number)
    gets an apostrophe before it.
    """
    return table_csv(columns_of(runs, apart))


def table_csv(columns: Sequence[Column]) -> bytes:
    """Columns as CSV, spelled as `runs_csv` says."""
    lines = [",".join(_text_cell(column.name) for column in columns)]
    lines += map(",".join, zip(*map(_csv_cells, columns), strict=True))
    return "\n".join([*lines, ""]).encode("utf-8", "replace")


def _csv_cells(column: Column) -> list[str]:
    """The cells as they stand in the file."""
    if column.kind == "text":  # of parameters and tags, most are equal: those are spelt once
        spelt = {cell: "" if cell is None else _text_cell(cell) for cell in set(column.cells)}
        return [spelt[cell] for cell in column.cells]
    if column.kind == "time":
        return ["" if cell is None else _time_cell(cell) for cell in column.cells]
    texts = orjson.dumps(column.cells)[1:-1].decode().split(",")  # ten times as fast as repr
    return [
        _not_digits(cell) if text == "null" else text
        for text, cell in zip(texts, column.cells, strict=True)
    ]


def _not_digits(cell: float | None) -> str:
    return "" if cell is None else str(plain_number(cell))


def _text_cell(text: str) -> str:
    if not text:
        return '""'
    if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _time_cell(time: int) -> str:
    day, rest = divmod(time, _DAY_MS)
    clock = f"{rest // 3_600_000:02}:{rest // 60_000 % 60:02}:{rest // 1000 % 60:02}"
    return f"{_date(day)} {clock}.{rest % 1000:03}+00:00"


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """The date of a day since the epoch; runs of an experiment share few of them."""
    return date.fromordinal(_EPOCH_DAY + day).isoformat()
