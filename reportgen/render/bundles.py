"""Static files that a theme joins into one, so that a page asks for few: `[bundles]` of theme.toml.

A theme that replaces a file that is part of a bundle replaces that part.
"""

from collections.abc import Mapping
from pathlib import Path

from reportgen.errors import ThemeError

Bundles = tuple[tuple[str, tuple[str, ...]], ...]  # names, each with those of its parts in order


def read_bundles(table: object, where: Path) -> dict[str, tuple[str, ...]]:
    """The bundles of a theme.toml, `where`. Raises ThemeError where they are not lists of names."""
    if not isinstance(table, dict):
        raise ThemeError(f"{where}: bundles is not a table", hint="see docs/themes.md")
    for name, parts in table.items():
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise ThemeError(
                f"{where}: bundles.{name} is not a list of names", hint="see docs/themes.md"
            )
    return {name: tuple(parts) for name, parts in table.items()}


def assets(files: Mapping[str, Path], bundles: Bundles) -> dict[str, tuple[Path, ...]]:
    """The files of a site's `assets/`, each with what it is made of; parts are in bundles only.

    Raises ThemeError for a part that is not there.
    """
    joined = {}
    for name, parts in bundles:
        for part in parts:
            if part not in files:
                raise ThemeError(
                    f"bundle {name}: no file {part} in the folders static/ of the theme",
                    hint="see [bundles] in theme.toml",
                )
        joined[name] = tuple(files[part] for part in parts)
    used = {part for _, parts in bundles for part in parts}
    single = {name: (path,) for name, path in files.items() if name not in used}
    return dict(sorted((single | joined).items()))


def joined_bytes(paths: tuple[Path, ...]) -> bytes:
    """A file as it is; several one after the other, each below its name.

    A semicolon parts scripts: one that ends without would else run on into the next.
    """
    if len(paths) == 1:
        return paths[0].read_bytes()
    between = b";\n" if paths[0].suffix == ".js" else b""
    return between.join(b"/* %b */\n%b\n" % (p.name.encode(), p.read_bytes()) for p in paths)
