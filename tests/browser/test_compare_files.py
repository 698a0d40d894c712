"""The files of any two runs, compared in the browser as on the pages prepared for some."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.filedstore import (
    BASE,
    FAR,
    HOSTILE,
    MANY,
    MAX_FILE,
    NONE,
    OTHER,
    filed_store,
)
from tests.browser.readers import SCHEMES, SIZES, violations, widths
from tests.browser.test_compare import address, cells, compare, quiet
from tests.browser.visits import state, until, visit
from tests.site.hostile_texts import MARKUP
from tests.sites import build, run_id
from tests.trees import write

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the runs with files, under a sub-path of the server."""
    store = filed_store(tmp_path_factory.mktemp("filed") / "mlruns")
    site = served_root / "sub path" / "filed"
    assert build(store, site, max_file=MAX_FILE).failures == ()
    return site


def files_of(page: Page) -> Locator:
    """What differs between the files of two runs, once it is there."""
    page.locator("#compare-files").wait_for()
    return page.locator("#compare .diff")


def rows(found: Locator) -> dict[str, list[str]]:
    """What became of each file."""
    all_rows = found.locator(".df tbody tr").all_inner_texts()
    return {path: rest for path, *rest in (row.split("\t") for row in all_rows)}


def text_of(found: Locator, path: str) -> Locator:
    """The box of a text that differs."""
    return found.locator("details.text-diff").filter(has_text=path)


def test_two_runs_of_any_experiments_are_compared_by_their_files(
    browser: Browser, base: str
) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, FAR, more="&all=1"))
        found = files_of(page)
        assert {path: row[0] for path, row in rows(found).items()} == {
            "config.yaml": "changed",
            "curve.svg": "changed",
            "huge.bin": "same size, not compared",
            "long.log": "changed",
            "model/requirements.txt": "changed",
            "odd.bin": "changed",
            "plots/fit.png": "changed",
            "result.json": "changed",
        }
        hint = "7 changed, 1 same size, not compared, 3 the same"
        assert found.get_by_text(hint, exact=True).is_visible()
        found.get_by_text("3 files are the same").click()
        same = found.locator("details.same li").all_inner_texts()
        assert same == ["plots/same.png", "same.txt", "weights.bin"]
        assert "1 file of A, 1 file of B. Such files are compared by their sizes" in (
            found.locator(".remark").inner_text()
        )
        assert text_of(found, "config.yaml").locator("del, ins").all_inner_texts() == [
            "−   depth: 3",
            "+   depth: 5",
        ]
        assert text_of(found, "config.yaml").locator("b").all_inner_texts() == ["3", "5"]
        hints = [text_of(found, path).locator("small") for path in ("long.log", "result.json")]
        assert hints[0].inner_text() == "too large to be compared line by line"
        assert hints[1].inner_text() == "1 out, 1 line in; laid out in lines to be compared"
        assert cells(table, "numpy") == ["1.26.0", "2.1.0", "changed"]
        assert cells(table, "pandas") == [">=2", ">=2", "same"]
        assert "1 package version, the git commit" in page.get_by_label("In short").inner_text()
        link = table.get_by_role("link", name="compare", exact=True)
        where = "https://github.com/ana/beans/compare/1234567...3234567"
        assert link.get_attribute("href") == where
    assert quiet(events, base)


