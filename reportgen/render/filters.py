"""How values are spelled on a page. Pure functions; the templates' only arithmetic."""

import json
import re
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from reportgen.render.escaping import escaped_text, has_special
from reportgen.spelling import exact, grouped, number, plural

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (all times are UTC, and are shown without a zone)
NOTHING = "–"


def size(count: int) -> str:
    """Bytes in the largest fitting unit of 1,024: 1.4 MiB."""
    if count < 1024:
        return plural(count, "byte")
    amount = count / 1024
    for unit in ("KiB", "MiB", "GiB"):
        if amount < 999.5:
            return f"{amount:.3g} {unit}"
        amount /= 1024
    return f"{amount:.3g} TiB"


def _moment(millis: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return None


def when(millis: int | None) -> str:
    """A time in UTC to the second: 2026-03-02 09:14:05. Where it is no date, the bare number."""
    if millis is None:
        return NOTHING
    moment = _moment(millis)
    return moment.isoformat(" ", "seconds") if moment else str(millis)


def day_time(millis: int | None) -> str:
    """A time in UTC to the minute, for tables: 2026-03-02 09:14."""
    return when(millis)[:16]


def machine_time(millis: int) -> str:
    """A time for the `datetime` attribute, "" where it is no date."""
    moment = _moment(millis)
    return f"{moment.isoformat('T', 'seconds')}Z" if moment else ""


def duration(start: int | None, end: int | None) -> str:
    """The time between two moments, in the two largest units: 3 min 12 s."""
    if start is None or end is None or end < start:
        return NOTHING
    seconds = (end - start) / 1000
    if seconds < 1:
        return f"{end - start} ms"
    if seconds < 60:
        return f"{(end - start) // 100 / 10:.1f} s"
    whole = int(seconds)
    unit, length, smaller, part = next(row for row in _UNITS if whole >= row[1])
    rest = whole % length // part
    return f"{whole // length} {unit} {rest} {smaller}" if rest else f"{whole // length} {unit}"


_UNITS = (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1))


def url_path(path: str) -> str:
    """A path as a relative link: every byte that a URL gives a meaning to is escaped."""
    return quote(path, safe="/")


def text(value: str) -> str:
    """A text between tags, its quotes as they are, of which JSON is full; not for attributes."""
    return Markup(escaped_text(value)) if has_special(value) else value  # noqa: S704 (escaped)


@lru_cache(maxsize=1024)  # the runs of an experiment mostly have the same charts
def names(keys: tuple[str, ...]) -> Markup:
    """Names as a list in JSON, which may stand in an attribute."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(keys)


def source(told: str) -> str:
    """Where a dataset came from: of JSON with one text, as MLflow writes a URL, that text."""
    if not told.startswith("{"):
        return told
    try:
        values = tuple(json.loads(told).values())
    except (ValueError, RecursionError):
        return told
    return values[0] if len(values) == 1 and isinstance(values[0], str) else told


# What stands between backticks, in texts of ours that go to terminals too.
_TICKED = re.compile("`([^`]+)`")


def ticked(value: str) -> Markup:
    """A text with what stands between backticks as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", escaped_text(value)))  # noqa: S704 (escaped)


FILTERS = {
    "text": text,
    "names": names,
    "source": source,
    "ticked": ticked,
    "number": number,
    "exact": exact,
    "grouped": grouped,
    "plural": plural,
    "size": size,
    "when": when,
    "day_time": day_time,
    "machine_time": machine_time,
}
