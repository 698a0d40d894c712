"""Which data each metric of a run was measured on, and how that is known.

Evidence, strongest first: the config file, a tag, the dataset that a metric was logged with, words
of its name, the datasets of the run, the other metrics of the run. Where none of them says it, the
role is UNKNOWN: it is never guessed. docs/roles.md has the rules in full.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from reportgen.analysis.metric_rules import (
    NO_RULES,
    ROLE_NAMES,
    MetricRules,
    Role,
    first_match,
    read_rules,
)
from reportgen.analysis.role_family import Assigned, ByName, by_names
from reportgen.analysis.role_names import Said, parts_of, stem_of
from reportgen.analysis.scored import logged_with, role_of_context, role_of_dataset
from reportgen.model import DatasetInput, MetricHead, MetricKey, Run

__all__ = [
    "Assigned",
    "Elsewhere",
    "MetricRules",
    "Role",
    "assign_roles",
    "held_elsewhere",
    "merge_roles",
    "read_rules",
    "roles_of",
    "stem_of",
]

Elsewhere: TypeAlias = tuple[tuple[MetricKey, Assigned], ...]  # of a run; sorted by metric
ROLE_TAG = "reportgen.role."  # followed by the metric

_CHOSEN_BY = (Role.TRAIN, Role.VAL)


def roles_of(
    run: Run, rules: MetricRules, experiment_tags: Mapping[str, str]
) -> dict[MetricKey, Assigned]:
    """The roles of all metrics of a run."""
    return assign_roles(
        run.metrics,
        rules,
        run_tags=run.tags,
        experiment_tags=experiment_tags,
        datasets=run.datasets,
    )


def assign_roles(
    metrics: Mapping[MetricKey, MetricHead],
    rules: MetricRules = NO_RULES,
    *,
    run_tags: Mapping[str, str] | None = None,
    experiment_tags: Mapping[str, str] | None = None,
    datasets: Sequence[DatasetInput] = (),
) -> dict[MetricKey, Assigned]:
    """The roles of metrics that were logged by one run, in the order of `metrics`.

    `datasets` are those of the run. A metric's role does not depend on the order, but it may
    depend on which others there are.
    """
    names = tuple(sorted(metrics))
    many = tuple(metrics[name].count > 1 for name in names)
    by_name = dict(zip(names, by_names(names, many), strict=True))
    declared = dict(zip(names, _by_config(names, rules.roles), strict=True)) if rules.roles else {}
    tagged = _by_tags(run_tags, experiment_tags)
    of_run = _by_datasets(tuple((one.name, one.context) for one in datasets))
    roles = {}
    for metric in metrics:
        known = declared.get(metric) or tagged.get(metric)
        if known is None:
            said = by_name[metric]
            head = metrics[metric]
            if head.datasets:
                links = logged_with(head, datasets)
                said = _with_links(said, links, several=head.count > 1)
            known = of_run if of_run and not said.firm else said.assigned
        roles[metric] = known
    return roles


def merge_roles(
    runs: Iterable[Mapping[MetricKey, Assigned]], told: Elsewhere = ()
) -> dict[MetricKey, Assigned]:
    """One role for each metric of several runs, as for a column of their table; sorted by metric.

    Test in one run is test, and so is what is `told` to be by runs that are not among them. Else a
    metric has a role where all runs agree, or where its name says it in some and nothing
    contradicts in the others.
    """
    seen: dict[MetricKey, dict[Assigned, None]] = {}
    for roles in runs:
        for metric, assigned in roles.items():
            seen.setdefault(metric, {})[assigned] = None
    for metric, assigned in told:
        if metric in seen:
            seen[metric][assigned] = None
    return {metric: _merged(list(seen[metric])) for metric in sorted(seen)}


def held_elsewhere(
    runs: Mapping[str, Mapping[MetricKey, Assigned]], merged: Mapping[MetricKey, Assigned]
) -> dict[str, Elsewhere]:
    """Of runs, by place: the metrics that are test for what another run tells, and it alone.

    `merged` is what `merge_roles` makes of the roles of these runs. Runs without any are left out.
    """
    tests = {key: one for key, one in merged.items() if one.role is Role.TEST}
    if not tests:
        return {}
    found = {}
    for place, roles in runs.items():
        keys = [key for key in sorted(tests.keys() & roles) if roles[key].role is not Role.TEST]
        if keys:
            found[place] = tuple((key, _of_another(tests[key])) for key in keys)
    return found


def _of_another(one: Assigned) -> Assigned:
    return Assigned(Role.TEST, f"test data in another run of the experiment: {one.reason}", one.by)


def _merged(found: list[Assigned]) -> Assigned:
    found.sort(key=lambda one: (one.by, one.reason, one.role.value))
    known = [one for one in found if one.role is not Role.UNKNOWN]
    test = [one for one in known if one.role is Role.TEST]
    if test:
        return test[0]
    if len({one.role for one in known}) > 1:
        return Assigned(Role.UNKNOWN, "the runs differ in which data it was measured on", "")
    if len(known) == len(found):
        return known[0]
    by_name = [one for one in known if one.by.startswith(("name:", "shape:"))]
    unknown = [one for one in found if one.role is Role.UNKNOWN]
    return by_name[0] if by_name else unknown[0]


def _by_config(
    names: tuple[str, ...], patterns: tuple[tuple[str, Role], ...]
) -> tuple[Assigned | None, ...]:
    return tuple(_declared(name, patterns) for name in names)


@lru_cache(maxsize=16384)
def _declared(name: str, patterns: tuple[tuple[str, Role], ...]) -> Assigned | None:
    found = first_match(name, patterns)
    if found is None:
        return None
    pattern, role = found
    where = "" if pattern == name else f" for `{pattern}`"
    return Assigned(role, f"set in reportgen.toml{where}", f"config:{pattern}")


def _by_tags(
    run_tags: Mapping[str, str] | None, experiment_tags: Mapping[str, str] | None
) -> dict[MetricKey, Assigned]:
    """What tags say; those of the run win over those of the experiment."""
    found = {}
    for owner, tags in (("experiment", experiment_tags), ("run", run_tags)):
        for key, word in (tags or {}).items():
            if not key.startswith(ROLE_TAG):
                continue
            role = ROLE_NAMES.get(word.strip().lower(), Role.UNKNOWN)
            reason = f"set by the tag {key} of the {owner}"
            if role is Role.UNKNOWN and word.strip().lower() != "unknown":
                reason = f"the tag {key} of the {owner} says {word!r}, which is no role"
            found[key.removeprefix(ROLE_TAG)] = Assigned(role, reason, f"tag:{key}")
    return found


@lru_cache(maxsize=1024)
def _by_datasets(datasets: tuple[tuple[str, str], ...]) -> Assigned | None:
    """What the datasets of a run, as (name, context), say of all its metrics.

    Only where all agree, and only if on validation or test data: that a run links nothing but its
    training data, as autologging does, does not tell that each number in it was measured on that.
    """
    roles = {role_of_context(context) for _, context in datasets}
    if len(roles) != 1 or roles & {Role.UNKNOWN, Role.TRAIN}:
        return None
    name, context = min(datasets)
    all_of = "" if len(datasets) == 1 else f" and {len(datasets) - 1} more"
    reason = f"dataset {name}{all_of} used as `{context}`"
    return Assigned(roles.pop(), reason, f"dataset:{context}")


def _with_links(said: ByName, links: Sequence[DatasetInput], *, several: bool) -> ByName:
    """The name's word together with the datasets that the metric was logged with.

    Test data among them decides, else what all of them are. A clear name is only overruled by test
    data: scikit-learn's autologging, for one, links the training data to `mean_test_score`, as its
    folds are cut from that.
    """
    roles = [_role_of_link(link, several=several) for link in links]
    role = Role.TEST if Role.TEST in roles else roles[0]
    if role is not Role.TEST and len(set(roles)) > 1:
        return said
    named = said.assigned.role
    if role is Role.UNKNOWN or (said.firm and not (role is Role.TEST and named in _CHOSEN_BY)):
        return said
    link = links[roles.index(role)]
    reason = f"logged with dataset {link.name}"
    if role_of_context(link.context) is Role.UNKNOWN is not role_of_context(link.name):
        return ByName(Assigned(role, reason, f"dataset:{link.name}"))
    reason += f", used as `{link.context}`"
    return ByName(Assigned(role, reason, f"dataset:{link.context}"))


def _role_of_link(link: DatasetInput, *, several: bool) -> Role:
    role = role_of_dataset(link)
    is_watched = several and parts_of(link.context).said is Said.EVAL
    return Role.VAL if is_watched and role is Role.UNKNOWN else role
