"""A run's page, its data as run.json, run.js and files.js, and its copied artifacts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from reportgen.analysis.plain import dump_json, site_run
from reportgen.analysis.roles import Elsewhere, Role, roles_of
from reportgen.analysis.standing import run_standing, standing_tags
from reportgen.digest import Digest, digest_of
from reportgen.model import Run
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest
from reportgen.render.env import render
from reportgen.site.catalog import Entry, Neighbours, RunLink
from reportgen.site.context import Context
from reportgen.site.diffs.pairs import pairs_of
from reportgen.site.diffs.sides import Side, environment_files
from reportgen.site.outputs import Output
from reportgen.site.pages.exhibits import Exhibits
from reportgen.site.pages.filedata import Copied, files_output
from reportgen.site.pages.rundata import Logged, Placed, run_script
from reportgen.site.pages.runview import RunPlace, run_view
from reportgen.values import frozen


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


@frozen
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
    context: Context,
    store: Store,
    entry: Entry,
    job: RunJob,
    run: Run,
    *,
    hash_of: Callable[[str], bytes | None],
) -> Iterator[Output]:
    """The files of a run: artifacts, data, and the page that links to them last.

    `hash_of` tells the SHA-256 of an earlier one of these files, once it was written.
    """
    folder = f"runs/{job.link.page}"
    place = RunPlace(entry, job.link, job.around, job.unsealed)
    logged = cache(lambda: _logged(context, store, entry, job, run))  # where any is to be made
    plain = cache(lambda: _plain(context, place, logged()))
    bases = tuple(pair.base.page for pair in pairs_of(job.link, job.around))
    exhibits = Exhibits(context, store, run)
    yield from exhibits.outputs(folder)
    if exhibits.copies or environment_files(run):
        copied = [
            Copied(one.artifact, hash_of(f"{folder}/artifacts/{one.name}"))
            for one in exhibits.copies
        ]
        side = Side(store, run, kept=exhibits.kept)
        yield files_output(digest_of(context.code, store.edition), job.link.page, side, copied)
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
        lambda: dump_json(plain()) + b"\n",
    )
    yield Output(
        f"{folder}/run.js",
        digest_of(read, context.max_file, context.max_run, entry.mark, job.link, bases),
        lambda: run_script(
            plain(), logged(), Placed(entry.mark, job.link, exhibits.hrefs(), bases)
        ),
    )
    yield Output(
        f"{folder}/index.html",
        page_digest(context, (run.digest, artifacts_digest(run)), entry, job),
        lambda: render(
            context.theme, "run.html", run_view(context, store, place, logged(), exhibits)
        ),
    )


def _logged(context: Context, store: Store, entry: Entry, job: RunJob, run: Run) -> Logged:
    standing = run_standing(
        run,
        context.rules,
        entry.experiment.tags,
        job.elsewhere,
        is_open=context.heldout.is_open,
    )
    return Logged(run, standing, partial(store.series, run))


def _plain(context: Context, place: RunPlace, logged: Logged) -> dict[str, object]:
    return site_run(
        place.entry.experiment,
        logged.run,
        logged.standing,
        is_sealed=context.heldout.is_sealed and not place.unsealed,
        unsealed=place.unsealed,
    )
