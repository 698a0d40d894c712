"""Each kind of page in a browser: whole without scripts, fits its window, open to all readers."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.readers import SCHEMES, SIZES, UNFOLD, violations, widths
from tests.browser.sites import FRAMES, PAGES, full_store
from tests.browser.visits import Traffic, visit, visit_afresh
from tests.patience import until_true
from tests.sites import add_experiment, add_run, build, run_id

pytestmark = pytest.mark.browser

RUN = PAGES["run"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every kind of page, and on them all that a page may show."""
    folder = tmp_path_factory.mktemp("pages")
    report = build(full_store(folder / "mlruns"), folder / "site", url="https://example.org/b/")
    assert report.failures == ()
    return folder / "site"


def test_every_page_of_a_kind_of_its_own_is_visited(site: Path) -> None:
    assert [
        path for path in (*PAGES.values(), *FRAMES.values()) if not (site / path).exists()
    ] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", PAGES)
def test_page_is_open_to_all_readers(browser: Browser, site: Path, kind: str, size: str) -> None:
    visited = visit(browser, viewport=SIZES[size], color_scheme=SCHEMES[size])
    with visited as (page, events), Traffic(page) as traffic:
        page.goto((site / PAGES[kind]).as_uri())
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text().strip() != ""
        assert page.title() != ""
        folded = widths(page)
        assert violations(page) == []
        unfolded = widths(page)
        assert folded[0] <= folded[1] == SIZES[size]["width"]
        assert unfolded[0] <= unfolded[1] == SIZES[size]["width"]
        traffic.settle()  # images that came to be seen
    assert (events.errors, events.foreign(site.as_uri())) == ([], [])


@pytest.mark.parametrize("kind", FRAMES)
def test_framed_artifact_is_whole(browser: Browser, site: Path, kind: str) -> None:
    with visit(browser, viewport=SIZES["phone"]) as (page, events):
        page.goto((site / FRAMES[kind]).as_uri())
        assert page.title() != ""
        taken, width = widths(page)
        assert taken <= width == SIZES["phone"]["width"]
        assert [found for found in violations(page) if not found.startswith(OURS_ALONE)] == []
        for frame in page.main_frame.child_frames:
            heading = frame.locator("h1").inner_text()
            drawn = frame.locator("body").inner_text().endswith("drawn")
            assert (heading, drawn) == (("Plot", True) if "scripts" in kind else ("Report", False))
    inner = ("about:", "data:")
    assert [url for url in events.foreign(site.as_uri()) if not url.startswith(inner)] == []
    assert events.errors == []


# A frame page has no heading or landmark of its own: those are for the artifact to have.
OURS_ALONE = ("landmark-one-main", "page-has-heading-one", "region")


@pytest.mark.parametrize("kind", PAGES)
def test_page_is_whole_without_scripts(browser: Browser, site: Path, kind: str) -> None:
    with visit(browser, java_script_enabled=False) as (page, events):
        page.goto((site / PAGES[kind]).as_uri())
        assert page.locator("h1").is_visible()
        assert page.locator("main").inner_text().strip() != ""
        images = page.locator("main img[src]:not([loading=lazy])").all()
        assert all(image.evaluate("image => image.naturalWidth > 0") for image in images)
    assert (events.errors, events.foreign(site.as_uri())) == ([], [])


def test_every_image_of_a_page_is_there(browser: Browser, site: Path) -> None:
    """Painted charts and images of runs: none is a broken picture."""
    with visit(browser) as (page, _):
        counts = []
        for kind in ("experiment", "run with every artifact"):
            page.goto((site / PAGES[kind]).as_uri())
            page.evaluate(UNFOLD)
            images = page.locator("main img[src]").all()
            for image in images:
                image.scroll_into_view_if_needed()
                image.evaluate("image => image.decode()")  # fails for what is no image
                assert image.get_attribute("alt") != ""
            counts.append(len(images))
    assert counts == [4, 6]


