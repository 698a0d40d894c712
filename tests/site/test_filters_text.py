"""How numbers, sizes and times are spelt on a page."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.render.filters import (
    day_time,
    duration,
    machine_time,
    size,
    source,
    ticked,
    url_path,
    when,
)
from reportgen.spelling import exact, grouped, number, plural

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-3.0, "−3"),
        (9_999_999.0, "9999999"),
        (10_000_000.0, "1e7"),
        (0.1 + 0.2, "0.3"),
        (0.123456789, "0.12346"),
        (99999.4, "99999"),
        (99999.5, "100000"),
        (1234.5678, "1234.6"),
        (123456.789, "123457"),
        (0.0001, "0.0001"),
        (0.00009, "9e−5"),
        (-1.5e-300, "−1.5e−300"),
        (1.7976931348623157e308, "1.7977e308"),
        (nan, "nan"),
        (inf, "∞"),
        (-inf, "−∞"),
    ],
)
def test_number_has_five_digits_at_most(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(-1e300, 1e300))
@settings(derandomize=True)
def test_number_is_near_its_value(value: float) -> None:
    shown = float(number(value).replace("−", "-"))
    assert shown == pytest.approx(value, rel=6e-5, abs=0)


@given(st.floats())
@settings(derandomize=True)
def test_exact_number_has_every_digit(value: float) -> None:
    assert repr(float(exact(value))) == repr(value)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (12345, "12\u202f345 runs")]
)
def test_count_has_its_noun(count: int, text: str) -> None:
    assert plural(count, "run") == text
    assert text.startswith(grouped(count))


def test_noun_may_have_a_plural_of_its_own() -> None:
    assert (plural(1, "entry", "entries"), plural(3, "entry", "entries")) == (
        "1 entry",
        "3 entries",
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1\u202f023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (999 * 1024, "999 KiB"),
        (1000 * 1024, "0.977 MiB"),
        (5 << 20, "5 MiB"),
        (3 << 30, "3 GiB"),
        (5000 << 40, "5e+03 TiB"),
    ],
)
def test_size_is_in_the_largest_fitting_unit(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("millis", "shown", "machine"),
    [
        (0, "1970-01-01 00:00:00", "1970-01-01T00:00:00Z"),
        (1772442845999, "2026-03-02 09:14:05", "2026-03-02T09:14:05Z"),
        (-1, "1969-12-31 23:59:59", "1969-12-31T23:59:59Z"),
        (1 << 61, str(1 << 61), ""),
        (-(1 << 61), str(-(1 << 61)), ""),
    ],
)
def test_time_is_shown_in_utc(millis: int, shown: str, machine: str) -> None:
    assert (when(millis), machine_time(millis)) == (shown, machine)


def test_year_of_a_time_has_four_digits() -> None:
    assert when(-60_000_000_000_000) == "0068-09-03 13:20:00"
    assert day_time(-60_000_000_000_000) == "0068-09-03 13:20"


def test_time_in_a_table_ends_with_the_minute() -> None:
    assert day_time(1772442845999) == "2026-03-02 09:14"


def test_missing_time_is_a_dash() -> None:
    assert (when(None), day_time(None), duration(None, 1), duration(1, None)) == ("–",) * 4


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1000, "1.0 s"),
        (59_940, "59.9 s"),
        (MINUTE, "1 min"),
        (3 * MINUTE + 12_500, "3 min 12 s"),
        (HOUR, "1 h"),
        (2 * HOUR + 59 * MINUTE, "2 h 59 min"),
        (DAY + HOUR, "1 d 1 h"),
        (400 * DAY, "400 d"),
        (-1, "–"),
    ],
)
def test_duration_is_in_the_two_largest_units(length: int, text: str) -> None:
    assert duration(1_600_000_000_000, 1_600_000_000_000 + length) == text


@pytest.mark.parametrize("length", [59_951, 59_999])
def test_duration_just_below_a_minute_is_no_sixty_seconds(length: int) -> None:
    assert duration(0, length) != "60.0 s"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("a/b.txt", "a/b.txt"),
        ("a b#c?d%e.txt", "a%20b%23c%3Fd%25e.txt"),
        ("..%2fx", "..%252fx"),
        ("ü", "%C3%BC"),
        ("a:b", "a%3Ab"),
    ],
)
def test_path_is_escaped_in_an_address(path: str, link: str) -> None:
    assert url_path(path) == link


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ('{"url": "https://example.org/a.csv"}', "https://example.org/a.csv"),
        ('{"path": "a", "revision": "b"}', '{"path": "a", "revision": "b"}'),
        ('{"tags": {"a": "b"}}', '{"tags": {"a": "b"}}'),
        ('{"url', '{"url'),
        ("r.csv", "r.csv"),
        ("", ""),
    ],
)
def test_source_of_a_dataset_is_shown_without_its_wrapping(told: str, shown: str) -> None:
    assert source(told) == shown


def test_what_stands_between_backticks_is_code() -> None:
    assert ticked("`a<b` and `c` `") == "<code>a&lt;b</code> and <code>c</code> `"
