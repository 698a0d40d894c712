"""Parameters against a metric: a small plot for each of up to six parameters."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING

from reportgen.charts.painted import frame as frames
from reportgen.charts.painted.canvas import Canvas, width_of
from reportgen.charts.painted.frame import Frame, Scale, drawable
from reportgen.charts.painted.paint import Drawing, svg
from reportgen.charts.painted.texts import AND, better, clean
from reportgen.spelling import grouped, number, plural
from reportgen.values import frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_PANELS = 6
MOST_CATEGORIES = 12
OTHER = "other"
_PLOT_WIDTHS = {1: 400, 2: 270, 3: 240}  # px, by the number of columns
_PLOT_HEIGHT = 150
_TICKS = 5
_GAP = 34  # px between columns
_HEAD = 44  # px of the heading
_ABOVE = 28  # px above a plot, with the name of its parameter
_LEAST_ROOM = 56  # px for a shortened label
_TURN = 40  # degrees of labels that have no room side by side
_TURNED_ROOM = 52  # px of their length


@frozen
class Parameter:
    """One parameter in all runs, as texts; None where a run does not have it."""

    name: str
    values: Sequence[str | None]  # (n,)


@frozen
class ParameterAgainstMetric:
    """What to draw: for each run the value of the metric and of up to six parameters."""

    metric: str
    values: Sequence[float | None]  # (n,)
    labels: Sequence[str]  # (n,) names of the runs
    parameters: Sequence[Parameter]
    direction: str = ""  # higher, lower, or "" where it is not known which is better
    best: int | None = None  # index of a run
    columns: int = 3


@frozen
class _Panel:
    """A parameter with its scale: of numbers, or of the places 0, 1, 2 of categories."""

    name: str
    xs: "Array"  # (n,); nan where the run lacks it
    scale: Scale
    categories: tuple[str, ...] = ()


def draw_parameters(chart: ParameterAgainstMetric) -> Drawing:
    """Dots for the runs, parameter across and metric upwards, as one SVG.

    A parameter is numeric where all its values are numbers; it gets a logarithmic scale where they
    are positive and span more than two decades. Any other has a column of dots for each value, the
    most frequent eleven and the others together where there are more than twelve.
    """
    import numpy as np

    values = drawable([np.nan if value is None else value for value in chart.values])
    drawn = np.isfinite(values)
    told = [panel for panel in (_panel(one, drawn) for one in chart.parameters) if panel]
    panels = told[:MOST_PANELS]
    placed = _placed(values, panels)
    y = frames.scale_for(placed, margin=0.06, decades=frames.DECADES, cut=True)
    note = _note(chart, values, told, y, int(frames.beyond(y, placed).sum()))
    alt = _alt(chart, panels, note)
    columns = max(1, min(len(panels), chart.columns, max(_PLOT_WIDTHS)))
    across = _PLOT_WIDTHS[columns]
    left = 4 + (frames.label_room(y, _TICKS) if y else 44)
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]

    def draw(canvas: Canvas) -> None:
        frames.draw_heading(canvas, f"{clean(chart.metric)} by parameter", note)
        if y is None or not panels:
            frames.draw_nothing(canvas, "no finite value to draw" if y is None else "no parameters")
            return
        top = float(_HEAD)
        for row in rows:
            for column, panel in enumerate(row):
                frame = _frame(left + column * (across + _GAP), top + _ABOVE, across, panel, y)
                _draw_panel(canvas, frame, panel, values, chart.best, labels=column == 0)
            top += _row_height(row, across)

    height = round(_HEAD + sum(_row_height(row, across) for row in rows)) if rows else 140
    width = round(left + columns * (across + _GAP) - _GAP + 16)
    return Drawing(svg(width, height, draw, alt), width, height, alt, note)


def _frame(left: float, top: float, across: float, panel: _Panel, y: Scale) -> Frame:
    right, bottom = left + across, top + _PLOT_HEIGHT
    return Frame(left, top, right, bottom, panel.scale.over(left, right), y.over(bottom, top))


def _placed(values: "Array", panels: Sequence[_Panel]) -> "Array":
    """The values that have a place in some panel; all of them where none has."""
    import numpy as np

    there = [np.isfinite(panel.xs) for panel in panels]
    held = values[np.any(there, axis=0)] if there else values
    return held if np.isfinite(held).any() else values


def _row_height(row: Sequence[_Panel], across: float) -> float:
    turned = any(_turned(panel, across) for panel in row)
    return _ABOVE + _PLOT_HEIGHT + (58 if turned else 28)


def _turned(panel: _Panel, across: float) -> bool:
    """Whether the labels of the categories have no room side by side."""
    room = across / max(1, len(panel.categories)) - 8
    return room < _LEAST_ROOM and any(width_of(words) > room for words in panel.categories)


def _panel(parameter: Parameter, drawn: "NDArray[np.bool_]") -> _Panel | None:
    """The parameter in the runs that are drawn; None where none of them has it."""
    values = [
        value if there else None for value, there in zip(parameter.values, drawn, strict=True)
    ]
    present = [value for value in values if value is not None]
    if not present:
        return None
    numbers = [_number(value) for value in present]
    if all(map(isfinite, numbers)) and len(set(numbers)) > 1:
        places = [nan if value is None else _number(value) for value in values]
        xs = drawable(places)
        scale = frames.scale_for(xs, margin=0.05, decades=2)
        if scale:
            return _Panel(clean(parameter.name), xs, scale)
    return _categorical(clean(parameter.name), values, present)


def _number(value: str) -> float:
    """The number that a text is, nan where it is none."""
    try:
        return nan if "_" in value else float(value)
    except ValueError:
        return nan


def _categorical(name: str, values: Sequence[str | None], present: Sequence[str]) -> _Panel:
    names = [clean(value) or "(empty)" for value in present]
    counts = Counter(names)
    kept = sorted(counts, key=lambda name: (-counts[name], _order(name)))
    if len(kept) > MOST_CATEGORIES:
        kept = kept[: MOST_CATEGORIES - 1]
    categories = sorted(kept, key=_order)
    if len(counts) > MOST_CATEGORIES:
        categories.append(OTHER)  # comes last, and may stand beside a value of that name
    place = {name: float(i) for i, name in reversed(list(enumerate(categories)))}
    rest = len(categories) - 1.0
    xs = [nan if value is None else place.get(clean(value) or "(empty)", rest) for value in values]
    scale = Scale(-0.5, len(categories) - 0.5)
    return _Panel(name, drawable(xs), scale, tuple(categories))


def _order(name: str) -> tuple[bool, float, str]:
    """Numbers by size, then texts."""
    value = _number(name)
    return (True, 0, name) if not isfinite(value) else (False, value, name)


def _note(
    chart: ParameterAgainstMetric,
    values: "Array",
    told: Sequence[_Panel],
    y: Scale | None,
    outside: int,
) -> str:
    drawn = sum(map(isfinite, values))
    total = plural(len(values), "run")
    parts = [better(chart.direction), "log scale" if y and y.log else ""]
    parts.append(total if drawn == len(values) else f"{grouped(drawn)} of {total} have a value")
    if chart.best is not None and isfinite(values[chart.best]):
        parts.append(f"best: {clean(chart.labels[chart.best])}, {number(values[chart.best])}")
    if any(panel.categories for panel in told[:MOST_PANELS]):
        parts.append("short lines: medians")
    parts.append(f"{grouped(outside)} beyond the plot (^)" if outside else "")
    more = len(told) - MOST_PANELS
    parts.append(f"{plural(more, 'more parameter')} not shown" if more > 0 else "")
    return AND.join(part for part in parts if part)


def _alt(chart: ParameterAgainstMetric, panels: Sequence[_Panel], note: str) -> str:
    names = ", ".join(panel.name for panel in panels) or "no parameter"
    return f"{clean(chart.metric)} against {names}: {note}."


def _draw_panel(
    canvas: Canvas,
    frame: Frame,
    panel: _Panel,
    values: "Array",
    best: int | None,
    *,
    labels: bool,
) -> None:
    import numpy as np

    room = frame.right - frame.left
    name = f"{panel.name} (log scale)" if panel.scale.log else panel.name
    words = canvas.fitted(name, room, size=12, bold=True)
    canvas.text(frame.left, frame.top - 9, words, size=12, bold=True)
    frames.draw_grid(canvas, frame, _TICKS, labels=labels)
    if panel.categories:
        _draw_categories(canvas, frame, panel, values)
    else:
        finite = np.unique(panel.xs[np.isfinite(panel.xs)])
        few = tuple(map(float, finite)) if len(finite) <= 5 else ()
        frames.draw_x_ticks(canvas, frame, "", whole=frames.are_whole(finite), at=few)
    xs, ys = frame.x.place(panel.xs), frame.y.held(values)
    outside = frames.beyond(frame.y, values)
    there = np.isfinite(xs) & np.isfinite(ys) & ~outside
    canvas.dots(xs[there], ys[there], "dot", 5.5 if len(ys) <= 300 else 4, opacity=0.75)
    for up in (True, False):
        tips = outside & np.isfinite(xs) & ((values > frame.y.high) == up)
        canvas.carets(xs[tips], ys[tips], "dot", up=up)
    if best is not None and np.isfinite(xs[best]):
        canvas.dots(xs[best : best + 1], ys[best : best + 1], "accent", 8)


def _draw_categories(canvas: Canvas, frame: Frame, panel: _Panel, values: "Array") -> None:
    """The labels of the categories, and a short line at the median of each."""
    import numpy as np

    across = frame.right - frame.left
    turned = _turned(panel, across)
    room = _TURNED_ROOM if turned else across / len(panel.categories) - 8
    for place, words in enumerate(_shortened(canvas, panel.categories, room)):
        x = frame.x.at(place)
        if turned:
            end = frame.bottom + 14
            canvas.text(x + 4, end, words, "faint", anchor="right", turned=_TURN)
        else:
            canvas.text(x, frame.bottom + 16, words, "faint", anchor="center")
        inside = values[(panel.xs == place) & np.isfinite(values)]
        if len(inside) > 2:
            y = float(frame.y.held(np.median(inside, keepdims=True))[0])
            canvas.lines((x - 8, x + 8), (y, y), "second", 1.5)


def _shortened(canvas: Canvas, categories: Sequence[str], room: float) -> list[str]:
    """The labels in their room: cut at the end, or at the start where that makes them equal."""
    ends = [canvas.fitted(words, room) for words in categories]
    starts = [canvas.fitted(words[::-1], room)[::-1] for words in categories]
    return ends if len(set(ends)) >= len(set(starts)) else starts
