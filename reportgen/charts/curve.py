"""Curves of metrics as SVG that stands in the page.

Drawn without a plotting library: a run has many metrics, a store has many runs, and this takes a
hundredth of the time and a tenth of the bytes. Colours and strokes come from `charts.css`. Shapes
are in whole tenths of a unit, which needs no decimal points; texts are in units, 11 high.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from reportgen.charts.axes import Frame, XAxis, XKind, YAxis, y_axis, y_grid
from reportgen.charts.labels import (
    ROW,
    WIDTH,
    Label,
    end_labels,
    end_room,
    legend,
    names_fit,
)
from reportgen.charts.text import clean, last_values, safe, width
from reportgen.charts.traces import CONTEXT, Line, Trace, described, drawn, traced, x_text
from reportgen.spelling import grouped

__all__ = ["CONTEXT", "Curve", "Line", "XKind", "choose_x", "curve_svg"]

_HEIGHT = 200  # units, without rows of names
_LEAST_LEFT = 34  # units; charts side by side mostly have frames of one width
_MOST_DESCRIBED = 8  # lines


@dataclass(frozen=True, slots=True)
class Curve:
    """A chart of one or more lines over one x axis."""

    title: str
    lines: tuple[Line, ...]
    x: XKind = "step"
    unit: str = ""  # of the values, e.g. "MB"


def choose_x(steps: Sequence[int], timestamps: Sequence[int]) -> tuple[XKind, Sequence[int]]:
    """What a series is drawn over: its steps, else ms since its first point, else 1 to n.

    Steps count where they differ or there is one point; times where they differ. Takes (n,) steps
    and (n,) timestamps in ms, in the order of `MetricSeries`.
    """
    count = len(steps)
    if count < 2 or steps[0] != steps[-1]:
        return "step", steps
    start = timestamps[0]
    if timestamps[-1] != start:
        return "time", [time - start for time in timestamps]
    return "order", range(1, count + 1)


def curve_svg(chart: Curve, prefix: str) -> str:
    """A chart as an `svg` element.

    `prefix` makes the ids in it unique in the page: letters, digits, "-" and "_". The y axis is
    logarithmic where all values are above 0 and span more than three decades; the chart says so.
    """
    lines = [line for line in chart.lines if len(line.xs)]
    low = min((line.xs[0] for line in lines), default=0)
    high = max((line.xs[-1] for line in lines), default=0)
    x = XAxis(chart.x, low, high)
    traces = [traced(line, x) for line in lines]
    least = min((trace.low for trace in traces), default=inf)
    most = max((trace.high for trace in traces), default=-inf)
    y = y_axis(least, most) if least <= most else None
    return _svg(chart, traces, x, y, safe(prefix))


def _svg(chart: Curve, traces: list[Trace], x: XAxis, y: YAxis | None, prefix: str) -> str:
    named = [trace for trace in traces if trace.line.color != CONTEXT]
    labels = _labels(named, y.ticks.decimals if y else 0)
    above = len(labels) > 1 and not names_fit(labels)
    swatches, names, rows = legend(labels) if above else ("", "", 0)
    note = " · ".join(filter(None, (safe(chart.unit), *_notes(x, y))))
    frame = _frame(x, y, labels, rows, noted=bool(note))
    height = _HEIGHT + rows * ROW

    grid, scale = y_grid(y, frame) if y else ("", _nothing(traces, frame))
    ends = _ends(named, y, frame)
    marks, values = end_labels(labels, ends, frame, spans=x.high > x.low)
    behind = "".join(drawn(t, x, y, frame) for t in traces if t.line.color == CONTEXT)
    shapes = "".join(drawn(trace, x, y, frame) for trace in named)
    if note:
        names += f'<text class="n" x="0" y="{rows * ROW + 10}">{note}</text>'
    base = f'<path class="a" d="M{10 * frame.left} {10 * frame.bottom}H{10 * frame.right}"/>'
    if grid:
        grid = f'<path class="g" d="{grid}"/>'
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-labelledby="{prefix}-t {prefix}-d">'
        f'<title id="{prefix}-t">{safe(chart.title)}</title>'
        f'<desc id="{prefix}-d">{_description(chart, traces, x, y)}</desc>'
        f'<g transform="scale(.1)">{grid}{base}{behind}{shapes}{marks}{swatches}</g>'
        f"{scale}{x.markup(frame)}"
        f'<text class="u" x="{WIDTH}" y="{height - 7}">{x.kind}</text>{names}{values}</svg>'
    )


def _labels(named: Sequence[Trace], decimals: int) -> list[Label]:
    values = last_values([trace.line.ys[-1] for trace in named], decimals)
    alone = len(named) == 1
    return [
        Label("" if alone else clean(trace.line.label), value, trace.line.color, trace.line.dashed)
        for trace, value in zip(named, values, strict=True)
    ]


def _notes(x: XAxis, y: YAxis | None) -> list[str]:
    """What a reader of the axes must know."""
    notes = []
    if y:
        notes.append("log scale" if y.is_log else "")
        notes.append(y.ticks.note and f"values {y.ticks.note}")
    return [*notes, x.note and f"{x.kind} {x.note}"]


def _frame(x: XAxis, y: YAxis | None, labels: Sequence[Label], rows: int, *, noted: bool) -> Frame:
    left = _LEAST_LEFT
    if y:
        left = max(left, round(max(map(width, y.ticks.labels))) + 9)
    right = WIDTH - round(max(x.margin, end_room(labels)))
    top = rows * ROW + (22 if noted else 9)
    return Frame(left, right, top, rows * ROW + _HEIGHT - 24)


def _ends(named: Sequence[Trace], y: YAxis | None, frame: Frame) -> list[float]:
    """The heights at which lines end, in units; of a line without a finite value, the foot."""
    places = []
    for trace in named:
        last = trace.end()
        if y is None or last is None:
            places.append(float(frame.bottom))
        else:
            places.append(y.places([last], frame)[0] / 10)
    return places


def _nothing(traces: Sequence[Trace], frame: Frame) -> str:
    """What stands in a chart in which there is nothing to see."""
    text = "no finite values" if traces else "no points"
    middle = (frame.left + frame.right) // 2, (frame.top + frame.bottom) // 2
    return f'<text class="o" x="{middle[0]}" y="{middle[1]}">{text}</text>'


def _description(chart: Curve, traces: Sequence[Trace], x: XAxis, y: YAxis | None) -> str:
    """The chart in words, escaped."""
    if not traces:
        return "no points"
    scale = ", log scale" if y and y.is_log else ""
    if len(traces) == 1:
        count = len(traces[0].line.xs)
        points = "1 point" if count == 1 else f"{grouped(count)} points"
        reach = f"from {x_text(x.low, x.kind)} to {x_text(x.high, x.kind, bare=True)}"
        where = f"at {x_text(x.low, x.kind)}" if x.low == x.high else reach
        return safe(f"{points} {where}{scale}: {described(traces[0])}")
    told = [trace for trace in traces if trace.line.color != CONTEXT][:_MOST_DESCRIBED]
    texts = [f"{trace.line.label}: {described(trace)}" for trace in told]
    rest = len(traces) - len(told)
    if rest:
        texts.append(f"and {rest} more")
    return safe(f"{len(traces)} lines by {x.kind}{scale}. {'; '.join(texts)}")
