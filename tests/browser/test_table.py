"""The run table in the browser: sorted, filtered, grouped, chosen, copied, kept in the address."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, Locator, Page

from reportgen.analysis.table import Column, table_csv
from reportgen.spelling import markdown_text
from tests.browser.readers import SCHEMES, SIZES, violations, widths
from tests.browser.sites import curve
from tests.browser.visits import Events, drawn, state, until, visit, visit_afresh
from tests.patience import until_equal
from tests.sites import add_experiment, add_run, build, run_id

pytestmark = pytest.mark.browser

PAGE = "experiments/beans/index.html"
SWEEP, FOREST, FAILED = 1, 5, 6
EVIL = """<img src=x onerror="window.__hit=1">'"`,%2C&amp;\u202e=cmd"""


def points(value: float) -> str:
    """Two points: a good one, then the last."""
    return f"1600000000000 {value} 1\n1600000001000 {value + 0.5} 2\n"


def beans(store: Path) -> Path:
    """A sweep with three child runs, two runs of their own (one of them failed), test results."""
    add_experiment(store, "1", "Beans")
    sweep = add_run(store, SWEEP, run_name="sweep")
    (sweep / "metrics" / "rmse").unlink()
    for number, lr, loss in ((2, "0.1", 3.0), (3, "1e-3", 1.0), (4, "0.02", 2.0)):
        files = {
            "tags/mlflow.parentRunId": run_id(SWEEP),
            "params/lr": lr,
            "params/seed": str(number),
            "metrics/val_loss": points(loss),
            "metrics/test_acc": points(0.1),
        }
        add_run(store, number, files, run_name=f"child {number}")
    more = {"params/lr": "10", "metrics/val_loss": points(1.25), "tags/team": "blue"}
    note = {"tags/mlflow.note.content": "a **first** line\nand more"}
    add_run(store, FOREST, {**more, **note}, run_name="forest")
    trace = {"artifacts/traceback.txt": 'Traceback\n  File "a.py"\nValueError: bad\n'}
    add_run(store, FAILED, {"params/lr": "0.1", **trace}, run_name="crashed", status=4)
    return store


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, served_root: Path) -> Path:
    """A site below the folder that the server shows: it can be opened as files, too."""
    store = beans(tmp_path_factory.mktemp("table") / "mlruns")
    out = served_root / "sub" / "table"
    assert build(store, out).failures == ()
    return out


@contextmanager
def table(browser: Browser, url: str, keys: str = "", **options: object) -> Iterator[Page]:
    """The page of an experiment, its table ready; no script may fail, nothing foreign be loaded."""
    with visit(browser, **options) as (page, events):
        page.goto(f"{url}#{keys}")
        ready(page)
        yield page
        settled(page, events, url)


def settled(page: Page, events: Events, url: str) -> None:
    assert events.errors == []
    assert events.foreign(url.partition("/experiments/")[0]) == []
    assert page.evaluate("window.__hit") is None


def ready(page: Page) -> None:
    until(page, "document.documentElement.classList.contains('has-table')")


def names(page: Page) -> list[str]:
    """What stands in the first cells, from top to bottom; child runs set in."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('.rt-grid tbody tr:not(.rt-space)')].map(row => {
          const inside = row.querySelector('.child .d1, .child .d2') ? '  ' : '';
          const group = row.querySelector('.who.group');
          return inside + (group ? group.querySelector('.value').textContent
            : row.querySelector('a').textContent);
        })"""
    )
    return found


def cells(page: Page, head: str) -> list[str]:
    """A column, from top to bottom."""
    found: list[str] = page.evaluate(
        """head => {
          const place = [...document.querySelectorAll('.rt-grid thead tr:last-child th')]
            .find(th => th.title.split('\\n')[0] === head).dataset.place;
          return [...document.querySelectorAll(`.rt-grid tbody td[data-place="${place}"]`)]
            .map(td => td.textContent);
        }""",
        head,
    )
    return found


def address(page: Page) -> dict[str, str]:
    """The view state in the address."""
    pairs = [part.partition("=") for part in state(page).split("&") if part]
    return {key: unquote(value) for key, _, value in pairs}


def click_head(page: Page, head: str, *modifiers: str) -> None:
    cell = page.locator(f".rt-grid thead th[title^='{head}']").first
    cell.scroll_into_view_if_needed()
    drawn(page)  # columns that come into sight draw the header anew: a click between would be lost
    cell.click(modifiers=list(modifiers), position={"x": 12, "y": 12})  # type: ignore[arg-type]
    drawn(page)


