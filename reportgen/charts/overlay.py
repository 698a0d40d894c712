"""The courses of one metric in two runs over each other, drawn from what tables keep of them.

A course has some 96 points, which were thinned so that no peak is lost (`reportgen/trace.py`); it
needs no second look at the points. Each is drawn on its own grid and scaled into place, so that
the path of a run is written once for all charts it stands in.
"""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from reportgen.charts.sparkline import trace_path
from reportgen.charts.text import safe
from reportgen.spelling import grouped, number
from reportgen.trace import X_LEVELS, Y_LEVELS

_WIDTH, _HEIGHT = 400, 150  # units
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 396, 20, 128
_LOSS = 0.5  # levels by which a dropped point may miss the line: no more than a trace itself does


class Course(NamedTuple):
    """The course of a metric in one run. `name` is the class that colours it."""

    name: str
    trace: str
    low: float
    high: float
    last_step: int


def overlay_svg(courses: Sequence[Course], label: str) -> str:
    """A chart of one or two courses as an `svg` element; "" where none can be drawn.

    Steps are taken to begin at 0 and to be evenly spaced, as they are drawn coarsely anyway.
    """
    drawn = [one for one in courses if one.trace and isfinite(one.high - one.low)]
    if not drawn:
        return ""
    low, high = min(one.low for one in drawn), max(one.high for one in drawn)
    if not isfinite(high - low):
        return ""
    last = max(one.last_step for one in drawn)
    paths = "".join([_path(one, low, high, last) for one in drawn])
    end = f"<text class=u x={_RIGHT} y=145>step {grouped(last)}</text>" if last > 0 else ""
    return (
        f'<svg class="curve over" viewBox="0 0 {_WIDTH} {_HEIGHT}" role=img'
        f' aria-label="{safe(label)}">'
        f'<path class=g d="M{_LEFT} {_TOP}H{_RIGHT}"/>'
        f'<path class=a d="M{_LEFT} {_BOTTOM}H{_RIGHT}"/>'
        f"{paths}<text x={_LEFT} y=14>{number(high)}</text>"
        f"<text x={_LEFT} y=145>{number(low)}</text>{end}</svg>"
    )


def _path(course: Course, low: float, high: float, last: int) -> str:
    """A course on its own grid, moved and stretched to where its values are."""
    height = _BOTTOM - _TOP
    span = high - low
    tall = height * (course.high - course.low) / span if span else 0.0
    head = _TOP + (height * (high - course.high) / span if span else height / 2)
    part = course.last_step / last if last > 0 and course.last_step > 0 else 1.0
    wide = (_RIGHT - _LEFT) * part / (X_LEVELS - 1)
    return (
        f'<path class="l {course.name}" transform="matrix({wide:.4g} 0 0'
        f' {tall / (Y_LEVELS - 1):.4g} {_LEFT} {head:.5g})" d="{trace_path(course.trace, _LOSS)}"/>'
    )
