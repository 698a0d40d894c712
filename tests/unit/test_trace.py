"""Traces: the course of a metric in a short text, made with or without the compiled part."""

import math
from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.trace import Course, course_of, points_of
from tests import compiled
from tests.compiled import needs_compiled

explore = settings(max_examples=200)


def compiled_course(values: Sequence[float]) -> Course:
    return compiled.points.course(array("d", values))


both_ways = pytest.mark.parametrize(
    "course", [course_of, pytest.param(compiled_course, marks=needs_compiled)]
)
Way = Callable[[Sequence[float]], Course]

NAN, INF = math.nan, math.inf
odd = st.sampled_from([NAN, INF, -INF, 0.0, -0.0, 1e308, -1e308, 5e-324])
some_values = st.one_of(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=120),
    st.lists(st.floats() | odd, max_size=120),
    st.lists(st.integers(-3, 3).map(float) | odd, max_size=60),
)


def test_a_trace_is_read_back_as_points() -> None:
    assert course_of([0.5, 0.25, 0.375])[2] == "AffA_Q"
    assert points_of("AffA_Q") == [[(0, 31), (31, 0), (63, 16)]]


@both_ways
def test_values_that_are_not_finite_are_gaps(course: Way) -> None:
    assert course([NAN, 1.0, 2.0, INF, NAN, 3.0, NAN]) == (1, 5, "KAVQ.0f")
    assert points_of("KAVQ.0f") == [[(10, 0), (21, 16)], [(52, 31)]]


@both_ways
@pytest.mark.parametrize("values", [[], [1.0], [NAN], [NAN, INF, -INF], [NAN, 2.0, NAN]])
def test_fewer_than_two_finite_values_have_no_trace(course: Way, values: list[float]) -> None:
    place = next((i for i, value in enumerate(values) if math.isfinite(value)), -1)
    assert course(values) == (place, place, "")
    assert points_of("") == []


@both_ways
def test_equal_values_lie_in_the_middle(course: Way) -> None:
    (points,) = points_of(course([0.1] * 100)[2])
    assert {y for _, y in points} == {16}
    assert (points[0][0], points[-1][0]) == (0, 63)


@both_ways
@pytest.mark.parametrize("place", [0, 1, 499, 500, 998, 999])
def test_a_spike_is_kept_wherever_it_is(course: Way, place: int) -> None:
    values = [math.sin(i / 50) for i in range(1000)]
    values[place] = 100.0
    low, high, trace = course(values)
    assert high == place
    assert values[low] == min(values)
    assert [(x, y) for x, y in points_of(trace)[0] if y > 0] == [(place * 63 // 999, 31)]


@both_ways
def test_the_first_of_equal_extremes_is_named(course: Way) -> None:
    assert course([0.0, -0.0, 3.0, -0.0, 3.0])[:2] == (0, 2)
    values = [float(i % 7) for i in range(1000)]
    assert course(values)[:2] == (0, 6)


@both_ways
def test_a_range_beyond_a_double_is_drawn(course: Way) -> None:
    assert points_of(course([-1.5e308, 1.5e308, 0.0])[2]) == [[(0, 0), (31, 31), (63, 16)]]


@both_ways
@given(some_values)
@explore
def test_a_trace_keeps_order_ends_and_extremes(course: Way, values: list[float]) -> None:
    low, high, trace = course(values)
    finite = [place for place, value in enumerate(values) if math.isfinite(value)]
    if len(finite) < 2:
        assert trace == ""
        return
    assert (low, high) == (
        min(finite, key=lambda place: values[place]),
        max(finite, key=lambda place: values[place]),
    )
    stretches = points_of(trace)
    points = [point for stretch in stretches for point in stretch]
    assert len(points) <= 24 * 4
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert {finite[0] * 63 // (len(values) - 1), finite[-1] * 63 // (len(values) - 1)} <= {
        x for x, _ in points
    }
    heights = {y for _, y in points}
    assert heights == {16} if values[low] == values[high] else {0, 31} <= heights <= set(range(32))
    assert all(point != after for part in stretches for point, after in pairwise(part))


@needs_compiled
@given(some_values)
@settings(explore, max_examples=500)
@example([1.0] * 23 + [2.0])
@example([float(i) for i in range(49)])
@example([0.0, 5e-324, -5e-324, 1e308, -1e308])
def test_both_ways_give_the_same(values: list[float]) -> None:
    assert compiled_course(values) == course_of(values)


@pytest.mark.parametrize("text", ["A", "AA.", ".AA", "AA..AA", "AAA.A", "A!", "é_", "A A"])
def test_a_text_that_is_no_trace_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="trace"):
        points_of(text)
