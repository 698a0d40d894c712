"""A run's page, its run.json and its copied artifacts."""

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.analysis.plain import dump_json, site_run
from reportgen.analysis.standing import run_standing, standing_tags
from reportgen.digest import Digest, digest_of
from reportgen.model import Run
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest
from reportgen.render.env import render
from reportgen.site.catalog import Entry, Neighbours, RunLink
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.exhibits import Exhibits
from reportgen.site.pages.runview import RunPlace, run_view


def page_digest(
    context: Context, digests: tuple[Digest, Digest], entry: Entry, job: "RunJob"
) -> Digest:
    """What a run's page depends on: known without reading the run when it is remembered.

    `digests` are the run's own and that of its artifacts' bytes; "" where one cannot be told.
    """
    if not all(digests):
        return ""
    link = job.link.colour, job.link.silent
    around = entry.mark, standing_tags(entry.experiment), link, job.around
    return digest_of(context.digest, digests, around, job.unsealed)


@dataclass(frozen=True, slots=True)
class RunJob:
    """A run of the site that is to be brought up to date."""

    outline: Outline
    link: RunLink
    around: Neighbours
    unsealed: str = ""  # why its test results were opened; "" where they were not, or never sealed


def run_outputs(
    context: Context, store: Store, entry: Entry, job: RunJob, run: Run
) -> Iterator[Output]:
    """The files of a run: artifacts, data, and the page that links to them last."""
    folder = f"runs/{job.link.page}"
    exhibits = Exhibits(context, store, run)
    yield from exhibits.outputs(folder)
    yield Output(
        f"{folder}/run.json",
        digest_of(
            context.code,
            context.rules,
            context.heldout.mode,
            standing_tags(entry.experiment),
            job.unsealed,
            run.digest,
            entry.mark.name,
        ),
        lambda: _data(context, entry, job, run),
    )
    yield Output(
        f"{folder}/index.html",
        page_digest(context, (run.digest, artifacts_digest(run)), entry, job),
        lambda: _page(
            context,
            store,
            RunPlace(entry, job.link, job.around, job.unsealed),
            run,
            exhibits,
        ),
    )


def _data(context: Context, entry: Entry, job: RunJob, run: Run) -> bytes:
    standing = run_standing(run, context.rules, entry.experiment.tags)
    is_sealed = context.heldout.is_sealed and not job.unsealed
    plain = site_run(entry.experiment, run, standing, is_sealed=is_sealed, unsealed=job.unsealed)
    return dump_json(plain) + b"\n"


def _page(context: Context, store: Store, place: RunPlace, run: Run, exhibits: Exhibits) -> bytes:
    return render(context.theme, "run.html", run_view(context, store, place, run, exhibits))
