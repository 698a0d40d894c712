"""How worn a test set is, and what luck alone makes of the best of several scores."""

from math import erf, exp, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.ledger import Look
from reportgen.analysis.looks import (
    Tally,
    expected_greatest,
    is_rate,
    luck_of,
    profile_rows,
    rows_of,
    tally_looks,
)
from reportgen.model import DatasetInput

TALLY = Tally("digits_test", "a1b2", 20, 20, 0, 14, 0, (("acc", 20),))


def look(
    run: str, metric: str = "acc", steps: int = 1, when: int = 5, digest: str = "a1b2", **more: str
) -> Look:
    name = "?" if digest == "?" else "digits_test"
    return Look(when, "digits", run, metric, name, digest, steps, more.get("configuration", run))


# --- counts


def test_scoring_several_metrics_at_once_is_one_look_at_the_test_set() -> None:
    (tally,) = tally_looks([look("r1"), look("r1", "loss"), look("r2")], ["r1", "r2"])
    assert (tally.looks, tally.runs, tally.gone) == (2, 2, 0)
    assert tally.metrics == (("acc", 2), ("loss", 1))


def test_steps_are_looks_and_the_line_with_most_of_them_holds() -> None:
    lines = [look("r1", steps=2, when=9), look("r1", steps=5, when=20), look("r1", steps=3, when=4)]
    (tally,) = tally_looks(lines, ["r1"])
    assert (tally.looks, tally.runs, tally.first) == (5, 1, 4)


def test_looks_of_deleted_runs_count() -> None:
    (tally,) = tally_looks([look("r1"), look("r2"), look("r3")], ["r2"])
    assert (tally.looks, tally.runs, tally.gone, tally.configurations) == (3, 3, 2, 3)


def test_equal_configurations_count_once() -> None:
    lines = [look("r1", configuration="a"), look("r2", configuration="a"), look("r3")]
    assert tally_looks(lines, [])[0].configurations == 2


def test_test_sets_are_told_apart_and_the_most_scored_is_first() -> None:
    lines = [look("r1"), look("r1", digest="c3"), look("r2", digest="c3")]
    assert [(t.title, t.looks) for t in tally_looks(lines, [])] == [
        ("digits_test@c3", 2),
        ("digits_test@a1b2", 1),
    ]


def test_test_set_that_became_known_later_is_not_counted_twice() -> None:
    lines = [look("r1", digest="?"), look("r1"), look("r2", digest="?")]
    assert [(t.title, t.looks) for t in tally_looks(lines, [])] == [
        ("", 1),
        ("digits_test@a1b2", 1),
    ]


def test_test_set_without_a_digest_stands_beside_another_one() -> None:
    other = Look(5, "digits", "r1", "acc", "letters", "?", 1, "c")
    titles = [tally.title for tally in tally_looks([look("r1"), other], [])]
    assert titles == ["digits_test@a1b2", "letters"]
    told = Look(5, "digits", "r1", "acc", "letters", "d4", 1, "c")
    titles = [tally.title for tally in tally_looks([look("r1"), other, told], [])]
    assert titles == ["digits_test@a1b2", "letters@d4"]


@given(st.permutations([look("r1"), look("r1", configuration="b"), look("r2", configuration="b")]))
def test_order_of_lines_makes_no_difference(lines: list[Look]) -> None:
    (tally,) = tally_looks(lines, [])
    assert (tally.looks, tally.configurations) == (2, 2)


def test_first_look_is_sure_where_each_run_looked_once() -> None:
    assert tally_looks([look("r1"), look("r2", when=9)], [])[0].is_first_sure
    assert not tally_looks([look("r1"), look("r2", steps=3)], [])[0].is_first_sure


def test_record_of_an_unsealing_is_no_look() -> None:
    opened = Look(5, "digits", "r1", "acc", "digits_test", "a1b2", 1, "", "for the paper")
    assert tally_looks([opened], ["r1"]) == ()


# --- luck


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, 0.0), (2, 0.59), (5, 1.18), (10, 1.55), (20, 1.87), (50, 2.24), (100, 2.50)],
)
def test_expected_greatest_is_that_of_blom(count: int, expected: float) -> None:
    assert expected_greatest(count) == pytest.approx(expected, abs=0.006)


