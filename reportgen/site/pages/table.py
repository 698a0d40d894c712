"""The cells that tables of runs and of metrics are made of."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from reportgen.render.escaping import escaped
from reportgen.render.filters import NOTHING


class Cell(NamedTuple):
    """A table cell; a large table has some 20,000, and tuples are quick to make."""

    text: str
    full: str = ""  # on hover, where the text does not say all
    at: str = ""  # the step, in small print
    spark: Markup = Markup()
    best: bool = False  # of its column
    near: str = ""  # why it is not told from the best, on hover; "" where it is


ABSENT = Cell(NOTHING)


def cells_html(cells: Iterable[Cell], kind: str) -> Markup:
    """Cells as HTML, the first with the rule that sets a group of columns apart.

    A large table has some 20,000 cells: put together here, they cost a tenth of what a loop in
    the template costs.
    """
    parts = []
    mark = f"{kind} gl"
    for cell in cells:
        parts.append(cell_html(cell, mark))
        mark = kind
    return Markup("".join(parts))  # noqa: S704 (every text in it was escaped)


def cell_html(cell: Cell, mark: str) -> str:
    """One cell; `mark` are its classes."""
    if cell is ABSENT:
        return f'<td class="{mark} nil">{NOTHING}</td>'
    title = f' title="{escaped(cell.full)}"' if cell.full else ""
    text = escaped(cell.text)
    if cell.at:
        text += f' <span class="at">@ {escaped(cell.at)}</span>'
    if cell.near:
        text = f'<span class="near" title="{escaped(cell.near)}">≈</span> {text}'
    best = " best" if cell.best else ""
    if cell.spark:
        text = f'<div class="with-spark">{cell.spark}<span>{text}</span></div>'
    return f'<td class="{mark}{best}"{title}>{text}</td>'
