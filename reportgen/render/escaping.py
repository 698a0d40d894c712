"""Texts for HTML by the thousand, for which `markupsafe.escape` makes an object of each."""

import re

_SPECIAL = re.compile("[&<>'\"]").search


def escaped(text: str) -> str:
    """A text for elements and attributes: as `markupsafe.escape` has it, but a plain str."""
    if _SPECIAL(text) is None:
        return text
    less = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return less.replace("'", "&#39;").replace('"', "&#34;")
