"""What differs between the metrics of two runs, and whether it is better, worse or untold.

Where it is known which values are better, the best over the steps are compared, else the last
ones. A verdict says which of two values is the better one, never why. Metrics that were measured
on test data get none: choices are made without them.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from math import ceil, floor, isclose, isfinite, log10, nan
from typing import NamedTuple, TypeAlias

from reportgen.analysis.diff_values import relative_change
from reportgen.analysis.directions import Directed
from reportgen.analysis.metric_rules import Direction, Role
from reportgen.analysis.noise import is_within_noise
from reportgen.analysis.prefixes import natural
from reportgen.analysis.roles import merge_roles
from reportgen.analysis.standing import Best, Standing
from reportgen.model import MetricHead, MetricKey, Run
from reportgen.values import frozen

SAME_TO = 1e-9  # relative; doubles that were summed in another order differ by less


class Verdict(Enum):
    """How the value of B stands to that of A."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NOISE = "within noise"
    UNCLEAR = "unclear"  # it is not known which is better, or a value is not finite
    MISSING = "in one run only"
    NONE = ""  # none is given: test data, or of the machine


class MetricSide(NamedTuple):
    """A metric in one of the runs."""

    last: float
    step: int  # of the last value
    points: int  # how many
    best: Best | None = None  # over the steps; None where no value is known to be better
    is_sealed: bool = False  # the values are in no file


class MetricChange(NamedTuple):
    """A metric in both runs, or in one of them."""

    key: MetricKey
    role: str
    label: str  # of the role; "" where it is unknown
    why: str  # how role and direction are known
    direction: str  # "higher", "lower" or ""
    a: MetricSide | None  # None where it was not logged
    b: MetricSide | None
    basis: str  # which values are compared: "best" or "last"; "" where none are
    old: float  # the compared values; nan where there is none
    new: float
    difference: float | None  # new - old
    relative: float | None  # as a part of the old value
    verdict: Verdict
    may_rank: bool = False  # whether runs may be told better and worse by it
    is_primary: bool = False


@frozen
class MetricFacts:
    """What is known of a metric beyond its values."""

    order: int  # of its place in a table: the primary first, then by role
    role: Role
    label: str
    why: str
    direction: str  # "higher", "lower" or ""
    may_rank: bool
    is_primary: bool
    limit: float | None  # differences up to this are noise; None where nothing is known of it


@frozen
class Judgement:
    """What two runs are judged by: their metrics, worked out once for many pairs."""

    facts: Mapping[MetricKey, MetricFacts]
    seeds: frozenset[str] = frozenset()  # parameters that only choose the dice


@frozen
class Metrics:
    """The metrics of two runs."""

    plain: tuple[MetricChange, ...]  # that stand beside parameters, those worth most first
    system: tuple[MetricChange, ...]
    heldout: tuple[MetricChange, ...]  # of test data: no verdicts


def judgement_in(
    standing: Standing, limits: Mapping[MetricKey, float], seeds: Iterable[str] = ()
) -> Judgement:
    """What two runs of one experiment are judged by.

    Limits of noise are as of `noise_limits`, seeds as of `seed_params`.
    """
    return Judgement(
        {
            key: MetricFacts(
                -1 if key == standing.primary else standing.rank(key),
                standing.role(key),
                standing.label(key),
                standing.describe(key),
                standing.direction_word(key),
                standing.may_rank(key),
                key == standing.primary,
                rounded_up(limits[key]) if key in limits else None,
            )
            for key in standing.roles
        },
        frozenset(seeds),
    )


def judgement_between(a: Standing, b: Standing, seeds: Iterable[str] = ()) -> Judgement:
    """What runs of two experiments are judged by; nothing is known of noise between them.

    What is test in one is test in both; a direction counts where they do not contradict.
    """
    roles = merge_roles((a.roles, b.roles))
    directions = {key: _agreed(a.directions.get(key), b.directions.get(key)) for key in roles}
    primary = a.primary if a.primary == b.primary else None
    reason = a.reason if primary else "the runs are of experiments that are ranked differently"
    is_open = a.is_open and b.is_open
    return judgement_in(Standing(roles, directions, primary, reason, is_open=is_open), {}, seeds)


def _agreed(a: Directed | None, b: Directed | None) -> Directed:
    found = [one for one in (a, b) if one is not None]
    known = [one for one in found if one.direction is not Direction.UNKNOWN]
    if len({one.direction for one in known}) > 1:
        return Directed(Direction.UNKNOWN, "the two experiments differ in it", "")
    return (known or found)[0]


def rounded_up(limit: float) -> float:
    """A limit to two digits, upwards: a page need not change with each run that is added."""
    if limit <= 0 or not isfinite(limit):
        return limit
    digits = 1 - floor(log10(limit))
    if not -300 < digits < 300:
        return limit
    rounded = ceil(limit * 10.0**digits) / 10.0**digits
    return max(limit, rounded)


