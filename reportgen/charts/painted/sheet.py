"""A renderer of matplotlib for SVG files that follow light and dark: a line for each shape.

That of matplotlib writes styles and groups of its own, which would have to be read and written
again. Everything is drawn in the light colour of an ink. The file keeps it as an attribute, so any
viewer shows the light drawing, and gets one style block that swaps the inks where dark is
preferred.
"""

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.font_manager import weight_dict

from reportgen.charts.painted.inks import INKS, NAME_OF_LIGHT

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.text import Text
    from matplotlib.transforms import Transform

FONTS = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}


class Sheet(RendererBase):
    """Lines and texts as SVG; whatever else charts may draw is refused."""

    def __init__(self, width: int, height: int) -> None:
        """A sheet of this size in px."""
        super().__init__()
        self._size = width, height
        self._shapes: list[str] = []
        self._used: set[str] = set()

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: "Path",
        transform: "Transform",
        rgbFace: Any = None,  # noqa: N803 (its name in matplotlib)
    ) -> None:
        """As matplotlib has it, for lines that are not filled, broken where a point is nan."""
        if rgbFace is not None or path.codes is not None:
            raise ValueError("cannot keep more than lines in a chart")
        dashes: Any = gc.get_dashes()[1]
        width, ink = gc.get_linewidth(), gc.get_rgb()
        attributes = ['fill="none"', self._painted("stroke", ink)]
        if width != 1:
            attributes.append(f'stroke-width="{_spelled(width)}"')
        if gc.get_capstyle() != "butt":
            attributes.append(f'stroke-linecap="{gc.get_capstyle()}"')
        if dashes is not None:
            attributes.append(f'stroke-dasharray="{",".join(map(_spelled, dashes))}"')
        if len(ink) > 3 and ink[3] != 1:
            attributes.append(f'stroke-opacity="{_spelled(ink[3])}"')
        data = self._data(transform.transform(path.vertices))
        self._shapes.append(f'<path {" ".join(attributes)} d="{data}"/>')

    def draw_text(  # noqa: PLR0913, PLR0917 (as matplotlib has it)
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: "FontProperties",
        angle: float,
        ismath: Any = False,
        mtext: "Text | None" = None,
    ) -> None:
        """As matplotlib has it, for texts that tell their anchor: then x and y are not needed."""
        assert mtext is not None
        left, up = mtext.get_position()
        place = _spelled(left), _spelled(self._size[1] - up)
        attributes = [f'x="{place[0]}" y="{place[1]}"']
        if angle:
            attributes.append(f'transform="rotate({_spelled(-angle)} {" ".join(place)})"')
        attributes.append(self._painted("fill", gc.get_rgb()))
        attributes.append(f'font-size="{_spelled(prop.get_size_in_points())}px"')
        weight = weight_dict[str(prop.get_weight())]  # browsers know no more than two by name
        if weight != 400:
            attributes.append(f'font-weight="{weight}"')
        attributes.append(f'text-anchor="{_ANCHORS[mtext.get_horizontalalignment()]}"')
        self._shapes.append(f"<text {' '.join(attributes)}>{escape(s, quote=False)}</text>")

    def _painted(self, what: str, rgb: Any) -> str:
        """The attributes of a colour; the class of its ink is noted."""
        colour = to_hex(rgb)
        name = f"{what}-{NAME_OF_LIGHT[colour]}"
        self._used.add(name)
        return f'{what}="{colour}" class="{name}"'

    def _data(self, points: Any) -> str:
        """The path through points (n, 2), which matplotlib counts from the lower left."""
        down = np.round(self._size[1] - points[:, 1], 6)  # as it was before it was turned around
        places = np.column_stack((points[:, 0], down))
        places[~np.isfinite(places).all(axis=1)] = np.inf
        text = " ".join([*map(_spelled, places.ravel().tolist()), ""])
        return "".join([f"M{line[:-1]}" for line in text.split("inf inf ") if line])

    def file(self, alt: str) -> bytes:
        """All that was drawn as a whole file, titled by `alt`."""
        width, height = self._size
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{FONTS}" role="img">'
        )
        title = f"<title>{escape(alt, quote=False)}</title>"
        style = f"<style>{_style(self._used)}</style>"
        return "\n".join([head, title, style, *self._shapes, "</svg>\n"]).encode()


@lru_cache(maxsize=8192)  # places are tenths of px, and a chart has a few thousand
def _spelled(number: float) -> str:
    """A number of px without needless digits, and 0 without a sign: the cache knows one of them."""
    return f"{number + 0.0:f}".rstrip("0").rstrip(".")


def _style(used: set[str]) -> str:
    rules = []
    for name in sorted(used):
        paint, _, ink = name.partition("-")
        rules.append(f".{name}{{{paint}:{INKS[ink].dark}}}")
    dark = f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"
    return f"text{{font-variant-numeric:tabular-nums}}{dark}"
