"""Which parameters go with a metric: numbers as scipy has them, nothing said of few runs."""

from collections.abc import Sequence
from math import atan, isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.analysis.association import (
    LEAST_RUNS,
    Kind,
    associations,
    chi_squared,
    correlation_ratio,
    rank_correlation,
    ranks,
)
from reportgen.model import Run

stats = pytest.importorskip("scipy.stats")

NUMBERS = st.integers(-20, 20).map(lambda n: n / 4)  # few enough for ties
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=30)
MARKED = st.lists(st.tuples(st.sampled_from("abc"), NUMBERS), min_size=3, max_size=30)


def run(number: int, **params: str) -> Run:
    return Run(f"r{number}", "1", "", f"1/r{number}", params=params)


@given(st.lists(NUMBERS, max_size=30))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert ranks(values) == list(stats.rankdata(values))


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    return rank_correlation(ranks(xs), ranks(ys))


@given(PAIRS)
def test_rank_correlation_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    xs, ys = zip(*pairs, strict=True)
    found = spearman(xs, ys)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found is None
    else:
        assert found is not None
        assert isclose(found, stats.spearmanr(xs, ys).statistic, abs_tol=1e-12)


@given(PAIRS)
def test_rank_correlation_minds_order_only(pairs: list[tuple[float, float]]) -> None:
    xs, ys = zip(*pairs, strict=True)
    found = spearman(xs, ys)
    assert spearman([x**3 + x for x in xs], [atan(y) for y in ys]) == found
    assert spearman(ys, xs) == found
    turned = spearman([-x for x in xs], ys)
    assert turned == (None if found is None else -found)


@given(MARKED)
def test_correlation_ratio_is_that_of_kruskal_and_wallis(pairs: list[tuple[str, float]]) -> None:
    texts, ys = zip(*pairs, strict=True)
    assume(len(set(texts)) > 1)
    assume(len(set(ys)) > 1)
    found, top = correlation_ratio(texts, ranks(ys))
    samples = [[y for text, y in pairs if text == each] for each in sorted(set(texts))]
    assert found is not None
    expected = sqrt(max(0, stats.kruskal(*samples).statistic) / (len(ys) - 1))
    assert isclose(found, expected, abs_tol=1e-7)
    assert correlation_ratio(texts, ranks([y**3 + y for y in ys])) == (found, top)


@pytest.mark.parametrize("freedom", range(1, 10))
def test_limit_of_chi_squared_is_that_of_scipy(freedom: int) -> None:
    assert isclose(chi_squared(freedom), stats.chi2.ppf(0.95, freedom), rel_tol=0.01)


def test_limit_of_the_rank_correlation_is_its_five_percent_point() -> None:
    values = {f"r{n}": float(n * 7 % 20) for n in range(20)}
    found = associations([run(n, lr=str(n)) for n in range(20)], "m", ["lr"], values).found[0]
    assert found.limit is not None
    t = found.limit * sqrt(18 / (1 - found.limit**2))
    assert isclose(2 * stats.t.sf(t, 18), 0.05, rel_tol=1e-4)


def rows(lrs: Sequence[str], kinds: Sequence[str]) -> tuple[list[Run], dict[str, float]]:
    runs = [run(n, lr=lr, kind=kind) for n, (lr, kind) in enumerate(zip(lrs, kinds, strict=True))]
    return runs, {one.id: float(n) for n, one in enumerate(runs)}


def test_numbers_have_a_sign_and_categories_the_highest() -> None:
    runs, values = rows(["1e-1", "0.02", "1e-3"] * 4, ["a"] * 6 + ["b"] * 6)
    lr, kind = sorted(
        associations(runs, "m", ["lr", "kind"], values).found, key=lambda a: a.kind.name
    )
    assert (lr.kind, lr.distinct, lr.count, lr.top) == (Kind.RANKS, 3, 12, "")
    assert lr.strength is not None
    assert lr.strength < 0
    assert lr.may_be_chance
    assert (kind.kind, kind.distinct, kind.top) == (Kind.RATIO, 2, "b")
    assert kind.strength is not None
    assert kind.strength > 0.8
    assert not kind.may_be_chance


def test_strongest_comes_first() -> None:
    runs, values = rows(["1", "2"] * 6, ["a"] * 6 + ["b"] * 6)
    assert [a.param for a in associations(runs, "m", ["lr", "kind"], values).found] == [
        "kind",
        "lr",
    ]


def test_nothing_is_said_of_few_runs() -> None:
    runs, values = rows([str(n) for n in range(LEAST_RUNS - 1)], ["a", "b", "b"] * 2 + ["a"])
    found = associations(runs, "m", ["lr", "kind"], values).found
    assert [(one.strength, one.count) for one in found] == [(None, LEAST_RUNS - 1)] * 2
    assert all(one.may_be_chance for one in found)


def test_runs_without_the_metric_or_the_parameter_do_not_count() -> None:
    runs = [run(n, lr=str(n)) for n in range(20)] + [run(20)]
    values = {f"r{n}": float(n) for n in range(9, 21)}
    (found,) = associations(runs, "m", ["lr", "missing"], values).found
    assert (found.count, found.strength) == (11, 1)


def test_texts_that_differ_in_every_run_are_left_out() -> None:
    runs, values = rows(["1"] * 12, [f"path {n}" for n in range(12)])
    found = associations(runs, "m", ["lr", "kind"], values)
    assert (found.found, found.left_out) == ((), ("kind",))


def test_metric_that_does_not_vary_goes_with_nothing() -> None:
    runs, values = rows([str(n) for n in range(12)], ["a", "b"] * 6)
    found = associations(runs, "m", ["lr", "kind"], dict.fromkeys(values, 1.0)).found
    assert [one.strength for one in found] == [None, None]
