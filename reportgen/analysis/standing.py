"""How the metrics of an experiment, or of one run, stand: roles, directions, what ranks runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from math import isfinite
from typing import NamedTuple

from reportgen.analysis.directions import GREATER_TAG, PRIMARY_TAG, Directed, direction_of
from reportgen.analysis.metric_rules import Direction, MetricRules, Role
from reportgen.analysis.primary import primary_of
from reportgen.analysis.roles import (
    ROLE_TAG,
    Assigned,
    Elsewhere,
    held_elsewhere,
    merge_roles,
    roles_of,
)
from reportgen.model import Experiment, MetricHead, MetricKey, Run, RunId
from reportgen.values import frozen

_LABELS = {
    Role.TRAIN: "train",
    Role.VAL: "val",
    Role.TEST: "test",
    Role.SYSTEM: "",
    Role.OPERATIONAL: "",
    Role.UNKNOWN: "",
}
_RANKS = (Role.VAL, Role.UNKNOWN, Role.TRAIN, Role.OPERATIONAL, Role.TEST, Role.SYSTEM)
_ORDERS = (Role.TRAIN, Role.VAL, Role.TEST, Role.UNKNOWN, Role.OPERATIONAL, Role.SYSTEM)


class Best(NamedTuple):
    """The best value of a metric over the steps of a run."""

    value: float  # finite
    step: int


@frozen
class Standing:
    """What is known of the metrics of an experiment or a run, beyond their values."""

    roles: Mapping[MetricKey, Assigned]
    directions: Mapping[MetricKey, Directed]
    primary: MetricKey | None = None  # to rank runs by; None where none may
    reason: str = ""  # why that one, or why none
    on_test: str = ""  # the author's reason to rank by a test metric
    is_open: bool = False  # whether test metrics may stand beside parameters
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)  # of an experiment, by run

    def role(self, key: MetricKey) -> Role:
        """The role of a metric."""
        return self.roles[key].role

    def label(self, key: MetricKey) -> str:
        """The role as a short tag; "" where it is unknown."""
        return _LABELS[self.roles[key].role]

    def why(self, key: MetricKey) -> str:
        """How the role is known, in words."""
        return self.roles[key].reason

    def rank(self, key: MetricKey) -> int:
        """The place of its role in a table: validation first."""
        return _RANKS.index(self.roles[key].role)

    def order(self, key: MetricKey) -> int:
        """The place of its role in a chart: training first."""
        return _ORDERS.index(self.roles[key].role)

    def is_heldout(self, key: MetricKey) -> bool:
        """Whether it was measured on test data, and so stands apart from parameters."""
        return self.roles[key].role is Role.TEST

    def is_system(self, key: MetricKey) -> bool:
        """Whether it tells of the machine, not of the model."""
        return self.roles[key].role is Role.SYSTEM

    def stands_beside_params(self, key: MetricKey) -> bool:
        """Whether it may stand in a table of parameters."""
        return (self.is_open or not self.is_heldout(key)) and not self.is_system(key)

    def heldout(self) -> tuple[MetricKey, ...]:
        """The metrics that were measured on test data, sorted."""
        return tuple(sorted(filter(self.is_heldout, self.roles)))

    def may_rank(self, key: MetricKey) -> bool:
        """Whether runs may be told better and worse by it: validation, or what the author names."""
        return self.roles[key].role is Role.VAL or key == self.primary

    def direction_word(self, key: MetricKey) -> str:
        """`higher`, `lower`, or "" where it is not known which is better."""
        direction = self.directions[key].direction
        return "" if direction is Direction.UNKNOWN else direction.value

    def hint(self, key: MetricKey) -> str:
        """`higher is better`, or ""."""
        word = self.direction_word(key)
        return f"{word} is better" if word else ""

    def describe(self, key: MetricKey) -> str:
        """Role and direction with their reasons, for a tooltip."""
        return "; ".join(part for part in (self.role_words(key), self.hint(key)) if part)

    def role_words(self, key: MetricKey) -> str:
        """The role with its reason."""
        role = self.role(key)
        name = "role unknown" if role is Role.UNKNOWN else role.value
        return f"{name}: {self.why(key)}"

    def best(self, head: MetricHead) -> Best | None:
        """The best finite value over the steps; None where the direction is not known."""
        direction = self.directions[head.key].direction
        if direction is Direction.UNKNOWN or not isfinite(head.low):
            return None
        if direction is Direction.HIGHER:
            return Best(head.high, head.high_step)
        return Best(head.low, head.low_step)

    def bests(self, key: MetricKey, runs: Iterable[Run]) -> dict[RunId, float]:
        """The best value of a metric in each run that has one."""
        return {
            run.id: best.value
            for run in runs
            if key in run.metrics and (best := self.best(run.metrics[key]))
        }

    def top(self, key: MetricKey, values: Iterable[float]) -> float | None:
        """The best of several values; None where there is none, or no direction."""
        direction = self.directions[key].direction
        if direction is Direction.UNKNOWN:
            return None
        choose = max if direction is Direction.HIGHER else min
        return choose(values, default=None)


def run_standing(
    run: Run,
    rules: MetricRules,
    tags: Mapping[str, str],
    elsewhere: Elsewhere = (),
    *,
    is_open: bool = False,
) -> Standing:
    """The standing of one run's metrics; `tags` are those of its experiment.

    `elsewhere` are those of its metrics that are test for what another run of it tells. With
    `is_open`, test metrics may stand beside parameters.
    """
    roles = {**roles_of(run, rules, tags), **dict(elsewhere)}
    return Standing(roles, _directions(roles, rules, tags), is_open=is_open)


def standing_tags(experiment: Experiment) -> tuple[tuple[str, str], ...]:
    """The tags of an experiment that decide on the standing of its metrics, sorted."""
    return tuple(
        (key, value)
        for key, value in sorted(experiment.tags.items())
        if key.startswith(ROLE_TAG) or key in (PRIMARY_TAG, GREATER_TAG)
    )


def experiment_standing(
    runs: Sequence[Run],
    experiment: Experiment,
    rules: MetricRules,
    told: Elsewhere = (),
    *,
    is_open: bool = False,
) -> Standing:
    """The standing of all metrics of an experiment: what is test in one run is test in all.

    `told` are metrics that runs which are not shown tell to be test. With `is_open`, test metrics
    may stand beside parameters; they rank no runs all the same.
    """
    tags = experiment.tags
    by_run = {run.where: roles_of(run, rules, tags) for run in runs}
    roles = merge_roles(by_run.values(), told)
    elsewhere = held_elsewhere(by_run, roles)
    primary = primary_of(roles, rules, tags)
    directions = _directions(roles, rules, tags)
    if primary.metric and primary.direction is Direction.UNKNOWN:
        reason = (
            f"whether higher or lower values of `{primary.metric}` are better is not known; "
            f'declare it with [metrics] direction = {{ "{primary.metric}" = "lower" }}, or "higher"'
        )
        return Standing(roles, directions, None, reason, is_open=is_open, elsewhere=elsewhere)
    return Standing(
        roles,
        directions,
        primary.metric or None,
        primary.reason,
        primary.on_test,
        is_open,
        elsewhere,
    )


def _directions(
    roles: Mapping[MetricKey, Assigned], rules: MetricRules, tags: Mapping[str, str]
) -> dict[MetricKey, Directed]:
    return {key: direction_of(key, rules, tags, assigned.role) for key, assigned in roles.items()}
