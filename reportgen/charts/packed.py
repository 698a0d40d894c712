"""Curves for scripts in the page: the points of a series, packed as text.

A curve has a thousand points at most; of longer series, the least and the greatest of each stretch
remain. As JSON, with the shortest form that loses nothing a chart could show. Curves of one run
mostly have the same steps and times, so these stand once, as a grid:

    s  [first, stride] of the steps, where they rise evenly
    d  else the first step, then each step less the one before
    i  places of the points whose time is told, each less the one before
    t  their times, in ms, each less the one before; between two, time passes evenly

and of each curve:

    n  points that were logged
    g  the place of its grid among those of the run
    v  the values in base64: the first bytes of all, then the second, ...
    w  bytes of a value
    o  [base, shift, digits], where these are 1 to 3: offsets (`charts/offsets.py`), little-endian

Where offsets would show, there is no `o`, and values are IEEE 754, little-endian, of 4 bytes, or of
8 where 4 would show.
"""

import sys
from array import array
from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import isfinite

from reportgen.charts.curve import choose_x
from reportgen.charts.offsets import offsets_of
from reportgen.knots import knots
from reportgen.model import MetricHead, MetricSeries
from reportgen.thin import is_packed, thin

try:
    from reportgen import _points
except ImportError:  # not compiled on this machine
    _points = None  # type: ignore[assignment]

MOST_POINTS = 1000
_COLUMNS = MOST_POINTS // 4  # each gives four points, and a fifth where a value is not finite
_LOOKED_AT = 4  # the last grids, for one that is the same
_EXACT = 2000  # times are right to that part of the time that the curve took
_GREATEST = 3e38  # of what four bytes hold
_RELATIVE = 4096  # four bytes tell so many values apart between the least and the greatest


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
        self.packed.append({**_packed_steps(steps), **_packed_times(times)})
        return len(self.packed) - 1


def packed_curve(series: MetricSeries, head: MetricHead, grids: Grids) -> dict[str, object]:
    """The points of a series, (n,) with n above 0; `head` is that of its metric."""
    steps, times, values = series.steps, series.timestamps, series.values
    if len(values) > MOST_POINTS:
        kept = thin(choose_x(steps, times)[1], values, _COLUMNS)
        steps, times = _picked(steps, kept), _picked(times, kept)
        values = array("d", [values[index] for index in kept])
    size = _bytes_a_value(head)
    return {
        "n": len(series.values),
        "g": grids.place(steps, times),
        **_packed_values(values, size),
    }


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


def _bytes_a_value(head: MetricHead) -> int:
    if not isfinite(head.low):
        return 4
    greatest = max(abs(head.low), abs(head.high))
    span = head.high - head.low
    return 4 if greatest < _GREATEST and (not span or span * _RELATIVE >= greatest) else 8


def _packed_values(values: Sequence[float], size: int) -> dict[str, object]:
    if size == 4 and (short := offsets_of(values)) is not None:
        form = [short.base, short.shift, short.digits]
        return {"v": _text(short.planes), "w": short.width, "o": form}
    if _points is not None and is_packed(values, "d"):
        planes = _points.planes(values, size)
    else:
        planes = planes_slowly(values, size)
    return {"v": _text(planes), "w": size}


def _text(body: bytes) -> str:
    return b2a_base64(body, newline=False).decode("ascii")


def planes_slowly(values: Sequence[float], size: int) -> bytes:
    """The first bytes of (n,) values, then the second, and so on; `c/planes.c` has it in C."""
    packed = array("f" if size == 4 else "d", values)
    if sys.byteorder == "big":
        packed.byteswap()
    body = packed.tobytes()
    return b"".join(body[place::size] for place in range(size))
