"""What all pages of a build share, and a digest of it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from reportgen import __version__
from reportgen.config import Options
from reportgen.digest import Digest, digest_bytes, digest_of
from reportgen.render.theme import Theme, find_theme

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Context:
    """The part of the options that pages show, the theme, and the code that makes them."""

    title: str
    url: str
    max_file: int
    max_run: int
    theme: Theme
    code: Digest
    digest: Digest = field(default="")  # of all of the above, the theme's files included


def make_context(options: Options) -> Context:
    """The context of a build. Raises ThemeError."""
    theme = find_theme(options.theme)
    shown = (options.title, options.url, options.max_file, options.max_run)
    code = code_digest()
    return Context(*shown, theme, code, digest_of(shown, theme.digest, code))


def code_digest() -> Digest:
    """Our version; in a checkout, where code changes without it, our source as well."""
    if not is_checkout():
        return digest_of(__version__)
    return digest_of(tuple((p.name, digest_bytes(p.read_bytes())) for p in source_files()))


def made_with(context: Context) -> list[Path]:
    """The files outside the stores that pages depend on and that may change between builds."""
    return [*context.theme.files(), *(source_files() if is_checkout() else ())]


def is_checkout() -> bool:
    """Whether the package is run from a source tree rather than installed."""
    return (_PACKAGE.parent / "pyproject.toml").is_file()


def source_files() -> list[Path]:
    """The package's own modules."""
    return sorted(
        Path(folder, name)
        for folder, _, names in os.walk(_PACKAGE)
        for name in names
        if name.endswith(".py")
    )
