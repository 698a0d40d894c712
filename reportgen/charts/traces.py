"""One line of a chart: thinned, drawn and described."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf, isfinite
from operator import sub
from typing import NamedTuple

from reportgen.charts.axes import HALVES, Frame, XAxis, XKind, YAxis
from reportgen.charts.text import number
from reportgen.native import points as _points
from reportgen.spelling import THIN, grouped, minus
from reportgen.spelling import number as spelled
from reportgen.thin import is_packed, thin

CONTEXT = "context"  # the colour class of lines that are there for comparison only

_COLUMNS = 64  # a line is drawn through the corners of so many columns
_LONG, _LONG_COLUMNS = 10_000, 160  # so much goes up and down that it should look full
_CONTEXT_COLUMNS = 40
_DENSE_POINTS = 2 * _COLUMNS
_DENSE_TRAVEL = 10_000  # halves up and down, in all
_MOST_BETWEEN = 24  # points that one stretch replaces
_FOOT = 14  # halves: the height of a mark for nan
_ARROW, _TALL = 7, 12  # halves: half the width of a mark for inf, and its height


class Line(NamedTuple):
    """One series of a chart."""

    label: str
    xs: Sequence[int]  # (n,) rising or level: steps, ms since the first, or 1 to n
    ys: Sequence[float]  # (n,); nan and inf are shown as gaps and marks
    color: str = "c1"  # c1 to c7, or CONTEXT
    dashed: bool = False


class Trace(NamedTuple):
    """A line, and the points that are drawn of it."""

    line: Line
    kept: Sequence[int]  # (k,) indices; a memoryview where the compiled part draws them
    low: float  # inf where no value is finite, as high is -inf
    high: float
    clean: bool  # all values are finite

    @property
    def ys(self) -> list[float]:
        """The (k,) values that are drawn."""
        values = self.line.ys
        return [values[index] for index in self.kept]


def traced(line: Line, x: XAxis) -> Trace:
    """Thin a line of one or more points. A line over half of the axis has half of the columns."""
    xs, ys = line.xs, line.ys
    columns = _LONG_COLUMNS if len(xs) > _LONG else _COLUMNS
    if line.color == CONTEXT:
        columns = _CONTEXT_COLUMNS
    if x.high > x.low:
        columns = max(1, -(-columns * (xs[-1] - xs[0]) // (x.high - x.low)))
    if _points is not None and is_packed(xs, "q") and is_packed(ys, "d"):
        packed, low, high, finite = _points.corners(xs, ys, columns)
        kept: Sequence[int] = memoryview(packed).cast("q")
    else:
        kept = thin(xs, ys, columns)
        values = [ys[index] for index in kept if isfinite(ys[index])]
        low, high, finite = min(values, default=inf), max(values, default=-inf), len(values)
    return Trace(line, kept, low, high, clean=finite == len(kept))


def drawn(trace: Trace, x: XAxis, y: YAxis | None, frame: Frame) -> tuple[str, int]:
    """A line with a dot at its end, with gaps and marks where values are not finite.

    `y` is None where the chart has no finite value. Also the y of the end: of a line without a
    finite value, the foot.
    """
    line, marks, last_y = trace.line, "", HALVES * frame.bottom
    if not trace.clean:
        xs = x.places([line.xs[index] for index in trace.kept], frame)
        marks = _marks(trace, xs, x.kind, frame)
    if y is None:
        return marks, last_y
    strokes, lone, dot, fine = "", "", "", False
    for start, end in [(0, len(trace.kept))] if trace.clean else _finite_runs(trace.ys):
        path, last_x, last_y, travel = _path(line, trace.kept[start:end], x, y, frame)
        dot = _dot(line, last_x, last_y)
        if end - start == 1:
            lone += path
        else:
            fine = fine or (end - start > _DENSE_POINTS and travel > _DENSE_TRAVEL)
            strokes += path
    parts = _stroke(line, strokes, "l", fine=fine) if strokes else ""
    if lone:
        parts += _stroke(line, lone, "p")
    return parts + dot + marks, last_y


def _path(
    line: Line, kept: Sequence[int], x: XAxis, y: YAxis, frame: Frame
) -> tuple[str, int, int, int]:
    """The path through kept points, its last x and y, and how far it goes up and down."""
    along = x.line(frame)
    if _points is not None and isinstance(kept, memoryview) and along is not None and not y.power:
        found = _points.stroke(line.xs, line.ys, kept, *along, *y.line(frame), y.is_log)
        if found is not None:
            return found
    xs = x.places([line.xs[index] for index in kept], frame)
    ys = y.places([line.ys[index] for index in kept], frame)
    travel = sum(map(abs, map(sub, ys[1:], ys)))
    return _spelled(_simplified(list(zip(xs, ys, strict=True)))), xs[-1], ys[-1], travel


def _simplified(spots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spots without those that lie near the stretch between the ones before and behind."""
    left, start = [spots[0]], 0
    for end in range(2, len(spots)):
        between = range(start + 1, end)
        if len(between) >= _MOST_BETWEEN or not all(
            _is_near(spots[place], spots[start], spots[end]) for place in between
        ):
            start = end - 1
            left.append(spots[start])
    return [*left, spots[-1]] if len(spots) > 1 else left


