"""The parser of metric files: the fast ways agree with the exact one, and nothing makes it fail."""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.model import MetricHead, MetricSeries, Problem
from reportgen.readers import metricfile
from reportgen.readers.metricfile import compiled_columns, in_order, json_columns
from reportgen.readers.metriclines import Columns, milliseconds, read_lines
from reportgen.trace import course_of
from tests import compiled
from tests.compiled import needs_compiled

Read: TypeAlias = tuple[MetricHead | None, MetricSeries, tuple[Problem, ...]]

T = 1763900000000
explore = settings(max_examples=100)
both_ways = pytest.mark.parametrize(
    "way", ["python", pytest.param("compiled", marks=needs_compiled)]
)
both_parsers = pytest.mark.parametrize(
    "parse", [json_columns, pytest.param(compiled_columns, marks=needs_compiled)]
)


def read(way: str, body: bytes, *, growing: bool = False) -> Read:
    """A metric file, read with or without the compiled part."""
    with patch.object(metricfile, "_points", compiled.points if way == "compiled" else None):
        return metricfile.read_metric("k", body, "file", growing=growing)


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
rests = st.sampled_from(["", " ", " my data ab12", " d  1", " d 1\r", " x", " é\x1cb 2", " d  1 "])
linked = st.lists(st.tuples(times, values, steps, rests), min_size=1, max_size=6)
one_rest = st.tuples(linked, rests).map(lambda both: [(*line[:3], both[1]) for line in both[0]])
of_datasets = st.one_of(linked, one_rest).map(
    lambda lines: "".join(f"{t} {v} {s}{rest}\n" for t, v, s, rest in lines).encode()
)
bodies = st.one_of(clean, balanced, wild, spliced, of_datasets, st.binary(max_size=200))


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
@example(f"{T} 0.5 1\n{T} 0.5 1\n{T} 0.25 0\n".encode())
@both_parsers
def test_the_fast_parsers_agree_with_the_exact_one_or_give_way(
    parse: Callable[[bytes], Columns | None], body: bytes
) -> None:
    fast = parse(body)
    if fast is None:
        return
    exact, problems = read_lines(body, "file")
    assert problems == ()
    assert fast.datasets == exact.datasets
    assert spelt(points_of(in_order("k", fast))) == spelt(points_of(in_order("k", exact)))
    if fast.ordered:
        assert all(first < second for first, second in pairwise(points_of(fast)))
    else:
        assert spelt(points_of(fast)) == spelt(points_of(exact))


def points_of(columns: Columns | MetricSeries) -> list[tuple[int, int, float]]:
    return list(zip(columns.steps, columns.timestamps, columns.values, strict=True))


def spelt(points: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, bytes]]:
    """Points with every bit of their values; any nan equals any nan."""
    return [
        (step, time, b"nan" if math.isnan(value) else struct.pack("d", value))
        for step, time, value in points
    ]


@given(st.lists(st.tuples(times, finite, st.integers(0, 10**6)), min_size=1, max_size=30))
@explore
@both_parsers
def test_the_fast_parsers_take_what_mlflow_writes(
    parse: Callable[[bytes], Columns | None], lines: list[tuple[int, str, int]]
) -> None:
    assert parse(text_of(lines)) is not None


numbers = st.one_of(
    st.floats().map(repr),
    st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    # decimal neighbours of the middle between two doubles
    st.tuples(st.integers(2**52, 2**53), st.integers(16, 40)).map(
        lambda parts: f"{(2 * parts[0] + 1) / 2**53:.{parts[1]}f}"
    ),
    st.integers(0, 10**25).map(lambda number: f"0.{number:025}"),
)


@needs_compiled
@given(numbers)
@settings(explore, max_examples=1000)
@example("9007199254740993")
@example("1.00000000000000011102230246251565")
@example("0.1e-7")
@example("123456789012345678.9")
@example("2.2250738585072011e-308")
@example("4.9e-324")
@example("1e400")
@example("-0.0")
def test_the_compiled_parser_reads_a_value_as_python_does(number: str) -> None:
    columns = compiled_columns(f"{T} {number} 0\n".encode())
    assert columns is not None
    value = float(number)
    assert spelt([(0, 0, columns.values[0])]) == spelt([(0, 0, value)])


