"""Links that stay: what became of the runs and experiments that an earlier site had pages of."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from reportgen.analysis.plain import dump_json
from reportgen.analysis.table import in_calendar
from reportgen.readers.base import Outline
from reportgen.site.catalog import Catalog
from reportgen.site.previous import (
    LINKS_VERSION,
    PastExperiment,
    PastRun,
    Previous,
)
from reportgen.values import frozen


@frozen
class Permanent:
    """The addresses of this site, and what stands where others were."""

    runs: Mapping[str, PastRun]  # by page
    experiments: Mapping[str, PastExperiment]  # by slug
    gone: Mapping[str, PastRun]  # runs that this site does not have, by page
    moved: Mapping[str, str]  # slugs that this site does not have -> the new one, or ""
    former: Mapping[str, str]  # the names of those

    def spelled(self, spell: Callable[[str], str]) -> "Permanent":
        """The same, with names of what is gone as `spell` gives them.

        The address of an experiment whose name it changes would tell the name, and goes.
        """
        gone = {
            page: run._replace(title=spell(run.title), experiment=spell(run.experiment))
            for page, run in self.gone.items()
        }
        former = {old: name for old, name in self.former.items() if spell(name) == name}
        moved = {old: new for old, new in self.moved.items() if old in former}
        return replace(self, gone=gone, moved=moved, former=former)

    def as_json(self) -> bytes:
        """The file `data/links.json`, from which `read_previous` has the same."""
        return dump_json(
            {
                "version": LINKS_VERSION,
                "runs": {page: [run.title, run.slug, run.last] for page, run in self.runs.items()},
                "experiments": {slug: [e.id, e.name] for slug, e in self.experiments.items()},
                "gone": {
                    page: [run.title, run.experiment, run.slug, run.last]
                    for page, run in self.gone.items()
                },
                "moved": self.moved,
                "former": self.former,
            }
        )


def newest_entry(outline: Outline) -> int | None:
    """The newest time (ms) that the outline of a run tells; None where it tells none."""
    end = in_calendar(outline.end_time)
    return in_calendar(outline.start_time) if end is None else end


def permanent_links(catalog: Catalog, previous: Previous | None) -> Permanent:
    """The links of the site of a catalog that comes after another one, or after none."""
    runs: dict[str, PastRun] = {}
    experiments: dict[str, PastExperiment] = {}
    for entry in catalog.entries:
        mark = entry.mark
        experiments[mark.slug] = PastExperiment(mark.id, mark.name)
        for outline in entry.outlines:
            link = catalog.link(entry, outline)
            runs[link.page] = PastRun(link.title, mark.slug, mark.name, newest_entry(outline))
    if previous is None:
        return Permanent(runs, experiments, {}, {}, {})
    heirs = _heirs(previous, runs, experiments)
    moved, former = _moved(previous, heirs, experiments)
    gone = _gone(previous, heirs, runs, experiments)
    return Permanent(runs, experiments, gone, moved, former)


def _heirs(
    previous: Previous, runs: Mapping[str, PastRun], experiments: Mapping[str, PastExperiment]
) -> dict[str, str]:
    """Where each experiment of the earlier site is by now: its slug, "" where it is gone.

    It stays the same by its id. Ids of different stores may be equal: one that has a new slug has
    to have a run of it as well, if it had any.
    """
    by_id: dict[str, list[str]] = {}
    for slug, experiment in experiments.items():
        known = previous.experiments.get(slug)
        if known is None or known.id != experiment.id:
            by_id.setdefault(experiment.id, []).append(slug)
    populated = {run.slug for run in previous.runs.values()}
    shared = Counter(
        (previous.runs[page].slug, run.slug) for page, run in runs.items() if page in previous.runs
    )

    def heir(slug: str, experiment: PastExperiment) -> str:
        if slug in experiments and experiments[slug].id == experiment.id:
            return slug
        found = by_id.get(experiment.id, ())
        likely = [new for new in found if shared[slug, new] or slug not in populated]
        if likely:
            return max(likely, key=lambda new: (shared[slug, new], new))
        return slug if slug in experiments else ""

    return {slug: heir(slug, experiment) for slug, experiment in previous.experiments.items()}


def _moved(
    previous: Previous, heirs: Mapping[str, str], experiments: Mapping[str, PastExperiment]
) -> tuple[dict[str, str], dict[str, str]]:
    """The slugs that this site does not have: where each leads to, and the name it was for."""
    targets = {old: heirs.get(new, "") for old, new in previous.moved.items()}
    targets.update(heirs)
    names = {**previous.former, **{slug: e.name for slug, e in previous.experiments.items()}}
    lost = sorted(targets.keys() - experiments.keys())
    return {old: targets[old] for old in lost}, {old: names.get(old, old) for old in lost}


def _gone(
    previous: Previous,
    heirs: Mapping[str, str],
    runs: Mapping[str, PastRun],
    experiments: Mapping[str, PastExperiment],
) -> dict[str, PastRun]:
    """The runs that this site does not have, those that were gone before included."""
    there = _lowered(runs)
    lost = sorted(page for page in {*previous.gone, *previous.runs} if page.lower() not in there)
    found = {}
    for page in lost:
        run = previous.runs.get(page) or previous.gone[page]
        slug = heirs.get(run.slug, "")
        name = experiments[slug].name if slug else run.experiment
        found[page] = PastRun(run.title, slug, name, run.last)
    return found


def _lowered(names: Iterable[str]) -> set[str]:
    """Names that differ only in case are one folder to some file systems."""
    return {name.lower() for name in names}
