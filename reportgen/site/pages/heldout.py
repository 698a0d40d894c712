"""The test results of an experiment: in order of date, without parameters, sorted by no value."""

from collections.abc import Iterator, Sequence
from functools import partial

from markupsafe import Markup

from reportgen.analysis.ledger import UNKNOWN
from reportgen.analysis.plain import plain_number
from reportgen.analysis.prefixes import natural
from reportgen.analysis.scored import scored_sets
from reportgen.analysis.standing import standing_tags
from reportgen.analysis.summary import MOST_METRICS
from reportgen.analysis.table import Column, in_calendar, table_csv
from reportgen.digest import Digest, digest_of
from reportgen.model import DatasetInput, MetricHead, MetricKey, Run
from reportgen.render.env import render
from reportgen.site.catalog import RunLink
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.experiment import ExperimentJob
from reportgen.site.pages.frame import (
    Frame,
    Link,
    experiment_link,
    page_frame,
    run_link_with_id,
)
from reportgen.site.pages.looks import ScoredSetView, scored_set_views
from reportgen.site.pages.metricrows import SEALED, number_cell
from reportgen.site.pages.table import ABSENT, Cell, cells_html
from reportgen.site.pages.tablepages import TablePage, table_pages
from reportgen.spelling import plural
from reportgen.values import frozen


@frozen
class HeldoutColumn:
    """A test metric as a column."""

    key: str
    hint: str  # its role and direction, in words


@frozen
class HeldoutRow:
    """A run with test results."""

    run: Link
    status: str
    started: int | None
    cells: Markup  # a metric each
    sets: str  # the test sets that it recorded; "" where it recorded none
    unsealed: str  # why they were opened; "" where they were not


@frozen
class HeldoutView:
    """All that the template of the test results sees."""

    frame: Frame
    experiment: Link
    mode: str  # "aside", "sealed" or "open"
    sets: tuple[ScoredSetView, ...]  # how often each was scored; on the first page
    has_luck: bool  # whether the formula is used
    columns: tuple[HeldoutColumn, ...]
    hidden: str  # what the table leaves out, in words; "" where nothing
    rows: tuple[HeldoutRow, ...]  # oldest first
    run_count: int
    page: int  # counted from 1
    pages: tuple[Link, ...]  # () where one page holds all
    data: Link


def heldout_outputs(context: Context, job: ExperimentJob) -> Iterator[Output]:
    """The page of test results and its CSV, where any run was ever scored on test data."""
    if not job.heldout.tallies:
        return
    folder = f"experiments/{job.entry.mark.slug}"
    data = _data_digest(context, job)
    yield Output(f"{folder}/heldout.csv", data, lambda: _csv(context, job))
    shown = digest_of(
        context.digest,
        data,
        job.entry.mark,
        tuple(job.links),
        job.heldout.tallies,
        context.heldout.max_looks,
        context.heldout.rows,
    )
    for page in table_pages(job.heldout.scored):
        yield Output(
            f"{folder}/heldout/{page.path}",
            digest_of(shown, page),
            partial(_page, context, job, page),
        )


def _page(context: Context, job: ExperimentJob, page: TablePage) -> bytes:
    return render(context.theme, "heldout.html", _view(context, job, page))


def _data_digest(context: Context, job: ExperimentJob) -> Digest:
    return digest_of(
        context.code,
        context.rules,
        context.heldout.mode,
        standing_tags(job.entry.experiment),
        job.heldout.unsealed,
        job.survey.digest,
    )


def _scored(job: ExperimentJob) -> list[tuple[Run, RunLink]]:
    """The runs with test results and the links to them, oldest first."""
    keys = set(job.survey.standing.heldout())
    pairs = zip(reversed(job.survey.runs), reversed(job.links), strict=True)
    return [(run, link) for run, link in pairs if not keys.isdisjoint(run.metrics)]


def _columns(job: ExperimentJob) -> list[MetricKey]:
    """The test metrics, sorted as people count; the table has the first of them."""
    return sorted(job.survey.standing.heldout(), key=natural)


