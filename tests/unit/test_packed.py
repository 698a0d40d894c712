"""Curves packed for scripts in the page: what comes out again is what was logged."""

import struct
from array import array
from base64 import b64decode, b64encode
from itertools import accumulate
from math import inf, isfinite, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.offsets import offsets_slowly
from reportgen.charts.packed import MOST_POINTS, Grids, packed_curve, planes_slowly
from reportgen.model import MetricHead, MetricSeries
from tests.compiled import needs_compiled, points

explore = settings(max_examples=150, deadline=None, database=None)


def head_of(values: list[float]) -> MetricHead:
    finite = [value for value in values if isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (nan, nan)
    return MetricHead("loss", len(values), values[-1], 0, 0, low, high, "digest")


def packed(steps: list[int], times: list[int], values: list[float]) -> dict[str, Any]:
    grids = Grids()
    curve = packed_curve(MetricSeries("loss", steps, times, values), head_of(values), grids)
    return {**curve, **grids.packed[curve["g"]]}  # type: ignore[call-overload]


def values_in(curve: dict[str, Any]) -> list[float]:
    body, size = b64decode(curve["v"]), curve["w"]
    count = len(body) // size
    if "o" in curve:
        codes = [sum(body[k * count + i] << 8 * k for k in range(size)) for i in range(count)]
        return [value_of(code, size, *curve["o"]) for code in codes]
    bytes_in_order = bytes(body[k * count + i] for i in range(count) for k in range(size))
    return list(array("f" if size == 4 else "d", bytes_in_order))


def value_of(code: int, size: int, base: int, shift: int, digits: int) -> float:
    top = (1 << 8 * size) - 4
    if code >= top:
        return [0.0, nan, inf, -inf][code - top]
    (value,) = struct.unpack("<f", struct.pack("<I", base + (code << shift)))
    return float(f"{value:.{digits}g}")


def steps_in(curve: dict[str, Any], count: int) -> list[int]:
    if "s" in curve:
        first, stride = curve["s"]
        return [first + stride * place for place in range(count)]
    return list(accumulate(curve["d"]))


def test_short_curves_are_whole() -> None:
    steps, times = list(range(0, 500, 5)), list(range(1_700_000_000_000, 1_700_000_100_000, 1000))
    values = [0.5 / (1 + step) for step in steps]
    curve = packed(steps, times, values)
    assert curve["n"] == 100
    assert curve["s"] == [0, 5]
    assert (curve["i"], curve["t"]) == ([0, 99], [1_700_000_000_000, 99_000])
    assert values_in(curve) == pytest.approx(values, rel=5e-6)


def test_long_curves_keep_their_extremes_and_ends() -> None:
    values = [1.0 + (place % 7) / 10 for place in range(50_000)]
    values[31_337], values[4_242] = 99.0, -99.0
    curve = packed(list(range(50_000)), list(range(50_000)), values)
    found = values_in(curve)
    assert curve["n"] == 50_000
    assert len(found) <= MOST_POINTS * 5 // 4
    assert {99.0, -99.0} <= set(found)
    steps = steps_in(curve, len(found))
    assert steps[0] == 0
    assert steps[-1] == 49_999
    assert [values[step] for step in steps] == pytest.approx(found, rel=5e-6)


def test_curves_of_one_run_share_their_steps_and_times() -> None:
    grids = Grids()
    places = []
    for steps in ([0, 1, 2], [0, 1, 2], [0, 2, 4], [0, 1, 2]):
        series = MetricSeries("loss", steps, [5, 6, 7], [0.5, 0.25, 0.5])
        places.append(packed_curve(series, head_of([0.5, 0.25, 0.5]), grids)["g"])
    assert places == [0, 0, 1, 0]
    assert [grid["s"] for grid in grids.packed] == [[0, 1], [0, 2]]


@pytest.mark.parametrize(
    ("values", "width"),
    [
        ([7847.0, 7910.0, 7885.5], 1),
        ([0.002, 0.002, 0.002], 1),
        ([0.0, nan, inf, -inf, -3.0], 1),
        ([1.0, 60_000.0, 3.0], 2),  # as four bytes have whole numbers
        ([0.1, 0.19, 0.12], 3),
        ([-0.2, -1.9, -0.7, 0.0], 3),
        ([0.007, 0.9, 0.31], 3),
        ([1e-9, 1e9, 0.1], 4),
        ([-0.5, 0.1, 0.7], 4),
    ],
)
def test_values_take_as_many_bytes_as_six_digits_need(values: list[float], width: int) -> None:
    curve = packed(list(range(len(values))), [0] * len(values), values)
    assert curve["w"] == width
    assert ("o" in curve) is (width < 4)
    assert values_in(curve) == pytest.approx(values, rel=1e-7, nan_ok=True)


@given(
    st.lists(st.integers(4_000, 999_999), min_size=2),
    st.sampled_from([1, -1]),
    st.integers(-30, 20),
)
@explore
def test_numbers_of_six_digits_and_one_sign_come_back(
    digits: list[int], sign: int, exponent: int
) -> None:
    values = [sign * float(f"{number}e{exponent}") for number in digits]
    found = offsets_slowly(values)
    assert found is not None
    planes, width, *form, is_exact = found
    curve = {"v": b64encode(planes), "w": width, "o": [*form, 7 if is_exact else 6]}
    assert values_in(curve) == values


@pytest.mark.parametrize(
    "values",
    [
        [1e9, 1e9 + 1.0, 1e9 + 2.5],  # a small course on a large value
        [1e300, -1e300, 0.0],  # beyond what four bytes hold
    ],
)
def test_what_four_bytes_cannot_tell_apart_has_eight(values: list[float]) -> None:
    curve = packed([0, 1, 2], [0, 1, 2], values)
    assert curve["w"] == 8
    assert values_in(curve) == values


def test_values_that_are_not_finite_stay() -> None:
    found = values_in(packed([0, 1, 2, 3], [0, 0, 0, 0], [nan, inf, -inf, 1.0]))
    assert found[0] != found[0]
    assert found[1:] == [inf, -inf, 1.0]


numbers = st.floats(-1e6, 1e6, width=32)


@given(st.lists(st.tuples(st.integers(-99, 10**12), numbers), min_size=2, max_size=60), st.data())
@explore
def test_steps_of_any_kind_come_back(drawn: list[tuple[int, float]], data: st.DataObject) -> None:
    steps = sorted(step for step, _ in drawn)
    times = data.draw(st.lists(st.integers(0, 10**13), min_size=len(steps), max_size=len(steps)))
    values = [value for _, value in drawn]
    curve = packed(steps, times, values)
    assert steps_in(curve, len(steps)) == steps
    assert values_in(curve) == pytest.approx(values, rel=5e-6)


@needs_compiled
@given(st.lists(st.floats()), st.sampled_from([4, 8]))
@explore
def test_the_compiled_part_has_the_same_bytes(values: list[float], size: int) -> None:
    assert points is not None
    assert points.planes(array("d", values), size) == planes_slowly(values, size)


@needs_compiled
@given(st.one_of(st.lists(st.floats(width=32)), st.lists(st.floats(2**-9, 2**9))))
@explore
def test_the_compiled_part_has_the_same_offsets(values: list[float]) -> None:
    assert points is not None
    assert points.offsets(array("d", values)) == offsets_slowly(values)