def test_lines_are_those_of_the_prepared_page(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        page.goto(f"{site.as_uri()}/diffs/{run_id(BASE)}..{run_id(OTHER)}/index.html")
        prepared = [one.evaluate("one => one.innerHTML") for one in page.locator("pre.td").all()]
        table = page.locator(".df").inner_text()
        compare(page, address(site.as_uri(), BASE, OTHER))
        found = files_of(page)
        assert len(prepared) > 2
        assert [one.evaluate("one => one.innerHTML") for one in found.locator("pre.td").all()] == (
            prepared
        )
        assert found.locator(".df").inner_text() == table


def test_images_are_swiped_and_shown_in_turns(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        compare(page, address(base, BASE, OTHER))
        pairs = files_of(page).locator("figure.pair")
        names = [text.split("\n")[0] for text in pairs.all_inner_texts()]
        assert [name.split(" ")[0] for name in names] == ["curve.svg", "plots/fit.png", "only.png"]
        for image in pairs.locator("img").all():
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
        assert pairs.nth(2).get_by_text("not in A").is_visible()
        assert pairs.nth(2).get_by_role("button").count() == 0
        first = pairs.first
        first.get_by_role("button", name="Swipe").focus()
        page.keyboard.press("Enter")
        bar = first.get_by_role("slider", name="How much of A is shown")
        bar.focus()
        bar.press("ArrowRight")
        assert "51%" in first.locator(".stage img").nth(1).evaluate("one => one.style.clipPath")
        first.get_by_role("button", name="Blink").click()
        for letter in ("B", "A"):
            first.locator(".which", has_text=letter).wait_for()
    assert quiet(events, base)


def test_a_run_without_files_is_said_to_have_none(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(site.as_uri(), BASE, NONE))
        found = files_of(page)
        assert found.get_by_text("B logged no file.").is_visible()
        assert {row[0] for row in rows(found).values()} == {"only in A"}
        packages = table.locator("tbody").filter(has_text="Packages")
        packages.get_by_text("only A logged which packages it ran with").wait_for()
        assert packages.locator("tr").count() == 1
    assert quiet(events, site.as_uri())


def test_texts_beyond_those_at_once_are_made_when_opened_or_said_to_be_left_out(
    browser: Browser, site: Path
) -> None:
    with visit(browser) as (page, events):
        compare(page, address(site.as_uri(), MANY, MANY + 1))
        found = files_of(page)
        boxes = found.locator("details.text-diff")
        assert boxes.count() == 18
        left = text_of(found, "left/c.log")
        assert "not compared here: more texts of one run than" in left.inner_text()
        last = text_of(found, "texts/14.txt")
        assert "compared when it is opened" in last.inner_text()
        assert last.locator("pre").count() == 0
        last.locator("summary").focus()
        page.keyboard.press("Enter")
        assert last.locator("del, ins").all_inner_texts() == ["− 6", "+ 7"]
        assert found.locator("figure.pair").count() == 12
        found.get_by_role("button", name="Show 3 more images").click()
        assert found.locator("figure.pair").count() == 15
    assert quiet(events, site.as_uri())


def test_of_more_runs_one_is_set_against_the_baseline_and_the_address_keeps_it(
    browser: Browser, base: str
) -> None:
    with visit(browser) as (page, events):
        compare(page, address(base, BASE, OTHER, FAR))
        fold = page.locator("details.against")
        fold.locator("summary").first.focus()
        page.keyboard.press("Enter")
        found = files_of(page)
        assert found.locator(".df th .kb").inner_text() == "B"
        assert f"files={run_id(OTHER)}" in state(page)
        fold.get_by_label("Set against A").select_option(run_id(FAR))
        found.locator(".df th .kb", has_text="C").wait_for()
        page.reload()
        found = files_of(page)
        assert found.locator(".df th .kb").inner_text() == "C"
        assert "only.txt" not in rows(found)
        fold.locator("summary").first.click()
        page.locator("details.against:not([open])").wait_for()
        until(page, "!location.hash.includes('files=')")
    assert quiet(events, base)


def test_packages_of_more_runs_are_told_when_they_are_asked_for(
    browser: Browser, base: str
) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, OTHER, FAR, NONE))
        assert not any(url.endswith("/files.js") for url in events.requests)
        page.get_by_role("button", name="Packages").focus()
        page.keyboard.press("Enter")
        table.get_by_text("1 of 3 differ, those are shown").wait_for()
        assert cells(table, "numpy") == ["1.26.0", "2.0.1", "2.1.0", "–"]
        assert "packages=1" in state(page)
        page.reload()
        table.get_by_text("1 of 3 differ, those are shown").wait_for()
        page.get_by_role("button", name="Packages").click()
        assert "packages=" not in state(page)
    assert quiet(events, base)


def test_texts_of_a_store_stay_texts(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, HOSTILE, more="&all=1"))
        found = files_of(page)
        assert MARKUP in text_of(found, "config.yaml").inner_text()
        assert "␛" in text_of(found, "config.yaml").inner_text()
        assert found.locator("script, iframe, form, base, style").count() == 0
        assert cells(table, "constructor") == ["–", "1", "only in B"]
        assert page.evaluate("window.__hit === undefined")
    assert quiet(events, base)


def test_files_that_cannot_be_loaded_are_said_to_be_missing(
    browser: Browser, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(filed_store(tmp_path / "mlruns"), site, max_file=MAX_FILE)
    (site / "runs" / run_id(OTHER) / "files.js").unlink()
    with visit(browser) as (page, _):
        compare(page, address(site.as_uri(), BASE, OTHER))
        found = files_of(page)
        assert "files.js is missing or damaged. The files of B are compared by" in (
            found.locator(".remark").first.inner_text()
        )
        assert rows(found)["config.yaml"][0] == "same size, not compared"


@pytest.mark.parametrize("size", SIZES)
def test_page_is_open_to_all_readers(browser: Browser, site: Path, size: str) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=SCHEMES[size]) as (page, events):
        for numbers, more in (
            ((BASE, OTHER), "&all=1"),
            ((BASE, OTHER, FAR), f"&files={run_id(OTHER)}&packages=1"),
        ):
            page.goto("about:blank")
            compare(page, address(site.as_uri(), *numbers, more=more))
            files_of(page)
            assert violations(page) == []
            taken, width = widths(page)
            assert taken <= width == SIZES[size]["width"]
    assert quiet(events, site.as_uri())


def test_files_that_change_while_a_watch_goes_on_are_compared_again(
    browser: Browser, tmp_path: Path
) -> None:
    store, site = filed_store(tmp_path / "mlruns"), tmp_path / "site"
    build(store, site, max_file=MAX_FILE)
    with visit(browser) as (page, events):
        table = compare(page, address(site.as_uri(), BASE, OTHER))
        files_of(page)
        changed = {"config.yaml": "new\n", "model/requirements.txt": "numpy==9.9.9\n"}
        write(store / "1" / run_id(OTHER) / "artifacts", changed)
        written = build(store, site, max_file=MAX_FILE).written
        page.evaluate(
            "paths => { reportgen.load.forget(paths); reportgen.emit('live', paths); }",
            [path for path in written if path.endswith(".js")],
        )
        table.get_by_text("9.9.9").wait_for()
        text_of(page.locator("#compare-pair"), "config.yaml").get_by_text("+ new").wait_for()
        assert page.locator("#compare-pair").count() == 1
    assert quiet(events, site.as_uri())