@pytest.mark.parametrize(
    ("kind", "most"), [("index", 3), ("experiment", 4), ("run", 5), ("run with every artifact", 6)]
)
def test_page_can_be_printed(browser: Browser, site: Path, kind: str, most: int) -> None:
    with visit(browser) as (page, _):
        page.goto((site / PAGES[kind]).as_uri())
        body = page.pdf(format="A4", print_background=True)
    assert body.startswith(b"%PDF-")
    assert 1 <= body.count(b"/Type /Page\n") <= most


def test_what_is_for_screens_is_not_printed(browser: Browser, site: Path) -> None:
    with visit(browser, color_scheme="dark") as (page, _):
        page.goto((site / RUN).as_uri())
        page.emulate_media(media="print")
        assert not page.locator(".scheme").is_visible()
        assert page.locator("h1").is_visible()
        assert background(page) == "rgb(255, 255, 255)"


# --- the switch between light and dark


def background(page: Page) -> str:
    """The colour of a page's ground."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


LIGHT, DARK = "rgb(250, 249, 247)", "rgb(16, 17, 19)"


@pytest.mark.parametrize(
    ("scheme", "before", "after"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)]
)
def test_switch_turns_a_page_round_without_scripts(
    browser: Browser, site: Path, scheme: str, before: str, after: str
) -> None:
    with visit(browser, java_script_enabled=False, color_scheme=scheme) as (page, _):
        page.goto((site / RUN).as_uri())
        assert background(page) == before
        page.locator("#scheme").focus()
        page.keyboard.press("Space")
        assert background(page) == after
        page.locator("label.scheme").click()
        assert background(page) == before


@pytest.mark.parametrize(
    ("scheme", "before", "after"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)]
)
def test_choice_is_kept_on_all_pages(
    browser: Browser, site: Path, scheme: str, before: str, after: str
) -> None:
    with visit(browser, color_scheme=scheme) as (page, events):
        page.goto((site / "index.html").as_uri())
        assert background(page) == before
        page.locator("label.scheme").click()
        assert background(page) == after
        for path in (RUN, PAGES["experiment"], "index.html"):
            page.goto((site / path).as_uri())
            assert background(page) == after
            assert page.locator("#scheme").is_checked()
        page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
        page.reload()
        assert background(page) == after  # a choice, not the opposite of the system's
        assert not page.locator("#scheme").is_checked()
        page.locator("label.scheme").click()
        page.goto((site / RUN).as_uri())
        assert background(page) == before
    assert events.errors == []


def test_switch_works_where_nothing_can_be_kept(browser: Browser, site: Path) -> None:
    with visit_afresh(browser) as (page, events):
        refuse = "Object.defineProperty(window, 'localStorage', { get() { throw Error('no') } })"
        page.add_init_script(refuse)
        page.goto((site / RUN).as_uri())
        page.locator("label.scheme").click()
        assert background(page) == DARK
    assert events.errors == []


# --- by keyboard


def focused(page: Page) -> str:
    """The text of the element that has the focus."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("path", ["index.html", PAGES["experiment"], RUN])
def test_skip_link_leads_past_the_header(browser: Browser, site: Path, path: str) -> None:
    with visit(browser) as (page, _):
        page.goto((site / path).as_uri())
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to content"
        box = page.locator(":focus").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("kind", ["index", "experiment", "run with every artifact"])
def test_focus_is_seen_wherever_it_goes(browser: Browser, site: Path, kind: str) -> None:
    with visit(browser) as (page, _):
        page.goto((site / PAGES[kind]).as_uri())
        page.evaluate(UNFOLD)
        seen = []
        for _ in range(200):
            page.keyboard.press("Tab")
            name, outline = page.evaluate(FOCUS)
            if name == "body":  # past the last
                break
            seen.append((name, outline))
        assert name == "body"
    assert len(seen) > 10
    within = ("audio", "video", "iframe")  # what is in them has the focus, and shows it
    assert [name for name, width in seen if width == 0 and name not in within] == []


# What has the focus, and how wide an outline it or the label around it shows.
FOCUS = """() => {
  const element = document.activeElement;
  const outlines = [element, element.parentElement ?? element].map(one => {
    const style = getComputedStyle(one);
    return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
  });
  return [element.localName, Math.max(...outlines)];
}"""


