"""One build: catalog, static files, runs, experiments, the site's own pages, what is left over.

The order of writing makes each file exist before the page that links to it, and the index last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from reportgen.analysis.roles import Elsewhere
from reportgen.config import Options
from reportgen.digest import digest_of
from reportgen.errors import EXIT_ATTENTION, EXIT_DONE
from reportgen.readers.base import Outline
from reportgen.readers.stamps import Looked, Shapes, is_unchanged
from reportgen.site.apart import HeldApart, of_any_run
from reportgen.site.assets import asset_outputs
from reportgen.site.briefs import Brief, Briefs
from reportgen.site.catalog import Entry
from reportgen.site.context import made_with
from reportgen.site.diffs.plan import DiffPlan, Done
from reportgen.site.folder import claim
from reportgen.site.manifest import Manifest
from reportgen.site.outputs import Output, Receipt
from reportgen.site.pages.experiment import (
    ExperimentJob,
    data_outputs,
    experiment_brief,
    experiment_digest,
    page_outputs,
    pictures_of,
    with_looks,
)
from reportgen.site.pages.heldout import heldout_outputs
from reportgen.site.pages.manners import outputs_beside
from reportgen.site.pages.overview import site_outputs
from reportgen.site.pages.run import RunJob, page_digest
from reportgen.site.painting import begin_card, begin_pictures
from reportgen.site.previous import Previous
from reportgen.site.project import Progress, Report
from reportgen.site.quick import LastBuild, looks_beside_runs
from reportgen.site.refresh import stamp_outputs
from reportgen.site.stalled import Place
from reportgen.site.subject import open_subject
from reportgen.site.summary import entry_line, finding_lines, problem_lines
from reportgen.site.survey import Survey
from reportgen.site.work import Work, read_so_far, receipts_below
from reportgen.site.workers import Crew, RunBuilder, RunsDone
from reportgen.site.writer import Writer, Written, prune


class Build:
    """The state of one build."""

    def __init__(
        self,
        options: Options,
        places: Sequence[str],
        root: Path,
        last: LastBuild,
        *,
        rung: AbstractSet[Place] | None = None,
    ) -> None:
        """Open the stores. Raises StoreError, ThemeError or UsageError; nothing is written yet.

        With `rung`, no other run, and none but their pages, has changed since the last build.
        """
        self._options, self._root = options, root
        self._last, self._rung = last, rung
        self.subject = subject = open_subject(options, places, root, last, rung)
        self._context, self._edition = subject.context, subject.edition
        self._ledger, self._book = subject.ledger, subject.book
        self._stores, self._catalog = subject.stores, subject.catalog
        self._diffs = DiffPlan(self._context, self._catalog, self._stores, self._book.reason)
        self._filtered = read_so_far(self._stores)
        self._written = Written()
        self._looks: dict[str, Looked] = {}
        self._known = last.site_looks()
        self._briefs = Briefs(root, digest_of(self._context.code))
        self._shapes = Shapes()
        self._problems = list(self._catalog.problems)
        self._lines: list[str] = []
        self._apart: dict[str, HeldApart] = {}  # by experiment, while its runs are at work

    def jobs(self) -> Iterator[tuple[Entry, RunJob]]:
        """Every run of the site with all that its page is made from, but for the run itself."""
        for entry in self._catalog.entries:
            brief = self._briefs.all().get(entry.key) or self._briefs.last(entry.key)
            for job in self._jobs(entry, of_any_run(brief)):
                yield entry, job

    @property
    def receipts(self) -> Mapping[str, Receipt]:
        """What was written for each file of the site, once it is built."""
        return self._written.receipts

    def run(self, progress: Progress | None, previous: Previous | None = None) -> Report:
        """Build. Raises OutputConflict before the first write, OutputError where writing fails."""
        with ExitStack() as stack:
            manifest = stack.enter_context(claim(self._root))
            self._last.begin()
            done = self._looks, self._written.receipts
            self._diffs.open(partial(self._is_untouched, None), manifest, self._known, done)
            writer = Writer(self._root, manifest, refresh=self._context.refresh)
            stack.callback(writer.close)
            self._written.add(writer.write(asset_outputs(self._context)))
            builder = RunBuilder(self._context, self._stores, self._root, manifest)
            stack.callback(builder.close)
            crew = stack.enter_context(Crew(builder, self._options.jobs))
            unfinished = self._build_experiments(crew, writer, manifest, progress)
            card = begin_card(crew, writer, self._context, self._catalog)
            for finish in unfinished:
                finish()
            self._build_site(writer, card, previous)
            pruned = prune(self._root, manifest, self._written.receipts.keys())
            manifest.save(self._written.receipts)
            return self._finish(pruned)

    def _build_experiments(
        self, crew: Crew, writer: Writer, manifest: Manifest, progress: Progress | None
    ) -> list[Callable[[], None]]:
        """Write the pages of each experiment once the next is taken in; gives the last one's."""
        total = sum(len(entry.outlines) for entry in self._catalog.entries)
        done_count = 0
        begun: list[Callable[[], None]] = []
        for entry, parts in crew.build_all(self._work(manifest)):
            work = Work(self._apart.pop(entry.key))
            filtered = self._filtered.get((entry.store, entry.experiment.where), ())
            work.add((*self._stores[entry.store].seal(filtered), *work.apart.unshown))
            before = done_count
            for done in parts:
                self._take(entry, done, work)
                done_count += len(done.looks)
                if progress is not None:
                    progress(done_count, total)
            done_count = before + len(entry.outlines)
            begun.append(self._begin_experiment(crew, writer, entry, work))
            if len(begun) > 1:
                begun.pop(0)()
            if progress is not None:
                progress(done_count, total)
        return begun

    def _work(self, manifest: Manifest) -> Iterator[tuple[Entry, list[RunJob]]]:
        """Each experiment with those of its runs whose files are not known to be right."""
        for entry in self._catalog.entries:
            store = self._stores[entry.store]
            apart = self._apart[entry.key] = HeldApart(self._context, self._briefs, entry, store)
            jobs = []
            for job in self._jobs(entry, apart.of):
                if not self._is_current(entry, job, manifest):
                    jobs.append(job)
                elif job.elsewhere:
                    apart.use({job.outline.where: job.elsewhere})
            yield entry, jobs

    def _jobs(self, entry: Entry, elsewhere_of: Callable[[Outline], Elsewhere]) -> Iterator[RunJob]:
        for outline, link, around in self._catalog.neighbours(entry):
            reason = self._book.reason(outline.id)
            yield RunJob(outline, link, around, reason, elsewhere_of(outline))

    def _is_current(self, entry: Entry, job: RunJob, manifest: Manifest) -> bool:
        """Whether the files of a run need no look; takes over their receipts if so."""
        folder = f"runs/{job.link.page}"
        look, receipt = self._known.get(folder), manifest.files.get(f"{folder}/index.html")
        if not job.outline.digest or look is None or receipt is None:
            return False
        digests = job.outline.digest, job.outline.artifacts
        digest = page_digest(self._context, digests, entry, job)
        place = entry.store, job.outline.where
        if receipt.digest != digest or not self._is_untouched(place, look):
            return False
        paths = [f"{folder}/{name}" for name in look.names]
        known = all(path in manifest.files for path in paths)
        if not known or not self._edition.keep(entry, job.outline):
            return False
        self._written.receipts.update((path, manifest.files[path]) for path in paths)
        self._looks[folder] = look
        return True

    def _is_untouched(self, place: Place | None, look: Looked) -> bool:
        """Whether files of the site, of the run at a place perhaps, are as the last build left."""
        is_vouched = self._rung is not None and place not in self._rung
        return is_vouched or is_unchanged(str(self._root), look)

    def _take(self, entry: Entry, done: RunsDone, work: Work) -> None:
        self._edition.take(entry, done.redacted)
        work.add([replace(note, looked=self._shapes.share(note.looked)) for note in done.notes])
        work.gone |= done.gone
        work.apart.use(done.elsewhere)
        self._written.add(done.written)
        self._looks.update((look.folder, self._shapes.share(look)) for look in done.looks)

    def _survey(self, entry: Entry, work: Work) -> tuple[ExperimentJob, Brief]:
        """An experiment whose runs are done. Where nothing of it changed, they are not read."""
        context, outlines = self._context, work.left(entry.outlines)
        survey = Survey(
            entry.experiment,
            context.rules,
            [work.digest(outline) for outline in outlines],
            lambda: work.load(self._stores[entry.store], outlines),
            seed_params=context.seed_params,
            is_open=context.heldout.is_open,
            unshown=entry.unshown,
        )
        links = [self._catalog.link(entry, outline) for outline in outlines]
        job = ExperimentJob(entry, links, survey, baseline=self._catalog.baselines.get(entry.key))
        digest = experiment_digest(context, job)
        make = partial(experiment_brief, context, job, digest)
        return job, self._briefs.of(entry.key, digest, make)

    def _begin_experiment(
        self, crew: Crew, writer: Writer, entry: Entry, work: Work
    ) -> Callable[[], None]:
        """Take in an experiment whose runs are done, begin its pictures; gives what is left to do.

        Runs of which others tell by now what they did not tell themselves are built once more.
        """
        job, brief = self._survey(entry, work)
        again = work.apart.to_do_again(brief, self._jobs(entry, work.apart.of))
        if again:
            folders = {f"runs/{job.link.page}" for job in again}
            known = receipts_below(self._written.receipts, folders)
            for done in crew.build_again(entry, again, known):
                self._take(entry, done, work)
            job, brief = self._survey(entry, work)
        self._problems += (*entry.problems, *work.problems(entry.outlines))
        self._lines.append(entry_line(entry))
        job = replace(job, heldout=self._book.enter(job.entry, brief.looks))
        brief = with_looks(self._context, job, brief)
        self._briefs.show(job.entry.key, brief)
        folder = f"experiments/{job.entry.mark.slug}"
        plates = [(f"{folder}/{plate.path}", plate.digest) for plate in brief.plates]
        pictures = begin_pictures(
            crew,
            writer,
            entry.store,
            plates,
            lambda: {f"{folder}/{p.path}": p.chart for p in pictures_of(self._context, job)},
        )

        all_done = Done(entry, work.left(entry.outlines), work.heads, job.survey, brief.judged)
        compared = self._diffs.begin(crew, all_done)

        def finish() -> None:
            self._write_experiment(writer, job, brief, pictures)
            for written in compared:  # last: others make them meanwhile, and no page waits for them
                self._written.add(written)
            self._stores[entry.store].remember(entry.experiment, work.notes)

        return finish

    def _write_experiment(
        self, writer: Writer, job: ExperimentJob, brief: Brief, pictures: Sequence[Output]
    ) -> None:
        self._written.add(writer.write(data_outputs(self._context, job)))
        self._written.add(writer.write(heldout_outputs(self._context, job)))
        self._written.add(writer.write(pictures))  # waits for them to be painted
        self._written.add(writer.write(page_outputs(self._context, job, brief)))

    def _build_site(
        self, writer: Writer, card: Sequence[Output], previous: Previous | None
    ) -> None:
        sources = tuple(store.label for store in self._stores)
        self._problems = self._edition.problems([*self._problems, *self._ledger.problems])
        briefs = self._briefs.all()
        links = self._edition.permanent(self._catalog, previous)
        beside = outputs_beside(self._context, self._catalog, briefs, links)
        self._written.add(writer.write([*card, *beside]))
        found = self._problems, self._edition.failures(self._written.failures)
        outputs = site_outputs(self._context, sources, self._catalog, briefs, found)
        self._written.add(writer.write(outputs))
        self._written.add(writer.write(stamp_outputs(self._context, self._root, self.receipts)))
        self._briefs.save()

    def _finish(self, pruned: list[str]) -> Report:
        for store in self._stores:
            store.settle()
        failures = tuple(self._written.failures)
        serious = sum(one.counts for brief in self._briefs.all().values() for one in brief.findings)
        is_strict = self._options.strict and (self._problems or serious)
        status = EXIT_ATTENTION if failures or is_strict else EXIT_DONE
        redacted, told = self._edition.finish(self._catalog)
        lines = *self._lines, *problem_lines(self._problems), *finding_lines(serious), *told
        if not failures:  # what failed is tried again
            others = looks_beside_runs(self._root, self._written.receipts, self._looks)
            looks, result = [*self._looks.values(), *others], (status, "\n".join(lines))
            self._last.finish(made_with(self._context), looks, result, self._ledger.stamp())
        return Report(
            "\n".join(lines),
            status,
            tuple(dict.fromkeys(self._written.changed)),
            tuple(pruned),
            failures,
            tuple(self._problems),
            tuple(redacted),
        )
