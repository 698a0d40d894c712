"""`reportgen export`: each format, its history, and what it refuses."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path

import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

from reportgen.errors import UsageError
from reportgen.export import export_runs, format_of
from reportgen.model import (
    Artifact,
    Experiment,
    MetricHead,
    MetricSeries,
    Problem,
    Run,
    Status,
)

COFFEE = Experiment("1", "coffee", "1")
TIME = 1597545897000
POINTS = MetricSeries("rmse", (0, 1), (TIME, TIME + 5), (0.3, 0.2))
RUN = Run(
    "a" * 32,
    "1",
    "forest",
    f"1/{'a' * 32}",
    Status.FINISHED,
    start_time=TIME,
    end_time=TIME + 2000,
    user="ada",
    source="train.R",
    artifact_uri="file:///store/a/artifacts",
    params={"mtry": "3"},
    tags={"mlflow.source.name": "train.R"},
    metrics={"rmse": MetricHead("rmse", 2, 0.2, 1, TIME + 5, 0.2, 0.3, "d")},
    artifacts=(Artifact("crate.bin", 123, "d"),),
    problems=(Problem("1/a/metrics/x", 3, "value is not a number: `x`"),),
)
PLAIN = {
    "experiment_id": "1",
    "experiment": "coffee",
    "run_id": "a" * 32,
    "run_name": "forest",
    "status": "FINISHED",
    "lifecycle_stage": "active",
    "start_time": TIME,
    "end_time": TIME + 2000,
    "user": "ada",
    "source": "train.R",
    "params": {"mtry": "3"},
    "tags": {"mlflow.source.name": "train.R"},
    "metrics": {
        "rmse": {
            "last": 0.2,
            "step": 1,
            "timestamp": TIME + 5,
            "count": 2,
            "min": 0.2,
            "max": 0.3,
        }
    },
    "artifacts": [{"path": "crate.bin", "bytes": 123}],
    "problems": [{"path": "1/a/metrics/x", "line": 3, "reason": "value is not a number: `x`"}],
}


def exported(runs: list[Run], name: str, series: MetricSeries | None = None) -> bytes:
    out = io.BytesIO()
    pairs = [(COFFEE, run) for run in runs]
    history = (lambda _run, _key: series) if series else None
    assert export_runs(pairs, name, out, history=history) == len(runs)
    return out.getvalue()


def odd_run(value: float, step: int = 0) -> Run:
    return Run("b", "1", "", "1/b", metrics={"m": MetricHead("m", 1, value, step, 0, nan, nan, "")})


def test_jsonl_is_an_object_a_line_with_the_keys_in_order() -> None:
    first, second = exported([RUN, odd_run(1.0)], "jsonl").splitlines()
    assert json.loads(first) == PLAIN
    assert list(json.loads(first)) == list(PLAIN)
    assert json.loads(second)["run_id"] == "b"


def test_jsonl_with_history_adds_the_points() -> None:
    found = json.loads(exported([RUN], "jsonl", POINTS))
    assert found == {**PLAIN, "history": {"rmse": [[0, TIME, 0.3], [1, TIME + 5, 0.2]]}}


@pytest.mark.parametrize(
    ("value", "spelt"), [(nan, "NaN"), (inf, "Infinity"), (-inf, "-Infinity"), (3, 3.0)]
)
def test_numbers_that_json_lacks_are_text(value: float, spelt: object) -> None:
    series = MetricSeries("m", [0], [0], [value])
    found = json.loads(exported([odd_run(value)], "jsonl", series))
    assert found["metrics"]["m"]["last"] == spelt
    assert found["metrics"]["m"]["min"] == "NaN"
    assert found["history"]["m"] == [[0, 0, spelt]]


def test_a_step_beyond_64_bits_is_kept() -> None:
    run = odd_run(0.1, 1 << 70)
    series = MetricSeries("m", [1 << 70], [TIME], [0.1])
    found = json.loads(exported([run], "jsonl", series))
    assert found["metrics"]["m"]["step"] == 1 << 70
    assert found["history"]["m"] == [[1 << 70, TIME, 0.1]]


def test_json_is_a_list_of_the_same_objects() -> None:
    assert json.loads(exported([RUN, odd_run(1.0)], "json"))[0] == PLAIN
    assert json.loads(exported([], "json")) == []


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_runs_are_written_before_the_next_is_asked_for(name: str) -> None:
    out = io.BytesIO()
    written: list[int] = []

    def runs() -> Iterator[tuple[Experiment, Run]]:
        for _ in range(3):
            written.append(len(out.getvalue()))
            yield COFFEE, RUN

    assert export_runs(runs(), name, out) == 3
    assert 0 == written[0] < written[1] < written[2]


def test_csv_is_the_table_of_search_runs() -> None:
    assert exported([RUN], "csv").decode() == (
        "run_id,experiment_id,status,artifact_uri,start_time,end_time,"
        "metrics.rmse,params.mtry,tags.mlflow.source.name\n"
        f"{'a' * 32},1,FINISHED,file:///store/a/artifacts,"
        "2020-08-16 02:44:57.000+00:00,2020-08-16 02:44:59.000+00:00,0.2,3,train.R\n"
    )


def test_parquet_is_the_same_table_typed() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(exported([RUN, odd_run(nan)], "parquet")))
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert types == {
        "run_id": "string",
        "experiment_id": "string",
        "status": "string",
        "artifact_uri": "string",
        "start_time": "timestamp[ms, tz=UTC]",
        "end_time": "timestamp[ms, tz=UTC]",
        "metrics.m": "double",
        "metrics.rmse": "double",
        "params.mtry": "string",
        "tags.mlflow.source.name": "string",
    }
    rmse = table.column("metrics.rmse").to_pylist()
    assert rmse == [0.2, None]
    assert table.column("params.mtry").to_pylist() == ["3", None]
    start = table.column("start_time").cast("int64").to_pylist()
    assert start == [TIME, None]


def test_parquet_with_history_is_a_row_a_point() -> None:
    body = exported([RUN, odd_run(1.0)], "parquet", POINTS)
    table = pyarrow.parquet.read_table(io.BytesIO(body))
    assert table.column("run_id").to_pylist() == ["a" * 32] * 2 + ["b"] * 2
    assert table.column("metric").to_pylist() == ["rmse"] * 4
    assert table.column("step").to_pylist() == [0, 1, 0, 1]
    assert table.column("timestamp").cast("int64").to_pylist() == [TIME, TIME + 5] * 2
    assert table.column("value").to_pylist() == [0.3, 0.2, 0.3, 0.2]
    assert table.column_names == [
        "run_id",
        "experiment_id",
        "metric",
        "step",
        "timestamp",
        "value",
    ]


@pytest.mark.parametrize("series", [None, POINTS])
def test_parquet_of_no_runs_can_be_read(series: MetricSeries | None) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(exported([], "parquet", series)))
    assert table.num_rows == 0
    assert "run_id" in table.column_names


def test_parquet_says_that_it_cannot_hold_a_huge_step() -> None:
    series = MetricSeries("m", [1 << 70], [TIME], [0.1])
    with pytest.raises(UsageError, match="64 bits") as error:
        exported([odd_run(0.1)], "parquet", series)
    assert "jsonl" in error.value.hint


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError('not here')")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from reportgen.errors import UsageError\n"
        "from reportgen.export import format_of\n"
        "try:\n"
        "    format_of('runs', 'parquet')\n"
        "except UsageError as error:\n"
        "    print(error, error.hint, sep='; ')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "parquet needs pyarrow, which is not installed; pip install 'reportgen[parquet]'\n"
    )


@pytest.mark.parametrize("name", ["csv", "json", "md", "latex"])
def test_history_is_refused_where_it_does_not_fit(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot hold the history") as error:
        exported([RUN], name, POINTS)
    assert error.value.hint == "use jsonl or parquet, or leave out --history"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runs.csv", "csv"),
        ("out/runs.JSON", "json"),
        ("a.b.jsonl", "jsonl"),
        ("runs.parquet", "parquet"),
        ("README.md", "md"),
        ("table.tex", "latex"),
    ],
)
def test_the_suffix_tells_the_format(path: str, name: str) -> None:
    assert format_of(path, None) == name


def test_a_chosen_format_goes_before_the_suffix() -> None:
    assert format_of("runs.csv", "jsonl") == "jsonl"


@pytest.mark.parametrize("path", ["runs.xlsx", "runs", "-", ".csv"])
def test_an_unknown_suffix_gets_the_formats(path: str) -> None:
    with pytest.raises(UsageError) as error:
        format_of(path, None)
    assert error.value.hint == (
        "end it in one of .csv, .json, .jsonl, .parquet, .md, .tex, "
        "or add --format csv|json|jsonl|parquet|md|latex"
    )


def test_an_unknown_format_gets_the_formats() -> None:
    with pytest.raises(UsageError, match="'excel' is not a format") as error:
        format_of("runs.csv", "excel")
    assert error.value.hint == "use one of csv, json, jsonl, parquet, md, latex"
