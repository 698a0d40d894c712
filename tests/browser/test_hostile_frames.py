"""Pages of `frames/` let the scripts of an artifact run, where they reach nothing."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Frame, Page

from reportgen.render.viewers import frame_page
from tests.browser.visits import frames_below, open_page, until, until_noted, visit_afresh
from tests.site.hostile import hostile_store
from tests.site.hostile_artifacts import ELSEWHERE, ESCAPING_PAGE, LEAVING_PAGE
from tests.sites import build

pytestmark = pytest.mark.browser

WAIT = 1500  # ms: the refresh that the page asks for comes after a second


@pytest.fixture(scope="module")
def site(served_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile store."""
    store = hostile_store(tmp_path_factory.mktemp("sandbox") / "mlruns")
    build(store, served_root / "sandbox")
    return served_root / "sandbox"


@pytest.fixture(params=["file", "http"])
def base(request: pytest.FixtureRequest, site: Path, server: str) -> str:
    """The address of the site: on disk, then on the server."""
    return site.as_uri() if request.param == "file" else f"{server}/{quote(site.name)}"


def inner_frame(page: Page) -> Frame:
    """The one frame of a page of ours."""
    (frame,) = page.main_frame.child_frames
    return frame


def test_frame_pages_keep_their_scripts_in(browser: Browser, site: Path, base: str) -> None:
    paths = frames_below(site)
    assert len(paths) == 10
    with visit_afresh(browser) as (page, events):
        for path in paths:
            assert open_page(page, f"{base}/{path}", events)
            title = page.title()
            page.mouse.click(200, 200)
            page.wait_for_timeout(WAIT if "leaving" in path or "escaping" in path else 50)
            assert (page.url, page.title()) == (f"{base}/{path}", title)
            assert page.locator("body > *").count() == 1
            assert page.evaluate("[window.__hit, document.cookie]") == [None, ""]
        page.goto(f"{base}/404.html")
        assert page.evaluate("localStorage.length") == 0
    assert (events.hits, events.dialogs, events.others) == ([], [], [])
    inner = ("data:", "about:", "blob:")
    assert [url for url in events.foreign(base) if not url.startswith(inner)] == []


def test_scripts_of_a_frame_page_do_run(browser: Browser, site: Path, base: str) -> None:
    """Else the test above would hold of a frame that shows nothing."""
    (path,) = (path for path in frames_below(site) if path.endswith("escaping.html.html"))
    with visit_afresh(browser) as (page, _):
        page.goto(f"{base}/{path}")
        frame = inner_frame(page)
        assert frame.evaluate("document.documentElement.dataset.ran") == "yes"
        assert frame.evaluate("origin") == "null"


def test_escapes_are_seen_without_the_sandbox(browser: Browser, tmp_path: Path) -> None:
    """What the tests above forbid is seen where nothing forbids it."""
    (tmp_path / "bare.html").write_text(ESCAPING_PAGE, "utf-8")
    with visit_afresh(browser) as (page, events):
        page.goto((tmp_path / "bare.html").as_uri(), wait_until="commit")
        until(page, "window.__hit === 1")
        wanted = {f"{ELSEWHERE}/{name}" for name in ("s.js", "s.css", "fetch", "image", "i.png")}

        def has_all() -> bool:
            deeds = {other.partition(" ")[0] for other in events.others}
            asked = events.foreign(tmp_path.as_uri())
            return deeds == {"opened", "saved"} and wanted <= {*asked}

        until_noted(page, has_all, "not all that is tried is seen")
        until_noted(page, lambda: events.dialogs.count("HIT") == 3, "not three dialogs")


def test_leaving_is_seen_without_the_sandbox(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bare.html").write_text(LEAVING_PAGE, "utf-8")
    with visit_afresh(browser) as (page, events):
        page.goto((tmp_path / "bare.html").as_uri(), wait_until="commit")
        here = tmp_path.as_uri()
        until_noted(
            page,
            lambda: any(url.startswith(ELSEWHERE) for url in events.foreign(here)),
            "nothing of another host was asked for",
        )


def test_page_that_ends_our_markup_early_stays_in_its_frame(
    browser: Browser, tmp_path: Path
) -> None:
    body = "\"></iframe><script>window.__hit=1</script>&quot;&gt;'>{{ 7*7 }}\0\ufffd"
    (tmp_path / "frame.html").write_bytes(frame_page("a.html", body.encode()))
    with visit_afresh(browser) as (page, events):
        assert open_page(page, (tmp_path / "frame.html").as_uri(), events)
        assert page.locator("script").count() == 0
        assert inner_frame(page).evaluate("window.__hit") == 1
    assert events.hits == []
