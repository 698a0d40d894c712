"""Pages of ours that hold an artifact which must not stand in a page of the site.

HTML is framed whatever its size, an SVG image where it is too large to be held by the page itself.
They stand in `frames/`, beside `artifacts/`: opened in a tab of their own, they are as safe as
where they are framed.
"""

INLINE_SVG = 48 << 10  # bytes
HTML_ENDINGS = frozenset(("html", "htm", "xhtml"))
FOLDER = "frames"
_COPIES = "artifacts/"


def frame_name(path: str, size: int, name: str) -> str:
    """The frame's name below `frames/` for an artifact copied as `name`; "" where it needs none.

    Names are as distinct as those of the copies, which end in `.txt`.
    """
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    kind = ending.lower() if stem else ""
    if kind in HTML_ENDINGS or (kind == "svg" and size > INLINE_SVG):
        return f"{name.removesuffix('.txt')}.html"
    return ""


def frame_href(path: str, size: int, href: str) -> str:
    """The relative link of the frame, from that of the copy; "" where there is none."""
    before, folder, name = href.partition(_COPIES)
    framed = frame_name(path, size, name) if folder else ""
    return f"{before}{FOLDER}/{framed}" if framed else ""
