"""The plot area of a chart: scales from values to px, ticks, a horizontal grid, their labels."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf, log10
from typing import TYPE_CHECKING

from reportgen.charts.painted.canvas import Canvas, width_of
from reportgen.charts.painted.texts import tick_labels
from reportgen.values import frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LARGEST = 1e300  # values beyond are left out, like infinity: their range would overflow
LOG_REACH = 1e60  # numbers beyond, or as small, are left to linear scales
DECADES = 3  # of a metric on a linear scale, at most


@frozen
class Scale:
    """Values from `low` to `high` laid out over px from `start` to `end`."""

    low: float
    high: float
    start: float = 0
    end: float = 1
    log: bool = False

    def place(self, values: "Array") -> "Array":
        """The px of values (n,) to a tenth, which is as exact as can be seen."""
        import numpy as np

        low, high = (log10(self.low), log10(self.high)) if self.log else (self.low, self.high)
        spread = np.log10(values) if self.log else values
        placed: Array = np.round(
            self.start + (spread - low) / (high - low) * (self.end - self.start), 1
        )
        return placed

    def at(self, value: float) -> float:
        """The px of one value."""
        import numpy as np

        return float(self.place(np.array([value], dtype=float))[0])

    def held(self, values: "Array") -> "Array":
        """The px of values (n,), those beyond the scale at its end."""
        import numpy as np

        return self.place(np.clip(values, self.low, self.high))

    def over(self, start: float, end: float) -> "Scale":
        """The same values over other px."""
        return replace(self, start=start, end=end)


@frozen
class Frame:
    """The plot area in px, and its two scales."""

    left: float
    top: float
    right: float
    bottom: float
    x: Scale
    y: Scale


def drawable(values: Sequence[float]) -> "Array":
    """Values (n,) as an array; what no scale has a place for is nan."""
    import numpy as np

    array = np.array(values, dtype=float)
    with np.errstate(invalid="ignore"):
        array[~(np.abs(array) < LARGEST)] = np.nan
    return array


def are_whole(values: "Array") -> bool:
    """Whether the finite values (n,) are whole numbers."""
    import numpy as np

    finite = values[np.isfinite(values)]
    return bool((finite == np.round(finite)).all())


def scale_for(
    values: "Array", *, margin: float = 0, decades: float = inf, cut: bool = False
) -> Scale | None:
    """A scale that holds all finite values, with a part of their range as margin on both sides.

    It is logarithmic where the values are positive and span more than so many decades. With
    `cut`, a linear one leaves out values so far away that the others would be one line. Equal
    values come to lie in the middle. None where no value is finite.
    """
    import numpy as np

    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, high = float(finite.min()), float(finite.max())
    if low > 1 / LOG_REACH and high < LOG_REACH and log10(high) - log10(low) > decades:
        room = margin * (log10(high) - log10(low))
        return Scale(10 ** (log10(low) - room), 10 ** (log10(high) + room), log=True)
    if cut and len(finite) >= 8:
        low, high = _near(finite)
    span = high - low
    if span <= max(abs(low), abs(high)) * 1e-9 or span < 1e-300:
        half = max(abs(low), abs(high)) / 20
        half = half if half > 1e-290 else 0.5
        return Scale(low - half, high + half)
    return Scale(low - margin * span, high + margin * span)


def _near(finite: "Array") -> tuple[float, float]:
    """The least and greatest of the values that lie within 20 times the middle half's width."""
    import numpy as np

    first, third = np.percentile(finite, (25, 75))
    reach = 20 * (third - first)
    near = finite[(finite >= first - reach) & (finite <= third + reach)] if reach else finite
    return float(near.min()), float(near.max())


def beyond(scale: Scale | None, values: "Array") -> "NDArray[np.bool_]":
    """Which of the values (n,) the scale leaves out; nan is none of them."""
    import numpy as np

    if scale is None:
        return np.zeros(len(values), dtype=bool)
    out: NDArray[np.bool_] = (values < scale.low) | (values > scale.high)
    return out


def ticks(scale: Scale, count: int, *, whole: bool = False) -> tuple[float, ...]:
    """Up to about `count` round values within the scale."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    found: Sequence[float] = ()
    if scale.log:
        found = LogLocator(numticks=count + 1).tick_values(scale.low, scale.high)
        found = within(scale, found)
        if len(found) < 3:
            finer = LogLocator(subs=(1, 2, 5), numticks=count + 1)
            found = within(scale, finer.tick_values(scale.low, scale.high))
    if len(found) < 2:
        steps = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10], integer=whole)
        found = within(scale, steps.tick_values(scale.low, scale.high))
    return tuple(found)


def within(scale: Scale, values: Sequence[float]) -> tuple[float, ...]:
    """Those values that the scale covers."""
    slack = 0.0 if scale.log else (scale.high - scale.low) * 1e-9
    return tuple(float(v) for v in values if scale.low - slack <= v <= scale.high + slack)


def label_room(scale: Scale, count: int = 6) -> float:
    """The px that labels of this scale need on the left of a plot area, at least 44."""
    return max([36.0, *(width_of(label) for label in tick_labels(ticks(scale, count)))]) + 8


def draw_grid(canvas: Canvas, frame: Frame, count: int = 6, *, labels: bool = True) -> None:
    """Horizontal lines at the ticks of y, their labels on the left."""
    values = ticks(frame.y, count)
    for value, label in zip(values, tick_labels(values), strict=True):
        y = frame.y.at(value)
        canvas.lines((frame.left, frame.right), (y, y), "line", 1)
        if labels:
            canvas.text(frame.left - 8, y + 4, label, "faint", anchor="right")


def draw_x_ticks(
    canvas: Canvas, frame: Frame, label: str, *, whole: bool = False, at: Sequence[float] = ()
) -> None:
    """Labels below the plot area, as many as stay apart, and what they count at the right.

    `at`: the values to label instead of round ones.
    """
    count = max(2, int((frame.right - frame.left) / 60))
    values = tuple(at) or ticks(frame.x, count, whole=whole)
    while count > 1 and not _stay_apart(frame.x, values):
        count -= 1
        values = ticks(frame.x, count, whole=whole)
    for value, words in zip(values, tick_labels(values), strict=True):
        x = min(frame.x.at(value), canvas.width - width_of(words) / 2 - 2)
        canvas.text(x, frame.bottom + 16, words, "faint", anchor="center")
    if label:
        words = canvas.fitted(label, frame.right - frame.left)
        canvas.text(frame.right, frame.bottom + 31, words, "faint", anchor="right")


def _stay_apart(scale: Scale, values: Sequence[float]) -> bool:
    """Whether centred labels of these values leave 10 px between each other."""
    edge = float("-inf")
    for value, label in zip(values, tick_labels(values), strict=True):
        half = width_of(label) / 2
        if scale.at(value) - half < edge:
            return False
        edge = scale.at(value) + half + 10
    return True


def draw_heading(canvas: Canvas, title: str, caption: str) -> None:
    """The title and, below it, the caption; both at the left edge."""
    room = canvas.width - 8
    canvas.text(4, 17, canvas.fitted(title, room, size=13, bold=True), size=13, bold=True)
    canvas.text(4, 34, canvas.fitted(caption, room), "second")


def draw_nothing(canvas: Canvas, words: str) -> None:
    """A sentence where the plot would be."""
    canvas.text(canvas.width / 2, canvas.height / 2 + 16, words, "faint", anchor="center")