@needs_compiled
@given(bodies, st.booleans())
@settings(explore, max_examples=500)
@example(f"{T} nan 0\n{T} 1 0\n{T} nan 0\n".encode(), False)
@example(f"{T} 0.0 0\n{T} -0.0 0\n".encode(), False)
@example(f"{T} 1 3\n1763900005 2 3\n".encode(), False)
@example(f"{T} 9007199254740993 0\n{T} 9007199254740992 0\n".encode(), False)
@example(b"1 1 " + b"9" * 18 + b"\n1 1 " + b"9" * 19 + b"\n", False)
@example(b"1 1 3 d 1\n1 1 3 d 1\n1 1 0 d 1\n", False)
@example(b"1 nan 3 d 1\n1 nan 3 d 1\n1 1 0 d 1\n", False)
@example(b"1 1 3\n2 1 4 d 1\n", False)
@example(b"1 1 3 d 1\n2 1 4\n", False)
def test_both_ways_read_the_same(body: bytes, growing: bool) -> None:  # noqa: FBT001
    one, other = read("compiled", body, growing=growing), read("python", body, growing=growing)
    assert repr(one[0]) == repr(other[0])
    assert spelt(points_of(one[1])) == spelt(points_of(other[1]))
    assert one[2] == other[2]
    assert [type(column) for column in (one[1].steps, one[1].timestamps, one[1].values)] == [
        type(column) for column in (other[1].steps, other[1].timestamps, other[1].values)
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["3 digits a1b2"], [("digits", "a1b2", 1)]),
        (["3 my test  data a1b2"], [("my test data", "a1b2", 1)]),
        (["3 digits a1b2", "4 digits a1b2", "4 digits a1b2"], [("digits", "a1b2", 2)]),
        (["3 b 2", "3 a 1", "4 b 2"], [("b", "2", 2), ("a", "1", 1)]),
        (["3", "4 b 2"], [("b", "2", 1)]),
        (["3 b 2", "4 0123456789abcdef"], [("b", "2", 1)]),  # the run's id, of a logged model
        (["3 digits a1b2\r", "4 digits a1b2\r"], [("digits", "a1b2", 2)]),
        ([f"0 {'n' * 900} {'d' * 90}"], [("n" * 500, "d" * 64, 1)]),
        ([f"0 d {i}" for i in range(20)], [("d", str(i), 1) for i in range(16)]),
    ],
)
@both_ways
def test_a_metric_tells_the_datasets_that_it_was_logged_with(
    way: str, lines: list[str], expected: list[tuple[str, str, int]]
) -> None:
    head, _, problems = read(way, "".join(f"{T} 0.5 {line}\n" for line in lines).encode())
    assert head is not None
    assert [(one.name, one.dataset_digest, one.count) for one in head.datasets] == expected
    assert problems == ()


@needs_compiled
def test_lines_that_all_name_one_dataset_are_read_fast() -> None:
    lines = "".join(f"{T + i} 0.5 {i} my data a1b2\n" for i in range(9))
    columns = compiled_columns(lines.encode())
    assert columns is not None
    assert [one.count for one in columns.datasets] == [9]


long_files = st.tuples(st.integers(1, 400), st.integers(0, 400), st.integers(0, 3)).map(
    lambda parts: text_of(
        [(T + i, (i * 7919 % 101) / 7, i) for i in range(parts[0])]
        + [(T + 10**6 + i, (i * 31 % 11) / 3, i + parts[1]) for i in range(parts[2] * 50)]
    )
)


@needs_compiled
@given(long_files)
@explore
def test_both_ways_read_long_and_resumed_files_the_same(body: bytes) -> None:
    one, other = read("compiled", body), read("python", body)
    assert one == other
    assert one[1].steps[0] == 0


def line_by_line(body: bytes) -> list[tuple[int, int, float]]:
    """The points of a file of whole lines, in the order of writing, read in the plainest way."""
    points = []
    for line in body.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")[:-1]:
        fields = line.split()
        try:
            time, step = (_rounded(text) for text in (fields[0], (*fields, "0", "0")[2]))
            value = {"true": "1", "false": "0"}.get(fields[1].lower(), fields[1])
            points.append((step if len(fields) > 2 else 0, milliseconds([time])[0], float(value)))
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
@both_ways
def test_head_and_series_tell_of_the_same_points(way: str, body: bytes) -> None:
    whole = body.rpartition(b"\n")[0] + b"\n"
    head, series, _ = read(way, whole)
    points = line_by_line(whole)
    if head is None:
        assert points == []
        assert (*series.steps, *series.timestamps, *series.values) == ()
        return
    found = points_of(series)
    _check_head(head, points, found)
    assert head.count == len(found)
    assert found == sorted(found, key=lambda point: point[:2])
    assert {repr((step, time, float(value) + 0.0)) for step, time, value in found} == {
        repr((step, time, value + 0.0)) for step, time, value in points
    }


def _check_head(
    head: MetricHead,
    points: list[tuple[int, int, float]],
    in_order: list[tuple[int, int, float]],
) -> None:
    step, time, value = max(points)  # Python's `max`, and so MLflow's, even where nan ties
    finite_values = [value for _, _, value in points if math.isfinite(value)] or [math.nan]
    assert (head.step, head.timestamp) == (step, time)
    assert same(head.last, value)
    assert same(head.low, min(finite_values))
    assert same(head.high, max(finite_values))
    assert {type(number) for number in (head.last, head.low, head.high)} == {float}
    lowest = [step for step, _, value in in_order if value == head.low] or [0]
    highest = [step for step, _, value in in_order if value == head.high] or [0]
    assert (head.low_step, head.high_step) == (lowest[0], highest[0])
    assert head.trace == course_of([value for _, _, value in in_order])[2]


