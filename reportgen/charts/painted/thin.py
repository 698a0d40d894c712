"""Fewer points that look the same: the least and the greatest of each stretch stay."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def thin(xs: "Array", ys: "Array", limit: int) -> "tuple[Array, Array]":
    """At most `limit` (4 or more) of the points (n,), in order: spikes stay, and so do both ends.

    The points are cut into stretches of equal count, and the least and greatest value of each are
    kept. nan is a gap; it stays where a whole stretch is nan.
    """
    import numpy as np

    count = len(ys)
    if count <= limit:
        return xs, ys
    stretches = (limit - 2) // 2
    length = -(-count // stretches)
    stretches = -(-count // length)
    padded = np.full(stretches * length, np.nan)
    padded[:count] = ys
    rows = padded.reshape(stretches, length)
    starts = np.arange(stretches) * length
    missing = np.isnan(rows)
    least = starts + np.where(missing, np.inf, rows).argmin(axis=1)
    greatest = starts + np.where(missing, -np.inf, rows).argmax(axis=1)
    kept = np.zeros(count, dtype=bool)
    kept[least] = kept[greatest] = kept[[0, -1]] = True
    return xs[kept], ys[kept]


def lonely(ys: "Array") -> "NDArray[np.bool_]":
    """Which values (n,) have nan, or nothing, on both sides: a line does not show them."""
    import numpy as np

    there = np.concatenate(([False], np.isfinite(ys), [False]))
    alone: NDArray[np.bool_] = there[1:-1] & ~there[:-2] & ~there[2:]
    return alone
