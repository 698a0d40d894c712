"""The page of a diff: two runs of the site, compared in advance."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from reportgen.analysis.diff_metrics import Judgement
from reportgen.analysis.diff_summary import summary_of
from reportgen.digest import Digest
from reportgen.model import Run
from reportgen.readers.base import Store
from reportgen.readers.codec import unpack
from reportgen.render.env import render
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.context import Context
from reportgen.site.diffs.pairs import diff_folder
from reportgen.site.diffs.sides import Side, whole_diff
from reportgen.site.outputs import Output
from reportgen.site.pages.difffiles import Shown
from reportgen.site.pages.difftables import href_of
from reportgen.site.pages.diffview import DiffPlace, colours_of, diff_view
from reportgen.site.pages.exhibits import choose_copies
from reportgen.site.pages.frame import (
    Frame,
    Link,
    experiment_link,
    page_frame,
    run_href,
    run_link,
)
from reportgen.values import frozen

_ROOT = "../../"
_SIDES_KEPT = 16
_MOST_HASHED = 256 << 10  # bytes of a file, where fewer are copied
_ROOM = 20  # lines of all texts of a page; `reportgen diff` shows more


@frozen
class DiffRun:
    """One of two runs to compare: where it stands in the site, and the run itself, packed."""

    store: int
    mark: Shelfmark
    link: RunLink
    head: bytes
    is_sealed: bool  # whether its test results are
    hashes: Mapping[str, bytes]  # SHA-256 of copied artifacts by the names of the copies, if known


@frozen
class DiffJob:
    """A diff that is to be brought up to date."""

    a: DiffRun
    b: DiffRun
    about: str
    judgement: Judgement
    digest: Digest  # of all that the page depends on; "" where that cannot be told

    @property
    def path(self) -> str:
        """Of the page."""
        return f"{diff_folder(self.a.link, self.b.link)}/index.html"


class DiffMaker:
    """Makes the pages of diffs, in one process."""

    def __init__(self, context: Context, stores: Sequence[Store]) -> None:
        self._context = context
        self._stores = stores
        self._sides: dict[tuple[int, str, bytes], Shown] = {}  # the last: each is in two or more

    def output(self, job: DiffJob) -> Output:
        """The page of a diff."""
        return Output(job.path, job.digest, lambda: self._page(job))

    def _side(self, one: DiffRun) -> Shown:
        key = one.store, one.link.page, one.head
        side = self._sides.pop(key, None)
        if side is None:
            side = self._open(one)
        self._sides[key] = side
        if len(self._sides) > _SIDES_KEPT:
            del self._sides[next(iter(self._sides))]
        return side

    def _open(self, one: DiffRun) -> Shown:
        """A run whose files are compared by their hashes as far as they are copied.

        What was hashed when it was copied is not read for it again.
        """
        run = unpack(one.head)
        names = _names(self._context, run)

        def known(path: str) -> str | None:
            found = one.hashes.get(names(path) or "")
            return None if found is None else found.hex()

        most = max(_MOST_HASHED, self._context.max_file)
        side = Side(self._stores[one.store], run, one.is_sealed, most, known=known)
        return Shown(side, partial(_href, names, one.link.page))

    def _page(self, job: DiffJob) -> bytes:
        context = self._context
        shown = self._side(job.a), self._side(job.b)
        diff = whole_diff(shown[0].side, shown[1].side, job.judgement, _ROOM)
        summary = summary_of(diff)
        colours = colours_of(job.a.link, job.b.link)
        place = DiffPlace(
            frame=_frame(context, job, (diff.a, diff.b), summary.brief),
            links=(_link(job.a, colours[0]), _link(job.b, colours[1])),
            statuses=(job.a.link.status, job.b.link.status),
            pages=(job.a.link.page, job.b.link.page),
            about=job.about,
            experiments=(job.a.mark.name, job.b.mark.name),
            shown=shown,
        )
        return render(context.theme, "diff.html", diff_view(diff, summary, place))


def _link(one: DiffRun, colour: int) -> Link:
    return Link(one.link.title, run_href(_ROOT, one.link), "", colour)


def _frame(context: Context, job: DiffJob, runs: tuple[Run, Run], about: str) -> Frame:
    crumbs = (experiment_link(_ROOT, job.b.mark), run_link(_ROOT, job.b.link))
    times = [run.end_time or run.start_time or 0 for run in runs]
    title = f"{job.a.link.title} → {job.b.link.title}"
    as_of = max(times) or None
    return page_frame(context, job.path, title, crumbs=crumbs, about=about, as_of=as_of)


def _names(context: Context, run: Run) -> Callable[[str], str | None]:
    """The name of an artifact's copy by its path; they are told when one is asked for."""
    names: dict[str, str] = {}

    def name_of(path: str) -> str | None:
        if not names:
            copies = choose_copies(run.artifacts, context.max_file, context.max_run)
            names.update((copy.artifact.path, copy.name) for copy in copies)
        return names.get(path)

    return name_of


def _href(name_of: Callable[[str], str | None], page: str, path: str) -> str:
    name = name_of(path)
    return "" if name is None else href_of(_ROOT, page, name)
