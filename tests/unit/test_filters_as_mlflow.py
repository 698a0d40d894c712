"""Filters against MLflow itself: the same store, the same expressions, the same runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reportgen
from reportgen.analysis.filters import parse_filter
from reportgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

    from reportgen.model import Run

NOON = 1_700_000_000_000
METRICS = ("rmse", "val/loss", "count", "with space")
VALUES = ((0.3, 0.25), (float("nan"),), (float("inf"), -0.5), (1.0, 1e-4), (), (7.0,))


@dataclass(frozen=True)
class Twins:
    """One store, as MLflow reads it and as reportgen does."""

    client: MlflowClient
    experiment: str
    theirs: list[MlflowRun]
    ours: list[Run]


def fill(client: MlflowClient, experiment: str) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

    for number, values in enumerate(VALUES):
        run = client.create_run(experiment, NOON + number, run_name=f"Run_{number % 3}")
        points = [
            Metric(METRICS[(number + shift) % 4], value * (shift + 1), NOON + step, step)
            for shift in range(3)
            for step, value in enumerate(values)
        ]
        params = [Param("lr", f"0.{number}"), Param("größe", "10%"), Param("model", "Ridge_CV")]
        tags = [RunTag("mlflow.source.name", f"Train{number}.py"), RunTag("a b", "it's [new]")]
        client.log_batch(run.info.run_id, points, params[number % 2 :], tags[number % 3 :])
        context = [InputTag("mlflow.data.context", "training" if number % 2 else "test")]
        inputs = [
            DatasetInput(Dataset(name, f"d{number}", "local", "{}"), context[: number % 4])
            for name in ("coffee", "tea")[: number % 3]
        ]
        client.log_inputs(run.info.run_id, inputs)
        if number % 2:
            client.set_terminated(run.info.run_id, "FAILED", NOON + 10 * number)


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    from mlflow import MlflowClient

    root: Path = tmp_path_factory.mktemp("store") / "mlruns"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        client = MlflowClient(tracking_uri=root.as_uri())
        experiment = client.create_experiment("coffee")
        fill(client, experiment)
        store = reportgen.open_store(str(root))
        ours = [run for one in store.experiments() for run in store.runs_of(one)]
        yield Twins(client, experiment, list(client.search_runs([experiment])), ours)


def kept(twins: Twins, expression: str) -> set[str]:
    found = parse_filter(expression)
    return {run.id for run in twins.ours if found.matches(run)}


EXPRESSIONS = """
metrics.rmse < 0.3
metric.rmse<=0.25
metrics.rmse > -0.5
metrics.rmse = 0.25
metrics.rmse != 0.25
metrics.rmse < .5 and metrics.rmse > 5.
metrics.count >= 1e-4
metrics.count < 1E5
metrics.`val/loss` < 1
metrics."val/loss" != 1
metrics.'val/loss' > -1
`metrics`.`with space` < 100
metrics.missing != 1
params.lr = '0.2'
param.lr = "0.2"
parameter.lr != '0.2'
parameters.lr LIKE '0.%'
params.lr LIKE '0._'
params.lr LIKE '0'
params.lr LIKE '%2'
params.größe = '10%'
params.`größe` LIKE '1%0\\%'
params.größe LIKE '%0_'
params.model LIKE 'ridge%'
params.model ILIKE 'ridge%'
params.model ilike '%_cv'
params.model like '%d%e%_%'
params.model LIKE '%'
params.model LIKE ''
params.lr IS NULL
params.lr is not null
params.missing IS NULL
tags.mlflow.source.name = 'Train3.py'
tags."mlflow.source.name" LIKE 'Train%.py'
tag.`mlflow.source.name` ILIKE '%RAIN%'
tags.`a b` = "it's [new]"
tags.`a b` LIKE '%[new]'
tags.`a b` LIKE '%[mnew]'
tags.`a b` IS NULL
tags.mlflow.runName = 'Run_1'
status = 'FAILED'
attributes.status != 'FAILED'
attribute.status = 'failed'
attr.status LIKE 'F%'
run.status ILIKE 'run%'
`status` = 'RUNNING'
"status" = 'RUNNING'
run_name = 'Run_1'
run_name LIKE 'Run\\_1'
attributes.`run name` ILIKE 'RUN__'
`Run name` != 'Run_1'
attributes."Run Name" = 'Run_2'
start_time > 1700000000002
created <= 1700000000002
Created = 1700000000002.0
attributes.start_time != 1700000000002
end_time >= 1700000000030
end_time != 1700000000030
user_id != 'nobody'
artifact_uri LIKE '%/artifacts'
dataset.name = 'coffee'
datasets.name != 'coffee'
dataset.name IN ('tea', "cocoa")
dataset.digest NOT IN ('d1',)
dataset.digest like 'd_'
dataset.context = 'training'
dataset.context != 'training'
dataset.context not in ('training', 'test')
metrics.rmse<1 AND params.lr='0.1'AND status='FAILED'
metrics.rmse < 1 and metrics.count < 100 And params.lr LIKE '%'
run_id != 'x'
run_id NOT IN ('x')
""".strip().splitlines()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_mlflow_finds_the_same_runs(twins: Twins, expression: str) -> None:
    found = twins.client.search_runs([twins.experiment], expression)
    assert kept(twins, expression) == {run.info.run_id for run in found}


def test_runs_are_found_by_their_ids(twins: Twins) -> None:
    first, second = (run.info.run_id for run in twins.theirs[:2])
    for expression in (f"run_id IN ('{first}', '{second}')", f"run_id in {(second, first)}"):
        found = twins.client.search_runs([twins.experiment], expression)
        assert kept(twins, expression) == {run.info.run_id for run in found} == {first, second}


def test_the_expressions_tell_the_runs_apart(twins: Twins) -> None:
    answers = [frozenset(kept(twins, expression)) for expression in EXPRESSIONS]
    assert len(set(answers)) > 15
    for run in twins.ours:
        assert 0 < sum(run.id in answer for answer in answers) < len(answers)


NAMES = [*(f"metrics.`{key}`" for key in METRICS), "start_time", "end_time"]
TEXTS = ["params.lr", "params.model", "tags.`a b`", "status", "run_name", "dataset.name"]
SHAPES = st.text("Rr_%di0.1", max_size=5).map(lambda text: f"'{text}'")
CLAUSES = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(NAMES),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.one_of(st.sampled_from([NOON, NOON + 30, 0.25, "1e-4"]), st.integers(-3, 20)),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(TEXTS),
        st.sampled_from(["=", "!=", "LIKE", "ILIKE", "like"]),
        st.one_of(SHAPES, st.sampled_from(["'FAILED'", "'Run_1'", "'coffee'", "'0.3'"])),
    ),
)


@settings(max_examples=200)
@given(clauses=st.lists(CLAUSES, min_size=1, max_size=3))
def test_made_up_filters_find_what_mlflow_finds(twins: Twins, clauses: list[str]) -> None:
    from mlflow.utils.search_utils import SearchUtils

    expression = " and ".join(clauses)
    search: Any = SearchUtils  # MLflow leaves its types out
    found = search.filter(twins.theirs, expression)
    assert kept(twins, expression) == {run.info.run_id for run in found}


@pytest.mark.parametrize(
    "expression",
    [
        "metrics.rmse < '0.3'",
        "metrics.rmse < inf",
        "metrics.rmse < 0x10",
        "metrics.rmse <",
        "metrics.rmse == 1",
        "metrics.rmse LIKE 1",
        "params.lr = 0.1",
        "params.lr = `0.1`",
        "params.lr < '0.1'",
        "parms.lr = '0.1'",
        "Metrics.rmse = 1",
        "attributes.Status = 'FAILED'",
        "dataset.rows = 'x'",
        "start_time > '2024'",
        "run_id IN ()",
        "'0.1' = params.lr",
        "metrics.rmse > 1;",
    ],
)
def test_what_mlflow_refuses_is_refused(twins: Twins, expression: str) -> None:
    from mlflow.exceptions import MlflowException

    with pytest.raises(MlflowException):
        twins.client.search_runs([twins.experiment], expression)
    with pytest.raises(UsageError):
        parse_filter(expression)