def exact_greatest(count: int) -> float:
    """The mean of the greatest of so many normal values: the integral of x n f(x) F(x)^(n-1)."""
    width, total = 0.005, 0.0
    for place in range(-1600, 1600):
        x = (place + 0.5) * width
        density = exp(-x * x / 2) / sqrt(2 * pi)
        below = (1 + erf(x / sqrt(2))) / 2
        total += x * count * density * below ** (count - 1) * width
    return total


@pytest.mark.parametrize("count", [2, 3, 5, 10, 50, 500, 1000])
def test_expected_greatest_is_near_the_exact_one(count: int) -> None:
    assert expected_greatest(count) == pytest.approx(exact_greatest(count), abs=0.03)


@pytest.mark.parametrize(("rows", "points"), [(200, 4.0), (1000, 1.8), (10000, 0.6)])
def test_luck_in_the_best_of_twenty_looks_at_ninety_percent(rows: int, points: float) -> None:
    luck = luck_of(0.9, rows, 20)
    assert luck is not None
    assert round(100 * luck.gain, 1) == points


def test_sealed_rate_gives_the_most_that_it_can_be() -> None:
    sealed = luck_of(None, 1000, 20)
    assert sealed is not None
    assert sealed.error == pytest.approx(sqrt(0.25 / 1000))
    assert sealed.rate is None


@given(st.floats(0, 1), st.integers(1, 10**6), st.integers(1, 10**6))
def test_luck_is_never_more_than_where_the_rate_is_sealed(rate: float, rows: int, k: int) -> None:
    known, most = luck_of(rate, rows, k), luck_of(None, rows, k)
    if known is not None:
        assert most is not None
        assert 0 <= known.gain <= most.gain + 1e-12


@pytest.mark.parametrize("rate", [0.0, 1.0, 0.999, 1.5, -0.1, 90.0, float("nan")])
def test_formula_is_left_alone_where_it_does_not_hold(rate: float) -> None:
    assert luck_of(rate, 1000, 20) is None


@pytest.mark.parametrize(
    "metric",
    [
        "acc",
        "accuracy",
        "accuracy_score",
        "top_5_accuracy",
        "top_k_accuracy_score",
        "acc@1",
        "sparse_categorical_accuracy",
        "error_rate",
        "zero_one_loss",
        "exact_match",
        "hit_rate_at_10",
    ],
)
def test_shares_of_rows_are_rates(metric: str) -> None:
    assert is_rate(metric)


@pytest.mark.parametrize(
    "metric",
    [
        "rmse",
        "f1",
        "roc_auc",
        "rsq",
        "loss",
        "balanced_accuracy",
        "accuracy_loss",
        "accuracy_std",
        "wer",
        "precision",
        "learning_rate",
        "score",
        "",
    ],
)
def test_other_metrics_are_no_rates(metric: str) -> None:
    assert not is_rate(metric)


# --- rows


def dataset(profile: str) -> DatasetInput:
    return DatasetInput("id", "digits_test", "a1b2", "local", "{}", "{}", profile, "test")


@pytest.mark.parametrize(
    ("profile", "rows"),
    [
        ('{"num_rows": 1000, "num_elements": 64000}', 1000),
        ('{"features_shape": [360, 64], "features_size": 23040}', 360),
        ('{"features_shape": {"a": [360, 64]}}', None),
        ('{"approx_count": 77}', 77),
        ('{"features_cardinality": 12}', 12),
        ('{"features_cardinality": -2}', None),  # TensorFlow's for "not known"
        ('{"num_rows": 0}', None),
        ('{"num_rows": true}', None),
        ('{"num_rows": "1000"}', None),
        ("[1]", None),
        ("not JSON", None),
        ("", None),
    ],
)
def test_rows_are_read_from_profiles_as_mlflow_writes_them(profile: str, rows: int | None) -> None:
    assert profile_rows(profile) == rows
    assert rows_of(TALLY, "acc", (), [dataset(profile)]) == rows


@pytest.mark.parametrize("name", ["digits_test", "digits_test@a1b2", "a1b2", "acc", "digits_*"])
def test_rows_of_the_config_win_over_the_profile(name: str) -> None:
    assert rows_of(TALLY, "acc", ((name, 50),), [dataset('{"num_rows": 1000}')]) == 50


def test_rows_of_other_test_sets_say_nothing() -> None:
    other = Tally("?", "?", 1, 1, 0, 1, 0, ())
    assert rows_of(other, "acc", (("digits_test", 50),), [dataset('{"num_rows": 9}')]) is None
