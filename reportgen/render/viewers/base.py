"""What viewers share: an artifact to look at, what is shown of it, and the words for its parts."""

import re
from collections.abc import Callable

from markupsafe import Markup

from reportgen.render.escaping import escaped
from reportgen.values import frozen

# What HTML cannot hold or shows as nothing, beside tabs and line ends.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Unfit(Exception):
    """The content is not what the name says, or too much of it: the next viewer is asked."""


@frozen
class Shown:
    """An artifact as a fragment of a page.

    `kind` is image, table, tree, text, markdown, page, notebook, audio, video or file;
    `note` says what was left out, "" where all is shown.
    """

    html: Markup
    kind: str
    note: str = ""


class Source:
    """An artifact: its names, and as many of its first bytes as a viewer asks for.

    `href` is the relative link of the copied file, "" where it was not copied. What was read
    once is kept, as more than one viewer may look at it.
    """

    __slots__ = ("_body", "_read", "_whole", "ending", "href", "name", "path", "size")

    def __init__(self, path: str, size: int, read: Callable[[int], bytes], href: str) -> None:
        self.path = path
        self.size = size
        self.href = href
        self.name = path.rpartition("/")[2]
        stem, _, ending = self.name.rpartition(".")
        self.ending = ending.lower() if stem else ""
        self._read = read
        self._body = b""
        self._whole = False

    def head(self, limit: int) -> tuple[bytes, bool]:
        """At most `limit` bytes from the start, and whether they are all of the file.

        The size in a listing may be that of a moment ago, so one byte more is asked for.
        """
        if not self._whole and len(self._body) <= limit:
            self._body = self._read(limit + 1)
            self._whole = len(self._body) <= limit
        return self._body[:limit], self._whole and len(self._body) <= limit

    def whole(self, limit: int, what: str) -> bytes:
        """All bytes. Raises Unfit where there are more than `limit`."""
        body, whole = self.head(limit)
        if not whole:
            raise Unfit(f"too large to be shown as {what}")
        return body


def clean(text: str) -> str:
    """A text with control characters made visible: ␛ for an escape, � where there is no sign."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSHOWN.sub(_picture, text) if _UNSHOWN.search(text) else text


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"


def region(name: str, kind: str, inner: str) -> Markup:
    """A box that scrolls by itself, also by keyboard, with the artifact's name as its label."""
    label = escaped(name)
    return Markup(  # noqa: S704 (the callers escape what stands in it)
        f'<div class="v-box v-{kind}" tabindex="0" role="region" aria-label="{label}">{inner}</div>'
    )


def card(name: str, lines: tuple[str, ...], href: str = "", act: str = "download") -> Markup:
    """A box that names a file and says what it is, with a link where there is one."""
    link = Markup('<a href="{}">{}</a>').format(href, act) if href else ""
    said = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<div class="v-card"><b>{}</b>{}{}</div>').format(name, said, link)


def joined(*parts: str) -> str:
    """Remarks as one note; empty ones are left out."""
    return "; ".join(part for part in parts if part)
