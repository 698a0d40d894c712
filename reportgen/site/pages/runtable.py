"""The rows of an experiment's run table: children under their parents, metrics, parameters."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup

from reportgen.analysis.standing import Standing
from reportgen.analysis.summary import Columns, MetricColumn
from reportgen.charts.sparkline import trace_svg
from reportgen.model import MetricHead, Run
from reportgen.render.filters import duration
from reportgen.render.notes import opening
from reportgen.site.catalog import RunLink
from reportgen.site.pages.frame import Link, run_link_with_id
from reportgen.site.pages.metricrows import best_cell, number_cell
from reportgen.site.pages.table import ABSENT, Cell, cells_html
from reportgen.site.stalled import last_sign
from reportgen.spelling import cut, number, plural
from reportgen.values import frozen

_SPARKS = 3  # metrics whose course is drawn in the table
_LONGEST = 40  # characters of a parameter in a table
_LONGEST_TIP = 2000
_LONG_NUMBER = 9  # characters; a longer number is rounded, and whole on hover
_NUMBER = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d{1,3})?")


@frozen
class RunRow:
    """A run in the table."""

    run: Link
    tip: str  # on hover: its parent, the start of its note
    depth: int  # below its parent; 0 for a run without one
    status: str
    cause: str  # why it failed, or how many child runs it has
    silent_since: int | None  # its last sign of life, if it may have stalled
    started: int | None
    duration: str
    cells: Markup  # metrics, then parameters
    problems: int


def family_order(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """The order of a table as (index into `runs`, depth): children follow their parent.

    Runs without a parent among these keep their order. So do children of one parent. Each run
    stands once, also where the recorded parents run in a circle.
    """
    places = {run.id: place for place, run in enumerate(runs)}
    children: dict[int, list[int]] = {}
    tops = []
    for place, run in enumerate(runs):
        parent = places.get(run.parent_id)
        if parent is None or parent == place:
            tops.append(place)
        else:
            children.setdefault(parent, []).append(place)
    order: list[tuple[int, int]] = []
    seen: set[int] = set()
    for top in (*tops, *range(len(runs))):  # the second round finds only circles
        stack = [(top, 0)]
        while stack:
            place, depth = stack.pop()
            if place not in seen:
                seen.add(place)
                order.append((place, depth))
                stack += [(child, depth + 1) for child in reversed(children.get(place, ()))]
    return order


def best_runs(
    runs: Sequence[Run], columns: Columns, standing: Standing
) -> Mapping[str, frozenset[str]]:
    """For each metric that may rank runs, the ids of the runs with the best value."""
    found = {}
    for column in columns.metrics:
        if standing.may_rank(column.key):
            values = {
                run.id: best.value
                for run in runs
                if column.key in run.metrics and (best := standing.best(run.metrics[column.key]))
            }
            top = standing.top(column.key, values.values())
            if len(values) > 1 and top is not None:
                found[column.key] = frozenset(i for i, value in values.items() if value == top)
    return found


@frozen
class RowMaker:
    """Makes the rows of one experiment's table."""

    root: str
    columns: Columns
    standing: Standing
    best: Mapping[str, frozenset[str]]
    titles: Mapping[str, str]  # of all runs, by id
    child_counts: Mapping[str, int]  # by id of the parent
    near: frozenset[str]  # ids of runs whose primary metric is within noise of the best
    near_tip: str

    def row(self, run: Run, link: RunLink, depth: int) -> RunRow:
        """The row of a run."""
        metrics: list[Cell] = []
        for place, column in enumerate(self.columns.metrics):
            is_best = run.id in self.best.get(column.key, ())
            head = run.metrics.get(column.key)
            cells = self._metric_cells(head, column, is_best=is_best, drawn=place < _SPARKS)
            if column.key == self.standing.primary and run.id in self.near:
                cells[-1] = cells[-1]._replace(near=self.near_tip)
            metrics += cells
        params = [_param(run.params.get(key)) for key in self.columns.params]
        return RunRow(
            run=run_link_with_id(self.root, link, run.id),
            tip=self._tip(run),
            depth=depth,
            status=run.status.name,
            cause=run.cause.reason if run.cause else self._family(run),
            silent_since=last_sign(run) if link.silent else None,
            started=run.start_time,
            duration=duration(run.start_time, run.end_time),
            cells=cells_html(metrics, "number") + cells_html(params, "param"),
            problems=len(run.problems),
        )

    def _metric_cells(
        self, head: MetricHead | None, column: MetricColumn, *, is_best: bool, drawn: bool
    ) -> list[Cell]:
        if head is None:
            return [ABSENT] * (1 + column.has_best)
        last = number_cell(head.last)
        spark = _spark(head.trace) if drawn and head.trace else Markup()
        if not column.has_best:
            return [Cell(last.text, last.full, "", spark, is_best)]
        best = self.standing.best(head)
        shown = ABSENT if best is None else best_cell(best, head)
        marked = Cell(shown.text, shown.full, shown.at, Markup(), is_best) if is_best else shown
        return [Cell(last.text, last.full, "", spark), marked]

    def _tip(self, run: Run) -> str:
        parent = self.titles.get(run.parent_id)
        lines = [f"child of {parent}"] if parent else []
        return "\n".join([run.title, *lines, *([opening(run.note)] if run.note else [])])

    def _family(self, run: Run) -> str:
        count = self.child_counts.get(run.id, 0)
        return plural(count, "child run") if count else ""


def _spark(trace: str) -> Markup:
    return Markup(trace_svg(trace))  # noqa: S704 (our own drawing of numbers)


@lru_cache(maxsize=4096)
def _param(value: str | None) -> Cell:
    if value is None:
        return ABSENT
    line = " ".join(value.split())
    if len(line) > _LONG_NUMBER and _NUMBER.fullmatch(line):
        return Cell(number(float(line)), value)
    if line == value and len(line) <= _LONGEST:
        return Cell(value)
    return Cell(cut(line, _LONGEST), value[:_LONGEST_TIP])