def filter_by(page: Page, text: str) -> None:
    page.get_by_role("combobox", name="Filter runs").fill(text)
    page.keyboard.press("Enter")
    drawn(page)


ALL = ["crashed", "forest", "sweep", "  child 4", "  child 3", "  child 2"]


@pytest.mark.parametrize("place", ["file", "server"])
def test_the_table_takes_the_place_of_the_one_of_the_page(
    browser: Browser, site: Path, server: str, place: str
) -> None:
    url = (site / PAGE).as_uri() if place == "file" else f"{server}/sub/table/{PAGE}"
    with table(browser, url) as page:
        assert names(page) == ["crashed", "forest", "sweep"]
        assert not page.locator(".still").is_visible()
        assert page.locator(".rt .count").inner_text() == "6 runs"
        assert cells(page, "Status") == ["Failed ValueError: bad", "Finished", "Finished"]
        page.get_by_role("link", name="forest", exact=True).click()
        assert page.url.endswith(f"/runs/{run_id(FOREST)}/index.html")


def test_cells_are_those_of_the_static_table(browser: Browser, site: Path) -> None:
    url = (site / PAGE).as_uri()
    with visit(browser, java_script_enabled=False) as (page, _):
        page.goto(url)
        heads = page.locator(".still thead tr:last-child th").all_inner_texts()
        static = [
            [cell.inner_text().split(" ≈")[-1] for cell in row.locator("td").all()]
            for row in page.locator(".still tbody tr").all()
        ]
    with table(browser, url, "open=*") as page:
        shown = page.locator(".rt-grid thead tr:last-child th").all_inner_texts()
        assert [head.split("\n")[0] for head in shown] == [head.split("\n")[-1] for head in heads]
        ours = page.evaluate(
            """[...document.querySelectorAll('.rt-grid tbody tr:not(.rt-space)')].map(row =>
              [...row.querySelectorAll('td[data-place]')].map(td => td.innerText))"""
        )
    assert [[" ".join(cell.split()) for cell in row] for row in ours] == [
        [" ".join(cell.replace("3 child runs", "").split()) for cell in row] for row in static
    ]


def test_numbers_are_sorted_as_numbers_and_what_is_absent_comes_last(
    browser: Browser, site: Path
) -> None:
    with table(browser, (site / PAGE).as_uri(), "open=*") as page:
        click_head(page, "lr")
        assert address(page)["sort"] == "params.lr"
        assert names(page) == ["sweep", "  child 3", "  child 4", "  child 2", "crashed", "forest"]
        click_head(page, "lr")
        assert names(page) == ["forest", "crashed", "sweep", "  child 2", "  child 4", "  child 3"]
        click_head(page, "lr")
        assert (names(page), address(page)) == (ALL, {"open": "*"})


def test_a_family_stands_where_its_best_child_stands(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), "sort=best.val_loss&open=*") as page:
        assert names(page) == ["sweep", "  child 3", "  child 4", "  child 2", "forest", "crashed"]
        assert page.locator(".rt-grid [aria-sort=ascending]").get_attribute("title") is not None


def test_a_second_column_is_added_with_shift(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), "rows=status&open=*") as page:
        click_head(page, "Duration")
        click_head(page, "lr", "Shift")
        assert address(page)["sort"] == "duration,params.lr"
        sorts = page.locator(".rt-grid thead .arrow").all_inner_texts()
        assert sorts == ["▲1", "▲2"]
        assert page.locator(".chip").first.inner_text() == "Sorted by Duration ↑, then lr ↑"


