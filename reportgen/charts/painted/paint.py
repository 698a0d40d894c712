"""Drawings of matplotlib as bytes: the same in every process, and for light and dark pages.

Everything is drawn in the light colour of an ink. The SVG keeps it as an attribute, so any viewer
shows the light drawing, and gets one style block that swaps the inks where dark is preferred; in
an `<img>` that is what the page prefers. Nothing of the user's matplotlib settings is used, and
nothing of them is left changed. Settings are global in matplotlib, so draw in one thread only.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from reportgen.charts.painted.canvas import Canvas
from reportgen.charts.painted.inks import INKS, NAME_OF_LIGHT
from reportgen.values import frozen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FONTS = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_SVG = "{http://www.w3.org/2000/svg}"
_UNTURNED = re.compile(r"rotate\(-?0 ")
_KEPT = (
    *("stroke-width", "stroke-linecap", "stroke-dasharray", "stroke-opacity"),
    *("fill-opacity", "opacity", "font-size", "font-weight", "text-anchor"),
)

_DESCRIBED = ("Creator", "Date", "Format", "Type")  # what matplotlib tells of a file of its own

# What renderers look up of the settings of matplotlib: its own defaults, with some of ours. Text
# stays text and is never a formula, points stay as they were computed.
_LOOKED_UP = ("agg.", "font.", "path.", "svg.", "text.")
_SETTINGS = {
    "path.simplify": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "reportgen",
    "text.parse_math": False,
    "text.usetex": False,
}


@frozen
class Drawing:
    """A finished chart, with all that a page needs to show it."""

    body: bytes  # a whole SVG or PNG file
    width: int  # px
    height: int  # px
    alt: str  # what it shows, as a sentence; not escaped
    note: str  # the caption that is drawn in it too: direction, what was left out; not escaped


def svg(width: int, height: int, draw: Callable[[Canvas], None], alt: str) -> bytes:
    """What `draw` puts on a canvas of this size in px, as an SVG file titled by `alt`."""
    from matplotlib.backends.backend_svg import RendererSVG

    raw = StringIO()
    with _own_settings():
        renderer: Any = RendererSVG(width, height, raw, metadata=dict.fromkeys(_DESCRIBED))  # type: ignore[no-untyped-call]
        draw(Canvas(renderer, width, height))
        renderer.finalize()
    return _rewritten(raw.getvalue(), width, height, alt)


def png(width: int, height: int, draw: Callable[[Canvas], None]) -> bytes:
    """What `draw` puts on a canvas of this size in px, as a PNG file in the light colours."""
    from matplotlib.backends.backend_agg import RendererAgg
    from PIL.Image import frombuffer

    with _own_settings():
        renderer: Any = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]
        canvas = Canvas(renderer, width, height)
        canvas.box(0, 0, width, height, "page")
        draw(canvas)
    image = frombuffer("RGBA", (width, height), renderer.buffer_rgba(), "raw", "RGBA", 0, 1)
    raw = BytesIO()
    image.convert("RGB").save(raw, "png")  # all of it is opaque
    return raw.getvalue()


@contextmanager
def _own_settings() -> Iterator[None]:
    """Matplotlib with its own defaults and ours; what fonts lack is no reason to warn."""
    import matplotlib

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=matplotlib.MatplotlibDeprecationWarning)
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        warnings.filterwarnings("ignore", "Matplotlib currently does not support", UserWarning)
        defaults = matplotlib.rcParamsDefault.items()
        settings: dict[Any, Any] = {k: v for k, v in defaults if k.startswith(_LOOKED_UP)}
        settings.update(_SETTINGS)
        with matplotlib.rc_context(settings):
            yield


def _rewritten(raw: str, width: int, height: int, alt: str) -> bytes:
    """The paths and texts of an SVG of matplotlib, with attributes and classes for styles."""
    from xml.etree.ElementTree import fromstring

    root = fromstring(raw)  # noqa: S314 (written by matplotlib a moment ago)
    used: set[str] = set()
    shapes: list[str] = []
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG)
        if tag == "path":
            shapes.append(f'<path{_attributes(element, used)} d="{_path(element)}"/>')
        elif tag == "text":
            words = escape(element.text or "", quote=False)
            shapes.append(f"<text{_attributes(element, used)}>{words}</text>")
        elif tag not in {"svg", "g", "defs", "style"}:
            raise ValueError(f"cannot keep <{tag}> in a chart")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONTS}" role="img">'
    )
    title = f"<title>{escape(alt, quote=False)}</title>"
    style = f"<style>{_style(used)}</style>"
    return "\n".join([head, title, style, *shapes, "</svg>\n"]).encode()


def _attributes(element: "Element", used: set[str]) -> str:
    """The attributes of a shape; adds the classes of its inks to those used."""
    styles = dict(part.split(": ", 1) for part in element.get("style", "").split("; "))
    pairs = [(str(name), element.get(name, "")) for name in ("x", "y") if name in element.attrib]
    turn = element.get("transform", "")
    if turn and not _UNTURNED.match(turn):
        pairs.append(("transform", turn))
    classes = []
    for name in ("fill", "stroke"):
        colour = styles.get(name, "")
        if colour:
            pairs.append((name, colour))
        if colour.startswith("#"):
            classes.append(f"{name}-{NAME_OF_LIGHT[colour]}")
    if classes:
        used.update(classes)
        pairs.append(("class", " ".join(classes)))
    pairs += [(name, styles[name]) for name in _KEPT if name in styles]
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs)


def _path(element: "Element") -> str:
    """The path data without the spaces and letters that SVG does not need."""
    data = " ".join(element.get("d", "").split())
    if "C" not in data and "Q" not in data:
        data = data.replace(" L ", " ")  # after a move, pairs are lines anyway
    return data.replace(" M ", "M").replace("M ", "M")


def _style(used: set[str]) -> str:
    rules = []
    for name in sorted(used):
        paint, _, ink = name.partition("-")
        rules.append(f".{name}{{{paint}:{INKS[ink].dark}}}")
    dark = f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"
    return f"text{{font-variant-numeric:tabular-nums}}{dark}"
