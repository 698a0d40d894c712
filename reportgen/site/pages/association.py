"""The table of what goes with the leading metric: association in words, never cause."""

from collections.abc import Sequence

from reportgen.analysis.association import LEAST_RUNS, Association, Kind
from reportgen.site.pages.groups import short_value
from reportgen.site.survey import Survey
from reportgen.spelling import MINUS, grouped, plural
from reportgen.values import frozen

_MOST = 30  # parameters listed, the strongest first
BAR_WIDTH = 120  # from -1 to 1
_CAUTION = (
    "association in these runs, not cause: parameters that were varied together share it, "
    "and of many that have no effect one in twenty still looks as if it had"
)


@frozen
class StrengthBar:
    """An association as a bar from the middle of 120 units, which stand for -1 to 1."""

    start: str
    width: str
    ticks: tuple[str, ...]  # where chance ends


@frozen
class AssociationRow:
    """A parameter, and how far it goes with the metric."""

    param: str
    strength: str  # "+0.83"; "" where there are too few runs
    bar: StrengthBar | None  # the same as a drawing; None as above
    measure: str  # what the number is
    words: str  # what goes with what
    is_plain: bool  # whether it is more than chance makes easily
    count: str  # runs
    distinct: str  # values


@frozen
class AssociationTable:
    """What goes with a metric."""

    metric: str
    caution: str
    remark: str  # which parameters are not in the table, and why; "" where all are
    rows: tuple[AssociationRow, ...]


def association_table(survey: Survey) -> AssociationTable | None:
    """The table of an experiment; None where no parameter varies or no metric is shown."""
    table = survey.associations
    if table is None or not (table.found or table.left_out):
        return None
    if table.found and all(one.count < LEAST_RUNS for one in table.found):
        few = f"Too few runs to say: no parameter stands beside it in {LEAST_RUNS} or more."
        return AssociationTable(table.metric, _CAUTION, few, ())
    rows = tuple(_row(one, table.metric) for one in table.found[:_MOST])
    remark = _remark(table.left_out, len(table.found) - len(rows))
    return AssociationTable(table.metric, _CAUTION, remark, rows)


def _row(one: Association, metric: str) -> AssociationRow:
    return AssociationRow(
        one.param,
        "" if one.strength is None else _signed(one),
        None if one.strength is None else _bar(one, one.strength),
        f"{one.kind.value}, {plural(one.count, 'run')}",
        _words(one, metric),
        not one.may_be_chance,
        grouped(one.count),
        grouped(one.distinct),
    )


def _signed(one: Association) -> str:
    """With two digits; the ratio has no sign."""
    strength = one.strength or 0.0
    text = f"{abs(strength):.2f}"
    if one.kind is Kind.RATIO or text == "0.00":
        return text
    return f"+{text}" if strength > 0 else f"{MINUS}{text}"


def _words(one: Association, metric: str) -> str:
    if one.count < LEAST_RUNS:
        return f"too few runs to say: {one.count}"
    if one.strength is None:
        return f"{metric} is the same in all of them"
    limit = f"{one.limit:.2f}" if one.limit is not None else ""
    if one.may_be_chance:
        return f"may be chance, which makes up to {limit} with {plural(one.count, 'run')}"
    if one.kind is Kind.RATIO:
        return f"{metric} is highest with {short_value(one.top)}"
    return f"{metric} is {'higher' if one.strength > 0 else 'lower'} where it is higher"


def _bar(one: Association, strength: float) -> StrengthBar:
    middle, reach = BAR_WIDTH / 2, BAR_WIDTH / 2 - 1
    start = middle + min(0.0, strength) * reach
    limit = one.limit or 0.0
    sides = (limit,) if one.kind is Kind.RATIO else (-limit, limit)
    ticks = tuple(f"{middle + side * reach:.1f}" for side in sides)
    return StrengthBar(f"{start:.1f}", f"{abs(strength) * reach:.1f}", ticks)


def _remark(left_out: Sequence[str], more: int) -> str:
    parts = []
    if left_out:
        names = ", ".join(map(short_value, left_out[:6])) + (", …" if len(left_out) > 6 else "")
        parts.append(f"left out, as texts with too many values: {names}")
    if more > 0:
        parts.append(f"{plural(more, 'weaker one')} not listed")
    return "; ".join(parts)
