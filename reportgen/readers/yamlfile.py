"""Records that need a YAML parser: PyYAML's safe loader, bounded.

Nesting, aliases and numbers are bounded, since a store may come from anybody.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from reportgen.readers.metafile import MAX_RECORD_BYTES, RecordError

_MAX_DEPTH = 40
_MAX_ALIASES = 100
_MAX_REASON = 200
_MAX_NUMBER = 64  # characters; PyYAML takes quadratic time for `1:1:1...`, str() refuses long ints

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(body: bytes) -> Mapping[str, object]:
    """Read a record of any form. Raises RecordError as `parse_record`."""
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
        told = error.problem or ""
        if told.startswith("but "):  # goes on what the context says
            told = f"{error.context}, {told}"
        reason = f"not valid YAML: {told}"
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
