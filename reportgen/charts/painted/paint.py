"""Drawings of matplotlib as bytes: the same in every process.

Nothing of the user's matplotlib settings is used, and nothing of them is left changed. Settings
are global in matplotlib, so draw in one thread only.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from reportgen.charts.painted.canvas import Canvas
from reportgen.values import frozen

# What renderers look up of the settings of matplotlib: its own defaults, with some of ours. Text
# stays text and is never a formula, points stay as they were computed.
_LOOKED_UP = ("agg.", "font.", "path.", "text.")
_SETTINGS = {
    "path.simplify": False,
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
    from reportgen.charts.painted.sheet import Sheet

    with _own_settings():
        sheet = Sheet(width, height)
        draw(Canvas(sheet, width, height))
    return sheet.file(alt)


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
