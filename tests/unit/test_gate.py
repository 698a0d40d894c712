"""The rules of the gate: what breaks them, what does not, and which cannot be meant."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reportgen.analysis.gate import (
    GateExperiment,
    GateMetric,
    GateRun,
    Judged,
    Outcome,
    Side,
    judge,
)
from reportgen.configvalues import GateRule, parse_gate
from reportgen.errors import ConfigError

LOSS = GateMetric("val", "lower", None)
RULE = GateRule("val_loss", 2.0, is_percent=True)


def experiment(*new: float, base: float | None = 0.5, **metrics: GateMetric) -> GateExperiment:
    """An experiment whose new runs have these losses, compared with one of the base."""
    runs = tuple(GateRun(f"run {n}", {"val_loss": value}) for n, value in enumerate(new))
    values = {} if base is None else {"val_loss": (base, "old one")}
    sides = {"base": Side(values), "baseline": Side(absent="none", is_wrong=True)}
    return GateExperiment("coffee", {"val_loss": LOSS, **metrics}, runs, sides)


def outcome(rule: GateRule, of: GateExperiment, *, is_open: bool = False) -> Outcome:
    (found,) = judge([rule], [of], is_open=is_open)
    return found


@pytest.mark.parametrize(
    ("value", "judged"),
    [
        (0.4, Judged.PASSED),
        (0.5, Judged.PASSED),
        (0.509, Judged.PASSED),
        (0.511, Judged.BROKEN),
    ],
)
def test_a_rule_in_percent_is_broken_beyond_that_part(value: float, judged: Judged) -> None:
    assert outcome(RULE, experiment(value)).judged is judged


def test_a_rule_in_numbers_is_broken_beyond_that_number_in_the_direction_of_the_metric() -> None:
    rule = GateRule("val_loss", 0.1, is_percent=False)
    higher = experiment(0.39, val_loss=GateMetric("val", "higher", None))
    assert outcome(rule, higher).judged is Judged.BROKEN
    assert outcome(rule, experiment(0.39)).judged is Judged.PASSED
    assert outcome(rule, experiment(0.61)).judged is Judged.BROKEN


def test_the_reason_names_both_runs_both_values_and_what_is_allowed() -> None:
    words = "0.6 in “run 0” is worse by 20 % than the best of the base, 0.5 in “old one”"
    assert outcome(RULE, experiment(0.6)).words == f"{words}; the rule allows 2 %"


def test_of_several_new_runs_the_best_is_judged() -> None:
    assert outcome(RULE, experiment(0.9, 0.45, 0.7)).words.startswith("0.45 in “run 1” is better")


def test_what_the_seeds_do_alone_breaks_no_rule() -> None:
    noisy = experiment(0.55, val_loss=replace(LOSS, noise=0.06))
    assert outcome(RULE, noisy).judged is Judged.PASSED
    assert outcome(RULE, noisy).words.endswith("the rule allows 2 %, but seeds alone do as much")
    clear = experiment(0.55, val_loss=replace(LOSS, noise=0.04))
    assert outcome(RULE, clear).judged is Judged.BROKEN


def test_new_runs_without_the_metric_break_a_rule_and_their_cause_is_told() -> None:
    failed = replace(experiment(), new=(GateRun("deep", {}, "CUDA out of memory"),))
    found = outcome(RULE, failed)
    assert found.judged is Judged.BROKEN
    assert found.words == "the new run “deep” has no value of it: CUDA out of memory"
    saved = replace(failed, new=(*failed.new, GateRun("wide", {"val_loss": 0.4})))
    assert outcome(RULE, saved).judged is Judged.PASSED


def test_what_cannot_be_compared_is_not_judged_and_says_why() -> None:
    assert outcome(RULE, experiment()).words == "no new run has ended"
    assert (
        outcome(RULE, experiment(0.4, base=None)).words == "the best of the base has no value of it"
    )
    first = replace(experiment(0.4), sides={"base": Side(absent="nothing is published yet")})
    assert outcome(RULE, first) == Outcome(
        Judged.OPEN, "coffee", "val_loss", "nothing is published yet"
    )


def test_a_missing_baseline_breaks_only_a_rule_that_names_the_experiment() -> None:
    rule = replace(RULE, than="baseline")
    assert outcome(rule, experiment(0.4)).judged is Judged.OPEN
    assert outcome(replace(rule, experiment="coffee"), experiment(0.4)).judged is Judged.BROKEN


def test_a_metric_or_experiment_that_is_not_there_breaks_a_rule_and_the_nearest_is_named() -> None:
    found = outcome(replace(RULE, metric="val_los"), experiment(0.4))
    assert found.judged is Judged.BROKEN
    assert found.words == "no run of the site has a metric 'val_los'; did you mean 'val_loss'?"
    found = outcome(replace(RULE, experiment="cofee"), experiment(0.4))
    assert found.words == "no experiment of the site is named 'cofee'; did you mean 'coffee'?"


def test_patterns_fit_metrics_and_experiments_and_leave_out_what_may_not_be_judged() -> None:
    unknown, test = GateMetric("val", "", None), GateMetric("test", "lower", None)
    rule = replace(RULE, metric="val_*", experiment="cof*")
    found = judge([rule], [experiment(0.4, val_x=unknown, val_t=test)], is_open=False)
    assert [one.metric for one in found] == ["val_loss"]


def test_a_rule_on_a_test_metric_is_refused_unless_test_results_stand_open() -> None:
    rule = replace(RULE, metric="test_loss")
    of = experiment(0.4, test_loss=GateMetric("test", "lower", None))
    with pytest.raises(ConfigError, match="'test_loss' of 'coffee' is measured on test data"):
        judge([rule], [of], is_open=False)
    assert outcome(rule, of, is_open=True).judged is Judged.BROKEN  # no run has it


def test_a_rule_on_a_metric_without_a_direction_says_what_to_declare() -> None:
    of = experiment(0.4, speed=GateMetric("val", "", None))
    with pytest.raises(ConfigError) as refused:
        judge([replace(RULE, metric="speed")], [of], is_open=False)
    assert 'direction = { "speed" = "lower" }' in refused.value.hint


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"metric": "m", "worse_by": "2 %"}, GateRule("m", 2.0, is_percent=True)),
        ({"metric": "m", "worse_by": "0.5%"}, GateRule("m", 0.5, is_percent=True)),
        ({"metric": "m", "worse_by": 0}, GateRule("m", 0.0, is_percent=False)),
        (
            {"metric": "m", "worse_by": 0.1, "than": "previous", "experiment": "e"},
            GateRule("m", 0.1, is_percent=False, than="previous", experiment="e"),
        ),
    ],
)
def test_rules_are_read_from_tables(table: Mapping[str, object], expected: GateRule) -> None:
    assert parse_gate([table]) == (expected,)


@pytest.mark.parametrize(
    "wrong",
    [
        "val_loss",
        [{"metric": "m"}],
        [{"worse_by": 1}],
        [{"metric": "m", "worse_by": -1}],
        [{"metric": "m", "worse_by": "much"}],
        [{"metric": "m", "worse_by": True}],
        [{"metric": "m", "worse_by": 1, "than": "best"}],
        [{"metric": "m", "worse_by": 1, "thn": "base"}],
        [{"metric": 3, "worse_by": 1}],
    ],
)
def test_what_is_no_rule_is_said_with_an_example(wrong: object) -> None:
    with pytest.raises(TypeError):
        parse_gate(wrong)
