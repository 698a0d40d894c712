"""The section "Curves" of an experiment's page: which runs it draws, and how they are found."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chartsite import EXPERIMENT, chart_of, hover, open_curves, show, state_of
from tests.browser.sites import curve
from tests.browser.visits import drawn, until, visit
from tests.sites import add_experiment, add_run, build, run_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(chart_site: Path) -> str:
    """The site's address, as files."""
    return chart_site.as_uri()


def test_without_a_choice_the_best_runs_are_drawn_and_that_is_said(page: Page, base: str) -> None:
    open_curves(page, base)
    assert "the 10 best by val_loss of 13 runs" in page.locator("[data-curves]").inner_text()
    show(page, "loss")
    names = state_of(page, "loss", "[...new Set(one.lines.map(line => line.id))]")
    assert names == [run_id(number) for number in range(1, 11)]
    assert state_of(page, "loss", "one.lines.filter(line => line.spec.fine).length") == 10


def test_chosen_runs_are_drawn_and_each_keeps_its_colour(page: Page, base: str) -> None:
    open_curves(page, base, f"#runs={run_id(12)},{run_id(90)}")
    show(page, "loss")
    lines = state_of(page, "loss", "one.lines.map(l => [l.id, l.spec.dashed, l.spec.colour > 0])")
    assert lines == [
        [run_id(12), False, True],
        [run_id(12), False, True],
        [run_id(90), True, True],
    ]
    page.evaluate(f"reportgen.state.set({{ runs: '{run_id(3)}' }})")
    until(page, f"{chart_of('loss')}?.lines[0].id === '{run_id(3)}'")
    assert state_of(page, "loss", "one.lines.length") == 2
    assert "the chosen run" in page.locator("[data-curves]").inner_text()


def test_rows_that_a_filter_leaves_are_drawn(page: Page, base: str) -> None:
    open_curves(page, base)
    show(page, "loss")
    rows = page.evaluate(
        "reportgen.load.table('beans').then(table => table.pages.flatMap((page, row) =>"
        f" ['{run_id(7)}', '{run_id(8)}'].includes(page) ? [row] : []))"
    )
    page.evaluate(f"reportgen.emit('visible', {rows})")
    until(page, f"new Set({chart_of('loss')}?.lines.map(line => line.id)).size === 2")
    assert "2 runs with curves" in page.locator("[data-curves]").inner_text()


def test_metrics_are_grouped_and_found_by_name(page: Page, base: str) -> None:
    open_curves(page, base, f"#runs={run_id(1)}")
    section = page.locator("[data-curves]")
    until(page, "document.querySelectorAll('[data-curves] figure').length === 4")
    assert section.locator("h3").all_inner_texts() == ["opt"]


def test_metrics_stand_in_the_order_of_the_numbers_in_their_names(
    page: Page, tmp_path: Path
) -> None:
    add_experiment(tmp_path / "mlruns", "1", "beans")
    add_run(tmp_path / "mlruns", 1, {f"metrics/m{number}": curve(1) for number in (10, 2)})
    build(tmp_path / "mlruns", tmp_path / "site")
    open_curves(page, (tmp_path / "site").as_uri())
    assert page.locator("[data-curves] .ct-title b").all_inner_texts() == ["m2", "m10"]


def test_the_name_that_metrics_are_found_by_is_in_the_address(page: Page, base: str) -> None:
    open_curves(page, base, "#metric=norm")
    show(page, "opt/norm")
    assert page.locator("[data-curves] .ct-title b").all_inner_texts() == ["opt/norm"]
    page.get_by_label("Find a metric").fill("rate")
    until(page, "location.hash === '#metric=rate'")
    page.evaluate("location.hash = '#metric=loss'")
    until(page, f"{chart_of('loss')}")
    assert page.get_by_label("Find a metric").input_value() == "loss"


def test_metrics_are_found_while_runs_are_loaded(page: Page, base: str) -> None:
    open_curves(page, base, f"#runs={run_id(2)}")
    show(page, "loss")
    page.evaluate(
        f"""(() => {{
          const {{ each }} = reportgen.load;
          reportgen.load.each = async (...all) => {{
            await each(...all);
            await new Promise((go) => {{ window.goOn = go; }});
          }};
          reportgen.state.set({{ runs: '{run_id(1)}' }});
        }})()"""
    )
    until(page, "Boolean(window.goOn)")
    page.evaluate("location.hash += '&metric=o'")
    until(page, "document.querySelector('[aria-label=\"Find a metric\"]').value === 'o'")
    figures = "document.querySelectorAll('[data-curves] figure').length"
    assert page.evaluate(figures) == 3
    page.evaluate("goOn()")
    until(page, f"{figures} === 4")
    titles = page.locator("[data-curves] .ct-title b").all_inner_texts()
    assert titles == ["loss", "odd", "opt/norm", "opt/rate"]


def test_a_tooltip_tells_training_from_validation_in_a_word(page: Page, base: str) -> None:
    open_curves(page, base, f"#runs={run_id(1)}")
    hover(page, "loss", 100)
    rows = page.locator(".ct-tip:visible th").all_inner_texts()
    words = [" ".join(row.split()) for row in rows]
    assert words == ["bean 1 · val", "bean 1 · train"]


def test_hiding_a_run_hides_it_on_all_charts(page: Page, base: str) -> None:
    open_curves(page, base)
    show(page, "loss")
    page.locator("[data-curves]").get_by_role("button", name="bean 2", exact=True).click()
    drawn(page)
    for title in ("loss", "opt/rate"):
        show(page, title)
        assert run_id(2) not in state_of(page, title, "one.shown().map(line => line.id)")


def test_without_scripts_the_section_is_not_there(browser: Browser, base: str) -> None:
    with visit(browser, java_script_enabled=False) as (page, _):
        page.goto(f"{base}/{EXPERIMENT}")
        assert not page.locator("#curves").is_visible()
        assert page.locator("#overviews").is_visible()
