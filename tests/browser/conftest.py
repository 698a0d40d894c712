"""Chromium, and a server that puts a folder of the disk under an address."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from screenshots import QUIET

from tests.browser.chartsite import chart_store
from tests.browser.visits import Events, base_of, visit
from tests.hosts import serving, showing
from tests.sites import build


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window, for all tests."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def served_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server shows; a site goes into a sub-folder of it."""
    root = tmp_path_factory.mktemp("served")
    (root / "favicon.ico").touch()  # asked for beside every text file that is opened
    return root


@pytest.fixture(scope="session")
def server(served_root: Path) -> Iterator[str]:
    """The address of a static host that shows `served_root`, without a "/" at its end."""
    with serving(showing(served_root)) as address:
        yield address


@pytest.fixture(scope="session")
def chart_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of runs whose curves are known to the digit."""
    folder = tmp_path_factory.mktemp("charts")
    report = build(chart_store(folder / "mlruns"), folder / "site")
    assert report.failures == ()
    return folder / "site"


@pytest.fixture
def opened(browser: Browser) -> Iterator[tuple[Page, Events]]:
    """A page and what happens on it; an error of its scripts fails the test."""
    with visit(browser, viewport={"width": 1280, "height": 1300}) as (page, events):
        yield page, events
    assert events.errors == []


@pytest.fixture
def page(opened: tuple[Page, Events]) -> Page:
    """That page."""
    return opened[0]


@pytest.fixture(params=["file", "http"])
def base(request: pytest.FixtureRequest, site: Path, served_root: Path, server: str) -> str:
    """The address of a module's `site`, which is below the server's root: on disk, then served."""
    return base_of(request.param, site, served_root, server)
