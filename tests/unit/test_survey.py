"""What is known of an experiment's runs together: who leads, and the order of the table."""

from collections.abc import Mapping, Sequence
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.metric_rules import MetricRules, read_rules
from reportgen.model import Experiment, MetricHead, Run
from reportgen.site.pages.runtable import family_order
from reportgen.site.survey import Survey


def head(key: str, *values: float) -> MetricHead:
    """A metric with those values at the steps 0, 1, …"""
    finite = [value for value in values if abs(value) < inf]
    low, high = min(finite, default=nan), max(finite, default=nan)
    first, greatest = (values.index(value) if finite else 0 for value in (low, high))
    last = len(values) - 1
    digest = str(values)
    return MetricHead(key, last + 1, values[-1], last, 0, low, high, digest, first, greatest)


def run(number: int, *heads: MetricHead, parent: str = "", params: str = "") -> Run:
    tags = {"mlflow.parentRunId": parent} if parent else {}
    metrics = {one.key: one for one in heads}
    return Run(
        f"r{number}",
        "1",
        f"run {number}",
        f"1/r{number}",
        start_time=number,
        metrics=metrics,
        tags=tags,
        params={"p": params} if params else {},
    )


def survey(
    oldest_first: Sequence[Run],
    rules: MetricRules | None = None,
    tags: Mapping[str, str] | None = None,
) -> Survey:
    """As the build makes one: runs come newest first."""
    experiment = Experiment("1", "beans", "1", tags=tags or {})
    newest_first = tuple(reversed(oldest_first))
    digests = [one.id for one in newest_first]
    return Survey(experiment, rules or read_rules(), digests, lambda: newest_first)


def led_by(found: Survey) -> tuple[str, float, tuple[float, ...]]:
    """The run that leads, its value, and how the best so far went."""
    lead = found.lead
    assert lead is not None
    return found.runs[lead.place].id, lead.best.value, lead.course


def test_least_validation_loss_leads() -> None:
    runs = [run(n, head("val_loss", value)) for n, value in enumerate((0.5, 0.2, 0.3))]
    assert led_by(survey(runs)) == ("r1", 0.2, (0.5, 0.2, 0.2))


def test_greatest_validation_accuracy_leads() -> None:
    runs = [run(n, head("val_acc", value)) for n, value in enumerate((0.5, 0.2, 0.7))]
    assert led_by(survey(runs)) == ("r2", 0.7, (0.5, 0.5, 0.7))


def test_best_step_of_a_run_counts() -> None:
    runs = [run(0, head("val_loss", 0.9, 0.1, 0.8)), run(1, head("val_loss", 0.5, 0.4))]
    found = survey(runs)
    assert led_by(found) == ("r0", 0.1, (0.1, 0.1))
    assert found.lead is not None
    assert found.lead.best.step == 1


def test_of_equals_the_first_leads() -> None:
    runs = [run(n, head("val_loss", 0.5)) for n in range(3)]
    assert led_by(survey(runs)) == ("r0", 0.5, (0.5, 0.5, 0.5))


def test_runs_without_a_finite_value_are_passed_over() -> None:
    runs = [
        run(0, head("val_loss", nan)),
        run(1),
        run(2, head("val_loss", 0.5, nan)),
        run(3, head("val_loss", -inf)),
    ]
    assert led_by(survey(runs)) == ("r2", 0.5, (0.5,))


def test_nothing_finite_is_no_lead() -> None:
    assert survey([run(0, head("val_loss", nan)), run(1, head("val_loss", inf))]).lead is None


@pytest.mark.parametrize(
    "key", ["test_acc", "train_loss", "loss", "epoch", "val_coverage", "system/cpu"]
)
def test_metric_that_may_not_rank_gives_no_lead(key: str) -> None:
    found = survey([run(n, head(key, n / 10)) for n in range(3)])
    assert found.standing.primary is None
    assert found.standing.reason != ""
    assert found.lead is None
    assert found.best == {}


def test_declared_metric_ranks_by_its_declared_direction() -> None:
    rules = read_rules({"energy": "val"}, {"energy": "lower"}, ["energy"])
    runs = [run(n, head("energy", n), head("val_loss", -n)) for n in (3, 1, 2)]
    found = survey(runs, rules)
    assert found.standing.primary == "energy"
    assert led_by(found) == ("r1", 1, (3, 1, 1))


