"""The section "Explore" in a browser: lines that filter, dots that tell, groups, numbers."""

import json
import random
from collections.abc import Iterator
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reportgen.analysis.association import correlation_ratio, rank_correlation, ranks
from reportgen.analysis.groups import spread_of
from tests.browser.readers import SCHEMES, SIZES, violations, widths
from tests.browser.visits import Events, drawn, until, visit
from tests.sites import add_experiment, add_run, build, run_id

pytestmark = pytest.mark.browser

RATES, KINDS, SEEDS = ("0.0001", "0.001", "0.01", "0.1"), ("gini", "entropy"), ("1", "2", "3")
RUNS = len(RATES) * len(KINDS) * len(SEEDS)
SWEEP = "experiments/sweep/index.html"
DESK = {"width": 1440, "height": 1000}
SHOWN = "document.querySelectorAll('.plot-figs .plot').length === 2"


def add_sweep(store: Path) -> None:
    """Four learn rates, two criteria and three seeds: 24 runs, the last of which failed."""
    add_experiment(store, "1", "sweep")
    number = 0
    for place, rate in enumerate(RATES):
        for kind in KINDS:
            for seed in SEEDS:
                number += 1
                loss = 0.5 - place / 10 + (0.01 * int(seed)) + (0.2 if kind == "gini" else 0)
                start = 1600000000000 + number * 60_000
                steps = 12 if seed == "3" else 20
                points = "".join(f"{start + s} {loss + 1 / (1 + s)} {s}\n" for s in range(steps))
                params = {"params/lr": rate, "params/criterion": kind, "params/seed": seed}
                more = {"metrics/val_loss": points, "metrics/test_acc": f"{start} {1 - loss} 0\n"}
                add_run(store, number, {**params, **more}, status=4 if number == RUNS else 3)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plots")
    add_sweep(folder / "mlruns")
    add_experiment(folder / "mlruns", "2", "odd")
    for number in range(3):
        files = {"params/mtry": str(number), "metrics/thing": f"1600000000000 {number} 0\n"}
        run = add_run(folder / "mlruns", 100 + number, files, experiment="2")
        (run / "metrics/rmse").unlink()
    assert build(folder / "mlruns", folder / "site").failures == ()
    return folder / "site"


