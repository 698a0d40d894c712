"""Viewers: an artifact's bytes as a fragment for its run's page.

A viewer is a function from a `Source` to what is shown, None where the artifact is not its kind.
Where the content is not what its name says, a viewer raises `Unfit`, and a later one shows it
with the reason. To add one: a module here, and its line in `VIEWERS`.
"""

from collections.abc import Callable

from markupsafe import Markup

from reportgen.render.viewers import (
    csvfile,
    htmlfile,
    image,
    jsonfile,
    lfs,
    markdownfile,
    media,
    notebook,
    opaque,
    svg,
    text,
    yamltree,
)
from reportgen.render.viewers.base import Shown, Source, Unfit, clean, joined
from reportgen.render.viewers.frames import HTML_ENDINGS, frame_href, frame_name
from reportgen.render.viewers.gallery import Frame, Series, gallery, series_of, strip
from reportgen.render.viewers.htmlfile import sandbox_page
from reportgen.render.viewers.image import Picture, is_bitmap

__all__ = [
    "VIEWERS",
    "Frame",
    "Picture",
    "Series",
    "Shown",
    "frame_href",
    "frame_name",
    "frame_page",
    "gallery",
    "is_bitmap",
    "picture",
    "sandbox_page",
    "series_of",
    "show",
    "strip",
]

fallback = opaque.rest

VIEWERS: tuple[Callable[[Source], Shown | None], ...] = (
    lfs.show,
    image.show,
    csvfile.show,
    jsonfile.show,
    yamltree.show,
    markdownfile.show,
    htmlfile.show,
    notebook.show,
    media.show_media,
    media.show_pdf,
    opaque.show,
    text.show,
    fallback,
)


def show(path: str, size: int, read: Callable[[int], bytes], href: str) -> Shown:
    """What a run's page shows of an artifact: the first viewer that knows it decides.

    `read(limit)` gives at most `limit` bytes from the start of the file, also when it is called
    again. `href` is the relative link of the copied file, "" where it was not copied. No content
    makes this raise; what `read` raises is let through.
    """
    shown, reason = _first(Source(path, size, read, href))
    html = Markup(clean(shown.html))  # noqa: S704 (HTML before, and no sign of HTML is added)
    return Shown(html, shown.kind, clean(joined(reason, shown.note)))


def _first(source: Source) -> tuple[Shown, str]:
    """What the first fitting viewer shows, and why an earlier one did not."""
    reason = ""
    for viewer in VIEWERS:
        try:
            shown = viewer(source)
        except Unfit as unfit:
            # "not a text" says no more of an unknown file than its card does.
            reason = reason or (str(unfit) if viewer is not text.show else "")
        else:
            if shown is not None:
                return shown, reason
    raise AssertionError("the fallback shows every file")


def picture(path: str, size: int, read: Callable[[int], bytes], href: str) -> Picture | None:
    """An image for the gallery; None for what is none, or cannot stand in a page."""
    try:
        return image.picture_of(Source(path, size, read, href))
    except Unfit:
        return None


def frame_page(path: str, body: bytes) -> bytes:
    """The page to be written as `frames/` + `frame_name(…)`, where that is not empty."""
    name = path.rpartition("/")[2]
    is_html = name.rpartition(".")[2].lower() in HTML_ENDINGS
    return sandbox_page(name, body) if is_html else svg.svg_page(name, body)
