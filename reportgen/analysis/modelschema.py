"""A model's signature: what goes in, what comes out, which parameters it takes.

MLmodel holds `signature: {inputs, outputs, params}`; each is a text of JSON (also, where written by
hand, the list itself), a list of such entries:

    {"type": "double", "name": "aroma", "required": true}                 a column
    {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}
    {"type": "array", "items": {"type": "string"}, "name": "tags"}        nested: array, object, map
    {"name": "k", "type": "long", "default": 5, "shape": null}            a parameter ("dtype": 2.6)

`required` is absent before MLflow 2.10 and was `optional` for some releases. The forms are those
of `mlflow.types.schema`, MLflow 1.9 to 3.18.
"""

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import TypeAlias

from reportgen.spelling import cut
from reportgen.values import frozen

Spec: TypeAlias = Mapping[str, object]  # one entry, as written

_MAX_FIELDS = 500  # shown of one part
_MAX_DEPTH = 8  # of a nested type
_MAX_TEXT = 400  # characters of a type or a default
_MAX_CELLS = 64  # of a tensor that is written out as a placeholder
_WIDE = 40  # properties of an object that are written out as placeholders

_PLACEHOLDERS: Mapping[str, object] = {
    "boolean": True,
    "integer": 1,
    "long": 1,
    "float": 1.5,
    "double": 1.5,
    "string": "text",
    "binary": "dGV4dA==",  # base64, as the server wants it
    "datetime": "2026-01-31T12:00:00",
    "sparkml_vector": [1.5],
}


@frozen
class Field:
    """One row of a signature's table; "" where it says nothing."""

    name: str
    type: str  # "double", "tensor of float64", "array of string"
    need: str  # "required" or "optional"
    shape: str  # "any × 28 × 28"
    default: str  # JSON


@frozen
class Part:
    """The inputs, the outputs or the parameters of a signature."""

    name: str
    fields: tuple[Field, ...]
    more: int  # fields that are not shown
    problem: str  # why it could not be read, or ""


@frozen
class Signature:
    """All that a signature says; parts that it does not have are left out."""

    parts: tuple[Part, ...]
    has_shapes: bool
    has_defaults: bool


def read_signature(value: object) -> Signature | None:
    """The signature of an MLmodel, None where it has none."""
    if not isinstance(value, Mapping):
        return None
    parts = []
    for key, name in (("inputs", "Inputs"), ("outputs", "Outputs"), ("params", "Parameters")):
        specs, problem = read_specs(value.get(key))
        if specs or problem:
            fields = tuple(_field(spec, key) for spec in specs[:_MAX_FIELDS])
            parts.append(Part(name, fields, len(specs) - len(fields), problem))
    rows = [field for part in parts for field in part.fields]
    return (
        Signature(tuple(parts), any(row.shape for row in rows), any(row.default for row in rows))
        if parts
        else None
    )


def read_specs(value: object) -> tuple[Sequence[Spec], str]:
    """The entries of one part of a signature, and why there are none where it is broken."""
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return (), "not valid JSON"
    if value is None or value == "":
        return (), ""
    if not isinstance(value, list):
        return (), "not a list of columns"
    specs = [item for item in value if isinstance(item, Mapping)]
    if len(specs) < len(value):
        return (), "holds something that is not a column"
    return specs, ""


def _field(spec: Spec, part: str) -> Field:
    name = spec.get("name")
    has_default = part == "params" and "default" in spec
    return Field(
        name="" if name is None else short(str(name), _MAX_TEXT),
        type=short(type_text(spec), _MAX_TEXT),
        need=_need(spec, part),
        shape=_shape_text(spec),
        default=short(json_text(spec["default"]), _MAX_TEXT) if has_default else "",
    )


def is_required(spec: Spec) -> bool:
    """Whether an input must be given: so it is, unless the signature says that it need not be."""
    if isinstance(spec.get("required"), bool):
        return bool(spec["required"])
    return spec.get("optional") is not True


def takes_missing(spec: Spec) -> bool:
    """Whether Python's server can read a null in a column of this type as a missing value.

    It refuses null where the type is integer, long or binary, and reads false where it is boolean.
    """
    return spec.get("type") not in ("integer", "long", "binary", "boolean")