def _is_near(at: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a spot is no farther than the root of a half from the stretch between two others.

    That is a third of a unit: less makes bends of smooth curves show.
    """
    run, rise = end[0] - start[0], end[1] - start[1]
    x, y = at[0] - start[0], at[1] - start[1]
    along, length = run * x + rise * y, run * run + rise * rise
    if along <= 0:
        return x == y == 0
    if along >= length:
        return x == run and y == rise
    return 2 * (run * y - rise * x) ** 2 <= length


def _finite_runs(values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of finite values."""
    start = 0
    for index, value in enumerate(values):
        if not isfinite(value):
            if index > start:
                yield start, index
            start = index + 1
    if len(values) > start:
        yield start, len(values)


def _spelled(spots: Sequence[tuple[int, int]]) -> str:
    """Path data through one or more spots; one alone is a stroke of no length."""
    start = f"M{spots[0][0]} {spots[0][1]}"
    if len(spots) == 1:
        return f"{start}h0"
    steps = [f"{x - x0},{y - y0}" for (x0, y0), (x, y) in pairwise(spots)]
    return f"{start}l{','.join(steps).replace(',-', '-')}"


def _stroke(line: Line, path: str, css: str, *, fine: bool = False) -> str:
    more = (" d" if line.dashed and css == "l" else "") + (" f" if fine else "")
    return f'<path class="{css} {line.color}{more}" d="{path}"/>'


def _dot(line: Line, x: int, y: int) -> str:
    if line.color == CONTEXT:
        return ""
    return f'<circle class="{line.color}" cx="{x}" cy="{y}" r="5.6"/>'


def _marks(trace: Trace, xs: list[int], kind: XKind, frame: Frame) -> str:
    """A foot or an arrow for each stretch of values that are nan, inf or -inf."""
    parts = []
    values, count = trace.ys, len(trace.ys)
    index = 0
    while index < count:
        start, word = index, _word(values[index])
        index += 1
        if not word:
            continue
        while index < count and _word(values[index]) == word:
            index += 1
        where = _where(trace, word, start, index - 1, kind)
        title = f"<title>{word} {where}</title>"
        path = _shape(word, xs[start], xs[index - 1], frame)
        stretch = " s" if index - 1 > start else ""
        parts.append(f'<path class="m{stretch}" d="{path}">{title}</path>')
    return "".join(parts)


def _word(value: float) -> str:
    return "" if isfinite(value) else minus(str(value))


def _where(trace: Trace, word: str, start: int, end: int, kind: XKind) -> str:
    """Where a stretch of values that are not finite lies, also the part that is not drawn."""
    xs, ys = trace.line.xs, trace.line.ys
    first, last = trace.kept[start], trace.kept[end]
    while first and _word(ys[first - 1]) == word:
        first -= 1
    while last + 1 < len(ys) and _word(ys[last + 1]) == word:
        last += 1
    if xs[first] == xs[last]:
        return f"at {x_text(xs[first], kind)}"
    return f"from {x_text(xs[first], kind)} to {x_text(xs[last], kind, bare=True)}"


def _shape(word: str, start: int, end: int, frame: Frame) -> str:
    if word == "nan":
        bar = f"H{end}v{_FOOT}z" if end > start else ""
        return f"M{start} {HALVES * frame.bottom}v-{_FOOT}{bar}"
    bar = f"M{start} {{0}}H{end}" if end > start else ""
    if word == "inf":
        edge = HALVES * frame.top
        arrow = f"M{start - _ARROW} {edge + _TALL}h{2 * _ARROW}l-{_ARROW}-{_TALL}z"
    else:
        edge = HALVES * frame.bottom
        arrow = f"M{start - _ARROW} {edge - _TALL}h{2 * _ARROW}l-{_ARROW} {_TALL}z"
    return arrow + bar.format(edge)


# The charts of a run mostly have as many points over the same steps.
@lru_cache(maxsize=64)
def points_told(count: int, x: XAxis) -> str:
    """How many points there are, and where: 3 points from step 0 to 20."""
    points = "1 point" if count == 1 else f"{grouped(count)} points"
    if x.low == x.high:
        return f"{points} at {x_text(x.low, x.kind)}"
    return f"{points} from {x_text(x.low, x.kind)} to {x_text(x.high, x.kind, bare=True)}"


def x_text(value: int, kind: XKind, *, bare: bool = False) -> str:
    """A place on the x axis in words: step 12, 3.2 min, point 5; `bare` without the noun."""
    if kind == "time":
        return _time_text(value)
    noun = "" if bare else ("step " if kind == "step" else "point ")
    return noun + (grouped(value) if abs(value) < 10**15 else minus(f"about {value:.3g}"))


def _time_text(millis: int) -> str:
    for unit, name in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if abs(millis) >= unit:
            return f"{number(millis / unit, 4)}{THIN}{name}"
    return f"{millis}{THIN}ms"


def described(trace: Trace) -> str:
    """The last, lowest and highest value of a line in words, for those who cannot see it."""
    if trace.low > trace.high:
        return "no finite value"
    values = trace.line.ys
    text = f"last {spelled(values[-1])}"
    if len(values) > 1:
        text += f", lowest {spelled(trace.low)}, highest {spelled(trace.high)}"
    if not trace.clean:
        text += f", {grouped(len(values) - sum(map(isfinite, values)))} not finite"
    return text
