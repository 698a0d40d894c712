"""A diff in a browser: all curves, what lies between, images over each other, keys, Markdown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.sites import curve, png
from tests.browser.visits import KEEP_COPIED, Events, visit
from tests.patience import until_equal
from tests.sites import add_experiment, add_run, build, run_id
from tests.trees import write

DIFF = f"diffs/{run_id(1)}..{run_id(2)}/index.html"
METRICS = ("val/loss", "val/acc", "a", "m2", "m10")


@pytest.fixture(scope="module")
def site(served_root: Path) -> Path:
    """Two runs with five curves, an image and a text each, below a sub-path of the server."""
    store = served_root.parent / "diffed"
    add_experiment(store, "1", "beans")
    for number in (1, 2):
        run = add_run(store, number, {"params/lr": f"0.{number}"})
        write(run, {f"metrics/{key}": curve(number) for key in METRICS})
        write(run, {"metrics/test_acc": curve(number), "artifacts/fit.png": png(40 + number, 30)})
        write(run, {"artifacts/config.yaml": f"lr: 0.{number}\nsame: 1\n"})
    build(store, served_root / "sub" / "diffed")
    return served_root / "sub" / "diffed"


@pytest.fixture(params=["file", "server"])
def opened(
    request: pytest.FixtureRequest, browser: Browser, site: Path, server: str
) -> Iterator[tuple[Page, Events]]:
    """The diff, opened from its folder and from a server."""
    base = site.as_uri() if request.param == "file" else f"{server}/sub/diffed"
    with visit(browser) as (page, events):
        page.goto(f"{base}/{DIFF}")
        yield page, events
        assert events.errors == []
        assert events.foreign(base) == []


def wait_for(page: Page, script: str, wanted: Any) -> None:
    """Until an expression has a value: pages of this policy cannot be waited for otherwise."""
    until_equal(lambda: page.evaluate(script), wanted)


def test_all_curves_are_drawn_with_what_lies_between(opened: tuple[Page, Events]) -> None:
    page, _ = opened
    page.locator("#figures").scroll_into_view_if_needed()
    wait_for(page, "document.querySelectorAll('#figures > figure').length", len(METRICS))
    wait_for(page, "document.querySelectorAll('#figures .between').length", len(METRICS))
    wait_for(page, "document.querySelectorAll('#figures canvas').length > 1", wanted=True)
    titles = page.locator("#figures > figure > figcaption b").all_inner_texts()
    assert sorted(titles) == sorted(METRICS)
    assert titles.index("m2") < titles.index("m10")


def test_without_scripts_the_first_curves_stand_there(browser: Browser, site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, events):
        page.goto(f"{site.as_uri()}/{DIFF}")
        assert page.locator("#figures svg.over").count() == 3
        assert page.get_by_text("2 more curves on the runs' pages").count() == 1
        assert page.locator("figure.pair img").count() == 2
        assert page.locator(".acts").count() == 0
        assert events.errors == []


def test_images_are_swiped_and_shown_in_turns(opened: tuple[Page, Events]) -> None:
    page, _ = opened
    pair = page.locator("figure.pair")
    pair.get_by_role("button", name="Swipe").click()
    bar = pair.get_by_role("slider")
    bar.focus()
    before = page.evaluate("document.querySelectorAll('.stage img')[1].style.clipPath")
    bar.press("ArrowRight")
    assert page.evaluate("document.querySelectorAll('.stage img')[1].style.clipPath") != before
    pair.get_by_role("button", name="Blink").click()
    seen = "document.querySelector('.stage .which').textContent"
    wait_for(page, seen, "B")
    wait_for(page, seen, "A")
    pair.get_by_role("button", name="Side by side").click()
    assert pair.locator(".stage").count() == 0
    assert pair.locator(".two").is_visible()


def test_keys_lead_from_change_to_change(opened: tuple[Page, Events]) -> None:
    page, _ = opened
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.textContent").startswith("lr0.10.2")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.textContent").startswith("val/loss")
    page.keyboard.press("p")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.matches('.df tr')")


def test_page_is_copied_as_markdown_without_test_results(browser: Browser, site: Path) -> None:
    with visit(browser, permissions=["clipboard-read", "clipboard-write"]) as (page, _):
        page.goto(f"{site.as_uri()}/{DIFF}")
        page.evaluate(KEEP_COPIED)
        page.get_by_role("button", name="Copy as Markdown").click()
        wait_for(page, "Boolean(window.copied)", wanted=True)
        text = page.evaluate("window.copied")
        assert "| lr | 0.1 | 0.2 +100 % |" in text
        assert "test_acc" not in text


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}]
)
def test_page_fits_its_window(browser: Browser, site: Path, options: dict[str, Any]) -> None:
    with visit(browser, **options) as (page, events):
        page.goto(f"{site.as_uri()}/{DIFF}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert events.errors == []