def _need(spec: Spec, part: str) -> str:
    if part == "params":
        return "optional" if "default" in spec else ""
    if part == "outputs" and is_required(spec):
        return ""
    return "required" if is_required(spec) else "optional"


def type_text(spec: object, depth: int = 0) -> str:
    """A type in words: `double`, `array of string`, `object {a: string, b?: boolean}`."""
    if depth > _MAX_DEPTH:
        return "…"
    kind = spec.get("type", spec.get("dtype")) if isinstance(spec, Mapping) else spec
    if isinstance(spec, Mapping) and kind in ("tensor", "array", "map", "object"):
        return _nested_text(str(kind), spec, depth)
    if kind == "sparkml_vector":
        return "Spark ML vector"
    return kind if isinstance(kind, str) else "unknown"


def _nested_text(kind: str, spec: Spec, depth: int) -> str:
    if kind == "tensor":
        return f"tensor of {_tensor(spec)[0]}"
    if kind == "array":
        return f"array of {type_text(spec.get('items'), depth + 1)}"
    if kind == "map":
        return f"map from string to {type_text(spec.get('values'), depth + 1)}"
    named = _properties(spec).items()
    inner = [f"{_marked(name, one)}: {type_text(one, depth + 1)}" for name, one in named]
    return "object {" + ", ".join(inner) + "}"


def _marked(name: object, spec: object) -> str:
    is_optional = isinstance(spec, Mapping) and not is_required(spec)
    return f"{name}?" if is_optional else str(name)


def _properties(spec: Spec) -> Mapping[str, object]:
    found = spec.get("properties")
    return found if isinstance(found, Mapping) else {}


def _tensor(spec: Spec) -> tuple[str, list[int]]:
    """Element type and shape of a tensor, -1 where a dimension may be of any length."""
    inner = spec.get("tensor-spec")
    found = inner if isinstance(inner, Mapping) else {}
    shape = found.get("shape")
    sizes = [size if _is_size(size) else -1 for size in shape] if isinstance(shape, list) else []
    return str(found.get("dtype", "unknown")), sizes


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shape_text(spec: Spec) -> str:
    if spec.get("type") == "tensor":
        sizes = _tensor(spec)[1]
        return short(" × ".join("any" if s < 0 else str(s) for s in sizes), _MAX_TEXT) or "single"
    return "list" if isinstance(spec.get("shape"), list) else ""


def placeholder(spec: object, depth: int = 0) -> object:
    """A value of the type, for a request to fill in; None where it would be too large."""
    if not isinstance(spec, Mapping) or depth > _MAX_DEPTH:
        return _PLACEHOLDERS.get(spec, "text") if isinstance(spec, str) else "text"
    kind = spec.get("type", spec.get("dtype"))
    if kind == "tensor":
        return _tensor_placeholder(spec)
    if kind == "array":
        return [placeholder(spec.get("items"), depth + 1)]
    if kind == "map":
        return {"key": placeholder(spec.get("values"), depth + 1)}
    if kind == "object":
        named = list(_properties(spec).items())[:_WIDE]
        return {str(name): placeholder(one, depth + 1) for name, one in named}
    return _PLACEHOLDERS.get(kind, "text") if isinstance(kind, str) else "text"


def _tensor_placeholder(spec: Spec) -> object:
    dtype, sizes = _tensor(spec)
    sizes = [1 if size < 0 else size for size in sizes]
    if prod(sizes) > _MAX_CELLS or len(sizes) > _MAX_DEPTH:
        return None
    if dtype.startswith("bool"):
        value: object = True
    elif dtype.startswith(("int", "uint")):
        value = 1
    else:
        value = 1.5 if dtype.startswith("float") else "text"
    for size in reversed(sizes):
        value = [value] * size
    return value


def json_text(value: object) -> str:
    """A value on one line of JSON, letters as they are."""
    return json.dumps(value, ensure_ascii=False, default=str)


def short(text: str, limit: int) -> str:
    """The text, cut where it is longer than `limit`; lone surrogates become question marks."""
    shown = cut(text, limit)
    return shown if shown.isascii() else shown.encode("utf-8", "replace").decode()
