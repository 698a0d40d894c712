"""The metrics of one run as rows of a table: last, best, least and greatest, each with its step.

Cells are short: they have neither a class, as all of such a table are numbers, nor an end tag.
"""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from reportgen.analysis.prefixes import group_by_prefix
from reportgen.analysis.standing import Best, Standing
from reportgen.model import MetricHead, Run
from reportgen.render.escaping import escaped
from reportgen.render.filters import NOTHING
from reportgen.site.pages.table import Cell
from reportgen.spelling import exact, grouped, number
from reportgen.values import frozen

SEALED = Cell("sealed", "in no file of this report until `reportgen unseal` opens it")
_ABSENT = f'<td class="nil">{NOTHING}'


@frozen
class MetricRow:
    """One metric of a run."""

    key: str
    role: str  # as a short tag; "" where it is unknown
    why: str  # how the role is known, or why it is not, for a tooltip
    hint: str  # "lower is better", or ""
    cells: Markup  # last, best, that at the best step where there is one, least, greatest, points


@frozen
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
    parts = _sealed_cells() if is_sealed else _cells(head, standing)
    if at_best is not None:
        parts.insert(2, _ABSENT if is_sealed else _cell_html(at_best(head)))
    parts.append(f"<td>{grouped(head.count)}")
    cells = Markup("".join(parts))  # noqa: S704 (numbers and tags of ours)
    key = head.key
    label = standing.label(key)
    why = standing.why(key) if label else standing.role_words(key)
    return MetricRow(key, label, why, standing.hint(key), cells)


def _sealed_cells() -> list[str]:
    """As `_cells`, without values."""
    return [_cell_html(SEALED), *[_ABSENT] * 3]


def _cells(head: MetricHead, standing: Standing) -> list[str]:
    """The cells of the last, best, least and greatest value."""
    several = head.count > 1
    stepped = several and any((head.step, head.low_step, head.high_step))
    best = standing.best(head)
    parts = [_number_html(head.last, head.step if stepped else None)]
    parts.append(_ABSENT if best is None else _number_html(*_shown_best(best, head)))
    for value, step in ((head.low, head.low_step), (head.high, head.high_step)):
        is_known = several and value == value  # noqa: PLR0124 (nan where no value is finite)
        parts.append(_number_html(value, step if stepped else None) if is_known else _ABSENT)
    return parts


def _number_html(value: float, step: int | None) -> str:
    at = "" if step is None else f" <i>@ {grouped(step)}</i>"
    return f'<td title="{exact(value)}">{number(value)}{at}'


def _cell_html(cell: Cell) -> str:
    at = f" <i>@ {escaped(cell.at)}</i>" if cell.at else ""
    return f'<td title="{escaped(cell.full)}">{escaped(cell.text)}{at}'


def number_cell(value: float, step: int | None = None) -> Cell:
    """A value with its step in small; every digit on hover, where the text leaves some out."""
    return Cell(number(value), exact(value), "" if step is None else grouped(step))


def best_cell(best: Best, head: MetricHead) -> Cell:
    """The best value over the steps; its step only where there are several."""
    return number_cell(*_shown_best(best, head))


def _shown_best(best: Best, head: MetricHead) -> tuple[float, int | None]:
    shown = head.count > 1 and (best.step or head.step)  # a step that is always 0 tells nothing
    return best.value, best.step if shown else None
