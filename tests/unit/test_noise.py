"""How far seeds vary, which parameters are seeds, and what that makes of a difference."""

import statistics
from collections.abc import Sequence
from math import inf, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.directions import Directed
from reportgen.analysis.metric_rules import Direction, Role
from reportgen.analysis.noise import (
    Noise,
    SeedGroup,
    is_within_noise,
    least_difference,
    near_best,
    noise_of,
    pooled_deviation,
    seed_params,
    student_t,
)
from reportgen.analysis.roles import Assigned
from reportgen.analysis.seed_names import is_seed, sets_seed
from reportgen.analysis.standing import Standing
from reportgen.model import MetricHead, Run, Status

SEEDS = """
seed random_state random_seed train.seed torch_seed seed_everything randomState RANDOM_SEED seed2
model__random_state data/seed np_seed seed_value split_seed cv_fold fold fold_idx outer_fold split
data_split cv_split local_rank replicate repeat_id trial_seed
"""
NO_SEEDS = """
n_folds num_folds k_fold folds n_seeds num_seeds min_samples_split validation_split test_split
train_split lora_rank tensor_rank lr seedling seed_length manifold best_split depth max_rank
"""
STANDING = Standing(
    {"val_acc": Assigned(Role.VAL, "", ""), "test_acc": Assigned(Role.TEST, "", "")},
    {key: Directed(Direction.HIGHER, "", "") for key in ("val_acc", "test_acc")},
    "val_acc",
)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6)


def run(number: int, value: float, status: Status = Status.FINISHED, **params: str) -> Run:
    head = MetricHead("val_acc", 1, value, 0, 0, value, value, "")
    return Run(
        f"r{number}", "1", "", f"1/r{number}", status, params=params, metrics={"val_acc": head}
    )


