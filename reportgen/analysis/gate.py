"""The gate: rules on how much worse new runs may be, and what they say of the runs at hand.

Of the new runs of an experiment, the best by the metric is judged: a sweep holds runs that are
worse on purpose. A rule is broken where that one is worse by more than the rule
allows, and by more than the noise of the seeds where that is known; or where there are new runs
and none has the metric. What cannot be judged, as nothing is there to compare with, breaks nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from enum import Enum

from reportgen.analysis.diff_metrics import is_same
from reportgen.analysis.diff_summary import percent
from reportgen.analysis.diff_values import relative_change
from reportgen.analysis.metric_rules import first_match
from reportgen.analysis.noise import is_within_noise
from reportgen.configvalues import GateRule
from reportgen.errors import ConfigError
from reportgen.model import MetricKey
from reportgen.spelling import number, plural
from reportgen.values import frozen


class Judged(Enum):
    """What came of a rule."""

    PASSED = "passed"
    BROKEN = "broken"
    OPEN = "not judged"


@frozen
class GateMetric:
    """What is known of a metric beyond its values."""

    role: str
    direction: str  # "higher", "lower" or ""
    noise: float | None  # differences up to this are chance; None where nothing is known


@frozen
class GateRun:
    """A run with its best values; those that are not finite are left out."""

    title: str
    values: Mapping[MetricKey, float]
    cause: str = ""  # why it did not finish; "" where it did


@frozen
class Side:
    """What new runs are compared with: of each metric a value and its run; or why nothing is."""

    values: Mapping[MetricKey, tuple[float, str]] = field(default_factory=dict)
    absent: str = ""  # why there is nothing to compare with; "" where there is
    is_wrong: bool = False  # whether that breaks a rule that names the experiment


@frozen
class GateExperiment:
    """An experiment with what its new runs are judged by."""

    name: str
    metrics: Mapping[MetricKey, GateMetric]
    new: tuple[GateRun, ...]  # those that have finished or failed
    sides: Mapping[str, Side]  # by `GateRule.than`


@frozen
class Outcome:
    """What a rule says of a metric of an experiment."""

    judged: Judged
    experiment: str  # "" where the rule fits none
    metric: MetricKey
    words: str  # of one line


def judge(
    rules: Iterable[GateRule], experiments: Sequence[GateExperiment], *, is_open: bool
) -> tuple[Outcome, ...]:
    """What the rules say, in their order. With `is_open`, test metrics may be judged, too.

    Raises ConfigError for a rule of which every metric is of test data, or has no direction.
    """
    return tuple(one for rule in rules for one in _judge(rule, experiments, is_open=is_open))


def _judge(
    rule: GateRule, experiments: Sequence[GateExperiment], *, is_open: bool
) -> Iterator[Outcome]:
    fitting = [one for one in experiments if _fits(one.name, rule.experiment or "*")]
    if not fitting:
        near = _nearest(rule.experiment, [one.name for one in experiments])
        words = f"no experiment of the site is named {rule.experiment!r}{near}"
        yield Outcome(Judged.BROKEN, "", rule.metric, words)
        return
    found = [(one, key) for one in fitting for key in one.metrics if _fits(key, rule.metric)]
    if not found:
        near = _nearest(rule.metric, sorted({key for one in fitting for key in one.metrics}))
        words = f"no run {_of(rule)} has a metric {rule.metric!r}{near}"
        yield Outcome(Judged.BROKEN, rule.experiment, rule.metric, words)
        return
    usable = [(one, key) for one, key in found if not _refusal(one.metrics[key], is_open=is_open)]
    if not usable:
        raise _refused(rule, *found[0])
    with_new = [(one, key) for one, key in usable if one.new]
    if not with_new:
        yield Outcome(Judged.OPEN, rule.experiment, rule.metric, "no new run has ended")
    for experiment, key in with_new:
        yield _compare(rule, experiment, key)


def _of(rule: GateRule) -> str:
    return f"of {rule.experiment!r}" if rule.experiment else "of the site"


def _fits(name: str, pattern: str) -> bool:
    return first_match(name, ((pattern, True),)) is not None


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _refusal(metric: GateMetric, *, is_open: bool) -> str:
    """Why a metric may not be judged; "" where it may."""
    if metric.role == "test" and not is_open:
        return "test"
    return "" if metric.direction else "direction"


def _refused(rule: GateRule, experiment: GateExperiment, key: MetricKey) -> ConfigError:
    if experiment.metrics[key].role == "test":
        return ConfigError(
            f"gate.rule: {key!r} of {experiment.name!r} is measured on test data; a gate on it "
            "would choose runs by their test results",
            hint='use a validation metric, or set heldout.mode = "open"',
        )
    return ConfigError(
        f"gate.rule: whether higher or lower values of {key!r} are better is not known",
        hint=f'write [metrics] direction = {{ "{key}" = "lower" }}, or "higher", and build again',
    )


def _compare(rule: GateRule, experiment: GateExperiment, key: MetricKey) -> Outcome:
    def outcome(judged: Judged, words: str) -> Outcome:
        return Outcome(judged, experiment.name, key, words)

    side = experiment.sides[rule.than]
    if side.absent:
        is_broken = side.is_wrong and bool(rule.experiment)
        return outcome(Judged.BROKEN if is_broken else Judged.OPEN, side.absent)
    with_value = [run for run in experiment.new if key in run.values]
    if not with_value:
        return outcome(Judged.BROKEN, _without(experiment.new))
    if key not in side.values:
        return outcome(Judged.OPEN, f"the {_SIDES[rule.than]} has no value of it")
    metric = experiment.metrics[key]
    choose = max if metric.direction == "higher" else min
    run = choose(with_value, key=lambda one: one.values[key])
    old, title = side.values[key]
    return outcome(*_verdict(rule, metric, (run.values[key], run.title), (old, title)))


_SIDES = {"base": "best of the base", "baseline": "baseline", "previous": "previous run"}


def _without(runs: Sequence[GateRun]) -> str:
    causes = list(dict.fromkeys(run.cause for run in runs if run.cause))
    more = f" and {len(causes) - 1} more reasons" if len(causes) > 1 else ""
    why = f": {causes[0]}{more}" if causes else ""
    if len(runs) == 1:
        return f"the new run “{runs[0].title}” has no value of it{why}"
    return f"none of the {plural(len(runs), 'new run')} has a value of it{why}"


def _verdict(
    rule: GateRule, metric: GateMetric, new: tuple[float, str], old: tuple[float, str]
) -> tuple[Judged, str]:
    value, reference = new[0], old[0]
    told = f"{number(value)} in “{new[1]}”"
    against = f"the {_SIDES[rule.than]}, {number(reference)} in “{old[1]}”"
    loss = value - reference if metric.direction == "lower" else reference - value
    if is_same(value, reference):
        return Judged.PASSED, f"{told} is as good as {against}"
    amount = percent(relative_change(reference, value), sign=False) or number(abs(loss))
    if loss < 0:
        return Judged.PASSED, f"{told} is better by {amount} than {against}"
    words = f"{told} is worse by {amount} than {against}"
    allowed = rule.worse_by * abs(reference) / 100 if rule.is_percent else rule.worse_by
    if loss <= allowed:
        return Judged.PASSED, f"{words}; the rule allows {rule.allowed}"
    if is_within_noise(loss, metric.noise):
        return Judged.PASSED, f"{words}; the rule allows {rule.allowed}, but seeds alone do as much"
    return Judged.BROKEN, f"{words}; the rule allows {rule.allowed}"
