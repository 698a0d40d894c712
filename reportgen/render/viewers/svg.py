"""SVG images: only ever within an `img`, where they run nothing and load nothing.

Their files are copied as text, since opened directly they would run as part of the site. So they
are shown from a data address: small ones in the page, larger ones in a frame.
"""

import re
from base64 import b64encode
from functools import lru_cache

from markupsafe import Markup, escape

from reportgen.render.viewers.base import Shown, Source, Unfit
from reportgen.render.viewers.frames import INLINE_SVG, frame_href
from reportgen.render.viewers.imagesize import Size, svg_size

_HEAD = 8192  # bytes; the root element may stand behind comments
_DECLARED = re.compile(r"<\?xml[^>]{0,200}\sencoding\s*=\s*[\"'](?!utf-8)", re.IGNORECASE)
# What would end an attribute, or means something in an address. The per cent sign goes first.
_IN_ADDRESS = [(mark, f"%{ord(mark):02X}") for mark in "%#\"'<>&\n\t\r"]
_TALLEST = 600  # pixels of a frame
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = (
    "html,body{margin:0;height:100%;background:#fff;color-scheme:light}"
    "img{display:block;width:100%;height:100%;object-fit:contain}"
)


def svg_picture(source: Source) -> tuple[str, Size]:
    """The data address and the size of an SVG image that the page itself can hold.

    Raises Unfit for a larger one, and for what is no SVG.
    """
    body, whole = source.head(INLINE_SVG)
    if not whole:
        _size_of(body)  # of what is no SVG, that is told
        raise Unfit("an SVG image too large to be shown here")
    return _small(body)


# A run's page and its data for comparisons show the same images.
@lru_cache(maxsize=8)
def _small(body: bytes) -> tuple[str, Size]:
    size = _size_of(body)
    return svg_address(body), size


def _size_of(body: bytes) -> Size:
    size = svg_size(body[:_HEAD].decode("utf-8", "replace"))
    if size is None:
        raise Unfit("not an SVG image, whatever its name says")
    return size


def svg_address(body: bytes) -> str:
    """An SVG image as a data address that may stand in an attribute."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text or _DECLARED.match(text):
        return f"data:image/svg+xml;base64,{b64encode(body).decode()}"
    for mark, spelling in _IN_ADDRESS:
        text = text.replace(mark, spelling)
    return f"data:image/svg+xml,{text}"


def show_framed(source: Source) -> Shown | None:
    """The frame of a large SVG image; None for all else."""
    frame = frame_href(source.path, source.size, source.href)
    if source.ending != "svg" or not frame:
        return None
    width, height = _size_of(source.head(_HEAD)[0])
    height = min(height or _TALLEST, _TALLEST)
    html = Markup(
        '<div class="v-image"><iframe sandbox loading="lazy" src="{}" title="{}" width="{}"'
        ' height="{}"></iframe></div><p class="v-more"><a href="{}">open alone</a></p>'
    )
    return Shown(html.format(frame, source.name, width or "100%", height, frame), "image")


def svg_page(title: str, body: bytes) -> bytes:
    """The page to stand in the frame: the image, as large as it fits."""
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f'<body><img src="{svg_address(body)}" alt="{escape(title)}"></body></html>\n'
    )
    return page.encode("utf-8", "replace")
