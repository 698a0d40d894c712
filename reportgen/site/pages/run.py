"""A run's page, its data as run.json and run.js, and its copied artifacts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from reportgen.analysis.plain import dump_json, site_run
from reportgen.analysis.roles import Elsewhere, Role, roles_of
from reportgen.analysis.standing import Standing, run_standing, standing_tags
from reportgen.digest import Digest, digest_of
from reportgen.model import Run
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest
from reportgen.render.env import render
from reportgen.site.catalog import Entry, Neighbours, RunLink
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.exhibits import Exhibits
from reportgen.site.pages.rundata import Logged, run_script
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
    return digest_of(context.digest, digests, around, job.unsealed, job.elsewhere)


@dataclass(frozen=True, slots=True)
class RunJob:
    """A run of the site that is to be brought up to date."""

    outline: Outline
    link: RunLink
    around: Neighbours
    unsealed: str = ""  # why its test results were opened; "" where they were not, or never sealed
    elsewhere: Elsewhere = ()  # metrics that are test by other runs of the experiment


def fitted(context: Context, entry: Entry, job: RunJob, run: Run) -> RunJob:
    """The job of a run that is read by now, without metrics that it does not have.

    Which of its metrics are test by other runs may have been guessed from the last build.
    """
    if not job.elsewhere:
        return job
    own = roles_of(run, context.rules, entry.experiment.tags)
    fit = [(k, one) for k, one in job.elsewhere if k in own and own[k].role is not Role.TEST]
    return replace(job, elsewhere=tuple(fit))


def run_outputs(
    context: Context, store: Store, entry: Entry, job: RunJob, run: Run
) -> Iterator[Output]:
    """The files of a run: artifacts, data, and the page that links to them last."""
    folder = f"runs/{job.link.page}"
    place = RunPlace(entry, job.link, job.around, job.unsealed, job.elsewhere)
    exhibits = Exhibits(context, store, run)
    yield from exhibits.outputs(folder)
    read = (
        context.code,
        context.rules,
        context.heldout.mode,
        standing_tags(entry.experiment),
        job.unsealed,
        job.elsewhere,
        run.digest,
    )
    yield Output(
        f"{folder}/run.json",
        digest_of(read, entry.mark.name),
        lambda: _data(context, place, run),
    )
    yield Output(
        f"{folder}/run.js",
        digest_of(read, context.max_file, context.max_run, entry.mark, job.link),
        lambda: _script(context, store, place, run, exhibits),
    )
    yield Output(
        f"{folder}/index.html",
        page_digest(context, (run.digest, artifacts_digest(run)), entry, job),
        lambda: _page(context, store, place, run, exhibits),
    )


def _data(context: Context, place: RunPlace, run: Run) -> bytes:
    standing = run_standing(run, context.rules, place.entry.experiment.tags, place.elsewhere)
    return dump_json(_plain(context, place, run, standing)) + b"\n"


def _plain(context: Context, place: RunPlace, run: Run, standing: Standing) -> dict[str, object]:
    return site_run(
        place.entry.experiment,
        run,
        standing,
        is_sealed=context.heldout.is_sealed and not place.unsealed,
        unsealed=place.unsealed,
    )


def _script(context: Context, store: Store, place: RunPlace, run: Run, exhibits: Exhibits) -> bytes:
    tags, is_open = place.entry.experiment.tags, context.heldout.is_open
    standing = run_standing(run, context.rules, tags, place.elsewhere, is_open=is_open)
    return run_script(
        _plain(context, place, run, standing),
        Logged(run, standing, partial(store.series, run)),
        place.entry.mark,
        place.link,
        exhibits.hrefs(),
    )


def _page(context: Context, store: Store, place: RunPlace, run: Run, exhibits: Exhibits) -> bytes:
    return render(context.theme, "run.html", run_view(context, store, place, run, exhibits))