def _view(context: Context, job: ExperimentJob, page: TablePage) -> HeldoutView:
    scored = _scored(job)
    frame = _frame(context, job, page, scored)
    up = f"../{page.up}"
    keys = _columns(job)
    more = len(keys) - MOST_METRICS
    tallies = job.heldout.tallies if page.is_first else ()
    sets = scored_set_views(context.heldout, job.survey, tallies)
    name = experiment_link(f"{up}../../", job.entry.mark)
    return HeldoutView(
        frame=frame,
        experiment=Link(name.text, f"{up}index.html", name.small),
        mode=context.heldout.mode,
        sets=sets,
        has_luck=any(one.luck for one in sets),
        columns=tuple(
            HeldoutColumn(key, job.survey.standing.describe(key)) for key in keys[:MOST_METRICS]
        ),
        hidden=f"{plural(more, 'more metric')} in the CSV" if more > 0 else "",
        rows=tuple(_rows(context, job, page.part(scored), frame.root)),
        run_count=len(scored),
        page=page.number,
        pages=page.links,
        data=Link("CSV", f"{up}heldout.csv"),
    )


def _frame(
    context: Context, job: ExperimentJob, page: TablePage, scored: Sequence[tuple[Run, RunLink]]
) -> Frame:
    mark = job.entry.mark
    times = [head.timestamp for run, _ in scored for head in _heads(job, run)]
    return page_frame(
        context,
        f"experiments/{mark.slug}/heldout/{page.path}",
        "Test results",
        crumbs=(experiment_link(f"{page.up}../../../", mark),),
        about=f"test results of {plural(len(scored), 'run')} of {mark.name}",
        as_of=max(times, default=None),
    )


def _heads(job: ExperimentJob, run: Run) -> list[MetricHead]:
    keys = job.survey.standing.heldout()
    return [run.metrics[key] for key in keys if key in run.metrics]


def _rows(
    context: Context, job: ExperimentJob, scored: Sequence[tuple[Run, RunLink]], root: str
) -> Iterator[HeldoutRow]:
    keys = _columns(job)[:MOST_METRICS]
    reasons = dict(job.heldout.unsealed)
    for run, link in scored:
        is_sealed = context.heldout.is_sealed and run.id not in reasons
        cells = [_cell(run.metrics.get(key), is_sealed=is_sealed) for key in keys]
        sets = ", ".join(_set_name(one.name, one.dataset_digest) for one in _sets(job, run))
        yield HeldoutRow(
            run_link_with_id(root, link, run.id),
            run.status.name,
            run.start_time,
            cells_html(cells, "number"),
            sets,
            reasons.get(run.id, ""),
        )


def _cell(head: MetricHead | None, *, is_sealed: bool) -> Cell:
    """The latest value: the best of several on test data would be a choice by test data."""
    if head is None:
        return ABSENT
    if is_sealed:
        return SEALED
    return number_cell(head.last, head.step if head.count > 1 else None)


def _sets(job: ExperimentJob, run: Run) -> tuple[DatasetInput, ...]:
    return scored_sets(run, filter(job.survey.standing.is_heldout, run.metrics))


def _set_name(name: str, digest: str) -> str:
    return f"{name or UNKNOWN}@{digest}" if digest else name or UNKNOWN


def _csv(context: Context, job: ExperimentJob) -> bytes:
    """Each run with test results, oldest first; no parameters."""
    runs = [run for run, _ in _scored(job)]
    reasons = dict(job.heldout.unsealed)
    sets = [_sets(job, run) for run in runs]
    columns = [
        Column("run_id", "text", [run.id for run in runs]),
        Column("run_name", "text", [run.name for run in runs]),
        Column("status", "text", [run.status.name for run in runs]),
        Column("start_time", "time", [in_calendar(run.start_time) for run in runs]),
    ]
    for key in job.survey.standing.heldout():
        heads = [run.metrics.get(key) for run in runs]
        if context.heldout.is_sealed:
            pairs = zip(runs, heads, strict=True)
            told = [_spelled(head, is_sealed=run.id not in reasons) for run, head in pairs]
            columns.append(Column(f"metrics.{key}", "text", told))
        else:
            values = [None if head is None else head.last for head in heads]
            columns.append(Column(f"metrics.{key}", "number", values))
    columns.append(_joined("dataset", [[one.name for one in found] for found in sets]))
    digests = [[one.dataset_digest for one in found] for found in sets]
    columns.append(_joined("dataset_digest", digests))
    if context.heldout.is_sealed:
        columns.append(Column("unsealed", "text", [reasons.get(run.id) for run in runs]))
    return table_csv(columns)


def _spelled(head: MetricHead | None, *, is_sealed: bool) -> str | None:
    """A value among sealed ones, for a column of texts."""
    if head is None:
        return None
    return "sealed" if is_sealed else str(plain_number(head.last))


def _joined(name: str, rows: Sequence[Sequence[str]]) -> Column:
    """A text for each run; where it used several test sets, with a semicolon between them."""
    return Column(name, "text", ["; ".join(texts) if texts else None for texts in rows])
