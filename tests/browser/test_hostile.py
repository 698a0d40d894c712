"""In a browser, nothing of a hostile store runs, and nothing asks another host for anything."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.browser.visits import (
    Events,
    base_of,
    files_below,
    links_of,
    open_page,
    pages_below,
    until_noted,
    visit_afresh,
)
from tests.site.hostile import ACTIVE, hostile_store
from tests.site.hostile_texts import ATTRIBUTE, FOREIGN, MARKUP, VALUE
from tests.sites import build, run_id

pytestmark = pytest.mark.browser

HOME = "https://example.org/coffee/"  # where the site will stand
RICH = run_id(5)  # the run with artifacts for every viewer


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile store, under a sub-path of the server."""
    store = hostile_store(tmp_path_factory.mktemp("hostile") / "mlruns")
    site = served_root / "some where" / "site"
    build(store, site, title=f"Title {VALUE}", url=HOME)
    return site


def outcome(events: Events, base: str) -> tuple[list[str], ...]:
    """What must be empty: scripts that ran, dialogs, windows, errors, requests to elsewhere."""
    return events.hits, events.dialogs, events.others, events.errors, events.foreign(base)


NOTHING: tuple[list[str], ...] = ([], [], [], [], [])


def test_canaries_are_seen_on_a_page_without_protection(browser: Browser, tmp_path: Path) -> None:
    page_path = tmp_path / "control.html"
    page_path.write_text(f"<title>x</title>{MARKUP}<p title='{ATTRIBUTE}'>", "utf-8")
    with visit_afresh(browser) as (page, events):
        open_page(page, page_path.as_uri(), events)
        page.wait_for_load_state()
    assert events.hits == [page_path.as_uri()]
    assert events.errors != []
    assert [url for url in events.requests if FOREIGN in url] != []


@dataclass(frozen=True)
class Tour:
    """What a visit of every page of the site has shown."""

    base: str
    events: Events
    links: set[str]
    styled: list[str]  # paths of pages with a style element
    hidden: list[str]  # paths of pages whose heading is not to be seen
    paths: list[str]


# What has the place of the heading, on top of all else there.
AT_HEADING = """(() => {
  const { x, y, width } = document.querySelector("h1").getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + 8)?.localName;
})()"""


@pytest.fixture(scope="module", params=["file", "http"])
def tour(
    request: pytest.FixtureRequest, browser: Browser, site: Path, served_root: Path, server: str
) -> Tour:
    """A visit of every page, on disk, then on the server: looked at, pointed at, tabbed through."""
    base = base_of(request.param, site, served_root, server)
    with visit_afresh(browser) as (page, events):
        tour = Tour(base, events, set(), [], [], pages_below(site))
        for path in tour.paths:
            assert open_page(page, f"{base}/{path}", events)
            tour.links.update(links_of(page))
            if page.locator("style").count():
                tour.styled.append(path)
            if not page.locator("h1").first.is_visible() or page.evaluate(AT_HEADING) != "h1":
                tour.hidden.append(path)
            page.mouse.move(200, 200)
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            if page.evaluate("window.__hit !== undefined"):
                events.hits.append(path)
    return tour