def test_test_metric_ranks_with_a_reason_only() -> None:
    runs = [run(n, head("test_acc", n / 10)) for n in range(3)]
    assert survey(runs, read_rules(primary=["test_acc"])).lead is None
    allowed = survey(runs, read_rules(primary=["test_acc"], allow_test_ranking="final report"))
    assert led_by(allowed)[:2] == ("r2", 0.2)
    assert allowed.standing.on_test == "final report"


def test_tag_of_the_experiment_names_the_metric() -> None:
    tags = {
        "mlflow.experiment.primaryMetric.name": "score",
        "mlflow.experiment.primaryMetric.greaterIsBetter": "False",
        "reportgen.role.score": "val",
    }
    runs = [run(n, head("score", n)) for n in (3, 1, 2)]
    assert led_by(survey(runs, tags=tags))[:2] == ("r1", 1)


def test_role_of_one_run_is_that_of_all() -> None:
    """A metric that is a test metric in one run ranks in none."""
    tagged = Run(
        "x",
        "1",
        "x",
        "1/x",
        metrics={"rmse": head("rmse", 1)},
        tags={"reportgen.role.rmse": "test"},
    )
    found = survey([run(0, head("rmse", 1)), tagged])
    assert found.standing.is_heldout("rmse")
    assert found.lead is None


def test_best_of_a_column_is_marked_in_every_run_that_has_it() -> None:
    runs = [run(n, head("val_loss", value)) for n, value in enumerate((0.5, 0.2, 0.2))]
    assert survey(runs).best == {"val_loss": frozenset({"r1", "r2"})}


def test_single_run_is_best_of_nothing() -> None:
    assert survey([run(0, head("val_loss", 0.5))]).best == {}


def test_runs_are_read_once_and_on_demand() -> None:
    asked: list[int] = []

    def load() -> tuple[Run, ...]:
        asked.append(1)
        return (run(0, head("val_loss", 0.5)),)

    found = Survey(Experiment("1", "beans", "1"), read_rules(), ["r0"], load)
    assert asked == []
    assert found.lead is not None
    assert found.order == [(0, 0)]
    assert asked == [1]


def test_digest_is_that_of_the_runs_in_their_order() -> None:
    runs = [run(0), run(1)]
    same, other = survey(runs), survey(runs[::-1])
    assert same.digest == survey(runs).digest != other.digest


# --- the order of the table


def order(*parents: str) -> list[tuple[str, int]]:
    """The order of runs r0, r1, … with those parents: id and depth."""
    runs = [run(number, parent=parent) for number, parent in enumerate(parents)]
    return [(runs[place].id, depth) for place, depth in family_order(runs)]


def test_children_follow_their_parent_wherever_they_started() -> None:
    assert order("r2", "", "", "r2", "r0") == [
        *(("r1", 0), ("r2", 0), ("r0", 1), ("r4", 2), ("r3", 1)),
    ]


def test_parent_of_another_experiment_does_not_count() -> None:
    assert order("elsewhere", "") == [("r0", 0), ("r1", 0)]


def test_circle_of_parents_is_broken_once() -> None:
    assert order("r1", "r2", "r0", "") == [("r3", 0), ("r0", 0), ("r2", 1), ("r1", 2)]


def test_run_that_is_its_own_parent_stands_alone() -> None:
    assert order("r0", "r0") == [("r0", 0), ("r1", 1)]


def test_long_line_of_children_is_no_deep_recursion() -> None:
    found = order("", *(f"r{number}" for number in range(5000)))
    assert found[-1] == ("r5000", 5000)


@given(st.lists(st.integers(-1, 9), max_size=10))
def test_every_run_stands_once_and_one_below_its_parent(parents: list[int]) -> None:
    found = order(*(f"r{parent}" if parent >= 0 else "" for parent in parents))
    ids = [one for one, _ in found]
    depths = dict(found)
    assert sorted(ids) == sorted(f"r{number}" for number in range(len(parents)))
    for number, parent in enumerate(parents):
        child, above = f"r{number}", f"r{parent}"
        if depths[child]:
            assert depths[above] == depths[child] - 1
            assert ids.index(above) < ids.index(child)
        elif above in depths:  # the run where a circle was cut
            assert ids.index(above) >= ids.index(child)
