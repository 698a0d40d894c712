"""The table of groups: runs that differ only in their seed, as means."""

from collections.abc import Iterator, Sequence

from reportgen.analysis.groups import Groups, RunGroup, Spread
from reportgen.model import MetricKey
from reportgen.site.pages.spread import noise_line, rough
from reportgen.site.survey import Survey
from reportgen.spelling import cut, exact, grouped, number, plural
from reportgen.values import frozen

MOST_GROUPS = 50  # listed, the best first
_MOST_METRICS = 5  # beside the leading one
_MOST_SETTINGS = 12  # parameters of a group that are listed
_LONGEST = 40  # characters of a parameter


@frozen
class GroupCell:
    """A text, and what it is in full."""

    text: str  # "" where there is none
    full: str


@frozen
class GroupRow:
    """A group of runs that differ only in their seed."""

    settings: str  # the parameters in which groups differ
    count: str  # runs
    is_single: bool
    mean: GroupCell  # of the leading metric, as all up to `greatest`
    deviation: GroupCell
    error: GroupCell
    interval: GroupCell  # 95%, of the mean
    least: GroupCell
    greatest: GroupCell
    others: tuple[GroupCell, ...]  # mean and deviation of further metrics


@frozen
class GroupTable:
    """The groups of an experiment."""

    metric: str  # the leading one
    others: tuple[str, ...]
    summary: str  # how many groups there are of which size
    line: str  # how far seeds vary, in words; "" where that is not known
    remark: str  # what to mind when groups are compared; "" where nothing
    order: str  # which group comes first
    rows: tuple[GroupRow, ...]
    more: int  # groups that are not listed


def group_table(survey: Survey) -> GroupTable | None:
    """The table of an experiment's groups; None where no seed varies, or no metric is shown."""
    groups = survey.groups
    if groups is None:
        return None
    same = set(groups.groups[0].settings).intersection(*(g.settings for g in groups.groups))
    lead, others = groups.metrics[0], groups.metrics[1 : 1 + _MOST_METRICS]
    shown = groups.groups[:MOST_GROUPS]
    return GroupTable(
        lead,
        others,
        _summary(groups),
        noise_line(survey.noise) if survey.noise else "",
        _remark(groups),
        "the best mean first" if groups.is_ranked else "the newest first",
        tuple(_row(group, _settings(group, same), lead, others) for group in shown),
        len(groups.groups) - len(shown),
    )


def _summary(groups: Groups) -> str:
    sizes = sorted({group.count for group in groups.groups})
    each = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    seeds = ", ".join(groups.seeds)
    return f"{plural(len(groups.groups), 'group')} of {each} that differ only in {seeds}"


def _remark(groups: Groups) -> str:
    parts = []
    if groups.singles and groups.singles < len(groups.groups):
        verb = "has" if groups.singles == 1 else "have"
        parts.append(f"{plural(groups.singles, 'group')} {verb} one run only")
    if groups.is_unequal:
        parts.append("of groups of unequal size compare the means, not the best runs")
    return "; ".join(parts)


def _row(group: RunGroup, settings: str, lead: MetricKey, others: Sequence[MetricKey]) -> GroupRow:
    spread = group.spreads[lead]
    return GroupRow(
        settings,
        grouped(group.count),
        group.count == 1,
        _exactly(spread.mean),
        _roughly(spread.deviation),
        _roughly(spread.error),
        _interval(spread),
        _exactly(spread.least),
        _exactly(spread.greatest),
        tuple(_other(group.spreads.get(key), group.count) for key in others),
    )


def _exactly(value: float) -> GroupCell:
    return GroupCell(number(value), exact(value))


def _roughly(value: float | None) -> GroupCell:
    """A spread with two digits; empty where a single run tells none."""
    return GroupCell("", "") if value is None else GroupCell(rough(value), exact(value))


def _interval(spread: Spread) -> GroupCell:
    if spread.margin is None:
        return GroupCell("", "")
    low, high = spread.mean - spread.margin, spread.mean + spread.margin
    return GroupCell(f"{number(low)} to {number(high)}", f"{exact(low)} to {exact(high)}")


def _other(spread: Spread | None, count: int) -> GroupCell:
    """`0.83 ± 0.012`, and of how many runs where not all have the metric."""
    if spread is None:
        return GroupCell("", "")
    text = number(spread.mean)
    full = f"mean {exact(spread.mean)} of {plural(spread.count, 'run')}"
    if spread.deviation is not None:
        text += f" ± {rough(spread.deviation)}"
        full += f", standard deviation {exact(spread.deviation)}"
    if spread.count < count:
        text += f" ({spread.count} of {count})"
    return GroupCell(text, full)


def _settings(group: RunGroup, same: set[tuple[str, str]]) -> str:
    """The parameters in which a group differs from others."""
    return ", ".join(_told(group, same)) or "no other parameters"


def _told(group: RunGroup, same: set[tuple[str, str]]) -> Iterator[str]:
    own = [item for item in group.settings if item not in same]
    for key, value in own[:_MOST_SETTINGS]:
        yield f"{key}={short_value(value)}"
    if len(own) > _MOST_SETTINGS:
        yield f"and {len(own) - _MOST_SETTINGS} more"


def short_value(value: str) -> str:
    """The value of a parameter on one line, cut where it is long."""
    return cut(" ".join(value.split()), _LONGEST)
