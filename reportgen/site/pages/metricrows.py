"""The metrics of one run as rows of a table: last, best, least and greatest, each with its step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from reportgen.analysis.prefixes import group_by_prefix
from reportgen.analysis.standing import Best, Standing
from reportgen.model import MetricHead, Run
from reportgen.site.pages.table import ABSENT, Cell, cells_html
from reportgen.spelling import exact, grouped, number

SEALED = Cell("sealed", "in no file of this report until `reportgen unseal` opens it")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of a run."""

    key: str
    role: str  # as a short tag; "" where it is unknown
    why: str  # how the role is known, for a tooltip
    hint: str  # "lower is better", or ""
    cells: Markup  # last, best, that at the best step where there is one, least, greatest, points


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Metrics with a common prefix; `name` is "" for those without one."""

    name: str
    rows: tuple[MetricRow, ...]


def metric_groups(
    run: Run,
    keys: Iterable[str],
    standing: Standing,
    at_best: Callable[[MetricHead], Cell] | None = None,
    *,
    is_sealed: bool = False,
) -> tuple[MetricGroup, ...]:
    """The rows of those metrics of a run, grouped by what stands before a "/".

    `at_best` gives a metric's value at the run's best step, for a column of its own. With
    `is_sealed`, a row tells how many points there are, and no value.
    """
    return tuple(
        MetricGroup(
            group.prefix,
            tuple(
                _row(run.metrics[key], standing, at_best, is_sealed=is_sealed) for key in group.keys
            ),
        )
        for group in group_by_prefix(keys, ("/",))
    )


def _row(
    head: MetricHead,
    standing: Standing,
    at_best: Callable[[MetricHead], Cell] | None,
    *,
    is_sealed: bool,
) -> MetricRow:
    values = (SEALED, ABSENT, ABSENT, ABSENT) if is_sealed else _values(head, standing)
    if at_best is not None:
        values = (*values[:2], ABSENT if is_sealed else at_best(head), *values[2:])
    cells = cells_html((*values, Cell(grouped(head.count))), "number")
    key = head.key
    return MetricRow(key, standing.label(key), standing.why(key), standing.hint(key), cells)


def _values(head: MetricHead, standing: Standing) -> tuple[Cell, ...]:
    several = head.count > 1
    stepped = several and any((head.step, head.low_step, head.high_step))
    best = standing.best(head)
    return (
        number_cell(head.last, head.step if stepped else None),
        ABSENT if best is None else best_cell(best, head),
        number_cell(head.low, head.low_step if stepped else None) if several else ABSENT,
        number_cell(head.high, head.high_step if stepped else None) if several else ABSENT,
    )


def number_cell(value: float, step: int | None = None) -> Cell:
    """A value with its step in small; every digit on hover, where the text leaves some out."""
    return Cell(number(value), exact(value), "" if step is None else grouped(step))


def best_cell(best: Best, head: MetricHead) -> Cell:
    """The best value over the steps; its step only where there are several."""
    shown = head.count > 1 and (best.step or head.step)  # a step that is always 0 tells nothing
    return number_cell(best.value, best.step if shown else None)
