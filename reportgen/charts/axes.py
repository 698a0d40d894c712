"""From values to places in a drawing. Places are whole halves of a unit, y downwards."""

from collections.abc import Sequence
from functools import lru_cache
from math import frexp, ldexp, log10, ulp
from sys import float_info
from typing import Literal, NamedTuple, TypeAlias

from reportgen.charts.text import width
from reportgen.charts.ticks import (
    Ticks,
    duration_ticks,
    linear_ticks,
    log_ticks,
    step_ticks,
)

XKind: TypeAlias = Literal["step", "time", "order"]

HALVES = 2  # of a unit
WIDTH = 420  # units of a chart

_LOG_FROM = 1000.0  # largest by smallest value: three decades
_AIR = 0.06  # of the range of values, left free above and below
_NOISE = 16  # a range of so many smallest differences between floats is none
_INSET = 8  # halves between the frame and the first and last x: room for dots
_SAFE_BITS = 960  # floats hold 1,023


class Frame(NamedTuple):
    """The rectangle in which lines are drawn, in units."""

    left: int
    right: int
    top: int
    bottom: int


class YAxis(NamedTuple):
    """The range of values that a chart shows, linear or logarithmic."""

    low: float  # after `_bent`, as `high` is
    high: float
    is_log: bool
    power: int  # of two, by which values are multiplied: 0 but at the ends of what floats hold
    ticks: Ticks

    def places(self, values: Sequence[float], frame: Frame) -> list[int]:
        """The y of finite values."""
        high, scale, top = self.line(frame)
        return [int((high - value) * scale + top) for value in self._bent(values)]

    def line(self, frame: Frame) -> tuple[float, float, float]:
        """What makes a place of a value, once it is bent: its distance from the first, times the
        second, and the third added.
        """
        high = self.high
        scale = HALVES * (frame.bottom - frame.top) / (high - self.low)
        return high, scale, HALVES * frame.top + 0.5

    def _bent(self, values: Sequence[float]) -> Sequence[float]:
        if self.is_log:
            return list(map(log10, values))
        return [ldexp(value, self.power) for value in values] if self.power else values


def y_axis(low: float, high: float) -> YAxis:
    """The axis for finite values from `low` to `high`.

    Logarithmic where all are above 0 and the largest is more than 1,000 times the smallest. Values
    that differ by no more than the noise of floats are shown as a level line.
    """
    if low > 0 and high / _LOG_FROM > low:
        lower, upper = log10(low), log10(high)
        air = _AIR * (upper - lower)
        lower, upper = lower - air, upper + air
        least = max(10**lower, 5e-324) if lower > -324 else 5e-324
        most = 10**upper if upper < 308.25 else float_info.max
        return YAxis(lower, upper, True, 0, log_ticks(least, most))
    largest = max(-low, high)
    power = 0 if 1e-280 < largest < 1e280 or largest == 0 else -frexp(largest)[1]
    lower, upper = (ldexp(low, power), ldexp(high, power)) if power else (low, high)
    if upper - lower <= _NOISE * ulp(max(-lower, upper)):
        middle = (lower + upper) / 2
        air = abs(middle) / 10 or 1.0
    else:
        air = _AIR * (upper - lower)
    lower, upper = lower - air, upper + air
    ends = (_back(lower, power), _back(upper, power)) if power else (lower, upper)
    return YAxis(lower, upper, False, power, linear_ticks(*ends))


def _back(value: float, power: int) -> float:
    """A value without its power of two, as near as a float gets."""
    try:
        return ldexp(value, -power)
    except OverflowError:
        return float_info.max if value > 0 else -float_info.max