def test_a_filter_narrows_the_table_and_unfolds_families(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        page.evaluate("reportgen.on('visible', rows => { window.told = rows; }); window.told = []")
        filter_by(page, "params.lr IN ('0.1', '0.02') and metrics.val_loss < 9")
        assert names(page) == ["child 4", "child 2"]
        assert page.locator(".rt .count").inner_text() == "2 of 6 runs"
        until(page, "told.length === 2")
        assert page.evaluate("told.map(row => reportgen.runTable.table.titles[row])") == [
            "child 4",
            "child 2",
        ]
        filter_by(page, "run_name LIKE 'sweep' or params.lr = '0.1'")
        assert names(page) == ["crashed", "sweep", "  child 2"]
        filter_by(page, "run_name = 'nobody'")
        assert page.get_by_text("No run passes.").is_visible()
        page.get_by_role("button", name="Take the filter out").click()
        drawn(page)
        assert (names(page), address(page)) == (["crashed", "forest", "sweep"], {})


def test_a_mistake_is_told_and_marked_where_it_is(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        filter_by(page, "params.lr = 0.1 and status = 'FINISHED'")
        message = page.locator(".rt-mistake")
        assert message.inner_text().startswith(
            "Position 13: expected a text in quotes for params.lr, found 0.1. Write params.lr = "
        )
        assert page.locator(".rt-filter mark").inner_text() == "0.1"
        box = page.get_by_role("combobox", name="Filter runs")
        assert box.get_attribute("aria-invalid") == "true"
        assert names(page) == ["crashed", "forest", "sweep"]  # the last filter that could be read
        assert violations(page) == []
        filter_by(page, "metrics.test_acc > 0")
        assert "metrics.test_acc is a test metric, and stands apart" in message.inner_text()
        filter_by(page, "metrics.typo > 0")
        assert "No run here has metrics.typo" in message.inner_text()
        filter_by(page, "forest")
        page.get_by_role("button", name="Find names with “forest”").click()
        drawn(page)
        assert (names(page), message.inner_text()) == (["forest"], "")
        assert box.input_value() == "run_name ILIKE '%forest%'"


def test_fields_and_values_are_suggested_as_one_types(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        box = page.get_by_role("combobox", name="Filter runs")
        box.press_sequentially("lr")
        options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
        assert options.all_inner_texts() == ["params.lr"]
        keys(page, "ArrowDown", "Enter")
        assert box.input_value() == "params.lr "
        box.press_sequentially("= '0")
        assert options.all_inner_texts() == ["'0.1'", "'0.02'"]
        assert violations(page) == []
        options.last.click()
        assert box.input_value() == "params.lr = '0.02' "
        until_equal(lambda: names(page), ["child 4"])
        box.press_sequentially("and sta")
        assert options.first.inner_text() == "status"
        keys(page, "Escape")
        assert options.count() == 0
        keys(page, "Escape")
        assert (box.input_value(), address(page)) == ("", {})


def test_test_metrics_are_nowhere_in_the_table(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        ids = page.evaluate("[...reportgen.runTable.columns.keys()]")
    assert "metrics.val_loss" in ids
    assert [name for name in ids if "test_acc" in name] == []


def test_columns_are_chosen_pinned_and_moved(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        tool(page, "Columns").click()
        search = page.get_by_role("searchbox", name="Search columns")
        search.fill("team")
        page.get_by_role("checkbox", name="team").check()
        search.fill("started")
        page.get_by_role("checkbox", name="Started").uncheck()
        page.keyboard.press("Escape")
        assert "team" in heads(page)
        assert "Started" not in heads(page)
        menu_of(page, "lr", "Pin")
        assert address(page)["pin"] == "params.lr"
        assert heads(page)[:3] == ["Name", "lr", "Status"]
        menu_of(page, "Status", "Move right")
        assert heads(page)[:4] == ["Name", "lr", "Duration", "Status"]
        page.locator(".rt-grid thead th[title^='val_loss']").first.drag_to(
            page.locator(".rt-grid thead th[title='Duration']"), target_position={"x": 5, "y": 9}
        )
        drawn(page)
        assert heads(page)[:4] == ["Name", "lr", "val_loss", "Duration"]
        assert "sort" not in address(page)
        menu_of(page, "Duration", "Hide")
        assert "Duration" not in heads(page)
        kept = heads(page)
        page.reload()
        ready(page)
        assert heads(page) == kept
        tool(page, "Columns").click()
        page.get_by_role("button", name="As at first").click()
        drawn(page)
        assert address(page) == {}


def tool(page: Page, name: str) -> Locator:
    """A button above the table."""
    return page.locator(".rt-tools").get_by_role("button", name=name)


def heads(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.rt-grid thead tr:last-child th')]"
        ".map(th => th.title.split('\\n')[0])"
    )
    return found


def menu_of(page: Page, head: str, entry: str) -> None:
    page.locator(f".rt-grid thead th[title^='{head}']").first.hover()
    page.get_by_role("button", name=f"Menu of {head}", exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()
    drawn(page)


def test_groups_have_count_mean_deviation_and_best(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        menu_of(page, "lr", "Group by it")
        assert names(page) == ["lr 1e-3", "lr 0.02", "lr 0.1", "lr 10", "lr not logged"]
        counts = page.locator(".rt-grid .who.group .id").all_inner_texts()
        assert counts == ["1 run", "1 run", "2 runs", "1 run", "1 run"]
        page.evaluate("reportgen.state.set({ rows: 'status' })")
        drawn(page)
        assert names(page) == ["status FAILED", "status FINISHED"]
        # last values 3.5, 1.5, 2.5 and 1.75, best values 3, 1, 2 and 1.25
        assert cells(page, "val_loss") == ["–", "2.31 ± 0.90"]
        assert cells(page, "val_loss, best") == ["–", "1.81 ± 0.90 best 1"]
        cell = page.locator(".rt-grid td", has_text="best 1")
        tip = cell.get_attribute("title") or ""
        assert "of 4 runs" in tip
        assert "best 1 in child 3" in tip
        page.get_by_role("button", name="5 runs with status FINISHED").click()
        assert names(page)[1:3] == ["status FINISHED", "  forest"]
        page.get_by_role("button", name="Group no more").click()
        drawn(page)
        assert address(page) == {}


def test_runs_that_differ_by_seed_alone_are_one_group(browser: Browser, tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "Beans")
    for number, (lr, depth, loss) in enumerate(
        (("0.1", "2", 1.0), ("0.1", "2", 2.0), ("1", "3", 4.0))
    ):
        params = {"params/lr": lr, "params/depth": depth, "params/seed": str(number)}
        add_run(tmp_path / "mlruns", number, {**params, "metrics/val_loss": points(loss)})
    build(tmp_path / "mlruns", tmp_path / "site")
    with table(browser, (tmp_path / "site" / PAGE).as_uri()) as page:
        tool(page, "Group").click()
        page.get_by_role("menuitemradio", name="all but seed").click()
        drawn(page)
        assert address(page) == {"rows": "setting"}
        assert names(page) == ["depth=2", "depth=3"]  # lr tells no more
        assert cells(page, "val_loss, best") == ["1.50 ± 0.71 best 1", "4 best 4"]
        titles = page.locator(".rt-grid .who.group .value")
        assert titles.first.get_attribute("title") == "setting: depth=2, lr=0.1"


def test_settings_that_are_spelt_alike_are_groups_of_their_own(
    browser: Browser, tmp_path: Path
) -> None:
    add_experiment(tmp_path / "mlruns", "1", "Beans")
    settings = [
        {"a": "1, b=2", "b": "3"},
        {"a": "1", "b": "2, b=3"},
        {"a": "not logged", "b": "2"},
        {"b": "2"},
    ]
    for number, setting in enumerate(settings * 2):
        params = {**setting, "wide": "w" * 300 + setting["b"], "seed": str(number)}
        files = {f"params/{key}": value for key, value in params.items()}
        add_run(tmp_path / "mlruns", number, {**files, "metrics/val_loss": points(1.0)})
    build(tmp_path / "mlruns", tmp_path / "site")
    with table(browser, (tmp_path / "site" / PAGE).as_uri(), "rows=setting") as page:
        told = ['a="1, b=2"', "a=1", 'a="not logged"', "a=not logged"]
        assert sorted(names(page)) == sorted(told)
        page.get_by_role("button", name="2 runs with setting a=not logged").click()
        drawn(page)
        assert address(page) == {"rows": "setting", "open": "=a=not logged"}
        assert len(names(page)) == 4 + 2


def test_families_unfold_one_by_one_and_all_at_once(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        page.get_by_role("button", name="3 child runs of sweep").click()
        assert (names(page), address(page)["open"]) == (ALL, run_id(SWEEP))
        page.get_by_role("button", name="Fold all child runs").click()
        drawn(page)
        assert names(page) == ["crashed", "forest", "sweep"]
        page.get_by_role("button", name="Unfold all child runs").click()
        drawn(page)
        assert names(page) == ALL


def test_chosen_runs_are_carried_to_compare(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), "open=*") as page:
        bar = page.get_by_role("region", name="Chosen runs")
        assert not bar.is_visible()
        page.get_by_role("checkbox", name="Choose forest").click()
        assert "Choose one more to compare" in bar.inner_text()
        page.get_by_role("checkbox", name="Choose child 3").click(modifiers=["Shift"])
        assert "4 runs chosen" in bar.inner_text()
        chosen = ",".join(map(run_id, (FOREST, SWEEP, 4, 3)))
        link = bar.get_by_role("link", name="Compare").get_attribute("href")
        assert link == f"../../compare/index.html#runs={chosen}"
        assert bar.get_by_role("link", name="Diff").count() == 0
        page.get_by_role("checkbox", name="Choose sweep").click()
        page.get_by_role("checkbox", name="Choose child 4").click()
        link = bar.get_by_role("link", name="Diff").get_attribute("href")
        older, newer = run_id(3), run_id(FOREST)
        assert link == f"../../compare/index.html#runs={older},{newer}&base={older}"
        page.get_by_role("checkbox", name="Choose the runs in sight").click()
        assert len(address(page)["runs"].split(",")) == 6
        bar.get_by_role("button", name="Clear").click()
        assert not bar.is_visible()
        assert address(page) == {"open": "*"}


def test_runs_of_other_experiments_stay_chosen(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), "runs=elsewhere") as page:
        page.get_by_role("checkbox", name="Choose forest").click()
        assert address(page)["runs"] == f"elsewhere,{run_id(FOREST)}"
        assert "1 of another experiment" in page.locator(".rt-bar").inner_text()


def test_a_brush_in_a_chart_narrows_the_table_until_its_chip_is_taken_out(
    browser: Browser, site: Path
) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        page.evaluate("reportgen.on('brush', rows => { window.brush = rows; })")
        page.evaluate("reportgen.emit('brush', [1, 2])")
        assert names(page) == ["forest", "child 4"]
        assert page.locator(".chip").inner_text() == "2 runs between the marks of the chart"
        page.get_by_role("button", name="Take the marks of the chart out").click()
        assert (names(page), page.evaluate("brush")) == (["crashed", "forest", "sweep"], None)


COLUMNS = "cols=status,metrics.val_loss,params.lr"


def test_rows_in_sight_are_copied_as_markdown_latex_and_csv(browser: Browser, site: Path) -> None:
    keys = f"{COLUMNS}&sort=-params.lr"
    with table(browser, (site / PAGE).as_uri(), keys) as page:
        assert copied(page, "Markdown") == (
            "| run | status | val_loss | lr |\n"
            "| --- | --- | ---: | ---: |\n"
            "| forest | FINISHED | 1.75 | 10 |\n"
            "| crashed | FAILED |  | 0.1 |\n"
            "| sweep | FINISHED |  |  |\n"
        )
        assert copied(page, "LaTeX") == (
            "% needs \\usepackage{booktabs}\n\\begin{tabular}{llrr}\n\\toprule\n"
            "run & status & val\\_loss & lr \\\\\n\\midrule\nforest & FINISHED & 1.75 & 10 \\\\\n"
            "crashed & FAILED &  & 0.1 \\\\\nsweep & FINISHED &  &  \\\\\n"
            "\\bottomrule\n\\end{tabular}\n"
        )
        assert copied(page, "CSV").splitlines()[:2] == [
            "run_name,run_id,status,metrics.val_loss,params.lr",
            f"forest,{run_id(FOREST)},FINISHED,1.75,10",
        ]
        page.evaluate("reportgen.state.set({ rows: 'status' })")
        drawn(page)
        assert "2.31 ± 0.90" in copied(page, "Markdown")
        assert "$2.31 \\pm 0.90$" in copied(page, "LaTeX")


def copied(page: Page, form: str) -> str:
    """What the menu puts into the clipboard."""
    page.evaluate("reportgen.copy = async text => { window.copied = text; }")
    tool(page, "Copy").click()
    page.get_by_role("menuitem", name=f"Copy as {form}").click()
    return str(page.evaluate("copied"))


def test_the_view_comes_back_from_the_address(browser: Browser, site: Path) -> None:
    query = "params.lr IS NOT NULL"
    keys = f"q={quote(query)}&sort=-best.val_loss&{COLUMNS}&pin=params.lr&runs={run_id(4)}"
    with table(browser, (site / PAGE).as_uri(), keys) as page:
        assert page.get_by_role("combobox", name="Filter runs").input_value() == query
        assert names(page) == ["child 2", "child 4", "forest", "child 3", "crashed"]
        assert heads(page) == ["Name", "lr", "Status", "val_loss"]
        assert page.get_by_role("checkbox", name="Choose child 4").is_checked()
        page.evaluate(f"location.hash = '{COLUMNS}'")  # as one edits it by hand
        until(page, "document.querySelectorAll('.rt-grid tbody a').length === 3")
        assert heads(page) == ["Name", "Status", "val_loss", "lr"]
        assert not page.locator(".rt-bar").is_visible()


def test_all_is_done_by_keyboard(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), COLUMNS) as page:
        page.get_by_role("combobox", name="Filter runs").focus()
        for _ in range(3):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").startswith("Copy")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "grid"
        keys(page, "ArrowDown", "ArrowDown", "+", "ArrowDown", " ")
        assert address(page)["runs"] == run_id(4)
        keys(page, "Shift+End", "End", "ArrowDown", "ArrowDown", "Shift+ ")
        assert len(address(page)["runs"].split(",")) == 3
        keys(page, "Control+Home", "ArrowUp", "ArrowRight", "ArrowRight", "Enter")
        assert address(page)["sort"] == "metrics.val_loss"
        keys(page, "Shift+F10")
        assert page.get_by_role("menu").is_visible()
        keys(page, "ArrowDown", "Enter")
        assert address(page)["sort"] == "-metrics.val_loss"
        active = (
            "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        )
        assert page.evaluate(f"{active}.title.split('\\n')[0]") == "val_loss"
        keys(page, "Control+Home")
        page.keyboard.press("Enter")  # away from here: nothing is drawn any more
        page.wait_for_url("**/runs/**")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)
        drawn(page)


def test_a_screen_reader_is_told_places_counts_and_order(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri(), "open=*&sort=params.lr") as page:
        grid = page.get_by_role("grid", name="Runs of Beans")
        assert grid.get_attribute("aria-rowcount") == "8"
        assert page.get_by_role("row", name="child 3").get_attribute("aria-rowindex") == "4"
        assert page.locator(".rt-grid [aria-sort=ascending]").count() == 1
        assert page.locator(".rt .count").get_attribute("role") == "status"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "state", ["open=*&runs=x,y&sort=params.lr", "rows=params.lr&open=*&pin=params.lr"]
)
def test_the_table_is_open_to_all_readers(
    browser: Browser, site: Path, size: str, state: str
) -> None:
    options = {"viewport": SIZES[size], "color_scheme": SCHEMES[size]}
    with table(browser, (site / PAGE).as_uri(), state, **options) as page:
        assert violations(page) == []
        assert widths(page) == [SIZES[size]["width"]] * 2


def test_its_menus_are_open_to_all_readers(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        for name in ("Group", "Columns"):
            tool(page, name).click()
            assert violations(page) == []


def test_the_static_table_is_whole_without_scripts_and_on_paper(
    browser: Browser, site: Path
) -> None:
    with visit(browser, java_script_enabled=False) as (page, _):
        page.goto((site / PAGE).as_uri())
        rows = page.locator(".still tbody tr")
        assert rows.count() == 6
        assert all(row.is_visible() for row in rows.all())
    with table(browser, (site / PAGE).as_uri()) as page:
        page.emulate_media(media="print")
        assert page.locator(".still tbody tr").last.is_visible()
        assert not page.locator(".rt").is_visible()


def test_the_course_of_a_metric_stands_beside_its_last_value(browser: Browser, site: Path) -> None:
    lines = "from => [...document.querySelectorAll(from + ' .spark')].map(one => one.outerHTML)"
    with table(browser, (site / PAGE).as_uri(), "open=*") as page:
        drawn = page.evaluate(lines, ".rt-grid")
        assert len(drawn) == 4
        assert drawn == page.evaluate(lines, ".still")


def test_a_metric_has_its_course_where_a_parameter_has_its_name(
    browser: Browser, tmp_path: Path
) -> None:
    add_experiment(tmp_path / "mlruns", "1", "Beans")
    for number in range(2):
        files = {"params/loss": f"kind {number}", "metrics/loss": curve(number)}
        add_run(tmp_path / "mlruns", number, files)
    build(tmp_path / "mlruns", tmp_path / "site")
    with table(browser, (tmp_path / "site" / PAGE).as_uri()) as page:
        heads = page.locator(".still thead th").all_text_contents()
        assert heads.count("loss") == 2
        assert page.locator(".rt-grid .spark").count() == 2


def test_a_table_of_many_columns_has_room_on_paper(browser: Browser, tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "Beans")
    for number in range(2):
        params = {f"params/option_number_{place}": f"v{number}" for place in range(24)}
        add_run(tmp_path / "mlruns", number, params)
    build(tmp_path / "mlruns", tmp_path / "site")
    paper = {"width": 1047, "height": 718}  # px of A4, turned, within its margins
    with table(browser, (tmp_path / "site" / PAGE).as_uri(), viewport=paper) as page:
        page.emulate_media(media="print")
        section = "document.querySelector('.runs').closest('section')"
        assert page.evaluate(f"getComputedStyle({section}).page") == "many"
        scrolled, shown = widths(page)
        assert scrolled <= shown


def test_the_static_table_stays_where_the_data_is_missing(browser: Browser, site: Path) -> None:
    with visit_afresh(browser) as (page, _):
        page.route("**/runs.js", lambda route: route.abort())
        page.goto((site / PAGE).as_uri())
        until(page, "document.querySelector('.still').checkVisibility()")
        assert page.get_by_text("Sorting and filtering are not there").is_visible()
        assert page.locator(".still tbody tr").count() == 6


def test_hostile_names_are_no_more_than_text(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("evil")
    add_experiment(folder / "mlruns", "1", "Beans")
    name = EVIL.replace("/", "")
    for number in range(3):
        files = {
            f"params/{name}": f"{EVIL}{number}",
            f"metrics/val_{name}": points(number),
            f"tags/{name}": EVIL if number else "x",
            "tags/mlflow.note.content": EVIL,
            "tags/mlflow.user": EVIL,
        }
        add_run(folder / "mlruns", number, files, run_name=f"{EVIL} {number}")
    build(folder / "mlruns", folder / "site")
    with table(browser, (folder / "site" / PAGE).as_uri()) as page:
        everything = "reportgen.runTable.setShown([...reportgen.runTable.columns.keys()])"
        page.evaluate(everything)
        drawn(page)
        assert names(page) == [f"{EVIL} {number}" for number in (2, 1, 0)]
        assert page.locator(".rt img").count() == 0
        kept = heads(page)
        page.reload()
        ready(page)
        assert heads(page) == kept
        for button in ("Group", "Columns", "Copy"):
            tool(page, button).click()
            page.keyboard.press("Escape")
        page.evaluate("column => reportgen.state.set({ rows: column })", f"params.{name}")
        drawn(page)
        assert len(names(page)) == 3
        assert copied(page, "Markdown").count("\\|") == 0
        csv = copied(page, "CSV")
        assert '"<img src=x onerror=""window' in csv
        assert page.locator(".rt img").count() == 0


def test_a_spreadsheet_runs_no_formula(browser: Browser, site: Path) -> None:
    with table(browser, (site / PAGE).as_uri()) as page:
        found = page.evaluate(
            """reportgen.tableCopy.csv({ names: ['=a', 'b'], rows: [
              [{ exact: '=1+1' }, { exact: '-1' }], [{ exact: '@x' }, { exact: '+x, "y"' }],
              [{ exact: '' }, { exact: null }], [{ exact: '\\tz' }, { exact: NaN }]] })"""
        )
    assert found == ('\'=a,b\n\'=1+1,-1\n\'@x,"\'+x, ""y"""\n"",\n\'\tz,NaN\n')


def test_markdown_and_csv_are_escaped_as_in_files(browser: Browser, site: Path) -> None:
    signs = ["_a_b_c", "é_é", "a & b &amp; &#1;", "<b>|`*~$[x](y)", "\\_", "1 > 0", "-1e5", "-inf"]
    cells = [*signs, "=1", "+a", "-", "@x", "\tq", "\nq", 'say "a"', "a,b", "-x\ny"]
    with table(browser, (site / PAGE).as_uri()) as page:
        assert page.evaluate("all => all.map(reportgen.markdownText)", signs) == [
            markdown_text(text) for text in signs
        ]
        for cell in cells:
            found = page.evaluate("cell => reportgen.csvText(cell)", cell)
            assert f"{found}\n{found}\n".encode() == table_csv([Column(cell, "text", [cell])])
