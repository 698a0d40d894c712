"""Images: shown by the browser, scaled to the page, with a link to the file."""

from markupsafe import Markup

from reportgen.render.escaping import escaped
from reportgen.render.viewers.base import Shown, Source, Unfit
from reportgen.render.viewers.imagesize import UNKNOWN, image_size
from reportgen.render.viewers.svg import show_framed, svg_picture
from reportgen.values import frozen

_BITMAPS = {"png", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp"}
_HEAD = 1024
_JPEG_HEAD = 256 << 10  # a preview and a colour profile may stand before the size


def is_bitmap(path: str) -> bool:
    """Whether a file is, by its name, an image that a browser shows wherever it stands."""
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    return bool(stem) and ending.lower() in _BITMAPS


@frozen
class Picture:
    """An image as a page shows it: where from, where its link leads, and its size in pixels.

    Sides are 0 where the size is not known. `href` is the file, "" where it shows the image
    as text only.
    """

    path: str
    src: str
    href: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]


def picture_of(source: Source) -> Picture | None:
    """The picture for an image that was copied, None for other artifacts.

    Raises Unfit where the content is no image, or cannot stand in the page.
    """
    if source.ending == "svg":
        src, sides = svg_picture(source)
        return Picture(source.path, src, "", *sides)
    if source.ending not in _BITMAPS:
        return None
    if not source.href:
        raise Unfit("an image, not copied")
    size = image_size(source.head(_HEAD)[0])
    if size == UNKNOWN:
        size = image_size(source.head(_JPEG_HEAD)[0])
    if size is None:
        raise Unfit("not an image, whatever its name says")
    return Picture(source.path, source.href, source.href, *size)


def show(source: Source) -> Shown | None:
    """The image, linked to its file."""
    framed = show_framed(source)
    if framed is not None:
        return framed
    picture = picture_of(source)
    if picture is None:
        return None
    note = f"{picture.width} × {picture.height} pixels" if picture.href and picture.width else ""
    return Shown(
        Markup('<div class="v-image">{}</div>').format(picture_html(picture)), "image", note
    )


def picture_html(picture: Picture, thumbnail: str = "") -> Markup:
    """The element, in a link to the file; what is known of its size keeps the page from jumping.

    With a `thumbnail`, that is shown and the picture itself is what the link leads to.
    """
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    src, alt = escaped(thumbnail or picture.src), escaped(picture.name)
    image = f'<img src="{src}" alt="{alt}"{size} loading="lazy" decoding="async">'
    if picture.href:
        image = f'<a href="{escaped(picture.href)}">{image}</a>'
    return Markup(image)  # noqa: S704 (every text in it was escaped)
