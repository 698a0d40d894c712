"""In a browser, nothing of a hostile store runs, and nothing asks another host for anything."""

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.visits import Events, links_of, open_page, pages_below, visit
from tests.site.hostile import ACTIVE, ATTRIBUTE, FOREIGN, MARKUP, VALUE, hostile_store
from tests.sites import build

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile store, under a sub-path of the server."""
    store = hostile_store(tmp_path_factory.mktemp("hostile") / "mlruns")
    site = served_root / "some where" / "site"
    build(store, site, title=f"Title {VALUE}", url="https://example.org/coffee/")
    return site


@pytest.fixture(params=["file", "http"])
def base(request: pytest.FixtureRequest, site: Path, served_root: Path, server: str) -> str:
    """The address of the site: on disk, then on the server."""
    if request.param == "file":
        return site.as_uri()
    return f"{server}/{quote(site.relative_to(served_root).as_posix())}"


def outcome(events: Events, base: str) -> tuple[list[str], ...]:
    """What must be empty: scripts that ran, dialogs, errors, requests that leave the site."""
    return events.hits, events.dialogs, events.errors, events.foreign(base)


NOTHING: tuple[list[str], ...] = ([], [], [], [])


def test_canaries_are_seen_on_a_page_without_protection(browser: Browser, tmp_path: Path) -> None:
    page_path = tmp_path / "control.html"
    page_path.write_text(f"<title>x</title>{MARKUP}<p title='{ATTRIBUTE}'>", "utf-8")
    with visit(browser) as (page, events):
        open_page(page, page_path.as_uri(), events)
        page.wait_for_load_state()
    assert events.hits == [page_path.as_uri()]
    assert events.errors != []
    assert [url for url in events.requests if FOREIGN in url] != []


@pytest.mark.parametrize("name", ["page.html", "page.svg", "page.xhtml", "page.rss"])
def test_canaries_are_seen_in_a_file_that_is_opened(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(ACTIVE[name], "utf-8")
    with visit(browser) as (page, events):
        assert open_page(page, (tmp_path / name).as_uri(), events)
    assert len(events.hits) == 1


def test_no_page_runs_anything_or_leaves_the_site(browser: Browser, site: Path, base: str) -> None:
    paths = pages_below(site)
    assert len(paths) > 12
    with visit(browser) as (page, events):
        for path in paths:
            assert open_page(page, f"{base}/{path}", events)
            page.mouse.move(200, 200)
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
    assert outcome(events, base) == NOTHING


def test_every_link_of_every_page_leads_somewhere_in_the_site(
    browser: Browser, site: Path, base: str
) -> None:
    links: set[str] = set()
    with visit(browser) as (page, events):
        for path in pages_below(site):
            open_page(page, f"{base}/{path}", events)
            links |= {link for link in links_of(page) if link}
        outside = {link for link in links if not link.startswith(f"{base}/")}
        inside = links - outside
        assert outside == {"https://example.org/coffee/", "https://example.org/?a=1&b=2"}
        assert [link for link in inside if not (site / path_of(link, base)).is_file()] == []
        if base.startswith("http"):
            statuses = {link: page.request.get(link).status for link in inside}
            assert {link for link, status in statuses.items() if status != 200} == set()


def path_of(link: str, base: str) -> str:
    """The file that an address of the site stands for."""
    return unquote(urlsplit(link).path)[len(unquote(urlsplit(base).path)) + 1 :]


def test_no_linked_file_runs_anything(browser: Browser, site: Path, base: str) -> None:
    with visit(browser) as (page, events):
        opened = [
            open_page(page, link, events)
            for path in pages_below(site)
            if open_page(page, f"{base}/{path}", events)
            for link in links_of(page)
            if "/artifacts/" in link
        ]
    assert opened.count(True) > len(ACTIVE)
    assert outcome(events, base) == NOTHING


def test_pages_are_not_covered_or_restyled(browser: Browser, site: Path, base: str) -> None:
    with visit(browser) as (page, events):
        for path in pages_below(site):
            open_page(page, f"{base}/{path}", events)
            assert page.locator("h1").first.is_visible()
            assert page.locator("style").count() == (path == "404.html")
            assert page.locator("[style]").count() == 0
