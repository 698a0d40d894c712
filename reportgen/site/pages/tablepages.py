"""The pages that a long table of runs is dealt out to, and the ways between them."""

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from reportgen.site.pages.frame import Link
from reportgen.values import frozen

RUNS_A_PAGE = 500
Row = TypeVar("Row")


@frozen
class TablePage:
    """One of the pages of a table; the others stand in folders beside it."""

    number: int  # counted from 1
    count: int  # of all

    @property
    def is_first(self) -> bool:
        """Whether it is the one that also has what is not the table."""
        return self.number == 1

    @property
    def path(self) -> str:
        """Where it stands, seen from the folder of the first one."""
        return "index.html" if self.is_first else f"page-{self.number}/index.html"

    @property
    def up(self) -> str:
        """The way to the folder of the first one: "" or "../"."""
        return "" if self.is_first else "../"

    @property
    def links(self) -> tuple[Link, ...]:
        """The ways to all of them; () where one page holds all."""
        if self.count == 1:
            return ()
        pages = (TablePage(number, self.count) for number in range(1, self.count + 1))
        return tuple(Link(str(page.number), self.up + page.path) for page in pages)

    def part(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that stand on it, of all rows of the table."""
        first = (self.number - 1) * RUNS_A_PAGE
        return rows[first : first + RUNS_A_PAGE]


def table_pages(run_count: int) -> list[TablePage]:
    """The pages of a table of so many runs: one at the least."""
    count = max(1, ceil(run_count / RUNS_A_PAGE))
    return [TablePage(number, count) for number in range(1, count + 1)]
