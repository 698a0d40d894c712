"""How many runs have each status, as a bar and in words."""

from collections.abc import Iterable

from reportgen.model import Status
from reportgen.values import frozen

_WIDTH = 400.0  # of the bar, in the units of its drawing
_GAP = 2.0
_LEAST = 4.0  # of a part, so that a single failed run among thousands is seen


@frozen
class BarPart:
    """The runs of one status."""

    name: str  # of the status
    count: int
    x: str
    width: str


@frozen
class Bar:
    """Runs by status; `label` says the same in words."""

    parts: tuple[BarPart, ...]
    label: str


def count_by_status(statuses: Iterable[Status]) -> tuple[tuple[str, int], ...]:
    """How many runs have each status, in the order of `_ORDER`; those that none has left out."""
    counts = dict.fromkeys(_ORDER, 0)
    for status in statuses:
        counts[status] += 1
    return tuple((status.name, count) for status, count in counts.items() if count)


_ORDER = (
    Status.FINISHED,
    Status.RUNNING,
    Status.FAILED,
    Status.KILLED,
    Status.SCHEDULED,
    Status.UNKNOWN,
)


def status_bar(counts: Iterable[tuple[str, int]]) -> Bar:
    """The bar of those counts; empty where there is no run."""
    pairs = tuple(counts)
    total = sum(count for _, count in pairs)
    free = _WIDTH - _GAP * (len(pairs) - 1) - _LEAST * len(pairs)
    parts, x = [], 0.0
    for name, count in pairs:
        width = _LEAST + free * count / total
        parts.append(BarPart(name, count, f"{x:.1f}", f"{width:.1f}"))
        x += width + _GAP
    return Bar(tuple(parts), ", ".join(f"{count} {name.lower()}" for name, count in pairs))
