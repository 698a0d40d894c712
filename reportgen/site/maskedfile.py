"""Files of a store as a public site shows them: masked where they are texts."""

from collections.abc import Callable
from io import SEEK_END, BytesIO
from typing import BinaryIO

from reportgen.analysis.redaction import Kinds, Redactor

_WHOLE = 8 << 20  # bytes of a file that is masked whole; of larger ones, the two ends
_HEAD = 1 << 20
_TAIL = 64 << 10
_LOOKED_FOR_NUL = 8 << 10


def mask_file(
    file: BinaryIO, redactor: Callable[[], Redactor], max_file: int
) -> tuple[BinaryIO, Kinds | None]:
    """A file without what is private, and the kinds of that; None for one that is no text.

    `redactor` is asked for where it is needed; files up to `max_file` bytes are copied, and so
    masked whole.
    """
    start = file.read(_LOOKED_FOR_NUL)
    is_wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\0" in start and not is_wide:
        file.seek(0)
        return file, None
    with file:
        body, kinds = redactor().mask(start + _rest(file, max(max_file, _WHOLE)))
    return BytesIO(body), kinds


def _rest(file: BinaryIO, most: int) -> bytes:
    """What follows in a file; of one that is larger than that, a part, and its end."""
    size = file.seek(0, SEEK_END)
    file.seek(_LOOKED_FOR_NUL)
    if size <= most:
        return file.read()
    head = file.read(_HEAD)
    file.seek(size - _TAIL)
    return head.rpartition(b"\n")[0] + b"\n" + file.read().partition(b"\n")[2]
