"""Each kind of page in a browser: whole without scripts, fits its window, open to all readers."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visits import visit
from tests.sites import add_experiment, add_run, build, run_id
from tests.trees import write

pytestmark = pytest.mark.browser

RUN = f"runs/{run_id(1)}/index.html"
KINDS = {
    "index": "index.html",
    "experiment": "experiments/beans/index.html",
    "empty experiment": "experiments/empty/index.html",
    "run": RUN,
    "failed child run": f"runs/{run_id(2)}/index.html",
    "problems": "problems/index.html",
    "404": "404.html",
}
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
LONG = "a_very_long_name_without_a_single_blank_" * 4
NOTE = """# Notes

Some *text* with a [link](https://example.org/) and `code`.

- one
- two

| a table | that is wider | than a telephone | with many columns | and more | and more |
|---------|---------------|------------------|-------------------|----------|----------|
| 1 | 2 | 3 | 4 | 5 | 1234567890123456789 |

```
a line of code that is a good deal longer than any telephone is wide, and then some more of it
```

![a picture that is elsewhere](https://example.org/p.png)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every kind of page, and on them all that a page may show."""
    folder = tmp_path_factory.mktemp("pages")
    store = folder / "mlruns"
    write(add_experiment(store, "1", "Beans"), {"tags/mlflow.note.content": NOTE, "tags/a": "b"})
    add_experiment(store, "2", "empty")
    _full_run(store, 1)
    add_run(store, 2, {"tags/mlflow.parentRunId": run_id(1)}, status=4, run_name=LONG)
    add_run(store, 3, {"params/mtry": "4", "metrics/rmse": "torn\n"}, status=1, end_time=None)
    add_run(store, 4, {"params/mtry": LONG}, status=5)
    add_run(store, 5, status=2)
    add_run(store, 6, status=9)
    build(store, folder / "site", url="https://example.org/beans/")
    return folder / "site"


def _full_run(store: Path, number: int) -> None:
    """A run with all that MLflow logs."""
    run = add_run(store, number, source_name="train.py", source_version="0123456789abcdef")
    write(
        run, {f"metrics/val/{name}": f"1600000000000 {name} 0\n" for name in ("nan", "-inf", "1e9")}
    )
    write(run, {f"params/{name}": f"value {name}" for name in ("a", "b/c", LONG[:100])})
    write(run, {f"tags/{name}": name for name in ("team", "mlflow.user", "mlflow.source.name")})
    write(run, {"tags/mlflow.note.content": NOTE, f"tags/{LONG[:100]}": LONG})
    write(run, {"artifacts/plots/fit.png": b"\x89PNG", f"artifacts/{LONG[:100]}.csv": "a,b\n"})
    write(run, {"inputs/i/meta.yaml": "source_type: DATASET\nsource_id: d\n"})
    record = f'name: coffee\ndigest: abc\nsource_type: local\nsource: \'{{"uri": "{LONG}"}}\'\n'
    write(store / "1", {"datasets/d/meta.yaml": record})
    model = f"name: forest\nmodel_id: m-1\nsource_run_id: '{run_id(number)}'\nstatus: 2\n"
    write(store / "1/models/m-1", {"meta.yaml": model, "artifacts/MLmodel": "flavors: {}\n"})


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, site: Path) -> str:
    """Each kind of page in turn."""
    return (site / KINDS[request.param]).as_uri()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_page_is_whole(browser: Browser, site: Path, address: str, scripts: bool) -> None:  # noqa: FBT001
    with visit(browser, java_script_enabled=scripts) as (page, events):
        page.goto(address)
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text().strip() != ""
        assert page.title() != ""
    assert (events.errors, events.foreign(site.as_uri())) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_page_does_not_scroll_sideways(
    browser: Browser, address: str, size: str, scheme: str
) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=scheme) as (page, _):
        page.goto(address)
        wide = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
    assert wide[0] <= wide[1] == SIZES[size]["width"]


@cache
def axe() -> str:
    """The source text of axe-core."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page, all its folds opened: rule, and the elements it names."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.evaluate(axe())
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({ resultTypes: ['violations'], preload: false }).then(result => result.violations)"
    )
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]


@pytest.mark.parametrize(
    ("size", "scheme"), [("desk", "light"), ("desk", "dark"), ("phone", "light")]
)
def test_page_is_accessible(browser: Browser, address: str, size: str, scheme: str) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=scheme) as (page, _):
        page.goto(address)
        assert violations(page) == []


def test_axe_sees_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text("<!doctype html><img src='x.png'><p>text")
    with visit(browser) as (page, _):
        page.goto((tmp_path / "wrong.html").as_uri())
        rules = {found.partition(":")[0] for found in violations(page)}
    assert {"document-title", "html-has-lang", "image-alt"} <= rules


def focused(page: Page) -> str:
    """The text of the element that has the focus."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("path", [KINDS["index"], KINDS["experiment"], RUN])
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


def test_tables_scroll_by_keyboard(browser: Browser, site: Path) -> None:
    with visit(browser, viewport=SIZES["phone"]) as (page, _):
        page.goto((site / KINDS["experiment"]).as_uri())
        table = page.get_by_role("region", name="Runs", exact=True)
        table.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)  # browsers scroll smoothly
        assert table.evaluate("element => element.scrollLeft") > 0


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
    with visit(browser) as (page, events):
        page.goto((long_site / "experiments/long/index.html").as_uri())
        runs = page.locator("table.runs tbody tr")
        pages = page.get_by_role("navigation", name="Pages of runs")
        assert (runs.count(), pages.inner_text().split()) == (500, ["1", "2"])
        pages.get_by_role("link", name="2").click()
        assert page.url.endswith("experiments/long/page-2/index.html")
        assert runs.locator("th").all_inner_texts() == ["run 1 00000000", "run 0 00000000"]
        assert violations(page) == []
        assert page.get_by_role("link", name="CSV").get_attribute("href") == "../runs.csv"
        runs.get_by_role("link").last.click()
        assert page.url.endswith(f"runs/{run_id(0)}/index.html")
        page.go_back()
        pages.get_by_role("link", name="1").click()
        assert page.url.endswith("experiments/long/index.html")
    assert events.errors == []
