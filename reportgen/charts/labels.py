"""Words beside and above lines: what the lines are called and where they end."""

from collections.abc import Sequence
from typing import NamedTuple

from reportgen.charts.axes import HALVES, WIDTH, Frame
from reportgen.charts.text import safe, shortened, width

ROW = 16  # units from row to row of names

_GAP = 13  # units from end label to end label
_NAME_ROOM = 80.0  # for a name beside its line; with a longer one, all go above the chart
_LEGEND_ROOM = 156.0  # for a name above the chart
_SLACK = 1.15  # for texts that charts.css makes larger in narrow charts
_SWATCH = 14
_MOST_BESIDE = 11  # labels over one another
_LEAST_ROOM = 52  # charts side by side mostly have frames of one width


class Label(NamedTuple):
    """What is said of one line."""

    name: str  # not escaped; "" where a chart has one line
    value: str
    color: str
    dashed: bool


def names_fit(labels: Sequence[Label]) -> bool:
    """Whether all names can stand beside their lines."""
    return len(labels) <= _MOST_BESIDE and all(width(label.name) <= _NAME_ROOM for label in labels)


def end_room(labels: Sequence[Label]) -> float:
    """The units right of the frame that end labels need."""
    if not labels:
        return _LEAST_ROOM
    if len(labels) == 1 and not labels[0].name:
        return max(_LEAST_ROOM, width(labels[0].value) + 10)
    named = width("n") if names_fit(labels) else 0
    texts = (width(label.value) + (width(label.name) + named if named else 0) for label in labels)
    return max(_LEAST_ROOM, 22 + max(texts))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near to those wanted as can be with `gap` between neighbours, within limits.

    The least squares solution: places in order, less their share of gaps, may not fall, and
    neighbours that would do so move to their mean (pool adjacent violators, Ayer et al. 1955).
    There must be room: (n - 1) gaps between the limits.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    pools: list[tuple[float, int]] = []  # sum, count
    for rank, index in enumerate(order):
        total, count = wanted[index] - rank * gap, 1
        while pools and pools[-1][0] * count > total * pools[-1][1]:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    means = [total / count for total, count in pools for _ in range(count)]
    highest = high - (len(wanted) - 1) * gap
    places = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        places[index] = min(max(means[rank], low), highest) + rank * gap
    return places


def end_labels(
    labels: Sequence[Label], places: Sequence[float], frame: Frame, *, spans: bool
) -> tuple[str, str]:
    """Swatches, and values with the names that fit, right of the frame; places in units.

    Without a span of x, the value of a single line stands beside its dot, in the middle. Labels
    that have no room are left out from the end.
    """
    x = frame.right
    if len(labels) == 1 and not labels[0].name:
        x = x if spans else (frame.left + frame.right) // 2 + 4
        y = round(places[0]) + 4
        return "", f'<text class="v" x="{x + 5}" y="{y}">{labels[0].value}</text>'
    top, bottom = frame.top, frame.bottom - 2
    fitting = (bottom - top) // _GAP + 1
    named = names_fit(labels)
    labels, places = labels[:fitting], places[:fitting]
    swatches, texts = [], []
    for label, place in zip(labels, spread(places, _GAP, top, bottom), strict=True):
        y = round(place)
        swatches.append(_swatch(label, x + 5, y, 9))
        name = f"<tspan> {safe(label.name)}</tspan>" if named else ""
        texts.append(f'<text class="v" x="{x + 18}" y="{y + 4}">{label.value}{name}</text>')
    return "".join(swatches), "".join(texts)


def _swatch(label: Label, x: int, y: int, length: int) -> str:
    dashed = " d" if label.dashed else ""
    return (
        f'<path class="l {label.color}{dashed}" d="M{HALVES * x} {HALVES * y}h{HALVES * length}"/>'
    )


def legend(labels: Sequence[Label]) -> tuple[str, str, int]:
    """Swatches and names in rows and columns from the top of the chart, and the count of rows."""
    names = [shortened(label.name, _LEGEND_ROOM) for label in labels]
    cell = round(_SWATCH + 20 + _SLACK * max(map(width, names)))
    across = max(1, (WIDTH + 14) // cell)
    swatches, texts = [], []
    for index, (label, name) in enumerate(zip(labels, names, strict=True)):
        x, y = index % across * cell, index // across * ROW + 10
        swatches.append(_swatch(label, x, y - 4, _SWATCH))
        whole = f"<title>{safe(label.name)}</title>" if name != label.name else ""
        texts.append(f'<text class="n" x="{x + _SWATCH + 5}" y="{y}">{whole}{safe(name)}</text>')
    return "".join(swatches), "".join(texts), -(-len(labels) // across)
