"""Curves the size of a word."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from math import exp, inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts import sparkline
from reportgen.charts.sparkline import spark_of, sparkline_svg, trace_path, trace_svg
from reportgen.trace import course_of, points_of
from tests.compiled import needs_compiled

explore = settings(max_examples=100)

points = st.tuples(st.integers(0, 63), st.integers(0, 31))
segments = st.lists(st.lists(points, max_size=40).map(sorted), max_size=4)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own output)


def drawn(svg: str) -> list[list[tuple[int, int]]]:
    """The points of each stretch, y upwards."""
    found = []
    for part in str(parsed(svg).findall("path")[0].get("d")).split("M")[1:]:
        start, _, rest = part.partition("l")
        x, y = map(int, start.removesuffix("h0").split())
        stretch = [(x, 31 - y)]
        steps = list(map(int, re.findall(r"-?\d+", rest)))
        for run, rise in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + run, y + rise
            stretch.append((x, 31 - y))
        found.append(stretch)
    return found


def distance(point: tuple[int, int], line: list[tuple[int, int]]) -> float:
    """How far a point is above or below the line."""
    x, y = point
    found: list[float] = [abs(y - other) for at, other in line if at == x]
    for (left, start), (right, end) in pairwise(line):
        if left == x == right and min(start, end) <= y <= max(start, end):
            found.append(0)
        if left <= x <= right and left < right:
            found.append(abs(start + (end - start) * (x - left) / (right - left) - y))
    return min(found)


@given(segments)
@explore
def test_the_drawn_line_misses_no_point_by_more_than_one(
    found: list[list[tuple[int, int]]],
) -> None:
    filled = [segment for segment in found if segment]
    svg = sparkline_svg(found)
    if not filled:
        assert svg == ""
        return
    lines = drawn(svg)
    assert [(line[0], line[-1]) for line in lines] == [(part[0], part[-1]) for part in filled]
    for segment, line in zip(filled, lines, strict=True):
        assert set(line) <= set(segment)
        assert max(distance(point, line) for point in segment) <= 1 + 1e-9


@given(st.lists(st.floats(), max_size=300), st.text())
@explore
def test_any_series_is_well_formed(values: list[float], label: str) -> None:
    svg = spark_of(values, label)
    if svg:
        assert all(0 <= x <= 63 and 0 <= y <= 31 for line in drawn(svg) for x, y in line)
        assert [element.tag for element in parsed(svg)][-2:] == ["path", "path"]


def in_python(trace: str, loss: float) -> str:
    """As without the compiled part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparkline, "_points", None)
        return trace_path(trace, loss)


stretch = st.lists(st.sampled_from("AABCZaz09-_"), min_size=1, max_size=20).map(
    lambda half: "".join(char + half[-place] for place, char in enumerate(half))
)


@needs_compiled
@given(st.lists(stretch, max_size=4).map(".".join), st.sampled_from([0.5, 1]))
@explore
def test_the_compiled_path_of_a_trace_is_that_of_python(trace: str, loss: float) -> None:
    assert trace_path(trace, loss) == in_python(trace, loss)


@needs_compiled
@given(st.lists(st.floats(), max_size=300).map(lambda values: course_of(values)[2]))
@explore
def test_a_trace_is_drawn_as_its_points_are(trace: str) -> None:
    assert trace_path(trace, 1) == in_python(trace, 1)
    assert trace_svg(trace) == sparkline_svg(points_of(trace))


@pytest.mark.parametrize("text", ["A", "A?", "AB.", ".AB", "AB..CD", "Äé"])
def test_a_text_that_is_no_trace_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="trace"):
        trace_path(text, 1)
    with pytest.raises(ValueError, match="trace"):
        in_python(text, 1)


def test_a_usual_curve_is_small() -> None:
    assert len(spark_of([2.3 * exp(-i / 50) for i in range(1000)])) <= 250


def test_values_that_are_not_finite_are_gaps() -> None:
    assert drawn(spark_of([0.0, 1.0, nan, 1.0, inf, 0.0])) == [
        [(0, 0), (13, 31)],
        [(38, 31)],
        [(63, 0)],
    ]
    assert spark_of([nan, inf]) == ""
    assert spark_of([]) == ""


def test_one_value_is_no_course() -> None:
    assert spark_of([1.0]) == spark_of([nan, 1.0]) == ""


def test_a_constant_is_a_level_line() -> None:
    assert drawn(spark_of([5.0] * 7)) == [[(0, 15), (63, 15)]]


def test_screen_readers_pass_over_it() -> None:
    root = parsed(spark_of([1.0, 2.0], "<best> so far"))
    assert root.get("aria-hidden") == "true"
    assert root.findtext("title") == "<best> so far"


def test_the_extremes_of_floats_are_drawn() -> None:
    assert drawn(spark_of([-1.7e308, 1.7e308])) == [[(0, 0), (63, 31)]]
