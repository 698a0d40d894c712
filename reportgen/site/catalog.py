"""The catalog: what a site is about, from the outlines of all runs, before any run is read.

It fixes everything that pages say of each other: which runs there are, their order, their
parents and children, and the folder that each experiment and run gets.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.analysis.selection import check_names
from reportgen.config import Options
from reportgen.model import DELETED, Experiment, Problem, Run
from reportgen.readers.base import Outline, Store
from reportgen.site.links import distinct, page_name, slug_of


@dataclass(frozen=True, slots=True)
class RunLink:
    """A run as other pages show it."""

    title: str
    page: str  # its folder below `runs/`
    status: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The runs that a run's page links to."""

    newer: RunLink | None
    older: RunLink | None
    parent: RunLink | None
    children: tuple[RunLink, ...]


@dataclass(frozen=True, slots=True)
class Shelfmark:
    """An experiment's place in the site."""

    name: str
    id: str
    slug: str
    label: str  # of the store; "" where the site has only one


@dataclass(frozen=True, slots=True)
class Entry:
    """An experiment of the site and the outlines of its runs, newest first."""

    store: int  # index into the stores of the site
    experiment: Experiment
    mark: Shelfmark
    outlines: tuple[Outline, ...]
    problems: tuple[Problem, ...]  # of the experiment and of runs that could not be read at all

    def without_runs(self) -> "Entry":
        """The entry for a process that is told its runs one by one."""
        return replace(self, outlines=())


@dataclass(frozen=True, slots=True)
class Catalog:
    """All experiments, by name, and how to find runs by place and by id."""

    entries: tuple[Entry, ...]
    pages: Mapping[tuple[int, str], str]  # store and place of a run -> its folder
    by_id: Mapping[tuple[int, str], RunLink]  # store and id
    children: Mapping[tuple[int, str], tuple[RunLink, ...]]  # store and id of the parent
    problems: tuple[Problem, ...]  # of the stores themselves

    def neighbours(self, entry: Entry) -> Iterator[tuple[Outline, str, Neighbours]]:
        """Each run of an experiment with its folder and the runs around it."""
        links = [self.link(entry, outline) for outline in entry.outlines]
        for index, outline in enumerate(entry.outlines):
            around = Neighbours(
                newer=links[index - 1] if index else None,
                older=links[index + 1] if index + 1 < len(links) else None,
                parent=self.by_id.get((entry.store, outline.parent_id)),
                children=self.children.get((entry.store, outline.id), ()),
            )
            yield outline, links[index].page, around

    def link(self, entry: Entry, outline: Outline) -> RunLink:
        """The link to a run."""
        page = self.pages[entry.store, outline.where]
        return RunLink(outline.title, page, outline.status.name)


def gather(
    stores: Sequence[Store], options: Options, matches: Callable[[Run], bool] | None
) -> Catalog:
    """The catalog of the experiments and runs that the options choose.

    `matches` decides on whole runs; None takes all. Raises UsageError for an experiment that no
    store has.
    """
    chosen = _choose(stores, options)
    slugs = distinct((slug_of(e.name), f"{stores[i].label}/{e.where}") for i, e in chosen)
    entries = []
    for (index, experiment), slug in zip(chosen, slugs, strict=True):
        outlines, problems = stores[index].outlines(experiment)
        kept = [o for o in outlines if options.deleted or o.lifecycle_stage != DELETED]
        if matches is not None:
            kept = [o for o in kept if matches(stores[index].read(o))]
        label = stores[index].label if len(stores) > 1 else ""
        mark = Shelfmark(experiment.name, experiment.id, slug, label)
        found = (*experiment.problems, *problems)
        entries.append(Entry(index, experiment, mark, tuple(kept), found))
    store_problems = tuple(problem for store in stores for problem in store.problems())
    return _indexed(entries, stores, store_problems)


def _choose(stores: Sequence[Store], options: Options) -> list[tuple[int, Experiment]]:
    """The experiments to show. Those made first come first, and so keep the plain slug."""
    every = [
        (index, experiment)
        for index, store in enumerate(stores)
        for experiment in store.experiments()
    ]
    check_names(options.experiments, [one for _, one in every], deleted=options.deleted)
    known = [
        (index, one)
        for index, one in every
        if (options.deleted or one.lifecycle_stage != DELETED)
        and (not options.experiments or one.name in options.experiments)
    ]
    return sorted(known, key=lambda pair: (pair[1].created or 0, pair[0], pair[1].where))


def _indexed(
    entries: list[Entry], stores: Sequence[Store], problems: tuple[Problem, ...]
) -> Catalog:
    places = [(entry.store, outline) for entry in entries for outline in entry.outlines]
    names = distinct((page_name(o.id), f"{stores[i].label}/{o.where}") for i, o in places)
    pages: dict[tuple[int, str], str] = {}
    by_id: dict[tuple[int, str], RunLink] = {}
    children: dict[tuple[int, str], list[RunLink]] = {}
    for (index, outline), page in zip(places, names, strict=True):
        pages[index, outline.where] = page
        link = RunLink(outline.title, page, outline.status.name)
        by_id.setdefault((index, outline.id), link)
        if outline.parent_id:
            children.setdefault((index, outline.parent_id), []).append(link)
    ordered = tuple(sorted(entries, key=lambda e: (e.mark.name.lower(), e.mark.name, e.mark.slug)))
    families = {parent: tuple(links) for parent, links in children.items()}
    return Catalog(ordered, pages, by_id, families, problems)
