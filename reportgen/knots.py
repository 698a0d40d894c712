"""Times of points told by a few of them: between two, they rise as good as evenly.

A trainer logs at a steady pace, so that the times of a thousand points are known from a handful
to a fraction of a pixel. The method is the swing filter (Elmeleegy, Elmagarmid, Cecchet, Aref,
Zwaenepoel: Online piece-wise linear approximation of numerical streams with precision guarantees,
VLDB 2009), with knots at real points only.

`c/knots.c` does the same faster; tests hold the two together.
"""

from collections.abc import Sequence
from math import inf

from reportgen.native import points as _points
from reportgen.thin import is_packed


def knots(times: Sequence[int], tolerance: float) -> list[int]:
    """The indices of the (n,) times between which straight lines are at most `tolerance` off.

    The first and the last are among them. Times may fall as well as rise; n may be 0.
    """
    if _points is not None and is_packed(times, "q"):
        return _points.knots(times, tolerance)
    return knots_slowly(times, tolerance)


def knots_slowly(times: Sequence[int], tolerance: float) -> list[int]:
    """As `knots`, without the compiled part."""
    if not times:
        return []
    kept = [0]
    anchor, start = 0, times[0]
    low, high = -inf, inf
    for index in range(1, len(times)):
        rise, width = float(times[index] - start), float(index - anchor)
        if not low <= rise / width <= high:
            anchor, start = index - 1, times[index - 1]
            kept.append(anchor)
            low, high = -inf, inf
            rise, width = float(times[index] - start), 1.0
        low = max(low, (rise - tolerance) / width)
        high = min(high, (rise + tolerance) / width)
    if kept[-1] != len(times) - 1:
        kept.append(len(times) - 1)
    return kept
