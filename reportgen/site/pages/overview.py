"""The pages of the site as a whole: index, problems, 404, and data/site.json."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from reportgen import __version__
from reportgen.analysis.plain import dump_json
from reportgen.digest import digest_of
from reportgen.model import Problem
from reportgen.render.env import render
from reportgen.render.notes import first_line
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.outputs import Failure, Output
from reportgen.site.pages.experiment import count_by_status
from reportgen.site.pages.frame import Frame, Link, experiment_link, run_href

_NEWEST = 10
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """An experiment in the list."""

    name: Link
    about: str  # the first line of its note
    counts: tuple[tuple[str, int], ...]
    run_count: int
    last_start: int | None


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run among the newest."""

    run: Link
    experiment: Link
    status: str
    started: int | None


@dataclass(frozen=True, slots=True)
class IndexView:
    """All that the template of the index sees."""

    frame: Frame
    sources: tuple[str, ...]
    experiments: tuple[ExperimentRow, ...]
    newest: tuple[NewRun, ...]
    run_count: int
    failed_count: int
    problem_count: int


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """All that the template of the problems page sees."""

    frame: Frame
    problems: tuple[Problem, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class NotFoundView:
    """All that the template of the 404 page sees: its links are absolute, or there are none."""

    frame: Frame
    home: str
    style: Markup
    style_hash: str  # by which the content security policy knows the style


def site_outputs(
    context: Context,
    sources: tuple[str, ...],
    catalog: Catalog,
    problems: Sequence[Problem],
    failures: Sequence[Failure],
) -> Iterator[Output]:
    """The files of the site as a whole, the index last."""
    yield Output(".nojekyll", digest_of("nojekyll"), lambda: b"")
    missing = NotFoundView(
        Frame("Page not found", context.title, ""), context.url, _STYLE, _STYLE_HASH
    )
    yield _page(context, "404.html", missing)
    found = ProblemsView(Frame("Problems", context.title, "../"), tuple(problems), tuple(failures))
    yield _page(context, "problems/index.html", found)
    data = _site_data(sources, catalog, problems)
    yield Output("data/site.json", digest_of(data), lambda: data)
    yield _page(context, "index.html", _index_view(context, sources, catalog, problems))


def _page(context: Context, path: str, view: IndexView | ProblemsView | NotFoundView) -> Output:
    template = path.removesuffix("/index.html").removesuffix(".html") + ".html"
    return Output(
        path, digest_of(context.digest, view), lambda: render(context.theme, template, view)
    )


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
    context: Context, sources: tuple[str, ...], catalog: Catalog, problems: Sequence[Problem]
) -> IndexView:
    shown = [entry for entry in catalog.entries if not _is_empty_default(entry)]
    counts = [dict(count_by_status([o.status for o in entry.outlines])) for entry in shown]
    return IndexView(
        frame=Frame("", context.title, ""),
        sources=sources,
        experiments=tuple(_experiment_row(entry) for entry in shown),
        newest=_newest(catalog, shown),
        run_count=sum(len(entry.outlines) for entry in shown),
        failed_count=sum(count.get("FAILED", 0) for count in counts),
        problem_count=len(problems),
    )


def _is_empty_default(entry: Entry) -> bool:
    """Whether an entry is the experiment that MLflow makes by itself, never used."""
    return entry.mark.id == "0" and not entry.outlines and not entry.problems


def _experiment_row(entry: Entry) -> ExperimentRow:
    outlines = entry.outlines
    return ExperimentRow(
        name=experiment_link("", entry.mark),
        about=first_line(entry.experiment.note),
        counts=count_by_status([outline.status for outline in outlines]),
        run_count=len(outlines),
        last_start=outlines[0].start_time if outlines else None,
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
            Link(outline.title, run_href("", catalog.link(entry, outline))),
            experiment_link("", entry.mark, plain=named[entry.mark.name] == 1),
            outline.status.name,
            started,
        )
        for started, entry, outline in first[:_NEWEST]
    )


# The 404 page is served at any depth, where no relative link to a style sheet holds.
_STYLE = Markup(
    "body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto 0;padding:0 1.5rem;"
    "color:#1b1a18;background:#faf9f7}a{color:#2a5bd0}h1{font-size:1.6rem}"
    "@media(prefers-color-scheme:dark){body{color:#ececea;background:#101113}a{color:#8db2ff}}"
)
_STYLE_HASH = f"sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}"
