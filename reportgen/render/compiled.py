"""Compiled templates of the themes that come with reportgen, kept as Python keeps its modules.

Compiling the templates of a page takes as long as making a hundred such pages. So what comes out is
written beside the compiled modules of this package, to be taken from there by the next process.
Where nothing can be written there, or Python is told not to, templates are compiled each time.
Templates of other themes always are: their folders are not ours to write to.
"""

import marshal
import os
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from reportgen.digest import digest_of
from reportgen.render.theme import built_in_folder


class CompiledTemplates(BytecodeCache):
    """The compiled templates, a file for each; one of another template or compiler is ignored."""

    def __init__(self) -> None:
        self._folder = Path(cache_from_source(__file__)).parent
        self._themes = built_in_folder()
        self._makers = digest_of(*map(_stamp, (jinja2.__file__, __file__)))

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name of a template's file; "" where it is not kept."""
        path = Path(filename or "")
        if not path.is_relative_to(self._themes) or name != path.name:
            return ""
        return "-".join(path.relative_to(self._themes).with_suffix("").parts)

    def get_source_checksum(self, source: str) -> str:
        """What the compiled template depends on."""
        return digest_of(self._makers, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the compiled template, where it is kept and right."""
        if not bucket.key:
            return
        head = _head(bucket)
        with suppress(OSError, EOFError, ValueError, TypeError):  # not there, or damaged
            body = self._path(bucket).read_bytes()
            if body.startswith(head):
                bucket.code = marshal.loads(body[len(head) :])  # noqa: S302 (as of modules)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, where that may be."""
        if not bucket.key or sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        fresh = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # a folder that is not ours to write to
            self._folder.mkdir(exist_ok=True)
            fresh.write_bytes(_head(bucket) + marshal.dumps(bucket.code))
            fresh.replace(path)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.template"


def _head(bucket: Bucket) -> bytes:
    return MAGIC_NUMBER + bucket.checksum.encode()


def _stamp(path: str) -> tuple[int, int]:
    """What changes when another version is installed."""
    status = Path(path).stat()
    return status.st_mtime_ns, status.st_size
