"""The course of a metric as a text of bars, ▁▂▃▅█, for where no picture can stand."""

from reportgen.trace import X_LEVELS, Y_LEVELS, points_of

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 12  # characters


def bars_of(trace: str) -> str:
    """The bars of a trace: its first height, the means of stretches, its last height.

    Where no point lies in a stretch, the height before is held; before the first finite value
    there are blanks. "" where there is no course. Raises ValueError for a text that is no trace.
    """
    points = [point for stretch in points_of(trace) for point in stretch]
    if not points:
        return ""
    heights: dict[int, list[int]] = {}
    for x, y in points:
        heights.setdefault(x * _WIDTH // X_LEVELS, []).append(y)
    first, last = points[0], points[-1]
    heights[first[0] * _WIDTH // X_LEVELS] = [first[1]]
    heights[last[0] * _WIDTH // X_LEVELS] = [last[1]]
    bars = ""
    for place in range(_WIDTH):
        found = heights.get(place)
        if found:
            bars += _BARS[sum(found) * len(_BARS) // (len(found) * Y_LEVELS)]
        else:
            bars += bars[-1:] or " "
    return bars
