"""Runs as bytes and back: nothing is lost, and the digest stands for all of it."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.model import (
    Artifact,
    Cause,
    DatasetInput,
    LoggedModel,
    MetricDataset,
    MetricHead,
    Problem,
    Run,
    Status,
)
from reportgen.readers.codec import (
    artifacts_digest,
    digest_in,
    pack,
    problems_in,
    unpack,
    unpack_outline,
)

explore = settings(max_examples=40)

texts = st.text(max_size=8)
keys = st.text(max_size=5) | st.sampled_from(
    ["mlflow.parentRunId", "a\n", "日本", "\x00", "\u2028"]
)
counts = st.integers(0, 2**62)
steps = st.integers(-(2**70), 2**70)
times = st.none() | st.integers(-(2**62), 2**62)
heads = st.builds(
    MetricHead,
    key=keys,
    count=counts,
    last=st.floats(),
    step=steps,
    timestamp=steps,
    low=st.floats(),
    high=st.floats(),
    digest=texts,
    low_step=steps,
    high_step=steps,
    trace=st.sampled_from(["", "AffA_Q", "Af._A"]),
    datasets=st.lists(st.builds(MetricDataset, texts, texts, counts), max_size=2).map(tuple),
)
metrics = st.lists(heads, max_size=3).map(lambda found: {head.key: head for head in found})
artifacts = st.lists(st.builds(Artifact, texts, counts, texts), max_size=3).map(tuple)
maps = st.dictionaries(keys, texts, max_size=3)
datasets = st.builds(DatasetInput, *[texts] * 8, tags=maps)
models = st.builds(
    LoggedModel,
    *[texts] * 5,
    step=times,
    model_type=texts,
    status=texts,
    created=times,
    params=maps,
    tags=maps,
    metrics=metrics,
    artifacts=artifacts,
)
problems = st.builds(Problem, texts, st.none() | counts, texts)
runs = st.builds(
    Run,
    *[texts] * 4,
    status=st.sampled_from(Status),
    lifecycle_stage=texts,
    start_time=times,
    end_time=times,
    user=texts,
    source=texts,
    source_type=texts,
    source_version=texts,
    artifact_uri=texts,
    params=maps,
    tags=maps,
    metrics=metrics,
    artifacts=artifacts,
    artifact_note=texts,
    datasets=st.lists(datasets, max_size=2).map(tuple),
    models=st.lists(models, max_size=2).map(tuple),
    cause=st.none() | st.builds(Cause, texts, texts),
    hides_names=st.booleans(),
    problems=st.lists(problems, max_size=2).map(tuple),
)


def small_run() -> Run:
    head = MetricHead("rmse", 2, 0.5, 1, 1600000000000, 0.25, 0.5, "d")
    model = LoggedModel("m", "forest", "1", "r", "output", 1, "", "READY", None)
    return Run(
        id="r",
        experiment_id="1",
        name="name",
        where="1/r",
        params={"p": "1"},
        tags={"t": "x"},
        metrics={"rmse": head},
        artifacts=(Artifact("a.txt", 3, "stamp"),),
        datasets=(DatasetInput("d", "", "", "", "", "", "", ""),),
        models=(replace(model, artifacts=(Artifact("MLmodel", 9, "stamp"),)),),
        cause=Cause("KeyError: 'x'", "stderr.log"),
        problems=(Problem("1/r/x", 1, "why"),),
    )


@given(runs)
@explore
def test_a_run_comes_back_as_it_was(run: Run) -> None:
    packed = pack(run)
    # compared as text: a nan equals itself there, and 1 is not 1.0
    assert repr(unpack(packed)) == repr(replace(run, digest=digest_in(packed)))
    assert pack(unpack(packed)) == packed


@given(runs)
@explore
def test_an_outline_says_what_the_run_says(run: Run) -> None:
    packed = pack(run)
    outline, whole = unpack_outline(packed), unpack(packed)
    same = [field.name for field in fields(outline) if field.name != "artifacts"]
    assert [getattr(outline, name) for name in same] == [getattr(whole, name) for name in same]
    assert outline.artifacts == artifacts_digest(whole)
    assert outline.title == whole.title


@given(runs)
@explore
def test_problems_can_be_had_alone(run: Run) -> None:
    assert problems_in(pack(run)) == run.problems


def test_an_outline_tells_whether_the_bytes_of_artifacts_may_be_others() -> None:
    run = small_run()
    model = run.models[0]
    known = unpack_outline(pack(run)).artifacts
    later = (Artifact("a.txt", 3, "later"),)
    model_later = replace(model, artifacts=(Artifact("MLmodel", 9, "later"),))
    untold = (Artifact("a.txt", 3, ""),)
    changed = [
        unpack_outline(pack(replace(run, **fields))).artifacts
        for fields in ({"artifacts": later}, {"models": (model_later,)}, {"artifacts": untold})
    ]
    assert known != ""
    assert len({known, *changed}) == 4
    assert changed[2] == ""


CHANGES: dict[str, Any] = {
    "id": "other",
    "experiment_id": "2",
    "name": "",
    "where": ".trash/1/r",
    "status": Status.KILLED,
    "lifecycle_stage": "deleted",
    "start_time": 0,
    "end_time": 0,
    "user": "ana",
    "source": "train.py",
    "source_type": "LOCAL",
    "source_version": "abc",
    "artifact_uri": "s3://x",
    "params": {"p": "2"},
    "tags": {},
    "metrics": {},
    "artifacts": (Artifact("a.txt", 4, "stamp"),),
    "artifact_note": "s3://x",
    "datasets": (),
    "models": (),
    "cause": None,
    "hides_names": True,
    "problems": (),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_digest_changes_with_every_field(name: str) -> None:
    run = small_run()
    assert digest_in(pack(replace(run, **{name: CHANGES[name]}))) != digest_in(pack(run))


def test_every_field_of_a_run_is_tried() -> None:
    assert {field.name for field in fields(Run)} == {*CHANGES, "digest"}


def test_the_digest_leaves_out_what_tells_of_this_machine_alone() -> None:
    run = small_run()
    model = replace(run.models[0], artifacts=(Artifact("MLmodel", 9, "later"),))
    other = replace(
        run, artifacts=(Artifact("a.txt", 3, "later"),), models=(model,), digest="anything"
    )
    assert digest_in(pack(other)) == digest_in(pack(run))
    assert unpack(pack(other)).artifacts[0].digest == "later"
    assert unpack(pack(other)).models[0].artifacts[0].digest == "later"
