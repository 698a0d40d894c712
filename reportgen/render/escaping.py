"""Texts for HTML by the thousand, for which `markupsafe.escape` makes an object of each."""

import re
from collections.abc import Iterable, Sequence

has_special = re.compile("[&<>'\"]").search


def escaped(text: str) -> str:
    """A text for elements and attributes: as `markupsafe.escape` has it, but a plain str."""
    if has_special(text) is None:
        return text
    return escaped_text(text).replace("'", "&#39;").replace('"', "&#34;")


def escaped_text(text: str) -> str:
    """A text for elements alone: its quotes stay as they are, of which JSON and code are full."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_texts(texts: Sequence[str]) -> Iterable[str]:
    """As `escaped_text`; most have nothing to escape, which one look at all of them tells."""
    joined = "".join(texts)
    has_marks = "<" in joined or ">" in joined or "&" in joined
    return map(escaped_text, texts) if has_marks else texts