class XAxis(NamedTuple):
    """The range of steps, times or numbers that a chart shows."""

    kind: XKind
    low: int
    high: int

    def places(self, xs: Sequence[int], frame: Frame) -> list[int]:
        """The x of whole numbers; the middle where all are one."""
        low, span = self.low, self.high - self.low
        if not span:
            left, right = _inside(frame)
            return [(left + right) // 2] * len(xs)
        shift = max(0, span.bit_length() - _SAFE_BITS)
        if shift:
            xs, low, span = [x >> shift for x in xs], low >> shift, span >> shift
        scale, start = _x_line(span, frame)
        return [int((x - low) * scale + start) for x in xs]

    def line(self, frame: Frame) -> tuple[int, float, float] | None:
        """As `YAxis.line`, from the first; None where there is no span, or one beyond floats."""
        span = self.high - self.low
        if not span or span.bit_length() > _SAFE_BITS:
            return None
        return self.low, *_x_line(span, frame)

    @property
    def note(self) -> str:
        """What is to be added to each label, in words; "" for nothing."""
        return _x_ticks(self).note

    @property
    def margin(self) -> float:
        """The units right of the frame that the labels need."""
        return _x_margin(self)


def _inside(frame: Frame) -> tuple[int, int]:
    return HALVES * frame.left + _INSET, HALVES * frame.right - _INSET


def _x_line(span: int, frame: Frame) -> tuple[float, float]:
    left, right = _inside(frame)
    return (right - left) / span, left + 0.5


# The charts of a run mostly share their steps, and so their axis.
@lru_cache(maxsize=64)
def _x_ticks(axis: XAxis) -> Ticks:
    find = duration_ticks if axis.kind == "time" else step_ticks
    ticks = find(axis.low, axis.high)
    if max(map(width, ticks.labels)) > 50:
        ticks = find(axis.low, axis.high, 3)
    return ticks


@lru_cache(maxsize=64)
def _x_margin(axis: XAxis) -> float:
    return width(_x_ticks(axis).labels[-1]) / 2 + width(axis.kind) + 6


def y_room(axis: YAxis) -> int:
    """The units left of the frame that the labels need."""
    return _y_room(axis.ticks.labels)


# Those of a metric mostly have the same labels in other runs, and so the same surroundings.
@lru_cache(maxsize=256)
def _y_room(labels: tuple[str, ...]) -> int:
    return round(max(map(width, labels))) + 9


def around(x: XAxis, y: YAxis | None, frame: Frame) -> tuple[str, str]:
    """What stands around lines: grid and axis, in halves; and the labels left of them and below."""
    grid, scale, below = _forms(x, y.ticks.labels if y else (), frame)
    places = y.places(y.ticks.values, frame) if y else []
    feet = [(place + 9) // 2 for place in places]
    return grid % tuple(places), scale % tuple(feet) + below


@lru_cache(maxsize=1024)
def _forms(x: XAxis, labels: tuple[str, ...], frame: Frame) -> tuple[str, str, str]:
    """Grid and axis with %d for the places of labels, the labels left with %d, those below."""
    left, right, foot = HALVES * frame.left, HALVES * frame.right, HALVES * frame.bottom
    grid = "".join(f"M{left} %dH{right}" for _ in labels)
    scale = "".join(f'<text x="{frame.left - 6}" y="%d">{label}</text>' for label in labels)
    return (
        (f'<path class="g" d="{grid}"/>' if grid else "")
        + f'<path class="a" d="M{left} {foot}H{right}"/>',
        f'<g class="y">{scale}</g>' if scale else "",
        _below(x, frame),
    )


@lru_cache(maxsize=64)
def _below(x: XAxis, frame: Frame) -> str:
    ticks = _x_ticks(x)
    whole = [value for value in ticks.values if isinstance(value, int)]
    labels = [
        f'<tspan x="{(place + 1) // 2}">{label}</tspan>'
        for place, label in zip(x.places(whole, frame), ticks.labels, strict=True)
    ]
    kind = f'<tspan class="u" x="{WIDTH}">{x.kind}</tspan>'
    return f'<text class="x" y="{frame.bottom + 17}">{"".join(labels)}{kind}</text>'
