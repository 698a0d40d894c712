"""Words and numbers in charts: cleaned, spelled and shortened to their room."""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

from reportgen.spelling import THIN, minus

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # they shape letters and emoji
_LONGEST = 400  # characters looked at; more never fit into a chart
HIGHER = "higher"
LOWER = "lower"
AND = " · "


def clean(text: str) -> str:
    """A text from a store as one line: whitespace and all that is not to be seen become a space.

    That covers what XML 1.0 cannot hold (control characters, surrogates, U+FFFE and U+FFFF) and
    the characters that turn the direction of the text around them.
    """
    return " ".join("".join(map(_shown, text[:_LONGEST])).split())


def _shown(character: str) -> str:
    if character in _JOINERS:
        return character
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return " " if hidden or character in "\ufffe\uffff" else character


def behind(name: str, words: str) -> str:
    """Words that follow a name to its right, also where the name itself is written to the left."""
    mark = "" if name.isascii() else "\N{LEFT-TO-RIGHT MARK}"
    return f"{mark} {words}"


def _powered(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{_trimmed(mantissa)}e{int(exponent)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def tick_labels(ticks: Sequence[float]) -> tuple[str, ...]:
    """Labels for the ticks of one axis (rising), spelled alike.

    Where a tick is very large or all are very small, they are powers of ten. Ticks at equal
    distances have the same number of decimals, others as many as each needs.
    """
    sizes = [abs(tick) for tick in ticks if tick]
    gaps = [b - a for a, b in pairwise(ticks)]
    step = min(gaps, default=max(sizes, default=1.0))
    even = max(gaps, default=step) < 1.001 * step
    smallest = max(sizes, default=1.0) if even else min(sizes, default=1.0)
    if max(sizes, default=0.0) >= 1e7 or smallest < 1e-4:
        labels = [_powered(tick, 10) if tick else "0" for tick in ticks]
    elif even:
        decimals = max(_decimals(tick, step) for tick in ticks) if ticks else 0
        labels = [f"{tick + 0.0:,.{decimals}f}" for tick in ticks]
    else:
        labels = [f"{tick:,.{_decimals(tick, abs(tick) or 1.0)}f}" for tick in ticks]
    return tuple(minus(label).replace(",", THIN) for label in labels)


def _decimals(value: float, step: float) -> int:
    """The decimals that show a value to a thousandth of a step; 12 at most."""
    return next((d for d in range(12) if abs(round(value, d) - value) < step / 1e3), 12)


def better(direction: str) -> str:
    """The caption of a metric's direction, "" where it is not known."""
    return f"{direction} is better" if direction in {HIGHER, LOWER} else ""


def fitted(text: str, room: float, width: Callable[[str], float]) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if width(text) <= room:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width(f"{text[:middle].rstrip()}…") <= room:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits].rstrip()}…"
