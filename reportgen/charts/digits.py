"""Values as whole numbers of few digits, told by the difference from one to the next, as text.

Values of seven digits or fewer come back as they were. Where there are others, all are rounded to
six digits (whole numbers to seven), or to as many more as tell apart a hundred thousand values
between the least and the greatest.

A number of d digits, m * 10**(e - d + 1), has the code (e - e0) * 9 * 10**(d - 1) + m - 10**(d - 1)
+ 1, where e0 is the least exponent in the curve: neighbours among such numbers have neighbouring
codes. 0 has 0, numbers below it have the codes of those above it, negated. The three codes behind
the greatest stand for nan, infinity and -infinity. All codes are so near to each other that a
folded difference has at most 32 bits; where nine digits would not do for that, there is no text.

Differences of codes are folded to 0, -1, 1, -2, 2, ... = 0, 1, 2, 3, 4, ..., and written in blocks
as Rice codes (R. Rice and J. Plaunt: Adaptive variable-length coding, IEEE Trans. Commun., 1971):
five bits for k, then of each number its upper bits as so many ones and a zero, and its k lower
bits. Where all of a block are 0, there is nothing but k = 31. Thirteen bits each, the first one
uppermost, make two characters that need no escaping in scripts and JSON.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from reportgen.native import points as _points
from reportgen.thin import is_packed

ALPHABET = "".join(chr(code) for code in range(32, 127) if chr(code) not in "\"'\\")
BLOCK = 64  # differences
NONE = 31  # the k of a block without any

_BITS = 13  # of two characters
_KEPT, _USUAL, _MOST = 7, 6, 15  # digits
_MOST_WITH_GAPS = 9  # digits: the code of nan is far from those of numbers below 0
_TOLD_APART = 5  # digits between the least and the greatest value
_LEAST, _GREATEST = -24, 22  # powers of ten
_POWERS = [float(f"1e{power}") for power in range(_LEAST, _GREATEST + 1)]
_SMALLEST = 1e-15


class Digits(NamedTuple):
    """Values (n,) as text, and what is needed to read it."""

    text: str
    digits: int  # of each value
    exponent: int  # the least of any value
    first: int  # the code of the first value
    top: int  # the greatest size of a code of a finite value


def digits_of(values: Sequence[float]) -> Digits | None:
    """The text of (n,) values, n above 0.

    None where fifteen digits would not do, or nine with values that are not finite among them, or
    sizes are not between 1e-15 and 1e22.
    """
    if _points is not None and is_packed(values, "d"):
        found = _points.digits(values)
        return None if found is None else Digits(*found)
    return digits_slowly(values)


def digits_slowly(values: Sequence[float]) -> Digits | None:
    """As `digits_of`, without the compiled part: `c/digits.c` has the same in C."""
    sizes = {abs(value) for value in values if isfinite(value) and value}
    if not sizes:
        sizes = {1.0}
    if min(sizes) < _SMALLEST or max(sizes) >= _POWERS[-1]:
        return None
    digits = _enough(values, sizes)
    if digits is None or digits - 1 - _exponent(min(sizes)) > _GREATEST:
        return None
    told = {size: _scaled(size, digits) for size in sizes}
    noughts = min(_noughts(number, digits) for number, _ in told.values())
    least, start = _exponent(min(sizes)), 10 ** (digits - 1)
    codes = {  # a number that was rounded up to one digit more is the first of the next exponent
        size: ((digits - 1 - power - least) * 9 * start + number - start) // 10**noughts + 1
        for size, (number, power) in told.items()
    }
    digits -= noughts
    top = max(map(abs, (codes[abs(value)] for value in values if abs(value) in codes)), default=0)
    of_all = [_code(value, codes, top) for value in values]
    folded = [_folded(after - before) for before, after in pairwise(of_all)]
    return Digits(_text("".join(_bits(folded))), digits, least, of_all[0], top)


def _enough(values: Sequence[float], sizes: set[float]) -> int | None:
    """The digits that values need."""
    if all(map(_is_short, sizes)):
        return _KEPT
    finite = [value for value in values if isfinite(value)]
    span, exponent = max(finite) - min(finite), _exponent(max(sizes))
    digits = _KEPT if all(size == round(size) for size in sizes) else _USUAL
    most = _MOST if len(finite) == len(values) else _MOST_WITH_GAPS
    while span and span < _power(exponent - digits + 1 + _TOLD_APART):
        digits += 1
        if digits > most:
            return None
    return digits


def _power(exponent: int) -> float:
    return _POWERS[exponent - _LEAST]


def _exponent(size: float) -> int:
    """Of ten: that of the first digit of a size within limits."""
    return bisect_right(_POWERS, size) - 1 + _LEAST


def _scaled(size: float, digits: int) -> tuple[int, int]:
    """A size as a whole number of so many digits, and the power of ten that it was made with."""
    power = digits - 1 - _exponent(size)
    return int((size * _power(power) if power >= 0 else size / _power(-power)) + 0.5), power


def _is_short(size: float) -> bool:
    """Whether a size has no more digits than are kept."""
    number, power = _scaled(size, _KEPT)
    return size == (number / _power(power) if power >= 0 else number * _power(-power))


def _noughts(number: int, digits: int) -> int:
    """Those at the end, but for the first digit."""
    text = str(number)
    return min(digits - 1, len(text) - len(text.rstrip("0")))


def _code(value: float, codes: dict[float, int], top: int) -> int:
    if not isfinite(value):
        return top + (1 if value != value else 2 if value > 0 else 3)  # noqa: PLR0124
    if not value:
        return 0
    return codes[value] if value > 0 else -codes[-value]


def _folded(difference: int) -> int:
    return 2 * difference if difference >= 0 else -2 * difference - 1


def _bits(folded: Sequence[int]) -> Iterator[str]:
    """The bits of folded differences, as 0 and 1."""
    for start in range(0, len(folded), BLOCK):
        block = folded[start : start + BLOCK]
        total = sum(block)
        if not total:
            yield f"{NONE:05b}"
            continue
        k = 0
        while k < NONE - 1 and 2 * len(block) << k < total:
            k += 1
        yield f"{k:05b}"
        for number in block:
            lower = number & (1 << k) - 1
            yield f"{'1' * (number >> k)}0" + (f"{lower:0{k}b}" if k else "")


def _text(bits: str) -> str:
    groups = [bits[start : start + _BITS] for start in range(0, len(bits), _BITS)]
    numbers = [divmod(int(group.ljust(_BITS, "0"), 2), len(ALPHABET)) for group in groups]
    return "".join(f"{ALPHABET[upper]}{ALPHABET[lower]}" for upper, lower in numbers)
