"""One line of a chart: thinned, drawn and described."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from operator import sub

import orjson

from reportgen.charts.axes import Frame, XAxis, XKind, YAxis
from reportgen.charts.text import number
from reportgen.spelling import THIN, grouped, minus
from reportgen.thin import is_packed, thin

try:
    from reportgen import _points
except ImportError:  # not compiled on this machine
    _points = None  # type: ignore[assignment]

CONTEXT = "context"  # the colour class of lines that are there for comparison only

_COLUMNS = 64  # a line is drawn through the corners of so many columns
_LONG, _LONG_COLUMNS = 10_000, 160  # so much goes up and down that it should look full
_CONTEXT_COLUMNS = 40
_DENSE_POINTS = 2 * _COLUMNS
_DENSE_TRAVEL = 50_000  # tenths up and down, in all
_FOOT = 70  # tenths: the height of a mark for nan
_ARROW = 35  # tenths: half the width of a mark for inf


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a chart."""

    label: str
    xs: Sequence[int]  # (n,) rising or level: steps, ms since the first, or 1 to n
    ys: Sequence[float]  # (n,); nan and inf are shown as gaps and marks
    color: str = "c1"  # c1 to c7, or CONTEXT
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A line, and the points that are drawn of it."""

    line: Line
    kept: list[int]  # (k,) indices
    low: float  # inf where no value is finite, as high is -inf
    high: float
    clean: bool  # all values are finite

    @property
    def ys(self) -> list[float]:
        """The (k,) values that are drawn."""
        values = self.line.ys
        return [values[index] for index in self.kept]

    def end(self) -> float | None:
        """The last finite value."""
        values = (self.line.ys[index] for index in reversed(self.kept))
        return next(filter(isfinite, values), None)


def traced(line: Line, x: XAxis) -> Trace:
    """Thin a line of one or more points. A line over half of the axis has half of the columns."""
    xs, ys = line.xs, line.ys
    columns = _LONG_COLUMNS if len(xs) > _LONG else _COLUMNS
    if line.color == CONTEXT:
        columns = _CONTEXT_COLUMNS
    if x.high > x.low:
        columns = max(1, -(-columns * (xs[-1] - xs[0]) // (x.high - x.low)))
    kept = thin(xs, ys, columns)
    compiled = _points is not None and is_packed(ys, "d")
    low, high, finite = _points.reach(ys, kept) if compiled else reach_slowly(ys, kept)
    return Trace(line, kept, low, high, clean=finite == len(kept))


def reach_slowly(values: Sequence[float], kept: Sequence[int]) -> tuple[float, float, int]:
    """The least, the greatest and the count of the finite ones of some values.

    Infinities the other way round where there is none; `c/thin.c` has the same in C.
    """
    finite = [value for index in kept if isfinite(value := values[index])]
    return min(finite, default=inf), max(finite, default=-inf), len(finite)


def drawn(trace: Trace, x: XAxis, y: YAxis | None, frame: Frame) -> str:
    """A line with a dot at its end, with gaps and marks where values are not finite.

    `y` is None where the chart has no finite value.
    """
    line = trace.line
    fast = _compiled(trace, x, y, frame) if y is not None and trace.clean else None
    if fast is not None:
        path, last_x, last_y, travel = fast
        fine = len(trace.kept) > _DENSE_POINTS and travel > _DENSE_TRAVEL
        return _stroke(line, path, fine=fine) + _dot(line, last_x, last_y)
    xs = x.places([line.xs[index] for index in trace.kept], frame)
    if y is None:
        return _marks(trace, xs, x.kind, frame)
    marks = "" if trace.clean else _marks(trace, xs, x.kind, frame)
    values = trace.ys
    runs = [(0, len(xs))] if trace.clean else list(_finite_runs(values))
    if not runs:
        return marks
    strokes, lone = "", ""
    fine = False
    for start, end in runs:
        ys = y.places(values[start:end], frame)
        if end - start == 1:
            lone += f"M{xs[start]} {ys[0]}h0"  # no length and round caps: a dot
        else:
            fine = fine or _is_dense(ys)
            strokes += _path(xs[start:end], ys)
    parts = _stroke(line, strokes, fine=fine) if strokes else ""
    if lone:
        parts += f'<path class="p {line.color}" d="{lone}"/>'
    return parts + _dot(line, xs[runs[-1][1] - 1], ys[-1]) + marks


def _compiled(trace: Trace, x: XAxis, y: YAxis, frame: Frame) -> tuple[str, int, int, int] | None:
    """A line without gaps by the compiled part; None where it is not for that."""
    line, along = trace.line, x.line(frame)
    if _points is None or along is None or not y.is_straight or len(trace.kept) < 2:
        return None
    if not is_packed(line.xs, "q") or not is_packed(line.ys, "d"):
        return None
    return _points.stroke(line.xs, line.ys, trace.kept, *along, *y.line(frame))


def _is_dense(ys: list[int]) -> bool:
    """Whether a line goes up and down so much that a thick one would fill an area."""
    return len(ys) > _DENSE_POINTS and sum(map(abs, map(sub, ys[1:], ys))) > _DENSE_TRAVEL


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


def _path(xs: list[int], ys: list[int]) -> str:
    """Path data through two or more points."""
    count = len(xs) - 1
    steps = [0] * (2 * count)
    steps[::2] = map(sub, xs[1:], xs)
    steps[1::2] = map(sub, ys[1:], ys)
    spelled = orjson.dumps(steps).replace(b",-", b"-")
    return f"M{xs[0]} {ys[0]}l{spelled[1:-1].decode()}"


def _stroke(line: Line, path: str, *, fine: bool) -> str:
    dashed = (" d" if line.dashed else "") + (" f" if fine else "")
    return f'<path class="l {line.color}{dashed}" d="{path}"/>'


def _dot(line: Line, x: int, y: int) -> str:
    if line.color == CONTEXT:
        return ""
    return f'<circle class="{line.color}" cx="{x}" cy="{y}" r="28"/>'


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
        return f"M{start} {10 * frame.bottom}v-{_FOOT}{bar}"
    bar = f"M{start} {{0}}H{end}" if end > start else ""
    if word == "inf":
        edge = 10 * frame.top
        arrow = f"M{start - _ARROW} {edge + 60}h{2 * _ARROW}l-{_ARROW}-60z"
    else:
        edge = 10 * frame.bottom
        arrow = f"M{start - _ARROW} {edge - 60}h{2 * _ARROW}l-{_ARROW} 60z"
    return arrow + bar.format(edge)


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
    text = f"last {number(values[-1])}"
    if len(values) > 1:
        text += f", lowest {number(trace.low)}, highest {number(trace.high)}"
    if not trace.clean:
        text += f", {grouped(sum(not isfinite(value) for value in values))} not finite"
    return text
