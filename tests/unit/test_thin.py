"""Long series made short: what a picture shows survives."""

from array import array
from collections.abc import Sequence
from math import inf, isfinite, isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.thin import thin, thin_slowly
from tests.compiled import needs_compiled

explore = settings(max_examples=150)

steps = st.one_of(
    st.lists(st.integers(0, 60), min_size=1, max_size=60).map(sorted),
    st.lists(st.integers(2**62, 2**62 + 60), min_size=1, max_size=60).map(sorted),
    st.lists(st.integers(-(10**400), 10**400), min_size=1, max_size=20).map(sorted),
    st.tuples(st.integers(-9, 9), st.integers(1, 9), st.integers(1, 60)).map(
        lambda drawn: list(range(drawn[0], drawn[0] + drawn[1] * drawn[2], drawn[1]))
    ),
)
finite = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 3).map(float)
numbers = st.one_of(finite, finite, st.sampled_from([nan, inf, -inf]))


@st.composite
def series(draw: st.DrawFn, values: st.SearchStrategy[float]) -> tuple[list[int], list[float]]:
    xs = draw(steps)
    return xs, draw(st.lists(values, min_size=len(xs), max_size=len(xs)))


def columns_of(xs: Sequence[int], columns: int) -> list[list[int]]:
    """The indices of the points of each column, empty columns left out."""
    span = xs[-1] - xs[0]
    found: dict[int, list[int]] = {}
    for index, x in enumerate(xs):
        column = min((x - xs[0]) * columns // span, columns - 1) if span else 0
        found.setdefault(column, []).append(index)
    return list(found.values())


@given(series(numbers), st.integers(1, 12))
@explore
def test_the_corners_of_every_column_survive(
    drawn: tuple[list[int], list[float]], columns: int
) -> None:
    xs, values = drawn
    kept = set(thin(xs, values, columns))
    for column in columns_of(xs, columns):
        shown = [index for index in column if isfinite(values[index])]
        if shown:
            heights = [values[index] for index in shown]
            found = [values[index] for index in shown if index in kept]
            assert {shown[0], shown[-1]} <= kept
            assert (min(found), max(found)) == (min(heights), max(heights))


@given(series(numbers), st.integers(1, 12))
@explore
def test_a_column_has_four_points_and_one_mark_at_most(
    drawn: tuple[list[int], list[float]], columns: int
) -> None:
    xs, values = drawn
    kept = thin(xs, values, columns)
    assert kept == sorted(set(kept))
    if len(kept) == len(values) <= 2 * columns:  # kept whole
        return
    for column in columns_of(xs, columns):
        inside = [index for index in kept if index in column]
        marks = [index for index in column if not isfinite(values[index])]
        assert [index for index in inside if not isfinite(values[index])] == marks[:1]
        assert len(inside) - len(marks[:1]) <= 4


@given(series(finite), st.integers(1, 12))
@explore
def test_arrays_and_memoryviews_are_thinned_as_lists_are(
    drawn: tuple[list[int], list[float]], columns: int
) -> None:
    xs, values = drawn
    packed = array("d", values)
    assert thin(xs, packed, columns) == thin(xs, values, columns)
    assert thin(xs, memoryview(packed), columns) == thin(xs, values, columns)
    assert thin(tuple(xs), tuple(values), columns) == thin(xs, values, columns)


@given(series(numbers), st.integers(1, 12))
@explore
@needs_compiled
def test_compiled_thinning_keeps_the_same_points(
    drawn: tuple[list[int], list[float]], columns: int
) -> None:
    xs, values = drawn
    if xs[0] >= -(2**63) and xs[-1] < 2**63:
        packed = array("q", xs), array("d", values)
        assert thin(*packed, columns) == thin_slowly(xs, values, columns)


def test_a_spike_of_one_point_in_a_million_survives() -> None:
    values = array("d", [0.0]) * 1_000_000
    values[654_321] = 5.0
    kept = thin(range(len(values)), values, 100)
    assert 654_321 in kept
    assert len(kept) <= 202


def test_short_series_are_kept_whole() -> None:
    assert thin([0, 1, 5, 9], [3.0, 2.0, 2.5, 1.0], 2) == [0, 1, 2, 3]


def test_points_of_one_step_are_one_column() -> None:
    assert thin([7] * 9, [5.0, 1.0, 2.0, 9.0, 3.0, 4.0, 5.0, 6.0, 7.0], 4) == [0, 1, 3, 8]


def test_columns_are_of_one_width_where_steps_are_not_even() -> None:
    xs = [0, 1, 2, 3, 4, 5, 6, 7, 1000]
    assert thin(xs, [float(x) for x in xs], 2) == [0, 7, 8]


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_value_that_is_not_finite_is_kept_between_its_neighbours(value: float) -> None:
    values = [1.0, 2.0, value, 3.0, 4.0]
    kept = thin(range(5), values, 5)
    assert [isnan(values[index]) or values[index] == value for index in kept].index(True) == 2
    assert kept == [0, 1, 2, 3, 4]
