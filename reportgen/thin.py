"""Long series made short without losing what a picture of them shows.

The method is M4 (Jugel, Jerzak, Hackenbroich, Markl: M4, a visualization-oriented time series data
aggregation, VLDB 2014): a line drawn through the first, lowest, highest and last point of every
pixel column looks like the line through all points.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite

from reportgen.native import points as _points

_MOST_REMEMBERED = 10_000  # steps; in longer series, looking for columns costs little


def thin(xs: Sequence[int], values: Sequence[float], columns: int) -> list[int]:
    """The indices of the points that matter when (n,) points are drawn `columns` pixels wide.

    `xs` rise or stay, evenly or not; the range from first to last is cut into columns of one
    width. Of each column, the first, last, lowest and highest finite value are kept, and the first
    value that is nan or infinite, as a gap and a mark: five points at most. A series of finite
    values with no more than two points a column is kept whole. Takes lists, tuples, arrays and
    memoryviews.
    """
    if _points is not None and is_packed(xs, "q") and is_packed(values, "d"):
        return _points.thin(xs, values, columns)
    return thin_slowly(xs, values, columns)


def is_packed(numbers: Sequence[float], kind: str) -> bool:
    """Whether numbers are an array of that type code, as the compiled part takes them."""
    return isinstance(numbers, array) and numbers.typecode == kind


def packed(numbers: Sequence[int]) -> Sequence[int]:
    """The numbers as an array of int64, or as they are where one is larger."""
    try:
        return array("q", numbers)
    except OverflowError:
        return numbers


def thin_slowly(xs: Sequence[int], values: Sequence[float], columns: int) -> list[int]:
    """As `thin`, without the compiled part: `c/thin.c` has the same in C."""
    count = len(values)
    clean = isfinite(sum(values)) or all(map(isfinite, values))  # a sum of finite ones may not be
    if clean and count <= 2 * columns:
        return list(range(count))
    kept: list[int] = []
    start = 0
    for end in _ends(xs, count, columns):
        part = values[start:end]
        if not clean and not isfinite(sum(part)):
            kept += _corners_and_mark(part, start)
        else:
            if not isinstance(part, list):  # a memoryview cannot search
                part = list(part)
            low = start + part.index(min(part))
            high = start + part.index(max(part))
            kept.append(start)
            if low > high:
                low, high = high, low
            if low != start:
                kept.append(low)
            if high != low:
                kept.append(high)
            if high != end - 1:
                kept.append(end - 1)
        start = end
    return kept


def _ends(xs: Sequence[int], count: int, columns: int) -> Sequence[int]:
    """Where each column that holds points ends. Whole numbers, so nothing is rounded."""
    first, span = xs[0], xs[count - 1] - xs[0]
    if span and count <= _MOST_REMEMBERED and _are_even(xs, count):
        return _even_ends(count, columns)
    ends = []
    start = column = 0
    while span and column < columns - 1:  # the last x stands on the right border of the last one
        border = first - (-(column + 1) * span // columns)
        start = bisect_left(xs, border, start + 1, count)
        ends.append(start)
        column = (xs[start] - first) * columns // span
    return [*ends, count]


def _are_even(xs: Sequence[int], count: int) -> bool:
    stride = xs[1] - xs[0]
    if stride <= 0 or xs[count - 1] - xs[0] != stride * (count - 1):
        return False
    return isinstance(xs, range) or xs == _even_xs(xs[0], stride, count)


# The metrics of a run mostly have the same steps.
@lru_cache(maxsize=4)
def _even_xs(first: int, stride: int, count: int) -> list[int]:
    return list(range(first, first + count * stride, stride))


@lru_cache(maxsize=16)
def _even_ends(count: int, columns: int) -> tuple[int, ...]:
    borders = (-(-column * (count - 1) // columns) for column in range(1, columns))
    return (*dict.fromkeys(borders), count)


def _corners_and_mark(part: Sequence[float], start: int) -> list[int]:
    """The kept indices of a column in which there may be values that are not finite."""
    finite = [index for index, value in enumerate(part) if isfinite(value)]
    kept = set()
    if finite:
        kept |= {finite[0], finite[-1]}
        kept |= {min(finite, key=part.__getitem__), max(finite, key=part.__getitem__)}
    if len(finite) < len(part):
        kept.add(next(index for index, value in enumerate(part) if not isfinite(value)))
    return [start + index for index in sorted(kept)]
