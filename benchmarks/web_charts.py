"""A chart of 50 series x 1,000 points, and a page of twelve and more such charts, scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.content import Shape
from benchmarks.measure import TaskError
from benchmarks.web import Web, frame_gaps, wait_until, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from benchmarks.cases import Result

SHAPE = Shape(experiments=1, runs=60, metrics=24, points=1000)
PAGE = "experiments/baseline/index.html"
CHARTS = 12
SERIES = 50

# Series with steps they share and times of their own, in a chart that is in the window. Reading a
# pixel makes the browser finish what it draws: only then is the time taken.
PREPARE = """() => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const series = (number) => {
    const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
    const apart = 500 + 3000 * random();
    const times = steps.map((i) => 1.76e12 + number * 600000 + i * apart);
    const values = steps.map((i) => number / 100 + Math.exp(-i / 200) + 0.05 * random());
    return { name: `run ${number}`, colour: number < 7 ? number + 1 : 0, steps, times, values };
  };
  const place = reportgen.el("figure", { class: "card fig" });
  document.querySelector("main").prepend(place);
  scrollTo(0, 0);
  const given = Array.from({ length: 50 }, (_, number) => series(number));
  window.__one = reportgen.chart.create(place, { title: "fifty", series: given });
}"""
DRAW = """(() => {
  const one = window.__one;
  const start = performance.now();
  one.rebuild();
  one.plot.ctx.getImageData(5, 5, 1, 1);
  return performance.now() - start;
})()"""


def cases(web: Web) -> Iterator[Result]:
    """What a reader of charts waits for."""
    url = (web.site("charts", SHAPE) / PAGE).as_uri()
    for name, state in (("steps", ""), ("times", "#x=wall"), ("smoothed", "#x=time&smooth=0.8")):
        with web.page() as page:
            page.goto(url + state)
            drawn = web.repeat(lambda: draw(page))
        what = f"chart of {SERIES} series x 1,000 points, by {name}: drawn"
        yield within(f"chart-{name}", what, "ms", 100, drawn)
    with web.page() as page:
        page.goto(f"{url}#runs={','.join(runs_of(page, url))}")
        page.reload()
        longest = web.repeat(lambda: scrolled(page))
    what = f"page of {CHARTS} charts of {SERIES} runs x 1,000 points: longest frame of scrolling"
    yield within("charts-frame", what, "ms", 100, longest)


def draw(page: Page) -> float:
    """The time (ms) to draw the chart anew, from its series to its pixels."""
    if not page.evaluate("Boolean(window.__one)"):
        page.evaluate(PREPARE)
        wait_until(page, "Boolean(window.__one.plot)")
    taken: float = page.evaluate(DRAW)
    return taken


def runs_of(page: Page, url: str) -> list[str]:
    """The pages of 50 runs of the experiment that have curves."""
    page.goto(url)
    pages: list[str] = page.evaluate(
        f"""reportgen.load.table(document.querySelector("main").dataset.experiment)
          .then((table) => table.pages.filter((_, row) =>
            [...table.metrics.values()].some((metric) => metric.count[row] > 1))
          .slice(0, {SERIES}))"""
    )
    if len(pages) < SERIES:
        raise TaskError(f"{SERIES} runs with curves expected, {len(pages)} found")
    return pages


def scrolled(page: Page) -> float:
    """The longest time (ms) between frames, while a wheel goes down past all charts, and up."""
    count = "document.querySelectorAll('[data-curves] figure').length"
    page.evaluate("document.querySelector('#curves').scrollIntoView()")
    wait_until(page, f"{count} >= {CHARTS}")
    page.reload()
    page.evaluate("document.querySelector('#curves').scrollIntoView()")
    wait_until(page, f"{count} >= {CHARTS}")
    page.mouse.move(700, 500)

    def turn() -> None:
        for by in (90, -90):
            for _ in range(50):
                page.mouse.wheel(0, by)
                page.wait_for_timeout(16)

    return frame_gaps(page, turn)[-1]
