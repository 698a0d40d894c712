"""`OpenStore.runs`: names, filters, order and types, without a disk."""

from math import isnan

import pandas as pd
import pytest

from reportgen.analysis.selection import select_runs
from reportgen.errors import UsageError
from reportgen.library import OpenStore
from reportgen.model import DELETED, Experiment, MetricHead, Run, Status
from reportgen.readers.memory import MemoryStore

START = 1597545897123  # 2020-08-16 02:44:57.123 UTC


def run(run_id: str, experiment: str = "1", start: int | None = START, **more: object) -> Run:
    head = MetricHead("rmse", 2, 0.5, 1, START, 0.5, 0.7, "")
    fields = {"status": Status.FINISHED, "metrics": {"rmse": head}, **more}
    where = f"{experiment}/{run_id}"
    return Run(run_id, experiment, "", where, start_time=start, **fields)  # type: ignore[arg-type]


def store(*runs: Run) -> OpenStore:
    experiments = [
        Experiment("1", "coffee", "1"),
        Experiment("2", "tea", "2"),
        Experiment("3", "old tea", "3", lifecycle_stage=DELETED),
    ]
    return OpenStore(MemoryStore(experiments, runs))


def test_runs_of_all_experiments_are_newest_first_and_equal_times_by_id() -> None:
    runs = [
        run("d", "1", START),
        run("b", "2", START + 5),
        run("a", "2", START),
        run("c", "1", None),
        run("e", "1", START + 9),
    ]
    assert list(store(*runs).runs()["run_id"]) == ["e", "b", "a", "d", "c"]


def test_only_the_named_experiments() -> None:
    opened = store(run("a", "1"), run("b", "2"))
    assert list(opened.runs(["tea"])["run_id"]) == ["b"]
    assert list(opened.runs(["tea", "coffee"])["run_id"]) == ["a", "b"]
    assert list(opened.runs("tea")["run_id"]) == ["b"]  # a text is one name, not many letters
    assert list(opened.runs([])["run_id"]) == ["a", "b"]


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(UsageError, match="no experiment is named 'cofee'") as error:
        store().runs(["tea", "cofee"])
    assert error.value.hint == "did you mean 'coffee'?"


def test_a_name_like_no_other_gets_those_there_are() -> None:
    with pytest.raises(UsageError) as error:
        store().runs(["xyz"])
    assert error.value.hint == "the store has 'coffee', 'old tea', 'tea'"


def test_deleted_runs_only_on_demand() -> None:
    opened = store(run("a"), run("b", lifecycle_stage=DELETED), run("c", "3"))
    assert list(opened.runs()["run_id"]) == ["a"]
    assert sorted(opened.runs(deleted=True)["run_id"]) == ["a", "b", "c"]
    with pytest.raises(UsageError, match="the experiment 'old tea' is deleted"):
        opened.runs(["old tea"])
    assert list(opened.runs(["old tea"], deleted=True)["run_id"]) == ["c"]


def test_a_filter_chooses_runs() -> None:
    opened = store(run("a", params={"depth": "3"}), run("b", params={"depth": "4"}))
    assert list(opened.runs(filter_string="params.depth = '4'")["run_id"]) == ["b"]
    with pytest.raises(UsageError):
        opened.runs(filter_string="params.depth is the question")


def test_types_are_those_of_search_runs() -> None:
    more = run("b", params={"p": "1"}, tags={"t": "x"}, end_time=START + 1, metrics={})
    frame = store(run("a"), more).runs()
    a, b = (frame[frame["run_id"] == one].iloc[0] for one in "ab")
    assert a["start_time"] == pd.Timestamp("2020-08-16 02:44:57.123Z")
    assert pd.isna(a["end_time"])
    assert b["end_time"] == pd.Timestamp("2020-08-16 02:44:57.124Z")
    assert frame["metrics.rmse"].dtype == "float64"
    assert isnan(b["metrics.rmse"])
    assert pd.isna(a["params.p"])
    assert pd.isna(a["tags.t"])
    as_pandas_has_it = pd.DataFrame({"p": [None, "1"]}).dtypes["p"]
    assert frame["params.p"].dtype == as_pandas_has_it


def test_times_are_utc_even_where_no_run_has_one() -> None:
    for frame in (store(run("a", start=None)).runs(), store().runs()):
        for name in ("start_time", "end_time"):
            assert str(frame[name].dtype).endswith(", UTC]")
            assert frame[name].isna().all()


@pytest.mark.parametrize("time", [(1 << 62) - 1, -(1 << 62), 253402300800000])
def test_a_time_that_pandas_cannot_hold_is_missing(time: int) -> None:
    frame = store(run("a", start=time), run("b", start=START)).runs()
    times = dict(zip(frame["run_id"], frame["start_time"], strict=True))
    assert pd.isna(times["a"])
    assert times["b"] == pd.Timestamp("2020-08-16 02:44:57.123Z")


def test_no_runs_are_an_empty_frame_with_the_first_six_columns() -> None:
    frame = store().runs()
    assert len(frame) == 0
    assert list(frame.columns) == [
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
    ]


def test_a_selection_goes_experiment_by_experiment() -> None:
    opened = store(run("a", "2", START), run("b", "1", START), run("c", "1", START + 1))
    pairs = select_runs(opened)
    found = [(experiment.name, one.id) for experiment, one in pairs]
    assert found == [("coffee", "c"), ("coffee", "b"), ("tea", "a")]


def test_a_selection_refuses_nonsense_before_a_run_is_read() -> None:
    with pytest.raises(UsageError):
        select_runs(store(), ["nothing"])
    with pytest.raises(UsageError):
        select_runs(store(), None, "metrics.")
