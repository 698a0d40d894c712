"""The parser of metric files: the fast way agrees with the exact one, and nothing makes it fail."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.model import MetricHead, Problem
from reportgen.readers.metricfile import (
    _exact_columns,
    _fast_columns,
    one_timestamp,
    read_head,
    read_series,
)

T = 1763900000000
explore = settings(max_examples=100, deadline=None, database=None)

times = st.integers(T, T + 10**6) | st.integers(0, 2 * 10**9) | st.integers(-5, 5)
steps = st.integers(0, 20) | st.integers(-(2**40), 2**40) | st.integers(2**62, 2**70)
finite = st.floats(allow_nan=False, allow_infinity=False).map(repr)
values = (
    finite | st.integers(-9, 9).map(str) | st.sampled_from(["1e5", "1E-7", "-0", "0.0", "-0.0"])
)
# fmt: off
words = st.sampled_from([
    "nan", "inf", "-inf", "NaN", "True", "false", "null", "1_000", "+1", "01", "1.5", "1e400", "０",
    "[1]", "{}", '"1"', "[", "]", "1,2", ",", "#", "train", "12345678", "1" * 40, str(T), "\0",
])
# fmt: on


def text_of(lines: Sequence[Sequence[object]]) -> bytes:
    return "".join(" ".join(map(str, line)) + "\n" for line in lines).encode()


clean = st.lists(st.tuples(times, values, steps), min_size=1, max_size=8).map(text_of)
some_number = st.sampled_from([0, 1, 2, 3, 4, 5, T, T + 1, 10**11, 10**11 - 1, 2**64, 0.5])
widths = st.sampled_from(
    [(2, 4), (4, 2), (3, 2, 4), (2, 3, 4), (4, 2, 3), (1, 5), (2, 2, 5), (7,), (3, 7)]
)
balanced = widths.flatmap(  # three fields a line, but only on average
    lambda counts: st.tuples(*(st.tuples(*[some_number] * count) for count in counts))
).map(text_of)
wild_field = st.one_of(times.map(str), values, steps.map(str), words)
wild_line = st.tuples(
    st.lists(wild_field, max_size=7),
    st.sampled_from([" ", " ", " ", "  ", "\t", ",", "\r", "\x1c"]),
).map(lambda parts: parts[1].join(parts[0]))
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", " \n", ""])
wild = st.lists(st.tuples(wild_line, ends), max_size=8).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)
spliced = st.tuples(clean, st.binary(max_size=6), st.integers(0, 200)).map(
    lambda parts: parts[0][: parts[2]] + parts[1] + parts[0][parts[2] :]
)
bodies = st.one_of(clean, balanced, wild, spliced, st.binary(max_size=200))


@given(bodies)
@settings(explore, max_examples=300)
@example(b"1 5\n2 7 3 9\n")
@example(f"{T} 0,5\n{T} 0,25\n".encode())
@example(f"{T},0.5,0\n".encode())
@example(b"1 2\n3 4 5 6\n")
@example(b"1 2 3 9 4 5 6\n")
@example(b"1 true 3\n")
@example(b"1 2 3\r\n4 5 6\r\n")
@example(b"1 2 3 4\n5 6\n7 8 9\n")
@example(b'"1 2 3\n4 5 6"\n')
@example(b"[1 2 3\n4 5 6]\n")
def test_the_fast_parser_agrees_with_the_exact_one_or_gives_way(body: bytes) -> None:
    fast = _fast_columns(body)
    if fast is None:
        return
    exact, problems = _exact_columns(body, "file", growing=False)
    assert problems == ()
    assert (fast.timestamps, fast.steps) == (exact.timestamps, exact.steps)
    assert [float(value) for value in fast.values] == exact.values
    pairs = zip(fast.steps, fast.steps[1:], strict=False)
    assert fast.rising == all(first < second for first, second in pairs)


@given(st.lists(st.tuples(times, finite, st.integers(0, 10**6)), min_size=1, max_size=30))
@explore
def test_the_fast_parser_takes_what_mlflow_writes(lines: list[tuple[int, str, int]]) -> None:
    assert _fast_columns(text_of(lines)) is not None


def line_by_line(body: bytes) -> list[tuple[int, int, float]]:
    """The points of a file of whole lines, in the order of writing, read in the plainest way."""
    points = []
    for line in body.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")[:-1]:
        fields = line.split()
        try:
            time, step = (_rounded(text) for text in (fields[0], (*fields, "0", "0")[2]))
            value = {"true": "1", "false": "0"}.get(fields[1].lower(), fields[1])
            points.append((step if len(fields) > 2 else 0, one_timestamp(time), float(value)))
        except (ValueError, IndexError, OverflowError):
            continue
    return points


def _rounded(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return round(float(text))


def same(first: float, second: float) -> bool:
    return first == second or (math.isnan(first) and math.isnan(second))


@given(bodies)
@settings(explore, max_examples=200)
@example(b"50 1 0\n50 1.0 0\n")
@example(f"{T} nan 0\n{T} 1 0\n{T} nan 0\n".encode())
@example(f"{T} 1 3\n1763900005 2 3\n".encode())
@example(f"{T} 9007199254740993 0\n{T} 9007199254740992 0\n".encode())
def test_head_and_series_tell_of_the_same_points(body: bytes) -> None:
    whole = body.rpartition(b"\n")[0] + b"\n"
    head, problems = read_head("k", whole, "file")
    series, series_problems = read_series("k", whole, "file")
    points = line_by_line(whole)
    assert problems == series_problems
    if head is None:
        assert points == []
        assert (*series.steps, *series.timestamps, *series.values) == ()
        return
    _check_head(head, points)
    found = list(zip(series.steps, series.timestamps, series.values, strict=True))
    assert head.count == len(found)
    assert found == sorted(found, key=lambda point: point[:2])
    assert {repr((step, time, float(value) + 0.0)) for step, time, value in found} == {
        repr((step, time, value + 0.0)) for step, time, value in points
    }


def _check_head(head: MetricHead, points: list[tuple[int, int, float]]) -> None:
    step, time, value = max(points)  # Python's `max`, and so MLflow's, even where nan ties
    finite_values = [value for _, _, value in points if math.isfinite(value)] or [math.nan]
    assert (head.step, head.timestamp) == (step, time)
    assert same(head.last, value)
    assert same(head.low, min(finite_values))
    assert same(head.high, max(finite_values))
    assert {type(number) for number in (head.last, head.low, head.high)} == {float}


@given(bodies, st.booleans())
@settings(explore, max_examples=200)
def test_any_bytes_give_points_or_problems(body: bytes, growing: bool) -> None:  # noqa: FBT001
    head, problems = read_head("k", body, "file", growing=growing)
    series, _ = read_series("k", body, "file", growing=growing)
    assert (head.count if head else 0) == len(series.values)
    assert len(problems) <= 21
    assert all(problem.reason.isprintable() and len(problem.reason) < 120 for problem in problems)
    assert all(problem.path == "file" for problem in problems)


@given(clean, st.data())
@explore
def test_a_file_cut_anywhere_while_it_grows_has_no_wrong_point(
    body: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(body)))
    head, _ = read_head("k", body[:cut], "file", growing=True)
    whole_lines = body[: body[:cut].rfind(b"\n") + 1]
    expected, _ = read_head("k", whole_lines, "file")
    assert (head is None) == (expected is None)
    if head and expected:
        assert (head.count, head.step, head.timestamp) == (
            expected.count,
            expected.step,
            expected.timestamp,
        )
        assert same(head.last, expected.last)


@given(clean, st.data())
@explore
def test_a_file_cut_anywhere_loses_at_most_its_last_line(body: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(body)))
    series, _ = read_series("k", body[:cut], "file")
    whole_lines = line_by_line(body[: body[:cut].rfind(b"\n") + 1])
    assert len(series.values) <= len(whole_lines) + 1
    kept = {(step, time, float(value)) for step, time, value in _points(series)}
    assert {point for point in whole_lines if not math.isnan(point[2])} <= kept


def _points(series: object) -> list[tuple[int, int, float]]:
    columns = (getattr(series, name) for name in ("steps", "timestamps", "values"))
    return list(zip(*columns, strict=True))


def test_a_repeat_of_all_points_changes_nothing_but_the_digest() -> None:
    body = f"{T} 0.5 0\n{T + 5} 0.25 1\n".encode()
    once, _ = read_head("k", body, "file")
    twice, _ = read_head("k", body + body, "file")
    assert once is not None
    assert twice is not None
    assert (
        (once.count, once.last, once.low) == (twice.count, twice.last, twice.low) == (2, 0.25, 0.25)
    )
    assert once.digest != twice.digest
    assert read_series("k", body, "file")[0] == read_series("k", body, "file")[0]


def test_numbers_are_shown_as_they_stand_in_the_file() -> None:
    _, problems = read_head("k", b"1 one 2\nx 1 2\n1 2 y\n1\n", "1/r/metrics/k")
    assert [(problem.path, problem.line, problem.reason) for problem in problems] == [
        ("1/r/metrics/k", 1, "value is not a number: `one`"),
        ("1/r/metrics/k", 2, "timestamp or step is not a number: `x 1 2`"),
        ("1/r/metrics/k", 3, "timestamp or step is not a number: `1 2 y`"),
        ("1/r/metrics/k", 4, "expected `timestamp value [step]`, found one field"),
    ]


def test_a_torn_line_is_told_of_by_its_number() -> None:
    _, problems = read_head("k", f"{T} 0.5 0\n{T} 0.2".encode(), "file")
    torn = "the last line is not finished (no newline at its end); it is left out"
    assert problems == (Problem("file", 2, torn),)


@pytest.mark.parametrize("digits", [4300, 4301, 100_000])
def test_integers_without_end_are_no_points(digits: int) -> None:
    head, problems = read_head("k", f"{T} 1 {'9' * digits}\n{T} 2 1\n".encode(), "file")
    assert head is not None
    assert (head.count, len(problems)) == ((2, 0) if digits == 4300 else (1, 1))


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        (0, 0),
        (1, 1000),
        (1600000000, 1600000000000),
        (10**11 - 1, (10**11 - 1) * 1000),
        (10**11, 10**11),
        (-5, -5),
    ],
)
def test_times_below_1e11_are_seconds(written: int, milliseconds: int) -> None:
    series, _ = read_series("k", f"{written} 1 0\n".encode(), "file")
    assert (one_timestamp(written), series.timestamps) == (milliseconds, [milliseconds])
