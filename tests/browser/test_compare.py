"""The page of comparisons: any runs side by side, chosen by the address."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.compared import BAD, BASE, GOOD, HOSTILE, OTHER, compared_store
from tests.browser.readers import SCHEMES, SIZES, violations, widths
from tests.browser.visits import Events, state, until, visit
from tests.site.hostile_texts import MARKUP
from tests.sites import add_experiment, add_run, build, run_id

pytestmark = pytest.mark.browser

PATH = "compare/index.html"
TABLE = "[aria-label='Comparison of runs']"


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the compared runs, under a sub-path of the server."""
    store = compared_store(tmp_path_factory.mktemp("compared") / "mlruns")
    site = served_root / "sub path" / "compared"
    assert build(store, site).failures == ()
    return site


def address(base: str, *numbers: int, more: str = "") -> str:
    """The address that compares some runs."""
    return f"{base}/{PATH}#runs={','.join(map(run_id, numbers))}{more}"


def compare(page: Page, url: str) -> Locator:
    """Open a comparison; its table."""
    page.goto(url)
    table = page.locator(f"{TABLE} table")
    table.wait_for()
    return table


def heads(table: Locator) -> list[str]:
    """The runs in the order of the columns."""
    return table.locator("thead .run a").all_inner_texts()


def cells(table: Locator, key: str) -> list[str]:
    """The cells of the first row of that key."""
    row = table.locator("tbody tr").filter(has=table.page.get_by_text(key, exact=True)).first
    return [" ".join(text.split()) for text in row.locator("td").all_inner_texts()]


def quiet(events: Events, base: str) -> bool:
    """Whether nothing went wrong and nothing was asked of another host."""
    assert (events.errors, events.hits, events.dialogs) == ([], [], [])
    assert events.foreign(base) == []
    return True


def test_only_what_differs_is_shown_at_first(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, GOOD, BAD))
        assert page.locator("h1").inner_text() == "Compare 3 runs"
        assert heads(table) == ["forest 1", "forest 2", "forest 3"]
        assert cells(table, "depth") == ["3", "4", "12"]
        assert table.get_by_text("kind", exact=True).count() == 0
        page.get_by_role("button", name="Show all").click()
        assert cells(table, "kind") == ["forest", "forest", "forest"]
        assert "all=1" in state(page)
        page.get_by_role("button", name="Only differences").click()
        assert table.get_by_text("kind", exact=True).count() == 0
        assert "all=" not in state(page)
    assert quiet(events, base)


def test_values_are_set_against_the_baseline_in_colour_and_word(
    browser: Browser, site: Path
) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD, BAD))
        row = table.locator("tr.metric").filter(has_text="val_loss").filter(has_text="best")
        assert row.locator("td .verdict").all_inner_texts() == ["better", "worse"]
        assert row.locator("td").nth(1).inner_text().split() == ["0.25", "−0.25", "better"]
        rmse = table.locator("tr.metric").filter(has_text="rmse")
        assert rmse.locator("td .verdict").all_inner_texts() == ["worse", "worse"]


def test_what_the_seed_alone_does_is_called_noise(browser: Browser, tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "Beans")
    for number, loss in enumerate((0.30, 0.32, 0.31, 0.9), start=1):
        depth = "4" if number == 4 else "3"
        files = {"params/seed": str(number), "params/depth": depth}
        add_run(store, number, {**files, "metrics/val_loss": f"1600000000000 {loss} 0\n"})
    build(store, tmp_path / "site")
    with visit(browser) as (page, _):
        table = compare(page, address((tmp_path / "site").as_uri(), 1, 2, 4))
        row = table.locator("tr.metric").filter(has_text="val_loss")
        assert row.locator(".verdict").all_inner_texts() == ["within noise", "worse"]
        assert row.locator(".better, .worse").all_inner_texts() == ["+0.6 worse", "worse"]
        table = compare(page, address((tmp_path / "site").as_uri(), 1, 2) + "&all=1")
        said = page.get_by_label("In short").inner_text()
        assert "(+6.7 %, within the spread over seeds)" in said


def test_baseline_is_chosen_with_the_keyboard_and_kept_in_the_address(
    browser: Browser, base: str
) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, GOOD, BAD))
        table.get_by_role("button", name="Make baseline").last.focus()
        page.keyboard.press("Enter")
        assert heads(table) == ["forest 3", "forest 1", "forest 2"]
        assert f"base={run_id(BAD)}" in state(page)
        page.reload()
        table.wait_for()
        assert heads(table) == ["forest 3", "forest 1", "forest 2"]
    assert quiet(events, base)


