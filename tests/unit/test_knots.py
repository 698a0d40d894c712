"""Times told by a few of them."""

from array import array
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.knots import knots, knots_slowly
from tests.compiled import needs_compiled, points

explore = settings(max_examples=200)

times = st.one_of(
    st.lists(st.integers(-(2**62), 2**62), max_size=40),
    st.lists(st.integers(900, 1100), max_size=60).map(
        lambda gaps: [sum(gaps[:n]) for n, _ in enumerate(gaps)]
    ),
)
tolerances = st.sampled_from([0.0, 1.0, 60.0, 1e6])


@given(times, tolerances)
@explore
def test_no_time_between_knots_is_further_off_than_allowed(
    drawn: list[int], tolerance: float
) -> None:
    kept = knots(drawn, tolerance)
    assert kept[:1] == ([0] if drawn else [])
    assert kept[-1:] == ([len(drawn) - 1] if drawn else [])
    for left, right in pairwise(kept):
        assert left < right
        for place in range(left, right + 1):
            share = (place - left) / (right - left)
            guess = drawn[left] + (drawn[right] - drawn[left]) * share
            # of times near 2**62, a float tells steps of a thousand ms
            assert abs(guess - drawn[place]) <= tolerance + 2048


def test_even_times_need_their_ends_only() -> None:
    assert knots(range(0, 100_000, 100), 0.0) == [0, 999]


def test_a_pause_is_told_to_the_point() -> None:
    before = list(range(0, 50_000, 1000))
    after = list(range(9_000_000, 9_050_000, 1000))
    assert knots([*before, *after], 500.0) == [0, 49, 50, 99]


@needs_compiled
@given(st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 99), max_size=60), tolerances)
@explore
def test_compiled_knots_are_the_same(drawn: list[int], tolerance: float) -> None:
    assert points.knots(array("q", drawn), tolerance) == knots_slowly(drawn, tolerance)
