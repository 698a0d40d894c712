"""Runs that differ only in their seed, taken together: the numbers of each metric."""

from math import inf, isclose, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.directions import Directed
from reportgen.analysis.groups import Groups, groups_of, spread_of
from reportgen.analysis.metric_rules import Direction, Role
from reportgen.analysis.roles import Assigned
from reportgen.analysis.standing import Standing
from reportgen.model import MetricHead, Run, Status

ROLES = {
    "val_loss": (Role.VAL, Direction.LOWER),
    "odd": (Role.UNKNOWN, Direction.UNKNOWN),
    "test_acc": (Role.TEST, Direction.HIGHER),
}
KEYS = ("val_loss", "odd", "test_acc")
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


def standing(primary: str | None = "val_loss") -> Standing:
    return Standing(
        {key: Assigned(role, "", "") for key, (role, _) in ROLES.items()},
        {key: Directed(direction, "", "") for key, (_, direction) in ROLES.items()},
        primary,
    )


def run(number: int, lr: str, seed: str, status: Status = Status.FINISHED, **values: float) -> Run:
    """A run whose metrics were a little worse before their last value."""
    heads = {
        key: MetricHead(key, 2, value, 1, 0, value, value + 1, "") for key, value in values.items()
    }
    params = {"lr": lr, "seed": seed}
    return Run(f"r{number}", "1", "", f"1/r{number}", status, params=params, metrics=heads)


def groups(*runs: Run, primary: str | None = "val_loss") -> Groups:
    found = groups_of(runs, standing(primary), KEYS)
    assert found is not None
    return found


@given(VALUES)
def test_numbers_are_those_of_numpy_and_scipy(values: list[float]) -> None:
    np = pytest.importorskip("numpy")
    stats = pytest.importorskip("scipy.stats")
    found = spread_of(values)
    near = {"rel_tol": 1e-6, "abs_tol": 1e-6}
    assert (found.count, found.least, found.greatest) == (len(values), min(values), max(values))
    assert isclose(found.mean, np.mean(values), **near)
    if len(values) == 1:
        assert (found.deviation, found.error, found.margin) == (None, None, None)
        return
    assert found.deviation is not None
    assert found.error is not None
    assert found.margin is not None
    assert isclose(found.deviation, np.std(values, ddof=1), **near)
    assert isclose(found.error, stats.sem(values), **near)
    t = stats.t.ppf(0.975, len(values) - 1)
    assert isclose(found.margin, t * stats.sem(values), rel_tol=1e-4, abs_tol=1e-6)


@given(VALUES, st.floats(-100, 100), st.sampled_from((0.5, 2.0, -4.0)))
def test_numbers_follow_a_shift_and_a_scale(
    values: list[float], shift: float, scale: float
) -> None:
    one, other = spread_of(values), spread_of([value * scale + shift for value in values])
    assert isclose(other.mean, one.mean * scale + shift, abs_tol=1e-6)
    if one.deviation is not None:
        assert other.deviation is not None
        assert isclose(other.deviation, one.deviation * abs(scale), rel_tol=1e-6, abs_tol=1e-6)


def test_values_whose_deviation_is_no_float_are_infinitely_far_apart() -> None:
    assert spread_of([-1e308, 1.5e308]).deviation == inf


def test_runs_that_differ_only_in_seed_are_taken_together_the_best_first() -> None:
    found = groups(*(run(n, str(n // 3), str(n % 3), val_loss=float(n)) for n in range(6)))
    assert (found.metrics, found.seeds, found.is_ranked) == (("val_loss", "odd"), ("seed",), True)
    assert [group.settings for group in found.groups] == [(("lr", "0"),), (("lr", "1"),)]
    assert [group.spreads["val_loss"].mean for group in found.groups] == [1.0, 4.0]
    assert (found.is_unequal, found.singles) == (False, 0)


def test_groups_of_unequal_size_and_single_runs_are_told() -> None:
    found = groups(*(run(n, str(n // 3), str(n % 3), val_loss=0.5) for n in range(4)))
    assert (found.is_unequal, found.singles) == (True, 1)
    assert sorted(group.count for group in found.groups) == [1, 3]


def test_test_metric_is_in_no_group_even_where_it_is_asked_for() -> None:
    runs = [run(n, "1", str(n), val_loss=0.5, test_acc=0.9) for n in range(3)]
    assert all(set(group.spreads) == {"val_loss"} for group in groups(*runs).groups)
    only = [run(n, "1", str(n), test_acc=0.9) for n in range(3)]
    assert groups_of(only, standing(None), ["test_acc"]) is None
    assert groups_of(only, standing("test_acc"), ["test_acc"]) is None


def test_metric_without_direction_counts_with_its_last_value_newest_group_first() -> None:
    runs = [run(n, str(n // 2), str(n % 2), odd=float(-n)) for n in range(4)]
    found = groups_of(runs, standing(None), ["odd"])
    assert found is not None
    assert not found.is_ranked
    assert [group.spreads["odd"].mean for group in found.groups] == [-0.5, -2.5]


def test_run_counts_where_it_finished_with_a_finite_value() -> None:
    found = groups(
        run(0, "1", "0", val_loss=0.5, odd=1.0),
        run(1, "1", "1", val_loss=0.7, odd=nan),
        run(2, "1", "2", Status.FAILED, val_loss=0.1),
        run(3, "1", "3", odd=1.0),
    )
    (group,) = found.groups
    assert group.runs == ("r0", "r1")
    assert (group.spreads["val_loss"].count, group.spreads["odd"].count) == (2, 1)


def test_no_groups_where_no_seed_varies() -> None:
    runs = [run(n, str(n), "1", val_loss=0.5) for n in range(3)]
    assert groups_of(runs, standing(), KEYS) is None
