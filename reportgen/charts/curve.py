"""Curves of metrics as SVG that stands in the page.

Drawn without a plotting library: a run has many metrics, a store has many runs, and this takes a
hundredth of the time and a tenth of the bytes. Colours and strokes come from `charts.css`. Shapes
are in whole halves of a unit, which needs no decimal points; texts are in units, 11 high.
"""

from array import array
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from reportgen.charts.axes import (
    HALVES,
    WIDTH,
    Frame,
    XAxis,
    XKind,
    YAxis,
    around,
    y_axis,
    y_room,
)
from reportgen.charts.labels import (
    ROW,
    Label,
    end_labels,
    end_room,
    legend,
    names_fit,
)
from reportgen.charts.text import clean, last_values, safe
from reportgen.charts.traces import CONTEXT, Line, Trace, described, drawn, points_told, traced
from reportgen.thin import packed

__all__ = ["CONTEXT", "Curve", "Line", "XKind", "choose_x", "curve_svg"]

_HEIGHT = 200  # units, without rows of names
_LEAST_LEFT = 34  # units; charts side by side mostly have frames of one width
_MOST_DESCRIBED = 8  # lines


class Curve(NamedTuple):
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
    if timestamps[-1] == start:
        return "order", array("q", range(1, count + 1))
    return "time", packed([time - start for time in timestamps])


def curve_svg(chart: Curve) -> str:
    """A chart as an `svg` element.

    The y axis is logarithmic where all values are above 0 and span more than three decades; the
    chart says so.
    """
    lines = [line for line in chart.lines if len(line.xs)]
    low = min([line.xs[0] for line in lines], default=0)
    high = max([line.xs[-1] for line in lines], default=0)
    x = XAxis(chart.x, low, high)
    traces = [traced(line, x) for line in lines]
    least = min([trace.low for trace in traces], default=inf)
    most = max([trace.high for trace in traces], default=-inf)
    y = y_axis(least, most) if least <= most else None
    return _svg(chart, traces, x, y)


def _svg(chart: Curve, traces: list[Trace], x: XAxis, y: YAxis | None) -> str:
    named = [trace for trace in traces if trace.line.color != CONTEXT]
    labels = _labels(named, y.ticks.decimals if y else 0)
    above = len(labels) > 1 and not names_fit(labels)
    swatches, names, rows = legend(labels) if above else ("", "", 0)
    note = safe(" · ".join(filter(None, (chart.unit, *_notes(x, y)))))
    frame = _frame(x, y, labels, rows, noted=bool(note))
    grid, scale = around(x, y, frame)
    behind = "".join([drawn(t, x, y, frame)[0] for t in traces if t.line.color == CONTEXT])
    shapes = [drawn(trace, x, y, frame) for trace in named]
    ends = [end / HALVES for _, end in shapes]
    marks, values = end_labels(labels, ends, frame, spans=x.high > x.low)
    if y is None:
        names += _nothing(traces, frame)
    if note:
        names += f'<text class="n" x="0" y="{rows * ROW + 10}">{note}</text>'
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {_HEIGHT + rows * ROW}" role="img"'
        f' aria-label="{safe(f"{chart.title}: {_description(chart, traces, x, y)}")}">'
        f'<g transform="scale(.5)">{grid}{behind}{"".join([shape for shape, _ in shapes])}'
        f"{marks}{swatches}</g>{scale}{names}{values}</svg>"
    )


def _labels(named: Sequence[Trace], decimals: int) -> list[Label]:
    values = last_values([trace.line.ys[-1] for trace in named], decimals)
    alone = len(named) == 1
    return [
        Label("" if alone else clean(trace.line.label), value, trace.line.color, trace.line.dashed)
        for trace, value in zip(named, values, strict=True)
    ]


def _notes(x: XAxis, y: YAxis | None) -> Iterator[str]:
    """What a reader of the axes must know."""
    if y and y.is_log:
        yield "log scale"
    if y and y.ticks.note:
        yield f"values {y.ticks.note}"
    if x.note:
        yield f"{x.kind} {x.note}"


def _frame(x: XAxis, y: YAxis | None, labels: Sequence[Label], rows: int, *, noted: bool) -> Frame:
    left = _LEAST_LEFT
    if y:
        left = max(left, y_room(y))
    right = WIDTH - round(max(x.margin, end_room(labels)))
    top = rows * ROW + (22 if noted else 9)
    return Frame(left, right, top, rows * ROW + _HEIGHT - 24)


def _nothing(traces: Sequence[Trace], frame: Frame) -> str:
    """What stands in a chart in which there is nothing to see."""
    text = "no finite values" if traces else "no points"
    middle = (frame.left + frame.right) // 2, (frame.top + frame.bottom) // 2
    return f'<text class="o" x="{middle[0]}" y="{middle[1]}">{text}</text>'


def _description(chart: Curve, traces: Sequence[Trace], x: XAxis, y: YAxis | None) -> str:
    """The chart in words."""
    if not traces:
        return "no points"
    scale = ", log scale" if y and y.is_log else ""
    if len(traces) == 1:
        return f"{points_told(len(traces[0].line.xs), x)}{scale}: {described(traces[0])}"
    told = [trace for trace in traces if trace.line.color != CONTEXT][:_MOST_DESCRIBED]
    texts = [f"{trace.line.label}: {described(trace)}" for trace in told]
    rest = len(traces) - len(told)
    if rest:
        texts.append(f"and {rest} more")
    return f"{len(traces)} lines by {x.kind}{scale}. {'; '.join(texts)}"
