"""Texts in charts: escaped, measured, shortened; numbers beside lines."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from math import floor, isfinite, log10

from reportgen.spelling import THIN, grouped, minus

# Left to be compiled when it is needed: it takes long, and most texts are printable.
_NO_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"

# Advance widths in 11 px system fonts, rounded up; the widest common font counts.
_NARROW, _DIGIT, _LETTER, _CAPITAL, _WIDE = 3.6, 6.8, 6.3, 7.8, 11.0


def clean(text: str) -> str:
    """A text without what no XML document may hold, such as control characters."""
    return text if text.isprintable() else re.sub(_NO_XML, "\N{REPLACEMENT CHARACTER}", text)


def safe(text: str) -> str:
    """A text cleaned, and escaped for elements and attributes."""
    return escape(clean(text))


@lru_cache(maxsize=512)
def width(text: str) -> float:
    """About how wide a text is at 11 px, rather too wide than too narrow."""
    return sum(map(_width_of, text))


@lru_cache(maxsize=512)
def _width_of(char: str) -> float:
    if char in " .,:;'|!ijltfrI()[]/\N{NARROW NO-BREAK SPACE}":
        return _NARROW
    if char.isdigit() or char in "+=_~\N{MINUS SIGN}":
        return _DIGIT
    if ord(char) >= 0x1100 or char in "mwMW@%<>":
        return _WIDE
    return _CAPITAL if char.isupper() else _LETTER


def shortened(text: str, room: float) -> str:
    """A text that fits: what tells names apart is mostly at their ends, so the middle goes."""
    if width(text) <= room:
        return text
    head, tail, used = "", "", width("…")
    for index in range(len(text) // 2):
        front, back = text[index], text[-1 - index]
        used += width(front) + width(back)
        if used > room:
            break
        head, tail = head + front, back + tail
    return f"{head}…{tail}"


def number(value: float, digits: int = 5) -> str:
    """A number with up to so many significant digits, whole ones below a million in full."""
    if not isfinite(value):
        return _word(value)
    size = abs(value)
    if size < 1e6 and (value == int(value) or 10**digits <= size < 999_999.5):
        return grouped(round(value))
    text = f"{value:,.{digits}g}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        text = f"{mantissa}e{int(exponent)}"
    return minus(text.replace(",", THIN))


def _word(value: float) -> str:
    return "nan" if value != value else minus("∞" if value > 0 else "-∞")  # noqa: PLR0124


def last_values(values: Sequence[float], decimals: int) -> list[str]:
    """The labels of line ends: one more digit than the axis has, three digits at least.

    Labels that stand under one another have the same decimals, so that they can be compared.
    `decimals` are those of the ticks.
    """
    sizes = [abs(value) for value in values if isfinite(value) and value]
    if not sizes:
        return [number(value) for value in values]
    largest = floor(log10(max(sizes)))
    if len(values) == 1:
        return [number(values[0], min(17, max(4, largest + decimals + 2)))]
    least = floor(log10(min(sizes)))
    places = max(decimals + 1, min(2 - least, 5), 0)
    if largest > 5 or least < -3 or places > 9:
        digits = min(17, max(3, largest + decimals + 2))
        return [number(value, digits) for value in values]
    return [
        minus(f"{value:,.{places}f}").replace(",", THIN) if isfinite(value) else _word(value)
        for value in values
    ]
