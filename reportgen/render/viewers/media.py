"""Sound, film and PDF: shown by the browser, where it may."""

import re
from itertools import islice

from markupsafe import Markup

from reportgen.render.filters import size
from reportgen.render.viewers.base import Shown, Source, Unfit, card
from reportgen.spelling import plural

_AUDIO = {"wav", "mp3", "ogg", "oga", "opus", "flac", "m4a", "aac"}
_VIDEO = {"mp4", "webm", "ogv", "m4v", "mov"}
_LOOKED_AT = 1 << 20  # bytes of a PDF
# `/Linearized` files say N on their first page; others in the root of the tree of pages, which
# the newest ones compress, and then it is not looked for.
_LINEAR = re.compile(rb"/Linearized\b[^>]{0,300}?/N (\d{1,6})\b")
_PAGES = re.compile(rb"/Type\s{0,9}/Pages\b")
_COUNT = re.compile(rb"/Count (\d{1,6})\b")


def show_media(source: Source) -> Shown | None:
    """A player, which loads nothing before it is used."""
    kind = "audio" if source.ending in _AUDIO else "video" if source.ending in _VIDEO else ""
    if not kind:
        return None
    if not source.href:
        raise Unfit(f"{kind}, not copied")
    html = Markup('<{0} class="v-play" controls preload="none" src="{1}" title="{2}"></{0}>')
    return Shown(html.format(kind, source.href, source.name), kind)


def show_pdf(source: Source) -> Shown | None:
    """A card with size and pages: the policy of the pages lets no plug-in in."""
    if source.ending != "pdf":
        return None
    body, whole = source.head(_LOOKED_AT)
    if b"%PDF-" not in body[:1024]:
        raise Unfit("not a PDF, whatever its name says")
    pages = _pages(body, whole=whole)
    said = f"a PDF, {size(source.size)}" + (f", {plural(pages, 'page')}" if pages else "")
    return Shown(card(source.name, (said,), source.href, "open"), "file")


def _pages(body: bytes, *, whole: bool) -> int:
    """The number of pages, 0 where it is not easily known."""
    linear = _LINEAR.search(body[:1024])
    if linear:
        return int(linear[1])
    if not whole:
        return 0
    near = (body[max(at.start() - 500, 0) : at.end() + 500] for at in _PAGES.finditer(body))
    counts = (int(count[1]) for text in islice(near, 100) for count in _COUNT.finditer(text))
    return max(counts, default=0)
