"""Every kind of page takes over a new state of its site where it stands, again and again."""

import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from reportgen.serve.server import LOOPBACK, Server
from tests.browser.sites import curve, png
from tests.browser.visits import Traffic, until, visit_afresh
from tests.patience import PATIENCE, until_equal
from tests.sites import add_experiment, add_run, build, run_id
from tests.trees import write

pytestmark = pytest.mark.browser

GROWING, NEW = 30, 31
STARTED = (50, 51)  # runs that have logged no curve yet
FOLDED = (60, 61)  # runs with a loss of few steps beside one of as few, later of many
EXPERIMENT = "experiments/sweep/index.html"
RUN = f"runs/{run_id(GROWING)}/index.html"
DIFF = f"diffs/{run_id(12)}..{run_id(GROWING)}/index.html"
EMPTY = "experiments/later/index.html"
UPDATES = {EXPERIMENT: 60, RUN: 120}


@dataclass(frozen=True)
class Stage:
    """Two states of one site, and a server that shows one of them."""

    states: tuple[Path, Path]
    shown: Path
    server: Server

    def show(self, number: int, paths: Sequence[str] = ()) -> None:
        """Put a state in place, or some of its files, and tell open pages."""
        folder = self.states[number]
        files = (file for file in folder.rglob("*") if file.is_file())
        known = paths or sorted(file.relative_to(folder).as_posix() for file in files)
        changed = [path for path in known if differs(folder / path, self.shown / path)]
        for path in changed:  # as our writer does: a file is old or new
            write(self.shown, {f"{path}.new": (folder / path).read_bytes()})
            (self.shown / f"{path}.new").replace(self.shown / path)
        self.server.changed(changed)

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away, and tell open pages."""
        for path in paths:
            (self.shown / path).unlink()
        self.server.changed(paths)

    def url(self, path: str) -> str:
        return self.server.url + path


def differs(one: Path, other: Path) -> bool:
    return not other.is_file() or one.read_bytes() != other.read_bytes()


def add_sweep(store: Path) -> None:
    """Three rates, two kinds, two seeds; and a run that goes on."""
    add_experiment(store, "1", "sweep")
    add_experiment(store, "2", "later")
    number = 0
    for rate in ("0.001", "0.01", "0.1"):
        for kind in ("gini", "entropy"):
            for seed in ("1", "2"):
                number += 1
                params = {"params/lr": rate, "params/kind": kind, "params/seed": seed}
                add_run(store, number, {**params, "metrics/val_loss": curve(number)})
    add_experiment(store, "3", "started")
    for number in STARTED:
        add_run(store, number, experiment="3", status=1, end_time=None)
    add_experiment(store, "4", "folded")
    for number in FOLDED:
        short = {"metrics/val_loss": curve(number, 3), "metrics/loss": curve(number, 11)}
        add_run(store, number, {**short, "metrics/train_loss": curve(number, 11)}, experiment="4")
    params = {"params/lr": "0.1", "params/kind": "gini", "params/seed": "3"}
    more: dict[str, str | bytes] = {
        "metrics/val_loss": curve(GROWING, 6),
        "artifacts/fit.png": png(40, 30),
    }
    add_run(store, GROWING, {**params, **more}, status=1, end_time=None)


def go_on(store: Path) -> None:
    """The run logs points and another image, another run starts, and one in another experiment."""
    files: dict[str, str | bytes] = {
        "metrics/val_loss": curve(GROWING, 9),
        "artifacts/fit.png": png(80, 30),
    }
    write(store / "1" / run_id(GROWING), files)
    params = {"params/lr": "0.2", "params/kind": "gini of a wide column", "params/seed": "1"}
    add_run(store, NEW, {**params, "metrics/val_loss": curve(NEW)}, run_name="newcomer")
    add_run(store, 40, {"metrics/val_loss": curve(40)}, experiment="2", run_name="first")
    for number in STARTED:
        test = {"metrics/test_acc": "1600000000000 0.5 0\n"}
        write(store / "3" / run_id(number), {"metrics/val_loss": curve(number), **test})
    for number in FOLDED:
        long = {f"metrics/{key}": curve(number, 101) for key in ("loss", "train_loss")}
        write(store / "4" / run_id(number), long)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("states")
    add_sweep(folder / "mlruns")
    build(folder / "mlruns", folder / "before")
    shutil.copytree(folder / "before", folder / "after")
    go_on(folder / "mlruns")
    build(folder / "mlruns", folder / "after")
    shutil.copytree(folder / "before", folder / "shown")
    server = Server(folder / "shown", LOOPBACK, 0, live=True)
    server.running(1)
    yield Stage((folder / "before", folder / "after"), folder / "shown", server)
    server.close()


@pytest.fixture
def tab(browser: Browser, stage: Stage) -> Iterator[Page]:
    stage.show(0)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def said(tab: Page) -> list[str]:
    """What the console of the tab says from its start."""
    lines: list[str] = []
    tab.on("console", lambda message: lines.append(message.text))
    return lines


def connected(tab: Page) -> None:
    until(tab, "() => document.querySelector('.live-mark').textContent.startsWith('live')")


def steps_of(page: int) -> str:
    """The last step on the first chart that has the run."""
    return f"""() => {{
      const lines = [...reportgen.chart.awake].flatMap((one) => one.lines);
      const line = lines.find(({{ spec }}) => spec.id === '{run_id(page)}');
      return line && line.xs.at(-1);
    }}"""


def test_the_plots_the_table_and_the_curves_of_an_experiment_follow(
    stage: Stage, tab: Page
) -> None:
    tab.goto(f"{stage.url(EXPERIMENT)}#sort=-started&runs={run_id(GROWING)}&open=x")
    until(tab, "() => document.querySelector('#explore-plots .plot-figs .plot')")
    tab.locator("[data-curves]").scroll_into_view_if_needed()
    until(tab, f"() => ({steps_of(GROWING)})() === 5")
    tab.locator(".plot-figs").scroll_into_view_if_needed()
    tab.locator(".par-titles button").first.focus()
    tab.evaluate(
        """() => {
          window.kept = [...document.querySelectorAll('.plot, .plot-par, .rt, .ct')];
          for (const fold of document.querySelectorAll('details')) fold.open = true;
          scrollTo(0, 900);
        }"""
    )
    stage.show(1)
    until(tab, "() => document.querySelector('.rt').textContent.includes('newcomer')")
    until(tab, f"() => ({steps_of(GROWING)})() === 8")
    until(tab, "() => document.querySelector('.plot-limits').textContent.length > 0")
    until(tab, "() => document.querySelector('.head').textContent.includes('14 runs')")
    assert tab.evaluate("() => window.kept.every((node) => node.isConnected)") is True
    assert tab.evaluate("() => scrollY") == 900
    assert tab.evaluate("() => document.activeElement.textContent") == "kind"
    assert tab.evaluate("() => [...document.querySelectorAll('details')].every((d) => d.open)")
    assert tab.evaluate("() => reportgen.state.runs()") == [run_id(GROWING)]
    hint = "() => document.querySelector('.plot-figs figcaption span').textContent"
    until(tab, f"() => ({hint})().includes('n = 13')")


def test_a_table_keeps_the_rows_in_sight_and_the_brush_where_rows_come_before_them(
    stage: Stage, tab: Page
) -> None:
    tab.set_viewport_size({"width": 900, "height": 420})
    tab.goto(f"{stage.url(EXPERIMENT)}#brush=params.lr:0.05..0.3")
    until(tab, "() => !!reportgen.runTable?.brush")
    assert tab.evaluate("() => reportgen.runTable.order.length") == 5
    tab.evaluate("() => { reportgen.runTable.brush = null; reportgen.emit('brush', null); }")
    tab.evaluate("() => { const port = document.querySelector('.rt-port'); port.scrollTop = 99; }")
    until(tab, "() => document.querySelector('.rt-port').scrollTop === 99")
    tab.evaluate("() => { reportgen.runTable.grid.active = { place: 4, column: 0 }; }")
    title = "() => reportgen.runTable.table.titles[reportgen.runTable.items[4].row]"
    assert tab.evaluate(title) == "run 9"
    stage.show(1)
    until(tab, "() => reportgen.runTable.table.count === 14")
    assert tab.evaluate("() => document.querySelector('.rt-port').scrollTop") == 99 + 32
    assert tab.evaluate("() => reportgen.runTable.grid.active.place") == 5


def test_a_table_takes_over_the_curves_of_runs_that_go_on_and_that_join(
    stage: Stage, tab: Page
) -> None:
    lines = """from => [...document.querySelectorAll(`${from} .spark`)].map(one => one.outerHTML)"""
    tab.goto(stage.url(EXPERIMENT))
    until(tab, "() => !!reportgen.runTable")
    connected(tab)
    before = tab.evaluate(lines, ".rt-grid")
    stage.show(1)
    until(tab, "() => reportgen.runTable.table.count === 14")
    until(tab, f"() => ({lines})('.rt-grid').length === 14")
    after = tab.evaluate(lines, ".rt-grid")
    assert after == tab.evaluate(lines, ".still")
    assert len(before) == 13
    assert set(before) - set(after) == {before[0]}  # of the run that goes on


def test_a_comparison_follows_its_runs(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url(f"compare/index.html#runs={run_id(3)},{run_id(GROWING)}&all=1"))
    until(tab, f"() => ({steps_of(GROWING)})() === 5")
    tab.evaluate(
        "() => { window.kept = document.querySelector('#compare-curves'); scrollTo(0, 90); }"
    )
    stage.show(1)
    until(tab, f"() => ({steps_of(GROWING)})() === 8")
    assert tab.evaluate("() => window.kept.isConnected && scrollY") == 90
    assert tab.evaluate("() => document.querySelector('#compare-start').hidden") is True


@pytest.mark.parametrize("others", [[], [GROWING]], ids=["two runs", "three runs"])
def test_a_comparison_shows_what_its_runs_log_for_the_first_time(
    stage: Stage, tab: Page, others: list[int]
) -> None:
    runs = ",".join(run_id(number) for number in (*STARTED, *others))
    tab.goto(stage.url(f"compare/index.html#runs={runs}"))
    connected(tab)
    until(tab, "() => performance.getEntriesByName('reportgen compare').length > 0")
    sections = """() => [...document.querySelectorAll('#compare > *')]
      .map((one) => one.id || one.className).filter((name) => /curves|heldout|sum/.test(name))"""
    before = tab.evaluate(sections)
    assert before == (["compare-curves"] if others else ["card sum"])
    stage.show(1)
    until(tab, f"() => ({steps_of(STARTED[0])})() === 19")
    summary = [] if others else ["card sum"]
    assert tab.evaluate(sections) == [*summary, "heldout", "compare-curves"]


def test_a_comparison_has_a_chart_for_a_metric_that_leaves_the_one_of_others(
    stage: Stage, tab: Page
) -> None:
    runs = ",".join(run_id(number) for number in FOLDED)
    tab.goto(stage.url(f"compare/index.html#runs={runs}"))
    connected(tab)
    titles = """() => [...document.querySelectorAll('#compare-curves > .figs .ct-title b')]
      .map((one) => one.textContent).join()"""
    until(tab, f"() => ({titles})() === 'loss'")
    stage.show(1)
    until(tab, f"() => ({titles})() === 'val_loss,loss'")


def test_a_comparison_leaves_out_a_run_that_is_gone_and_does_not_ask_for_it(
    stage: Stage, tab: Page, said: list[str]
) -> None:
    tab.goto(stage.url(f"compare/index.html#runs={run_id(3)},{run_id(5)},{run_id(7)}"))
    connected(tab)
    heads = "() => document.querySelectorAll('#compare thead .run a').length"
    until(tab, f"() => ({heads})() === 3")
    script = f"runs/{run_id(5)}/run.js"
    stage.remove([script])
    until(tab, f"() => document.body.innerText.includes('No run {run_id(5)}')")
    assert tab.evaluate(heads) == 2
    assert said == []
    stage.show(0, [script])  # it is there once more
    until(tab, f"() => ({heads})() === 3")


def test_a_diff_follows_its_runs(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url(DIFF))
    tab.locator("#figures").scroll_into_view_if_needed()
    last = """() => [...reportgen.chart.awake].flatMap((one) => one.lines)
      .find((line) => line.spec.id === 'B')?.xs.at(-1)"""
    until(tab, f"() => ({last})() === 5")
    buttons = "() => document.querySelectorAll('.acts-head .acts, .plot-bar, .between').length"
    before = tab.evaluate(buttons)
    stage.show(1)
    until(tab, f"() => ({last})() === 8")
    assert tab.evaluate(buttons) == before > 0


def test_an_image_that_was_logged_again_is_shown_anew(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url(RUN))
    width = "() => document.querySelector('img[src*=\"fit.png\"]').naturalWidth"
    connected(tab)
    tab.locator("img[src*='fit.png']").first.scroll_into_view_if_needed()
    until(tab, f"() => ({width})() === 40")
    stage.show(1)
    until(tab, f"() => ({width})() === 80")


def test_a_page_that_is_gone_says_so_and_asks_for_nothing_that_is_not_there(
    stage: Stage, tab: Page, said: list[str]
) -> None:
    traffic = Traffic(tab)
    tab.goto(stage.url(RUN))
    connected(tab)
    traffic.settle()  # what the open page still asks for would not be there
    files = [path for path in (stage.shown / RUN).parent.rglob("*") if path.is_file()]
    stage.remove([path.relative_to(stage.shown).as_posix() for path in files])
    words = "This page is no longer part of the report."
    until(tab, f"() => document.body.innerText.includes('{words}')")
    assert said == []


def test_a_page_that_needs_other_scripts_is_loaded_again(stage: Stage, tab: Page) -> None:
    tab.goto(stage.url(EMPTY))
    connected(tab)
    tab.evaluate("() => { window.marked = true; }")
    stage.show(1)
    tab.locator(".rt", has_text="first").wait_for(timeout=PATIENCE * 1000)
    assert tab.evaluate("() => window.marked") is None


def test_a_page_catches_up_when_its_server_is_back(stage: Stage, tab: Page, tmp_path: Path) -> None:
    shutil.copytree(stage.states[0], tmp_path / "site")
    server = Server(tmp_path / "site", LOOPBACK, 0, live=True)
    server.running(0)
    port = int(server.url.split(":")[2].strip("/"))
    tab.goto(server.url + RUN)
    connected(tab)
    server.close()
    until(tab, "() => document.querySelector('.live-mark').textContent.includes('not conn')")
    for path in (RUN, RUN.replace("index.html", "run.js")):
        write(tmp_path / "site", {path: (stage.states[1] / path).read_bytes()})
    server = Server(tmp_path / "site", LOOPBACK, port, live=True)
    try:
        until(tab, "() => document.querySelector('main').textContent.includes('@ 8')")
        connected(tab)
    finally:
        server.close()


def test_a_tab_that_nobody_looks_at_waits(stage: Stage, tab: Page) -> None:
    turn = """(isAway) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isAway });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    tab.goto(stage.url(RUN))
    connected(tab)
    tab.evaluate("() => { window.count = 0; reportgen.on('live', () => { window.count += 1; }); }")
    tab.evaluate(turn, True)
    stage.show(1)
    tab.wait_for_timeout(400)
    assert tab.evaluate("() => window.count") == 0
    tab.evaluate(turn, False)
    until(tab, "() => document.querySelector('main').textContent.includes('@ 8')")
    until(tab, "() => window.count")
    assert tab.evaluate("() => window.count") == 1


