"""Runs as columns, as runs.csv and as runs.json."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.table import columns_of, in_calendar, runs_csv, runs_json
from reportgen.model import MetricHead, Run, Status

START = 1597545897123  # 2020-08-16 02:44:57.123 UTC


def metrics(**values: float) -> dict[str, MetricHead]:
    return {
        key: MetricHead(key, 1, value, 0, START, value, value, "") for key, value in values.items()
    }


def run(
    run_id: str,
    *,
    start: int | None = START,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    **values: float,
) -> Run:
    return Run(
        run_id,
        "1",
        "",
        f"1/{run_id}",
        Status.FINISHED,
        start_time=start,
        artifact_uri=f"file:///store/1/{run_id}/artifacts",
        params=params or {},
        tags=tags or {},
        metrics=metrics(**values),
    )


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def test_columns_are_those_of_search_runs_with_sorted_keys() -> None:
    runs = [run("a", params={"z": "1"}, rmse=0.5), run("b", params={"b/c": "2"}, acc=0.9)]
    assert tuple(column.name for column in columns_of(runs)) == (
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
        "metrics.acc",
        "metrics.rmse",
        "params.b/c",
        "params.z",
    )


def test_a_run_without_a_value_has_none_in_its_column() -> None:
    runs = [run("a"), run("b", params={"p": "1"}, m=0.5), run("c", tags={"t": "x"})]
    cells = {column.name: list(column.cells) for column in columns_of(runs)}
    assert cells["metrics.m"] == [None, 0.5, None]
    assert cells["params.p"] == [None, "1", None]
    assert cells["tags.t"] == [None, None, "x"]


def test_no_runs_are_a_table_of_six_empty_columns() -> None:
    assert [list(column.cells) for column in columns_of([])] == [[]] * 6
    assert runs_csv([]) == b"run_id,experiment_id,status,artifact_uri,start_time,end_time\n"
    assert json.loads(runs_json([])) == []


def test_csv_is_this_text() -> None:
    runs = [
        run("a", params={"p": 'say "hi", twice'}, m=0.1),
        run("b", params={"p": "two\r\nlines"}, m=1e-07, start=None),
    ]
    assert runs_csv(runs).decode() == (
        "run_id,experiment_id,status,artifact_uri,start_time,end_time,metrics.m,params.p\n"
        "a,1,FINISHED,file:///store/1/a/artifacts,2020-08-16 02:44:57.123+00:00,,0.1,"
        '"say ""hi"", twice"\n'
        'b,1,FINISHED,file:///store/1/b/artifacts,,,1e-7,"two\r\nlines"\n'
    )


def test_csv_tells_an_empty_text_from_a_missing_one() -> None:
    lines = runs_csv([run("a", params={"p": ""}), run("b")]).decode().splitlines()
    assert lines[1].endswith(',""')
    assert lines[2].endswith(",,")


def test_csv_names_the_numbers_that_have_no_digits() -> None:
    runs = [run("a", m=nan), run("b", m=inf), run("c", m=-inf), run("d"), run("e", m=-0.0)]
    found = [row["metrics.m"] for row in rows_of(runs_csv(runs))]
    assert found == ["NaN", "Infinity", "-Infinity", "", "-0.0"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "+", "-x"]
)
def test_csv_puts_an_apostrophe_before_what_a_spreadsheet_would_run(text: str) -> None:
    (row,) = rows_of(runs_csv([run("a", params={"p": text}, tags={text: "x"})]))
    assert row["params.p"] == f"'{text}"
    assert row[f"tags.{text}"] == "x"  # begins with "tags.": harmless


@pytest.mark.parametrize("text", ["-1", "+0.5", "-1e-07", "-.5", "-inf", "a=1", "'=1", "0-1", "−1"])
def test_csv_leaves_numbers_and_harmless_text_alone(text: str) -> None:
    (row,) = rows_of(runs_csv([run("a", params={"p": text}, m=-0.5)]))
    assert row["params.p"] == text
    assert row["metrics.m"] == "-0.5"


def test_pandas_reads_the_csv_back() -> None:
    runs = [run("a", m=0.1, params={"p": "ä;☃"}), run("b", start=START + 877, m=nan), run("c")]
    frame = pd.read_csv(io.BytesIO(runs_csv(runs)), parse_dates=["start_time"])
    assert list(frame["run_id"]) == ["a", "b", "c"]
    assert frame["start_time"].iloc[0] == pd.Timestamp(START, unit="ms", tz="UTC")
    assert frame["start_time"].iloc[1] == pd.Timestamp("2020-08-16 02:44:58Z")
    assert frame["metrics.m"].iloc[0] == 0.1
    assert frame["metrics.m"].isna().tolist() == [False, True, True]
    assert frame["params.p"].iloc[0] == "ä;☃"


@given(st.lists(st.floats(), min_size=1), st.integers(-(1 << 45), 1 << 46))
def test_csv_keeps_every_digit(values: list[float], time: int) -> None:
    runs = [run(str(index), m=value, start=time) for index, value in enumerate(values)]
    rows = rows_of(runs_csv(runs))
    assert [repr(float(row["metrics.m"])) for row in rows] == [repr(value) for value in values]
    since = datetime.fromisoformat(rows[0]["start_time"]) - datetime(1970, 1, 1, tzinfo=UTC)
    assert since // timedelta(milliseconds=1) == time


@given(st.lists(st.text(), min_size=1))
def test_csv_keeps_every_text_but_for_the_apostrophe(texts: list[str]) -> None:
    runs = [run(str(index), params={"p": text}) for index, text in enumerate(texts)]
    found = [row["params.p"] for row in rows_of(runs_csv(runs))]
    kept = [text.encode("utf-8", "replace").decode() for text in texts]
    assert all(new in (old, f"'{old}") for new, old in zip(found, kept, strict=True))


def test_json_is_a_row_a_run_with_times_in_milliseconds() -> None:
    runs = [run("a", m=nan, params={"p": "1"}), run("b", m=0.5, start=None)]
    body = runs_json(runs)
    assert json.loads(body) == [
        {
            "run_id": "a",
            "experiment_id": "1",
            "status": "FINISHED",
            "artifact_uri": "file:///store/1/a/artifacts",
            "start_time": START,
            "end_time": None,
            "metrics.m": "NaN",
            "params.p": "1",
        },
        {
            "run_id": "b",
            "experiment_id": "1",
            "status": "FINISHED",
            "artifact_uri": "file:///store/1/b/artifacts",
            "start_time": None,
            "end_time": None,
            "metrics.m": 0.5,
            "params.p": None,
        },
    ]
    assert body.count(b"\n") == 4  # a line a run, so that a changed run is a changed line


@pytest.mark.parametrize(
    ("time", "kept"),
    [
        (-62135596800000, True),  # 0001-01-01
        (-62135596800001, False),
        (253402300799999, True),  # the end of 9999
        (253402300800000, False),
        ((1 << 62) - 1, False),
    ],
)
def test_times_that_no_calendar_has_are_missing(time: int, kept: bool) -> None:  # noqa: FBT001
    assert in_calendar(time) == (time if kept else None)
    (row,) = rows_of(runs_csv([run("a", start=time)]))
    assert bool(row["start_time"]) == kept
