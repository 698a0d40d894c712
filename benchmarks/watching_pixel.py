"""How long until a point is seen: from a line that a trainer appends to the pixels of an open tab.

A page of one run is open in Chromium, its charts in sight. Time is that of the monotonic clock,
which the page's is set against by the quickest of some round trips. A point counts as seen when the
chart of its metric ends with it and the frame after that has been drawn.
"""

from __future__ import annotations

import random
import shutil
import time
from contextlib import contextmanager
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.cases import BASE, Bench, Result, against_limit
from benchmarks.measure import TaskError
from benchmarks.watch_process import said, watch_process
from benchmarks.watching import PAUSES, SETTLE
from benchmarks.web import DRAWN, chromium, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

APPENDS = 60
WARM_UP = 5  # appends that are not counted
ROUND_TRIPS = 50
LIMIT = 150.0  # ms, of the median as of the 95th percentile

# It is the metric of the first chart; the promise is of the time at which its point is seen.
METRIC = "() => [...reportgen.chart.awake][0]?.lines[0]?.spec.name"
PICTURE = "() => [...reportgen.chart.awake][0].stage.querySelector('canvas').toDataURL()"
ARM = f"""([name, step]) => {{
  {DRAWN}
  const lines = () => [...reportgen.chart.awake].flatMap((one) => one.lines);
  const isThere = () => lines().some((line) => line.spec.name === name && line.xs.at(-1) === step);
  window.seen = (async () => {{
    while (!isThere()) await new Promise(requestAnimationFrame);
    await drawn();
    return performance.now();
  }})();
}}"""


def pixel(bench: Bench) -> list[Result]:
    """Time from an appended line to its point in an open tab."""
    folder = bench.scratch / "pixel"
    shutil.copytree(bench.store("M", BASE) / "mlruns", folder / "mlruns")
    with shown(folder) as url, chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        delays = measure(page, url, folder / "mlruns")
    about = "appended line to pixels in an open tab, 1,000 runs"
    figures = (
        ("watch-pixel-median", f"{about}, median", median(delays)),
        ("watch-pixel-late", f"{about}, 95 of 100", quantiles(delays, n=20)[-1]),
    )
    return [against_limit(name, is_, "ms", ours, LIMIT) for name, is_, ours in figures]


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """The address of the preview of a watch that has built once."""
    lines: list[str] = []
    with watch_process("mlruns", "-o", "site", "--port", "0", folder=folder, lines=lines) as watch:
        address = said(lines, watch, lambda line: line.startswith("preview: ")).split()[1]
        said(lines, watch, lambda line: " runs (" in line)
        time.sleep(SETTLE)
        yield address


def measure(page: Page, url: str, tree: Path) -> list[float]:
    """Milliseconds from each of some appended lines until its point was drawn."""
    chance = random.Random(7)  # when: not a secret
    run = max(path.parent for path in tree.glob("*/*/metrics") if any(path.iterdir()))
    page.goto(f"{url}runs/{run.name}/index.html")
    page.locator("#curves").scroll_into_view_if_needed()
    wait_until(page, f"Boolean(({METRIC})())")
    wait_until(page, "document.querySelector('.live-mark').textContent.startsWith('live')")
    name = str(page.evaluate(METRIC))
    ahead = clock_ahead(page)
    before = page.evaluate(PICTURE)
    delays = []
    for _ in range(WARM_UP + APPENDS):
        time.sleep(chance.uniform(*PAUSES))
        metric = run / "metrics" / name
        timestamp, value, step = metric.read_text().splitlines()[-1].split()
        page.evaluate(ARM, [name, int(step) + 1])
        with metric.open("a") as file:
            file.write(f"{int(timestamp) + 1000} {float(value) * 0.999} {int(step) + 1}\n")
        began = time.monotonic()
        delays.append((page.evaluate("() => window.seen") / 1000 - ahead - began) * 1000)
    if page.evaluate(PICTURE) == before:
        raise TaskError("the chart was not drawn anew")
    return delays[WARM_UP:]


def clock_ahead(page: Page) -> float:
    """Seconds by which the clock of a page is ahead of ours, by the quickest round trip."""
    found = []
    for _ in range(ROUND_TRIPS):
        sent = time.monotonic()
        there = float(page.evaluate("() => performance.now()")) / 1000
        back = time.monotonic()
        found.append((back - sent, there - (sent + back) / 2))
    return min(found)[1]