@pytest.mark.parametrize("name", ["page.html", "page.svg", "page.xhtml", "page.rss"])
def test_canaries_are_seen_in_a_file_that_is_opened(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(ACTIVE[name], "utf-8")
    with visit_afresh(browser) as (page, events):
        assert open_page(page, (tmp_path / name).as_uri(), events)
    assert len(events.hits) == 1


def test_no_page_runs_anything_or_leaves_the_site(tour: Tour) -> None:
    assert len(tour.paths) > 16
    assert outcome(tour.events, tour.base) == NOTHING


def test_pages_are_not_covered_or_restyled(tour: Tour) -> None:
    assert tour.styled == ["404.html"]
    assert tour.hidden == []


def frames_of(page: Page) -> tuple[list[Frame], list[Frame]]:
    """The pages that a page frames, and what these frame."""
    inner = [frame for frame in page.frames if "/frames/" in frame.url]
    return inner, [frame for one in inner for frame in one.child_frames]


def test_frames_of_a_page_run_nothing(browser: Browser, site: Path, base: str) -> None:
    """Nor has it anything to report: only HTML without scripts is framed there."""
    with visit_afresh(browser) as (page, events):
        open_page(page, f"{base}/runs/{RICH}/index.html", events)
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        for element in page.locator("iframe").all():
            element.scroll_into_view_if_needed()
        until_noted(
            page,
            lambda: [len(frames) for frames in frames_of(page)] == [2, 1],
            "the frames never came",
        )
        page.wait_for_load_state("networkidle")
        inner, innermost = frames_of(page)
        for frame in (page.main_frame, *inner, *innermost):
            assert frame.evaluate("[window.__hit, document.documentElement.dataset.ran]") == [
                None,
                None,
            ]
    assert outcome(events, base) == NOTHING


def test_every_link_of_every_page_leads_somewhere_in_the_site(
    browser: Browser, site: Path, tour: Tour
) -> None:
    inside = {link for link in tour.links if link.startswith(f"{tour.base}/")}
    outside = {link for link in tour.links - inside if link}
    canonical = {link for link in outside if link.startswith(HOME)}
    assert outside - canonical == {"https://example.org/?a=1&b=2"}
    assert [link for link in canonical if not is_page(site, link)] == []
    assert [link for link in inside if not (site / path_of(link, tour.base)).is_file()] == []
    if tour.base.startswith("http"):
        with visit_afresh(browser) as (page, _):
            statuses = {link: page.request.get(link).status for link in inside}
        assert {link for link, status in statuses.items() if status != 200} == set()


def is_page(site: Path, address: str) -> bool:
    """Whether an address below HOME is that of a page of the site."""
    path = unquote(urlsplit(address).path).removeprefix("/coffee/")
    return (site / path / ("index.html" if not path or path.endswith("/") else "")).is_file()


def path_of(link: str, base: str) -> str:
    """The file that an address of the site stands for."""
    return unquote(urlsplit(link).path)[len(unquote(urlsplit(base).path)) + 1 :]


def test_no_file_of_the_site_runs_anything(browser: Browser, site: Path, base: str) -> None:
    """Whatever is opened in a tab of its own: copied artifacts, painted pictures, data."""
    paths = [path for path in files_below(site) if not path.endswith(".html")]
    assert sum(path.endswith(".svg") for path in paths) == 8  # four pictures, badges, the icon
    with visit_afresh(browser) as (page, events):
        opened = [open_page(page, f"{base}/{path}", events) for path in paths]
        saved = len(events.others)
    assert opened.count(True) > len(ACTIVE) + 40
    assert saved == opened.count(False)
    events.others.clear()  # of what the browser saves instead of showing it
    assert outcome(events, base) == NOTHING


def test_pages_come_without_styles_of_their_own(browser: Browser, site: Path) -> None:
    with visit_afresh(browser, java_script_enabled=False) as (
        page,
        _,
    ):  # our scripts place what they draw
        for path in pages_below(site):
            page.goto(f"{site.as_uri()}/{path}")
            assert page.locator("[style]").count() == 0


def test_kept_theme_of_any_text_does_nothing(browser: Browser, base: str) -> None:
    with visit_afresh(browser) as (page, events):
        page.goto(f"{base}/index.html")
        for kept in (MARKUP, ATTRIBUTE, "dark ", "constructor"):
            page.evaluate("kept => localStorage.setItem('reportgen-theme', kept)", kept)
            assert open_page(page, f"{base}/index.html", events)
            assert page.evaluate("document.documentElement.dataset.theme") is None
            assert not page.locator("#scheme").is_checked()
    assert outcome(events, base) == NOTHING
