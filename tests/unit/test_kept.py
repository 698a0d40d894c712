"""The points of the run that was read last are drawn without opening a file again."""

import shutil
from pathlib import Path

import pytest

from reportgen.model import MetricHead, MetricSeries, Run
from reportgen.readers import kept
from reportgen.readers.kept import KeptSeries
from reportgen.readers.mlruns import MlrunsStore
from tests.trees import EXPERIMENT, GOOD, good_store

POINTS = [(0, 1600000000000, 0.5), (1, 1600000001000, 0.25), (2, 1600000002000, 0.375)]


def points_of(series: MetricSeries) -> list[tuple[int, int, float]]:
    return list(zip(series.steps, series.timestamps, series.values, strict=True))


def read_only_run(store: MlrunsStore) -> Run:
    (experiment,) = store.experiments()
    (outline,) = store.outlines(experiment)[0]
    return store.read(outline)


def test_points_of_the_run_read_last_need_no_file(tmp_path: Path) -> None:
    good_store(tmp_path)
    store = MlrunsStore(tmp_path)
    run = read_only_run(store)
    shutil.rmtree(tmp_path / EXPERIMENT / GOOD / "metrics")
    assert points_of(store.series(run, "rmse")) == POINTS


def test_points_of_a_run_that_was_read_before_a_change_are_read_again(tmp_path: Path) -> None:
    good_store(tmp_path)
    store = MlrunsStore(tmp_path)
    before = read_only_run(store)
    with (tmp_path / EXPERIMENT / GOOD / "metrics" / "rmse").open("a") as file:
        file.write("1600000003000 0.125 3\n")
    after = read_only_run(store)
    more = [*POINTS, (3, 1600000003000, 0.125)]
    assert points_of(store.series(after, "rmse")) == more
    assert points_of(store.series(before, "rmse")) == more  # from the file: not kept any more


def head_of(key: str, count: int) -> MetricHead:
    return MetricHead(key, count, 0.5, 1, 0, 0.5, 0.5, "d")


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_POINTS", 10)
    store = KeptSeries()
    heads = {key: head_of(key, count) for key, count in [("a", 6), ("b", 5), ("c", 4)]}
    run = Run("r", "1", "", "1/r", metrics=heads)
    for _ in range(2):  # room comes back with each run
        store.begin("1/r")
        for head in heads.values():
            store.add(head, MetricSeries(head.key, [1], [0], [0.5]))
        assert [key for key in heads if store.find(run, key)] == ["a", "c"]
    store.begin("1/other")
    assert store.find(run, "a") is None
