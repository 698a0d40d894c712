"""The pages of the site as a whole: index, problems, 404, and data/site.json."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from reportgen import __version__
from reportgen.analysis.plain import dump_json
from reportgen.charts.sparkline import spark_of
from reportgen.model import Problem, Status
from reportgen.render.notes import opening
from reportgen.site.briefs import Brief, Leader
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.outputs import PATH_OF_PROBLEMS, Failure, Output
from reportgen.site.pages.attention import (
    AttentionRow,
    FoundRow,
    experiments_found,
    findings_link,
    newest_failed,
    newest_stalled,
)
from reportgen.site.pages.bars import Bar, count_by_status, status_bar
from reportgen.site.pages.compare import PATH as PATH_OF_COMPARE
from reportgen.site.pages.compare import compare_output
from reportgen.site.pages.failed import PATH as PATH_OF_FAILED
from reportgen.site.pages.failed import failed_output
from reportgen.site.pages.frame import (
    Card,
    Frame,
    Link,
    experiment_link,
    page_frame,
    page_output,
    run_link,
)
from reportgen.site.pages.missing import missing_output
from reportgen.site.pages.pictures import Picture, site_card
from reportgen.site.scripts import put_call
from reportgen.spelling import exact, number, plural
from reportgen.values import frozen

_NEWEST = 10
SCHEMA_VERSION = 1


@frozen
class BestLine:
    """The best value of an experiment and how it was reached."""

    label: str  # of what, and of which run
    value: str
    full: str
    spark: Markup


@frozen
class ExperimentRow:
    """An experiment in the list."""

    name: Link
    about: str  # the first paragraph of its note, in short
    best: BestLine | None
    bar: Bar
    run_count: int
    last_start: int | None
    findings: Link | None  # where some are not accepted


@frozen
class NewRun:
    """A run among the newest."""

    run: Link
    experiment: Link
    status: str
    silent_since: int | None  # its last sign of life, if it may have stalled
    started: int | None


@frozen
class IndexView:
    """All that the template of the index sees."""

    frame: Frame
    sources: tuple[str, ...]
    experiments: tuple[ExperimentRow, ...]
    newest: tuple[NewRun, ...]
    failed: tuple[AttentionRow, ...]  # the newest of them
    stalled: tuple[AttentionRow, ...]  # likewise
    found: tuple[FoundRow, ...]  # experiments with errors or warnings
    run_count: int
    failed_count: int
    stalled_count: int
    problem_count: int


@frozen
class ProblemsView:
    """All that the template of the problems page sees."""

    frame: Frame
    problems: tuple[Problem, ...]
    failures: tuple[Failure, ...]


def site_outputs(
    context: Context,
    sources: tuple[str, ...],
    catalog: Catalog,
    briefs: Mapping[str, Brief],
    found: tuple[Sequence[Problem], Sequence[Failure]],
) -> Iterator[Output]:
    """The files of the site as a whole, the index last. `found`: problems and failed pages."""
    problems, failures = found
    yield Output.of(".nojekyll", b"")
    yield missing_output(context)
    frame = page_frame(context, PATH_OF_PROBLEMS, "Problems")
    listed = ProblemsView(frame, tuple(problems), tuple(failures))
    yield page_output(context, PATH_OF_PROBLEMS, "problems.html", listed)
    data = _site_data(sources, catalog, problems)
    yield Output.of("data/site.json", data)
    script = _site_script(context, catalog, briefs, has_problems=bool(problems or failures))
    yield Output.of("data/site.js", script)
    shown = catalog.used()
    yield failed_output(context, catalog, shown, briefs)
    yield compare_output(context, shown)
    index = _index_view(context, sources, catalog, briefs, len(problems))
    yield page_output(context, "index.html", "index.html", index)


def _site_data(sources: tuple[str, ...], catalog: Catalog, problems: Sequence[Problem]) -> bytes:
    return dump_json(
        {
            "generator": "reportgen",
            "version": __version__,
            "schema": SCHEMA_VERSION,
            "sources": list(sources),
            "experiments": [_plain_entry(entry) for entry in catalog.entries],
            "problems": [{"path": p.path, "line": p.line, "reason": p.reason} for p in problems],
        }
    )


def _site_script(
    context: Context, catalog: Catalog, briefs: Mapping[str, Brief], *, has_problems: bool
) -> bytes:
    """What scripts need to find their way in the site, and which differences are noise."""
    statuses = {outline.status for entry in catalog.entries for outline in entry.outlines}
    pages = [("Compare runs", PATH_OF_COMPARE)]
    pages += [("Problems", PATH_OF_PROBLEMS)] if has_problems else []
    pages += [("Failed runs", PATH_OF_FAILED)] if Status.FAILED in statuses else []
    experiments = []
    for entry in catalog.entries:
        brief = briefs.get(entry.key)
        known = {"primary": brief.primary, "limits": brief.limits} if brief else {}
        experiments.append({**_plain_entry(entry), **known})
        if brief and brief.looks:
            path = f"experiments/{entry.mark.slug}/heldout/index.html"
            pages.append((f"Test results of {entry.mark.name}", path))
    return put_call(
        "site", "", {"title": context.title, "pages": pages, "experiments": experiments}
    )


def _plain_entry(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.mark.name,
        "id": entry.mark.id,
        "slug": entry.mark.slug,
        "url": f"experiments/{entry.mark.slug}/index.html",
        "lifecycle_stage": entry.experiment.lifecycle_stage,
        "runs": len(entry.outlines),
        "status": dict(count_by_status([o.status for o in entry.outlines])),
    }


def _index_view(
    context: Context,
    sources: tuple[str, ...],
    catalog: Catalog,
    briefs: Mapping[str, Brief],
    problem_count: int,
) -> IndexView:
    shown = catalog.used()
    statuses = [outline.status for entry in shown for outline in entry.outlines]
    run_count = len(statuses)
    about = f"{plural(len(shown), 'experiment')}, {plural(run_count, 'run')}"
    return IndexView(
        frame=page_frame(
            context, "", "", about=about, card=Card("card.png", f"{context.title}: {about}")
        ),
        sources=sources,
        experiments=tuple(_experiment_row(catalog, entry, briefs) for entry in shown),
        newest=_newest(catalog, shown),
        failed=newest_failed(catalog, shown, briefs),
        run_count=run_count,
        stalled=newest_stalled(catalog, shown),
        found=tuple(experiments_found(shown, briefs)),
        failed_count=statuses.count(Status.FAILED),
        stalled_count=sum((e.store, o.where) in catalog.silent for e in shown for o in e.outlines),
        problem_count=problem_count,
    )


def card_of_site(context: Context, catalog: Catalog) -> Picture:
    """What a chat shows of a link to the site."""
    return site_card(context.title, *_card_counts(catalog))


def _card_counts(catalog: Catalog) -> tuple[int, dict[str, int]]:
    """How many experiments are shown, and their runs by status."""
    shown = catalog.used()
    counts = count_by_status(outline.status for entry in shown for outline in entry.outlines)
    return len(shown), {name.lower(): count for name, count in counts}


def _experiment_row(catalog: Catalog, entry: Entry, briefs: Mapping[str, Brief]) -> ExperimentRow:
    outlines = entry.outlines
    brief = briefs.get(entry.key)
    leader = brief.leader if brief else None
    return ExperimentRow(
        name=experiment_link("", entry.mark),
        about=opening(entry.experiment.note),
        best=None if leader is None else _best_line(catalog, entry, leader),
        bar=status_bar(count_by_status(outline.status for outline in outlines)),
        run_count=len(outlines),
        last_start=outlines[0].start_time if outlines else None,
        findings=findings_link(entry, brief),
    )


def _best_line(catalog: Catalog, entry: Entry, leader: Leader) -> BestLine:
    run = catalog.link_of(entry.store, leader.where)
    return BestLine(
        f"best {leader.metric}, {run.title}",
        number(leader.value),
        f"{exact(leader.value)} ({leader.hint})",
        Markup(spark_of(leader.course)),  # noqa: S704 (our own drawing of numbers)
    )


def _newest(catalog: Catalog, shown: Sequence[Entry]) -> tuple[NewRun, ...]:
    """The runs that started last, over all experiments."""
    first = [
        (outline.start_time, entry, outline)
        for entry in shown
        for outline in entry.outlines[:_NEWEST]
        if outline.start_time is not None
    ]
    first.sort(key=lambda item: (-item[0], item[2].id))
    named = Counter(entry.mark.name for entry in shown)
    return tuple(
        NewRun(
            run_link("", catalog.link(entry, outline)),
            experiment_link("", entry.mark, plain=named[entry.mark.name] == 1),
            outline.status.name,
            catalog.silent.get((entry.store, outline.where)),
            started,
        )
        for started, entry, outline in first[:_NEWEST]
    )