def test_titles_of_axes_stand_side_by_side(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    boxes = [title.bounding_box() for title in page.locator(".par-titles button").all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(ends) == 3
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


def test_long_titles_of_axes_keep_their_ends(browser: Browser, tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "sweep")
    for number in range(4):
        params = {f"params/optimizer.options.rate_{i}": str(number * i + 1) for i in range(1, 7)}
        add_run(tmp_path / "mlruns", number, params)
    build(tmp_path / "mlruns", tmp_path / "site")
    with visit(browser) as (page, _):
        page.goto((tmp_path / "site" / SWEEP).as_uri())
        until(page, "document.querySelectorAll('.par-titles button').length === 7")
        shown = [title.inner_text() for title in page.locator(".par-titles button").all()][:6]
        spans = "[...document.querySelectorAll('.par-titles span')]"
        assert all("…" in title for title in shown)
        assert [title[-6:] for title in shown] == [f"rate_{i}" for i in range(1, 7)]
        assert max(page.evaluate(f"{spans}.map(one => one.scrollWidth - one.clientWidth)")) <= 0


def test_on_paper_the_painted_pictures_stand_for_the_plots(
    explore: tuple[Page, Events],
) -> None:
    page, _ = explore
    picture = page.locator(".painted img").first
    assert not picture.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert picture.is_visible()
    assert not page.locator(".explore").is_visible()
    assert not page.locator("[data-curves]").is_visible()
    page.emulate_media(media="null")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not picture.is_visible()
    assert page.locator(".explore").is_visible()


@pytest.fixture
def explore(browser: Browser, site: Path) -> Iterator[tuple[Page, Events]]:
    """The page of the sweep with its plots drawn, what it emits kept in `window.brushed`."""
    with visit(browser, viewport=DESK) as (page, events):
        open_plots(page, site)
        yield page, events
        assert events.errors == []


def open_plots(page: Page, site: Path, state: str = "") -> None:
    page.goto(f"{(site / SWEEP).as_uri()}{state}")
    page.evaluate("reportgen.on('brush', rows => { window.brushed = rows && [...rows]; })")
    until(page, SHOWN)
    page.locator("#explore-plots").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.plot-par').scrollIntoView({ block: 'center' })")
    drawn(page)


def axis(page: Page, name: str) -> tuple[float, float, float]:
    """Where an axis stands in the window, once nothing moves any more: x, upper and lower end."""
    box = None
    while box != (box := page.locator(".par-box").bounding_box()):
        page.wait_for_timeout(150)  # charts above may still take their room
        drawn(page)
    title = page.locator(f'.par-titles [data-id="{name}"]').bounding_box()
    assert title is not None
    assert box is not None
    return title["x"] + title["width"] / 2, box["y"] + 12, box["y"] + box["height"] - 14


def drag(page: Page, x: float, start: float, end: float) -> None:
    page.mouse.move(x, start)
    page.mouse.down()
    page.mouse.move(x, (start + end) / 2)
    page.mouse.move(x, end)
    page.mouse.up()


def passing(page: Page) -> str:
    return page.locator(".plot-limits").inner_text()


# --- without scripts


def test_page_is_whole_without_scripts(browser: Browser, site: Path) -> None:
    with visit(browser, java_script_enabled=False) as (page, events):
        page.goto((site / SWEEP).as_uri())
        assert not page.locator("#explore-plots").is_visible()
        assert page.locator("h2#groups").is_visible()
        assert page.locator("h2#associations").inner_text() == "What goes with val_loss"
        assert page.locator("#overviews").is_visible()
        assert events.errors == []


def test_pictures_fold_away_where_plots_are_drawn(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    assert page.locator("details:has(#overviews)").get_attribute("open") is None


# --- lines


def test_drag_along_an_axis_filters_and_stays_in_the_address(
    explore: tuple[Page, Events], site: Path
) -> None:
    page, _ = explore
    x, top, bottom = axis(page, "params.lr")
    drag(page, x, top - 4, (top + bottom) / 2)
    until(page, "window.brushed && window.brushed.length === 12")
    assert "12 of 24 runs pass" in passing(page)
    state = page.evaluate("location.hash")
    assert state.startswith("#brush=params.lr:0.00")
    open_plots(page, site, state)
    until(page, "document.querySelector('.plot-limits').textContent.includes('12 of 24')")


def test_click_on_an_axis_or_its_chip_lifts_the_limits(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    x, top, bottom = axis(page, "params.lr")
    drag(page, x, top, (top + bottom) / 2)
    until(page, "window.brushed && location.hash.includes('brush')")
    page.mouse.click(x, top + 20)
    until(page, "window.brushed === null && location.hash === ''")
    drag(page, x, top, (top + bottom) / 2)
    page.locator(".plot-chip").click()
    until(page, "window.brushed === null && location.hash === ''")


def test_brush_is_moved_as_a_whole(explore: tuple[Page, Events], site: Path) -> None:
    page, _ = explore
    open_plots(page, site, "#brush=params.lr:0.01..0.1")
    until(page, "document.querySelector('.plot-limits').textContent.includes('12 of 24')")
    x, top, bottom = axis(page, "params.lr")
    drag(page, x, top + (bottom - top) / 6, bottom + 200)  # from its middle, not from its end
    until(page, "location.hash.includes('params.lr:0.0001..')")
    until(page, "document.querySelector('.plot-limits').textContent.includes('6 of 24')")


def test_limits_are_set_by_keyboard(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    page.locator('.par-titles [data-id="params.lr"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("0.01")
    page.keyboard.press("Tab")
    until(page, "window.brushed && window.brushed.length === 12")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.id") == "params.lr"
    assert page.locator("[role=dialog]").count() == 0


def test_categories_are_limited_by_boxes(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    page.locator('.par-titles [data-id="params.criterion"]').click()
    page.get_by_role("checkbox", name="gini").uncheck()
    until(page, "window.brushed && window.brushed.length === 12")
    assert page.evaluate("reportgen.state.get('brush')") == "params.criterion=entropy"


def test_axes_are_moved_by_drag_and_by_keyboard(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    order = "[...document.querySelectorAll('.par-titles button')].map(b => b.dataset.id).join()"
    assert page.evaluate(order) == "params.criterion,params.lr,metrics.val_loss"
    page.locator('.par-titles [data-id="params.lr"]').focus()
    page.keyboard.press("Alt+ArrowLeft")
    until(page, f"{order} === 'params.lr,params.criterion,metrics.val_loss'")
    assert page.evaluate("document.activeElement.dataset.id") == "params.lr"
    title = page.locator('.par-titles [data-id="params.lr"]').bounding_box()
    assert title is not None
    x, y = title["x"] + 20, title["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 300, y)
    page.mouse.move(axis(page, "metrics.val_loss")[0] - 20, y)
    page.mouse.up()
    until(page, f"{order} === 'params.criterion,metrics.val_loss,params.lr'")
    assert page.locator("[role=dialog]").count() == 0
    state = page.evaluate("reportgen.state.get('axes')")
    assert state == "params.criterion,metrics.val_loss,params.lr"


def test_brush_of_an_edited_address_is_followed_and_nonsense_is_not(
    explore: tuple[Page, Events],
) -> None:
    page, _ = explore
    page.evaluate("location.hash = 'brush=params.lr:0.01..0.1'")
    until(page, "window.brushed && window.brushed.length === 12")
    page.evaluate("location.hash = 'brush=params.lr:9..1;params.none:0..1;params.criterion:0..1;x'")
    until(page, "window.brushed === null")


def test_filter_of_the_table_takes_lines_and_dots_away(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    page.evaluate("reportgen.emit('visible', [0, 1, 2])")
    until(page, "document.querySelector('.plot-limits').textContent.includes('3 of 24 runs pass')")


# --- dots


def test_hover_tells_of_a_run_and_click_chooses_it(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    panel = page.locator(".plot-figs .plot", has_text="lr").first
    panel.scroll_into_view_if_needed()
    label = panel.locator("svg text", has_text="0.1").last.bounding_box()
    place = panel.locator(".plot-box").bounding_box()
    assert label is not None
    assert place is not None
    x, y = label["x"] + label["width"] / 2, place["y"] + 10
    while not page.locator(".plot-tip.shown").count():
        y += 6
        assert y < label["y"], "no dot above 0.1"
        page.mouse.move(x, y)
    title, *cells = page.locator(".plot-tip").inner_text().split()
    assert (title, cells[1:4]) == ("run", ["lr", "0.1", "val_loss"])
    page.mouse.click(x, y)
    until(page, "reportgen.state.runs().length === 1")
    assert page.evaluate("reportgen.state.get('runs')") == run_id(int(cells[0]))


def test_keyboard_chooses_a_run_and_leaves_it(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    page.locator(".plot-figs .plot-box").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "reportgen.state.runs().length === 1")
    page.keyboard.press("Enter")
    until(page, "reportgen.state.runs().length === 0")
    page.locator(".par-box").focus()
    page.keyboard.press("Home")
    assert "val_loss" in page.locator(".par-box [role=status]").inner_text()
    page.keyboard.press("Enter")
    until(page, "reportgen.state.runs().length === 1")


def test_associations_are_those_of_the_static_table(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    rows = page.locator(".assocs tbody tr")
    table = [rows.nth(n).inner_text().split("\t")[:2] for n in range(rows.count())]
    hints = page.locator(".plot-figs figcaption").all_inner_texts()
    assert [row[0] for row in table] == [hint.split()[0] for hint in hints]
    for (_name, value), hint in zip(table, hints, strict=True):
        assert f"{value.strip()}, n = 23" in hint


# --- best so far, and what may not be told


def test_best_so_far_is_drawn_where_runs_may_be_ranked(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    best = page.locator(".plot", has_text="Best so far")
    assert "lower is better" in best.inner_text()
    assert "run 22" in (best.locator("svg").text_content() or "")


def test_no_run_is_best_where_no_direction_is_known(browser: Browser, site: Path) -> None:
    with visit(browser, viewport=DESK) as (page, events):
        page.goto((site / "experiments/odd/index.html").as_uri())
        until(page, "document.querySelectorAll('.plot-figs .plot').length === 1")
        assert page.locator(".plot", has_text="Best so far").count() == 0
        assert "which values of thing are better is not known" in page.inner_text(".plot-legend")
        assert "too few runs to say: 3" in page.inner_text(".plot-figs")
        assert events.errors == []


def test_test_metrics_are_in_no_plot(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    assert "test_acc" not in page.locator("#explore-plots").inner_html()


def test_nothing_is_explored_where_nothing_differs(browser: Browser, tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "alike")
    add_experiment(tmp_path / "mlruns", "2", "without metrics")
    for number in range(1, 5):
        add_run(tmp_path / "mlruns", number, {"metrics/thing": "1600000000000 2 0\n"})
        params = {"params/kind": str(number % 2), "params/depth": str(number % 3)}
        run = add_run(tmp_path / "mlruns", 10 + number, params, experiment="2")
        (run / "metrics/rmse").unlink()
        (tmp_path / "mlruns/1" / run_id(number) / "metrics/rmse").unlink()
    build(tmp_path / "mlruns", tmp_path / "site")
    with visit(browser, viewport=DESK) as (page, events):
        page.goto((tmp_path / "site/experiments/alike/index.html").as_uri())
        until(page, "document.documentElement.classList.contains('has-table')")
        page.evaluate("reportgen.load.table('alike')")
        assert not page.locator("#explore-plots").is_visible()
        page.goto((tmp_path / "site/experiments/without-metrics/index.html").as_uri())
        page.get_by_text("Runs as lines").wait_for()
        assert not page.get_by_label("Metric", exact=True).is_visible()
        assert events.errors == []


# --- groups


MEAN = """
([curves, band]) => {
  const packed = curves.map(([steps, values]) => ({ steps, values }));
  const found = reportgen.plots.means.meanOf(packed.map(reportgen.plots.means.stepped), band);
  return Object.fromEntries(Object.entries(found).map(([key, list]) => [key, [...list]]));
}
"""


GROUPED = """
(by) => reportgen.load.table("sweep").then((table) => {
  const model = reportgen.plots.model.of(table);
  const rows = Array.from({ length: table.count }, (_, row) => row);
  return reportgen.plots.means.groupsOf(model, rows, by, model.lead)
    .map((group) => [group.name, group.rows.length]);
})
"""


def test_mean_rests_on_the_runs_that_have_the_step(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    curves = [[[0, 2, 4], [1.0, 3.0, 5.0]], [[0, 1, 2], [3.0, 3.0, 9.0]]]
    found = page.evaluate(MEAN, [curves, "minmax"])
    assert found["steps"] == [0, 1, 2, 4]
    assert found["mean"] == [2, 2.5, 6, 5]  # 2 at step 1 lies between points; nothing beyond step 2
    assert found["counts"] == [2, 2, 2, 1]
    assert found["lower"][:3] == [1, 2, 3]
    words = "(found) => reportgen.plots.means.restsOn(found)"
    assert page.evaluate(words, found) == "2 up to step 2, then 1"


def test_runs_are_grouped_by_all_but_seeds_or_by_one_parameter(
    explore: tuple[Page, Events],
) -> None:
    page, _ = explore
    by_seed = page.evaluate(GROUPED, "")
    assert len(by_seed) == 8
    assert by_seed[0] == ["criterion=entropy, lr=0.1", 3]
    settings = [["1", "a", "x"], ["1", "b", "y"], ["1", "c", "x"], ["1", "c", "y"]]
    assert page.evaluate("(all) => reportgen.stats.apart(all)", settings) == [1, 2]
    assert page.evaluate("(all) => reportgen.stats.apart(all)", settings[:3]) == [1]
    assert page.evaluate("(all) => reportgen.stats.apart(all)", []) == []
    assert page.evaluate(GROUPED, "criterion") == [
        ["criterion=entropy", 12],
        ["criterion=gini", 12],
    ]


def test_groups_of_a_value_not_logged_are_named_as_in_the_table(
    browser: Browser, tmp_path: Path
) -> None:
    add_experiment(tmp_path / "mlruns", "1", "sweep")
    for number, penalty in enumerate(("none", "not logged", "l1, l2", None) * 2):
        params = {"params/penalty": penalty} if penalty else {}
        add_run(tmp_path / "mlruns", number, params)
    build(tmp_path / "mlruns", tmp_path / "site")
    with visit(browser, viewport=DESK) as (page, _):
        page.goto((tmp_path / "site" / SWEEP).as_uri())
        until(page, "reportgen.plots?.means !== undefined")
        assert page.evaluate(GROUPED, "penalty") == [
            ["penalty=none", 2],
            ['penalty="not logged"', 2],
            ['penalty="l1, l2"', 2],
            ["penalty=not logged", 2],
        ]


def test_groups_are_drawn_with_their_size_and_what_means_rest_on(
    explore: tuple[Page, Events],
) -> None:
    page, _ = explore
    part = page.locator(".plot-part", has_text="Groups over steps")
    part.scroll_into_view_if_needed()

    def says(words: str) -> None:
        until(page, f"document.querySelector('.plot-groups').textContent.includes({words!r})")

    says("7 of 8 groups of finished runs")
    says("3 up to step 11, then 2")
    says("n = 2: criterion=entropy, lr=0.1")  # the legend: the third run failed
    part.get_by_role("button", name="95%").click()
    part.get_by_label("Group by").select_option("criterion")
    says("2 groups of finished runs; the band is the 95% interval of the mean, by Student")
    says("n = 11: criterion=entropy")
    assert page.evaluate("location.hash") == "#band=ci95&by=criterion"
    page.evaluate("location.hash = ''")
    says("7 of 8 groups")


# --- numbers


def test_numbers_are_those_of_the_static_tables(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    dice = random.Random(5)  # noqa: S311
    for count in (1, 2, 3, 10, 31, 50):
        xs = [round(dice.gauss(0, 3), 1) for _ in range(count)]
        ys = [round(dice.gauss(0, 3)) / 4 for _ in range(count)]
        kinds = [dice.randrange(3) for _ in range(count)]
        found: dict[str, Any] = page.evaluate(
            "([xs, ys, kinds]) => { const s = reportgen.stats; return { ...s.summary(xs),"
            " ranks: s.ranks(ys), rho: s.spearman(xs, ys).rho,"
            " eta: s.correlationRatio(kinds, ys).eta }; }",
            [xs, ys, kinds],
        )
        spread = spread_of(xs)
        named = ("n", "mean", "std", "se", "ci95", "min", "max")
        values = (spread.count, spread.mean, spread.deviation, spread.error, spread.margin)
        for name, value in zip(named, (*values, spread.least, spread.greatest), strict=True):
            assert same(found[name], value), name
        assert found["ranks"] == ranks(ys)
        assert same(found["rho"], rank_correlation(ranks(xs), ranks(ys)))
        assert same(found["eta"], correlation_ratio([*map(str, kinds)], ranks(ys))[0])


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


# --- for all readers


@pytest.mark.parametrize("size", SIZES)
def test_plots_are_open_to_all_readers(browser: Browser, site: Path, size: str) -> None:
    with visit(browser, viewport=SIZES[size], color_scheme=SCHEMES[size]) as (page, events):
        state = f"#brush=params.lr:0.001..0.1&runs={run_id(3)}"
        open_plots(page, site, state)
        page.locator('.par-titles [data-id="params.lr"]').click()
        assert violations(page, "#explore-plots") == []
        assert widths(page) == [SIZES[size]["width"]] * 2
        assert events.errors == []


def test_lines_follow_the_theme(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    pixels = """
    [...document.querySelector('.par-passing').getContext('2d')
      .getImageData(0, 0, 1400, 300).data].filter((_, i) => i % 4 === 3).filter(Boolean).length
    """
    assert page.evaluate(pixels) > 1000
    before = page.evaluate("document.querySelector('.par-passing').toDataURL()")
    page.locator("#scheme").check()
    until(page, f"document.querySelector('.par-passing').toDataURL() !== {json.dumps(before)}")


def test_small_ticks_are_spelled_as_those_of_charts(explore: tuple[Page, Events]) -> None:
    page, _ = explore
    ticks = page.evaluate(
        """(() => {
          const values = [0.0042, 0.0046, 0.0051];
          const one = { id: "params.lr", kind: "number", values, low: values[0], high: values[2] };
          return reportgen.plots.model.scaleOf(one, 5).ticks.map(({ label }) => label);
        })()"""
    )
    assert {"0.0044", "0.0050"} <= set(ticks)
