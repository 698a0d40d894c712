"""An experiment's pages (its runs, 500 a page), its data as CSV and JSON, its pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from markupsafe import Markup

from reportgen.analysis.findings import looks_findings
from reportgen.analysis.standing import standing_tags
from reportgen.analysis.summary import Columns
from reportgen.analysis.table import runs_csv, runs_json
from reportgen.digest import Digest, digest_of
from reportgen.model import Experiment, Problem, Run
from reportgen.render.env import render
from reportgen.render.notes import note_html, opening
from reportgen.site.briefs import Brief, Plate, brief_of
from reportgen.site.catalog import Entry, RunLink
from reportgen.site.context import Context
from reportgen.site.heldoutbook import NO_TEST_RESULTS, HeldoutPart
from reportgen.site.outputs import Output
from reportgen.site.pages.association import AssociationTable, association_table
from reportgen.site.pages.badges import BadgeView, badge_view
from reportgen.site.pages.frame import Card, Frame, Link, experiment_link, page_frame
from reportgen.site.pages.groups import GroupTable, group_table
from reportgen.site.pages.headline import Headline, headline
from reportgen.site.pages.looks import looks_words
from reportgen.site.pages.pictures import Picture, card_words, experiment_card, overviews_of
from reportgen.site.pages.runtable import RowMaker, RunRow
from reportgen.site.pages.spread import near_tip
from reportgen.site.pages.summarydata import summary_data
from reportgen.site.pages.tabledata import table_script
from reportgen.site.pages.tablepages import TablePage, table_pages
from reportgen.site.pages.verdicts import FindingView, finding_views
from reportgen.site.survey import Survey
from reportgen.spelling import plural
from reportgen.values import frozen


@frozen
class HeldoutNote:
    """That test results stand elsewhere, or what it means that they stand here."""

    link: Link
    mode: str  # "aside", "sealed" or "open"
    looks: tuple[str, ...]  # how often each test set was scored
    is_worn: bool  # whether one was scored more often than the config allows
    ranks: bool  # whether the author lets runs be ranked by them all the same


@frozen
class PictureView:
    """A painted chart."""

    src: str
    alt: str


@frozen
class ExperimentView:
    """All that the template of an experiment's page sees."""

    frame: Frame
    slug: str  # of the experiment
    experiment: Experiment
    name: Link
    note: Markup
    tags: tuple[tuple[str, str], ...]
    headline: Headline | None  # on the first page, where there are runs
    findings: tuple[FindingView, ...]  # on the first page
    heldout: HeldoutNote | None  # where any run was ever scored on test data
    run_count: int
    last_start: int | None
    columns: Columns
    rows: tuple[RunRow, ...]
    associations: AssociationTable | None  # on the first page
    groups: GroupTable | None  # on the first page
    overviews: tuple[PictureView, ...]  # on the first page
    problems: tuple[Problem, ...]
    page: int  # counted from 1
    pages: tuple[Link, ...]  # () where one page holds all
    data: tuple[Link, ...]
    badge: BadgeView | None  # on the first page


@frozen
class ExperimentJob:
    """An experiment of the site with its runs, and the links to them in the same order."""

    entry: Entry
    links: Sequence[RunLink]
    survey: Survey
    heldout: HeldoutPart = NO_TEST_RESULTS
    baseline: RunLink | None = None  # that the config file names


def data_outputs(context: Context, job: ExperimentJob) -> Iterator[Output]:
    """The runs of an experiment as data, for other programs and for scripts in the page."""
    folder = f"experiments/{job.entry.mark.slug}"
    tags = standing_tags(job.entry.experiment)
    data = digest_of(context.code, context.rules, tags, job.survey.digest)
    yield Output(f"{folder}/runs.csv", data, lambda: runs_csv(*_apart(job.survey)))
    yield Output(f"{folder}/runs.json", data, lambda: runs_json(*_apart(job.survey)))

    shown = digest_of(
        data, context.heldout.mode, context.seed_params, job.entry.mark, tuple(job.links)
    )
    yield Output(
        f"{folder}/runs.js",
        shown,
        lambda: table_script(job.survey, job.entry.mark, job.links),
    )
    base = job.baseline.page if job.baseline else None
    yield Output(
        f"{folder}/summary.json",
        digest_of(shown, base),
        lambda: summary_data(job.survey, job.entry.mark, job.links, base),
    )


def _apart(survey: Survey) -> tuple[Sequence[Run], frozenset[str]]:
    """The runs, and the metrics that never stand beside parameters in the data."""
    return survey.runs, frozenset(survey.standing.heldout())


def page_outputs(context: Context, job: ExperimentJob, brief: Brief) -> Iterator[Output]:
    """The pages of an experiment. Its runs are read only if one of them must be made."""
    entry = job.entry
    shown = digest_of(
        context.judged,
        entry.mark,
        entry.experiment,
        entry.problems,
        tuple(job.links),
        job.survey.digest,
        job.heldout.tallies,
        context.heldout.max_looks if job.heldout.tallies else 0,
    )
    for page in table_pages(len(job.links)):
        yield Output(
            f"experiments/{entry.mark.slug}/{page.path}",
            digest_of(shown, page),
            partial(_page, context, job, brief, page),
        )


