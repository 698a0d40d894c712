"""Curves the size of a word, for cells of tables.

They stand beside the number that they lead to, in hundreds of rows, so they are hidden from screen
readers: the number is read, the shape is not. They come on a grid of 64 by 32 points.

`c/grid.c` makes the path of a trace faster; tests hold the two together.
"""

from collections.abc import Sequence
from math import inf, isfinite
from typing import TypeAlias

from reportgen.charts.text import safe
from reportgen.native import points as _points
from reportgen.thin import thin
from reportgen.trace import points_of

Points: TypeAlias = Sequence[tuple[int, int]]  # x 0 to 63, y 0 to 31, y upwards

_RIGHT, _TOP = 63, 31
_COLUMNS = 32  # of a long series: at most four points each
_LOSS = 1  # grid units by which a dropped point may miss the line: half a pixel in a row of text


def sparkline_svg(segments: Sequence[Points], label: str = "") -> str:
    """Stretches of points as a small `svg` element with a dot at the end; "" without points.

    A gap in a series separates stretches. `label` is shown to those who point at the curve.
    """
    filled = [segment for segment in segments if segment]
    if not filled:
        return ""
    path = "".join(_grid_path(_simplified(segment, _LOSS)) for segment in filled)
    return _svg(path, filled[-1][-1], label)


def trace_svg(trace: str) -> str:
    """A trace as `sparkline_svg` draws its stretches; "" for that of a series without a course."""
    return _svg(trace_path(trace, _LOSS), points_of(trace[-2:])[0][0]) if trace else ""


def _svg(path: str, end: tuple[int, int], label: str = "") -> str:
    x, y = end
    title = f"<title>{safe(label)}</title>" if label else ""
    return (
        '<svg class="spark" viewBox="-2 -2 67 35" preserveAspectRatio="none" aria-hidden="true">'
        f'{title}<path d="{path}"/><path class="e" d="M{x} {_TOP - y}h0"/></svg>'
    )


def spark_of(values: Sequence[float], label: str = "") -> str:
    """A series, evenly spread, as `sparkline_svg` draws it; nan and inf become gaps.

    One value is no course: a dot alone tells nothing, and nothing is drawn.
    """
    finite = [value for value in values if isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    half = high / 2 - low / 2  # the range itself can be too large for a float
    last = len(values) - 1
    segments: list[list[tuple[int, int]]] = [[]]
    for index in thin(range(len(values)), values, _COLUMNS):
        value = values[index]
        if not isfinite(value):
            segments.append([])
            continue
        x = (2 * index * _RIGHT + last) // (2 * last)
        y = round((value / 2 - low / 2) / half * _TOP) if half else _TOP // 2
        segments[-1].append((x, y))
    return sparkline_svg(segments, label)


def trace_path(trace: str, loss: float) -> str:
    """Path data of a trace on the grid, y downwards; a gap for values that are not finite.

    Points that miss the line through the others by `loss` grid units at the most are left out.
    Raises ValueError for a text that is no trace.
    """
    path = None if _points is None else _points.grid_path(trace, loss)
    if path is not None:
        return path
    return "".join(_grid_path(_simplified(part, loss)) for part in points_of(trace))


def _simplified(points: Points, loss: float) -> list[tuple[int, int]]:
    """The points without those that miss the line through their neighbours by `loss` at the most.

    From each kept point, a cone of slopes narrows so that it passes all points since; the last
    point within it is kept next (Reumann and Witkam 1974, in one pass).
    """
    kept = [points[0]]
    anchor_x, anchor_y = last = points[0]
    least, most = -inf, inf
    for point in points[1:]:
        run, rise = point[0] - anchor_x, point[1] - anchor_y
        if not (run > 0 and least <= rise / run <= most):
            if last != kept[-1]:
                kept.append(last)
            anchor_x, anchor_y = last
            least, most = -inf, inf
            run, rise = point[0] - anchor_x, point[1] - anchor_y
        if run > 0:
            low, high = (rise - loss) / run, (rise + loss) / run
            least = low if low > least else least  # a call of max would cost as much as the rest
            most = high if high < most else most
        elif rise:  # straight up or down: no slope, and no point to pass
            kept.append(point)
            anchor_x, anchor_y = point
            least, most = -inf, inf
        last = point
    if last != kept[-1]:
        kept.append(last)
    return kept


def _grid_path(points: Sequence[tuple[int, int]]) -> str:
    """Path data on the grid, y downwards."""
    x, y = points[0]
    text = f"M{x} {_TOP - y}"
    if len(points) == 1:
        return f"{text}h0"
    steps = []
    for next_x, next_y in points[1:]:
        steps.append(f"{next_x - x} {y - next_y}")
        x, y = next_x, next_y
    return f"{text}l{' '.join(steps).replace(' -', '-')}"
