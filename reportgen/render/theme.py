"""Themes: where a theme is found, what it inherits, and a digest of all of it.

A theme is a folder with a theme.toml (`name`, `extends`), `templates/` and `static/`. Every theme
ends in `default`, so that an old theme shows new kinds of pages too.
"""

import os
from pathlib import Path

from reportgen.digest import Digest, digest_bytes, digest_of
from reportgen.errors import ThemeError
from reportgen.render.bundles import Bundles, assets, read_bundles
from reportgen.values import frozen

DEFAULT = "default"
_TEXTS = ("name", "extends")
_KEYS = (*_TEXTS, "bundles")


@frozen
class Theme:
    """The folders of a theme, its own first, those it extends after it, `default` last."""

    folders: tuple[Path, ...]
    digest: Digest  # of all files: each page depends on its whole theme
    bundles: Bundles

    def template_folders(self) -> dict[Path, str]:
        """Where templates are looked for, in that order, each with the name of its theme's folder.

        By that name a template extends the one it stands before: `default/run.html`.
        """
        return {folder / "templates": folder.name for folder in self.folders}

    def static_files(self) -> dict[str, Path]:
        """The static files by their name below `static/`; a theme's own hide inherited ones."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for path in _files(folder / "static"):
                found.setdefault(path.relative_to(folder / "static").as_posix(), path)
        return dict(sorted(found.items()))

    def assets(self) -> dict[str, tuple[Path, ...]]:
        """The files of a site's `assets/`, each with the static files that are joined in it.

        Raises ThemeError where a bundle names a file that is not there.
        """
        return assets(self.static_files(), self.bundles)

    def files(self) -> tuple[Path, ...]:
        """Every file the theme consists of."""
        return tuple(path for folder in self.folders for path in _files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(folders: list[Path]) -> Digest:
    return digest_of(
        tuple(
            (path.relative_to(folder).as_posix(), digest_bytes(path.read_bytes()))
            for folder in folders
            for path in _files(folder)
        )
    )


def built_in_folder() -> Path:
    """Where the themes that come with reportgen are: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_themes"
    return installed if installed.is_dir() else package.parent / "themes"


def find_theme(name: str) -> Theme:
    """The theme of that name, or in that folder, with all it extends.

    Raises ThemeError where it is missing, its theme.toml is wrong, it extends itself, or a bundle
    names a file that is not there.
    """
    folders: list[Path] = []
    wanted: str | None = name
    base = Path()
    bundles: dict[str, tuple[str, ...]] = {}
    while wanted is not None:
        folder = _locate(wanted, base)
        if folder in folders:
            raise ThemeError(f"theme {name} extends itself", hint="see `extends` in theme.toml")
        folders.append(folder)
        wanted, more = _read(folder)
        bundles = more | bundles  # those of a theme hide inherited ones
        base = folder
    theme = Theme(tuple(folders), _digest(folders), tuple(sorted(bundles.items())))
    theme.assets()  # raises here rather than in the midst of a build
    return theme


def _locate(name: str, base: Path) -> Path:
    """A theme's folder: a path from `base` where the name has a slash, else a built-in name."""
    if "/" in name or os.sep in name or (base == Path() and Path(name, "theme.toml").is_file()):
        folder = (base / name).resolve()
    else:
        folder = built_in_folder() / name
    if not (folder / "theme.toml").is_file():
        known = sorted(path.parent.name for path in built_in_folder().glob("*/theme.toml"))
        raise ThemeError(
            f"no theme {name}: looked for {name}/theme.toml",
            hint=f"built in: {', '.join(known)}; or name a folder with a theme.toml",
        )
    return folder


def _read(folder: Path) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """The name of the theme that this one extends, None for `default` itself; and its bundles."""
    import tomllib

    path = folder / "theme.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path}: {error}", hint="see docs/themes.md") from error
    for key, value in table.items():
        if key not in _KEYS:
            raise ThemeError(f"{path}: unknown key {key}", hint=f"known are: {', '.join(_KEYS)}")
        if key in _TEXTS and not isinstance(value, str):
            raise ThemeError(f"{path}: {key} is not a text", hint="see docs/themes.md")
    bundles = read_bundles(table.get("bundles", {}), path)
    is_last = folder == built_in_folder() / DEFAULT
    return (None if is_last else str(table.get("extends", DEFAULT))), bundles
