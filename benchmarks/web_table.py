"""The run table at 5,000 runs x 40 columns, and the first load of a page of 1,000 runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.content import Shape
from benchmarks.measure import TaskError
from benchmarks.web import (
    Web,
    frame_gaps,
    mark_of,
    packed_size,
    percentile,
    served,
    until_shown,
    wait_until,
    within,
    worst_within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.cases import Result

MANY = Shape(experiments=1, runs=5000, metrics=10, points=3)
USUAL = Shape(experiments=1, runs=1000, metrics=10, points=100)
PAGE = "experiments/baseline/index.html"  # of the first experiment of a store
READY = "reportgen table"
SORT = "document.querySelector('.rt-grid thead [title^=\"val/loss\"]').click()"
FILTER = """const box = document.querySelector('.rt-filter input');
  box.value = `metrics.val/loss {} and params.optimizer/name != 'sgd'`;
  box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter' }}))"""


def cases(web: Web) -> Iterator[Result]:
    """What a reader of a large table waits for."""
    yield from large_table(web.site("W5000", MANY), web)
    yield from first_load(web.site("W1000", USUAL), web)


def large_table(site: Path, web: Web) -> Iterator[Result]:
    """Ready, sorted, filtered, scrolled."""
    url = (site / PAGE).as_uri()

    what = "table of 5,000 runs x 40 columns"
    yield within("table-ready", f"{what}: ready", "ms", 1000, web.opened(url, READY))
    with web.page() as page:
        page.goto(f"{url}#cols={forty(page, url)}")
        page.reload()
        mark_of(page, READY)
        wait_until(page, "document.querySelectorAll('.rt-grid tbody tr').length > 20")
        sorts = web.repeat(lambda: until_shown(page, SORT))
        yield within("table-sort", f"{what}: sorted", "ms", 100, sorts)
        limits = iter(f"< 0.{digit}" for digit in range(1, 100))
        filters = web.repeat(lambda: until_shown(page, FILTER.format(next(limits))))
        yield within("table-filter", f"{what}: filtered", "ms", 100, filters)
        page.evaluate("reportgen.state.set({ q: '', sort: '' })")
        gaps = [scrolled(page, (0, 240)), scrolled(page, (80, 0))]
        frames = sorted(gap for part in gaps for gap in part)
        p95 = [percentile(frames, 0.95)]
        yield within("table-scroll", f"{what}: 95 of 100 frames of scrolling", "ms", 50, p95)
        yield within("table-frame", f"{what}: longest frame of scrolling", "ms", 100, frames[-1:])


def forty(page: Page, url: str) -> str:
    """Forty columns, as the address names them; the name of the run is one more."""
    page.goto(url)
    mark_of(page, READY)
    ids: list[str] = page.evaluate("[...reportgen.runTable.columns.keys()].slice(0, 40)")
    if len(ids) < 40:
        raise TaskError(f"40 columns expected, {len(ids)} found")
    return ",".join(ids)


def scrolled(page: Page, by: tuple[int, int]) -> list[float]:
    """The times between frames while a wheel is turned over the table."""
    page.locator(".rt-port").scroll_into_view_if_needed()
    page.mouse.move(900, 600)

    def turn() -> None:
        for _ in range(60):
            page.mouse.wheel(*by)
            page.wait_for_timeout(12)

    return frame_gaps(page, turn)


def first_load(site: Path, web: Web) -> Iterator[Result]:
    """The page of an experiment of 1,000 runs: bytes, and time until it can be used."""
    sizes, times = [], []
    with served(site) as (address, sent):

        def load() -> float:
            sent.clear()
            with web.page() as page:
                page.goto(f"{address}/{PAGE}", wait_until="networkidle")
                times.append(mark_of(page, READY))
            sizes.append(packed_size(site, [*dict.fromkeys(sent)]) / 1e6)
            return times[-1]

        web.repeat(load)
    what = "page of 1,000 runs, first load"
    yield worst_within("page-bytes", f"{what}, gzipped", "MB", 1.0, sizes)
    yield within("page-ready", f"{what}, until it can be used", "ms", 1000, times[1:])
