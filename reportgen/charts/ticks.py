"""Where an axis is labelled, and what its labels say.

Labels stand at whole multiples of 1, 2 or 5 times a power of ten (P. Heckbert: Nice numbers for
graph labels, Graphics Gems, 1990). The step is not rounded from the range but chosen by the count
of labels it gives, then by its plainness, as in J. Talbot, S. Lin, P. Hanrahan: An extension of
Wilkinson's algorithm for positioning tick labels on axes, InfoVis 2010. Multiples are kept as whole
numbers beside their power of ten, so that no label shows an error of rounding.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, floor, inf, log10
from typing import NamedTuple

from reportgen.spelling import MINUS, THIN, grouped, minus

_NICE = ((1, 0.0), (2, 0.2), (5, 0.1), (10, 0.0))  # and how much each is disliked
_WIDEST = 7  # characters of a label that is written in full
_LONGEST_STEP = 10  # digits of a whole number that is written in full
_LONGEST_NOTE = 15  # digits of what is to be added to labels
_LEAST_EXPONENT = -323  # 1e-324 is no float


class Ticks(NamedTuple):
    """The labelled places of an axis, in rising order."""

    values: tuple[float, ...]  # (n,) int where the axis counts
    labels: tuple[str, ...]  # (n,)
    decimals: int = 0  # that tell two neighbours apart; below 0 for steps of ten and more
    note: str = ""  # what is to be added to each label, in words; "" for nothing


def linear_ticks(low: float, high: float, count: int = 5) -> Ticks:
    """About `count` labels between two finite numbers; one where there is no room between them."""
    if not low < high:
        return Ticks((low,), (minus(f"{low:.5g}"),))
    half = high / 2 - low / 2  # the range itself can be too large for a float
    least = floor(log10(half or high - low) + (0.30103 if half else 0) - log10(count))
    least = max(least, _LEAST_EXPONENT)
    best, choice = inf, (1, 0, 0)
    for factor, step, dislike in _steps(least):
        first, last = ceil(low / step), floor(high / step)
        cost = abs(last - first + 1 - count) + dislike
        if cost < best:
            best, choice = cost, (factor, first, last)
    factor, first, last = choice
    ticks = _evenly(factor, least, first, last)
    if ticks is not None and not (low <= ticks.values[0] and ticks.values[-1] <= high):
        inside = [n for n in range(first, last + 1) if low <= _value(n * factor, least) <= high]
        ticks = _evenly(factor, least, inside[0], inside[-1]) if inside else None
    return ticks or Ticks((low,), (minus(f"{low:.5g}"),))


@lru_cache(maxsize=64)
def _steps(least: int) -> list[tuple[int, float, float]]:
    return [(factor, _value(factor, least), dislike) for factor, dislike in _NICE]


# The same metric in other runs mostly has the same labels.
@lru_cache(maxsize=256)
def _evenly(factor: int, exponent: int, first: int, last: int) -> Ticks | None:
    """Labels at some multiples of a step; None where floats of this size do not tell them apart."""
    if factor == 10:
        factor, exponent = 1, exponent + 1
    numbers = range(first * factor, last * factor + 1, factor)
    values = tuple(_value(number, exponent) for number in numbers)
    if not values or len(set(values)) < len(values):
        return None
    labels, note = _spelled(numbers, exponent)
    return Ticks(values, tuple(labels), -exponent, note)


def _value(number: int, exponent: int) -> float:
    """The float nearest to number times ten to the exponent, inf where there is none."""
    try:
        return number / 10**-exponent if exponent < 0 else float(number * 10**exponent)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _spelled(numbers: Sequence[int], exponent: int) -> tuple[list[str], str]:
    """Labels of one form for numbers that share a power of ten, and the note of `Ticks`."""
    digits = len(str(max(map(abs, numbers))))
    if exponent < 0 and max(digits + 1, 2 - exponent) <= _WIDEST and exponent + digits >= -3:
        unit = 10**-exponent
        return [minus(f"{number / unit:.{-exponent}f}") for number in numbers], ""
    if exponent >= 0 and digits + exponent <= _WIDEST - 1:
        return [grouped(number * 10**exponent) for number in numbers], ""
    if all(len(str(abs(number)).rstrip("0")) <= 1 for number in numbers):
        return [_power_label(number, exponent) for number in numbers], ""
    if digits <= 3:
        power, unit = exponent + digits - 1, 10 ** (digits - 1)
        return [
            minus(f"{number / unit:.{digits - 1}f}e{power}") if number else "0"
            for number in numbers
        ], ""
    base = min(numbers) // 100 * 100
    labels, _ = _spelled([number - base for number in numbers], exponent)
    return [f"+{label}" for label in labels], f"from {_whole_text(base, exponent)}"


def _power_label(number: int, exponent: int) -> str:
    """A number of one digit and noughts, times ten to the exponent: 2e−5."""
    digits = str(abs(number))
    sign = "-" if number < 0 else ""
    return minus(f"{sign}{digits[0]}e{exponent + len(digits) - 1}") if number else "0"


def _whole_text(number: int, exponent: int) -> str:
    """All digits of number times ten to the exponent."""
    digits = str(abs(number))
    sign = MINUS if number < 0 else ""
    power = exponent + len(digits) - 1  # of the first digit
    digits = digits.rstrip("0") or "0"
    behind = len(digits) - 1 - power  # digits behind the point
    if behind <= 0 and power < _LONGEST_NOTE:
        return sign + grouped(int(digits) * 10**-behind)
    if 0 < behind < _LONGEST_NOTE and power < _LONGEST_NOTE:
        digits = digits.rjust(behind + 1, "0")
        return f"{sign}{grouped(int(digits[:-behind]))}.{digits[-behind:]}"
    point = f".{digits[1:]}" if digits[1:] else ""
    return sign + minus(f"{digits[0]}{point}e{power}")


def log_ticks(low: float, high: float, count: int = 5) -> Ticks:
    """Powers of ten between two numbers above 0, thinned to about `count`.

    With fewer than three powers also 2 and 5 times each, and on less than that plain numbers.
    """
    lower, upper = floor(log10(low)), ceil(log10(high))
    powers = _inside(((1, power) for power in range(lower, upper + 1)), low, high)
    if len(powers) >= 3:
        stride = ceil(len(powers) / (count + 1))
        chosen = [(one, power) for one, power in powers if power % stride == 0]
    else:
        every = ((factor, power) for power in range(lower, upper + 1) for factor in (1, 2, 5))
        chosen = _inside(every, low, high)
    if len(chosen) < 3:
        return linear_ticks(low, high, count)
    values = tuple(_value(factor, power) for factor, power in chosen)
    return Ticks(values, tuple(_power_text(factor, power) for factor, power in chosen))


def _inside(pairs: Iterable[tuple[int, int]], low: float, high: float) -> list[tuple[int, int]]:
    return [pair for pair in pairs if low <= _value(*pair) <= high]


def _power_text(factor: int, power: int) -> str:
    if 0 <= power <= 4:
        return grouped(factor * 10**power)
    if -3 <= power < 0:
        return f"{factor / 10**-power:.{-power}f}"
    return minus(f"{factor}e{power}")


def step_ticks(low: int, high: int, count: int = 5) -> Ticks:
    """About `count` whole numbers between two; never a part of one."""
    if low >= high:
        labels, note = _whole_labels((low,), 1)
        return Ticks((low,), labels, note=note)
    least = max(0, floor(log10(high - low) - log10(count)))  # of whole numbers of any size
    choices = []
    for factor, dislike in _NICE:
        step = factor * 10**least
        first, last = -(-low // step), high // step
        number = last - first + 1
        choices.append((number < 2, abs(number - count) + dislike, step, first, last))
    _, _, step, first, last = min(choices)
    values = tuple(range(first * step, last * step + 1, step))
    labels, note = _whole_labels(values, step)
    return Ticks(values, labels, note=note)


def _whole_labels(values: Sequence[int], step: int) -> tuple[tuple[str, ...], str]:
    """Whole numbers in full, or with k, M or G, all in one form; and the note of `Ticks`."""
    top = max(map(abs, values))
    for sign, unit in (("G", 10**9), ("M", 10**6), ("k", 1000)):
        whole = step % unit == 0
        enough = unit if whole or unit > 1000 else 10 * unit  # 1.5 M, but 1 500
        if top >= enough and step * 10 % unit == 0:
            if top >= 1000 * unit:  # above G, or a long way off zero
                break
            form = f".{0 if whole else 1}f"
            return tuple(
                minus(f"{value / unit:{form}}{THIN}{sign}") if value else "0" for value in values
            ), ""
    if top < 10**_LONGEST_STEP:
        return tuple(map(grouped, values)), ""
    digits = str(step)
    exponent = len(digits) - len(digits.rstrip("0"))
    labels, note = _spelled([value // 10**exponent for value in values], exponent)
    return tuple(labels), note


def duration_ticks(low: int, high: int, count: int = 5) -> Ticks:
    """About `count` spans of time in a unit people use, between two in milliseconds."""
    choices = []
    for step, unit, name in _spans(high - low):
        first, last = -(-low // step), high // step
        choices.append((abs(last - first + 1 - count), -step, unit, name, first, last))
    _, step, unit, name, first, last = min(choices)
    values = tuple(range(-first * step, -last * step + 1, -step))
    decimals = 0 if step % unit == 0 else 1
    labels = tuple(
        minus(f"{value / unit:,.{decimals}f}").replace(",", THIN) + THIN + name if value else "0"
        for value in values
    )
    return Ticks(values, labels)


def _spans(length: int) -> Iterable[tuple[int, int, str]]:
    """Candidate steps in ms, each with the unit it is told in."""
    yield from _SPANS
    least = max(0, floor(log10(max(length, 1)) - log10(_DAY)) - 1)
    for power in range(least, least + 3):
        yield from ((factor * 10**power * _DAY, _DAY, "d") for factor in (1, 2, 5))


_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_SPANS = (
    *((step, 1, "ms") for step in (1, 2, 5, 10, 20, 50, 100)),
    *((step, _SECOND, "s") for step in (200, 500)),
    *((step * _SECOND, _SECOND, "s") for step in (1, 2, 5, 10, 15)),
    (30 * _SECOND, _MINUTE, "min"),
    *((step * _MINUTE, _MINUTE, "min") for step in (1, 2, 5, 10, 15)),
    (30 * _MINUTE, _HOUR, "h"),
    *((step * _HOUR, _HOUR, "h") for step in (1, 2, 3, 6)),
    (12 * _HOUR, _DAY, "d"),
)
