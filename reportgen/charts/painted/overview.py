"""One metric over all runs of an experiment: a few in colour, the best thicker, the rest grey."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING

from reportgen.charts.painted import frame as frames
from reportgen.charts.painted.canvas import Canvas, width_of
from reportgen.charts.painted.frame import Frame, drawable
from reportgen.charts.painted.inks import series
from reportgen.charts.painted.paint import Drawing, svg
from reportgen.charts.painted.texts import AND, behind, better, clean
from reportgen.charts.painted.thin import lonely, thin
from reportgen.spelling import grouped, number, plural
from reportgen.values import frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WIDTH, HEIGHT = 560, 280
MOST_COLOURED = 7  # with the best
MOST_GREY = 100
POINTS = 200  # of a line
GREY_POINTS = 6000  # of all grey lines together
_LABELS = 168  # px for names at the right, at most
_LEADING = 15  # px from one name to the next


@frozen
class RunLine:
    """The points of a metric in one run."""

    label: str
    xs: Sequence[float]  # (n,), rising: steps, or seconds
    ys: Sequence[float]  # (n,); nan and inf leave a gap
    colour: int | None = None  # of the run on the whole site, from 0; None for grey
    value: float = nan  # to show beside the name; nan for none
    running: bool = False  # drawn dashed, for more is to come


@frozen
class MetricOverRuns:
    """What to draw: the runs in a fixed order, and which of them is the best."""

    metric: str
    runs: Sequence[RunLine]
    direction: str = ""  # higher, lower, or "" where it is not known which is better
    best: int | None = None  # index into runs
    x_label: str = "step"


@frozen
class _Line:
    """A run as it is drawn: points (n,), thinned."""

    run: RunLine
    xs: "Array"
    ys: "Array"
    gaps: int  # points that were not finite
    ink: str
    best: bool


def draw_metric_over_runs(chart: MetricOverRuns) -> Drawing:
    """The curves of a metric as an SVG of 560 by 280 px.

    Beyond 100 grey runs, as many are taken evenly from all; the note tells.
    """
    import numpy as np

    grey, focus = _chosen(chart)
    lines = (*grey, *focus)
    y = frames.scale_for(_joined([line.ys for line in lines]), margin=0.04, decades=frames.DECADES)
    xs = _joined([line.xs for line in lines])
    x = frames.scale_for(xs)
    note = _note(chart, lines, log=bool(y and y.log))

    def draw(canvas: Canvas) -> None:
        frames.draw_heading(canvas, clean(chart.metric), note)
        if x is None or y is None:
            frames.draw_nothing(canvas, "no finite value to draw")
            return
        labels = _labels(canvas, focus)
        gutter = max((width_of(words, bold=line.best) for line, words in labels), default=-8) + 24
        left, bottom = 4 + frames.label_room(y), HEIGHT - 38
        right = WIDTH - gutter
        frame = Frame(left, 48, right, bottom, x.over(left, right), y.over(bottom, 48))
        frames.draw_grid(canvas, frame)
        at = (float(np.nanmin(xs)),) if np.nanmin(xs) == np.nanmax(xs) else ()
        frames.draw_x_ticks(canvas, frame, clean(chart.x_label), whole=frames.are_whole(xs), at=at)
        _draw_grey(canvas, frame, grey)
        for line in focus:
            _draw_focus(canvas, frame, line)
        _draw_labels(canvas, frame, labels)

    alt = _alt(chart, note)
    return Drawing(svg(WIDTH, HEIGHT, draw, alt), WIDTH, HEIGHT, alt, note)


def _note(chart: MetricOverRuns, lines: Sequence[_Line], *, log: bool) -> str:
    total = plural(len(chart.runs), "run")
    drawn = total if len(lines) == len(chart.runs) else f"{grouped(len(lines))} of {total} drawn"
    gaps = sum(line.gaps for line in lines)
    missing = f"{plural(gaps, 'value')} not finite" if gaps else ""
    parts = (better(chart.direction), "log scale" if log else "", drawn, missing)
    return AND.join(part for part in parts if part)


def _alt(chart: MetricOverRuns, note: str) -> str:
    best = ""
    if chart.best is not None:
        run = chart.runs[chart.best]
        at = f" with {number(run.value)}" if isfinite(run.value) else ""
        best = f" The best is {clean(run.label)}{at}."
    return f"{clean(chart.metric)} by {clean(chart.x_label)}: {note}.{best}"


def chosen_lines(colours: Sequence[int | None], best: int | None) -> tuple[list[int], list[int]]:
    """Which of some runs are drawn: those in grey, and those in focus, the best last.

    `best` is an index; the colours are as in `RunLine`.
    """
    last = [] if best is None else [best]
    if len(colours) == 1:
        last = [0]  # a single run is not the context of another
    coloured = [i for i, colour in enumerate(colours) if colour is not None and i not in last]
    focus = coloured[: MOST_COLOURED - len(last)] + last
    rest = [i for i in range(len(colours)) if i not in set(focus)]
    if len(rest) > MOST_GREY:
        rest = [rest[i * len(rest) // MOST_GREY] for i in range(MOST_GREY)]
    return rest, focus


def _chosen(chart: MetricOverRuns) -> tuple[list[_Line], list[_Line]]:
    """The grey lines and those in focus, the best last."""
    rest, focus = chosen_lines([run.colour for run in chart.runs], chart.best)
    limit = max(40, min(POINTS, GREY_POINTS // max(1, len(rest))))
    return [_line(chart, i, limit) for i in rest], [_line(chart, i, POINTS) for i in focus]


def _line(chart: MetricOverRuns, index: int, limit: int) -> _Line:
    import numpy as np

    run = chart.runs[index]
    xs, ys = drawable(run.xs), drawable(run.ys)
    ys[np.isnan(xs)] = np.nan
    xs[np.isnan(ys)] = np.nan
    gaps = int(np.isnan(ys).sum())
    xs, ys = thin(xs, ys, limit)
    return _Line(run, xs, ys, gaps, series(run.colour, "accent"), index == chart.best)


def _joined(arrays: "Sequence[Array]") -> "Array":
    import numpy as np

    return np.concatenate([np.empty(0), *arrays])


def _draw_grey(canvas: Canvas, frame: Frame, lines: Sequence[_Line]) -> None:
    """All grey lines as one, which takes fewer bytes and less time than one for each."""
    import numpy as np

    if not lines:
        return
    gap = np.array([np.nan])
    xs = frame.x.place(_joined([part for line in lines for part in (line.xs, gap)]))
    ys = frame.y.place(_joined([part for line in lines for part in (line.ys, gap)]))
    canvas.lines(xs, ys, "context", 1)
    alone = lonely(ys)
    canvas.dots(xs[alone], ys[alone], "context", 4)


def _draw_focus(canvas: Canvas, frame: Frame, line: _Line) -> None:
    import numpy as np

    xs, ys = frame.x.place(line.xs), frame.y.place(line.ys)
    canvas.lines(xs, ys, line.ink, 2.5 if line.best else 1.75, dashed=line.run.running)
    alone = lonely(ys)
    alone[np.flatnonzero(np.isfinite(ys))[-1:]] = True  # a dot at the end as well
    canvas.dots(xs[alone], ys[alone], line.ink, 7 if line.best else 5)


def _labels(canvas: Canvas, lines: Sequence[_Line]) -> list[tuple[_Line, str]]:
    """The names of the lines that have an end, with their values, in their room."""
    import numpy as np

    labels = []
    for line in lines:
        run = line.run
        if np.isfinite(line.ys).any():
            value = behind(run.label, number(run.value)) if isfinite(run.value) else ""
            room = _LABELS - width_of(value, bold=line.best)
            name = canvas.fitted(clean(run.label), room, bold=line.best)
            labels.append((line, name + value))
    return labels


def _draw_labels(canvas: Canvas, frame: Frame, labels: Sequence[tuple[_Line, str]]) -> None:
    """Names at the right, each as near to the end of its line as the others allow."""
    import numpy as np

    ends = [frame.y.at(line.ys[np.isfinite(line.ys)][-1]) for line, _ in labels]
    order = sorted(range(len(ends)), key=lambda i: (ends[i], i))
    places = spread([ends[i] for i in order], _LEADING, frame.top, frame.bottom)
    for y, (line, words) in zip(places, (labels[i] for i in order), strict=True):
        start = frame.right + 8
        canvas.lines((start, start + 8), (y, y), line.ink, 2.5, dashed=False)
        ink = "text" if line.best else "second"
        canvas.text(start + 13, y + 4, words, ink, bold=line.best)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places with at least `gap` between them, near those wanted (rising), from low to high."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else low))
    for i in range(len(places) - 1, -1, -1):
        limit = places[i + 1] - gap if i + 1 < len(places) else high
        places[i] = min(places[i], limit)
    return places
