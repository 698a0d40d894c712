"""Metric files that are not of the common form, read line by line: slow, exact, never failing.

A line that cannot be read becomes a problem and is skipped. The form: see `metricfile.py`.
"""

from array import array
from collections.abc import Iterable, Sequence
from math import isnan
from typing import TypeAlias

from reportgen.model import MetricDataset, Problem
from reportgen.thin import packed
from reportgen.values import frozen

_SECONDS_BELOW = 100_000_000_000  # 1e11 ms is March 1973; 1e11 s is the year 5138
_BOM = b"\xef\xbb\xbf"
_WORDS = {"true": 1.0, "false": 0.0}
_MOST_BITS = 512  # of a step or timestamp: sums and shares of it are within the range of floats
_PROBLEMS_SHOWN = 20  # a file of noise must not fill the problems page
_Point: TypeAlias = tuple[int, float, int]  # timestamp, value, step
_MOST_DATASETS = 16  # of one metric; what is beyond is not kept
_LONGEST_NAME = 500  # as MLflow has it
_LONGEST_DIGEST = 64  # MLflow has 36


@frozen
class Columns:
    """The points of a file in the order of writing."""

    timestamps: Sequence[int]  # (n,) ms; an array, or a tuple where one does not fit 64 bits
    values: "array[float]"  # (n,)
    steps: Sequence[int]  # (n,) as the timestamps
    ordered: bool  # each point later than the one before, by step, then timestamp: none repeats
    datasets: tuple[MetricDataset, ...] = ()  # that the points were logged with


def read_lines(
    body: bytes, where: str, *, growing: bool = False
) -> tuple[Columns, tuple[Problem, ...]]:
    """The points of a file, and what is unreadable. Arguments as of `read_metric`."""
    text = body.removeprefix(_BOM).decode("utf-8", "replace")
    lines = text.split("\n")
    torn = lines.pop()  # "" when the file ends with a newline
    points: list[_Point] = []
    rests: list[tuple[str, ...]] = []  # of the points: what stands behind the step
    problems: list[Problem] = []
    width = 0
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if not fields:
            continue
        reason = _take(fields, points)
        if reason:
            problems.append(Problem(where, number, reason))
        else:
            width = max(width, min(len(fields), 3))
            rests.append(tuple(fields[3:]))
    if torn.strip():
        fields = torn.split()
        whole = not growing and min(len(fields), 3) >= width
        reason = _take(fields, points) if whole else _TORN
        if reason:
            problems.append(Problem(where, len(lines) + 1, reason))
        else:
            rests.append(tuple(fields[3:]))
    return _columns(points, rests), _first_problems(problems, where)


def _columns(points: Sequence[_Point], rests: Sequence[tuple[str, ...]]) -> Columns:
    times, values, steps = zip(*points, strict=True) if points else ((), (), ())
    in_ms = packed(milliseconds(times))
    datasets = _datasets(zip(in_ms, values, steps, strict=True), rests) if any(rests) else ()
    return Columns(in_ms, array("d", values), packed(steps), ordered=False, datasets=datasets)


def _datasets(
    points: Iterable[_Point], rests: Sequence[tuple[str, ...]]
) -> tuple[MetricDataset, ...]:
    """The datasets behind the points, each with its points but for repeats."""
    found: dict[tuple[str, str], set[tuple[int, float | None, int]]] = {}
    for (time, value, step), rest in zip(points, rests, strict=True):
        dataset = dataset_of(rest)
        if dataset and (dataset in found or len(found) < _MOST_DATASETS):
            number = None if isnan(value) else value  # here nan equals nan
            found.setdefault(dataset, set()).add((time, number, step))
    return tuple(MetricDataset(*dataset, len(seen)) for dataset, seen in found.items())


def dataset_of(rest: Sequence[str]) -> tuple[str, str] | None:
    """Name and digest of the dataset in the fields behind a step; None where there is none.

    MLflow writes the name as it is: with blanks in it, it is several fields.
    """
    if len(rest) < 2:
        return None
    return " ".join(rest[:-1])[:_LONGEST_NAME], rest[-1][:_LONGEST_DIGEST]


def milliseconds(times: Sequence[int]) -> Sequence[int]:
    """Timestamps of metric lines in milliseconds, whatever unit their writer used."""
    if not times or min(times) >= _SECONDS_BELOW:
        return times
    return [time * 1000 if 0 <= time < _SECONDS_BELOW else time for time in times]


_TORN = "the last line is not finished (no newline at its end); it is left out"


def _first_problems(problems: list[Problem], where: str) -> tuple[Problem, ...]:
    if len(problems) <= _PROBLEMS_SHOWN:
        return tuple(problems)
    more = len(problems) - _PROBLEMS_SHOWN
    rest = Problem(where, None, f"{more} more lines of this file could not be read")
    return (*problems[:_PROBLEMS_SHOWN], rest)


def _take(fields: list[str], points: list[_Point]) -> str:
    """Add the point of a line; the reason where the line holds none."""
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
    points.append((timestamp, value, step))
    return ""


def _whole(text: str) -> int:
    """An int, or a float rounded to one: MLflow writes float steps as they were given.

    Raises ValueError, or OverflowError for one that no axis could tell of.
    """
    try:
        number = int(text)
    except ValueError:
        number = round(float(text))
    if number.bit_length() > _MOST_BITS:
        raise OverflowError
    return number


def _excerpt(text: str) -> str:
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return f"`{shown[:40]}…`" if len(shown) > 40 else f"`{shown}`"
