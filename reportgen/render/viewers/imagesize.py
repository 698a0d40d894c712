"""Width and height of an image from its first bytes, so that a page need not jump when it loads."""

import re
from struct import Struct
from typing import TypeAlias

Size: TypeAlias = tuple[int, int]  # in CSS pixels

UNKNOWN: Size = (0, 0)
_MOST = 1 << 17  # pixels of a side; more is damage
_BE32, _LE32, _LE16, _BE16 = Struct(">II"), Struct("<ii"), Struct("<HH"), Struct(">HH")
# Markers of JPEG that start a frame (ITU T.81, table B.1): C0 to CF less C4, C8 and CC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ROOT = re.compile(r"<(?:svg|[A-Za-z]{1,20}:svg)\b[^>]{0,4000}")
_ATTRIBUTE = re.compile(r"\s(width|height|viewBox)\s*=\s*[\"']([^\"']{1,100})[\"']")
_LENGTH = re.compile(r"\s*\+?(\d{1,7}(?:\.\d{0,15})?|\.\d{1,15})\s*(px|pt|pc|mm|cm|in)?\s*")
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def image_size(head: bytes) -> Size | None:
    """The size of a bitmap that browsers show; UNKNOWN where only its kind is clear.

    None where it is none of PNG, JPEG, GIF, WebP, AVIF and BMP.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _sides(_BE32, head, 16) if head[12:16] == b"IHDR" else None
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(head)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _sides(_LE16, head, 6)
    if head.startswith(b"BM"):
        return _sides(_LE32, head, 18) if head[14:15] != b"\x0c" else _sides(_LE16, head, 18)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _webp(head)
    return _avif(head)


def _sane(width: float, height: float) -> Size:
    if 0.5 <= width < _MOST and 0.5 <= height < _MOST:
        return max(round(width), 1), max(round(height), 1)
    return UNKNOWN


def _sides(spelling: Struct, head: bytes, start: int) -> Size:
    if len(head) < start + spelling.size:
        return UNKNOWN
    width, height = spelling.unpack_from(head, start)
    return _sane(width, abs(height))  # a BMP from top to bottom has a negative height


def _jpeg(head: bytes) -> Size:
    """The size from the first frame; segments before it are stepped over."""
    place = 2
    while place + 9 <= len(head):
        if head[place] != 0xFF:
            return UNKNOWN
        marker = head[place + 1]
        if marker in _FRAMES:
            height, width = _BE16.unpack_from(head, place + 5)
            return _sane(width, height)
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        place += 2 + max(int.from_bytes(head[place + 2 : place + 4], "big"), 2)
    return UNKNOWN


def _webp(head: bytes) -> Size:
    """The size from the first chunk: lossy, lossless or extended (RFC 9649)."""
    kind, data = head[12:16], head[20:30]
    if len(data) < 10:
        return UNKNOWN
    if kind == b"VP8 ":
        width, height = _LE16.unpack_from(data, 6)
        return _sane(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return _sane((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        return _sane(_le24(data[4:7]) + 1, _le24(data[7:10]) + 1)
    return UNKNOWN


def _le24(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _avif(head: bytes) -> Size | None:
    """The size of the largest picture in the file: others are its thumbnails and tiles."""
    if head[4:8] != b"ftyp" or head[8:12] not in {b"avif", b"avis", b"mif1"}:
        return None
    found = [_sides(_BE32, head, at.start() + 8) for at in re.finditer(b"ispe", head[:4096])]
    return max(found, key=lambda size: size[0] * size[1], default=UNKNOWN)


def svg_size(head: str) -> Size | None:
    """The size of an SVG image from its root element, None where the text has none."""
    root = _ROOT.search(head)
    if root is None:
        return None
    found = dict(_ATTRIBUTE.findall(root[0]))
    width, height = _length(found.get("width", "")), _length(found.get("height", ""))
    if width and height:
        return _sane(width, height)
    box = [_length(part) for part in re.split(r"[\s,]+", found.get("viewBox", "").strip())[2:4]]
    if len(box) < 2 or not box[0] or not box[1]:
        return UNKNOWN
    if width or height:
        scale = width / box[0] if width else height / box[1]
        return _sane(box[0] * scale, box[1] * scale)
    return _sane(box[0], box[1])


def _length(text: str) -> float:
    """A length in CSS pixels, 0 for per cent and what is none."""
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _UNITS[found[2] or "px"] if found else 0.0
