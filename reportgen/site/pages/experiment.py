"""An experiment's pages (its runs, 500 a page) and its data as CSV and JSON."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from markupsafe import Markup

from reportgen.analysis.summary import Columns, choose_columns
from reportgen.analysis.table import runs_csv, runs_json
from reportgen.digest import Digest, digest_of
from reportgen.model import Experiment, MetricHead, Problem, Run, Status
from reportgen.render.env import render
from reportgen.render.filters import duration, number
from reportgen.render.notes import note_html
from reportgen.site.catalog import Entry, RunLink
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import Frame, Link, experiment_link, run_href

RUNS_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: what is shown, and the full value where that says more."""

    text: str
    full: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in the table."""

    run: Link
    status: str
    started: int | None
    duration: str
    parent: str  # the title of the parent run, or ""
    params: tuple[Cell, ...]
    metrics: tuple[Cell, ...]
    problems: int


@dataclass(frozen=True, slots=True)
class ExperimentView:
    """All that the template of an experiment's page sees."""

    frame: Frame
    experiment: Experiment
    name: Link
    note: Markup
    tags: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]  # runs by status, in the order of `Status`
    run_count: int
    columns: Columns
    rows: tuple[RunRow, ...]
    problems: tuple[Problem, ...]
    page: int  # counted from 1
    pages: tuple[Link, ...]  # () where one page holds all
    data: tuple[Link, ...]


def experiment_outputs(
    context: Context, entry: Entry, links: Sequence[RunLink], runs: "LazyRuns"
) -> Iterator[Output]:
    """The files of an experiment. `runs` are read only if one of the files must be made."""
    folder = f"experiments/{entry.mark.slug}"
    data = digest_of(context.code, runs.digest)
    yield Output(f"{folder}/runs.csv", data, lambda: runs_csv(runs.all()))
    yield Output(f"{folder}/runs.json", data, lambda: runs_json(runs.all()))
    page_count = max(1, ceil(len(links) / RUNS_A_PAGE))
    shown = digest_of(
        context.digest, entry.mark, entry.experiment, entry.problems, tuple(links), runs.digest
    )
    for page in range(1, page_count + 1):
        yield Output(
            f"{folder}/{page_path(page)}",
            digest_of(shown, page),
            lambda page=page: render(  # type: ignore[misc]
                context.theme,
                "experiment.html",
                _view(context, entry, links, runs.all(), (page, page_count)),
            ),
        )


class LazyRuns:
    """The runs of an experiment in the order of its pages: a digest now, the values on demand."""

    def __init__(self, digests: Sequence[Digest], load: Callable[[], Sequence[Run]]) -> None:
        self.digest = digest_of(tuple(digests))
        self._load = load
        self._runs: Sequence[Run] | None = None

    def all(self) -> Sequence[Run]:
        """The runs, read once."""
        if self._runs is None:
            self._runs = self._load()
        return self._runs


def page_path(page: int) -> str:
    """Where a page of the run table stands in its experiment's folder; pages count from 1."""
    return "index.html" if page == 1 else f"page-{page}/index.html"


def _view(
    context: Context,
    entry: Entry,
    links: Sequence[RunLink],
    runs: Sequence[Run],
    place: tuple[int, int],
) -> ExperimentView:
    page, page_count = place
    root = "../../" if page == 1 else "../../../"
    up = "" if page == 1 else "../"
    name = experiment_link(root, entry.mark)
    columns = choose_columns(runs)
    titles = {run.id: run.title for run in runs}
    first = (page - 1) * RUNS_A_PAGE
    part = slice(first, first + RUNS_A_PAGE)
    return ExperimentView(
        frame=Frame(entry.mark.name, context.title, root),
        experiment=entry.experiment,
        name=name,
        note=note_html(entry.experiment.note) if page == 1 else Markup(),
        tags=tuple(t for t in entry.experiment.tags.items() if t[0] != "mlflow.note.content"),
        counts=count_by_status(run.status for run in runs),
        run_count=len(runs),
        columns=columns,
        rows=tuple(
            _row(run, link, root, columns, titles)
            for run, link in zip(runs[part], links[part], strict=True)
        ),
        problems=(*entry.problems, *(problem for run in runs for problem in run.problems)),
        page=page,
        pages=tuple(Link(str(n), up + page_path(n)) for n in range(1, page_count + 1))
        if page_count > 1
        else (),
        data=(Link("CSV", f"{up}runs.csv"), Link("JSON", f"{up}runs.json")),
    )


def count_by_status(statuses: Iterator[Status] | Sequence[Status]) -> tuple[tuple[str, int], ...]:
    """How many runs have each status, in the order of `Status`; those that none has left out."""
    counts = dict.fromkeys(Status, 0)
    for status in statuses:
        counts[status] += 1
    return tuple((status.name, count) for status, count in counts.items() if count)


def _row(run: Run, link: RunLink, root: str, columns: Columns, titles: dict[str, str]) -> RunRow:
    return RunRow(
        run=Link(run.title, run_href(root, link), run.id[:8]),
        status=run.status.name,
        started=run.start_time,
        duration=duration(run.start_time, run.end_time),
        parent=titles.get(run.parent_id, ""),
        params=tuple(_param(run.params.get(key)) for key in columns.params),
        metrics=tuple(_metric(run.metrics.get(key)) for key in columns.metrics),
        problems=len(run.problems),
    )


_ABSENT = Cell("–", "not logged")
_LONGEST = 40  # characters of a parameter in a table
_LONGEST_TIP = 2000


@lru_cache(maxsize=4096)
def _param(value: str | None) -> Cell:
    if value is None:
        return _ABSENT
    line = " ".join(value.split())
    if line == value and len(line) <= _LONGEST:
        return Cell(value)
    return Cell(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…", value[:_LONGEST_TIP])


def _metric(head: MetricHead | None) -> Cell:
    if head is None:
        return _ABSENT
    return Cell(number(head.last), repr(head.last))
