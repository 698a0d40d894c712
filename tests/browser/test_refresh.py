"""A page that was opened from a folder follows the site, where its author asked for that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.patience import until_true
from tests.sites import add_run, build, make_store, run_id
from tests.trees import write

RUN = f"runs/{run_id(2)}/index.html"
EXPERIMENT = "experiments/experiment-1/index.html"
EVERY = 1000  # ms; an author is not let look so often
TALL = "x" * 60


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = make_store(tmp_path_factory.mktemp("refresh") / "mlruns", runs=2)
    more = {f"params/p{number:02}": TALL for number in range(40)}
    points = "".join(
        f"{1600000120000 + step * 1000} {0.9 - step / 10} {step}\n" for step in range(5)
    )
    add_run(store, 2, {**more, "metrics/val_loss": points, "artifacts/a.txt": "a\n"}, status=1)
    return store


@pytest.fixture
def site(store: Path) -> Path:
    build(store, store.parent / "site", refresh=EVERY)
    return store.parent / "site"


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 600})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def log(store: Path, step: int, value: float) -> None:
    with (store / "1" / run_id(2) / "metrics/val_loss").open("a") as file:
        file.write(f"{1600000120000 + step * 1000} {value} {step}\n")


def until(tab: Page, expression: str) -> None:
    """Ask until it is so; a page that is being loaded gives no answer."""

    def is_so() -> bool:
        try:
            return bool(tab.evaluate(expression))
        except Error:
            return False

    until_true(is_so, f"never true: {expression}")


def mark(tab: Page) -> None:
    tab.evaluate("() => { window.marked = true; }")


def test_a_page_is_loaded_again_when_it_changed_and_keeps_its_place(
    store: Path, site: Path, tab: Page
) -> None:
    tab.goto(f"{(site / RUN).as_uri()}#smooth=0.5")
    mark(tab)
    tab.evaluate(
        "() => { document.querySelector('.artifacts details').open = true; scrollTo(0, 700); }"
    )
    tab.wait_for_timeout(EVERY + 500)
    assert tab.evaluate("() => window.marked") is True  # nothing changed
    log(store, 5, 0.1234)
    build(store, site, refresh=EVERY)
    until(tab, "() => document.body.textContent.includes('0.1234 @ 5')")
    until(tab, "() => scrollY === 700")
    assert tab.evaluate("() => window.marked") is None
    until(tab, "() => document.querySelector('.artifacts details').open")
    assert tab.evaluate("() => location.hash") == "#smooth=0.5"
    until(tab, "() => history.state === null")
    mark(tab)
    tab.wait_for_timeout(EVERY + 500)
    assert tab.evaluate("() => window.marked") is True  # once is enough


def test_who_types_is_left_alone_and_sees_the_new_rows(store: Path, site: Path, tab: Page) -> None:
    tab.goto(f"{(site / EXPERIMENT).as_uri()}")
    until(tab, "() => document.documentElement.classList.contains('has-table')")
    mark(tab)
    tab.locator(".rt-filter input").focus()
    tab.keyboard.type("metrics.rms")
    add_run(store, 7)
    build(store, site, refresh=EVERY)
    until(tab, "() => document.querySelector('.rt').textContent.includes('run 7')")
    assert tab.evaluate("() => document.activeElement.value") == "metrics.rms"
    assert tab.evaluate("() => window.marked") is True
    tab.evaluate("() => document.activeElement.blur()")
    until(tab, "() => !window.marked && document.querySelector('.rt-filter input')?.value")
    assert tab.locator(".rt-filter input").input_value() == "metrics.rms"


def test_a_page_of_which_only_the_data_changed_is_not_loaded_again(
    store: Path, site: Path, tab: Page
) -> None:
    tab.goto(f"{(site / 'compare/index.html').as_uri()}#runs={run_id(1)},{run_id(2)}")
    until(tab, "() => document.querySelector('#compare-curves canvas')")
    mark(tab)
    log(store, 6, 0.0777)
    build(store, site, refresh=EVERY)
    until(tab, "() => document.querySelector('#compare').textContent.includes('0.0777')")
    assert tab.evaluate("() => window.marked") is True


def test_a_host_that_still_gives_the_old_page_is_not_pressed(
    store: Path, site: Path, tab: Page
) -> None:
    loads: list[str] = []
    tab.goto((site / RUN).as_uri())
    tab.on("load", lambda _: loads.append("again"))
    tab.evaluate("() => scrollTo(0, 0)")
    mark(tab)
    part = site / "data/stamps" / f"{sum(RUN.encode()) % 64}.js"
    stamp = str(tab.evaluate("() => document.documentElement.dataset.stamp"))
    write(part.parent, {part.name: part.read_text().replace(stamp, "123456789abc")})
    until(tab, "() => window.marked === undefined")
    tab.wait_for_timeout(3 * EVERY)
    assert 1 <= len(loads) <= 2
    build(store, site, refresh=EVERY)


def test_without_scripts_nothing_happens(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / RUN).as_uri())
    assert page.locator("meta[http-equiv=refresh i]").count() == 0
    assert "val_loss" in (page.text_content("main") or "")
    context.close()