def test_baseline_stays_in_sight_while_the_table_is_moved_sideways(
    browser: Browser, site: Path
) -> None:
    with visit(browser, viewport={"width": 800, "height": 900}) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD, BAD, OTHER, HOSTILE))
        first, last = table.locator("thead .run").first, table.locator("thead .run").last
        before = first.bounding_box()
        page.locator(TABLE).evaluate("region => region.scrollTo(9999, 0)")
        assert first.bounding_box() == before
        box = last.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 800


def test_runs_are_moved_and_removed(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD, BAD))
        table.get_by_role("button", name="Move forest 3 forward").click()
        assert heads(table) == ["forest 1", "forest 3", "forest 2"]
        table.get_by_role("button", name="Remove forest 1").click()
        assert heads(table) == ["forest 3", "forest 2"]
        assert page.locator("h1").inner_text() == "Compare 2 runs"
        assert run_id(BASE) not in state(page).partition("runs=")[2].partition("&")[0]


def test_two_runs_are_told_of_in_a_sentence(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD))
        said = " ".join(page.get_by_label("In short").inner_text().split())
        assert said == (
            "−0.25 lower is better 1 parameter changed (depth 3 → 4). "
            "val_loss fell from 0.5 to 0.25 (50 % better). "
            "Of 2 metrics with a known direction, 1 better and 1 worse."
        )
        assert cells(table, "depth")[2] == "+1 +33.3 %"
        page.get_by_role("button", name="Swap A and B").click()
        page.get_by_text("(100 % worse)").wait_for()


def test_two_runs_of_one_colour_are_told_apart_all_over_the_page(
    browser: Browser, site: Path
) -> None:
    with visit(browser) as (page, _):
        table = compare(
            page, address(site.as_uri(), BASE, OTHER)
        )  # each the first of its experiment
        of_names = [head.get_attribute("class") for head in table.locator("thead .names th").all()]
        assert [re.findall("k[1-7]", name or "") for name in of_names] == [[], ["k2"], ["k1"], []]
        until(page, "document.querySelector('#compare-curves .swatch')")
        swatches = page.locator("#compare-curves .chips .swatch")
        assert [one.get_attribute("class") for one in swatches.all()] == ["swatch k2", "swatch k1"]
        assert page.locator("#compare-pair").get_attribute("class") == "diff a2 b1"


def test_two_runs_lead_to_the_page_that_is_prepared_for_them(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        compare(page, address(base, BAD, GOOD))  # the later one first
        page.get_by_role("link", name="Full diff").click()
        page.wait_for_url(f"**/diffs/{run_id(GOOD)}..{run_id(BAD)}/index.html")
        compare(page, address(base, BASE, BAD))
        assert page.get_by_role("link", name="Full diff").count() == 0
    assert quiet(events, base)


def test_test_results_stand_apart_from_parameters(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD, more="&all=1"))
        assert "test_acc" not in table.inner_text()
        fold = page.locator("details.heldout")
        assert not fold.locator("table").is_visible()
        fold.locator("summary").click()
        assert fold.locator("tbody td").all_inner_texts() == ["0.91", "0.92"]
        assert "depth" not in fold.inner_text()
        assert fold.locator(".verdict").count() == 0
        page.get_by_role("button", name="Copy Markdown").click()
        assert "test_acc" not in pasted(page)


def test_sealed_test_results_are_named_and_not_shown(browser: Browser, tmp_path: Path) -> None:
    build(compared_store(tmp_path / "mlruns"), tmp_path / "site", heldout="sealed")
    with visit(browser) as (page, _):
        compare(page, address((tmp_path / "site").as_uri(), BASE, GOOD))
        page.locator("details.heldout summary").click()
        row = page.locator("details.heldout tbody tr")
        assert row.locator("td").all_inner_texts() == ["sealed", "sealed"]


def test_runs_of_several_experiments_are_compared(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE, OTHER))
        assert page.locator(".head .facts a").all_inner_texts() == ["Beans", "Leaves"]
        assert table.locator(".about .where").all_inner_texts() == ["Beans", "Leaves"]
        assert cells(table, "kind") == ["forest", "–", "only in A"]
    assert quiet(events, base)


def test_a_run_that_is_not_there_is_told_of_and_the_others_are_shown(
    browser: Browser, base: str
) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(base, BASE, GOOD) + ",nonesuch,..%2F..%2Fx,..")
        assert heads(table) == ["forest 1", "forest 2"]
        said = page.locator(".callout li").all_inner_texts()
        assert [line.partition(":")[0] for line in said] == [
            "No run nonesuch",
            "No run ../../x",
            "No run ..",
        ]


