"""One metric by run, in the order in which the runs were started."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from reportgen.charts.painted import frame as frames
from reportgen.charts.painted.canvas import Anchor, Canvas, width_of
from reportgen.charts.painted.frame import Frame, Scale, drawable
from reportgen.charts.painted.inks import series
from reportgen.charts.painted.paint import Drawing, svg
from reportgen.charts.painted.texts import AND, HIGHER, LOWER, behind, better, clean
from reportgen.spelling import grouped, number, plural
from reportgen.values import frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WIDTH, HEIGHT = 560, 280
_FOOT = 20  # px below the values, for runs that have none
_NAME = 16  # px above or below the values, for the name of the best run


@frozen
class RunValue:
    """The value of a metric that stands for one run."""

    label: str
    value: float | None  # None, nan and inf: no dot
    failed: bool = False
    colour: int | None = None  # of the run on the whole site, from 0; None for grey


@frozen
class MetricByRun:
    """What to draw: the runs in order of start, and which of them is the best."""

    metric: str
    runs: Sequence[RunValue]
    direction: str = ""  # higher, lower, or "" where it is not known which is better
    best: int | None = None  # index into runs


def draw_metric_by_run(chart: MetricByRun) -> Drawing:
    """The values of the runs as an SVG of 560 by 280 px.

    Dots are values, crosses are failed runs: at their value or, without one, at the foot. Where
    the direction is known, a line steps along the best value so far.
    """
    import numpy as np

    values = drawable([np.nan if run.value is None else run.value for run in chart.runs])
    scale = frames.scale_for(values, margin=0.04, decades=frames.DECADES, cut=True)
    note = _note(chart, values, scale)

    def draw(canvas: Canvas) -> None:
        frames.draw_heading(canvas, clean(chart.metric), note)
        if scale is None:
            frames.draw_nothing(canvas, "no finite value to draw")
            return
        left, right, bottom = 4 + frames.label_room(scale), WIDTH - 12, HEIGHT - 38
        foot = _FOOT if np.isnan(values).any() else 0
        foot += _NAME if chart.direction == LOWER else 0
        top = 48 if chart.direction == LOWER else 48 + _NAME
        x = Scale(0.5, len(values) + 0.5, left, right)
        frame = Frame(left, top, right, bottom, x, scale.over(bottom - foot, top))
        frames.draw_grid(canvas, frame)
        few = range(1, len(values) + 1) if len(values) <= 8 else ()
        frames.draw_x_ticks(canvas, frame, "runs in order of start", whole=True, at=few)
        _draw_runs(canvas, frame, chart, values)
        _draw_best(canvas, frame, chart, values)

    alt = _alt(chart, note)
    return Drawing(svg(WIDTH, HEIGHT, draw, alt), WIDTH, HEIGHT, alt, note)


def _note(chart: MetricByRun, values: "Array", scale: Scale | None) -> str:
    import numpy as np

    failed = sum(run.failed for run in chart.runs)
    nothing = np.isnan(values)
    bare = sum(none and not run.failed for none, run in zip(nothing, chart.runs, strict=True))
    log = "log scale" if scale and scale.log else ""
    parts = [better(chart.direction), log, plural(len(chart.runs), "run")]
    parts.append(f"{grouped(failed)} failed (×)" if failed else "")
    parts.append(f"{grouped(int(bare))} without a value (–)" if bare else "")
    outside = int(frames.beyond(scale, values).sum())
    parts.append(f"{grouped(outside)} beyond the plot (^)" if outside else "")
    if better(chart.direction) and (~nothing).sum() > 1:
        parts.append("line: best so far")
    return AND.join(part for part in parts if part)


def _alt(chart: MetricByRun, note: str) -> str:
    best = ""
    if chart.best is not None:
        run = chart.runs[chart.best]
        at = "" if run.value is None or not isfinite(run.value) else f" with {number(run.value)}"
        best = f" The best is {clean(run.label)}{at}."
    return f"{clean(chart.metric)} by run, in order of start: {note}.{best}"


def best_so_far(values: "Array", direction: str) -> "Array":
    """The best of the values (n,) up to each; nan before the first value."""
    import numpy as np

    best: Array = (np.fmax if direction == HIGHER else np.fmin).accumulate(values)
    return best


def _draw_runs(canvas: Canvas, frame: Frame, chart: MetricByRun, values: "Array") -> None:
    import numpy as np

    xs, ys = frame.x.place(np.arange(1.0, len(values) + 1)), frame.y.held(values)
    failed = np.array([run.failed for run in chart.runs], dtype=bool)
    outside = frames.beyond(frame.y, values)
    there = np.isfinite(values) & ~outside
    nothing = np.isnan(values)
    size = 6 if len(values) <= 200 else 4
    if chart.direction in {HIGHER, LOWER}:
        best = frame.y.held(best_so_far(values, chart.direction))
        steps = np.repeat(best, 2)[:-1]
        canvas.lines(np.repeat(xs, 2)[1:], steps, "accent", 1.5)
    inks = [series(run.colour, "dot") for run in chart.runs]
    for ink in sorted(set(inks)):
        chosen = there & ~failed & np.array([one == ink for one in inks], dtype=bool)
        canvas.dots(xs[chosen], ys[chosen], ink, size)
    canvas.crosses(xs[there & failed], ys[there & failed], "bad", size + 1)
    for up in (True, False):
        tips = outside & ((values > frame.y.high) == up)
        canvas.carets(xs[tips], ys[tips], "dot", up=up)
    foot = np.full(len(values), frame.bottom - 5)
    canvas.crosses(xs[nothing & failed], foot[nothing & failed], "bad", size + 1)
    for x in xs[nothing & ~failed]:
        canvas.lines((x - 2.5, x + 2.5), (frame.bottom - 5, frame.bottom - 5), "dot", 1.5)


def _draw_best(canvas: Canvas, frame: Frame, chart: MetricByRun, values: "Array") -> None:
    """A larger dot and the name of the best run, above or below all others."""
    if chart.best is None or not isfinite(values[chart.best]):
        return
    run = chart.runs[chart.best]
    x, y = frame.x.at(chart.best + 1), float(frame.y.held(values[chart.best : chart.best + 1])[0])
    canvas.dots((x,), (y,), series(run.colour, "accent"), 9)
    value = behind(run.label, number(values[chart.best]))
    room = (frame.right - frame.left) / 2 - width_of(value, bold=True)
    words = canvas.fitted(clean(run.label), room, bold=True) + value
    half = width_of(words, bold=True) / 2
    anchor: Anchor = "center"
    if x + half > frame.right:
        x, anchor = frame.right, "right"
    elif x - half < frame.left:
        x, anchor = frame.left, "left"
    canvas.text(x, y + 18 if chart.direction == LOWER else y - 9, words, bold=True, anchor=anchor)
