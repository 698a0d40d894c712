"""The numbers behind interactive charts: made short, smoothed, labelled, told as CSV."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reportgen.charts.packed import Grids, packed_curve
from reportgen.model import MetricSeries
from reportgen.site.scripts import put_call
from tests.browser.chartsite import RUN
from tests.browser.visits import visit
from tests.sites import run_id
from tests.trees import write

pytestmark = pytest.mark.browser

LINE = """
  const xs = Float64Array.from({ length: 5000 }, (_, i) => i * 1.7);
  const ys = xs.map((x, i) => (i === 1234 ? 99 : i === 4321 ? -99 : Math.sin(x / 500)));
  const { aligned, smoothed, reach, gaps, csv } = reportgen.chart.data;
"""


@pytest.fixture(scope="module")
def numbers(browser: Browser, chart_site: Path) -> Iterator[Page]:
    """A page with the functions that make what is drawn out of points."""
    with visit(browser) as (page, _):
        page.goto((chart_site / RUN).as_uri())
        yield page


def answer(page: Page, expression: str) -> Any:
    return page.evaluate(f"(() => {{ {LINE} return {expression}; }})()")


NOTHING: dict[str, object] = {
    key: {} for key in ("params", "tags", "metrics", "heldout", "standing")
}
COURSES = {
    "smooth": [math.exp(-place / 300) for place in range(1000)],
    "seven digits": [
        round(math.sin(place) * 10 ** (place % 7), 6 - place % 7) for place in range(99)
    ],
    "decades": [(-1) ** place * 10.0 ** (place % 36 - 15) * 1.5 for place in range(200)],
    "level": [0.002] * 130,
    "not finite": [math.nan, 1.0, -math.inf, math.inf, 0.0, -2.5] * 20,
    "narrow": [1e9 + 1e-3 * (place % 17) for place in range(70)],
    "huge": [1e300, -1e-300, 0.0, 7.0],
    "one": [0.1],
    "leaps": [9.9e20 if place == 40 else -3e-12 if place == 90 else 0.5 for place in range(128)],
}


def add_packed(site: Path, name: str, *logged: MetricSeries) -> None:
    """The script of a run with these curves, beside those of the site."""
    grids = Grids()
    curves = {series.key: packed_curve(series, grids) for series in logged}
    data = {**NOTHING, "grids": grids.packed, "curves": curves}
    write(site / "runs" / name, {"run.js": put_call("run", name, data)})


def test_points_that_were_packed_come_back(chart_site: Path, numbers: Page) -> None:
    logged = (MetricSeries(name, range(len(ys)), [0] * len(ys), ys) for name, ys in COURSES.items())
    add_packed(chart_site, "packed", *logged)
    found = numbers.evaluate(
        "async () => [...(await reportgen.load.run('packed')).curves]"
        ".map(([name, { values }]) => [name, [...values]])"
    )
    for name, values in found:
        expected = COURSES[name]
        if name in ("seven digits", "level", "not finite", "huge", "one"):
            assert repr(list(map(float, values))) == repr(expected)
        assert values == pytest.approx(expected, rel=5.1e-6, abs=0, nan_ok=True), name
    assert dict(found)["narrow"] == pytest.approx(COURSES["narrow"], rel=0, abs=1e-6)


def test_steps_and_times_that_were_packed_come_back_where_they_are_large(
    chart_site: Path, numbers: Page
) -> None:
    first = 1_770_000_000_000_000_000
    steps = [first + place * place for place in range(200)]
    add_packed(chart_site, "large", MetricSeries("nanoseconds", steps, steps, [0.0] * len(steps)))
    found = numbers.evaluate(
        "async () => { const [curve] = (await reportgen.load.run('large')).curves.values();"
        " return [[...curve.steps], [...curve.times]].map((each) => each.map(String)); }"
    )
    slack = abs(steps[-1] - first) / 2000  # of times, see packed.py
    apart = math.ulp(float(first))
    for told, most in zip(found, (apart, apart + slack), strict=True):
        assert [int(float(one)) for one in told] == pytest.approx(steps, rel=0, abs=most)


def test_what_a_run_leaves_out_of_its_metrics_is_what_the_experiment_tells(numbers: Page) -> None:
    alone, all_told = numbers.evaluate(
        f"async () => [[...(await reportgen.load.run('{run_id(1)}')).standing],"
        " [...(await reportgen.load.table('beans')).metrics]]"
    )
    told = dict(all_told)
    assert {"val_loss", "train_loss"} <= set(dict(alone))
    for key, standing in alone:
        if key in told:
            assert standing == {name: told[key][name] for name in standing}


@pytest.mark.parametrize("columns", [100, 301, 700])
@pytest.mark.parametrize("coarse", ["true", "false"])
def test_made_short_a_line_keeps_its_extremes(numbers: Page, columns: int, coarse: str) -> None:
    line = f"[{{ xs, ys, isCoarse: {coarse} }}]"
    at, values = answer(
        numbers,
        f"(({{ xs: at, ys: [one] }}) => [[...at], [...one]])"
        f"(aligned({line}, 0, 8498.3, {columns}))",
    )
    drawn = [(x, y) for x, y in zip(at, values, strict=True) if y is not None]
    assert len(at) <= 2 * columns + 4
    assert at == sorted(at)
    assert max(drawn, key=lambda one: one[1])[1] == 99
    assert min(drawn, key=lambda one: one[1])[1] == -99
    width = 8498.3 / columns * (2 if coarse == "true" else 1)
    assert max(drawn, key=lambda one: one[1])[0] == pytest.approx(1234 * 1.7, abs=width)


def test_what_lies_between_two_values_is_0_within_the_digits_of_points(numbers: Page) -> None:
    pairs = "[[0.1000004, 0.1], [0.10001, 0.1], [0, 0], [1, 0], [Infinity, 1], [NaN, 1], [-5, 5]]"
    found = answer(numbers, f"{pairs}.map((pair) => String(reportgen.chart.data.minus(...pair)))")
    assert [float(one) for one in found[:2]] == [0, pytest.approx(1e-5)]
    assert found[2:] == ["0", "1", "Infinity", "NaN", "-10"]


def test_spans_are_told_in_units_that_people_use(numbers: Page) -> None:
    spans = [0, 450, 1500, 59_999, 407_000, 7_500_000, -407_000]
    found = numbers.evaluate("(all) => all.map((ms) => reportgen.chart.axes.span(ms))", spans)
    words = [one.replace("\u202f", " ") for one in found]
    assert words[:4] == ["0 ms", "450 ms", "1.5 s", "60 s"]
    assert words[4:] == ["6 min 47 s", "2 h 5 min", "\u22126 min 47 s"]


def test_a_window_is_made_short_by_itself_and_lines_leave_it_straight(numbers: Page) -> None:
    low, high = 100.0, 110.0
    at, values = answer(
        numbers,
        f"(({{ xs: at, ys: [one] }}) => [[...at], [...one]])"
        f"(aligned([{{ xs, ys }}, {{ xs: xs.map(x => x + 0.3), ys }}], {low}, {high}, 4))",
    )
    assert [at[0], at[-1]] == [low, high]
    shown = [value for value in values if value is not None]
    assert shown[0] == pytest.approx(math.sin(low / 500), abs=1e-4)
    assert shown[-1] == pytest.approx(math.sin(high / 500), abs=1e-4)


def test_lines_of_equal_steps_keep_them_and_few_points_keep_theirs(numbers: Page) -> None:
    equal = answer(
        numbers,
        "[...aligned([{ xs: [1, 2, 5], ys: [1, NaN, 3] }, { xs: [1, 2, 5], ys: [4, 5, 6] }],"
        " 1, 5, 300).xs]",
    )
    assert equal == [1, 2, 5]
    few = answer(
        numbers,
        "(found => [[...found.xs],"
        " found.ys.map(one => [...one].map(y => y === undefined ? '' : y))])"
        "(aligned([{ xs: [1, 2, 2], ys: [1, NaN, 3] }, { xs: [0, 2], ys: [4, 5] }], 0, 5, 300))",
    )
    assert few == [[0, 1, 2, 2], [["", 1, None, 3], [4, "", 5, ""]]]


def test_means_are_those_of_an_average_without_its_pull_to_zero(numbers: Page) -> None:
    values = [3.0, 1.0, 4.0, 1.0, 5.0]
    mean, given, wanted = 0.0, 1.0, []
    for value in values:
        mean, given = 0.6 * mean + 0.4 * value, 0.6 * given
        wanted.append(mean / (1 - given))
    assert answer(numbers, f"[...smoothed({values}, 0.6)]") == pytest.approx(wanted)
    holed = answer(numbers, "[...smoothed([2, NaN, 2, Infinity, 2], 0.9)].map(String)")
    assert [holed[1], holed[3]] == ["NaN", "Infinity"]
    assert [float(holed[place]) for place in (0, 2, 4)] == pytest.approx([2, 2, 2])


def test_times_out_of_order_are_put_in_order_and_a_curve_of_one_step_goes_by_time(
    numbers: Page,
) -> None:
    placed = answer(
        numbers,
        "(({ xs, values }) => [[...xs], [...values]])(reportgen.chart.data.placed("
        "{ steps: [0, 1, 2], times: [30, 10, 20], values: [7, 8, 9] }, 'wall'))",
    )
    assert placed == [[10, 20, 30], [8, 9, 7]]
    one_step = "[{ steps: [3, 3], times: [5, 9], values: [1, 2] }]"
    assert answer(numbers, f"reportgen.chart.data.kindFor({one_step}, 'step')") == "time"


def test_names_in_csv_are_no_formulas(numbers: Page) -> None:
    text = answer(numbers, "csv([{ name: '=1+1', steps: [0], times: null, values: [-2] }], 0)")
    assert text == "series,step,time,value\r\n'=1+1,0,,-2\r\n"


def test_labels_of_axes_are_round_and_of_one_form(numbers: Page) -> None:
    def labels(call: str) -> list[str]:
        found: list[str] = answer(numbers, f"reportgen.chart.axes.{call}.labels")
        return found

    assert labels("xTicks(0, 999, 'step', 5)") == ["0", "200", "400", "600", "800"]
    assert labels("xTicks(0, 3600000, 'time', 5)") == [
        "0",
        "15\u202fmin",
        "30\u202fmin",
        "45\u202fmin",
        "60\u202fmin",
    ]
    straight = "reportgen.chart.axes.bending(0, 1, '')"
    assert labels(f"yTicks(0.11, 0.42, {straight}, 4)") == ["0.2", "0.3", "0.4"]
    wide = "reportgen.chart.axes.bending(1e-5, 10, '')"
    assert labels(f"yTicks(-5, 1, {wide}, 4)") == ["1e−4", "0.01", "1"]


def test_thousands_are_set_apart_before_the_point_alone(numbers: Page) -> None:
    told = numbers.evaluate(
        "[[0.005, 4], [-1234567.125, 2], [999, 0], [-0.001, 2], [12345, 0]]"
        ".map(([value, decimals]) => reportgen.format.grouped(value, decimals))"
    )
    assert told == ["0.0050", "−1\u202f234\u202f567.13", "999", "0.00", "12\u202f345"]