@given(bodies, st.booleans())
@settings(explore, max_examples=200)
@both_ways
def test_any_bytes_give_points_or_problems(
    way: str,
    body: bytes,
    growing: bool,  # noqa: FBT001
) -> None:
    head, series, problems = read(way, body, growing=growing)
    assert (head.count if head else 0) == len(series.values)
    assert len(problems) <= 21
    assert all(problem.reason.isprintable() and len(problem.reason) < 120 for problem in problems)
    assert all(problem.path == "file" for problem in problems)


@given(clean, st.data())
@explore
@both_ways
def test_a_file_cut_anywhere_while_it_grows_has_no_wrong_point(
    way: str, body: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(body)))
    head = read(way, body[:cut], growing=True)[0]
    whole_lines = body[: body[:cut].rfind(b"\n") + 1]
    expected = read(way, whole_lines)[0]
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
@both_ways
def test_a_file_cut_anywhere_loses_at_most_its_last_line(
    way: str, body: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(body)))
    series = read(way, body[:cut])[1]
    whole_lines = line_by_line(body[: body[:cut].rfind(b"\n") + 1])
    assert len(series.values) <= len(whole_lines) + 1
    kept = set(points_of(series))
    assert {point for point in whole_lines if not math.isnan(point[2])} <= kept


@both_ways
def test_a_repeat_of_all_points_changes_nothing_but_the_digest(way: str) -> None:
    body = f"{T} 0.5 0\n{T + 5} 0.25 1\n".encode()
    once, points, _ = read(way, body)
    twice, again, _ = read(way, body + body)
    assert once is not None
    assert twice is not None
    assert once.digest != twice.digest
    assert replace(twice, digest=once.digest) == once
    assert again == points


@both_ways
@pytest.mark.parametrize(
    "changed",
    [
        "{0} 0.5 0\n{1} 0.25 1\n{2} 0.375 2\n{3} 0.25 3\n",
        "{0} 0.5 0\n{2} 0.25 1\n{1} 0.25 2\n{3} 0.25 3\n",
        "{0} 0.5 0\n{0} 0.25 1\n{2} 0.25 2\n{3} 0.25 3\n",
        "{0} 0.5 0\n{1} 0.25 1\n{2} 0.25 1\n{3} 0.25 3\n",
    ],
    ids=["a value", "timestamps changed over", "a timestamp", "a step"],
)
def test_a_change_of_a_point_that_no_number_of_the_head_tells_changes_its_digest(
    way: str, changed: str
) -> None:
    before = "{0} 0.5 0\n{1} 0.25 1\n{2} 0.25 2\n{3} 0.25 3\n"
    texts = [text.format(*range(T, T + 4)) for text in (before, changed)]
    first, second = (read(way, text.encode())[0] for text in texts)
    assert first is not None
    assert second is not None
    assert first.digest != second.digest


def test_numbers_are_shown_as_they_stand_in_the_file() -> None:
    _, _, problems = metricfile.read_metric("k", b"1 one 2\nx 1 2\n1 2 y\n1\n", "1/r/metrics/k")
    assert [(problem.path, problem.line, problem.reason) for problem in problems] == [
        ("1/r/metrics/k", 1, "value is not a number: `one`"),
        ("1/r/metrics/k", 2, "timestamp or step is not a number: `x 1 2`"),
        ("1/r/metrics/k", 3, "timestamp or step is not a number: `1 2 y`"),
        ("1/r/metrics/k", 4, "expected `timestamp value [step]`, found one field"),
    ]


def test_a_torn_line_is_told_of_by_its_number() -> None:
    _, _, problems = read("compiled", f"{T} 0.5 0\n{T} 0.2".encode())
    torn = "the last line is not finished (no newline at its end); it is left out"
    assert problems == (Problem("file", 2, torn),)


@pytest.mark.parametrize("digits", [154, 155, 100_000])
@both_ways
def test_integers_without_end_are_no_points(way: str, digits: int) -> None:
    head, _, problems = read(way, f"{T} 1 {'9' * digits}\n{T} 2 1\n".encode())
    assert head is not None
    assert (head.count, len(problems)) == ((2, 0) if digits == 154 else (1, 1))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (0, 0),
        (1, 1000),
        (1600000000, 1600000000000),
        (10**11 - 1, (10**11 - 1) * 1000),
        (10**11, 10**11),
        (-5, -5),
    ],
)
@both_ways
def test_times_below_1e11_are_seconds(way: str, written: int, expected: int) -> None:
    series = read(way, f"{written} 1 0\n".encode())[1]
    assert list(series.timestamps) == [expected]
