"""One metric file: bytes in, points or their summary out.

A metric file of MLflow is text, one logged point a line, fields split by white space:

    timestamp value                                     0.1 - 0.9
    timestamp value step                                1.0 and newer
    timestamp value step dataset_name dataset_digest    3.0 and newer, a point with a dataset
    timestamp value step run_id [dataset ...]           3.0 and newer, metrics of a logged model

The name of a dataset may have blanks in it: the last field is the digest.

Lines stand in the order of writing. The step is 0 where it is absent. MLflow itself takes every
line of five fields as step 0; we take the step that stands there. A timestamp below 1e11 is in
seconds, as releases up to 1.2 wrote it, and becomes milliseconds.
"""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import isnan, nan
from operator import lt, mul
from zlib import crc32

import orjson

from reportgen.model import MetricDataset, MetricHead, MetricKey, MetricSeries, Problem
from reportgen.native import points as _points
from reportgen.readers.metriclines import Columns, dataset_of, milliseconds, read_lines
from reportgen.thin import is_packed, packed
from reportgen.trace import Course, course_of

# Of true, false and null; of a decimal comma; of a text; and a zero that JSON takes for a whole one
_NOT_COMMON = (b"u", b"l", b",", b'"', b" -0 ")
_STEP_WEIGHT = 0x9E3779B97F4A7C15  # steps and timestamps are told apart by it
_WORD_VALUES = (b"nan", b"inf", b"-inf")


def read_metric(
    key: MetricKey, body: bytes, where: str, *, growing: bool = False
) -> tuple[MetricHead | None, MetricSeries, tuple[Problem, ...]]:
    """A metric file: its summary, None where it holds no point; its points; what is unreadable.

    The points are sorted by step, timestamp and value, a nan behind the numbers, repeats dropped.
    `where` names the file in problems. With `growing`, a last line without its newline is still
    being written and is left out; otherwise it counts when it has as many fields as the others.
    """
    columns = json_columns(body) if _points is None else compiled_columns(body)
    problems: tuple[Problem, ...] = ()
    if columns is None:
        columns, problems = read_lines(body, where, growing=growing)
    series = in_order(key, columns)
    return _summarise(columns, series, len(body)), series, problems


