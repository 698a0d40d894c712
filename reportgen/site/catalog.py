"""The catalog: what a site is about, from the outlines of all runs, before any run is read.

It fixes everything that pages say of each other: which runs there are, their order, their
parents and children, and the folder that each experiment and run gets.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from reportgen.analysis.selection import check_names
from reportgen.config import Options
from reportgen.model import DELETED, Experiment, Problem
from reportgen.readers.base import Outline, Store
from reportgen.site.links import distinct, page_name, slug_of
from reportgen.site.stalled import Place, Signs, signs_of
from reportgen.site.unshown import NOTHING_UNSHOWN, Sieve, Unshown
from reportgen.values import frozen

COLOURS = 7  # that people of all kinds of sight tell apart


@frozen
class RunLink:
    """A run as other pages show it."""

    title: str
    page: str  # its folder below `runs/`
    status: str
    colour: int = 1  # 1 to 7, the same on every page
    silent: bool = False  # running by its record, but silent for long


@frozen
class Neighbours:
    """The runs that a run's page links to."""

    newer: RunLink | None
    older: RunLink | None
    parent: RunLink | None
    children: tuple[RunLink, ...]
    baseline: RunLink | None = None  # that the config file names for the experiment


@frozen
class Shelfmark:
    """An experiment's place in the site."""

    name: str
    id: str
    slug: str
    label: str  # of the store; "" where the site has only one


@frozen
class Entry:
    """An experiment of the site and the outlines of its runs, newest first."""

    store: int  # index into the stores of the site
    experiment: Experiment
    mark: Shelfmark
    outlines: tuple[Outline, ...]
    problems: tuple[Problem, ...]  # of the experiment and of runs that could not be read at all
    unshown: Unshown = NOTHING_UNSHOWN  # what runs tell that the filter leaves out

    @property
    def key(self) -> str:
        """What tells the experiment from all others of the site, and stays from build to build."""
        return f"{self.store}/{self.experiment.where}"

    @property
    def is_empty_default(self) -> bool:
        """Whether it is the experiment that MLflow makes by itself, never used."""
        return self.mark.id == "0" and not self.outlines and not self.problems

    def without_runs(self) -> "Entry":
        """The entry for a process that is told its runs one by one."""
        return replace(self, outlines=())


@frozen
class Catalog:
    """All experiments, by name, and how to find runs by place and by id."""

    entries: tuple[Entry, ...]
    by_id: Mapping[tuple[int, str], RunLink]  # store and id
    children: Mapping[tuple[int, str], tuple[RunLink, ...]]  # store and id of the parent
    links: Mapping[tuple[int, str], RunLink]  # store and place of a run
    problems: tuple[Problem, ...]  # of the stores themselves
    signs: Signs  # of life
    baselines: Mapping[str, RunLink] = field(default_factory=dict)  # by the key of the experiment

    @property
    def silent(self) -> Mapping[Place, int]:
        """The last sign of life (ms) of runs that may have stalled."""
        return self.signs.silent

    def used(self) -> list[Entry]:
        """The experiments to list: all but one that MLflow made by itself."""
        return [entry for entry in self.entries if not entry.is_empty_default]

    def neighbours(self, entry: Entry) -> Iterator[tuple[Outline, RunLink, Neighbours]]:
        """Each run of an experiment with the link to it and the runs around it."""
        links = [self.link(entry, outline) for outline in entry.outlines]
        for index, outline in enumerate(entry.outlines):
            around = Neighbours(
                newer=links[index - 1] if index else None,
                older=links[index + 1] if index + 1 < len(links) else None,
                parent=self.by_id.get((entry.store, outline.parent_id)),
                children=self.children.get((entry.store, outline.id), ()),
                baseline=self.baselines.get(entry.key),
            )
            yield outline, links[index], around

    def link(self, entry: Entry, outline: Outline) -> RunLink:
        """The link to a run."""
        return self.links[entry.store, outline.where]

    def link_of(self, store: int, where: str) -> RunLink:
        """The link to the run at a place of a store."""
        return self.links[store, where]


def gather(stores: Sequence[Store], options: Options, sieve: Sieve | None) -> Catalog:
    """The catalog of the experiments and runs that the options choose; no sieve takes all runs.

    Raises UsageError for an experiment that no store has.
    """
    chosen = _choose(stores, options)
    slugs = distinct((slug_of(e.name), f"{stores[i].label}/{e.where}") for i, e in chosen)
    entries = []
    for (index, experiment), slug in zip(chosen, slugs, strict=True):
        outlines, problems = stores[index].outlines(experiment)
        kept = tuple(o for o in outlines if options.deleted or o.lifecycle_stage != DELETED)
        unshown = NOTHING_UNSHOWN
        if sieve is not None:
            kept, unshown = sieve.parted(index, stores[index].read, experiment, kept)
        label = stores[index].label if len(stores) > 1 else ""
        mark = Shelfmark(experiment.name, experiment.id, slug, label)
        found = (*experiment.problems, *problems)
        entries.append(Entry(index, experiment, mark, kept, found, unshown))
    store_problems = tuple(problem for store in stores for problem in store.problems())
    places = [(entry.store, outline) for entry in entries for outline in entry.outlines]
    signs = signs_of(stores, places, options.stalled_after, options.now)
    return _indexed(entries, stores, store_problems, signs)


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
    entries: list[Entry],
    stores: Sequence[Store],
    problems: tuple[Problem, ...],
    signs: Signs,
) -> Catalog:
    places = [(entry.store, outline) for entry in entries for outline in entry.outlines]
    names = distinct((page_name(o.id), f"{stores[i].label}/{o.where}") for i, o in places)
    colours = {
        (entry.store, outline.where): place % COLOURS + 1
        for entry in entries
        for place, outline in enumerate(reversed(entry.outlines))  # a newer run changes no older
    }
    links: dict[tuple[int, str], RunLink] = {}
    by_id: dict[tuple[int, str], RunLink] = {}
    children: dict[tuple[int, str], list[RunLink]] = {}
    for (index, outline), page in zip(places, names, strict=True):
        place = index, outline.where
        link = RunLink(
            outline.title, page, outline.status.name, colours[place], place in signs.silent
        )
        links[place] = link
        by_id.setdefault((index, outline.id), link)
        if outline.parent_id:
            children.setdefault((index, outline.parent_id), []).append(link)
    ordered = tuple(sorted(entries, key=lambda e: (e.mark.name.lower(), e.mark.name, e.mark.slug)))
    families = {parent: tuple(links) for parent, links in children.items()}
    return Catalog(ordered, by_id, families, links, problems, signs)
