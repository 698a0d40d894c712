"""What a site is made of: outputs. An output is a path, a digest of all it depends on, and a way to
its bytes; whether it is made again is decided by the digest alone.
"""

from collections.abc import Callable

from reportgen.digest import Digest, digest_of
from reportgen.values import frozen

PATH_OF_PROBLEMS = "problems/index.html"  # what could not be read, and what could not be written


@frozen
class Output:
    """One file of the site."""

    path: str  # below the output folder, with "/"
    digest: Digest  # of everything that `make` looks at; "" for "cannot be told: make it"
    make: Callable[[], bytes]

    @classmethod
    def of(cls, path: str, body: bytes) -> "Output":
        """A file whose bytes are at hand."""
        return cls(path, digest_of(body), lambda: body)


class Receipt(bytes):
    """What was written for an output: the sha-256 of the file, then the output's digest in ASCII.

    Bytes, and not a value with two fields, since a large site has very many of them.
    """

    __slots__ = ()

    @classmethod
    def of(cls, digest: Digest, sha256: bytes) -> "Receipt":
        """The receipt for a file with this sha-256 (32 bytes), made for an output's digest."""
        return cls(sha256 + digest.encode())

    @property
    def digest(self) -> Digest:
        """As of the output."""
        return self[32:].decode()

    @property
    def sha256(self) -> bytes:
        """Of the file's bytes."""
        return self[:32]


@frozen
class Failure:
    """An output that could not be made or written; its old file, if any, stays."""

    path: str
    reason: str
