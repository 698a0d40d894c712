"""Rankings never change when only test values change."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.metric_rules import MetricRules, Role
from reportgen.model import Experiment, MetricHead, Run
from reportgen.site.briefs import brief_of
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.pages.beststep import best_step
from reportgen.site.pages.pictures import experiment_card, overviews_of
from reportgen.site.pages.tabledata import table_script
from reportgen.site.survey import Survey

KEYS = ("val_acc", "val_loss", "train_acc", "test_acc", "test/loss", "holdout_auc", "rmse")
TEST = ("test_acc", "test/loss", "holdout_auc")
VALUES = st.floats(width=16) | st.sampled_from([0.0, 0.5, 1.0])
RULES = (
    MetricRules(),
    MetricRules(primary=("test_acc", "val_acc")),
    MetricRules(roles=(("rmse", Role.VAL),)),
)


@st.composite
def run_lists(draw: st.DrawFn) -> list[Run]:
    """Runs, newest first, with some of the metrics each and one parameter."""
    keys = draw(st.lists(st.sets(st.sampled_from(KEYS)), min_size=1, max_size=6))
    return [
        Run(
            f"r{place}",
            "1",
            f"run {place}",
            f"1/r{place}",
            start_time=1000 - place,
            params={"lr": str(draw(st.integers(0, 2)))},
            metrics={key: draw(heads(key)) for key in sorted(chosen)},
        )
        for place, chosen in enumerate(keys)
    ]


@st.composite
def heads(draw: st.DrawFn, key: str) -> MetricHead:
    last, *rest = draw(st.lists(VALUES, min_size=1, max_size=3))
    finite = [value for value in (last, *rest) if abs(value) < 1e9]
    low, high = min(finite, default=float("nan")), max(finite, default=float("nan"))
    return MetricHead(key, 1 + len(rest), last, len(rest), 5, low, high, f"{last}{rest}")


def with_other_test_values(runs: Sequence[Run], data: st.DataObject) -> list[Run]:
    """The same runs; only the values of their test metrics are others."""
    changed = []
    for run in runs:
        others = {
            key: replace(data.draw(heads(key)), count=head.count, step=head.step)
            for key, head in run.metrics.items()
            if key in TEST
        }
        changed.append(replace(run, metrics={**run.metrics, **others}))
    return changed


def ranking(runs: Sequence[Run], rules: MetricRules, *, is_open: bool) -> tuple[object, ...]:
    """All by which runs are told better and worse, or put in an order."""
    survey = Survey(Experiment("1", "digits", "1"), rules, (), lambda: runs, is_open=is_open)
    colours = [1] * len(runs)
    pictures = [] if is_open else [p.depends for p in overviews_of(survey, colours)]
    links = [RunLink(run.title, run.id, run.status.name) for run in runs]
    mark = Shelfmark("digits", "1", "digits", "")
    script = b"" if is_open else table_script(survey, mark, links)
    return (
        survey.standing.primary,
        survey.best,
        survey.order,
        survey.lead,
        survey.near,
        [best_step(run, survey.standing, rules, {}) for run in runs],
        script,
        [column.key for column in survey.columns.metrics],
        asdict(brief_of(survey, "", (), (), ())),
        experiment_card(survey, "digits", "site").depends,
        pictures,
    )


@given(run_lists(), st.sampled_from(RULES), st.booleans(), st.data())
def test_ranking_never_changes_when_only_test_values_change(
    runs: list[Run],
    rules: MetricRules,
    is_open: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    changed = with_other_test_values(runs, data)
    assert repr(ranking(runs, rules, is_open=is_open)) == repr(
        ranking(changed, rules, is_open=is_open)
    )


@given(run_lists(), st.data())
def test_ranking_by_test_values_follows_them_where_the_author_says_why(
    runs: list[Run], data: st.DataObject
) -> None:
    rules = MetricRules(primary=("test_acc",), allow_test_ranking="final report")
    survey = Survey(Experiment("1", "digits", "1"), rules, (), lambda: runs)
    has_any = any("test_acc" in run.metrics for run in runs)
    assert (survey.standing.primary == "test_acc") == has_any
    assert survey.standing.on_test == ("final report" if has_any else "")
    assert data is not None
