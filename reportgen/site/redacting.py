"""What must not go public, taken out of each run as it is read, before any page can show it.

A public build reads its stores through this. Texts of a record get a mark in words, files that
are texts are masked, letter for letter, so that their sizes stay; files that are none are given
as they are. Numbers, ids and links stay right.

What is remembered of a store under `.reportgen`, which is never published, is the run as it was
read: so a folder can go from one edition to the other, and rules may change, without reading the
store again. In return, the digest of a run tells by which rules and names it was redacted.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

from reportgen.analysis.diff_env import MOST_BYTES
from reportgen.analysis.metric_rules import MetricRules
from reportgen.analysis.redaction import Redactor
from reportgen.analysis.redaction_config import MARK
from reportgen.analysis.roles import Elsewhere
from reportgen.digest import Digest, digest_of
from reportgen.errors import AccessError
from reportgen.model import (
    Artifact,
    Experiment,
    MetricKey,
    MetricSeries,
    Problem,
    Run,
    RunId,
    Status,
)
from reportgen.readers.base import Note, Outline, Store
from reportgen.readers.codec import pack, unpack, with_digest
from reportgen.site.context import Heldout
from reportgen.site.diffs.sides import environment_files
from reportgen.site.maskedfile import mask_file
from reportgen.site.pages.exhibits import MOST_SHOWN, choose_copies
from reportgen.site.redacted import (
    Taker,
    names_in,
    original_names,
    take_experiment,
    take_run,
)
from reportgen.site.sealing import SealingStore
from reportgen.site.told import Told

_NO_NAMES: frozenset[str] = frozenset()


class RedactingStore(SealingStore):
    """A store of which only what may go public is read."""

    def __init__(
        self,
        store: Store,
        rules: MetricRules,
        heldout: Heldout,
        opened: Collection[RunId],
        redactor: Redactor,
        *,
        max_file: int = 0,
    ) -> None:
        """`max_file` is the size up to which files are copied, and so masked whole."""
        super().__init__(store, rules, heldout, opened)
        self._redactor = redactor
        self._max_file = max_file
        self._outlines: dict[str, tuple[tuple[Outline, ...], tuple[Problem, ...]]] = {}
        self._read: dict[str, Run] = {}  # redacted, since the notes were handed over last
        self._own: dict[str, frozenset[str]] = {}  # names that the values of a run tell, by place
        self._raw: Run | None = None  # the last one that was asked for by a redacted name
        self._watched = ""  # the place of the run that is built just now
        self._told = Told()  # of that
        self.experiments_told: dict[str, Told] = {}  # by place
        self.edition = redactor.digest

    def account_names(self, chosen: Collection[str]) -> set[str]:
        """The names of accounts that the records of these experiments tell; () = of all."""
        names: set[str] = set()
        for experiment in super().experiments():
            if chosen and experiment.name not in chosen:
                continue
            names |= self._names_in((experiment.artifact_location, *experiment.tags.values()))
            found = self._outlines[experiment.where] = super().outlines(experiment)
            for outline in found[0]:
                user, *addresses = self._store.owners(outline)
                names.add(user)
                names |= self._names_in(addresses)
        return names

    def _names_in(self, texts: Iterable[str]) -> set[str]:
        return {name for text in texts for name in self._redactor.found_names(text)}

    def acquaint(self, redactor: Redactor, place: str) -> None:
        """Redact by that from now on; the store lies at `place`. Nothing may be shown before."""
        self._redactor = redactor
        self.edition = redactor.digest
        names = redactor.found_names(place)
        self.label = redactor.with_names(names).text(self.label)[0]

    @property
    def redactor(self) -> Redactor:
        """By which texts of this store are redacted."""
        return self._redactor

    def hold(self, where: str, elsewhere: Elsewhere) -> None:
        """As `SealingStore.hold`."""
        if any(_is_changed(key) for key, _ in elsewhere):
            keys = self._keys(self._original(where).metrics)
            elsewhere = tuple((keys.get(key, key), one) for key, one in elsewhere)
        super().hold(where, elsewhere)

    def experiments(self) -> tuple[Experiment, ...]:
        """As `Store.experiments`."""
        return tuple(map(self._experiment, super().experiments()))

    def problems(self) -> tuple[Problem, ...]:
        """As `Store.problems`."""
        return self._problems(super().problems())

    def outlines(self, experiment: Experiment) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
        """As `Store.outlines`."""
        found = self._outlines.pop(experiment.where, None)
        outlines, problems = found or super().outlines(experiment)
        return tuple(map(self._outline, outlines)), self._problems(problems)

    def owners(self, outline: Outline) -> tuple[str, str, str]:
        """As `Store.owners`."""
        user, source, uri = self._store.owners(outline)
        text = self._redactor.text
        return self._redactor.value("user", user)[0], text(source)[0], text(uri)[0]

    def again(self, outline: Outline) -> Outline | None:
        """As `Store.again`."""
        found = super().again(outline)
        return None if found is None else self._outline(found)

    def read(self, outline: Outline) -> Run:
        """As `Store.read`."""
        run = self._redacted(self.original(outline))
        if not outline.digest:
            self._read[outline.where] = run
        return run

    def original(self, outline: Outline) -> Run:
        """A run as it is: for a filter, which decides on whole runs. Not to be shown."""
        try:
            return super().read(outline)
        except AccessError as error:
            raise self._quiet(error) from None

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """As `Store.series`."""
        if not _is_changed(key):
            return super().series(run, key)
        original = self._original(run.where)
        series = super().series(original, self._keys(original.metrics).get(key, key))
        return replace(series, key=key)

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `Store.open_artifact`; texts are masked."""
        original, name = run, path
        if _is_changed(path):
            original = self._original(run.where)
            name = self._paths(original.artifacts, path)
        try:
            file = super().open_artifact(original, name)
        except AccessError as error:
            raise self._quiet(error) from None
        return self._masked(file, run, path)

    def open_model_artifact(self, run: Run, model_id: str, path: str) -> BinaryIO:
        """As `Store.open_model_artifact`; texts are masked."""
        original, name = run, path
        if _is_changed(path):
            original = self._original(run.where)
            listed = next((one.artifacts for one in original.models if one.id == model_id), ())
            name = self._paths(listed, path)
        try:
            file = super().open_model_artifact(original, model_id, name)
        except AccessError as error:
            raise self._quiet(error) from None
        return self._masked(file, run, f"{model_id}/{path}")

    def drain(self) -> tuple[Note, ...]:
        """As `Store.drain`; what is to be remembered stands beside what may be shown."""
        notes = tuple(map(self._doubled, super().drain()))
        self._read.clear()
        return notes

    def seal(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        """As `SealingStore.seal`, both what is remembered and what may be shown."""
        return tuple(map(self._sealed_both, notes))

    def _sealed_both(self, note: Note) -> Note:
        if not note.kept:
            return self._sealed_note(note)
        plain = replace(note, head=note.kept, kept=b"")
        sealed = self._sealed_note(plain)
        return note if sealed is plain else self._doubled(sealed)

    def _doubled(self, note: Note) -> Note:
        run = self._read.get(note.where) or self._redacted(unpack(note.head))
        return replace(note, head=with_digest(pack(run), run.digest), kept=note.head)

    def remember(self, experiment: Experiment, notes: Sequence[Note]) -> None:
        """As `Store.remember`: the runs as they were read."""
        plain = [replace(note, head=note.kept, kept=b"") if note.kept else note for note in notes]
        super().remember(experiment, plain)

    def attend(self, where: str) -> Told:
        """As `SealingStore.attend`."""
        self._watched, self._told = where, Told()
        return self._told

    def look_into(self, run: Run, limits: tuple[int, int]) -> None:
        """As `SealingStore.look_into`."""
        copied = {copy.artifact.path for copy in choose_copies(run.artifacts, *limits)}
        for place, artifact in enumerate(run.artifacts):
            path = artifact.path
            if path not in self._told.files and (path in copied or place < MOST_SHOWN):
                with suppress(AccessError), self.open_artifact(run, path):
                    pass
        for model, artifact in environment_files(run):
            path = f"{model}/{artifact.path}"
            if model and artifact.size <= MOST_BYTES and path not in self._told.files:
                with suppress(AccessError), self.open_model_artifact(run, model, artifact.path):
                    pass

    def _redacted(self, run: Run) -> Run:
        told = self._told if run.where == self._watched else Told()
        own = self._learn(run.where, run)
        return replace(
            take_run(run, self._redactor, told, own),
            hides_names=own is not self._redactor,
            digest=self._digest(run.digest),
        )

    def _redactor_of(self, run: Run) -> Redactor:
        """By which files of a run are masked: it knows the names that the run's values tell."""
        if run.where in self._own:
            return self._redactor.with_names(self._own[run.where])
        # Another process has read it.
        return self._learn(run.where, self._original(run.where) if run.hides_names else None)

    def _learn(self, where: str, original: Run | None) -> Redactor:
        """Keep the names that a run's values tell; the redactor that knows them, too."""
        names = () if original is None else names_in(original, self._redactor)
        self._own[where] = frozenset(names) or _NO_NAMES
        return self._redactor.with_names(self._own[where])

    def _experiment(self, experiment: Experiment) -> Experiment:
        told = self.experiments_told[experiment.where] = Told()
        return take_experiment(experiment, self._redactor, told)

    def _problems(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        return Taker(self._redactor, Told()).problems(problems)

    def _digest(self, digest: Digest) -> Digest:
        return digest_of(digest, self.edition) if digest else ""

    def _outline(self, outline: Outline) -> Outline:
        return replace(
            outline,
            name=self._redactor.text(outline.name)[0],
            digest=self._digest(outline.digest),
            problems=self._problems(outline.problems),
        )

    def _quiet(self, error: AccessError) -> AccessError:
        return AccessError(self._redactor.text(str(error))[0], hint=error.hint)

    def _original(self, where: str) -> Run:
        """A run as it is in the store, without what is sealed."""
        if self._raw is None or self._raw.where != where:
            self._raw = self.original(Outline("", where, "", Status.UNKNOWN, None, ""))
        return self._raw

    def _keys(self, metrics: Iterable[MetricKey]) -> dict[str, str]:
        return original_names(metrics, self._redactor, "metric")

    def _paths(self, artifacts: Sequence[Artifact], path: str) -> str:
        paths = (artifact.path for artifact in artifacts)
        return original_names(paths, self._redactor, "artifact").get(path, path)

    def _masked(self, file: BinaryIO, run: Run, path: str) -> BinaryIO:
        """A file, masked where it is a text; noted where the run was read just now."""
        masked, kinds = mask_file(file, lambda: self._redactor_of(run), self._max_file)
        if run.where == self._watched:
            self._told.files[path] = kinds
        return masked


def _is_changed(name: str) -> bool:
    """Whether a name may be another one in the store."""
    return MARK in name or "~" in name
