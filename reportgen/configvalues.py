"""Values of the config file: each parser gives what an option holds, or says what it expects.

They raise TypeError with words that end the sentence "`key = value` is not ...".
"""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, TypeAlias

from reportgen.values import frozen

NOINDEX = "noindex"
ROBOTS = ("index", NOINDEX)
HELDOUT_MODES = ("aside", "sealed", "open")
GATE_SIDES = ("base", "baseline", "previous")
LEAST_REFRESH = 2000  # ms: what looks more often keeps the disk and the reader busy
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_UNITS |= {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|[smhd])", re.IGNORECASE)
_DURATION_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}

Parser: TypeAlias = Callable[[Any], object]


def parse_text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError("a text in quotes")
    return value


def parse_name(value: Any) -> str:
    """A text that is not empty."""
    if not value or not isinstance(value, str):
        raise TypeError("a name in quotes")
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


def parse_host(value: Any) -> str:
    """The name of a host, in small letters, or an empty text."""
    host = parse_text(value).lower()
    if host and not _HOST.fullmatch(host):
        raise TypeError('the name of a host such as "runs.example.org"')
    return host


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


def parse_robots(value: Any) -> str:
    """One of ROBOTS."""
    if value not in ROBOTS:
        raise TypeError(f"one of {', '.join(ROBOTS)}")
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


@frozen
class GateRule:
    """A metric of new runs that may not be worse than another run's by more than an amount."""

    metric: str  # a name, or a pattern with `*`, `?` and `[...]`
    worse_by: float  # 0 or more: the most that is let through
    is_percent: bool  # of the value that it is compared with
    than: str = "base"  # one of GATE_SIDES
    experiment: str = ""  # a name or pattern; "" = each that has the metric

    @property
    def allowed(self) -> str:
        """The amount in words, as `2 %` or `0.05`."""
        return f"{self.worse_by:g}{' %' if self.is_percent else ''}"


def parse_gate(value: Any) -> tuple[GateRule, ...]:
    """A list of tables, each a rule of the gate."""
    if not isinstance(value, list):
        raise TypeError(_A_GATE)
    return tuple(map(_gate_rule, value))


_A_GATE = 'a list of tables such as { metric = "val_loss", worse_by = "2 %", than = "baseline" }'


def _gate_rule(item: Any) -> GateRule:
    if not isinstance(item, dict) or not {"metric", "worse_by"} <= item.keys():
        raise TypeError(f"{_A_GATE}, each with metric and worse_by")
    unknown = sorted(item.keys() - {"metric", "worse_by", "than", "experiment"})
    if unknown:
        raise TypeError(f"{_A_GATE}, without {', '.join(unknown)}")
    than = item.get("than", "base")
    if than not in GATE_SIDES:
        raise TypeError(f"a list of rules of which each has a `than` of {', '.join(GATE_SIDES)}")
    amount, is_percent = _amount(item["worse_by"])
    experiment = parse_text(item.get("experiment", ""))
    return GateRule(parse_text(item["metric"]), amount, is_percent, than, experiment)


def _amount(value: Any) -> tuple[float, bool]:
    """A number, 0 or more, and whether it is percent."""
    number, is_percent = value, False
    if isinstance(value, str):
        text = value.strip()
        is_percent = text.endswith("%")
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            number = -1.0
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or not isfinite(number) or number < 0:
        raise TypeError('a list of rules of which each has a worse_by such as "2 %" or 0.01')
    return float(number), is_percent
