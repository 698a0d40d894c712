"""Values in fewer bytes than they have: as offsets from the least of them.

Numbers of one sign are ordered as the bits of their IEEE 754 form are. So a value is told by how
far its bits in four bytes lie above those of the least one, which takes one to three bytes. Where
it would take a little more, one or two bits are dropped at the end. Numbers of six digits then come
back as they were (the error is 2**-22 of a value at the most, and that of four bytes), else those
of seven digits, as far as four bytes hold them.

The four greatest numbers of so many bytes stand for 0, nan, infinity and -infinity.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.thin import is_packed

try:
    from reportgen._points import offsets as _compiled
except ImportError:  # not compiled on this machine, or from an older source
    _compiled = None  # type: ignore[assignment]

_SIGN = 0x80000000
_ENDLESS = 0x7F800000
_MOST_DROPPED = 2  # bits
_DIGITS = {True: 7, False: 6}


@dataclass(frozen=True, slots=True)
class Offsets:
    """Values (n,) as offsets, in planes: the first bytes of all, then the second, and so on."""

    planes: bytes
    width: int  # bytes of a value
    base: int  # the bits that offsets count from
    shift: int  # bits that offsets are short of
    digits: int  # that a value is to be rounded to


def offsets_of(values: Sequence[float]) -> Offsets | None:
    """Finite values must be such that four bytes can hold them.

    None where three bytes would tell less than six digits, as where there are both signs.
    """
    if _compiled is not None and is_packed(values, "d"):
        found = _compiled(values)
    else:
        found = offsets_slowly(values)
    if found is None:
        return None
    planes, width, base, shift, is_exact = found
    return Offsets(planes, width, base, shift, _DIGITS[bool(is_exact)])


def offsets_slowly(values: Sequence[float]) -> tuple[bytes, int, int, int, int] | None:
    """As of an `Offsets`, and 1 for seven digits; `c/offsets.c` has it in C."""
    bits = memoryview(array("f", values)).cast("B").cast("I").tolist()
    plain = [one for one in bits if 0 < one & ~_SIGN < _ENDLESS]
    signs = {one & _SIGN for one in plain}
    if len(signs) > 1:
        return None
    sizes = [one & ~_SIGN for one in plain]
    least = min(sizes, default=0)
    form = _form(least, sizes)
    if form is None:
        return None
    width, shift, is_exact = form
    top = (1 << 8 * width) - 4
    others = {0: top, _SIGN: top, _ENDLESS: top + 2, _ENDLESS | _SIGN: top + 3}
    half = (1 << shift) >> 1
    codes = [
        ((one & ~_SIGN) - least + half) >> shift
        if 0 < one & ~_SIGN < _ENDLESS
        else others.get(one, top + 1)
        for one in bits
    ]
    base = least | (signs.pop() if signs else 0)
    return _planes(codes, width), width, base, shift, is_exact


def _form(least: int, sizes: Sequence[int]) -> tuple[int, int, int] | None:
    """The fewest bytes that tell sizes apart, the bits that may be left out, and 1 if none show."""
    differing = 0
    for size in sizes:
        differing |= size - least
    shift = (differing & -differing).bit_length() - 1 if differing else 0
    reach = max(sizes, default=0) - least
    for width in (1, 2, 3):
        if reach >> shift < (1 << 8 * width) - 4:
            return width, shift, 1
    for shift in range(1, _MOST_DROPPED + 1):
        if (reach + ((1 << shift) >> 1)) >> shift < (1 << 24) - 4:
            return 3, shift, 0
    return None


def _planes(codes: Sequence[int], width: int) -> bytes:
    packed = array("I", codes)
    if sys.byteorder == "big":
        packed.byteswap()
    body = packed.tobytes()
    return b"".join(body[place :: packed.itemsize] for place in range(width))
