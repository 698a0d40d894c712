"""The course of a metric as a short text: what a sparkline shows, kept beside the last value.

A trace is up to 24 columns of points, in order. Each column gives its first, lowest, highest and
last value, so that no spike is lost. Each point is two characters of the URL-safe base64 alphabet
(RFC 4648, section 5): how far along it is, 0 to 63, then how high between the least and the
greatest value, 0 to 31. A "." stands where values that are not finite lie between two points.

`c/course.c` does the same faster; tests hold the two together.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from math import isfinite
from typing import TypeAlias

X_LEVELS = 64
Y_LEVELS = 32

_COLUMNS = 24
_GAP = "."
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEIGHTS = _ALPHABET[:Y_LEVELS] + _ALPHABET[Y_LEVELS - 1]  # the greatest value is in the last
_LEVELS = {char: level for level, char in enumerate(_ALPHABET)}

Course: TypeAlias = tuple[int, int, str]


def points_of(trace: str) -> list[list[tuple[int, int]]]:
    """The points of a trace, as (x, y) from the lower left, in a list for each unbroken stretch.

    x is 0 to 63, y 0 to 31. Raises ValueError for a text that is no trace.
    """
    if not trace:
        return []
    return [_stretch(part) for part in trace.split(_GAP)]


def _stretch(part: str) -> list[tuple[int, int]]:
    if not part or len(part) % 2:
        raise ValueError("a trace that is cut")
    try:
        levels = [_LEVELS[char] for char in part]
    except KeyError as error:
        raise ValueError(f"no character of a trace: {error}") from None
    return list(zip(levels[0::2], levels[1::2], strict=True))


def course_of(values: Sequence[float]) -> Course:
    """The places of the first least and first greatest finite value, -1 without; the trace."""
    values = list(values)  # of which slices and extremes cost a quarter of those of an array
    columns = list(_columns(values))
    if not columns:
        return -1, -1, ""
    low = min((column[1] for column in columns), key=values.__getitem__)
    high = max((column[2] for column in columns), key=values.__getitem__)
    if len(columns) == 1 and columns[0][0] == columns[0][3]:  # only one value is finite
        return low, high, ""
    return low, high, _draw(values, columns, values[low], values[high])


def _columns(values: list[float]) -> Iterator[tuple[int, int, int, int]]:
    """The places of each column's first, lowest, highest and last finite value, if it has any."""
    count = len(values)
    width = min(count, _COLUMNS)
    for column in range(width):
        start, stop = column * count // width, (column + 1) * count // width
        part = values[start:stop]
        if isfinite(sum(part)):  # all are; or else their sum is too large, which does no harm
            low, high = part.index(min(part)), part.index(max(part))
            yield start, start + low, start + high, stop - 1
            continue
        places = [place for place, value in enumerate(part, start) if isfinite(value)]
        if places:
            low, high = min(places, key=values.__getitem__), max(places, key=values.__getitem__)
            yield places[0], low, high, places[-1]


def _draw(
    values: list[float], columns: Sequence[tuple[int, int, int, int]], low: float, high: float
) -> str:
    places = [
        place
        for first, lowest, highest, last in columns
        for place in (first, min(lowest, highest), max(lowest, highest), last)
    ]
    along = len(values) - 1
    heights = _heights([values[place] for place in places], low, high)
    points = [
        _ALPHABET[place * (X_LEVELS - 1) // along] + height
        for place, height in zip(places, heights, strict=True)
    ]
    if isfinite(sum(values)):
        return "".join(point for point, _ in groupby(points))
    breaks = list(accumulate(not isfinite(value) for value in values))  # how many so far
    stretches = groupby(zip(places, points, strict=True), key=lambda pair: breaks[pair[0]])
    return _GAP.join(
        "".join(point for point, _ in groupby(point for _, point in stretch))
        for _, stretch in stretches
    )


def _heights(values: list[float], low: float, high: float) -> list[str]:
    """How high each value is. Where the range is beyond a double, halves of it are within."""
    if low == high:
        return [_ALPHABET[Y_LEVELS // 2]] * len(values)
    if not isfinite(high - low):
        values, low, high = [value / 2 for value in values], low / 2, high / 2
    span = high - low
    return [_HEIGHTS[int((value - low) / span * Y_LEVELS)] for value in values]
