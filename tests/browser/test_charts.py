"""Interactive charts on a run's page: what they show, and what they do for pointer and keys."""

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chartsite import (
    EXPERIMENT,
    RUN,
    chart_of,
    frame,
    hover,
    loss,
    open_curves,
    serve_copy,
    show,
    state_of,
    x_place,
)
from tests.browser.readers import violations
from tests.browser.visits import KEEP_COPIED, Events, drawn, until, visit
from tests.patience import until_true
from tests.sites import run_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(chart_site: Path) -> str:
    """The site's address, as files."""
    return chart_site.as_uri()


def test_curves_of_a_run_take_the_place_of_the_drawings(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    before = page.locator("figure", has_text="opt/rate").bounding_box()
    show(page, "loss")
    figure = page.locator("figure", has=page.locator("figcaption b", has_text="loss")).first
    assert not figure.locator("svg.curve").is_visible()
    assert figure.locator("canvas").is_visible()
    assert state_of(page, "loss", "one.lines.map(line => line.spec.name)") == [
        "train_loss",
        "val_loss",
    ]
    after = page.locator("figure", has_text="opt/rate").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["height"] - after["height"]) <= 2  # nothing jumps while a page is read


def test_the_tooltip_tells_the_values_of_all_lines_highest_first(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    rows = hover(page, "loss", 120).split("\n")
    assert rows[0] == "step 120 · 2 min 12 s"  # since the first point, 1.1 s apart
    value = loss(1, 120)
    shown = [row.split("\t") for row in rows[1:]]
    assert [row[-2] for row in shown] == ["val_loss", "train_loss"]
    assert [float(row[-1]) for row in shown] == pytest.approx([value, value / 2], abs=1e-3)


def test_charts_work_below_a_path_of_a_host(
    page: Page, chart_site: Path, server: str, served_root: Path
) -> None:
    served = f"{server}/{serve_copy(chart_site, served_root, 'charts')}"
    page.goto(f"{served}/{RUN}#smooth=0.5")
    assert hover(page, "loss", 120).startswith("step 120")
    open_curves(page, served, f"#runs={run_id(2)},{run_id(3)}")
    assert hover(page, "loss", 120).count("bean") == 4


def test_charts_of_a_page_share_the_cursor(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    hover(page, "loss", 200)
    place = state_of(page, "opt/rate", "[one.rule.hidden, one.rule.style.transform, one.px(200)]")
    assert place[0] is False
    assert place[1] == f"translateX({round(place[2])}px)"
    page.mouse.move(5, 5)
    drawn(page)
    assert state_of(page, "opt/rate", "one.rule.hidden")
    assert state_of(page, "loss", "one.tip.hidden")


def drag(page: Page, title: str, start: float, end: float, *, shift: bool = False) -> None:
    box = frame(page, title)
    middle = box["top"] + box["height"] / 2
    places = [x_place(page, title, x) for x in (start, (start + end) / 2, end)]
    page.mouse.move(places[0], middle)
    if shift:
        page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(places[1], middle, steps=3)
    page.mouse.move(places[2], middle, steps=3)
    drawn(page)
    page.mouse.up()
    if shift:
        page.keyboard.up("Shift")
    drawn(page)


def test_dragging_zooms_all_charts_and_a_double_click_resets(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    drag(page, "loss", 50, 100)
    for title in ("loss", "opt/rate"):
        low, high = state_of(page, title, "one.window()")
        assert low == pytest.approx(50, abs=1)
        assert high == pytest.approx(100, abs=1)
    assert until(page, "location.hash").startswith("#zoom=")
    high = state_of(page, "loss", "one.range[1]")
    assert high < loss(1, 40)  # the value axis fits what is in the window
    drag(page, "loss", 60, 70, shift=True)
    assert state_of(page, "loss", "one.window()[0]") == pytest.approx(40, abs=1)
    box = frame(page, "loss")
    page.mouse.dblclick(box["left"] + 50, box["top"] + 50)
    drawn(page)
    assert state_of(page, "loss", "one.window()") == [0, 299]
    until(page, "location.hash === ''")


def test_a_sideways_wheel_pans_and_a_plain_one_scrolls_the_page(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}#zoom=100,150")
    hover(page, "loss", 120)
    page.mouse.wheel(60, 0)
    until(page, f"{chart_of('loss')}.window()[0] > 100")
    top = page.evaluate("scrollY")
    page.mouse.wheel(0, 120)
    until(page, f"scrollY > {top}")


def test_axes_follow_the_bar_and_their_state_is_in_the_address(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    page.get_by_role("button", name="Relative").click()
    page.get_by_role("button", name="Log", exact=True).click()
    drawn(page)
    assert state_of(page, "loss", "one.kind") == "time"
    assert state_of(page, "loss", "one.full") == [0, 299 * 1100]
    assert state_of(page, "loss", "one.bending.name") == "log scale"
    until(page, "location.hash === '#x=time&log=log'")
    page.get_by_role("button", name="Wall time").click()
    drawn(page)
    assert state_of(page, "loss", "one.full[0]") == 1600000060000
    assert state_of(page, "loss", "one.xTicks.labels.every(label => /\\d\\d:\\d\\d/.test(label))")


def test_a_log_axis_that_must_show_0_and_less_bends_by_arcsinh(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}#log=log")
    show(page, "opt/norm")
    assert "arcsinh" in state_of(page, "opt/norm", "one.note()")
    assert state_of(page, "opt/norm", "one.yTicks.labels.includes('0')")
    assert "−5.00" in hover(page, "opt/norm", 0)


def test_one_chart_can_have_a_log_axis_of_its_own(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    tools = page.get_by_role("toolbar", name="Tools of loss")
    tools.get_by_role("button", name="Logarithmic axis").click()
    drawn(page)
    assert state_of(page, "loss", "one.bending.name") == "log scale"
    assert state_of(page, "opt/norm", "one.bending.name") == ""
    until(page, "location.hash === '#log=%2Bloss'")


def test_smoothing_draws_means_over_the_faint_raw_line(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}#smooth=0.9")
    tip = hover(page, "loss", 120).split("\n")
    assert state_of(page, "loss", "one.drawn.map(layer => layer.role)") == [
        *("raw", "raw", "main", "main")
    ]
    mean, given = 0.0, 1.0
    for step in range(121):
        mean, given = 0.9 * mean + 0.1 * loss(1, step), 0.9 * given
    name, smooth, raw = tip[1].split("\t")[-3:]
    assert name == "val_loss"
    assert float(smooth) == pytest.approx(mean / (1 - given), abs=1e-3)
    assert float(raw) == pytest.approx(loss(1, 120), abs=1e-3)
    page.get_by_role("slider", name="Smoothing").focus()
    page.keyboard.press("Home")
    drawn(page)
    assert state_of(page, "loss", "one.drawn.length") == 2


def test_outliers_are_clipped_and_the_chart_says_how_many(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "odd")
    assert state_of(page, "odd", "one.range[1]") > 90
    page.get_by_role("button", name="Clip outliers").click()
    drawn(page)
    assert state_of(page, "odd", "one.range[1]") < 2
    assert "1 point outside, clipped" in state_of(page, "odd", "one.note()")
    assert state_of(page, "odd", "one.told.textContent.includes('clipped')")


def test_a_value_that_is_no_number_is_a_gap_and_is_told(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "odd")
    assert state_of(page, "odd", "one.lines[0].gaps") == [
        {"from": 40, "to": 40, "word": "nan", "end": 40}
    ]
    assert state_of(page, "odd", "one.drawn[0].ys.includes(null)")
    assert "nan" in hover(page, "odd", 40)


def test_a_legend_hides_lines_by_the_keyboard(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    chip = page.get_by_role("button", name="train_loss")
    assert chip.get_attribute("aria-pressed") == "true"
    chip.focus()
    page.keyboard.press("Enter")
    drawn(page)
    assert chip.get_attribute("aria-pressed") == "false"
    assert "train_loss" not in hover(page, "loss", 100)
    until(page, "location.hash === '#hide=train_loss'")


def test_the_tools_are_one_stop_of_the_tab_key(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    tools = page.get_by_role("toolbar", name="Tools of loss")
    assert tools.locator("button[tabindex='0']").count() == 1
    tools.locator("button[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.title") == "Data as a table"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Copy as PNG"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "Data as CSV"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.title") == "Copy or save"


def in_front(page: Page) -> list[str]:
    """The names of legends that are told to be in front, to eyes and to screen readers."""
    return page.locator("button.front[aria-current=true]").all_text_contents()


def test_a_click_keeps_a_line_in_front_on_all_charts(page: Page, base: str) -> None:
    open_curves(page, base)
    hover(page, "loss", 100)
    x, y = page.evaluate(f"""(one => {{
      const box = one.stage.getBoundingClientRect();
      const line = one.lines.find(line => line.id === '{run_id(10)}' && !line.spec.fine);
      return [box.left + one.px(100), box.top + one.py(one.bending.bend(line.values[100]))];
    }})({chart_of("loss")})""")
    page.mouse.click(x, y)
    until(page, f"location.hash === '#front={run_id(10)}'")
    page.mouse.move(5, 5)
    drawn(page)
    page.reload()  # a link shows it, too
    for title in ("loss", "opt/norm"):
        show(page, title)
        until_true(
            partial(state_of, page, title, "one.over.classList.contains('dim')"),
            f"{title}: the other lines never stood back",
        )


def test_a_pointer_that_leaves_before_it_is_followed_leaves_no_cursor(
    page: Page, base: str
) -> None:
    open_curves(page, base)
    assert "step 100" in hover(page, "loss", 100)
    page.evaluate(f"""(one => {{
      const {{ left, top }} = one.stage.getBoundingClientRect();
      const at = {{ clientX: left + one.px(120), clientY: top + 60, bubbles: true }};
      one.stage.dispatchEvent(new PointerEvent("pointermove", at));
      one.stage.dispatchEvent(new PointerEvent("pointerleave", at));
    }})({chart_of("loss")})""")
    drawn(page)
    assert state_of(page, "loss", "one.tip.hidden && one.rule.hidden && !one.hovered")


def test_the_keyboard_keeps_a_line_in_front_and_lets_it_go(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    page.evaluate(f"{chart_of('loss')}.over.focus()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert state_of(page, "loss", "one.spoken.textContent") == "train_loss stays in front"
    until(page, "location.hash === '#front=train_loss'")
    assert in_front(page) == ["train_loss"]
    page.keyboard.press("Enter")
    assert state_of(page, "loss", "one.spoken.textContent") == "train_loss is no longer in front"
    until(page, "location.hash === ''")
    assert in_front(page) == []


def test_the_legend_of_a_comparison_tells_the_run_in_front(page: Page, base: str) -> None:
    runs = f"{run_id(1)},{run_id(2)}"
    page.goto(f"{base}/compare/index.html#runs={runs}&front={run_id(2)}")
    until(page, "document.querySelectorAll('.chips button').length === 2")
    assert in_front(page) == ["Bbean 2"]
    page.evaluate(f"reportgen.chart.pin('{run_id(2)}')")
    assert in_front(page) == []


def test_a_run_in_front_has_its_name_above_the_charts(page: Page, base: str) -> None:
    open_curves(page, base, f"#front={run_id(10)}")
    show(page, "loss")
    assert state_of(page, "loss", f"one.lines.find(l => l.id === '{run_id(10)}').spec.colour") == 0
    assert in_front(page) == ["bean 10"]
    assert page.locator(".ct-runs").inner_text().endswith("and 2 runs in grey")


def test_a_finger_shows_the_values_and_a_touch_elsewhere_hides_them(
    browser: Browser, base: str
) -> None:
    with visit(browser, viewport={"width": 390, "height": 844}, has_touch=True) as (page, events):
        page.goto(f"{base}/{RUN}")
        show(page, "loss")
        box = frame(page, "loss")
        page.touchscreen.tap(x_place(page, "loss", 100), box["top"] + 40)
        drawn(page)
        assert state_of(page, "loss", "one.tip.innerText").startswith("step ")
        assert not state_of(page, "loss", "one.tip.hidden")
        page.touchscreen.tap(5, 5)
        drawn(page)
        assert state_of(page, "loss", "one.tip.hidden")
    assert events.errors == []


def test_two_fingers_zoom_and_a_button_resets(browser: Browser, base: str) -> None:
    with visit(browser, viewport={"width": 390, "height": 844}, has_touch=True) as (page, events):
        page.goto(f"{base}/{RUN}")
        show(page, "loss")
        top = frame(page, "loss")["top"] + 40
        ends = [[x_place(page, "loss", x) for x in pair] for pair in ((100, 200), (50, 250))]
        touch = page.context.new_cdp_session(page)

        def fingers(kind: str, places: list[float]) -> None:
            points = [{"x": x, "y": top, "id": number} for number, x in enumerate(places)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        fingers("touchStart", ends[0][:1])
        fingers("touchStart", ends[0])
        fingers("touchMove", ends[1])
        drawn(page)
        fingers("touchEnd", [])
        low, high = state_of(page, "loss", "one.window()")
        assert (low, high) == (pytest.approx(75, abs=3), pytest.approx(225, abs=3))
        assert state_of(page, "loss", "one.tip.hidden")
        tools = page.get_by_role("toolbar", name="Tools of loss")
        tools.get_by_role("button", name="Reset zoom").click()
        drawn(page)
        assert state_of(page, "loss", "one.window()") == [0, 299]
    assert events.errors == []


def test_the_keyboard_moves_the_cursor_zooms_and_resets(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    page.evaluate(f"{chart_of('loss')}.over.focus()")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    said = state_of(page, "loss", "one.spoken.textContent")
    assert said == f"train_loss {loss(1, 10) / 2:.5g} at step 10"
    page.keyboard.press("ArrowUp")
    assert state_of(page, "loss", "one.spoken.textContent").startswith("val_loss")
    page.keyboard.press("+")
    drawn(page)
    assert state_of(page, "loss", "one.window()[1]") < 299
    page.keyboard.press("0")
    drawn(page)
    assert state_of(page, "loss", "one.window()") == [0, 299]
    page.keyboard.press("End")
    assert state_of(page, "loss", "one.spoken.textContent").endswith("step 299")
    page.keyboard.press("Escape")
    assert state_of(page, "loss", "one.tip.hidden")


def test_a_link_shows_what_its_sender_sees(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}#x=time&smooth=0.5&log=log&clip=1&hide=train_loss&zoom=11000,22000")
    show(page, "loss")
    seen = state_of(
        page, "loss", "[one.kind, one.window(), one.shown().length, one.bending.name, one.note()]"
    )
    assert seen[:4] == ["time", [11000, 22000], 1, "log scale"]
    assert "smoothed 0.50" in seen[4]
    assert page.get_by_role("button", name="Relative").get_attribute("aria-pressed") == "true"
    page.evaluate("location.hash = '#smooth=0.5'")
    until(page, f"{chart_of('loss')}.kind === 'step' && {chart_of('loss')}.shown().length === 2")
    assert (
        page.get_by_role("button", name="Step", exact=True).get_attribute("aria-pressed") == "true"
    )


def test_a_chart_fills_the_screen_and_comes_back(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    page.get_by_role("toolbar", name="Tools of loss").get_by_role(
        "button", name="Full screen"
    ).click()
    drawn(page)
    assert state_of(page, "loss", "one.width") > 1100
    assert violations(page) == []
    page.keyboard.press("Escape")
    drawn(page)
    assert state_of(page, "loss", "one.width") < 700
    assert page.locator("dialog").count() == 0
    assert page.locator("figure .ct-tools").count() > 0


def test_a_chart_that_fills_the_screen_names_its_lines_and_resets(page: Page, base: str) -> None:
    open_curves(page, base, "#zoom=10,20")
    show(page, "loss")
    tools = page.get_by_role("toolbar", name="Tools of loss")
    tools.get_by_role("button", name="Full screen").click()
    drawn(page)
    dialog = page.get_by_role("dialog")
    names = dialog.locator(".ct-name").all_inner_texts()
    assert names == [f"bean {number}" for number in range(1, 8)]
    assert dialog.get_by_role("button", name="Close").count() == 1
    assert not tools.get_by_role("button", name="Full screen").is_visible()
    tools.get_by_role("button", name="Reset zoom").click()
    drawn(page)
    assert state_of(page, "loss", "one.window()") == [0, 299]
    dialog.get_by_role("button", name="Close").click()
    assert page.evaluate("document.activeElement.title") == "Full screen"
    assert page.locator("figure .ct-name:visible").count() == 0


def test_the_data_stand_in_a_table_on_demand(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}#zoom=10,12")
    show(page, "loss")
    button = page.get_by_role("toolbar", name="Tools of loss").get_by_role(
        "button", name="Data as a table"
    )
    button.click()
    dialog = page.get_by_role("dialog")
    cells = [row.split("\t") for row in dialog.locator("table").inner_text().split("\n")]
    assert cells[0] == ["step", "train_loss", "val_loss"]
    assert [row[0] for row in cells[1:]] == ["10", "11", "12"]
    assert float(cells[1][2]) == pytest.approx(loss(1, 10), rel=1e-4)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Data as a table"


def test_compared_runs_have_training_and_validation_on_one_chart(page: Page, base: str) -> None:
    page.goto(f"{base}/compare/index.html#runs={run_id(1)},{run_id(2)}")
    show(page, "loss")
    lines = state_of(page, "loss", "one.lines.map(({ spec }) => [spec.of, spec.part, spec.fine])")
    assert lines == [
        [f"{letter} bean {number}", part, part == "train"]
        for letter, number in (("B", 2), ("A", 1))
        for part in ("val", "train")
    ]
    gap = state_of(page, "loss", "one.spec.bands.map(({ lower }) => lower[0])")
    assert gap == [pytest.approx(loss(1, 0), rel=1e-5)]  # of the validation
    titles = page.locator("#compare-curves > .figs .ct-title b").all_inner_texts()
    assert titles == ["loss", "odd", "opt/norm", "opt/rate"]


def test_data_are_saved_as_csv_and_pictures_as_svg_and_png(
    opened: tuple[Page, Events], base: str
) -> None:
    page, _ = opened
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    tools = page.get_by_role("toolbar", name="Tools of loss")

    def saved(entry: str) -> bytes:
        tools.get_by_role("button", name="Copy or save").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name=entry).click()
        assert waiting.value.suggested_filename == f"loss.{entry[-3:].lower()}"
        return Path(waiting.value.path()).read_bytes()

    rows = saved("Data as CSV").decode().split("\r\n")
    assert rows[0] == "series,step,time,value"
    assert rows[1] == f"train_loss,0,2020-09-13T12:27:40.000Z,{loss(1, 0) / 2:.7g}"
    assert len(rows) == 1 + 2 * 300 + 1
    drawing = saved("Save as SVG").decode()
    assert drawing.startswith("<svg xmlns=")
    assert ">val_loss</text>" in drawing
    assert saved("Save as PNG").startswith(b"\x89PNG")
    page.evaluate(KEEP_COPIED)
    tools.get_by_role("button", name="Copy or save").click()
    page.get_by_role("menuitem", name="Copy as SVG").click()
    until(page, "window.copied")
    assert page.evaluate("window.copied") == drawing


def test_charts_are_open_to_all_readers(browser: Browser, base: str) -> None:
    for scheme, size in (("light", (1280, 800)), ("dark", (390, 844))):
        viewport = {"width": size[0], "height": size[1]}
        with visit(browser, viewport=viewport, color_scheme=scheme) as (page, events):
            for path, title in ((RUN, "loss"), (EXPERIMENT, "loss")):
                page.goto(f"{base}/{path}")
                page.evaluate("document.querySelector('#curves').scrollIntoView()")
                until(page, "reportgen.chart.awake.size > 0")
                hover(page, title, 100)
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert events.errors == []


def test_colours_follow_the_switch_of_the_theme(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    before = page.evaluate("reportgen.chart.inks().c1")
    page.get_by_role("checkbox", name="Switch between light and dark").check()
    drawn(page)
    assert page.evaluate("reportgen.chart.inks().c1") != before
    assert until(page, f"{chart_of('loss')}.plot.series[1]._stroke !== {before!r}")


def test_the_drawing_stays_where_the_data_of_a_run_are_missing(
    browser: Browser, chart_site: Path, server: str, served_root: Path
) -> None:
    serve_copy(chart_site, served_root, "broken")
    (served_root / "sub" / "broken" / "runs" / run_id(1) / "run.js").unlink()
    with visit(browser) as (page, _):
        page.goto(f"{server}/sub/broken/{RUN}")
        page.locator("#curves").scroll_into_view_if_needed()
        until(page, "document.body.innerText.includes('The charts stay as they are')")
        assert page.locator("svg.curve").first.is_visible()


def test_a_far_away_chart_is_let_go_and_drawn_again(page: Page, base: str) -> None:
    page.goto(f"{base}/{RUN}")
    show(page, "loss")
    page.evaluate("document.body.append(reportgen.el('div', { id: 'far' }))")
    page.evaluate("document.getElementById('far').style.height = '9000px'")
    page.evaluate("scrollTo(0, 8000)")
    until(page, "reportgen.chart.awake.size === 0")
    assert page.evaluate("document.querySelectorAll('main canvas').length") == 0
    show(page, "loss")
