"""The search of a site: from every page, over all experiments."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.compared import BASE, GOOD, HOSTILE, OTHER, compared_store
from tests.browser.readers import SCHEMES, SIZES, violations, widths
from tests.browser.visits import Events, until, visit
from tests.sites import build, run_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The searched site, under a sub-path of the server."""
    store = compared_store(tmp_path_factory.mktemp("searched") / "mlruns")
    site = served_root / "sub path" / "searched"
    assert build(store, site).failures == ()
    return site


def search(page: Page, url: str, text: str) -> Locator:
    """Open a page, and the search with a key; type; the options that were found."""
    page.goto(url)
    page.keyboard.press("/")
    page.keyboard.type(text)
    options = page.get_by_role("dialog").get_by_role("option")
    options.first.wait_for()
    settle(page)
    return options


def settle(page: Page) -> None:
    """Wait until all experiments were searched, and that was said."""
    done = "(({ total, done }) => total > 0 && done === total)(reportgen.search.progress())"
    until(page, done)
    status = page.get_by_role("dialog").get_by_role("status")
    status.get_by_text("hit").wait_for()
    status.get_by_text("loading").wait_for(state="detached")


def titles(options: Locator) -> list[str]:
    """The first lines of options."""
    return options.locator(".what").all_inner_texts()


def chosen(page: Page) -> str:
    """The option that Enter would open, as the field names it to a screen reader."""
    marked = page.get_by_role("combobox").get_attribute("aria-activedescendant")
    return page.locator(f"#{marked} .what").inner_text()


def is_quiet(events: Events, base: str) -> bool:
    """Whether nothing went wrong and nothing was asked of another host."""
    return (events.errors, events.hits, events.dialogs, events.foreign(base)) == ([], [], [], [])


def test_a_run_is_found_and_opened_with_the_keyboard(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        options = search(page, f"{base}/runs/{run_id(BASE)}/index.html", "forest")
        assert titles(options) == ["forest 3", "forest 2", "forest 1", "kind=forest"]
        assert chosen(page) == "forest 3"
        page.keyboard.press("ArrowDown")
        assert chosen(page) == "forest 2"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert chosen(page) == "kind=forest"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/runs/{run_id(GOOD)}/index.html")
        assert page.locator("h1").inner_text() == "forest 2"
    assert is_quiet(events, base)


def test_escape_closes_and_gives_the_focus_back(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        page.goto((site / "index.html").as_uri())
        page.get_by_role("button", name="Search runs").click()
        assert page.get_by_role("combobox").evaluate("field => field === document.activeElement")
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0
        assert page.locator("#find").evaluate("button => button === document.activeElement")


def test_a_slash_that_is_typed_into_a_field_opens_nothing(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        search(page, (site / "index.html").as_uri(), "forest")
        page.keyboard.type("/")
        assert page.get_by_role("combobox").input_value() == "forest/"
        assert page.get_by_role("dialog").count() == 1


def test_all_terms_must_be_found_wherever_they_are(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        options = search(page, (site / "index.html").as_uri(), "depth=12 blue FOREST")
        assert titles(options) == ["forest 3"]
        assert options.locator("code").all_inner_texts() == ["depth=12", "team=blue"]


def test_titles_come_before_ids_parameters_and_notes(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        options = search(page, (site / "index.html").as_uri(), "4")
        assert titles(options)[:3] == ["leaf 4", "forest 2", "depth=4"]
        page.get_by_role("combobox").fill(run_id(OTHER)[:31])
        page.get_by_text("5 hits").wait_for()
        page.get_by_role("combobox").fill("narrow grid")
        page.get_by_text("1 hit", exact=True).wait_for()
        assert titles(options) == ["leaf 4"]
        assert options.locator("code").inner_text() == "Tried with a narrow grid."


def test_a_value_of_several_runs_leads_to_the_filtered_table(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        options = search(page, f"{base}/index.html", "kind=forest")
        pair = options.filter(has_text="3 runs")
        assert titles(pair) == ["kind=forest"]
        pair.click()
        page.wait_for_url("**/experiments/beans/index.html#*")
        assert page.evaluate("reportgen.state.get('q')") == 'params.kind = "forest"'
    assert is_quiet(events, base)


def test_pages_and_experiments_are_found(browser: Browser, base: str) -> None:
    with visit(browser) as (page, _):
        options = search(page, f"{base}/failed/index.html", "leaves")
        assert titles(options) == ["Leaves"]
        page.keyboard.press("Enter")
        page.wait_for_url("**/experiments/leaves/index.html")
        options = search(page, page.url, "test results")
        assert titles(options) == ["Test results of Beans"]
        page.keyboard.press("Enter")
        page.wait_for_url("**/experiments/beans/heldout/index.html")


def test_texts_of_a_store_stay_texts(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        options = search(page, f"{base}/index.html", "onerror=")
        assert options.count() == 1
        marks = options.locator("mark").all_inner_texts()
        assert set(marks) == {"onerror="}
        assert page.locator("dialog").locator("script, img, iframe, form, base").count() == 0
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/runs/{run_id(HOSTILE)}/index.html")
    assert is_quiet(events, base)


def test_nothing_is_loaded_before_the_search_is_opened(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, events):
        page.goto((site / "failed/index.html").as_uri())
        page.wait_for_load_state("networkidle")
        assert [url for url in events.requests if "runs.js" in url or "site.js" in url] == []
        page.keyboard.press("/")
        page.keyboard.type("forest")
        settle(page)
        loaded = sorted(url.split("/")[-2] for url in events.requests if "runs.js" in url)
        assert loaded == ["beans", "leaves"]


def test_an_experiment_whose_data_is_missing_is_told_of(browser: Browser, tmp_path: Path) -> None:
    build(compared_store(tmp_path / "mlruns"), tmp_path / "site")
    (tmp_path / "site/experiments/leaves/runs.js").unlink()
    with visit(browser) as (page, _):
        options = search(page, (tmp_path / "site/index.html").as_uri(), "forest")
        assert len(titles(options)) == 4
        status = page.get_by_role("dialog").get_by_role("status")
        status.get_by_text("experiments/leaves/runs.js is missing or damaged").wait_for()


def test_what_is_not_found_is_said(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        search(page, (site / "index.html").as_uri(), "forest")
        page.get_by_role("combobox").fill("no such thing")
        page.get_by_text("Nothing here has “no such thing”").wait_for()
        page.get_by_role("status").get_by_text("0 hits").wait_for()
        assert page.get_by_role("combobox").get_attribute("aria-expanded") == "false"
        page.keyboard.press("Enter")
        assert page.get_by_role("dialog").count() == 1


@pytest.mark.parametrize("size", SIZES)
def test_search_is_open_to_all_readers(browser: Browser, site: Path, size: str) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=SCHEMES[size]) as (page, events):
        search(page, (site / "index.html").as_uri(), "o")
        assert violations(page) == []
        assert page.locator("#find svg").is_visible()
        taken, width = widths(page)
        assert taken <= width == SIZES[size]["width"]
        box = page.get_by_role("dialog").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.get_by_role("combobox").fill("")
        assert violations(page) == []
    assert is_quiet(events, site.as_uri())


def test_without_scripts_no_button_promises_a_search(browser: Browser, site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, _):
        page.goto((site / "index.html").as_uri())
        assert not page.locator("#find").is_visible()
        assert page.locator("label.scheme").is_visible()