def compiled_columns(body: bytes) -> Columns | None:
    """As `json_columns`, ten times as fast."""
    found = _points.columns(body)
    if found is None:
        return None
    timestamps, values, steps, ordered, rest = found
    dataset = dataset_of(rest.decode("utf-8", "replace").split()) if rest else None
    if dataset and not ordered:
        return None  # repeats are yet to be counted
    datasets = (MetricDataset(*dataset, len(values) // 8),) if dataset else ()
    return Columns(array("q", timestamps), array("d", values), array("q", steps), ordered, datasets)


def json_columns(body: bytes) -> Columns | None:
    """Parse the common form (three clean numbers in every line), or None for anything else.

    Blanks become commas, newlines nulls, and the whole file one JSON list: seven times as fast as
    splitting. The guards hold out every other form. JSON refuses doubled blanks and most else; its
    words, commas, strings and lists fail the search and the arrays. A null in each fourth place,
    and nowhere else, proves three fields for every line.
    """
    if not body.endswith(b"\n") or any(mark in body for mark in _NOT_COMMON):
        return None
    has_words = b"n" in body  # nan or inf, which JSON has not: quoted, then read one by one
    if has_words:
        for word in _WORD_VALUES:
            body = body.replace(b" %b " % word, b' "%b" ' % word)
    try:
        flat = orjson.loads(b"[" + body[:-1].replace(b" ", b",").replace(b"\n", b",null,") + b"]")
        times, steps = array("q", flat[0::4]), array("q", flat[2::4])
        values = array("d", map(float, flat[1::4]) if has_words else flat[1::4])
    except (orjson.JSONDecodeError, TypeError, OverflowError):
        return None
    count = len(times)
    if len(flat) != 4 * count - 1 or flat[3::4].count(None) != count - 1:
        return None
    in_ms = packed(milliseconds(times))
    return Columns(in_ms, values, steps, _is_ordered(steps, in_ms))


def _is_ordered(steps: "array[int]", times: Sequence[int]) -> bool:
    if _is_even(steps) or all(map(lt, steps, steps[1:])):
        return True
    pairs = list(zip(steps, times, strict=True))
    return all(map(lt, pairs, pairs[1:]))


@lru_cache(maxsize=8)
def _even_steps(first: int, count: int, stride: int) -> "array[int]":
    return array("q", range(first, first + count * stride, stride))


def _is_even(steps: "array[int]") -> bool:
    """Whether the steps rise by the same amount each time, as they mostly do."""
    count = len(steps)
    if count == 1:
        return True
    stride = steps[1] - steps[0]
    return (
        stride > 0
        and steps[-1] - steps[0] == stride * (count - 1)
        and steps == _even_steps(steps[0], count, stride)
    )


def in_order(key: MetricKey, columns: Columns) -> MetricSeries:
    """The points by step, timestamp and value, a nan behind the numbers, repeats dropped."""
    if columns.ordered or not columns.values:
        return MetricSeries(key, columns.steps, columns.timestamps, columns.values)
    points = list(zip(columns.steps, columns.timestamps, columns.values, strict=True))
    if isnan(sum(columns.values)):  # or both infinities, which does no harm
        points = sorted(_without_repeats(points), key=_point_order)
    else:
        points.sort()  # stable: of equal points the first line stays first
        points = [points[0], *(this for before, this in pairwise(points) if this != before)]
    steps, timestamps, values = zip(*points, strict=True)
    return MetricSeries(key, packed(steps), packed(timestamps), array("d", values))


def _without_repeats(points: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Each point once, in the order of its first line; nan equals nan here."""
    seen = {
        (step, time, None if isnan(value) else value): (step, time, value)
        for step, time, value in points
    }
    return list(seen.values())


def _point_order(point: tuple[int, int, float]) -> tuple[int, int, bool, float]:
    step, time, value = point
    is_nan = value != value  # noqa: PLR0124 (the definition of nan)
    return step, time, is_nan, 0.0 if is_nan else value


def _summarise(columns: Columns, series: MetricSeries, size: int) -> MetricHead | None:
    """The head of a metric, of which the file has `size` bytes.

    The latest point is MLflow's: the greatest (step, timestamp, value). A nan that ties
    with numbers wins only when it is the first of them in the file, as Python's `max` has it in
    MLflow's own store.
    """
    steps, timestamps, values = series.steps, series.timestamps, series.values
    if not values:
        return None
    step, timestamp, last = steps[-1], timestamps[-1], values[-1]
    if isnan(last) and not columns.ordered:
        points = zip(columns.steps, columns.timestamps, columns.values, strict=True)
        step, timestamp, last = max(points)
    low, high, trace = _course_of(values)
    return MetricHead(
        series.key,
        len(values),
        last,
        step,
        timestamp,
        nan if low < 0 else values[low],
        nan if high < 0 else values[high],
        f"{_checksum(series):024x}{size:x}",
        0 if low < 0 else steps[low],
        0 if high < 0 else steps[high],
        trace,
        columns.datasets,
    )


def _checksum(series: MetricSeries) -> int:
    """A number below 2^96 that guards against an edit of a file that goes unseen.

    It need not resist an attacker, who could only make a stale chart of his own run, and so must
    not cost as much as parsing: only the values, the most varied, are summed up bit by bit.
    """
    steps, timestamps, values = series.steps, series.timestamps, series.values
    compiled = _points is not None and is_packed(steps, "q") and is_packed(timestamps, "q")
    mark: int = _points.mark(steps, timestamps) if compiled else mark_of(steps, timestamps)
    return crc32(array("d", values)) << 64 | mark


def mark_of(steps: Sequence[int], timestamps: Sequence[int]) -> int:
    """The sum of steps and timestamps, each weighed by its place, modulo 2^64."""
    places = range(1, len(steps) + 1)
    weighed: int = sum(map(mul, places, timestamps)) + _STEP_WEIGHT * sum(map(mul, places, steps))
    return weighed % (1 << 64)


def _course_of(values: Sequence[float]) -> Course:
    if _points is None or not isinstance(values, array):
        return course_of(values)
    return _points.course(values)
