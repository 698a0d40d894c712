"""What a branch holds after a publish: our files as they are now, all others as they were."""

import posixpath
from collections.abc import Mapping

from reportgen.errors import PublishError
from reportgen.publish.marks import MARKS
from reportgen.publish.scratch import Branch, Item
from reportgen.publish.target import Target
from reportgen.spelling import first_of, grouped
from reportgen.values import frozen

PLAIN = "100644"  # the mode of a file that is no program
NO_JEKYLL = ".nojekyll"
CNAME = "CNAME"
USUAL = "gh-pages"  # the branch that sites are published to
# Files that say nothing of what a branch is for.
_NEUTRAL = ("readme", "license", "licence", "cname", ".nojekyll", ".gitignore", ".gitattributes")


@frozen
class Change:
    """Paths of a site, below its folder, by what a publish does to them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Of files."""
        return len(self.added) + len(self.changed) + len(self.removed)

    def __str__(self) -> str:
        """In words, as far as there is anything."""
        counts = {
            "added": len(self.added),
            "changed": len(self.changed),
            "removed": len(self.removed),
        }
        told = ", ".join(f"{grouped(count)} {what}" for what, count in counts.items() if count)
        return told or "no file changed"


def refuse_foreign(target: Target, branch: Branch, *, is_ours: bool) -> None:
    """Raise PublishError where a branch is there for something else than sites of ours."""
    if is_ours:
        return
    elsewhere = f"publish to another branch: --branch {_other_than(target.branch)}"
    if branch.is_default:
        raise PublishError(
            f"{target.branch} is the main branch of {target.name}, and holds no site of reportgen",
            hint=elsewhere,
        )
    if target.at_work == target.branch:
        raise PublishError(
            f"{target.branch} is the branch that you work on, and holds no site of reportgen",
            hint=elsewhere,
        )
    strange = [path for path in branch.items if not _is_neutral(path)]
    if strange:
        raise PublishError(
            f"{target.place} holds something else than a site of reportgen: {first_of(strange)}",
            hint="publish to another branch: --branch NAME; or, if nobody needs this one: "
            f"git push {target.name} --delete {target.branch}",
        )


def _other_than(branch: str) -> str:
    return "NAME" if branch == USUAL else USUAL


def _is_neutral(path: str) -> bool:
    return posixpath.splitext(path.lower())[0] in _NEUTRAL


def without(items: Mapping[str, Item], folder: str, owned: Mapping[str, str]) -> dict[str, Item]:
    """The files of a branch without those of one site of ours, which `owned` lists.

    A file that somebody has changed since is theirs, and stays.
    """
    left = dict(items)
    for path, start in owned.items():
        item = items.get(f"{folder}{path}")
        if item is not None and item.oid.startswith(start) and item.mode == PLAIN:
            del left[f"{folder}{path}"]
    for path in items:
        if path.startswith(f"{folder}{MARKS}/"):
            del left[path]
    return left


def placed(
    left: Mapping[str, Item], folder: str, oids: Mapping[str, str], place: str
) -> dict[str, Item]:
    """Those files and a site in a folder. Raises PublishError where one stands in its way.

    `oids` are the names of contents by path.
    """
    folders = {parent for path in left for parent in _parents(path)}
    result, blocked = dict(left), []
    for path, oid in oids.items():
        where, item = f"{folder}{path}", Item(PLAIN, oid)
        known = left.get(where)
        if known is not None and path == NO_JEKYLL:
            continue  # that it is there is all that counts
        in_the_way = [one for one in _parents(where) if one in left]
        if known not in (None, item) or where in folders:
            in_the_way.append(where)
        blocked += in_the_way
        result[where] = item
    if blocked:
        paths = list(dict.fromkeys(blocked))
        raise PublishError(
            f"{place} holds {first_of(paths)} of somebody else where files of the site must go",
            hint="move or delete it on that branch, and publish again",
        )
    return result


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def compared(before: Mapping[str, Item], after: Mapping[str, Item], folder: str) -> Change:
    """How the files of a site differ, marks left out."""
    old, new = _below(before, folder), _below(after, folder)
    return Change(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(path for path in new.keys() & old.keys() if new[path] != old[path])),
        tuple(sorted(old.keys() - new.keys())),
    )


def _below(items: Mapping[str, Item], folder: str) -> dict[str, Item]:
    found = {
        path.removeprefix(folder): item for path, item in items.items() if path.startswith(folder)
    }
    return {path: item for path, item in found.items() if not path.startswith(f"{MARKS}/")}
