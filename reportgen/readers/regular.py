"""Opening files of a store: only regular ones, never a pipe or a device, and links never unseen."""

import errno
import os
import stat
from io import BytesIO
from typing import BinaryIO

_CHUNK = 1 << 20  # nearly all files are read at once, which costs a tenth of joining parts
_SMALL = 1 << 16  # what a file object would ask the system besides costs as much as reading this
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe must not block
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
LEADS_OUT = "a link that leads out of the store; not followed"
NOT_A_FILE = "neither a file nor a folder (a pipe, socket or device); not opened"
_A_FOLDER = "a folder, where a file was expected"


class Unreadable(Exception):
    """Why a file or folder cannot be read; only readers see it."""


def read_regular(path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a regular file that is no link. Raises Unreadable; FileNotFoundError as is."""
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(reason_of(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(_kind_of(status.st_mode))
        size = status.st_size
        if size > limit:
            raise Unreadable(f"{size:,} bytes; files over {limit:,} bytes are not read")
        asked = size + 1 if size < _CHUNK else _CHUNK  # one more, to see that nothing follows
        body = os.read(descriptor, asked)
        if len(body) == asked:
            body = _read_rest(descriptor, body, limit)
    except OSError as error:
        raise Unreadable(reason_of(error)) from error
    finally:
        os.close(descriptor)
    return body, status


def resolve(root: str, path: str) -> str | None:
    """Where a path leads when every link is followed, if that is below `root`."""
    try:
        target = os.path.realpath(path)
    except RecursionError:  # a chain of a thousand links, up to Python 3.12; no system follows it
        return None
    return target if target.startswith(root + os.sep) else None


def open_regular(root: str, path: str) -> BinaryIO:
    """A regular file below `root`, links resolved, open for reading. Raises as `read_regular`."""
    descriptor = _open_just(path) if path.startswith(root + os.sep) else -1
    if descriptor < 0:
        real = resolve(root, path)
        if real is None:
            raise Unreadable(LEADS_OUT)
        try:
            descriptor = os.open(real, _OPEN_FLAGS)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreadable(reason_of(error)) from error
    try:
        return _stream_of(descriptor)
    except OSError as error:
        raise Unreadable(reason_of(error)) from error


def _stream_of(descriptor: int) -> BinaryIO:
    """What an open file holds; all of it at once where that is little."""
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size > _SMALL:
        return os.fdopen(descriptor, "rb")
    try:
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(_kind_of(status.st_mode))
        return BytesIO(os.read(descriptor, status.st_size))
    finally:
        os.close(descriptor)


def _open_just(path: str) -> int:
    """Open what stands at an absolute path if no part of it is a link; -1 where that is not known.

    Linux tells where an open file stands: one question, instead of one for each part of the path.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError:
        return -1
    try:
        if os.readlink(f"/proc/self/fd/{descriptor}") == path:
            return descriptor
    except OSError:  # not Linux, or no /proc
        pass
    os.close(descriptor)
    return -1


def _kind_of(mode: int) -> str:
    return _A_FOLDER if stat.S_ISDIR(mode) else NOT_A_FILE


def _read_rest(descriptor: int, first: bytes, limit: int) -> bytes:
    """All that follows the first chunk, up to `limit`: a file may grow while it is read."""
    chunks, size = [first], len(first)
    while size < limit:
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def reason_of(error: OSError) -> str:
    """What the system says, without the path, in lower case."""
    if error.errno == errno.ENXIO:  # what opening a socket gives
        return NOT_A_FILE
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]
