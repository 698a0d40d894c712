"""One metric file: bytes in, points or their summary out.

A metric file of MLflow is text, one logged point a line, fields split by white space:

    timestamp value                                     0.1 - 0.9
    timestamp value step                                1.0 and newer
    timestamp value step dataset_name dataset_digest    3.0 and newer, a point with a dataset
    timestamp value step run_id [dataset ...]           3.0 and newer, metrics of a logged model

Lines stand in the order of writing. The step is 0 where it is absent. MLflow itself takes every
line of five fields as step 0; we take the step that stands there. A timestamp below 1e11 is in
seconds, as releases up to 1.2 wrote it, and becomes milliseconds.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, isnan, nan
from operator import lt
from zlib import crc32

import orjson

from reportgen.model import MetricHead, MetricKey, MetricSeries, Problem

_SECONDS_BELOW = 100_000_000_000  # 1e11 ms is March 1973; 1e11 s is the year 5138
_NOT_COMMON = (b"u", b"l", b",", b'"')  # true, false, null; a decimal comma; a text
_WORD_VALUES = (b"nan", b"inf", b"-inf")
_BOM = b"\xef\xbb\xbf"
_WORDS = {"true": 1.0, "false": 0.0}
_PROBLEMS_SHOWN = 20  # a file of noise must not fill the problems page


@dataclass(frozen=True, slots=True)
class _Columns:
    """The points of a file in the order of writing, timestamps as they stand there."""

    timestamps: list[int]
    values: list[float]
    steps: list[int]
    rising: bool  # every step larger than the one before it: no point can repeat


def read_head(
    key: MetricKey, body: bytes, where: str, *, growing: bool = False
) -> tuple[MetricHead | None, tuple[Problem, ...]]:
    """Summarise a metric file; None where it holds no point.

    `where` names the file in problems. With `growing`, a last line without its newline is still
    being written and is left out; otherwise it counts when it has as many fields as the others.
    """
    columns = _fast_columns(body)
    problems: tuple[Problem, ...] = ()
    if columns is None:
        columns, problems = _exact_columns(body, where, growing=growing)
    return _summarise(key, columns, body), problems


def read_series(
    key: MetricKey, body: bytes, where: str, *, growing: bool = False
) -> tuple[MetricSeries, tuple[Problem, ...]]:
    """Read all points of a metric file, sorted by step, timestamp and value, repeats dropped.

    Arguments as of `read_head`. A nan stands behind the numbers of its step and timestamp.
    """
    columns = _fast_columns(body)
    problems: tuple[Problem, ...] = ()
    if columns is None:
        columns, problems = _exact_columns(body, where, growing=growing)
    times = _milliseconds(columns.timestamps)
    if columns.rising:
        return MetricSeries(key, columns.steps, times, columns.values), problems
    points = list(zip(columns.steps, times, columns.values, strict=True))
    points = sorted(_without_repeats(points), key=_point_order)
    steps, timestamps, values = zip(*points, strict=True) if points else ((), (), ())
    return MetricSeries(key, steps, timestamps, values), problems


def _fast_columns(body: bytes) -> _Columns | None:
    """Parse the common form (three clean numbers in every line), or None for anything else.

    Blanks become commas, newlines nulls, and the whole file one JSON list: seven times as fast as
    splitting. The guards hold out every other form. JSON refuses doubled blanks and most else; its
    words, commas, strings and lists fail the search and the sums. A null in each fourth place, and
    nowhere else, proves three fields for every line.
    """
    if not body.endswith(b"\n") or any(mark in body for mark in _NOT_COMMON):
        return None
    has_words = b"n" in body  # nan or inf, which JSON has not: quoted, then read one by one
    if has_words:
        for word in _WORD_VALUES:
            body = body.replace(b" %b " % word, b' "%b" ' % word)
    try:
        flat = orjson.loads(b"[" + body[:-1].replace(b" ", b",").replace(b"\n", b",null,") + b"]")
        timestamps, values, steps = flat[0::4], flat[1::4], flat[2::4]
        if has_words:
            values = list(map(float, values))
        sums = sum(timestamps), sum(values), sum(steps)
    except (orjson.JSONDecodeError, TypeError):
        return None
    count = len(timestamps)
    if len(flat) != 4 * count - 1 or flat[3::4].count(None) != count - 1:
        return None
    if type(sums[0]) is not int or type(sums[2]) is not int:  # one float makes the sum a float
        return None
    return _Columns(timestamps, values, steps, _is_even(steps) or _is_rising(steps))


@lru_cache(maxsize=8)
def _even_steps(first: int, count: int, stride: int) -> list[int]:
    return list(range(first, first + count * stride, stride))


def _is_even(steps: list[int]) -> bool:
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


def _is_rising(steps: list[int]) -> bool:
    return all(map(lt, steps, steps[1:]))


def _exact_columns(
    body: bytes, where: str, *, growing: bool
) -> tuple[_Columns, tuple[Problem, ...]]:
    """Parse line by line; a line that cannot be read becomes a problem and is skipped."""
    text = body.removeprefix(_BOM).decode("utf-8", "replace")
    lines = text.split("\n")
    torn = lines.pop()  # "" when the file ends with a newline
    columns = _Columns([], [], [], rising=False)
    problems: list[Problem] = []
    width = 0
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if not fields:
            continue
        reason = _take(fields, columns)
        if reason:
            problems.append(Problem(where, number, reason))
        else:
            width = max(width, min(len(fields), 3))
    if torn.strip():
        fields = torn.split()
        whole = not growing and min(len(fields), 3) >= width
        reason = _take(fields, columns) if whole else _TORN
        if reason:
            problems.append(Problem(where, len(lines) + 1, reason))
    return columns, _first_problems(problems, where)


_TORN = "the last line is not finished (no newline at its end); it is left out"


def _first_problems(problems: list[Problem], where: str) -> tuple[Problem, ...]:
    if len(problems) <= _PROBLEMS_SHOWN:
        return tuple(problems)
    more = len(problems) - _PROBLEMS_SHOWN
    rest = Problem(where, None, f"{more} more lines of this file could not be read")
    return (*problems[:_PROBLEMS_SHOWN], rest)


def _take(fields: list[str], columns: _Columns) -> str:
    """Add the point of a line to the columns; the reason where the line holds none."""
    if len(fields) < 2:
        return "expected `timestamp value [step]`, found one field"
    try:
        timestamp = _whole(fields[0])
        step = _whole(fields[2]) if len(fields) > 2 else 0
    except (ValueError, OverflowError):
        return f"timestamp or step is not a number: {_excerpt(' '.join(fields[:3]))}"
    word = _WORDS.get(fields[1].lower())
    try:
        value = float(fields[1]) if word is None else word
    except ValueError:
        return f"value is not a number: {_excerpt(fields[1])}"
    columns.timestamps.append(timestamp)
    columns.values.append(value)
    columns.steps.append(step)
    return ""


def _whole(text: str) -> int:
    """An int, or a float rounded to one: MLflow writes float steps as they were given."""
    try:
        return int(text)
    except ValueError:
        return round(float(text))


def _excerpt(text: str) -> str:
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return f"`{shown[:40]}…`" if len(shown) > 40 else f"`{shown}`"


def _milliseconds(timestamps: list[int]) -> list[int]:
    if not timestamps or min(timestamps) >= _SECONDS_BELOW:
        return timestamps
    return [one_timestamp(time) for time in timestamps]


def one_timestamp(time: int) -> int:
    """A timestamp of a metric line in milliseconds, whatever unit its writer used."""
    return time * 1000 if 0 <= time < _SECONDS_BELOW else time


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


def _summarise(key: MetricKey, columns: _Columns, body: bytes) -> MetricHead | None:
    """The head of a metric. The latest point is MLflow's: the greatest (step, timestamp, value).

    A nan that ties with numbers wins only when it is the first of them in the file, as Python's
    `max` has it in MLflow's own store.
    """
    steps, values = columns.steps, columns.values
    if not steps:
        return None
    count = len(steps)
    step, timestamp, last = steps[-1], one_timestamp(columns.timestamps[-1]), values[-1]
    if not columns.rising:
        points = list(zip(steps, _milliseconds(columns.timestamps), values, strict=True))
        has_nan = isnan(sum(values))  # or both infinities, which does no harm
        count = len(_without_repeats(points) if has_nan else set(points))
        step, timestamp, last = max(points)
    low, high = _finite_range(values)
    # The checksum guards against an edit that goes unseen. It need not resist an attacker, who
    # could only make a stale chart of his own run, and so must not cost half the parsing.
    digest = f"{crc32(body):08x}{len(body):x}"
    return MetricHead(key, count, float(last), step, timestamp, low, high, digest)


def _finite_range(values: list[float]) -> tuple[float, float]:
    """Least and greatest finite value; nan twice where there is none."""
    low, high = min(values), max(values)
    if not isfinite(low) or not isfinite(high):  # a nan stays only where it is the first
        finite = [value for value in values if isfinite(value)]
        low, high = (min(finite), max(finite)) if finite else (nan, nan)
    return float(low), float(high)
