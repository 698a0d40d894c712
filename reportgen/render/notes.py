"""Markdown notes of strangers as HTML that can do no harm."""

from functools import cache

import nh3
from markdown import Markdown
from markupsafe import Markup

_SCHEMES = {"http", "https", "mailto"}
_EXTENSIONS = ("tables", "fenced_code", "sane_lists")
# `img` stays for its alt text; without a src it asks no other host for anything.
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"alt", "title"}, "th": {"align"}, "td": {"align"}}
_ATTRIBUTES |= {"ol": {"start"}, "code": {"class"}}


@cache
def _converter() -> Markdown:
    return Markdown(extensions=_EXTENSIONS, output_format="html")


def note_html(text: str) -> Markup:
    """A note as HTML: Markdown with tables and fenced code, then cleaned of all that acts.

    No script, style, form, frame, event or address other than http(s) and mailto survives, nor
    any picture that the page would have to fetch.
    """
    if not text.strip():
        return Markup()
    html = _converter().reset().convert(text)
    clean = nh3.clean(
        html,
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 (cleaned one line above)


def first_line(text: str) -> str:
    """The first line of a note that says something, free of heading marks; for lists."""
    for line in text.splitlines():
        plain = line.strip().lstrip("#").strip()
        if plain and not set(plain) <= set("-=*_| :"):
            return plain if len(plain) <= 160 else f"{plain[:159].rstrip()}…"
    return ""
