"""Which runs are compared in advance: each with the run before it, its parent and its baseline.

Never all pairs: a site has a few such pages for each run, however many runs there are.
"""

from reportgen.site.catalog import Neighbours, RunLink
from reportgen.values import frozen


@frozen
class Pair:
    """A run to compare another one with, and what it is to that one."""

    base: RunLink
    about: str  # "the run before it", "its parent", "the baseline", or several of them


def pairs_of(own: RunLink, around: Neighbours) -> tuple[Pair, ...]:
    """The runs that a run is compared with, each once."""
    found: dict[str, tuple[RunLink, list[str]]] = {}
    for base, about in (
        (around.older, "the run before it"),
        (around.parent, "its parent"),
        (around.baseline, "the baseline"),
    ):
        if base is not None and base.page != own.page:
            found.setdefault(base.page, (base, []))[1].append(about)
    return tuple(Pair(base, " and ".join(abouts)) for base, abouts in found.values())


def diff_folder(base: RunLink, own: RunLink) -> str:
    """Where the page of a diff is; names of run pages have no dots."""
    return f"diffs/{base.page}..{own.page}"
