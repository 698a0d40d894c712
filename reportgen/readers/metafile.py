"""The YAML records of a store (meta.yaml and its like): bytes in, a flat mapping out.

MLflow writes them as block mappings of sorted keys. Nearly all lines are `key: plain value`,
and a strict splitter reads those ten times as fast as a YAML parser; one line that it does not
fully understand sends the whole file to PyYAML's safe loader, with its nesting and its aliases
bounded, since a store may come from anybody.
"""

from collections.abc import Mapping
from typing import Any

import yaml

MAX_RECORD_BYTES = 1 << 20  # meta.yaml is some 400 bytes; a dataset's record holds a schema
_MAX_DEPTH = 40
_MAX_ALIASES = 100
_MAX_REASON = 200
_MAX_NUMBER = 64  # characters; PyYAML takes quadratic time for `1:1:1...`, str() refuses long ints
_PLAIN_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_")
_DIGITS = frozenset("0123456789")
_PLAIN_REST = _PLAIN_START | frozenset("0123456789.-+=@,;()$%~^: ")
# Words that YAML 1.1 reads as something else than text; compared in lower case.
_YAML_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RecordError(ValueError):
    """A record that cannot be read; `line` counts from 1, None where no line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def parse_record(body: bytes) -> Mapping[str, object]:
    """Read a record. Raises RecordError where it is empty, broken or not a mapping."""
    record = _split_flat(body)
    return record if record is not None else _load_yaml(body)


def _split_flat(body: bytes) -> dict[str, object] | None:
    """The record as a dict where every line is of a form beyond doubt, else None."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.endswith("\n"):
        return None
    record: dict[str, object] = {}
    for line in text[:-1].split("\n"):
        key, colon, raw = line.partition(": ")
        if not colon or key[:1] in _DIGITS or not _is_plain(key):
            return None
        value = _flat_value(raw)
        if value is _DOUBT:
            return None
        record[key] = value
    return record


_DOUBT = object()


def _flat_value(raw: str) -> object:
    """The value of a scalar whose meaning in YAML 1.1 is beyond doubt, else `_DOUBT`."""
    if raw.isdigit() and raw.isascii():
        return int(raw) if raw == "0" or (raw[0] != "0" and len(raw) < 20) else _DOUBT
    if raw == "null":
        return None
    if raw == "[]":
        return []
    if raw == "{}":
        return {}
    if raw[:1] == "'" and raw[-1:] == "'" and len(raw) > 1:
        inner = raw[1:-1]
        return inner if inner.isprintable() and "'" not in inner else _DOUBT
    return raw if _is_plain(raw) else _DOUBT


def _is_plain(raw: str) -> bool:
    """Whether a scalar is text for any YAML 1.1 parser, written without quotes."""
    if raw[:1] in _DIGITS:  # an id: letters rule out a number, but for 0x and 0b
        return raw.isalnum() and raw.isascii() and not raw.isdigit() and raw[1:2] not in "xXbBoO"
    return (
        raw[:1] in _PLAIN_START
        and raw[-1] not in " :"
        and ": " not in raw
        and _PLAIN_REST.issuperset(raw)
        and raw.lower() not in _YAML_WORDS
    )


def _load_yaml(body: bytes) -> Mapping[str, object]:
    if len(body) > MAX_RECORD_BYTES:
        raise RecordError(f"larger than {MAX_RECORD_BYTES} bytes: not a record of MLflow")
    text = body.decode("utf-8-sig", "replace")
    if not text.strip("\0 \t\r\n"):
        raise RecordError("the file is empty")
    try:
        _check_bounds(text)
        record = yaml.load(text, Loader=_RecordLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not valid YAML: {error.problem}"
        line = min(mark.line, text.count("\n")) + 1 if mark else None  # not beyond the last line
        raise RecordError(reason[:_MAX_REASON], line) from error
    except RecordError:
        raise
    except yaml.YAMLError as error:
        raise RecordError(f"not valid YAML: {str(error).splitlines()[0]}") from error
    except (ValueError, LookupError) as error:  # `!!int x`, `!!bool x`
        raise RecordError("not valid YAML: a value is not what its tag says") from error
    if not isinstance(record, dict):
        raise RecordError(f"holds a {type(record).__name__} where a mapping was expected")
    return {str(key): value for key, value in _well_formed(record).items()}


def _well_formed(value: Any) -> Any:
    """The value with lone surrogates replaced: YAML can spell them, nothing else can hold them."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    return value


def _check_bounds(text: str) -> None:
    """Raise for nesting or aliases that no record of MLflow has, before anything is built.

    libyaml composes by recursion, so depth must be known first. Aliases of lists and mappings can
    multiply without end, and can hold themselves, so none of those may have an anchor.
    """
    depth = aliases = 0
    for event in yaml.parse(text, Loader=_SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if event.anchor:
                raise RecordError("has an anchor on a list or mapping: not a record of MLflow")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > _MAX_DEPTH or aliases > _MAX_ALIASES:
            raise RecordError("nested or aliased beyond any record of MLflow")


class _RecordLoader(_SafeLoader):  # type: ignore[misc]
    """The safe loader, less what no record of MLflow holds.

    Dates, binaries and endless numbers stay the text that was written; so do the `!!python/...`
    marks of old Python 2 clients. Sets and pairs are refused.
    """


def _number(loader: Any, node: yaml.Node) -> object:
    if len(node.value) > _MAX_NUMBER:
        return loader.construct_scalar(node)
    read = loader.construct_yaml_int if node.tag.endswith(":int") else loader.construct_yaml_float
    return read(node)


def _python_scalar(loader: Any, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    raise yaml.constructor.ConstructorError(
        None, None, f"the tag {node.tag} is not allowed here", node.start_mark
    )


_TAG = "tag:yaml.org,2002:"
_RecordLoader.add_multi_constructor(f"{_TAG}python/", _python_scalar)
for _kind in ("int", "float"):
    _RecordLoader.add_constructor(_TAG + _kind, _number)
for _kind in ("timestamp", "binary"):
    _RecordLoader.add_constructor(_TAG + _kind, _SafeLoader.construct_yaml_str)
for _kind in ("set", "omap", "pairs"):
    _RecordLoader.add_constructor(_TAG + _kind, _SafeLoader.construct_undefined)
