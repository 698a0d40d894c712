"""Markdown notes of strangers as HTML that can do no harm."""

import re
from functools import cache

import nh3
from markdown import Markdown
from markdown.extensions.tables import TableExtension
from markupsafe import Markup

_ADDRESSES = ("https://", "http://", "mailto:")
_MAX_LENGTH = 20_000  # characters; MLflow's own limit for a tag is 8,000
_LONGEST_LINE = 160  # characters
_LOOKED_AT = 4 * _LONGEST_LINE  # characters of a paragraph, most of whose marks may go
_BLOCK = re.compile(r"\s*(?:[-+*]\s|[>|#]|\d+[.)]\s|```|~~~)")  # lines that end a paragraph
_MAX_DEPTH = 50  # of brackets in a paragraph
_BULLET = r"(?:[-+*]|\d+\.)[ \t]+"
_DEEP_LIST = re.compile(rf"^(?:[ \t]{{33,}}{_BULLET}|[ \t]*(?:{_BULLET}){{6}})", re.MULTILINE)
_HEADING = re.compile("<(/?)h([1-5])>")  # as clean HTML has it
_PICTURE = re.compile('<img((?: (?:alt|title)="[^"]*")*)>')  # as clean HTML has it
_ALT = re.compile('alt="([^"]*)"')
# Long lines scroll, also by keyboard. No quotes: within an attribute, they would end it.
_WIDE = "<pre tabindex=0>"
# `code`, **strong**, [a link](https://example.org): what is left without the marks.
_INLINE = re.compile(r"`+|\*\*|__|!?\[([^\[\]]*)\]\([^()\s]*\)")
# What the converter takes seconds for when it comes by the thousand: tags that do not end, and
# lines that are only the mark of a list, a quotation or a heading.
_UNENDED = re.compile(r"<[^<>]*(?=<|\Z)")
_BARE_LINE = re.compile(r"^[ \t>*+=#-]+$", re.MULTILINE)
_MOST_ODD = 200  # of both
# `img` stays until it is named by its alt text; without a src it asks no host for anything.
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"alt", "title"}, "th": {"align"}, "td": {"align"}}
_ATTRIBUTES |= {"ol": {"start"}, "code": {"class"}}
# Most texts have none of these, so that what the converter does about them only takes its time:
# patterns that are searched for in each piece of a text, and passes over all of it.
_OPENERS = re.compile(r"[\[<&\\]")
_OPENED = (
    *("reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref"),
    *("autolink", "automail", "html", "entity", "escape"),
)


@cache
def _converter(*, has_openers: bool) -> Markdown:
    # By class: a name would be looked for among all packages that are installed.
    from markdown.extensions.fenced_code import FencedCodeExtension  # loads Pygments
    from markdown.extensions.sane_lists import SaneListExtension

    tables = TableExtension(use_align_attribute=True)  # a style attribute would not survive
    extensions = tables, FencedCodeExtension(), SaneListExtension()
    converter = Markdown(extensions=extensions, output_format="html")
    if not has_openers:
        for name in _OPENED:
            converter.inlinePatterns.deregister(name)
        converter.preprocessors.deregister("html_block")
        converter.parser.blockprocessors.deregister("reference")
        converter.treeprocessors.deregister("unescape")
    return converter


@cache
def _cleaner() -> nh3.Cleaner:
    rel = "noopener noreferrer nofollow"
    return nh3.Cleaner(attributes=_ATTRIBUTES, attribute_filter=_kept, link_rel=rel)


def note_html(text: str) -> Markup:
    """A note as HTML: Markdown with tables and fenced code, then cleaned of all that acts.

    A text that only an attacker would write, with brackets or lists nested beyond reason, is shown
    as it is.
    """
    if not is_tame(text):
        return Markup(f"{_WIDE}{{}}</pre>").format(text)  # noqa: S704 (a tag of ours)
    return converted(text)


def converted(text: str) -> Markup:
    """A tame text as HTML; "" for one that is blank.

    No script, style, form, frame, event or address other than http(s) and mailto survives, nor
    any picture that the page would have to fetch.
    """
    if not text.strip():
        return Markup()
    converter = _converter(has_openers=_OPENERS.search(text) is not None)
    clean = _cleaner().clean(converter.reset().convert(text))
    below = _HEADING.sub(_one_lower, clean).replace("<pre>", _WIDE)
    if "<img" in below:
        below = _PICTURE.sub(_picture_named, below)
    return Markup(below)  # noqa: S704 (cleaned above)


def _one_lower(tag: re.Match[str]) -> str:
    """A heading's tag one level down: a page has its own title."""
    return f"<{tag[1]}h{int(tag[2]) + 1}>"


def _picture_named(tag: re.Match[str]) -> str:
    """A picture that the page does not fetch, in words: browsers would show it as a broken one."""
    alt = _ALT.search(tag[1])
    name = alt[1].strip().replace("<", "&lt;").replace(">", "&gt;") if alt else ""
    return f"<em>(picture: {name})</em>" if name else "<em>(picture)</em>"


def is_tame(text: str) -> bool:
    """Whether Markdown can read a text, and in good time.

    Of every bracket it looks for the end, and into lists it goes by recursion.
    """
    if len(text) > _MAX_LENGTH or _DEEP_LIST.search(text):
        return False
    if len(_UNENDED.findall(text)) + len(_BARE_LINE.findall(text)) > _MOST_ODD:
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


def opening(text: str) -> str:
    """The first paragraph of a note in one short line, for lists; a heading only where all are."""
    heading = ""
    lines: list[str] = []
    for line in text.splitlines():
        plain = line.strip().lstrip("#").strip()
        is_empty = set(_INLINE.sub(r"\1", plain)) <= set("-=*_| :")  # a picture without a text is
        if lines and (is_empty or _BLOCK.match(line) or sum(map(len, lines)) > _LOOKED_AT):
            break
        if not is_empty and line.lstrip().startswith("#"):
            heading = heading or plain
        elif not is_empty:
            lines.append(plain)
    said = _INLINE.sub(r"\1", " ".join(lines) or heading)
    return said if len(said) <= _LONGEST_LINE else f"{said[: _LONGEST_LINE - 1].rstrip()}…"
