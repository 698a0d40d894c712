"""A store whose curves are known to the digit, and what charts of it are asked in a browser."""

import math
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.visits import drawn, until
from tests.sites import add_experiment, add_run, run_id
from tests.trees import write

POINTS = 300
SPIKE_AT, NAN_AT = 150, 40
RUN = f"runs/{run_id(1)}/index.html"
EXPERIMENT = "experiments/beans/index.html"


def loss(number: int, step: int) -> float:
    """The validation loss of a run: falls, a little higher for each run."""
    return round(0.2 + number / 100 + math.exp(-step / 40), 6)


def lines(values: list[float], number: int, every: int = 1) -> str:
    """A metric file; the points of a run lie a second and a tenth of its number apart."""
    start, apart = 1600000000000 + number * 60_000, 1000 + 100 * number
    return "".join(
        f"{start + place * apart} {value!r} {place * every}\n" for place, value in enumerate(values)
    )


def chart_store(store: Path) -> Path:
    """Twelve runs with losses of 300 steps, rates and negatives; one has a spike and a nan."""
    add_experiment(store, "1", "beans")
    for number in range(1, 13):
        values = [loss(number, step) for step in range(POINTS)]
        files: dict[str, str | bytes] = {
            "metrics/val_loss": lines(values, number),
            "metrics/train_loss": lines([value / 2 for value in values], number),
            "metrics/opt/rate": lines([10 ** (-step / 60) for step in range(POINTS)], number),
            "metrics/opt/norm": lines([step / 10 - 5 for step in range(POINTS)], number),
        }
        add_run(store, number, files, run_name=f"bean {number}")
    spiky = [loss(1, step) for step in range(POINTS)]
    spiky[SPIKE_AT], spiky[NAN_AT] = 90.0, math.nan
    odd = {"metrics/odd": lines(spiky, 1).replace("nan", "NaN")}
    write(store / "1" / run_id(1), odd)
    add_run(store, 90, {"metrics/val_loss": lines([1.0, 0.5], 90)}, status=1, end_time=None)
    return store


def serve_copy(site: Path, served_root: Path, name: str) -> str:
    """Copy a site below the server's root; its path there."""
    shutil.copytree(site, served_root / "sub" / name, dirs_exist_ok=True)
    return f"sub/{name}"


def chart_of(title: str) -> str:
    """The JavaScript expression of a drawn chart."""
    return f"[...reportgen.chart.awake].find(one => one.spec.title === {title!r})"


def show(page: Page, title: str) -> None:
    """Scroll to a chart and wait until it is drawn and nothing waits."""
    page.locator("figcaption b, .ct-title b").get_by_text(
        title, exact=True
    ).scroll_into_view_if_needed()
    until(page, f"Boolean({chart_of(title)}?.plot)")
    drawn(page)


def frame(page: Page, title: str) -> dict[str, float]:
    """Where the lines of a chart are drawn in the window: left, top, width, height in px."""
    found: dict[str, float] = page.evaluate(
        f"""(one => {{
          const {{ left, top }} = one.stage.getBoundingClientRect();
          return {{ ...one.frame, left: left + one.frame.left, top: top + one.frame.top }};
        }})({chart_of(title)})"""
    )
    return found


def x_place(page: Page, title: str, x: float) -> float:
    """Where a place of the x axis is in the window."""
    found: float = page.evaluate(
        f"(() => {{ const one = {chart_of(title)};"
        f" return one.stage.getBoundingClientRect().left + one.px({x}); }})()"
    )
    return found


def hover(page: Page, title: str, x: float) -> str:
    """Point at a place of the x axis; the text of the tooltip, a row a line."""
    show(page, title)
    box = frame(page, title)
    page.mouse.move(x_place(page, title, x), box["top"] + box["height"] / 2)
    drawn(page)
    tip: str = page.evaluate(f"{chart_of(title)}.tip.innerText")
    return tip


def state_of(page: Page, title: str, what: str) -> Any:
    """What JavaScript says of a drawn chart, named `one`."""
    return page.evaluate(f"(one => {what})({chart_of(title)})")


def open_curves(page: Page, base: str, state: str = "") -> None:
    """Open the experiment's page and go to its curves."""
    page.goto(f"{base}/{EXPERIMENT}{state}")
    page.locator("#curves").scroll_into_view_if_needed()
    until(page, "reportgen.chart.awake.size > 0")
