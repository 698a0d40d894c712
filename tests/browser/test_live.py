"""An open page under watch takes over what changed, and leaves the rest as it was."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from reportgen.serve.server import LOOPBACK, Server
from reportgen.watch.loop import Listener, Watch
from tests.browser.visits import Traffic
from tests.patience import PATIENCE, until_true
from tests.sites import add_run, make_store, options_for, run_id

pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")
RUN = f"runs/{run_id(2)}/index.html"
EXPERIMENT = "experiments/experiment-1/index.html"


@dataclass(frozen=True)
class Stage:
    """A store under watch, and where its site is served."""

    store: Path
    url: str

    def log(self, number: int, step: int, value: float) -> None:
        """Append a point to a run's metric."""
        with (self.store / "1" / run_id(number) / "metrics/val_loss").open("a") as file:
            file.write(f"{1600000120000 + step * 1000} {value} {step}\n")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("live")
    store = make_store(folder / "mlruns", runs=2)
    add_run(store, 2, status=1)
    stage = Stage(store, "")
    for step in range(5):
        stage.log(2, step, 0.9 - step / 10)
    lines: list[str] = []
    server = Server(folder / "site", LOOPBACK, 0, live=True)
    watch = Watch(
        options_for(store, folder / "site"), Listener(lines.append, server.changed, server.running)
    )
    thread = Thread(target=watch.run)
    thread.start()
    until(lambda: bool(lines))
    yield Stage(store, server.url)
    watch.stop()
    thread.join(PATIENCE)
    server.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert said == []


def until(is_so: Callable[[], bool]) -> None:
    until_true(is_so, "it did not come")


def text(tab: Page, selector: str) -> str:
    return str(tab.evaluate("(selector) => document.querySelector(selector).textContent", selector))


def test_a_new_point_comes_into_the_page_and_its_chart(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url + RUN)
    tab.locator("figure[data-live]").first.scroll_into_view_if_needed()
    until(lambda: tab.evaluate("() => !!document.querySelector('figure[data-live] canvas')"))
    tab.evaluate(
        "() => { document.querySelector('figure[data-live]').kept = true; scrollTo(0, 120); }"
    )
    stage.log(2, 5, 0.1234)
    until(lambda: "0.1234 @ 5" in text(tab, "main"))
    assert tab.evaluate("() => document.querySelector('figure[data-live]').kept") is True
    assert tab.evaluate("() => scrollY") == 120
    words = re.compile(r"live: last change (just now|\d+ s ago) · training")
    until(lambda: bool(words.fullmatch(text(tab, ".live-mark"))))
    points = "async (page) => (await reportgen.load.run(page)).curves.get('val_loss').values.at(-1)"
    until(lambda: tab.evaluate(points, run_id(2)) == pytest.approx(0.1234))


def test_open_folds_and_fields_stay_as_they_are(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url + RUN)
    tab.evaluate(
        "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"
    )
    count = tab.evaluate("() => document.querySelectorAll('details[open]').length")
    stage.log(2, 6, 0.0987)
    until(lambda: "0.0987 @ 6" in text(tab, "main"))
    assert tab.evaluate("() => document.querySelectorAll('details[open]').length") == count > 0


def test_the_run_table_grows_and_keeps_filter_and_choice(stage: Stage, tab: Page) -> None:
    tab.goto(f"{stage.url}{EXPERIMENT}#q=params.mtry = '3'&runs={run_id(1)}")
    until(lambda: tab.evaluate("() => document.documentElement.classList.contains('has-table')"))
    add_run(stage.store, 7)
    until(lambda: "run 7" in text(tab, ".rt"))
    assert tab.evaluate(
        "() => document.querySelector('.rt input[type=text], .rt input[type=search]').value"
    ) == ("params.mtry = '3'")
    assert tab.evaluate("() => reportgen.state.runs()") == [run_id(1)]


def test_a_page_whose_run_did_not_change_is_left_alone(stage: Stage, tab: Page) -> None:
    traffic = Traffic(tab)
    tab.goto(f"{stage.url}runs/{run_id(0)}/index.html")
    until(lambda: "live: " in text(tab, ".live-mark"))
    traffic.settle()
    asked = [*traffic.asked]
    tab.evaluate("() => reportgen.on('live', (paths) => { window.heard = paths; })")
    stage.log(2, 8, 0.0555)
    until(lambda: tab.evaluate("() => window.heard"))
    traffic.settle()
    assert traffic.asked == asked
