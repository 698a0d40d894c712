"""Values of the config file: each parser gives what an option holds, or says what it expects.

They raise TypeError with words that end the sentence "`key = value` is not ...".
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

HELDOUT_MODES = ("aside", "sealed", "open")
LEAST_REFRESH = 2000  # ms: what looks more often keeps the disk and the reader busy
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_UNITS |= {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|[smhd])", re.IGNORECASE)
_DURATION_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}

Parser: TypeAlias = Callable[[Any], object]


def parse_text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError("a text in quotes")
    return value


def parse_texts(value: Any) -> tuple[str, ...]:
    """A text, or a list of them, as a tuple."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TypeError("a text, or a list of texts")
    return tuple(items)


def parse_url(value: Any) -> str:
    """An address of the web, or an empty text."""
    url = parse_text(value)
    if url and not url.startswith(("https://", "http://")):
        raise TypeError("an address that starts with https://")
    return url


def parse_count(value: Any) -> int:
    """A whole number, 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a whole number, 0 or more")
    return value


def parse_flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def parse_mode(value: Any) -> str:
    """One of HELDOUT_MODES."""
    if value not in HELDOUT_MODES:
        raise TypeError(f"one of {', '.join(HELDOUT_MODES)}")
    return str(value)


def parse_rows(value: Any) -> tuple[tuple[str, int], ...]:
    """A table from test sets or metrics to numbers of rows, in its order."""
    numbers = value.values() if isinstance(value, dict) else (None,)
    if not all(type(number) is int and number > 0 for number in numbers):
        raise TypeError('a table of whole numbers above 0, such as { "digits_test" = 1000 }')
    return tuple(value.items())


def parse_words(value: Any) -> tuple[tuple[str, str], ...]:
    """A table from patterns of metric names to words, in its order."""
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        raise TypeError('a table of texts, such as { "val_*" = "val" }')
    return tuple(value.items())


def parse_size(value: Any) -> int:
    """Bytes from an int or a text such as "5 MiB". Raises TypeError that says what is expected."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        text = value.strip()
        digits = text.rstrip("BbKkMmGgIi ")
        unit = text[len(digits) :].strip().upper()
        if digits.replace(".", "", 1).isdecimal() and unit in _UNITS:
            amount = float(digits) * _UNITS[unit]
            if amount < 1 << 63:
                return int(amount)
    raise TypeError('a size such as "5 MiB"')


def parse_duration(value: Any) -> int:
    """Milliseconds from seconds or a text such as "1h 30m"; TypeError says what is expected."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40:
        return value * 1000
    if isinstance(value, str):
        parts = _DURATION.findall(value)
        if parts and not _DURATION.sub("", value).strip():
            total = sum(float(amount) * _DURATION_UNITS[unit.lower()] for amount, unit in parts)
            if total < 1 << 50:
                return round(total)
    raise TypeError('a duration such as "30m", "12h" or "2d"')


def parse_refresh(value: Any) -> int:
    """Milliseconds between two looks of a page for a newer one: 0, or 2 s or more."""
    try:
        every = parse_duration(value)
    except TypeError:
        every = 1
    if 0 < every < LEAST_REFRESH:
        raise TypeError('a duration of 2 s or more, such as "30s", nor 0 for never')
    return every


def parse_rules(value: Any) -> tuple[tuple[str, str], ...]:
    """A list of tables with a name and a pattern."""
    expected = 'a list of tables such as { name = "out of memory", match = "CUDA out of memory" }'
    if not isinstance(value, list):
        raise TypeError(expected)
    found = []
    for item in value:
        if not isinstance(item, dict) or sorted(item) != ["match", "name"]:
            raise TypeError(expected)
        found.append((parse_text(item["name"]), parse_text(item["match"])))
    return tuple(found)
