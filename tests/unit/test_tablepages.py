"""Pages of a long table: how many there are, and how each leads to the others."""

import pytest

from reportgen.site.pages.tablepages import RUNS_A_PAGE, table_pages


@pytest.mark.parametrize(
    ("runs", "count"),
    [(0, 1), (1, 1), (RUNS_A_PAGE, 1), (RUNS_A_PAGE + 1, 2), (2 * RUNS_A_PAGE, 2)],
)
def test_a_page_is_added_when_the_others_are_full(runs: int, count: int) -> None:
    assert [page.number for page in table_pages(runs)] == list(range(1, count + 1))


def test_every_row_stands_on_one_page() -> None:
    rows = range(2 * RUNS_A_PAGE + 7)
    parts = [page.part(rows) for page in table_pages(len(rows))]
    assert [len(part) for part in parts] == [RUNS_A_PAGE, RUNS_A_PAGE, 7]
    assert [row for part in parts for row in part] == list(rows)


def test_pages_lead_to_each_other_and_a_single_one_to_none() -> None:
    first, second = table_pages(RUNS_A_PAGE + 1)
    assert (first.path, second.path) == ("index.html", "page-2/index.html")
    assert [link.href for link in first.links] == ["index.html", "page-2/index.html"]
    assert [link.href for link in second.links] == ["../index.html", "../page-2/index.html"]
    assert table_pages(1)[0].links == ()
