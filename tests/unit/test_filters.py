"""Filters: which runs they keep, and how clauses combine."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.analysis.filters import Filter, parse_filter
from reportgen.model import DatasetInput, MetricHead, Run, Status

NOON = 1_700_000_000_000


def head(key: str, last: float) -> MetricHead:
    return MetricHead(key, 3, last, 2, NOON, last, last, "")


def metrics(**last: float) -> dict[str, MetricHead]:
    return {key: head(key, value) for key, value in last.items()}


def dataset(name: str, digest: str, context: str) -> DatasetInput:
    return DatasetInput(name, name, digest, "local", "{}", "{}", "{}", context)


ADA = Run(
    id="ada",
    experiment_id="1",
    where="1/ada",
    name="Ridge 1",
    status=Status.FINISHED,
    start_time=NOON,
    end_time=NOON + 5,
    user="kim",
    artifact_uri="file:///data/1/ada/artifacts",
    params={"lr": "0.1", "model": "ridge", "note": ""},
    tags={"mlflow.source.name": "train.py", "stage": "final", "memo": "first\nsecond line"},
    metrics=metrics(rmse=0.25, loss=math.nan) | {"val/loss": head("val/loss", 0.5)},
    datasets=(dataset("coffee", "d1", "training"), dataset("tea", "d2", "")),
)
BOB = Run(
    id="bob",
    experiment_id="1",
    where="1/bob",
    name="forest",
    status=Status.FAILED,
    start_time=NOON + 1000,
    params={"lr": "0.01", "model": "Forest_A", "with space": "it's", "path": r"C:\new"},
    metrics=metrics(rmse=-0.5, loss=1e-4),
    datasets=(dataset("coffee", "d3", "test"),),
)
CAT = Run(id="cat", experiment_id="1", where="1/cat", name="", metrics=metrics(rmse=math.inf))
RUNS = (ADA, BOB, CAT)


def kept(expression: str) -> str:
    """The ids of the runs that a filter keeps, with spaces between."""
    found = parse_filter(expression)
    return " ".join(run.id for run in RUNS if found.matches(run))


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("", "ada bob cat"),
        (" \n", "ada bob cat"),
        ("metrics.rmse < 0.3", "ada bob"),
        ("metrics.rmse<-.4", "bob"),
        ("metric.rmse >= 2.5e-1", "ada cat"),
        ("metrics.rmse > +0.25", "cat"),
        ("metrics.rmse = 0.25", "ada"),
        ("metrics.rmse < 1e999", "ada bob"),
        ("metrics.loss != 1", "ada bob"),  # nan differs from 1; cat has no loss
        ("metrics.loss >= 0", "bob"),
        ("metrics.rmze < 1", ""),
        ("metrics.val/loss = 0.5", "ada"),
        ("metrics.`val/loss` = 0.5", "ada"),
        ("params.lr = '0.1'", "ada"),
        ('param.lr = "0.1"', "ada"),
        ("params.lr != '0.1'", "bob"),
        ("params.note = ''", "ada"),
        ("parameters.model LIKE 'r%'", "ada"),
        ("parameter.model like 'forest%'", ""),
        ("params.model ILIKE '%forest_a'", "bob"),
        ("params.model LIKE 'F%r%s%A'", "bob"),
        ("params.model LIKE '%s%r%'", ""),
        ("params.model LIKE 'ridg_'", "ada"),
        ("params.model LIKE 'r.*'", ""),
        ("params.model LIKE 'ridge%ridge'", ""),
        ("tags.memo LIKE 'first%line'", "ada"),
        ("params.`with space` = 'it''s'", "bob"),
        ("params.'with space' = \"it's\"", "bob"),
        ('params."with space" = "it\'s"', "bob"),
        (r"params.path = 'C:\new'", "bob"),
        (r"params.path LIKE 'C:\%'", "bob"),
        ("tags.mlflow.source.name = 'train.py'", "ada"),
        ("tag.`mlflow.source.name` ilike 'TRAIN%'", "ada"),
        ("status = 'FINISHED'", "ada"),
        ("status = 'finished'", ""),
        ("attributes.status != 'FINISHED'", "bob cat"),
        ("run.status IN ('FAILED', 'RUNNING')", "bob cat"),
        ("attr.run_id not in ('ada',)", "bob cat"),
        ("run_name = 'forest'", "bob"),
        ("run_name != 'forest'", "ada"),
        ("run_name IS NULL", "cat"),
        ("`run name` = 'Ridge 1'", "ada"),
        ("\"Run Name\" = 'Ridge 1'", "ada"),
        ("user_id = 'kim'", "ada"),
        ("artifact_uri LIKE 'file:%'", "ada"),
        (f"start_time > {NOON}", "bob"),
        (f"created >= {NOON}.0", "ada bob"),
        (f"end_time > {NOON}", "ada"),
        ("end_time IS NULL", "bob cat"),
        ("metrics.loss IS NOT NULL", "ada bob"),
        ("metrics.rmse in (0.25, -0.5)", "ada bob"),
        ("params.lr is null", "cat"),
        ("params.lr  Is  Not\n Null", "ada bob"),
        ("params.lr NOT IN ('0.1')", "bob"),
        ("dataset.name = 'tea'", "ada"),
        ("dataset.name != 'coffee'", "ada"),  # one of its datasets is another
        ("datasets.digest in ('d2', 'd3')", "ada bob"),
        ("dataset.context = 'training'", "ada"),
        ("dataset.context != 'training'", "bob"),
        ("dataset.name IS NULL", "cat"),
        ("metrics.rmse < 1 AND params.model='ridge'AND status='FINISHED'", "ada"),
        ("params.lr = '0.1' or params.lr = '0.01'", "ada bob"),
        ("run_id = 'cat' or run_id = 'bob' and status = 'FINISHED'", "cat"),
        ("(run_id = 'cat' or run_id = 'bob') and status = 'RUNNING'", "cat"),
        ("status = 'FINISHED' and run_id = 'bob' or run_id = 'cat'", "cat"),
        ("((((run_id = 'ada'))))", "ada"),
        ("params.and = 'x' or params.in is null", "ada bob cat"),
    ],
)
def test_a_filter_keeps(expression: str, ids: str) -> None:
    assert kept(expression) == ids


def test_every_example_in_the_docs_is_a_filter() -> None:
    page = (Path(__file__).parents[2] / "docs" / "filters.md").read_text("utf-8")
    examples = page.partition("```sql\n")[2].partition("```")[0].splitlines()
    assert len(examples) > 10
    for example in examples:
        assert parse_filter(example) != Filter()


def test_equal_filters_are_equal_values() -> None:
    assert parse_filter("metric.rmse<1 and (created > 2)") == parse_filter(
        "metrics.`rmse` < 1.0 AND attributes.start_time > 2e0"
    )


def test_a_filter_tells_which_metrics_it_asks_for() -> None:
    text = "(metrics.`test acc` > 0.5 OR params.k = '1') AND metrics.loss IS NOT NULL"
    assert parse_filter(text).metrics == {"test acc", "loss"}
    assert parse_filter(" ").metrics == frozenset()


def test_many_wildcards_do_not_multiply_the_work() -> None:
    run = Run(id="r", experiment_id="1", where="1/r", name="r", params={"x": "a" * 8000})
    pattern = "%a" * 200 + "%b%c"
    assert not parse_filter(f"params.x LIKE '{pattern}'").matches(run)


def test_fifty_brackets_are_read() -> None:
    assert kept("(" * 50 + "run_id = 'bob'" + ")" * 50) == "bob"


def test_a_long_chain_is_no_deep_nesting() -> None:
    assert kept(" or ".join(["run_id = 'cat'"] * 5000)) == "cat"


KEYS = st.text(st.sampled_from("ab`'\" ./%_é"), min_size=1, max_size=4)


def quoted(text: str, quote: str = "'") -> str:
    return quote + text.replace(quote, quote * 2) + quote


CLAUSES = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["metrics.rmse", "metrics.loss", "metrics.`val/loss`"]),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["0.25", "-0.5", "1e-4", "0"]),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["params.lr", "params.model", "tags.stage", "status", "run_id"]),
        st.sampled_from(["=", "!=", "LIKE", "ILIKE"]),
        st.sampled_from(["'0.1'", "'%r%'", "'F%'", "'FINISHED'", "'ada'", "'___'"]),
    ),
    st.sampled_from(["params.lr IS NULL", "run_id IN ('ada', 'cat')", "dataset.name = 'coffee'"]),
)


@settings(max_examples=100)
@given(st.lists(CLAUSES, min_size=1, max_size=4), st.lists(CLAUSES, min_size=1, max_size=3))
def test_and_is_the_intersection_and_or_the_union(one: list[str], two: list[str]) -> None:
    sets = [{*kept(clause).split()} for clause in one]
    others = [{*kept(clause).split()} for clause in two]
    both, either = set.intersection(*sets), set.union(*others)
    assert {*kept(" and ".join(one)).split()} == both
    assert {*kept(" or ".join(two)).split()} == either
    assert {*kept(f"{' AND '.join(one)} OR {' OR '.join(two)}").split()} == both | either
    assert {*kept(f"{' AND '.join(one)} AND ({' OR '.join(two)})").split()} == both & either


@settings(max_examples=100)
@given(KEYS, KEYS, st.sampled_from("`'\""))
def test_every_key_and_value_can_be_quoted(key: str, value: str, quote: str) -> None:
    run = Run(id="r", experiment_id="1", where="1/r", name="r", params={key: value, "z": "?"})
    clause = f"params.{quoted(key, quote)} = "
    assert parse_filter(clause + quoted(value)).matches(run)
    assert parse_filter(clause + quoted(value, '"')).matches(run)
    assert not parse_filter(clause + quoted(value + "!")).matches(run)