def _page(context: Context, job: ExperimentJob, brief: Brief, page: TablePage) -> bytes:
    return render(context.theme, "experiment.html", _view(context, job, brief, page))


def _view(context: Context, job: ExperimentJob, brief: Brief, page: TablePage) -> ExperimentView:
    frame = _frame(context, job, page)
    root, up, is_first = frame.root, page.up, page.is_first
    entry, survey = job.entry, job.survey
    starts = [run.start_time for run in survey.runs if run.start_time is not None]
    return ExperimentView(
        frame=frame,
        slug=entry.mark.slug,
        experiment=entry.experiment,
        name=experiment_link(root, entry.mark),
        note=note_html(entry.experiment.note) if is_first else Markup(),
        tags=tuple(t for t in entry.experiment.tags.items() if t[0] != "mlflow.note.content"),
        headline=headline(survey, job.links, brief.findings, root)
        if is_first and survey.runs
        else None,
        findings=finding_views(brief.findings) if is_first else (),
        heldout=_heldout(context, job, up),
        run_count=len(survey.runs),
        last_start=max(starts, default=None),
        columns=survey.columns,
        rows=tuple(_rows(job, root, page)),
        associations=association_table(survey) if is_first else None,
        groups=group_table(survey) if is_first else None,
        overviews=tuple(_shown(brief.plates)) if is_first else (),
        problems=(*entry.problems, *(p for run in survey.runs for p in run.problems)),
        page=page.number,
        pages=page.links,
        data=(Link("CSV", f"{up}runs.csv"), Link("JSON", f"{up}runs.json")),
        badge=badge_view(context, entry.mark) if is_first else None,
    )


def _heldout(context: Context, job: ExperimentJob, up: str) -> HeldoutNote | None:
    tallies = job.heldout.tallies
    if not tallies:
        return None
    return HeldoutNote(
        Link("Test results", f"{up}heldout/index.html"),
        context.heldout.mode,
        tuple(f"{tally.title or 'a test set'} was {looks_words(tally)}" for tally in tallies),
        any(tally.looks > context.heldout.max_looks for tally in tallies),
        bool(job.survey.standing.on_test),
    )


def _shown(plates: Sequence[Plate]) -> Iterator[PictureView]:
    for plate in plates:
        if plate.alt:  # a card is for other sites
            yield PictureView(plate.path, plate.alt)


def _frame(context: Context, job: ExperimentJob, page: TablePage) -> Frame:
    mark = job.entry.mark
    about = opening(job.entry.experiment.note) or plural(len(job.links), "run")
    folder = f"experiments/{mark.slug}"
    ends = [run.end_time or run.start_time or 0 for run in job.survey.runs]
    return page_frame(
        context,
        f"{folder}/{page.path}",
        mark.name,
        about=about,
        as_of=max(ends, default=0) or None,
        card=Card(f"{folder}/card.png", card_words(job.survey, mark.name)),
    )


def _rows(job: ExperimentJob, root: str, page: TablePage) -> Iterator[RunRow]:
    survey = job.survey
    maker = RowMaker(
        root,
        survey.columns,
        survey.standing,
        survey.best,
        survey.titles,
        survey.child_counts,
        survey.near,
        near_tip(survey.noise),
    )
    for index, depth in page.part(survey.order):
        yield maker.row(survey.runs[index], job.links[index], depth)


def experiment_digest(context: Context, job: ExperimentJob) -> Digest:
    """What the brief and the pictures of an experiment depend on."""
    entry = job.entry
    shown = entry.mark.name, entry.experiment.tags, tuple(job.links), job.survey.digest
    judged = context.seed_params, context.failure_rules, context.accepted
    mode = context.heldout.mode
    return digest_of(context.code, context.rules, mode, context.title, shown, judged)


def pictures_of(context: Context, job: ExperimentJob) -> tuple[Picture, ...]:
    """All pictures of an experiment: those of its page, and the card."""
    colours = [link.colour for link in job.links]
    card = experiment_card(job.survey, job.entry.mark.name, context.title)
    return (*overviews_of(job.survey, colours), card)


def experiment_brief(context: Context, job: ExperimentJob, digest: Digest) -> Brief:
    """The brief of an experiment; reads its runs."""
    plates = tuple(
        Plate(picture.path, digest_of(context.code, picture.depends), picture.alt)
        for picture in pictures_of(context, job)
    )
    findings = job.survey.findings(context.accepted, is_sealed=context.heldout.is_sealed)
    return brief_of(job.survey, digest, plates, findings, context.failure_rules)


def with_looks(context: Context, job: ExperimentJob, brief: Brief) -> Brief:
    """The brief with what the ledger tells, which does not depend on the runs alone."""
    worn = looks_findings(
        job.entry.experiment, job.heldout.counts(), context.heldout.max_looks, context.accepted
    )
    findings = sorted((*brief.findings, *worn), key=lambda finding: finding.code)
    return replace(brief, findings=tuple(findings))
