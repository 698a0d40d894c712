"""A diff tells the values that MLflow's own client has, in each of its forms."""

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest

from reportgen.cli import main
from reportgen.render.filters import size
from reportgen.spelling import number

from .stores import STORES, Pair, copy_of, open_pair

if TYPE_CHECKING:
    from mlflow.entities import Run as MlflowRun

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own
A, B = "boosting lr=0.1", "boosting lr=0.3"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, mlflow_settings: None) -> Pair:
    """The sample, opened by both."""
    return open_pair(copy_of(STORES["sample"], tmp_path_factory.mktemp("diff") / "mlruns"))


@pytest.fixture(scope="module")
def theirs(sample: Pair) -> "dict[str, MlflowRun]":
    """The two runs as MLflow has them."""
    return {theirs.info.run_name: theirs for _, theirs in sample.runs}


def told(
    sample: Pair, form: str, capsys: pytest.CaptureFixture[str], a: str = A, b: str = B
) -> str:
    assert main(["diff", a, b, str(sample.root), "--format", form]) == 0
    return capsys.readouterr().out


def test_json_has_the_parameters_and_metrics_of_both(
    sample: Pair, theirs: "dict[str, MlflowRun]", capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(told(sample, "json", capsys))
    for side, run in (("a", theirs[A]), ("b", theirs[B])):
        assert found[side]["run_id"] == run.info.run_id
        assert found[side]["start_time"] == run.info.start_time
        changed = {one["key"]: one[side] for one in found["params"]["changed"]}
        logged = {key: text for key, text in changed.items() if text is not None}
        assert {**found["params"]["same"], **logged} == run.data.params
        metrics = {one["key"]: one[side] for one in all_metrics(found) if one[side] is not None}
        assert {key: one["last"] for key, one in metrics.items()} == run.data.metrics
        for key, one in metrics.items():
            assert one["best"] in (None, *history(sample, run, key))


def all_metrics(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [*found["metrics"], *found["heldout"], *found["system"]]


def history(sample: Pair, run: "MlflowRun", key: str) -> list[float]:
    return [one.value for one in sample.theirs.get_metric_history(run.info.run_id, key)]


def test_json_has_the_best_of_each_history(
    sample: Pair, theirs: "dict[str, MlflowRun]", capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(told(sample, "json", capsys))
    best = {"lower": min, "higher": max}
    for one in found["metrics"]:
        if one["direction"] is None or one["compared"] is None:
            continue
        choose = best[one["direction"]]
        old, new = (
            choose(filter(isfinite, history(sample, theirs[name], one["key"]))) for name in (A, B)
        )
        assert (one["a"]["best"], one["b"]["best"]) == (old, new)
        assert one["difference"] == new - old
        is_better = (new > old) is (one["direction"] == "higher")
        assert one["verdict"] == ("better" if is_better else "worse")


@pytest.mark.parametrize("form", ["text", "md"])
def test_text_and_markdown_have_each_value(
    form: str, sample: Pair, theirs: "dict[str, MlflowRun]", capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(sample, form, capsys).replace("\\", "").replace("\N{MINUS SIGN}", "-")
    rows = [line.replace("|", " ").split() for line in text.splitlines()]
    for run in (theirs[A], theirs[B]):
        assert run.info.run_id in text
        for key, value in run.data.metrics.items():
            (row,) = [row for row in rows if row[:1] == [key] and len(row) > 6]
            assert number(value) in " ".join(row).replace(",", "").split()
    assert any(row[:3] == ["learn_rate", "0.1", "0.3"] for row in rows)


def test_files_are_those_of_both(
    sample: Pair, theirs: "dict[str, MlflowRun]", capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(told(sample, "json", capsys))["files"]
    listed = {one["path"] for one in found["changed"] if one["a_bytes"] is not None}
    artifacts = sample.theirs.list_artifacts(theirs[A].info.run_id)
    plain = {one.path: one.file_size or 0 for one in artifacts if not one.is_dir}
    assert set(plain) <= listed | set(found["same"])
    text = told(sample, "text", capsys)
    assert all(size(count) in text for path, count in plain.items() if path in listed)


def test_the_last_and_the_best_run_are_those_of_mlflow(
    sample: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = sample.theirs.get_experiment_by_name("coffee-quality")
    assert experiment is not None
    by_time = sample.theirs.search_runs([experiment.experiment_id])
    by_loss = sample.theirs.search_runs(
        [experiment.experiment_id], order_by=["metrics.cv_rmse ASC"], max_results=1
    )
    found = json.loads(told(sample, "json", capsys, "coffee-quality:last~2", "coffee-quality:best"))
    assert found["a"]["run_id"] == by_time[2].info.run_id
    assert found["b"]["run_id"] == by_loss[0].info.run_id
