"""All runs as data: what `reportgen export` writes.

csv      one row a run, columns as of `mlflow.search_runs`; formulas made harmless
json     a list of runs as objects (`analysis.plain`)
jsonl    the same objects, one a line
parquet  the columns of csv, typed; with history, one row a metric point instead
md       a GitHub Markdown table of what differs between the runs
latex    the same table, for a paper
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import Any, BinaryIO, TypeAlias

from reportgen.analysis.paper import latex, markdown, paper_table
from reportgen.analysis.plain import dump_json, plain_points, plain_run
from reportgen.analysis.table import columns_of, runs_csv
from reportgen.errors import UsageError
from reportgen.model import Experiment, MetricSeries, Run

Runs: TypeAlias = Iterable[tuple[Experiment, Run]]
History: TypeAlias = Callable[[Run, str], MetricSeries]

_POINTS_AT_ONCE = 500_000  # some 20 MB, and a good size for a row group


def export_runs(
    runs: Runs,
    format: str,  # noqa: A002 (the option's name)
    out: BinaryIO,
    *,
    history: History | None = None,
) -> int:
    """Write the runs in their order; gives their number.

    jsonl, json and parquet with history hold one run at a time, the tables all of them. With
    `history`, jsonl adds every point of every metric to its run, and parquet holds points instead
    of runs: run_id, experiment_id, metric, step, timestamp, value, sorted as the series are.
    Raises UsageError, before a run is read, for a format that is unknown, cannot hold history or
    needs a package that is not there; and later for a number that parquet cannot hold.
    """
    write = _WRITERS[check_format(format, history=history is not None)]
    counted = _Counted(runs)
    write(counted, out, history)
    return counted.count


def format_of(path: str, chosen: str | None) -> str:
    """The format to write: the chosen one, else by the suffix of the path.

    Raises UsageError, naming the formats, where neither tells.
    """
    if chosen is not None:
        return check_format(chosen, history=False)
    suffix = PurePath(path).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    known = ", ".join(_SUFFIXES)
    raise UsageError(
        f"{path} does not tell the format of the export",
        hint=f"end it in one of {known}, or add --format {'|'.join(_WRITERS)}",
    )


def check_format(name: str, *, history: bool) -> str:
    """The name of a format that can be written here. Raises UsageError where it cannot."""
    if name not in _WRITERS:
        raise UsageError(
            f"{name!r} is not a format of export", hint=f"use one of {', '.join(_WRITERS)}"
        )
    if history and name not in _WITH_HISTORY:
        raise UsageError(
            f"{name} cannot hold the history of metrics",
            hint=f"use {' or '.join(_WITH_HISTORY)}, or leave out --history",
        )
    if name == "parquet":
        _pyarrow()
    return name


class _Counted:
    """Runs, counted as they go by."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Experiment, Run]]:
        for pair in self._runs:
            self.count += 1
            yield pair


def _write_csv(runs: Runs, out: BinaryIO, _history: History | None) -> None:
    out.write(runs_csv(run for _, run in runs))


def _write_json(runs: Runs, out: BinaryIO, _history: History | None) -> None:
    start = b"[\n"
    for experiment, run in runs:
        out.write(start + dump_json(plain_run(experiment, run)))
        start = b",\n"
    out.write(b"[]\n" if start == b"[\n" else b"\n]\n")


def _write_jsonl(runs: Runs, out: BinaryIO, history: History | None) -> None:
    for experiment, run in runs:
        plain = plain_run(experiment, run)
        if history:
            plain["history"] = {key: plain_points(history(run, key)) for key in run.metrics}
        out.write(dump_json(plain) + b"\n")


def _write_md(runs: Runs, out: BinaryIO, _history: History | None) -> None:
    out.write(markdown(paper_table(runs)).encode("utf-8", "replace"))


def _write_latex(runs: Runs, out: BinaryIO, _history: History | None) -> None:
    out.write(latex(paper_table(runs)).encode("utf-8", "replace"))


def _write_parquet(runs: Runs, out: BinaryIO, history: History | None) -> None:
    if history:
        _write_points(runs, out, history)
        return
    pa, pq = _pyarrow()
    types = {"text": pa.string(), "time": pa.timestamp("ms", "UTC"), "number": pa.float64()}
    columns = columns_of(run for _, run in runs)
    table = pa.table({c.name: pa.array(c.cells, types[c.kind]) for c in columns})
    pq.write_table(table, out)


def _write_points(runs: Runs, out: BinaryIO, history: History) -> None:
    """Every metric point as a row; row groups of some 500,000 points, whole metrics each."""
    pa, pq = _pyarrow()
    schema = pa.schema(
        {
            "run_id": pa.string(),
            "experiment_id": pa.string(),
            "metric": pa.string(),
            "step": pa.int64(),
            "timestamp": pa.timestamp("ms", "UTC"),
            "value": pa.float64(),
        }
    )
    waiting: list[Any] = []
    points = 0
    with pq.ParquetWriter(out, schema) as writer:
        for _, run in runs:
            for key in run.metrics:
                waiting.append(_point_table(pa, schema, run, history(run, key)))
                points += waiting[-1].num_rows
                if points >= _POINTS_AT_ONCE:
                    writer.write_table(pa.concat_tables(waiting))
                    waiting, points = [], 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def _point_table(pa: Any, schema: Any, run: Run, series: MetricSeries) -> Any:
    """One metric as a table. `pa` is pyarrow."""
    count = len(series.steps)
    texts = [pa.repeat(text, count) for text in (run.id, run.experiment_id, series.key)]
    try:
        points = [
            pa.array(series.steps, schema.field("step").type),
            pa.array(series.timestamps, schema.field("timestamp").type),
        ]
    except (OverflowError, pa.ArrowInvalid) as error:
        raise UsageError(
            f"parquet holds steps of 64 bits; {series.key} of run {run.id} has larger ones",
            hint="export to jsonl, which holds all of them",
        ) from error
    values = pa.array([float(value) for value in series.values], pa.float64())
    return pa.Table.from_arrays([*texts, *points, values], schema=schema)


def _pyarrow() -> tuple[Any, Any]:
    """pyarrow and pyarrow.parquet, loaded only where they are needed: an optional dependency."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "parquet needs pyarrow, which is not installed", hint="pip install 'reportgen[parquet]'"
        ) from error
    return pyarrow, parquet


_WRITERS: dict[str, Callable[[Runs, BinaryIO, History | None], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
    "md": _write_md,
    "latex": _write_latex,
}
_WITH_HISTORY = ("jsonl", "parquet")
_SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".parquet": "parquet",
    ".md": "md",
    ".tex": "latex",
}
