"""What the index puts first: failed runs, runs that may have stalled, findings."""

from collections.abc import Iterator, Mapping, Sequence

from reportgen.model import Status
from reportgen.site.briefs import Brief
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.pages.frame import Link, run_link
from reportgen.site.pages.verdicts import count_line, finding_views
from reportgen.spelling import plural
from reportgen.values import frozen

_MOST = 5  # runs of a kind


@frozen
class AttentionRow:
    """A run that needs attention: it failed, or may have stalled."""

    run: Link
    experiment: str
    status: str
    cause: str
    silent_since: int | None  # its last sign of life, if it may have stalled


@frozen
class FoundRow:
    """An experiment whose results should be read with what was found."""

    link: Link
    experiment: str
    first: str  # of the findings, in words


def newest_failed(
    catalog: Catalog, shown: Sequence[Entry], briefs: Mapping[str, Brief]
) -> tuple[AttentionRow, ...]:
    """The newest failed runs of all experiments."""
    found = [
        (run.started or 0, entry, run)
        for entry in shown
        if entry.key in briefs
        for group in briefs[entry.key].failures
        if group.status is Status.FAILED
        for run in group.runs
    ]
    found.sort(key=lambda item: (-item[0], item[2].where))
    return tuple(
        AttentionRow(
            run_link("", catalog.link_of(entry.store, run.where)),
            entry.mark.name,
            Status.FAILED.name,
            run.cause,
            None,
        )
        for _, entry, run in found[:_MOST]
    )


def newest_stalled(catalog: Catalog, shown: Sequence[Entry]) -> tuple[AttentionRow, ...]:
    """The runs that may have stalled, those that were silent last first."""
    found = [
        (catalog.silent[entry.store, outline.where], entry, outline)
        for entry in shown
        for outline in entry.outlines
        if (entry.store, outline.where) in catalog.silent
    ]
    found.sort(key=lambda item: (-item[0], item[2].where))
    return tuple(
        AttentionRow(
            run_link("", catalog.link(entry, outline)),
            entry.mark.name,
            outline.status.name,
            "",
            since,
        )
        for since, entry, outline in found[:_MOST]
    )


def experiments_found(shown: Sequence[Entry], briefs: Mapping[str, Brief]) -> Iterator[FoundRow]:
    """The experiments with errors or warnings."""
    for entry in shown:
        brief = briefs.get(entry.key)
        serious = [one for one in brief.findings if one.counts] if brief else []
        if serious:
            href = f"experiments/{entry.mark.slug}/index.html#findings"
            link = Link(plural(len(serious), "finding"), href)
            yield FoundRow(link, entry.mark.name, finding_views(serious)[0].finding.text)


def findings_link(entry: Entry, brief: Brief | None) -> Link | None:
    """How many findings about an experiment stand, as a link to them; None where none does."""
    line = count_line(brief.findings) if brief else ""
    return Link(line, f"experiments/{entry.mark.slug}/index.html#findings") if line else None
