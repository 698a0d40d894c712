"""Texts for HTML by the thousand, for which `markupsafe.escape` makes an object of each."""

import re

_SPECIAL = re.compile("[&<>'\"]").search


def escaped(text: str) -> str:
    """A text for elements and attributes: as `markupsafe.escape` has it, but a plain str."""
    if _SPECIAL(text) is None:
        return text
    less = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return less.replace("'", "&#39;").replace('"', "&#34;")


def escaped_text(text: str) -> str:
    """A text that stands between elements, where quotes mean nothing and may stay."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text
