"""A branch as it was found: its files, the sites of ours among them, and a way to read them."""

from collections.abc import Mapping

from reportgen.publish.marks import ABOUT, LIST, About, marks_on, read_about, read_list
from reportgen.publish.plan import CNAME
from reportgen.publish.scratch import Branch, Item, Scratch
from reportgen.values import frozen


@frozen
class State:
    """A branch, and what it says of itself."""

    branch: Branch
    sites: Mapping[str, About]  # by folder: "" is the site itself, others are previews
    cname: str  # the host that the site has of its own; "" for none

    @property
    def items(self) -> Mapping[str, Item]:
        """The files of the branch by path."""
        return self.branch.items

    @property
    def keeps_history(self) -> bool:
        """Whether each publish adds a commit."""
        main = self.sites.get("")
        return main.history if main else any(about.history for about in self.sites.values())

    def bytes_beside(self, folder: str) -> int:
        """What all sites take but the one in a folder."""
        return sum(about.bytes for place, about in self.sites.items() if place != folder)


def look_at_branch(scratch: Scratch) -> State:
    """The branch as it is now. Raises PublishError where it cannot be read."""
    branch = scratch.look()
    folders = marks_on(branch.items)
    paths = [f"{folder}{ABOUT}" for folder in folders]
    paths += [CNAME] if CNAME in branch.items else []
    bodies = scratch.read([branch.items[path].oid for path in paths])
    found = dict(zip(paths, bodies, strict=True))
    cname = found.pop(CNAME, b"").decode("utf-8", "replace").strip()
    sites = {path.removesuffix(ABOUT): read_about(data, path) for path, data in found.items()}
    return State(branch, sites, cname)


def owned_by(scratch: Scratch, state: State, folder: str) -> dict[str, str]:
    """The files of the site in a folder, with the starts of the names of their contents."""
    item = state.items.get(f"{folder}{LIST}")
    if folder not in state.sites or item is None:
        return {}
    (data,) = scratch.read([item.oid])
    return read_list(data)


class BranchSite:
    """The published site as a site to look things up in (`reportgen.site.othersite`)."""

    def __init__(self, scratch: Scratch, state: State, name: str) -> None:
        """Reads nothing yet."""
        self.name = name
        self._scratch = scratch
        self._state = state

    def read(self, path: str) -> bytes | None:
        """A file of the site; None where it has none. Raises PublishError."""
        item = self._state.items.get(path)
        return None if item is None else self._scratch.read([item.oid])[0]
