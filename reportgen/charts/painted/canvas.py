"""A figure of matplotlib as a sheet of paper: px from the top left corner, one thing upon another.

There are no axes in it: half the time of a chart would go into them, and their layout depends on
the fonts of the machine.
"""

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from reportgen.charts.painted.inks import INKS
from reportgen.charts.painted.texts import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray

    Numbers: TypeAlias = Sequence[float] | NDArray[np.float64]

Anchor: TypeAlias = Literal["left", "center", "right"]


class Canvas:
    """What charts draw on. Inks are names of `inks.INKS`; texts must be cleaned before."""

    def __init__(self, figure: "Figure", width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._figure = figure

    def _put(self, artist: "Artist") -> None:
        from matplotlib.transforms import IdentityTransform

        artist.set_zorder(len(self._figure.get_children()))
        artist.set_transform(IdentityTransform())
        self._figure.add_artist(artist)

    def lines(
        self, xs: "Numbers", ys: "Numbers", ink: str, width: float, *, dashed: bool = False
    ) -> None:
        """A line through points (n,), broken where one is nan."""
        import numpy as np
        from matplotlib.lines import Line2D

        up = self.height - np.asarray(ys, dtype=float)
        line = Line2D(np.asarray(xs, dtype=float), up, color=INKS[ink].light, linewidth=width)
        if dashed:
            line.set_linestyle((0, (4 / width, 3 / width)))  # in units of the width
        line.set_solid_capstyle("round")
        line.set_solid_joinstyle("round")
        line.set_dash_joinstyle("round")
        self._put(line)

    def dots(
        self, xs: "Numbers", ys: "Numbers", ink: str, size: float, *, opacity: float = 1
    ) -> None:
        """Dots of one diameter: lines of no length with round ends, which take the least bytes."""
        import numpy as np
        from matplotlib.lines import Line2D

        up = self.height - np.asarray(ys, dtype=float)
        nothing = np.full(len(up), np.nan)
        double = np.column_stack((xs, xs, nothing)).ravel()
        dots = Line2D(double, np.column_stack((up, up, nothing)).ravel(), linewidth=size)
        dots.set_color(INKS[ink].light)
        dots.set_alpha(None if opacity == 1 else opacity)
        dots.set_solid_capstyle("round")
        self._put(dots)

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
        from matplotlib.patches import FancyBboxPatch

        corner = (x, self.height - y - height)
        style = f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0"
        box = FancyBboxPatch(corner, width, height, style, linewidth=0)
        box.set_facecolor(INKS[ink].light)
        self._put(box)

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
        from matplotlib.text import Text

        text = Text(
            x, self.height - y, words, color=INKS[ink].light, fontproperties=_font(size, bold=bold)
        )
        text.set_horizontalalignment(anchor)
        text.set_verticalalignment("baseline")
        text.set_rotation(turned)
        text.set_rotation_mode("anchor")
        text.set_parse_math(False)
        self._put(text)

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


def _font(size: float, *, bold: bool) -> "FontProperties":
    """The font that comes with matplotlib, by its file: no other of that name is looked for."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FontProperties(
        fname=f"{get_data_path()}/fonts/ttf/{name}", size=size, weight=600 if bold else 400
    )
