"""The page that compares 20 runs, and the search over 10,000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.content import Shape
from benchmarks.web import Web, mark_of, until_shown, wait_until, within, worst_within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.cases import Result

FEW = Shape(experiments=1, runs=60, metrics=20, points=1000)
MANY = Shape(experiments=5, runs=2000, metrics=1, points=1)
READY = "reportgen compare"
SHOW_ALL = "[...document.querySelectorAll('.cmp-bar button')].find(b => b.dataset.key === '{}')"
FIELD = "document.querySelector('dialog.search input')"
ALL_IN = "(({ total, done }) => total > 0 && done === total)(reportgen.search.progress())"


def cases(web: Web) -> Iterator[Result]:
    """What a reader waits for who compares, and who searches."""
    yield from compared(web.site("W60", FEW), web)
    yield from searched(web.site("W10000", MANY), web)


def compared(site: Path, web: Web) -> Iterator[Result]:
    """Twenty runs: from the address to the table, and the table again with all rows."""
    names = sorted(folder.name for folder in (site / "runs").iterdir())[:20]
    url = f"{(site / 'compare/index.html').as_uri()}#runs={','.join(names)}"

    what = "20 runs compared"
    yield within("compare-ready", f"{what}: ready", "ms", 500, web.opened(url, READY))
    with web.page() as page:
        page.goto(url)
        mark_of(page, READY)
        page.wait_for_timeout(1000)  # its curves are drawn, and are not measured here
        words = iter(("Show all", "Only differences") * 50)
        times = web.repeat(lambda: pressed(page, next(words)))
        yield worst_within(
            "compare-all", f"{what}: all rows, or only what differs", "ms", 200, times
        )


def pressed(page: Page, word: str) -> float:
    """The time (ms) from a button until what it does is drawn."""
    return until_shown(page, f"{SHOW_ALL.format(word)}.click()")


def searched(site: Path, web: Web) -> Iterator[Result]:
    """All experiments taken in; a first letter, and a whole query, answered."""
    what = "search of 10,000 runs"
    with web.page() as page:
        page.goto((site / "failed/index.html").as_uri())
        loaded = until_shown(page, "reportgen.search.open()", done=ALL_IN)
        yield within("search-loaded", f"{what}: loaded, once", "ms", 3000, [loaded])
        wait_until(page, ALL_IN)
        for name, query in (("search-letter", "s"), ("search-query", "adamw epochs=20")):
            times = web.repeat(lambda query=query: typed(page, query))  # type: ignore[misc]
            yield worst_within(name, f"{what}: answer to `{query}`", "ms", 50, times)


def typed(page: Page, query: str) -> float:
    """The time (ms) from a key until what it finds is drawn; the field is emptied before."""
    page.evaluate(f"{FIELD}.value = ''; {FIELD}.dispatchEvent(new Event('input'))")
    put = f"{FIELD}.value = '{query}'; {FIELD}.dispatchEvent(new Event('input'))"
    return until_shown(page, put)