@pytest.mark.parametrize("kind", ["experiment", "wide experiment", "run with every artifact"])
def test_what_scrolls_can_be_reached_by_keyboard(browser: Browser, site: Path, kind: str) -> None:
    with visit(browser, viewport=SIZES["phone"]) as (page, _):
        page.goto((site / PAGES[kind]).as_uri())
        page.evaluate(UNFOLD)
        scrolling, unreached = page.evaluate(SCROLLING)
    assert scrolling > 0
    assert unreached == []


SCROLLING = """() => {
  const found = [...document.querySelectorAll('main *')].filter(one =>
    one.scrollWidth > one.clientWidth + 1 &&
    ['auto', 'scroll'].includes(getComputedStyle(one).overflowX));
  return [found.length, found.filter(one => one.tabIndex < 0 && !one.querySelector('a, button'))
    .map(one => one.outerHTML.slice(0, 120))];
}"""


def test_tables_scroll_by_keyboard(browser: Browser, site: Path) -> None:
    with visit(browser, viewport=SIZES["phone"]) as (page, _):
        page.goto((site / PAGES["experiment"]).as_uri())
        table = page.get_by_role("grid", name="Runs of Beans")
        table.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        scrolled = "element => element.parentElement.scrollLeft > 0"
        until_true(lambda: table.evaluate(scrolled), "it stays where it is")  # smoothly


def test_reader_walks_through_the_site_without_scripts(browser: Browser, site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, events):
        page.goto((site / "index.html").as_uri())
        page.get_by_role("heading", name="Beans").get_by_role("link").click()
        assert page.url.endswith("experiments/beans/index.html")
        page.get_by_role("link", name="run 1", exact=True).click()
        assert page.url.endswith(RUN)
        page.get_by_role("listitem").get_by_role("link").first.click()
        assert page.url.endswith(f"runs/{run_id(2)}/index.html")
        page.get_by_role("navigation", name="Other runs").get_by_role(
            "link", name="run 1"
        ).last.click()
        assert page.url.endswith(RUN)
        page.get_by_role("navigation", name="You are here").get_by_role(
            "link", name="Beans"
        ).click()
        assert page.url.endswith("experiments/beans/index.html")
        page.get_by_role("link", name="Experiments").click()
        assert page.url.endswith("site/index.html")
        page.get_by_role("link", name="problems in the store").click()
        assert page.url.endswith("problems/index.html")
    assert events.errors == []


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one experiment with two pages of runs."""
    folder = tmp_path_factory.mktemp("long")
    add_experiment(folder / "mlruns", "1", "long")
    for number in range(502):
        add_run(folder / "mlruns", number)
    build(folder / "mlruns", folder / "site", jobs=2)
    return folder / "site"


def test_pages_of_a_long_experiment_lead_to_each_other(browser: Browser, long_site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, events):
        page.goto((long_site / "experiments/long/index.html").as_uri())
        runs = page.locator(".runs tbody tr")
        pages = page.get_by_role("navigation", name="Pages of runs")
        assert (runs.count(), pages.inner_text().split()) == (500, ["1", "2"])
        pages.get_by_role("link", name="2").click()
        assert page.url.endswith("experiments/long/page-2/index.html")
        names = [" ".join(name.split()) for name in runs.locator("th").all_inner_texts()]
        assert names == ["run 1 00000000", "run 0 00000000"]
        assert page.get_by_role("link", name="CSV").get_attribute("href") == "../runs.csv"
        runs.get_by_role("link").last.click()
        assert page.url.endswith(f"runs/{run_id(0)}/index.html")
        page.go_back()
        pages.get_by_role("link", name="1").click()
        assert page.url.endswith("experiments/long/index.html")
    assert events.errors == []


def test_later_pages_of_a_long_experiment_are_open_to_all_readers(
    browser: Browser, long_site: Path
) -> None:
    with visit(browser) as (page, events):
        page.goto((long_site / "experiments/long/page-2/index.html").as_uri())
        assert page.locator(".runs tbody tr").count() == 2
        assert violations(page) == []
    assert events.errors == []
