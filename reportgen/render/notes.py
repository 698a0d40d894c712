"""Markdown notes of strangers as HTML that can do no harm."""

import re
from functools import cache

import nh3
from markdown import Markdown
from markupsafe import Markup

_ADDRESSES = ("https://", "http://", "mailto:")
_MAX_LENGTH = 20_000  # characters; MLflow's own limit for a tag is 8,000
_MAX_DEPTH = 50  # of brackets in a paragraph
_BULLET = r"(?:[-+*]|\d+\.)[ \t]+"
_DEEP_LIST = re.compile(rf"^(?:[ \t]{{33,}}{_BULLET}|[ \t]*(?:{_BULLET}){{6}})", re.MULTILINE)
_HEADING = re.compile("<(/?)h([1-5])>")  # as clean HTML has it
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
    any picture that the page would have to fetch. A text that only an attacker would write, with
    brackets or lists nested beyond reason, is shown as it is.
    """
    if not text.strip():
        return Markup()
    if not _is_tame(text):
        return Markup("<pre>{}</pre>").format(text)
    clean = nh3.clean(
        _converter().reset().convert(text),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_kept,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(_HEADING.sub(_one_lower, clean))  # noqa: S704 (cleaned one line above)


def _one_lower(tag: re.Match[str]) -> str:
    """A heading's tag one level down: a page has its own title."""
    return f"<{tag[1]}h{int(tag[2]) + 1}>"


def _is_tame(text: str) -> bool:
    """Whether Markdown can read a text, and in good time.

    Of every bracket it looks for the end, and into lists it goes by recursion.
    """
    if len(text) > _MAX_LENGTH or _DEEP_LIST.search(text):
        return False
    return not any(
        paragraph.count(pair[0]) > _MAX_DEPTH and _depth(paragraph, pair) > _MAX_DEPTH
        for paragraph in text.split("\n\n")
        for pair in ("[]", "()")
    )


def _depth(text: str, pair: str) -> int:
    """How deep brackets are nested in a text; one that is never closed counts on."""
    depth = deepest = 0
    for character in text:
        if character == pair[0]:
            depth += 1
            deepest = max(deepest, depth)
        elif character == pair[1]:
            depth = max(0, depth - 1)
    return deepest


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None: an address must be whole, as a note lies on no page."""
    if (tag, attribute) == ("a", "href") and not value.lower().startswith(_ADDRESSES):
        return None
    return value


def first_line(text: str) -> str:
    """The first line of a note that says something, free of heading marks; for lists."""
    for line in text.splitlines():
        plain = line.strip().lstrip("#").strip()
        if plain and not set(plain) <= set("-=*_| :"):
            return plain if len(plain) <= 160 else f"{plain[:159].rstrip()}…"
    return ""