def group(values: Sequence[float]) -> SeedGroup:
    """A group with those values, by the library's own formula."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    return SeedGroup((), tuple(map(str, range(len(values)))), statistics.fmean(values), spread)


def noise(*runs: Run) -> Noise:
    found = noise_of(runs, STANDING)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SEEDS.split())
def test_name_of_a_seed_is_known(name: str) -> None:
    assert is_seed(name, {"0", "1", "2"})


@pytest.mark.parametrize(
    "name", ["seed", "random_state", "model/random_seed", "randomState", "seed_everything"]
)
def test_seed_is_known_by_its_name_alone(name: str) -> None:
    assert sets_seed(name)
    assert is_seed(name, {"a", "b"})


@pytest.mark.parametrize(
    "name", ["seeds_per_row", "n_seeds", "state", "lr", "linseed_oil", "random", "fold", "", "_"]
)
def test_other_parameters_set_no_seed(name: str) -> None:
    assert not sets_seed(name)


@pytest.mark.parametrize("name", NO_SEEDS.split())
def test_count_or_setting_is_no_seed(name: str) -> None:
    assert not is_seed(name, {"0", "1", "2"})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("rank", {"10", "20", "50"}),  # of a factorization
        ("rank", {"1", "2"}),
        ("split", {"0.1", "0.2"}),  # a share
        ("fold", {"all", "1"}),
        ("repeat", {"1", "4"}),  # how often
    ],
)
def test_values_tell_a_setting_from_a_number_of_a_part(name: str, values: set[str]) -> None:
    assert not is_seed(name, values)


def test_only_what_differs_counts_as_a_seed() -> None:
    runs = [run(1, 1.0, seed="1", random_state="7"), run(2, 1.0, seed="2", random_state="7")]
    assert seed_params(runs) == ("seed",)
    assert seed_params(runs, ("init_*",)) == ()
    more = [run(1, 1.0, init_a="1", seed="1"), run(2, 1.0, init_a="2", seed="2")]
    assert seed_params(more, ("init_*",)) == ("init_a",)


def test_runs_that_differ_only_in_seed_are_a_group() -> None:
    runs = [run(n, n / 10, lr=str(n // 3), seed=str(n % 3)) for n in range(6)]
    first, second = noise(*runs).groups
    assert (first.settings, first.runs, first.count) == ((("lr", "0"),), ("r0", "r1", "r2"), 3)
    assert isclose(first.mean, 0.1)
    assert first.deviation is not None
    assert isclose(first.deviation, 0.1)
    assert second.runs == ("r3", "r4", "r5")


def test_repeat_with_the_same_seed_counts_once_the_newest() -> None:
    found = noise(run(1, 0.5, seed="1"), run(2, 0.9, seed="1"), run(3, 0.6, seed="2"))
    assert found.groups[0].runs == ("r1", "r3")


def test_run_that_did_not_finish_or_has_no_seed_tells_nothing() -> None:
    found = noise(
        run(1, 0.5, seed="1"),
        run(2, 0.6, seed="2"),
        run(3, 0.1, Status.FAILED, seed="3"),
        run(4, 0.1, Status.RUNNING, seed="4"),
        run(5, 0.1, lr="1"),
    )
    assert [group.runs for group in found.groups] == [("r1", "r2")]


def test_single_runs_have_no_spread_and_unequal_groups_are_told() -> None:
    found = noise(run(1, 0.5, seed="1", lr="1"), run(2, 0.6, seed="2", lr="1"), run(3, 1, seed="1"))
    assert [group.deviation is None for group in found.groups] == [False, True]
    assert [group.count for group in found.repeated] == [2]
    assert found.is_unequal
    only_single = noise(run(1, 0.5, seed="1", lr="1"), run(2, 0.6, seed="2", lr="2"))
    assert (only_single.deviation, only_single.limit) == (None, None)
    assert not only_single.is_unequal


def test_no_noise_without_a_seed_or_a_metric_that_ranks() -> None:
    assert noise_of([run(1, 0.5, lr="1"), run(2, 0.6, lr="2")], STANDING) is None
    unranked = Standing(STANDING.roles, STANDING.directions)
    assert noise_of([run(1, 0.5, seed="1"), run(2, 0.6, seed="2")], unranked) is None


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_pooled_deviation_is_the_root_of_the_mean_square_within_groups(
    rows: list[list[float]],
) -> None:
    runs = [
        run(100 * g + s, value, lr=str(g), seed=str(s))
        for g, row in enumerate(rows)
        for s, value in enumerate(row)
    ]
    found = noise_of(runs, STANDING)
    freedom = sum(len(row) - 1 for row in rows)
    if not freedom:
        assert found is None or found.deviation is None
        return
    squares = sum((value - statistics.fmean(row)) ** 2 for row in rows for value in row)
    assert found is not None
    assert found.deviation is not None
    assert isclose(found.deviation, sqrt(squares / freedom), rel_tol=1e-6, abs_tol=1e-6)
    assert found.deviation == pooled_deviation(found.groups)
    assert min(map(min, rows)) <= found.groups[0].mean + 1e-6


@given(st.floats(-1e300, 1e300), st.integers(2, 9))
def test_equal_values_have_no_spread(value: float, count: int) -> None:
    found = noise(*(run(n, value, seed=str(n)) for n in range(count)))
    assert (found.groups[0].mean, found.deviation, found.limit) == (value, 0.0, 0.0)


def test_values_at_the_ends_of_a_double_do_no_harm() -> None:
    found = noise(run(1, 1.7e308, seed="1"), run(2, -1.7e308, seed="2"))
    assert (found.groups[0].mean, found.deviation, found.limit) == (0.0, inf, inf)


@pytest.mark.parametrize(
    ("freedom", "value"),
    [(1, 12.7062), (2, 4.3027), (4, 2.7764), (10, 2.2281), (30, 2.0423), (31, 2.0395)],
)
def test_students_t_is_that_of_the_tables(freedom: int, value: float) -> None:
    assert isclose(student_t(freedom), value, rel_tol=1e-4)


@pytest.mark.parametrize(("freedom", "value"), [(40, 2.02108), (60, 2.00030), (120, 1.97993)])
def test_students_t_is_close_beyond_the_table(freedom: int, value: float) -> None:
    assert isclose(student_t(freedom), value, rel_tol=3e-5)


def test_difference_is_within_noise_up_to_the_limit() -> None:
    groups = [group([0.1, 0.2, 0.3]), group([0.5, 0.6, 0.7])]
    limit = least_difference(groups)
    assert limit is not None
    assert isclose(limit, 2.776445 * sqrt(2) * 0.1)
    assert is_within_noise(-limit, limit)
    assert is_within_noise(0.0, limit)
    assert not is_within_noise(limit * 1.0001, limit)
    assert not is_within_noise(0.0, least_difference([group([0.5])]))
    assert not is_within_noise(0.0, least_difference([]))


def test_runs_near_the_best_are_those_within_the_limit_but_the_best() -> None:
    found = Noise("val_acc", ("seed",), (), 0.01, 0.05)
    values = {"a": 0.9, "b": 0.9, "c": 0.86, "d": 0.84}
    assert near_best(found, values, lambda all_: max(all_, default=None)) == {"c"}
    assert near_best(None, values, lambda all_: max(all_, default=None)) == frozenset()
    assert near_best(found, {}, lambda all_: max(all_, default=None)) == frozenset()
