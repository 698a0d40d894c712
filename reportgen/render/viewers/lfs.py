"""Pointers of Git LFS: what a checkout without the large files has in their place."""

import re

from reportgen.render.filters import size
from reportgen.render.viewers.base import Shown, Source, card

_MOST = 1024  # bytes, by the specification of Git LFS
_START = b"version https://git-lfs.github.com/spec/"
_FIELDS = re.compile(rb"^oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,18})$", re.MULTILINE)


def show(source: Source) -> Shown | None:
    """Says where the file is, for a pointer under any name."""
    if source.size > _MOST:
        return None
    body, whole = source.head(_MOST)
    found = _FIELDS.search(body) if whole and body.startswith(_START) else None
    if found is None:
        return None
    said = f"kept in Git LFS, {size(int(found[2]))}, not in this checkout"
    lines = (said, f"oid sha256:{found[1].decode()}")
    return Shown(card(source.name, lines, source.href, "pointer"), "file")
