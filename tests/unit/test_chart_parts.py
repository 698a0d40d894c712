"""Thinning, scales, ticks and texts of charts."""

import re
from itertools import pairwise
from math import inf, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reportgen.charts.painted.by_run import best_so_far
from reportgen.charts.painted.frame import beyond, drawable, scale_for, ticks
from reportgen.charts.painted.overview import spread
from reportgen.charts.painted.texts import clean, tick_labels
from reportgen.charts.painted.thin import lonely, thin

numbers = st.floats(allow_nan=False, min_value=-1e290, max_value=1e290)


@given(st.lists(st.one_of(numbers, st.just(nan)), max_size=200), st.integers(4, 60))
def test_thinning_keeps_ends_extremes_and_order(values: list[float], limit: int) -> None:
    xs, ys = np.arange(float(len(values))), np.array(values, dtype=float)
    fewer, kept = thin(xs, ys, limit)
    assert len(kept) <= limit
    assert (np.diff(fewer) > 0).all()
    np.testing.assert_array_equal(kept, ys[fewer.astype(int)])
    if len(ys):
        assert (fewer[0], fewer[-1]) == (0, len(ys) - 1)
    finite = ys[np.isfinite(ys)]
    if len(finite):
        assert np.nanmin(kept) == finite.min()
        assert np.nanmax(kept) == finite.max()


def test_values_between_gaps_are_lonely() -> None:
    found = lonely(np.array([1, nan, 2, nan, 3, 4, nan, 5]))
    assert found.tolist() == [True, False, True, False, False, False, False, True]


@given(st.lists(numbers, min_size=1, max_size=30), st.sampled_from([inf, 2, 3]))
def test_a_scale_holds_its_values(values: list[float], decades: float) -> None:
    array = drawable(values)
    scale = scale_for(array, margin=0.04, decades=decades)
    assert scale is not None
    px = scale.over(40, 400).place(array)
    assert (px >= 40).all()
    assert (px <= 400).all()
    assert not beyond(scale, array).any()


@given(st.lists(numbers, min_size=1, max_size=10), st.sampled_from([inf, 2]), st.integers(2, 8))
def test_ticks_lie_in_their_scale_and_are_spelled_apart(
    values: list[float], decades: float, count: int
) -> None:
    scale = scale_for(drawable(values), margin=0.04, decades=decades)
    assert scale is not None
    found = ticks(scale, count)
    slack = (scale.high - scale.low) * 1e-6
    assert all(scale.low - slack <= tick <= scale.high + slack for tick in found)
    assert all(a < b for a, b in pairwise(found))
    assert len(found) <= 2 * count + 3
    assert len(set(tick_labels(found))) == len(found)


def test_ticks_are_spelled_alike() -> None:
    assert tick_labels((0.7, 0.75, 0.8)) == ("0.70", "0.75", "0.80")
    assert tick_labels((-1.0, 0.0, 1.0)) == ("−1", "0", "1")
    assert tick_labels((0.0, 10_000.0, 20_000.0)) == ("0", "10\u202f000", "20\u202f000")
    assert tick_labels((0.001, 0.1, 10.0)) == ("0.001", "0.1", "10")
    assert tick_labels((1e-5, 1e-3, 0.1)) == ("1e−5", "1e−3", "1e−1")
    assert tick_labels((0.0, 2e7)) == ("0", "2e7")
    assert tick_labels(()) == ()


def test_whole_ticks_stay_whole() -> None:
    scale = scale_for(drawable([1, 3]))
    assert scale is not None
    assert ticks(scale, 6, whole=True) == (1, 2, 3)


def test_a_far_value_is_cut_off_only_on_demand() -> None:
    values = drawable([*(0.8 + i / 100 for i in range(9)), -1e5])
    whole, cut = scale_for(values), scale_for(values, cut=True)
    assert whole is not None
    assert cut is not None
    assert whole.low == -1e5
    assert (cut.low, cut.high) == (0.8, 0.88)
    assert beyond(cut, values).tolist() == [False] * 9 + [True]


def test_equal_values_lie_in_the_middle() -> None:
    for value in (0.0, 0.5, -3.0, 1e-30, 1e30, 5e-324):
        scale = scale_for(drawable([value, value]), margin=0.1)
        assert scale is not None
        assert scale.over(0, 100).at(value) == 50


def test_what_is_not_finite_has_no_scale() -> None:
    assert scale_for(drawable([nan, inf, -inf, 1e301])) is None
    assert scale_for(drawable([])) is None


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_spread_labels_stay_apart_and_in_their_room(wanted: list[float]) -> None:
    places = spread(sorted(wanted), 12, 0, 100)
    assert all(b - a >= 12 - 1e-9 for a, b in pairwise(places))
    assert places[0] >= 0
    assert places[-1] <= 100


def test_labels_with_room_stay_where_they_want_to_be() -> None:
    assert spread([10, 30, 80], 12, 0, 100) == [10, 30, 80]


def test_the_best_so_far_passes_over_gaps() -> None:
    values = np.array([nan, 3, 1, nan, 4])
    np.testing.assert_array_equal(best_so_far(values, "higher"), [nan, 3, 3, 3, 4])
    np.testing.assert_array_equal(best_so_far(values, "lower"), [nan, 3, 1, 1, 1])


@given(st.text())
def test_clean_texts_are_one_line_that_xml_can_hold(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e]", cleaned)


def test_clean_texts_keep_letters_and_joined_emoji() -> None:
    assert clean("a\n\tb\u202ec") == "a b c"
    family = "👩\N{ZERO WIDTH JOINER}👧"
    assert clean(f'実験 {family} $x$ <&">') == f'実験 {family} $x$ <&">'
