"""What every store must do, asked of each kind of store with the same content in it."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.errors import AccessError
from reportgen.model import (
    Artifact,
    Experiment,
    MetricHead,
    MetricSeries,
    Problem,
    Run,
    Status,
)
from reportgen.readers.base import Store, runs_of
from reportgen.readers.memory import MemoryStore
from reportgen.readers.mlruns import MlrunsStore
from reportgen.readers.stamps import Memory
from tests.trees import ABSENT, add_run, experiment_record, write

T = 1600000000000
RMSE = f"{T} 0.5 0\n{T + 1} nan 1\n{T + 1} nan 1\n{T + 2} 0.25 1\n"
LOSS = f"{T} inf 0\n{T + 1} 4.0 1\n"
NAN = float("nan")

# run id: start time, name, status, lifecycle stage, parent
RUNS = {
    "a1": (T, "first", Status.FINISHED, "active", ""),
    "b2": (T + 5000, "second", Status.RUNNING, "active", "a1"),
    "c3": (None, "", Status.FAILED, "active", ""),
    "d4": (T + 9000, "gone", Status.KILLED, "deleted", ""),
    "e5": (T, "twin", Status.SCHEDULED, "active", "a1"),
}
NEWEST_FIRST = ["d4", "b2", "a1", "e5", "c3"]


def make_tree(root: Path) -> None:
    """The content as an `mlruns/` tree."""
    for place, name in (("10", "apple"), ("2", "coffee"), (".trash/3", "bean")):
        body = experiment_record(Path(place).name, {"name": name, "artifact_location": ""})
        write(root, {f"{place}/meta.yaml": body})
    write(root, {"2/tags/mlflow.note.content": "# Coffee", "broken/meta.yaml": "a: [\n"})
    for run_id, (start, name, status, stage, parent) in RUNS.items():
        changes = {
            "artifact_uri": "",
            "end_time": None,
            "lifecycle_stage": stage,
            "run_name": name,
            "source_type": ABSENT,
            "start_time": start,
            "status": status.value,
            "user_id": "",
        }
        files: dict[str, str | bytes] = {"params/p": run_id, "artifacts/a/b.bin": b"\0" + b"x" * 9}
        if parent:
            files["tags/mlflow.parentRunId"] = parent
        add_run(root, run_id, files, changes=changes, experiment="2")
    write(root, {"2/a1/metrics/rmse": RMSE, "2/a1/metrics/val/loss": LOSS})
    (root / "2/a1/params/broken").symlink_to("/nowhere")


def heads() -> dict[str, MetricHead]:
    return {
        "rmse": MetricHead("rmse", 3, 0.25, 1, T + 2, 0.25, 0.5, "r", 1, 0, "Af._A"),
        "val/loss": MetricHead("val/loss", 2, 4.0, 1, T + 1, 4.0, 4.0, "l", 1, 1),
    }


LEADS_OUT = Problem("2/a1/params/broken", None, "a link that leads out of the store; not followed")


def run_value(run_id: str) -> Run:
    start, name, status, stage, parent = RUNS[run_id]
    return Run(
        id=run_id,
        experiment_id="2",
        name=name,
        where=f"2/{run_id}",
        status=status,
        lifecycle_stage=stage,
        start_time=start,
        params={"p": run_id},
        tags={"mlflow.parentRunId": parent} if parent else {},
        metrics=heads() if run_id == "a1" else {},
        artifacts=(Artifact("a/b.bin", 10),),
        problems=(LEADS_OUT,) if run_id == "a1" else (),
    )


def experiment_values() -> list[Experiment]:
    note = {"mlflow.note.content": "# Coffee"}
    return [
        Experiment("2", "coffee", "2", created=T, updated=T, tags=note),
        Experiment("10", "apple", "10", created=T, updated=T),
        Experiment("3", "bean", ".trash/3", "deleted", created=T, updated=T),
    ]


def make_memory(_: Path) -> Store:
    series = {
        ("a1", "rmse"): MetricSeries("rmse", [0, 1, 1], [T, T + 1, T + 2], [0.5, NAN, 0.25]),
        ("a1", "val/loss"): MetricSeries("val/loss", [0, 1], [T, T + 1], [float("inf"), 4.0]),
    }
    return MemoryStore(
        experiment_values(),
        [run_value(run_id) for run_id in RUNS],
        series=series,
        artifacts={(run_id, "a/b.bin"): b"\0" + b"x" * 9 for run_id in RUNS},
        problems=[Problem("broken/meta.yaml", 2, "not valid YAML")],
    )


def make_mlruns(folder: Path) -> Store:
    make_tree(folder / "store")
    return MlrunsStore(folder / "store")


def make_remembering(folder: Path) -> Store:
    """A tree that was read before, once its files had grown old enough to be trusted."""
    make_tree(folder / "store")
    time.sleep(0.025)
    first = MlrunsStore(folder / "store", Memory(folder / "memory", "salt"))
    for experiment in first.experiments():
        for outline in first.outlines(experiment)[0]:
            first.read(outline)
        first.remember(experiment, first.drain())
    first.settle()
    return MlrunsStore(folder / "store", Memory(folder / "memory", "salt"))


MAKERS = {"memory": make_memory, "mlruns": make_mlruns, "remembering": make_remembering}


@pytest.fixture(params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MAKERS[request.param](tmp_path)


def coffee(store: Store) -> Experiment:
    return next(each for each in store.experiments() if each.id == "2")


def run_of(store: Store, run_id: str) -> Run:
    outlines, _ = store.outlines(coffee(store))
    return next(store.read(outline) for outline in outlines if outline.id == run_id)


def test_experiments_come_by_name_the_deleted_among_them(store: Store) -> None:
    expected = sorted(experiment_values(), key=lambda experiment: experiment.name)
    assert list(store.experiments()) == expected
    assert [each.note for each in store.experiments()] == ["", "", "# Coffee"]


def test_problems_above_runs_are_told(store: Store) -> None:
    store.experiments()
    (problem,) = store.problems()
    assert (problem.path, problem.line) == ("broken/meta.yaml", 2)
    assert problem.reason.startswith("not valid YAML")


def test_outlines_come_newest_first_the_deleted_among_them(store: Store) -> None:
    outlines, problems = store.outlines(coffee(store))
    assert [outline.id for outline in outlines] == NEWEST_FIRST
    assert problems == ()
    for outline in outlines:
        start, name, status, stage, parent = RUNS[outline.id]
        assert (outline.start_time, outline.name, outline.status) == (start, name, status)
        assert (outline.lifecycle_stage, outline.parent_id) == (stage, parent)
        assert outline.title == (name or outline.id)


def test_an_experiment_without_runs_has_no_outlines(store: Store) -> None:
    for experiment in store.experiments():
        if experiment.id != "2":
            assert store.outlines(experiment) == ((), ())


@pytest.mark.parametrize("run_id", RUNS)
def test_a_run_is_read_whole(store: Store, run_id: str) -> None:
    run = run_of(store, run_id)
    metrics = {key: replace(head, digest=key[:1]) for key, head in run.metrics.items()}
    expected_metrics = {key: replace(head, digest=key[:1]) for key, head in heads().items()}
    artifacts = tuple(replace(artifact, digest="") for artifact in run.artifacts)
    expected = replace(run_value(run_id), metrics={})
    assert replace(run, digest="", metrics={}, artifacts=artifacts) == expected
    assert metrics == (expected_metrics if run_id == "a1" else {})


def test_a_digest_stands_for_the_run(store: Store) -> None:
    digests = {run_id: run_of(store, run_id).digest for run_id in RUNS}
    assert len(set(digests.values())) == len(RUNS)
    assert all(len(digest) == 32 for digest in digests.values())
    assert digests == {run_id: run_of(store, run_id).digest for run_id in RUNS}


def test_an_outline_that_has_a_digest_has_that_of_its_run(store: Store) -> None:
    outlines, _ = store.outlines(coffee(store))
    for outline in outlines:
        assert outline.digest in ("", store.read(outline).digest)


def test_a_tree_that_was_read_before_has_digests_without_reading(tmp_path: Path) -> None:
    store = make_remembering(tmp_path)
    found = {outline.id: outline.digest for outline in store.outlines(coffee(store))[0]}
    assert sorted(run_id for run_id, digest in found.items() if digest) == ["b2", "c3", "d4", "e5"]
    assert found["a1"] == ""  # there is a link in it, and what that leads to may change unseen


def test_points_come_in_order_and_without_repeats(store: Store) -> None:
    run = run_of(store, "a1")
    series = store.series(run, "rmse")
    assert series.key == "rmse"
    assert (list(series.steps), list(series.timestamps)) == ([0, 1, 1], [T, T + 1, T + 2])
    assert [repr(value) for value in series.values] == ["0.5", "nan", "0.25"]
    assert list(store.series(run, "val/loss").values) == [float("inf"), 4.0]


def test_what_a_run_does_not_have_is_refused(store: Store) -> None:
    run = run_of(store, "a1")
    for key in ("accuracy", "", "../params/p", "val"):
        with pytest.raises(AccessError, match="has no metric") as caught:
            store.series(run, key)
        assert caught.value.hint
    for path in ("b.bin", "", "../meta.yaml", "a", "/etc/passwd", "a/../a/b.bin"):
        with pytest.raises(AccessError, match="has no artifact") as caught:
            store.open_artifact(run, path)
        assert caught.value.hint


def test_a_run_that_is_not_there_is_refused(store: Store) -> None:
    outlines, _ = store.outlines(coffee(store))
    with pytest.raises(AccessError):
        store.read(replace(outlines[0], id="zz", where="2/zz", digest=""))


def test_artifacts_are_read_byte_by_byte(store: Store) -> None:
    with store.open_artifact(run_of(store, "b2"), "a/b.bin") as file:
        assert file.read() == b"\0" + b"x" * 9


def test_runs_leave_out_the_deleted_unless_they_are_asked_for(store: Store) -> None:
    experiment = coffee(store)
    assert [run.id for run in runs_of(store, experiment)] == NEWEST_FIRST[1:]
    assert [run.id for run in runs_of(store, experiment, deleted=True)] == NEWEST_FIRST


def test_a_store_can_be_asked_to_remember(store: Store) -> None:
    experiment = coffee(store)
    for outline in store.outlines(experiment)[0]:
        store.read(outline)
    store.remember(experiment, store.drain())
    store.settle()
    assert store.drain() == ()


def test_a_label_tells_no_path(store: Store) -> None:
    assert store.label
    assert "/" not in store.label
