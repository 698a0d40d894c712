"""How numbers, counts and texts are spelled, on pages and in charts alike."""

import re
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


# Tables and charts of a page tell the same values, and diffs those of several runs.
@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """A number with up to five significant digits; whole numbers whole, tiny and huge ones as e."""
    if not isfinite(value):
        return "nan" if value != value else ("∞" if value > 0 else MINUS + "∞")  # noqa: PLR0124
    if value == int(value) and abs(value) < 1e7:
        text = str(int(value))
    elif 1e-4 <= abs(value) < 1e7:  # from 99,999.5 on, five digits would be written as e
        text = f"{value:.5g}" if abs(value) < 99_999.5 else f"{value:.0f}"
    else:
        mantissa, exponent = f"{value:.4e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return minus(text)


def exact(value: float) -> str:
    """Every digit of a number, for a tooltip and for copying."""
    return repr(float(value))


def minus(text: str) -> str:
    """A number as Python writes it, with a true minus sign."""
    return text.replace("-", MINUS)


def grouped(count: int) -> str:
    """A whole number with thin spaces between thousands."""
    if 0 <= count < 1000:  # most are
        return str(count)
    return minus(f"{count:,}").replace(",", THIN)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 run, 2 runs."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def first_of(paths: Sequence[str]) -> str:
    """The first of some files, and how many there are besides: a.html and 2 more files."""
    more = f" and {plural(len(paths) - 1, 'more file')}" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"


def cut(text: str, most: int) -> str:
    """A text of so many characters at the most: an ellipsis stands for the end of a longer one."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


# Control characters but for the end of a line, and marks that turn the direction of writing.
_ORDERS = dict.fromkeys(
    (*range(10), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)


def harmless(text: str) -> str:
    """A text of a store without what a terminal would take as an order to itself."""
    return text.translate(_ORDERS)


# A "_" within a word is plain to GitHub, and most names have some: those stay readable.
_MARKDOWN = re.compile(r"[\\`*<>~$|\[\]]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


def markdown_text(text: str) -> str:
    """A text within a line of Markdown, in which nothing of it is read as Markdown or HTML."""
    return _MARKDOWN.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), text)
