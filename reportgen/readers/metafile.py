"""The YAML records of a store (meta.yaml and its like): bytes in, a flat mapping out.

MLflow writes them as block mappings of sorted keys. Nearly all lines are `key: plain value`,
and a strict splitter reads those ten times as fast as a YAML parser; one line that it does not
fully understand sends the whole file to that parser, which is loaded only then.
"""

from collections.abc import Mapping
from functools import lru_cache

MAX_RECORD_BYTES = 1 << 20  # meta.yaml is some 400 bytes; a dataset's record holds a schema
_PLAIN_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_")
_USUAL_LINE = 80  # characters; what is kept of lines must stay small
_DIGITS = frozenset("0123456789")
_PLAIN_REST = _PLAIN_START | frozenset("0123456789.-+=@,;()$%~^: ")
# Words that YAML 1.1 reads as something else than text; compared in lower case.
_YAML_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))


class RecordError(ValueError):
    """A record that cannot be read; `line` counts from 1, None where no line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def parse_record(body: bytes) -> Mapping[str, object]:
    """Read a record. Raises RecordError where it is empty, broken or not a mapping."""
    record = _split_flat(body)
    if record is not None:
        return record
    from reportgen.readers.yamlfile import load_yaml  # takes as long as reading a small store

    return load_yaml(body)


def _split_flat(body: bytes) -> dict[str, object] | None:
    """The record as a dict where every line is of a form beyond doubt, else None."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.endswith("\n"):
        return None
    try:
        return dict(map(_flat_line, text[:-1].split("\n")))
    except _Doubt:
        return None


class _Doubt(Exception):
    """A line that may mean something else to a YAML parser."""


def _flat_line(line: str) -> tuple[str, object]:
    """Key and value of a line. Raises _Doubt."""
    if len(line) <= _USUAL_LINE:
        return _usual_line(line)
    return _split_line(line)


def _split_line(line: str) -> tuple[str, object]:
    key, colon, raw = line.partition(": ")
    if not colon or key[:1] in _DIGITS or not _is_plain(key):
        raise _Doubt
    return key, _flat_value(raw)


# Two thirds of the lines of a run's record stand in the record of the run before, too.
_usual_line = lru_cache(maxsize=256)(_split_line)


def _flat_value(raw: str) -> object:
    """The value of a scalar whose meaning in YAML 1.1 is beyond doubt. Raises _Doubt."""
    if raw.isdigit() and raw.isascii():
        if raw != "0" and (raw[0] == "0" or len(raw) >= 20):
            raise _Doubt
        return int(raw)
    if raw == "null":
        return None
    if raw == "[]":
        return []
    if raw == "{}":
        return {}
    if raw[:1] == "'" and raw[-1:] == "'" and len(raw) > 1:
        inner = raw[1:-1]
        if not inner.isprintable() or "'" in inner:
            raise _Doubt
        return inner
    if not _is_plain(raw):
        raise _Doubt
    return raw


def _is_plain(raw: str) -> bool:
    """Whether a scalar is text for any YAML 1.1 parser, written without quotes."""
    if raw[:1] in _DIGITS:  # an id: letters rule out a number, but for 0x and 0b
        is_number = raw.isdigit() or (raw[0] == "0" and raw[1:2] in "xXbBoO")
        return raw.isalnum() and raw.isascii() and not is_number
    return (
        raw[:1] in _PLAIN_START
        and raw[-1] not in " :"
        and ": " not in raw
        and (_PLAIN_REST.issuperset(raw) or all(map(_is_letter_or_safe, raw)))
        and raw.lower() not in _YAML_WORDS
    )


def _is_letter_or_safe(char: str) -> bool:
    return char in _PLAIN_REST or (char.isalpha() and not char.isascii())
