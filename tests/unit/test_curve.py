"""Curves as SVG: well formed whatever comes in, and true to the numbers."""

import math
import re
import xml.etree.ElementTree as ET
from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.curve import CONTEXT, Curve, Line, choose_x, curve_svg
from reportgen.charts.labels import spread
from reportgen.charts.text import last_values, number, shortened, width
from tests.compiled import needs_compiled

explore = settings(max_examples=60)
CSS = Path(__file__).resolve().parents[2] / "themes/default/static/charts.css"

hostile = st.text(st.characters(), max_size=30) | st.sampled_from(
    [
        "</title><script>x()</script>",
        "]]>",
        "<!--",
        '" onload="x()',
        "&lt;",
        "\0\x1b\ud800",
        "\u202eabc",
    ]
)
numbers = st.floats() | st.floats(-2, 2) | st.sampled_from([nan, inf, -inf, 0.0, 5e-324, 1.7e308])


spreads = st.sampled_from([(-2, 2), (-1e300, 1e300), (1e-3, 1e6), (0.9, 0.91), (7, 7)])


@given(st.lists(st.integers(-50, 3000), min_size=1, max_size=400).map(sorted), st.data(), spreads)
@explore
@needs_compiled
def test_compiled_charts_are_the_same(
    xs: list[int], data: st.DataObject, spread: tuple[float, float]
) -> None:
    odd = st.sampled_from([nan, inf, -inf])
    noise = st.floats(*spread) | odd if data.draw(st.booleans()) else st.floats(*spread)
    few = data.draw(st.lists(noise, min_size=1, max_size=30))
    ys = [few[place * place % len(few)] for place in range(len(xs))]
    plain = curve_svg(Curve("a", (Line("a", xs, ys),)))
    packed = Line("a", array("q", xs), array("d", ys))
    assert curve_svg(Curve("a", (packed,))) == plain


@st.composite
def lines(draw: st.DrawFn) -> Line:
    xs = draw(st.lists(st.integers(-5, 30) | st.integers(-(2**70), 2**70), max_size=30).map(sorted))
    ys = draw(st.lists(numbers, min_size=len(xs), max_size=len(xs)))
    color = draw(st.sampled_from(["c1", "c2", "c7", CONTEXT]))
    return Line(draw(hostile), xs, ys, color, draw(st.booleans()))


charts = st.builds(
    Curve,
    title=hostile,
    lines=st.lists(lines(), max_size=9).map(tuple),
    x=st.sampled_from(["step", "time", "order"]),
    unit=st.just("") | hostile,
)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own output)


def elements(svg: str) -> list[ET.Element]:
    return list(parsed(svg).iter())


def texts(svg: str, css: str) -> list[str]:
    """The texts of a class, or of the group of that class."""
    root = parsed(svg)
    found = [text for text in root.iter() if text.get("class") == css]
    if css in ("x", "y"):
        found = [text for group in found for text in group if not text.get("class")]
    return ["".join(text.itertext()).replace("\N{NARROW NO-BREAK SPACE}", " ") for text in found]


def one(ys: Sequence[float], xs: Sequence[int] | None = None) -> str:
    return curve_svg(Curve("loss", (Line("loss", xs or range(len(ys)), ys),)))


def marks(svg: str) -> list[str]:
    marked = [path for path in parsed(svg).iter("path") if "m" in path.get("class", "").split()]
    return [str(path.findtext("title")) for path in marked]


def places(path: str) -> list[list[tuple[int, int]]]:
    """The points of each stretch of a line, in halves."""
    found = []
    for part in path.split("M")[1:]:
        start, _, rest = part.partition("l")
        x, y = map(int, start.partition("h")[0].split())
        points = [(x, y)]
        steps = list(map(int, re.findall(r"-?\d+", rest)))
        for run, rise in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + run, y + rise
            points.append((x, y))
        found.append(points)
    return found


def stroke(svg: str, css: str = "l c1") -> str:
    return next(
        str(path.get("d"))
        for path in parsed(svg).iter("path")
        if path.get("class", "").startswith(css)
    )


