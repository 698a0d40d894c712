"""Previews: sites in folders of their own beside the published one."""

import re
from collections.abc import Mapping, Sequence

from reportgen.errors import PublishError
from reportgen.publish.marks import PREVIEWS, About
from reportgen.values import frozen

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_MOST = 100  # letters of a folder's name


@frozen
class Preview:
    """A preview on a branch."""

    folder: str  # with a "/" behind
    about: About

    @property
    def name(self) -> str:
        """As the user gave it."""
        return self.about.name or self.folder


def preview_folder(name: str) -> str:
    """The folder of a preview, with a "/" behind. Raises PublishError for a name without letters.

    Names of branches become folders that are safe everywhere: `Feature/X` is `feature-x`.
    """
    safe = _UNSAFE.sub("-", name.lower()).strip("-._")[:_MOST].rstrip("-._")
    if not safe:
        raise PublishError(
            f"{name!r} is no name for a preview: it has no letters or digits",
            hint="name it after the pull request: --preview pr-12",
        )
    return f"{PREVIEWS}/{safe}/"


def refuse_clash(name: str, folder: str, known: Mapping[str, About]) -> None:
    """Raise PublishError where the folder of a preview is taken by one of another name."""
    about = known.get(folder)
    if about is not None and about.name != name:
        raise PublishError(
            f"the preview {about.name!r} has the folder {folder} already, "
            f"which {name!r} would need",
            hint=f"choose another name, or remove it first: --prune {about.name}",
        )


def previews_of(known: Mapping[str, About]) -> list[Preview]:
    """The previews among the sites of a branch, the newest first."""
    found = [Preview(folder, about) for folder, about in known.items() if folder]
    return sorted(found, key=lambda one: (-one.about.published, one.folder))


def chosen(
    previews: Sequence[Preview], names: Sequence[str], before: int | None
) -> tuple[list[Preview], list[str]]:
    """The previews that are named, or older than a time; and names that no preview has.

    `before` is in seconds since the epoch; None: the time does not matter.
    """
    wanted = {preview_folder(name): name for name in names}
    there = {one.folder for one in previews}
    found = [
        one
        for one in previews
        if one.folder in wanted or (before is not None and one.about.published < before)
    ]
    return found, [name for folder, name in wanted.items() if folder not in there]
