"""Digests of values: what an output depends on, as one short string.

`digest_of` walks tuples, mappings and dataclasses of values, and refuses what it cannot see
through, so that nothing an output depends on is left out quietly. A value that has its own
`digest` attribute stands for itself and is not walked again.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import Any, TypeAlias

Digest: TypeAlias = str
DIGEST_BYTES = 16


def digest_bytes(data: bytes) -> Digest:
    """The digest of bytes: 32 hex digits of BLAKE2b."""
    return blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def digest_of(*values: object) -> Digest:
    """The digest of values; equal values have equal digests in every process and on every day.

    Raises TypeError for a value that could change without its digest changing.
    """
    out: list[str] = []
    for value in values:
        _walk(value, out)
    return digest_bytes("\0".join(out).encode("utf-8", "surrogatepass"))


def _walk(value: Any, out: list[str]) -> None:
    """Append an unambiguous spelling of `value`: a type mark, then lengths before contents."""
    kind = type(value)
    if kind is str:
        out.append(f"s{len(value)}:{value}")
    elif value is None or kind is bool or kind is int or kind is float:
        out.append(f"{kind.__name__[0]}{value!r}")
    elif kind is bytes:
        out.append(f"y{digest_bytes(value)}")
    elif kind is tuple or kind is list or kind is frozenset:
        parts = sorted(value) if kind is frozenset else value
        out.append(f"t{len(parts)}")
        for part in parts:
            _walk(part, out)
    elif isinstance(value, Enum):
        out.append(f"e{value.name}")
    elif isinstance(value, str):  # a Markup is its text
        out.append(f"s{len(value)}:{value}")
    else:
        _walk_object(value, out)


def _walk_object(value: Any, out: list[str]) -> None:
    """The rarer half of `_walk`: what carries its own digest, mappings and dataclasses."""
    digest = getattr(value, "digest", None)
    if isinstance(digest, str) and digest:
        out.append(f"d{digest}")
    elif isinstance(value, Mapping):
        out.append(f"m{len(value)}")
        for key, part in sorted(value.items()):
            _walk(key, out)
            _walk(part, out)
    else:
        names = _names(value.__class__)
        out.append(f"c{value.__class__.__name__}{len(names)}")
        for name in names:
            _walk(getattr(value, name), out)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass. Raises TypeError for any other kind."""
    if not is_dataclass(kind):
        raise TypeError(f"cannot digest a {kind.__name__}; use a tuple, a str or a class of values")
    return tuple(field.name for field in fields(kind))
