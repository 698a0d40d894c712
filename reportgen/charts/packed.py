"""Curves for scripts in the page: the points of a series, packed as text.

A curve has a thousand points at most; of longer series, the least and the greatest of each stretch
remain. As JSON, with the shortest form that loses nothing a chart could show. Curves of one run
mostly have the same steps and times, so these stand once, as a grid:

    c  points
    s  [first, stride] of the steps, where they rise evenly
    d  else the first step, then each step less the one before
    i  places of the points whose time is told, each less the one before
    t  their times, in ms, each less the one before; between two, time passes evenly

and of each curve:

    n  points that were logged
    g  the place of its grid among those of the run
    f  [digits, exponent, first, top], what is needed to read its values (`charts/digits.py`)
    v  the values

Where values need more digits, there is no `f`, and `v` is base64 of 8 bytes each, IEEE 754,
little-endian.
"""

import sys
from array import array
from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from reportgen.charts.curve import choose_x
from reportgen.charts.digits import digits_of
from reportgen.knots import knots
from reportgen.model import MetricSeries
from reportgen.thin import thin

MOST_POINTS = 1000
_COLUMNS = MOST_POINTS // 4  # each gives four points, and a fifth where a value is not finite
_LOOKED_AT = 4  # the last grids, for one that is the same
_EXACT = 2000  # times are right to that part of the time that the curve took


class Grids:
    """The steps and times of the curves of a run, those that curves share once."""

    def __init__(self) -> None:
        self.packed: list[dict[str, object]] = []
        self._seen: list[tuple[Sequence[int], Sequence[int]]] = []

    def place(self, steps: Sequence[int], times: Sequence[int]) -> int:
        """The place of a grid of (n,) steps and times; it is packed where it is a new one."""
        own = steps, times
        for place in range(len(self._seen) - 1, max(-1, len(self._seen) - 1 - _LOOKED_AT), -1):
            if self._seen[place] == own:
                return place
        self._seen.append(own)
        self.packed.append({"c": len(steps), **_packed_steps(steps), **_packed_times(times)})
        return len(self.packed) - 1


def packed_curve(series: MetricSeries, grids: Grids) -> dict[str, object]:
    """The points of a series, (n,) with n above 0."""
    steps, times, values = series.steps, series.timestamps, series.values
    if len(values) > MOST_POINTS:
        kept = thin(choose_x(steps, times)[1], values, _COLUMNS)
        steps, times = _picked(steps, kept), _picked(times, kept)
        values = array("d", [values[index] for index in kept])
    told = {"n": len(series.values), "g": grids.place(steps, times)}
    short = digits_of(values)
    if short is None:
        return {**told, "v": _bytes_of(values)}
    text, *form = short
    return {**told, "f": form, "v": text}


def _picked(numbers: Sequence[int], kept: Sequence[int]) -> Sequence[int]:
    """The kept ones of some numbers, as an array where all of them are in one."""
    few = [numbers[index] for index in kept]
    return array(numbers.typecode, few) if isinstance(numbers, array) else few


def _packed_steps(steps: Sequence[int]) -> dict[str, object]:
    stride = steps[1] - steps[0] if len(steps) > 1 else 0
    if stride > 0 and steps[-1] - steps[0] == stride * (len(steps) - 1):
        even = _even(steps[0], stride, len(steps))
        if even == steps or list(even) == list(steps):
            return {"s": [steps[0], stride]}
    return {"d": _differences(steps)}


# The metrics of a run mostly have the same steps.
@lru_cache(maxsize=4)
def _even(first: int, stride: int, count: int) -> Sequence[int]:
    steps = range(first, first + count * stride, stride)
    return array("q", steps) if first >= -(2**63) and steps[-1] < 2**63 else list(steps)


def _packed_times(times: Sequence[int]) -> dict[str, object]:
    places = knots(times, abs(times[-1] - times[0]) / _EXACT)
    return {"i": _differences(places), "t": _differences([times[place] for place in places])}


def _differences(numbers: Sequence[int]) -> list[int]:
    return [numbers[0], *(later - earlier for earlier, later in pairwise(numbers))]


def _bytes_of(values: Sequence[float]) -> str:
    packed = array("d", values)
    if sys.byteorder == "big":
        packed.byteswap()
    return b2a_base64(packed, newline=False).decode("ascii")
