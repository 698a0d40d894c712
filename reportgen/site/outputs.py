"""What a site is made of: outputs. An output is a path, a digest of all it depends on, and a way to
its bytes; whether it is made again is decided by the digest alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reportgen.digest import Digest


@dataclass(frozen=True, slots=True)
class Output:
    """One file of the site."""

    path: str  # below the output folder, with "/"
    digest: Digest  # of everything that `make` looks at; "" for "cannot be told: make it"
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was written for an output."""

    digest: Digest  # as of the output
    sha256: str  # of the bytes, hex


@dataclass(frozen=True, slots=True)
class Failure:
    """An output that could not be made or written; its old file, if any, stays."""

    path: str
    reason: str
