"""The step at which a run is best, and what its other metrics were there."""

from math import nan

import pytest

from reportgen.analysis.metric_rules import read_rules
from reportgen.analysis.standing import run_standing
from reportgen.model import MetricHead, MetricSeries, Run
from reportgen.readers.metricfile import read_metric
from reportgen.site.pages.beststep import BestStep, best_step

T = 1600000000000
RULES = read_rules({}, {}, ())


def made(**points: list[tuple[int, float]]) -> tuple[Run, dict[str, MetricSeries]]:
    """A run of metrics, each with its points as (step, value), and their series."""
    heads: dict[str, MetricHead] = {}
    series: dict[str, MetricSeries] = {}
    for key, pairs in points.items():
        body = "".join(f"{T + n} {value} {step}\n" for n, (step, value) in enumerate(pairs))
        head, found, _ = read_metric(key, body.encode(), "file")
        assert head is not None
        heads[key], series[key] = head, found
    return Run("r", "1", "", "1/r", metrics=heads), series


def found(run: Run, **tags: str) -> BestStep | None:
    return best_step(run, run_standing(run, RULES, tags), RULES, tags)


VAL = [(0, 0.9), (10, 0.5), (20, 0.7)]  # best at step 10


@pytest.mark.parametrize(
    ("points", "text", "at"),
    [
        ([(0, 3.0), (10, 2.0), (20, 1.0)], "2", ""),
        ([(0, 3.0), (9, 2.5), (11, 2.0)], "2.5", "9"),
        ([(0, 3.0), (4, 2.5)], "2.5", "4"),
        ([(10, 3.0), (10, 2.0), (20, 1.0)], "2", ""),
        ([(0, 1.0), (10, nan), (20, 2.0)], "nan", ""),
        ([(11, 3.0), (12, 2.0)], "–", ""),
        ([(0, 3.0)], "–", ""),
        ([(10, 3.0)], "3", ""),
    ],
)
def test_other_metrics_are_read_at_the_step_or_the_nearest_before(
    points: list[tuple[int, float]], text: str, at: str
) -> None:
    run, series = made(val_loss=VAL, train_loss=points, other=[(0, 1.0), (30, 2.0)])
    step = found(run)
    assert step == BestStep("val_loss", 10)
    cell = step.cell(run.metrics["train_loss"], series.__getitem__)
    assert (cell.text, cell.at) == (text, at)
    assert bool(at) == ("nearest before" in cell.full)


def test_step_is_that_of_the_metric_to_rank_by() -> None:
    run, _ = made(val_loss=VAL, val_acc=[(0, 0.1), (20, 0.9)], train_loss=[*VAL, (30, 0.1)])
    assert found(run) == BestStep("val_loss", 10)
    assert found(run, **{"mlflow.experiment.primaryMetric.name": "val_acc"}) == BestStep(
        "val_acc", 20
    )


def test_no_step_where_nothing_ranks_or_there_is_one_step() -> None:
    assert found(made(test_loss=VAL, train_loss=VAL)[0]) is None
    assert found(made(val_thing=VAL, train_loss=VAL)[0]) is None
    assert found(made(val_loss=[(0, 1.0)], train_loss=VAL)[0]) is None
    assert found(made(val_loss=[(0, 1.0), (0, 2.0)], train_loss=VAL)[0]) is None
    assert found(made(val_loss=VAL, train_loss=[(0, 1.0)])[0]) is None
    assert found(made(val_loss=VAL, train_loss=[(0, 1.0), (10, 0.2)])[0]) is None
    assert found(made(val_loss=VAL, **{"system/cpu": VAL})[0]) is None
    tag = {"mlflow.experiment.primaryMetric.name": "test_loss"}
    assert found(made(test_loss=VAL, train_loss=VAL)[0], **tag) is None
