"""A renderer of matplotlib as a sheet of paper: px from the top left, one thing upon another.

There are no axes and no artists: most of the time of a chart would go into them, and the layout of
axes depends on the fonts of the machine.
"""

from functools import lru_cache, partial
from math import cos, radians, sin
from typing import TYPE_CHECKING, Literal, TypeAlias

from reportgen.charts.painted.inks import INKS
from reportgen.charts.painted.texts import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.backend_bases import GraphicsContextBase, RendererBase
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray

    Numbers: TypeAlias = Sequence[float] | NDArray[np.float64]

Anchor: TypeAlias = Literal["left", "center", "right"]
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}  # the part of a text before its anchor


class Canvas:
    """What charts draw on. Inks are names of `inks.INKS`; texts must be cleaned before."""

    def __init__(self, renderer: "RendererBase", width: int, height: int) -> None:
        """A canvas of a renderer whose points are px."""
        from matplotlib.text import Text

        self.width = width
        self.height = height
        self._renderer = renderer
        self._anchored = Text(rotation_mode="anchor")  # tells a renderer where a text is anchored

    def _stroke(self, xs: "Numbers", ys: "Numbers", pen: "GraphicsContextBase") -> None:
        import numpy as np
        from matplotlib.path import Path
        from matplotlib.transforms import IdentityTransform

        if not len(xs):
            return
        path = Path(np.column_stack((xs, self.height - np.asarray(ys, dtype=float))))
        self._renderer.draw_path(pen, path, IdentityTransform())

    def _pen(self, ink: str, width: float, opacity: float = 1) -> "GraphicsContextBase":
        from matplotlib.colors import to_rgba

        pen = self._renderer.new_gc()
        pen.set_foreground(to_rgba(INKS[ink].light, opacity), isRGBA=True)
        pen.set_linewidth(width)
        pen.set_capstyle("round")
        pen.set_joinstyle("round")
        return pen

    def lines(
        self, xs: "Numbers", ys: "Numbers", ink: str, width: float, *, dashed: bool = False
    ) -> None:
        """A line through points (n,), broken where one is nan."""
        pen = self._pen(ink, width)
        if dashed:
            pen.set_dashes(0, (4, 3))
            pen.set_capstyle("butt")
        self._stroke(xs, ys, pen)

    def dots(
        self, xs: "Numbers", ys: "Numbers", ink: str, size: float, *, opacity: float = 1
    ) -> None:
        """Dots of one diameter: lines of no length with round ends, which take the least bytes."""
        import numpy as np

        nothing = np.full(len(xs), np.nan)
        across = np.column_stack((xs, xs, nothing)).ravel()
        down = np.column_stack((ys, ys, nothing)).ravel()
        self._stroke(across, down, self._pen(ink, size, opacity))

    def crosses(self, xs: "Numbers", ys: "Numbers", ink: str, size: float) -> None:
        """Crosses of one width."""
        import numpy as np

        x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        half, nothing = size / 2, np.full(len(x), np.nan)
        across = np.column_stack((x - half, x + half, nothing, x - half, x + half, nothing))
        down = np.column_stack((y - half, y + half, nothing, y + half, y - half, nothing))
        self.lines(across.ravel(), down.ravel(), ink, 1.5)

    def carets(self, xs: "Numbers", ys: "Numbers", ink: str, *, up: bool) -> None:
        """Tips of arrows, for what lies beyond the plot."""
        import numpy as np

        x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        tail = y + (4 if up else -4)
        nothing = np.full(len(x), np.nan)
        across = np.column_stack((x - 4, x, x + 4, nothing)).ravel()
        self.lines(across, np.column_stack((tail, y, tail, nothing)).ravel(), ink, 1.5)

    def box(
        self, x: float, y: float, width: float, height: float, ink: str, *, radius: float = 0
    ) -> None:
        """A filled rectangle, with round corners of a radius."""
        from matplotlib.patches import BoxStyle
        from matplotlib.transforms import IdentityTransform

        shape = BoxStyle.Round(0, radius) if radius else BoxStyle.Square(0)
        path = shape(x, self.height - y - height, width, height, 1)
        pen = self._pen(ink, 0)
        self._renderer.draw_path(pen, path, IdentityTransform(), pen.get_rgb())

    def text(  # noqa: PLR0913
        self,
        x: float,
        y: float,
        words: str,
        ink: str = "text",
        *,
        size: float = 11,
        bold: bool = False,
        anchor: Anchor = "left",
        turned: float = 0,
    ) -> None:
        """One line of text with its baseline at y; `turned` in degrees against the clock."""
        self._anchored.set_position((x, self.height - y))
        self._anchored.set_horizontalalignment(anchor)
        font = _font(size, bold=bold)
        if anchor != "left":  # renderers are told where a text starts
            before = _BEFORE[anchor] * width_of(words, size, bold=bold)
            x -= before * cos(radians(turned))
            y += before * sin(radians(turned))
        pen = self._pen(ink, 0)
        self._renderer.draw_text(pen, x, y, words, font, turned, False, self._anchored)

    def fitted(self, words: str, room: float, *, size: float = 11, bold: bool = False) -> str:
        """The words, cut with an ellipsis where they are wider than their room in px."""
        return fitted(words, room, partial(width_of, size=size, bold=bold))


@lru_cache(maxsize=4096)  # most texts are looked at several times, until they fit
def width_of(words: str, size: float = 11, *, bold: bool = False) -> float:
    """The width of a text in px, as matplotlib's own font has it: wider than most.

    Letters of the Far East, which it lacks, count as a square.
    """
    from unicodedata import east_asian_width

    from matplotlib.textpath import text_to_path

    squares = "".join("W" if east_asian_width(letter) in "WF" else letter for letter in words)
    return float(
        text_to_path.get_text_width_height_descent(squares, _font(size, bold=bold), False)[0]
    )


@lru_cache
def _font(size: float, *, bold: bool) -> "FontProperties":
    """The font that comes with matplotlib, by its file: no other of that name is looked for."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    file = f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"
    return FontProperties(fname=file, size=size, weight="semibold" if bold else "normal")
