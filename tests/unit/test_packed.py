"""Curves packed for scripts in the page: what comes out again is what was logged."""

from array import array
from base64 import b64decode
from collections.abc import Iterator
from itertools import accumulate
from math import copysign, inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.digits import ALPHABET, BLOCK, NONE, digits_of, digits_slowly
from reportgen.charts.packed import MOST_POINTS, Grids, packed_curve
from reportgen.model import MetricSeries
from tests.compiled import needs_compiled, points

explore = settings(max_examples=150)


def packed(steps: list[int], times: list[int], values: list[float]) -> dict[str, Any]:
    grids = Grids()
    curve = packed_curve(MetricSeries("loss", steps, times, values), grids)
    return {**curve, **grids.packed[curve["g"]]}  # type: ignore[call-overload]


def values_in(curve: dict[str, Any]) -> list[float]:
    if "f" not in curve:
        return list(array("d", b64decode(curve["v"])))
    return values_told(curve["v"], *curve["f"], count=curve["c"])


def values_told(
    text: str, digits: int, exponent: int, first: int, top: int, *, count: int
) -> list[float]:
    """The values in a text, read as its form says."""
    least = 10 ** (digits - 1)
    values = []
    for code in codes_in(text, first, count):
        size = abs(code) - 1
        if size >= top:
            values.append([nan, inf, -inf][size - top])
            continue
        decade, number = divmod(size, 9 * least)
        power = exponent + decade - digits + 1
        value = float(f"{number + least}e{power}") if code else 0.0
        values.append(copysign(value, code))
    return values


def codes_in(text: str, first: int, count: int) -> list[int]:
    base = len(ALPHABET)
    places = [ALPHABET.index(char) for char in text]
    groups = zip(places[::2], places[1::2], strict=True)
    bits = iter("".join(f"{upper * base + lower:013b}" for upper, lower in groups))
    codes, k = [first], NONE
    for place in range(1, count):
        if place % BLOCK == 1:
            k = number_in(bits, 5)
        folded = 0
        if k != NONE:
            folded = sum(1 for _ in iter(lambda: next(bits), "0")) << k | number_in(bits, k)
        codes.append(codes[-1] + (-(folded + 1) // 2 if folded % 2 else folded // 2))
    return codes


def number_in(bits: Iterator[str], count: int) -> int:
    return int("0" + "".join(next(bits) for _ in range(count)), 2)


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
        places.append(packed_curve(series, grids)["g"])
    assert places == [0, 0, 1, 0]
    assert [grid["s"] for grid in grids.packed] == [[0, 1], [0, 2]]


@given(
    st.lists(st.integers(-9_999_999, 9_999_999), min_size=1, max_size=200),
    st.integers(-15, 14),
)
@explore
def test_values_of_seven_digits_come_back(numbers: list[int], exponent: int) -> None:
    values = [float(f"{number}e{exponent}") for number in numbers]
    curve = packed(list(range(len(values))), [0] * len(values), values)
    assert values_in(curve) == values


@given(st.lists(st.floats(1e-15, 9e21) | st.floats(-9e21, -1e-15), min_size=1, max_size=200))
@explore
def test_all_others_come_back_with_six_digits(values: list[float]) -> None:
    curve = packed(list(range(len(values))), [0] * len(values), values)
    assert values_in(curve) == pytest.approx(values, rel=5.1e-6, abs=0)


@pytest.mark.parametrize("low", [0.9, 4.2e9, -77.0])
@pytest.mark.parametrize("share", [1e-1, 1e-3, 1e-7])
def test_a_small_course_on_a_large_value_is_told_apart(low: float, share: float) -> None:
    span = abs(low) * share
    values = [low + span * place / 977 for place in (0, 311, 312, 977, 500)]
    curve = packed([0, 1, 2, 3, 4], [0] * 5, values)
    assert values_in(curve) == pytest.approx(values, rel=0, abs=span / 1e5)


@pytest.mark.parametrize(
    "values",
    [
        [1e9, 1e9 + 2**-22, 1e9 + 2**-21],  # more than fifteen digits
        [1e300, -1e300, 0.0],
        [1e-18, 0.25, 0.0],
    ],
)
def test_values_beyond_that_are_kept_as_they_are(values: list[float]) -> None:
    curve = packed([0, 1, 2], [0, 1, 2], values)
    assert "f" not in curve
    assert values_in(curve) == values


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ([0.002] * 1000, 16),
        ([7800.0 + place * 31 % 100 for place in range(1000)], 1300),
        ([float(place) for place in range(1000)], 550),
    ],
)
def test_a_curve_takes_as_many_characters_as_tell_its_values(
    values: list[float], most: int
) -> None:
    curve = packed(list(range(1000)), [0] * 1000, values)
    assert len(curve["v"]) <= most
    assert values_in(curve) == values


def test_the_text_needs_no_escaping() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 92
    assert not set(ALPHABET) & set("\"'\\")
    assert ALPHABET.isascii()
    assert ALPHABET.isprintable()


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


odd = st.sampled_from([0.0, -0.0, nan, inf, -inf, 1e22, 1e-15, 5e-324])
decimals = st.builds(lambda number, power: number * 10.0**power, st.integers(), st.integers(-9, 9))
narrow = st.floats(1.0, 1.0 + 2**-20)
courses = st.lists(st.floats(), min_size=1)
for kind in (st.floats(-1e9, 1e9), odd, decimals, narrow, narrow | odd, st.floats(1e-15, 1e21)):
    courses |= st.lists(kind, min_size=1, max_size=150)


@needs_compiled
@given(courses)
@explore
def test_the_compiled_part_has_the_same_text(values: list[float]) -> None:
    assert points is not None
    assert digits_of(array("d", values)) == digits_slowly(values)


@pytest.mark.parametrize("odd", [nan, inf, -inf])
@pytest.mark.parametrize("digits", range(7, 15))
def test_values_near_each_other_below_0_come_back_with_odd_ones_among_them(
    odd: float, digits: int
) -> None:
    """The code of an odd value is far from theirs: with many digits it would fill megabytes."""
    numbers = [-5 - number * 10.0**-digits for number in range(200)]
    curve = packed(list(range(202)), list(range(202)), [odd, *numbers, odd])
    assert len(curve["v"]) < 12 * 202
    first, *between, last = values_in(curve)
    assert [first, last] == pytest.approx([odd, odd], nan_ok=True)
    assert between == pytest.approx(numbers, rel=0, abs=10.0**-digits)


@needs_compiled
@pytest.mark.parametrize("odd", [nan, inf, -inf])
@given(st.integers(6, 15), st.lists(st.integers(-99_999, 99_999), min_size=1, max_size=200))
def test_compiled_text_is_the_same_with_odd_values_among_near_ones(
    odd: float, digits: int, parts: list[int]
) -> None:
    values = array("d", [odd, *(-5 + part * 10.0**-digits for part in parts), odd])
    assert points is not None
    assert points.digits(values) == digits_slowly(values)
