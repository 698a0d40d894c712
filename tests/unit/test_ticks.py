"""Labels of axes: few, plain, and each says exactly where it stands."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.ticks import Ticks, duration_ticks, linear_ticks, log_ticks, step_ticks
from reportgen.spelling import MINUS, THIN

explore = settings(max_examples=200)

finite = st.floats(allow_nan=False, allow_infinity=False)
ranges = st.one_of(
    st.tuples(finite, finite),
    st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
    st.tuples(st.floats(-1e12, 1e12), st.floats(1e-6, 1.0)).map(lambda at: (at[0], sum(at))),
).map(lambda pair: (min(pair), max(pair)))
whole = st.integers(-(10**30), 10**30) | st.integers(-100, 100) | st.integers(0, 10**7)
wholes = st.tuples(whole, st.integers(0, 100) | st.integers(0, 10**30)).map(
    lambda at: (at[0], at[0] + at[1])
)

SUFFIXES = {"k": 10**3, "M": 10**6, "G": 10**9}


def told(text: str) -> Fraction:
    """The number that a label or a note says."""
    text = text.replace(MINUS, "-").removeprefix("+")
    for suffix, unit in SUFFIXES.items():
        if text.endswith(THIN + suffix):
            return Fraction(text.removesuffix(THIN + suffix)) * unit
    return Fraction(text.replace(THIN, ""))


def numbers(ticks: Ticks) -> list[Fraction]:
    base = told(ticks.note.removeprefix("from ")) if ticks.note else Fraction(0)
    return [base + told(label) for label in ticks.labels]


def decimals(label: str) -> int:
    return len(label.partition("e")[0].partition(".")[2])


@given(ranges, st.integers(3, 8))
@explore
def test_linear_labels_lie_in_the_range_and_say_their_value(
    pair: tuple[float, float], count: int
) -> None:
    low, high = pair
    ticks = linear_ticks(low, high, count)
    assert all(low <= value <= high for value in ticks.values)
    assert all(before < after for before, after in pairwise(ticks.values))
    if len(ticks.values) > 1:
        assert list(map(float, numbers(ticks))) == list(ticks.values)


@given(ranges, st.integers(4, 7))
@explore
def test_linear_labels_are_about_as_many_as_asked_for_and_not_wide(
    pair: tuple[float, float], count: int
) -> None:
    low, high = pair
    if high - low > max(abs(low), abs(high)) * 1e-12 and high - low > 1e-300:
        ticks = linear_ticks(low, high, count)
        assert count / 2 <= len(ticks.labels) <= count * 1.6 or high > 1e308 or low < -1e308
        assert max(map(len, ticks.labels)) <= 10
        if "0" not in ticks.labels:  # where there are powers of ten, nought has none
            assert len({decimals(label) for label in ticks.labels}) == 1


@given(wholes, st.integers(3, 8))
@explore
def test_labels_of_steps_are_whole_steps_and_say_them(pair: tuple[int, int], count: int) -> None:
    low, high = pair
    ticks = step_ticks(low, high, count)
    assert all(isinstance(value, int) and low <= value <= high for value in ticks.values)
    assert numbers(ticks) == list(ticks.values)
    if high > low:
        assert len(ticks.values) >= 2


@given(st.floats(5e-324, 1.7e308, allow_subnormal=True), st.floats(1.5, 1e300), st.integers(4, 7))
@explore
def test_labels_of_logarithms_lie_in_the_range_and_say_their_value(
    low: float, factor: float, count: int
) -> None:
    high = min(low * factor, 1.7e308)
    ticks = log_ticks(low, high, count)
    assert all(low <= value <= high for value in ticks.values)
    if len(ticks.values) > 1:
        assert list(map(float, numbers(ticks))) == list(ticks.values)


@given(st.integers(0, 10**18), st.integers(3, 8))
@explore
def test_labels_of_durations_are_few_and_differ(length: int, count: int) -> None:
    ticks = duration_ticks(0, length, count)
    assert ticks.values[0] == 0
    assert all(0 <= value <= length for value in ticks.values)
    assert len(set(ticks.labels)) == len(ticks.labels) <= 2 * count


def plain(ticks: Ticks) -> list[str]:
    return [label.replace(THIN, " ") for label in ticks.labels]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.6, 0.86, ["0.60", "0.65", "0.70", "0.75", "0.80", "0.85"]),
        (-1.2, 1.2, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.0, 123456.0, ["0", "50 000", "100 000"]),
        (0.0, 4.2e7, ["0", "1e7", "2e7", "3e7", "4e7"]),
        (1e-5, 6.5e-5, ["1e−5", "2e−5", "3e−5", "4e−5", "5e−5", "6e−5"]),
        (0.0, 2.2e6, ["0", "0.5e6", "1.0e6", "1.5e6", "2.0e6"]),
        (0.99981, 0.99999, ["0.99985", "0.99990", "0.99995"]),
    ],
)
def test_linear_labels(low: float, high: float, labels: list[str]) -> None:
    assert plain(linear_ticks(low, high)) == labels


def test_far_from_nought_labels_say_how_far_they_are_from_a_round_number() -> None:
    ticks = linear_ticks(1e9, 1e9 + 0.5)
    assert plain(ticks) == ["+0.0", "+0.1", "+0.2", "+0.3", "+0.4", "+0.5"]
    assert ticks.note.replace(THIN, " ") == "from 1 000 000 000"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 2, ["0", "1", "2"]),
        (7, 7, ["7"]),
        (0, 999, ["0", "200", "400", "600", "800"]),
        (0, 2000, ["0", "500", "1 000", "1 500", "2 000"]),
        (0, 4999, ["0", "1 k", "2 k", "3 k", "4 k"]),
        (0, 12000, ["0", "5 k", "10 k"]),
        (0, 2_000_000, ["0", "0.5 M", "1.0 M", "1.5 M", "2.0 M"]),
        (0, 9_900_000, ["0", "2 M", "4 M", "6 M", "8 M"]),
        (-5, 5, ["−4", "−2", "0", "2", "4"]),
        (1_000_000, 1_000_004, [f"1 000 00{last}" for last in range(5)]),
    ],
)
def test_labels_of_steps(low: int, high: int, labels: list[str]) -> None:
    assert plain(step_ticks(low, high)) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e-5, 3.0, ["1e−5", "1e−4", "0.001", "0.01", "0.1", "1"]),
        (1.0, 50.0, ["1", "2", "5", "10", "20", "50"]),
        (2.0, 900.0, ["2", "5", "10", "20", "50", "100", "200", "500"]),
        (1e-9, 1e9, ["1e−8", "1e−4", "1", "10 000", "1e8"]),
        (0.3, 0.31, ["0.300", "0.302", "0.304", "0.306", "0.308", "0.310"]),
    ],
)
def test_labels_of_logarithms(low: float, high: float, labels: list[str]) -> None:
    assert plain(log_ticks(low, high)) == labels


@pytest.mark.parametrize(
    ("millis", "labels"),
    [
        (0, ["0"]),
        (3, ["0", "1 ms", "2 ms", "3 ms"]),
        (900, ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s"]),
        (50_000, ["0", "15 s", "30 s", "45 s"]),
        (130_000, ["0", "0.5 min", "1.0 min", "1.5 min", "2.0 min"]),
        (3_600_000, ["0", "15 min", "30 min", "45 min", "60 min"]),
        (30 * 3_600_000, ["0", "6 h", "12 h", "18 h", "24 h", "30 h"]),
        (400 * 86_400_000, ["0", "100 d", "200 d", "300 d", "400 d"]),
    ],
)
def test_labels_of_durations(millis: int, labels: list[str]) -> None:
    assert plain(duration_ticks(0, millis)) == labels
