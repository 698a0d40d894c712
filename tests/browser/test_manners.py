"""What leads on from an address that is none: the page for what is not there, tombstones, ways."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from reportgen.site.othersite import FolderSite
from reportgen.site.previous import read_previous
from reportgen.site.project import build_site
from tests.browser.readers import violations
from tests.browser.visits import until, visit
from tests.hosts import Quiet, serving, showing
from tests.sites import add_experiment, add_run, build, options_for, run_id

pytestmark = pytest.mark.browser

GONE = run_id(1)
LONG = "a very long name of an experiment, which no badge has room for " * 3


class _Host(Quiet):
    """A static host of several sites: each has a 404 page of its own for all that is below it."""

    def send_error(self, code: int, *_: Any) -> None:
        """The 404 page of the site that the address is below."""
        page = Path(self.directory, self.path.split("/")[1], "404.html")
        body = page.read_bytes() if code == 404 and page.exists() else b""
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def host(root: Path) -> Iterator[str]:
    """The address of a host with two sites: `plain` does not know where it stands, `known` does.

    In both, a run is gone, and an experiment has another name than before.
    """
    with serving(showing(root / "host", _Host)) as address:
        _build_sites(root, address)
        (root / "host/favicon.ico").touch()  # asked for beside every picture that is opened
        yield address


def _build_sites(root: Path, address: str) -> None:
    store = root / "mlruns"
    add_experiment(store, "1", "Beans")
    add_experiment(store, "2", LONG)
    for number in (1, 2, 3):
        add_run(store, number, {"metrics/val_loss": "1600000000000 0.0001234567 0\n"})
    add_run(store, 4, experiment="2")
    build(store, root / "before")
    shutil.rmtree(store / "1" / GONE)
    record = store / "1/meta.yaml"
    record.write_text(record.read_text("utf-8").replace("Beans", "Arabica"), "utf-8")
    previous = read_previous(FolderSite(root / "before"))
    for name, url in (("plain", ""), ("known", f"{address}/known/")):
        build_site(options_for(store, root / "host" / name, url=url), None, previous)


def others(errors: list[str]) -> list[str]:
    """Errors but for what the host said was not there, which is what is asked for here."""
    return [one for one in errors if "404 (Not Found)" not in one]


@pytest.mark.parametrize("name", ["plain", "known"])
@pytest.mark.parametrize("path", ["x", f"runs/{run_id(2)}/nothing/here.html", "runs/%22%3Cb%3E/"])
def test_page_for_what_is_not_there_leads_home_from_any_depth(
    browser: Browser, host: str, name: str, path: str
) -> None:
    with visit(browser) as (page, events):
        page.goto(f"{host}/{name}/{path}")
        until(page, "document.querySelectorAll('a[href]').length === 2")
        assert violations(page) == []
        page.get_by_role("link", name="Experiments").click()
        page.wait_for_url(f"{host}/{name}/{'index.html' if name == 'plain' else ''}")
        assert page.locator("h1").inner_text() == "Experiments"
    assert (others(events.errors), events.foreign(host)) == ([], [])


def test_page_for_what_is_not_there_leads_to_a_search_for_the_run(
    browser: Browser, host: str
) -> None:
    with visit(browser) as (page, events):
        page.goto(f"{host}/plain/runs/{run_id(2)}/old.html")
        page.get_by_role("link", name="Search the report").click()
        page.locator("dialog[open] [role=option]").first.wait_for()
        assert page.locator("dialog input").input_value() == run_id(2)
        assert "run 2" in page.locator("dialog [role=option]").first.inner_text()
        assert page.url == f"{host}/plain/index.html"  # to be loaded again without it
        page.goto(f"{host}/known/x")
        page.get_by_role("link", name="Search the report").click()
        page.locator("dialog[open]").wait_for()
    assert others(events.errors) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_for_what_is_not_there_is_whole_without_scripts(
    browser: Browser, host: str, scheme: str
) -> None:
    size = {"width": 390, "height": 700}
    with visit(browser, java_script_enabled=False, color_scheme=scheme, viewport=size) as (
        page,
        events,
    ):
        page.goto(f"{host}/plain/runs/x/")
        assert page.locator("a:visible").count() == 0
        assert "leave out the end of the address" in page.locator("main").inner_text()
        page.goto(f"{host}/known/runs/x/")
        assert page.locator("a:visible").count() == 2
    assert others(events.errors) == []


def test_page_for_what_is_not_there_works_from_the_disk(
    browser: Browser, host: str, root: Path
) -> None:
    assert host
    with visit(browser) as (page, events):
        page.goto((root / "host/plain/404.html").as_uri())
        until(page, "document.querySelectorAll('a[href]').length === 2")
        page.get_by_role("link", name="Experiments").click()
        page.wait_for_url((root / "host/plain/index.html").as_uri())
    assert events.errors == []


@pytest.mark.parametrize("scripts", [True, False])
def test_old_address_of_an_experiment_leads_on(browser: Browser, host: str, scripts: bool) -> None:  # noqa: FBT001
    with visit(browser, java_script_enabled=scripts) as (page, events):
        page.goto(f"{host}/plain/experiments/beans/index.html#sort=val_loss", wait_until="commit")
        rest = "#sort=val_loss" if scripts else ""
        page.wait_for_url(f"{host}/plain/experiments/arabica/index.html{rest}")
        assert page.locator("h1").inner_text() == "Arabica"
        page.go_back()  # and not to where it leads on from again
        assert page.url == "about:blank"
    assert events.errors == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_tombstone_is_open_to_all_readers(
    browser: Browser, host: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with visit(browser, color_scheme=scheme, viewport=size) as (page, events):
        page.goto(f"{host}/plain/runs/{GONE}/index.html")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="All runs of Arabica").click()
        assert page.locator("h1").inner_text() == "Arabica"
    assert (events.errors, events.foreign(host)) == ([], [])


def test_texts_of_badges_stay_in_their_fields(browser: Browser, host: str, root: Path) -> None:
    badges = sorted((root / "host/plain/badge").iterdir())
    assert (
        len(badges) == 4
    )  # of two experiments, one of them also at the address before it was renamed
    with visit(browser) as (page, events):
        for path in badges:
            page.goto(f"{host}/plain/badge/{path.name}")
            room: list[list[float]] = page.evaluate(
                """(() => {
                  const all = (kind) => [...document.querySelectorAll(kind)];
                  const boxes = (kind) => all(kind).map((element) => element.getBBox());
                  const fields = boxes('path');
                  return boxes('text').map((box, i) =>
                    [box.x - fields[i].x, fields[i].x + fields[i].width - box.x - box.width]);
                })()"""
            )
            assert len(room) == 2
            assert all(5 <= side <= 9 for sides in room for side in sides), (path.name, room)
        page.goto(f"{host}/plain/experiments/arabica/index.html")
        image = page.locator("details.badge img")
        page.locator("details.badge summary").click()
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalHeight") == 20
    assert events.errors == []