def diff_metrics(
    a: Run, b: Run, judgement: Judgement, sealed: tuple[bool, bool] = (False, False)
) -> Metrics:
    """All metrics of two runs. `sealed` tells for each run whether its test results are sealed."""
    facts = judgement.facts
    plain, system, heldout = [], [], []
    keys = a.metrics.keys() | b.metrics.keys()
    for key in sorted(keys, key=lambda key: (facts[key].order, natural(key))):
        own = facts[key]
        heads = a.metrics.get(key), b.metrics.get(key)
        if own.role is Role.TEST:
            heldout.append(_heldout(key, own, heads, sealed))
        elif own.role is Role.SYSTEM:
            system.append(_change(key, own, _compared(heads, own), Verdict.NONE))
        else:
            values = _compared(heads, own)
            plain.append(_change(key, own, values, _verdict(own, values)))
    return Metrics(tuple(plain), tuple(system), tuple(heldout))


class _Values(NamedTuple):
    """A metric of two runs before it is judged."""

    a: MetricSide | None
    b: MetricSide | None
    basis: str = ""
    old: float = nan
    new: float = nan


def _change(key: MetricKey, own: MetricFacts, values: _Values, verdict: Verdict) -> MetricChange:
    difference = values.new - values.old
    return MetricChange(
        key,
        own.role.value,
        own.label,
        own.why,
        own.direction,
        values.a,
        values.b,
        values.basis,
        values.old,
        values.new,
        difference if isfinite(difference) else None,
        relative_change(values.old, values.new),
        verdict,
        own.may_rank,
        own.is_primary,
    )


def _compared(heads: tuple[MetricHead | None, MetricHead | None], own: MetricFacts) -> _Values:
    a = None if heads[0] is None else _side(heads[0], own)
    b = None if heads[1] is None else _side(heads[1], own)
    old = nan if a is None else a.last if a.best is None else a.best.value
    new = nan if b is None else b.last if b.best is None else b.best.value
    if a is None or b is None:
        return _Values(a, b, "", old, new)
    if a.best is not None and b.best is not None:
        return _Values(a, b, "best", old, new)
    return _Values(a, b, "last", a.last, b.last)


def _side(head: MetricHead, own: MetricFacts) -> MetricSide:
    best = None
    if own.direction and isfinite(head.low):
        is_low = own.direction == Direction.LOWER.value
        best = Best(head.low, head.low_step) if is_low else Best(head.high, head.high_step)
    return MetricSide(head.last, head.step, head.count, best)


def _verdict(own: MetricFacts, values: _Values) -> Verdict:
    if not values.basis:
        return Verdict.MISSING
    direction = own.direction if values.basis == "best" else ""
    return verdict_between(values.old, values.new, direction, own.limit)


def verdict_between(old: float, new: float, direction: str, limit: float | None) -> Verdict:
    """How a new value stands to an old one; `direction` is "" where none is known.

    `limit` is how far seeds alone move the value, None where that is not known.
    """
    if is_same(old, new):
        return Verdict.SAME
    if not direction:
        return Verdict.UNCLEAR
    if is_within_noise(new - old, limit):
        return Verdict.NOISE
    is_better = (new > old) is (direction == Direction.HIGHER.value)
    return Verdict.BETTER if is_better else Verdict.WORSE


def is_same(old: float, new: float) -> bool:
    """Whether two values are equal but for how they were summed; nan is equal to nan."""
    if isfinite(old) and isfinite(new):
        return old == new or isclose(old, new, rel_tol=SAME_TO)
    return repr(float(old)) == repr(float(new))


def _heldout(
    key: MetricKey,
    own: MetricFacts,
    heads: tuple[MetricHead | None, MetricHead | None],
    sealed: tuple[bool, bool],
) -> MetricChange:
    """Test results: the values as they are, and nothing of those that are sealed."""
    values = _compared(heads, own)
    if any(shut and head is not None for shut, head in zip(sealed, heads, strict=True)):
        a, b = (
            MetricSide(nan, 0, head.count, None, is_sealed=True)
            if shut and head is not None
            else side
            for shut, head, side in zip(sealed, heads, (values.a, values.b), strict=True)
        )
        values = _Values(a, b)
    return _change(key, own, values, Verdict.NONE)


Drawn: TypeAlias = tuple[MetricChange, MetricHead | None, MetricHead | None]


def with_curves(changes: Iterable[MetricChange], a: Run, b: Run) -> Iterator[Drawn]:
    """The metrics of which one run at least has a course to draw, with their heads."""
    heads: tuple[Mapping[MetricKey, MetricHead], ...] = a.metrics, b.metrics
    for change in changes:
        old, new = (of_run.get(change.key) for of_run in heads)
        drawn = [head for head in (old, new) if head is not None and head.trace]
        if drawn and not any(s is not None and s.is_sealed for s in (change.a, change.b)):
            yield change, old, new