@given(charts)
@explore
def test_any_chart_is_well_formed_and_stays_inside_its_drawing(chart: Curve) -> None:
    svg = curve_svg(chart)
    assert svg == curve_svg(chart)
    svg.encode()  # no lone surrogates
    allowed = {"svg", "title", "g", "path", "circle", "text", "tspan"}
    assert {element.tag for element in elements(svg)} <= allowed
    height = int(parsed(svg).get("viewBox", "").split()[3])
    for element in elements(svg):
        assert not {name for name in element.attrib if name.startswith("on") or name == "style"}
        path = element.get("d", "") if "l" in element.get("class", "").split() else ""
        for x, y in chain.from_iterable(places(path)):
            assert 0 <= x <= 840
            assert 0 <= y <= 2 * height


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=40))
@explore
def test_higher_values_stand_higher(ys: list[float]) -> None:
    (points,) = places(stroke(one(ys)))
    first, last = points[0][0], points[-1][0]
    drawn = [ys[round((x - first) / (last - first) * (len(ys) - 1))] for x, _ in points]
    for (_, before), (_, after), low, high in zip(
        points, points[1:], drawn, drawn[1:], strict=False
    ):
        assert (after - before) * (1 if high >= low else -1) <= 0


def distance(spot: tuple[float, float], line: Sequence[tuple[int, int]]) -> float:
    """How far a spot lies from a line of several stretches."""
    x, y = spot
    found = []
    for (x0, y0), (x1, y1) in pairwise(line):
        run, rise = x1 - x0, y1 - y0
        length = run * run + rise * rise
        share = min(1, max(0, ((x - x0) * run + (y - y0) * rise) / length)) if length else 0
        found.append(math.hypot(x - x0 - share * run, y - y0 - share * rise))
    return min(found)


@pytest.mark.parametrize("roughness", [0.0, 1e-3, 1e-2, 0.1, 1.0])
def test_points_that_are_left_out_lie_on_the_line(roughness: float) -> None:
    ys = [math.exp(-i / 20) + roughness * (i * 7919 % 101) / 101 for i in range(100)]
    svg = one(ys)
    (points,) = places(stroke(svg))
    grid = [int(place) for place in re.findall(r"M68 (\d+)H", stroke(svg, "g"))]
    labels = list(map(float, texts(svg, "y")))
    scale = (grid[-1] - grid[0]) / (labels[-1] - labels[0])
    across = (points[-1][0] - points[0][0]) / 99
    for i, value in enumerate(ys):
        spot = points[0][0] + across * i, grid[0] + (value - labels[0]) * scale
        assert distance(spot, points) < 2.5  # halves: 1, and what whole ones cost
    assert len(points) < (40 if roughness < 1e-2 else 100)


def test_strings_of_a_store_are_escaped() -> None:
    name = '</title><script>alert("1")</script>'
    line = Line(name, range(3), [1.0, 2.0, 3.0])
    svg = curve_svg(Curve(name, (line, Line("b", range(2), [1.0, 2.0])), unit=name))
    assert "<script" not in svg
    assert str(parsed(svg).get("aria-label")).startswith(f"{name}: 2 lines")


def test_a_chart_is_told_to_screen_readers() -> None:
    root = parsed(one([0.5, 0.25, nan, 0.75]))
    assert root.get("role") == "img"
    assert root.get("aria-label") == (
        "loss: 4 points from step 0 to 3: last 0.75, lowest 0.25, highest 0.75, 1 not finite"
    )


def test_lines_are_described_by_name() -> None:
    chart = Curve(
        "loss",
        (
            Line("train", range(2), [2.0, 1.0]),
            Line("val", range(2), [3.0, 1.5], "c2"),
            Line("old", range(2), [9.0, 9.0], CONTEXT),
        ),
    )
    assert parsed(curve_svg(chart)).get("aria-label") == (
        "loss: 3 lines by step. train: last 1, lowest 1, highest 2; val: last 1.5, lowest 1.5,"
        " highest 3; and 1 more"
    )


def test_a_value_that_is_not_finite_leaves_a_gap_and_a_mark() -> None:
    svg = one([1.0, 2.0, nan, 4.0, inf, 2.0, -inf, 1.0])
    assert [len(points) for points in places(stroke(svg))] == [2]
    assert [len(points) for points in places(stroke(svg, "p c1"))] == [1, 1, 1]
    assert marks(svg) == ["nan at step 2", "inf at step 4", "−inf at step 6"]