def test_many_tabs_opened_in_the_background_leave_the_server_free(
    browser: Browser, stage: Stage
) -> None:
    stage.show(0)
    away = (
        'Object.defineProperty(document, "hidden", { configurable: true, get: () => !window.seen })'
    )
    with visit_afresh(browser) as (first, _):
        first.context.add_init_script(away)
        others = [first.context.new_page() for _ in range(7)]
        for tab in (first, *others):  # browsers open six connections to one server
            tab.goto(stage.url(RUN))
        stage.show(1)
        first.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'))")
        until(first, "() => document.querySelector('main').textContent.includes('@ 8')")
        connected(first)


@pytest.mark.parametrize("path", UPDATES)
def test_a_page_that_is_open_for_days_does_not_grow(stage: Stage, tab: Page, path: str) -> None:
    folder = path.removesuffix("index.html")
    files = [
        file for file in (f"{folder}runs.js", f"{folder}run.js") if (stage.shown / file).exists()
    ]
    files += [path, RUN.replace("index.html", "run.js")]
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable")
    traffic = Traffic(tab)
    tab.goto(f"{stage.url(path)}#runs={run_id(GROWING)}")
    connected(tab)
    next_one = "() => { window.next = new Promise((come) => { window.come = come; }); }"
    tab.evaluate("() => reportgen.on('renewed', () => window.come())")
    tab.evaluate("() => scrollTo(0, 600)")

    def update(times: int) -> None:
        for number in range(times):
            tab.evaluate(next_one)
            stage.show(1 - number % 2, files)
            tab.evaluate("() => window.next")
        traffic.settle()

    def held() -> dict[str, float]:
        session.send("HeapProfiler.collectGarbage")
        found = session.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found}

    update(20)
    first = held()
    update(UPDATES[path] - 20)
    limits = {
        "Nodes": first["Nodes"] * 1.1 + 200,
        "JSEventListeners": first["JSEventListeners"] * 1.05 + 20,
        "JSHeapUsedSize": first["JSHeapUsedSize"] * 1.2 + 2e6,
    }

    def grown() -> dict[str, float]:
        return {name: size for name, size in held().items() if size >= limits.get(name, math.inf)}

    until_equal(grown, {})  # what is let go is not gone at once
