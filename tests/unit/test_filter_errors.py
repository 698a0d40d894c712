"""What the error says about a filter that cannot be read."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.analysis.filters import Filter, parse_filter
from reportgen.errors import UsageError

BRACKETS = 50


@pytest.mark.parametrize(
    ("expression", "position", "message", "hint"),
    [
        ("metrics.rmse < '0.3'", 16, "expected a number", "write metrics.rmse < 0.3"),
        ("metrics.rmse < 'low'", 16, "found 'low'", "metrics.rmse < 0.5"),
        ("metrics.rmse = ", 16, "expected a number for metrics.rmse, found the end", "= 0.5"),
        ("metrics.rmse", 13, "expected a comparison after metrics.rmse", "metrics.rmse = 0.5"),
        ("metrics.rmse between 1", 14, "found between", "metrics.rmse = 0.5"),
        ("metrics.rmse == 1", 14, "expected one of = != < <= > >=, found ==", "write ="),
        ("metrics.rmse <> 1", 14, "found <>", "write !="),
        ("metrics.rmse < 0x10", 16, "expected a number, found 0x10", "1e-4"),
        ("metrics.rmse < nan", 16, "expected a number", "metrics.rmse < 0.5"),
        ("metrics.rmse LIKE '1%'", 14, "a number, and LIKE compares texts", "= != < <= > >="),
        ("metrics. = 1", 9, "expected a key after metrics.", "`val loss`"),
        ("params.x < '1'", 10, "a text, and < compares numbers", "= != LIKE ILIKE"),
        ("params.x = 1", 12, "expected a text in quotes", "write params.x = '1'; a shell"),
        ("params.x = adam", 12, "found adam", "write params.x = 'adam'"),
        ("params.x = `1`", 12, "found `1`", "write params.x = '1'"),
        ("params.x = null", 12, "found null", "write params.x IS NULL"),
        ("params.x IS 'a'", 13, "expected NULL, found 'a'", "IS NULL or IS NOT NULL"),
        ("params.x NOT LIKE 'a'", 14, "expected IN, found LIKE", "params.x NOT IN (...)"),
        ("params.x = 'abc", 12, "no closing ' for the one that opens here", "add '"),
        ("params.`x = 'abc'", 8, "no closing `", "add `"),
        ("parms.x = '1'", 1, "unknown prefix parms", "did you mean params.x?"),
        ("run_id = 'a' and Metrics.x = 1", 18, "unknown prefix Metrics", "mean metrics.x?"),
        ("mlflow.user = 'kim'", 1, "unknown prefix mlflow", "tags.mlflow.user for a tag"),
        ("stauts = 'FAILED'", 1, "unknown attribute stauts", "did you mean status?"),
        ("run.stauts = 'FAILED'", 1, "there are run_id, run_name", "did you mean run.status?"),
        ("rmse < 1", 1, "unknown attribute rmse", "metrics.rmse for a metric"),
        ("run.rmse < 1", 1, "unknown attribute rmse", "metrics.rmse for a metric"),
        ("`metrics.rmse` < 1", 1, "unknown attribute", "quote the key alone: metrics.`rmse`"),
        ("dataset.nme = 'x'", 1, "unknown dataset field nme", "did you mean dataset.name?"),
        ("dataset.rows = 'x'", 1, "there are name, digest, context", "dataset.name = 'some text'"),
        ("start_time > '2024-01-01'", 14, "expected a number", "milliseconds since 1970, UTC"),
        ("run_id = ('a')", 10, "found (", "= takes one value; write run_id IN ('some text')"),
        ("run_id IN 'a'", 11, "expected (, found 'a'", "run_id IN ('some text')"),
        ("run_id IN ()", 12, "found )", "run_id IN ('some text')"),
        ("run_id IN ('a', 1)", 17, "expected a text in quotes", "('1')"),
        ("run_id IN ('a' 'b')", 16, "expected ), found 'b'", "IN ("),
        ("run_id IN ('a'", 15, "expected ), found the end", "IN ("),
        ("(metrics.a > 1", 1, "this ( is never closed", "add a )"),
        ("metrics.a > 1)", 14, "this ) closes nothing", "take it out"),
        ("(metrics.a > 1 metrics.b > 2)", 16, "expected AND, OR or )", "position 1 is still open"),
        ("metrics.a > 1 metrics.b > 2", 15, "expected AND, OR or the end", "AND or OR"),
        ("metrics.a > 1 AND", 18, "expected a field, found the end", "a filter looks like"),
        ("OR metrics.a > 1", 1, "expected a field, found OR", "a filter looks like"),
        ("'1' = params.x", 1, "expected a field, found '1'", "a filter looks like"),
        ("metrics.a > 1;", 14, "; means nothing here", "a filter looks like"),
        ("()", 2, "expected a field, found )", "a filter looks like"),
        ("(" * (BRACKETS + 1) + "run_id = 'a'", BRACKETS + 1, "more than 50 brackets", "take out"),
        ("(" * 100_000, BRACKETS + 1, "more than 50 brackets", "take out"),
    ],
)
def test_an_error_names_place_expectation_and_remedy(
    expression: str, position: int, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parse_filter(expression)
    assert str(caught.value).startswith(f"filter, position {position}: ")
    assert message in str(caught.value)
    assert hint in caught.value.hint


def refusal(text: str) -> UsageError | None:
    try:
        parse_filter(text)
    except UsageError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("metrics.rmse < '0.25'", "metrics.rmse < 0.25"),
        ("params.lr = 0.1", "params.lr = '0.1'"),
        ("params.model IN (ridge)", "params.model IN ('ridge')"),
        ("params.x = `it's`", "params.x = 'it''s'"),
    ],
)
def test_the_remedy_for_a_wrong_value_is_a_filter(wrong: str, right: str) -> None:
    error = refusal(wrong)
    assert error is not None
    assert error.hint.removeprefix("write ").partition(";")[0] == right
    assert parse_filter(right) != Filter()


def test_the_errors_in_the_docs_are_the_ones_that_are_raised() -> None:
    page = (Path(__file__).parents[2] / "docs" / "filters.md").read_text("utf-8")
    printed = page.partition("```text\n")[2].partition("```")[0]
    errors = [
        refusal(text) for text in ("metrics.rmse < '0.3'", "parms.x = '1'", "params.x = 'abc")
    ]
    assert printed == "".join(
        f"error: {error}  [{error.slug}]\n  try: {error.hint}\n" for error in errors if error
    )


def test_an_error_is_one_line_whatever_was_typed() -> None:
    with pytest.raises(UsageError) as caught:
        parse_filter("metrics.rmse < 'two\nlines \x1b[31m and " + "more " * 100 + "'")
    assert str(caught.value).isprintable()
    assert caught.value.hint.isprintable()
    assert len(str(caught.value)) < 150


WORDS = r"""( ) , = != < <= LIKE in NOT is null and OR 'a' "b" `c` 1 -.5 1e9 metrics.rmse params.lr
` tags.`a|b` status start_time dataset.name run_id IN ('ada') ' " . metrics. x.y \ é ٣"""
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=300)
@example("\udcff")
@given(
    st.one_of(
        st.text(),
        st.lists(PIECES, max_size=12).map(" ".join),
        st.lists(PIECES, max_size=12).map("".join),
    )
)
def test_any_text_is_a_filter_or_a_usage_error(text: str) -> None:
    error = refusal(text)
    if error is not None:
        place = int(str(error).removeprefix("filter, position ").partition(":")[0])
        assert 1 <= place <= len(text) + 1
        assert str(error).isprintable()
        assert error.hint.isprintable()
