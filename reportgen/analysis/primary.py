"""The metric that the runs of an experiment are ranked by."""

from collections.abc import Mapping

from reportgen.analysis.directions import PRIMARY_TAG, Directed, direction_of
from reportgen.analysis.metric_rules import NO_RULES, Direction, MetricRules, Role
from reportgen.analysis.role_names import stem_of, tokens_of
from reportgen.analysis.roles import Assigned
from reportgen.values import frozen


@frozen
class Primary:
    """The metric to rank by, or why there is none."""

    metric: str  # "" where there is none
    direction: Direction
    reason: str  # in words
    by: str  # "config", "tag", "only" val metric, "loss"; "test" where one is refused; "" = none
    on_test: str = ""  # the user's reason to rank by test data; "" where it is other data


_SIDE = {"std", "rank", "split", "sd", "sem", "stderr", "var"}  # next to what they are of
_SHOWN = 4


def primary_of(
    roles: Mapping[str, Assigned],
    rules: MetricRules = NO_RULES,
    experiment_tags: Mapping[str, str] | None = None,
) -> Primary:
    """The metric that an experiment is ranked by.

    `roles` are those of all its metrics, as `merge_roles` gives them. It is the one that the config
    file names, else the one that MLflow's tag names, else the only one on validation data with a
    known direction, else the validation loss. Never one on test data, unless the config file gives
    a reason for it.
    """
    tags = experiment_tags or {}
    named = [(metric, "config") for metric in rules.primary]
    named.append((tags.get(PRIMARY_TAG, ""), "tag"))
    refused = ""
    for metric, by in named:
        if metric not in roles:
            continue
        if roles[metric].role is Role.TEST and not rules.allow_test_ranking:
            refused = refused or metric
            if by == "config":
                return _none(_refusal(metric, roles[metric], "metrics.primary"), "test")
            continue
        return _named(metric, by, roles[metric], direction_of(metric, rules, tags), rules)
    found = _by_role(roles, rules, tags)
    if found.metric or not refused:
        return found
    return _none(_refusal(refused, roles[refused], f"the tag {PRIMARY_TAG}"), "test")


def _named(
    metric: str, by: str, assigned: Assigned, directed: Directed, rules: MetricRules
) -> Primary:
    where = "metrics.primary in reportgen.toml" if by == "config" else f"the tag {PRIMARY_TAG}"
    on_test = rules.allow_test_ranking if assigned.role is Role.TEST else ""
    reason = f"named by {where}"
    if assigned.role is Role.UNKNOWN:
        reason += "; which data it was measured on is not known"
    if on_test:
        reason += f"; it is measured on test data, allowed because: {on_test}"
    return Primary(metric, directed.direction, reason, by, on_test)


def _refusal(metric: str, assigned: Assigned, where: str) -> str:
    return (
        f"{where} is `{metric}`, which is measured on test data ({assigned.reason}); runs that are "
        "chosen by it look better than they are. Name a validation metric, or give a reason with "
        '[metrics] allow_test_ranking = "..."'
    )


def _by_role(roles: Mapping[str, Assigned], rules: MetricRules, tags: Mapping[str, str]) -> Primary:
    """The only metric on validation data, else the loss on it."""
    val = [
        metric
        for metric in sorted(roles)
        if roles[metric].role is Role.VAL and not _is_aside(metric)
    ]
    directed = {metric: direction_of(metric, rules, tags) for metric in val}
    known = [metric for metric in val if directed[metric].direction is not Direction.UNKNOWN]
    if len(known) == 1:
        reason = "the only metric on validation data of which the better direction is known"
        if len(val) == 1:
            reason = "the only metric on validation data"
        return Primary(known[0], directed[known[0]].direction, reason, "only")
    loss = _loss(known)
    if loss:
        reason = "the loss on validation data"
        return Primary(loss, directed[loss].direction, reason, "loss")
    return _none(_why_none(roles, val, known), "")


def _loss(metrics: list[str]) -> str:
    """The one that is a loss and nothing more: val_loss, else val_loss_epoch; "" where none is."""
    for stems in (("loss",), ("loss_epoch", "loss/epoch", "epoch_loss", "mean_loss", "avg_loss")):
        found = [metric for metric in metrics if stem_of(metric).lower() in stems]
        if len(found) == 1:
            return found[0]
    return ""


def _is_aside(metric: str) -> bool:
    """Whether it only stands next to another: the spread, the rank or one split of a score."""
    texts = [token.text for token in tokens_of(metric)]
    return texts[0] in _SIDE or texts[-1] in _SIDE if texts else True


def _why_none(roles: Mapping[str, Assigned], val: list[str], known: list[str]) -> str:
    if not roles:
        return "no metric was logged"
    if known:
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        return (
            f"{len(known)} metrics are measured on validation data "
            f"({', '.join(known[:_SHOWN])}{more}) and none of them is the loss; name one with "
            f'[metrics] primary = "{known[0]}"'
        )
    if val:
        return (
            f"whether higher or lower values of `{val[0]}` are better is not known; declare it "
            f'with [metrics] direction = {{ "{val[0]}" = "lower" }}, or "higher"'
        )
    unknown = [metric for metric in sorted(roles) if roles[metric].role is Role.UNKNOWN]
    unknown.sort(key=lambda metric: direction_of(metric).direction is Direction.UNKNOWN)
    return (
        "none of the metrics is known to be measured on validation data; declare it with "
        f'[metrics] roles = {{ "{(unknown or ["..."])[0]}" = "val" }}'
    )


def _none(reason: str, by: str) -> Primary:
    return Primary("", Direction.UNKNOWN, reason, by)