def test_a_stretch_of_nan_is_one_mark() -> None:
    ys = [1.0] * 100 + [nan] * 800 + [2.0] * 100
    assert marks(one(ys)) == ["nan from step 100 to 899"]


def test_a_curve_of_nan_alone_says_so() -> None:
    svg = one([nan, nan])
    assert texts(svg, "o") == ["no finite values"]
    assert marks(svg) == ["nan from step 0 to 1"]
    assert texts(svg, "v") == ["nan"]


def test_a_chart_without_points_says_so() -> None:
    svg = curve_svg(Curve("loss", (Line("loss", [], []),)))
    assert texts(svg, "o") == ["no points"]


def test_one_point_is_a_dot_with_its_value() -> None:
    svg = one([0.8263])
    assert len(list(parsed(svg).iter("circle"))) == 1
    assert texts(svg, "v") == ["0.8263"]
    assert texts(svg, "x") == ["0"]


@pytest.mark.parametrize(
    ("ys", "said"),
    [
        ([1.0, 2000.0], ["log scale"]),
        ([1.0, 900.0], []),  # three decades at least
        ([0.0, 2000.0], []),
        ([-1.0, 2000.0], []),
        ([1.0, nan, inf, 2000.0], ["log scale"]),
        ([1e9, 1e9 + 0.5], ["values from 1 000 000 000"]),
    ],
)
def test_the_scale_is_said_where_it_is_not_plain(ys: list[float], said: list[str]) -> None:
    assert texts(one(ys), "n") == said


def test_equal_factors_are_equal_lengths_on_a_log_scale() -> None:
    (points,) = places(stroke(one([1.0, 10.0, 100.0, 1000.0, 10_000.0])))
    rises = [before[1] - after[1] for before, after in pairwise(points)]
    assert max(rises) - min(rises) <= 1


@pytest.mark.parametrize("value", [0.0, 0.001, 1 / 3, -5.0, 1e9, 5e-324, -1.7e308])
def test_a_constant_is_a_level_line_between_labels(value: float) -> None:
    svg = one([value] * 5)
    (points,) = places(stroke(svg))
    (height,) = {y for _, y in points}
    assert 160 < height < 200
    assert len(texts(svg, "y")) >= 1


def test_the_noise_of_floats_is_no_signal() -> None:
    (points,) = places(stroke(one([0.1 + 0.2, 0.3, 0.1 + 0.2])))
    assert len({y for _, y in points}) == 1


def test_two_lines_are_named_at_their_ends() -> None:
    chart = Curve(
        "loss",
        (
            Line("train", range(3), [3.0, 2.0, 0.0953], dashed=True),
            Line("val", range(3), [3.0, 2.5, 0.334]),
        ),
    )
    svg = curve_svg(chart)
    assert texts(svg, "v") == ["0.0953 train", "0.3340 val"]
    assert svg.count('class="l c1 d"') == 2  # the line and the swatch of its label


def test_long_names_stand_above_the_chart() -> None:
    names = [f"random-forest-with-a-long-name-{number}" for number in range(3)]
    chart = Curve("f1", tuple(Line(name, range(2), [0.5, 0.8]) for name in names))
    svg = curve_svg(chart)
    assert texts(svg, "v") == ["0.800", "0.800", "0.800"]
    shown = [text.get("y") for text in parsed(svg).iter("text") if text.get("class") == "n"]
    assert len(shown) == 3
    assert names[0] in [title.text for title in parsed(svg).iter("title")]


def test_end_labels_do_not_touch() -> None:
    chart = Curve(
        "f1", tuple(Line(f"run{n}", range(2), [0.5, 0.8 + n / 1e4], f"c{n}") for n in range(1, 8))
    )
    labels = list(parsed(curve_svg(chart)).iter("text"))
    heights = sorted(int(text.get("y", "")) for text in labels if text.get("class") == "v")
    assert len(heights) == 7
    assert min(after - before for before, after in pairwise(heights)) >= 12


def test_lines_of_context_lie_behind_and_have_no_label() -> None:
    chart = Curve("f1", (Line("a", range(2), [1.0, 2.0]), Line("b", range(2), [1.0, 1.5], CONTEXT)))
    svg = curve_svg(chart)
    assert texts(svg, "v") == ["2"]
    assert svg.index("l context") < svg.index("l c1")