def test_more_than_fifty_runs_are_cut_and_said_to_be(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        names = ",".join([run_id(BASE), run_id(GOOD), *(f"..{n}/" for n in range(53))])
        page.goto(f"{site.as_uri()}/{PATH}#runs={names}")
        page.get_by_text("50 runs are compared at most: 5 are left out.").wait_for()


def test_runs_can_be_rows(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD, BAD))
        page.get_by_role("button", name="Runs as rows").click()
        assert "t=1" in state(page)
        assert table.locator("tbody tr").count() == 3
        named = [text.split("\n")[0] for text in table.locator("thead th").all_inner_texts()]
        assert named.index("depth") < named.index("val_loss")
        assert table.locator("tbody tr").nth(2).locator("td").nth(4).inner_text() == "12"


def test_a_run_is_added_with_the_keyboard(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        table = compare(page, address(base, BASE))
        page.get_by_role("button", name="Add run").focus()
        page.keyboard.press("Enter")
        page.keyboard.type("leaf")
        page.locator("dialog [role=option]").wait_for()
        page.keyboard.press("Enter")
        page.locator("dialog [role=option] .tag").wait_for()
        page.keyboard.press("Escape")
        table.get_by_role("link", name="leaf 4").wait_for()
        assert heads(table) == ["forest 1", "leaf 4"]
        assert run_id(OTHER) in state(page)
    assert quiet(events, base)


def test_an_edited_address_is_followed(browser: Browser, site: Path) -> None:
    with visit(browser) as (page, _):
        table = compare(page, address(site.as_uri(), BASE, GOOD))
        page.evaluate(f"location.hash = 'runs={run_id(GOOD)},{run_id(BAD)}'")
        table.get_by_role("link", name="forest 3").wait_for()
        assert heads(table) == ["forest 2", "forest 3"]


def pasted(page: Page) -> str:
    """What is in the clipboard, pasted into the field of the search."""
    page.evaluate("""() => {
      const box = document.createElement("textarea");
      box.id = "paste";
      document.body.append(box);
      box.focus();
    }""")
    page.keyboard.press("Control+V")
    return page.locator("#paste").input_value()


def test_table_is_copied_as_markdown_and_csv(browser: Browser, base: str) -> None:
    with visit(browser) as (page, _):
        compare(page, address(base, BASE, HOSTILE))
        page.get_by_role("button", name="Copy Markdown").click()
        page.get_by_text("Markdown copied").wait_for()
        lines = pasted(page).splitlines()
        assert lines[1] == "| --- | ---: | ---: |"
        assert "| kind | forest |  |" in lines
        assert "| val_loss (best) | 0.5 | 0.3 |" in lines
        assert not any("<script>" in line for line in lines)
        page.get_by_role("button", name="Copy CSV").click()
        page.get_by_text("CSV copied").wait_for()
        page.locator("#paste").evaluate("box => box.remove()")
        assert "depth,3,'=1+1" in pasted(page).splitlines()


def test_the_same_image_of_every_run_is_side_by_side(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        compare(page, address(base, BASE, GOOD, OTHER))
        strip = page.locator(".strip").filter(has_text="plots/fit.png")
        images = strip.locator("img")
        assert images.count() == 2
        for image in images.all():
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
        assert strip.get_by_text("not in C").is_visible()
        log = page.locator(".files tr").filter(has_text="log.txt")
        assert log.locator("td").all_inner_texts() == ["1 byte", "2 bytes", "–"]
    assert quiet(events, base)


def test_texts_of_a_store_stay_texts(browser: Browser, base: str) -> None:
    with visit(browser) as (page, events):
        for more in ("&all=1", "&all=1&t=1"):
            table = compare(page, address(base, HOSTILE, BASE, more=more))
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            assert MARKUP in table.inner_text()
            assert "__proto__" in table.inner_text()
            assert "constructor" in table.inner_text()
            assert table.locator("script, iframe, form, img, base").count() == 0
            assert page.evaluate("window.__hit === undefined")
            page.goto("about:blank")
    assert quiet(events, base)


@pytest.mark.parametrize("size", SIZES)
def test_page_is_open_to_all_readers(browser: Browser, site: Path, size: str) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=SCHEMES[size]) as (page, events):
        for url in (
            address(site.as_uri(), BASE, GOOD),
            address(site.as_uri(), BASE, GOOD, BAD, OTHER, HOSTILE, more="&all=1"),
            address(site.as_uri(), BASE, HOSTILE, BAD, more="&t=1"),
            f"{site.as_uri()}/{PATH}",
        ):
            page.goto("about:blank")
            page.goto(url)
            page.get_by_role("button", name="Add run").wait_for()
            assert violations(page) == []
            taken, width = widths(page)
            assert taken <= width == SIZES[size]["width"]
    assert quiet(events, site.as_uri())


def test_page_tells_what_it_is_for_without_scripts(browser: Browser, site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, _):
        page.goto(f"{site.as_uri()}/{PATH}")
        assert "reportgen diff" in page.locator("main").inner_text()
        page.get_by_role("link", name="Beans").click()
        assert page.locator("h1").inner_text().startswith("Beans")