@given(
    st.lists(st.floats(-50, 250), min_size=1, max_size=12), st.integers(0, 40), st.integers(0, 20)
)
@explore
def test_places_are_spread_within_limits_and_in_order(
    wanted: list[float], low: int, more: int
) -> None:
    high = low + 13 * (len(wanted) - 1) + more
    found = spread(wanted, 13, low, high)
    assert all(low - 1e-6 <= place <= high + 1e-6 for place in found)
    by_wish = [place for _, _, place in sorted(zip(wanted, range(99), found, strict=False))]
    assert all(after - before >= 13 - 1e-6 for before, after in pairwise(by_wish))


def test_places_with_room_stay_where_they_are() -> None:
    assert spread([90.0, 10.0, 40.0], 13, 0, 100) == [90.0, 10.0, 40.0]
    assert spread([50.0, 50.0], 13, 0, 100) == [43.5, 56.5]


def test_steps_are_the_x_where_they_differ() -> None:
    assert choose_x([0, 5, 10], [7, 7, 7]) == ("step", [0, 5, 10])
    assert choose_x([3], [7]) == ("step", [3])
    assert choose_x([], []) == ("step", [])


def test_times_since_the_first_are_the_x_where_steps_do_not_differ() -> None:
    assert choose_x([0, 0, 0], [1000, 1500, 9000]) == ("time", array("q", [0, 500, 8000]))
    assert choose_x([0, 0], [-(2**63), 2**63 - 1]) == ("time", [0, 2**64 - 1])


def test_the_order_is_the_x_where_times_do_not_differ_either() -> None:
    assert choose_x([0, 0, 0], [7, 7, 7]) == ("order", array("q", [1, 2, 3]))


def test_times_are_labelled_in_units_of_time() -> None:
    svg = curve_svg(Curve("t", (Line("t", range(0, 3_600_001, 60_000), [1.0] * 61),), "time"))
    assert texts(svg, "x")[:2] == ["0", "15 min"]
    assert texts(svg, "u") == ["time"]


def test_a_line_of_a_thousand_points_is_small() -> None:
    ys = [2.3 * math.exp(-i / 250) + (i * 7919 % 1000) / 1000 for i in range(1000)]
    assert len(one(ys).encode()) <= 2400


def test_lines_that_go_up_and_down_a_lot_are_thin() -> None:
    busy = one([float(i * 7919 % 1000) for i in range(1000)])
    assert 'class="l c1 f"' in busy
    assert 'class="l c1"' in one([i / 1000 for i in range(1000)])


def test_every_class_is_defined_in_the_stylesheet() -> None:
    chart = Curve(
        "loss",
        (
            Line("a-long-name-of-a-run-1", range(999), [float(i % 7) for i in range(999)], "c2"),
            Line(
                "a-long-name-of-a-run-2", range(9), [nan, inf, nan, nan, 1, 2, 3, 4, 5], "c3", True
            ),
            Line("b", range(9), range(9), CONTEXT),
        ),
        unit="MB",
    )
    used = set()
    for svg in (curve_svg(chart), one([nan]), one([1.0])):
        for element in elements(svg):
            used |= set(element.get("class", "").split())
    defined = set(re.findall(r"\.([a-z][a-z0-9]*)", CSS.read_text("utf-8")))
    assert used - defined == set()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234567, "0.12346"),
        (-1e-5, "−1e−5"),
        (123456.0, "123 456"),
        (1.5e7, "1.5e7"),
        (nan, "nan"),
    ],
)
def test_numbers_in_words(value: float, text: str) -> None:
    assert number(value).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


def test_labels_under_one_another_have_the_same_decimals() -> None:
    assert last_values([0.5, 0.25, 0.8263], 2) == ["0.500", "0.250", "0.826"]
    assert last_values([12.0, 0.034], 0) == ["12.0000", "0.0340"]
    assert last_values([nan, 0.5], 1) == ["nan", "0.500"]


@given(st.text(max_size=60), st.integers(12, 200))
@explore
def test_shortened_texts_fit_and_keep_both_ends(text: str, room: int) -> None:
    short = shortened(text, room)
    assert width(short) <= room
    head, mark, tail = short.partition("…")
    if short != text:
        assert mark
        assert text.startswith(head)
        assert text.endswith(tail)
