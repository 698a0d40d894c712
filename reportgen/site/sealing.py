"""Sealed test results: taken out of each run as it is read, before anything can show or keep them.

A build reads its stores through this. What is sealed is in no page, picture or data file, and not
in `.reportgen` either, which people copy with their sites. What was taken out is marked, so that
the run is read again from the store when that no longer is to be.

Problems of a store quote the lines that could not be read. Such a quote stands on the pages of
the store's problems, so it is taken out too, unless test results may stand anywhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import nan
from typing import BinaryIO, TypeAlias

from reportgen.analysis.metric_rules import MetricRules
from reportgen.analysis.roles import Assigned, Elsewhere, Role, roles_of
from reportgen.errors import AccessError
from reportgen.model import (
    Experiment,
    LoggedModel,
    MetricHead,
    MetricKey,
    MetricSeries,
    Problem,
    Run,
    RunId,
)
from reportgen.readers.base import Note, Outline, Store
from reportgen.readers.codec import digest_in, pack, problems_in, unpack
from reportgen.site.context import Heldout
from reportgen.site.told import Told

_SEALED = "!"  # in place of the course of a head's values: no trace has this letter
_QUOTE = ": `"
_CUT = "; the line is not quoted here, for test results are kept apart"
_Keys: TypeAlias = tuple[frozenset[MetricKey], frozenset[MetricKey]]  # of the run, of its models
_NONE: _Keys = frozenset(), frozenset()


def is_sealed_head(head: MetricHead) -> bool:
    """Whether the values of a metric were taken out."""
    return head.trace == _SEALED


def seal_head(head: MetricHead) -> MetricHead:
    """A metric without its values: how many there were is left, and when the last was logged."""
    return replace(head, last=nan, low=nan, high=nan, low_step=0, high_step=0, trace=_SEALED)


class SealingStore:
    """A store of which test results are read only where they are not sealed."""

    def __init__(
        self, store: Store, rules: MetricRules, heldout: Heldout, opened: Collection[RunId] = ()
    ) -> None:
        """`opened` are the runs that were unsealed."""
        self._store = store
        self._rules = rules
        self._heldout = heldout
        self._opened = opened
        self._tags: dict[str, Mapping[str, str]] | None = None  # of experiments, by place
        self._elsewhere: dict[str, frozenset[MetricKey]] = {}  # by run, see `hold`
        self.label = store.label
        self.edition = store.edition

    def hold(self, where: str, elsewhere: Elsewhere) -> None:
        """Have metrics of a run taken for test results, for what other runs tell of them."""
        self._elsewhere[where] = frozenset(key for key, _ in elsewhere)

    def experiments(self) -> tuple[Experiment, ...]:
        """As `Store.experiments`."""
        return self._store.experiments()

    def problems(self) -> tuple[Problem, ...]:
        """As `Store.problems`."""
        return self._store.problems()

    def outlines(self, experiment: Experiment) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
        """As `Store.outlines`."""
        return self._store.outlines(experiment)

    def owners(self, outline: Outline) -> tuple[str, str, str]:
        """As `Store.owners`."""
        return self._store.owners(outline)

    def again(self, outline: Outline) -> Outline | None:
        """As `Store.again`."""
        return self._store.again(outline)

    def read(self, outline: Outline) -> Run:
        """As `Store.read`; sealed metrics have no values."""
        run = self._store.read(outline)
        if outline.digest and not self._is_as_it_should_be(run):
            run = self._store.read(
                replace(outline, digest="", artifacts="")
            )  # anew, and remembered
        return self._sealed(run)

    def series(self, run: Run, key: MetricKey) -> MetricSeries:
        """As `Store.series`. Raises AccessError for a metric that is sealed, too."""
        if key in run.metrics and is_sealed_head(run.metrics[key]):
            raise AccessError(f"{key} of run {run.id} is sealed", hint="see docs/heldout.md")
        return self._store.series(run, key)

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `Store.open_artifact`."""
        return self._store.open_artifact(run, path)

    def open_model_artifact(self, run: Run, model_id: str, path: str) -> BinaryIO:
        """As `Store.open_model_artifact`."""
        return self._store.open_model_artifact(run, model_id, path)

    def drain(self) -> tuple[Note, ...]:
        """As `Store.drain`; sealed metrics have no values."""
        return self.seal(self._store.drain())

    def seal(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        """Notes without sealed values, also where more is held by now than when they were taken."""
        return tuple(map(self._sealed_note, notes))

    def remember(self, experiment: Experiment, notes: Sequence[Note]) -> None:
        """As `Store.remember`."""
        self._store.remember(experiment, notes)

    def settle(self) -> None:
        """As `Store.settle`."""
        self._store.settle()

    def attend(self, where: str) -> Told | None:
        """What is redacted of the run at that place from now on; None where nothing ever is."""
        return None

    def look_into(self, run: Run, limits: tuple[int, int]) -> None:
        """Have that told of files, too, which did not need to be made again.

        `limits` are the largest size of a file that is copied, and of all files of a run.
        """

    def _sealed_note(self, note: Note) -> Note:
        if self._heldout.is_open or not (self._heldout.is_sealed or problems_in(note.head)):
            return note
        run = unpack(note.head)
        sealed = self._sealed(run)
        return note if sealed is run else replace(note, head=pack(sealed))

    def _sealed(self, run: Run) -> Run:
        """The run without what is sealed in it; the run itself where that is nothing."""
        if self._is_as_it_should_be(run):
            return run
        of_run, of_models = self._to_seal(run)
        problems = tuple(_cut(p) if self._is_to_cut(run, p) else p for p in run.problems)
        sealed = replace(
            run,
            metrics=_seal(run.metrics, of_run),
            models=tuple(_sealed_model(model, of_models) for model in run.models),
            problems=problems,
        )
        return replace(sealed, digest=digest_in(pack(sealed)))

    def _is_as_it_should_be(self, run: Run) -> bool:
        """Whether all that is to be taken out of a run was, and nothing else."""
        return _sealed_in(run) == self._to_seal(run) and all(
            problem.reason.endswith(_CUT) == self._is_to_cut(run, problem)
            for problem in run.problems
        )

    def _is_to_cut(self, run: Run, problem: Problem) -> bool:
        """Whether a problem quotes, or did quote, what may be a test result."""
        if "/metrics/" not in problem.path or self._heldout.is_open:
            return False
        if _QUOTE not in problem.reason and not problem.reason.endswith(_CUT):
            return False
        if self._heldout.is_sealed:
            return run.id not in self._opened
        key = problem.path.partition("/metrics/")[2]
        unread = {key: MetricHead(key, 1, nan, 0, 0, nan, nan, "")}
        tags = self._tags_of(run.where.rpartition("/")[0])
        roles = roles_of(replace(run, metrics={**unread, **run.metrics}), self._rules, tags)
        return roles[key].role is Role.TEST

    def _to_seal(self, run: Run) -> _Keys:
        """The metrics that are sealed."""
        if not self._heldout.is_sealed or run.id in self._opened:
            return _NONE
        tags = self._tags_of(run.where.rpartition("/")[0])
        held = self._elsewhere.get(run.where, frozenset()) & run.metrics.keys()
        of_run = _test_keys(roles_of(run, self._rules, tags)) | held
        of_models = set[MetricKey]()
        for model in run.models:
            logged = replace(run, metrics=model.metrics)
            theirs = self._tags_of(model.where.rpartition("/models/")[0])  # its own experiment's
            for told in (tags, theirs):
                of_models |= _test_keys(roles_of(logged, self._rules, told))
            of_models |= model.metrics.keys() & of_run
        return of_run, frozenset(of_models)

    def _tags_of(self, where: str) -> Mapping[str, str]:
        if self._tags is None:
            self._tags = {one.where: one.tags for one in self._store.experiments()}
        return self._tags.get(where, {})


def _seal(
    metrics: Mapping[MetricKey, MetricHead], keys: Collection[str]
) -> dict[MetricKey, MetricHead]:
    return {key: seal_head(head) if key in keys else head for key, head in metrics.items()}


def _sealed_model(model: LoggedModel, keys: Collection[str]) -> LoggedModel:
    return replace(model, metrics=_seal(model.metrics, keys))


def _test_keys(roles: Mapping[MetricKey, Assigned]) -> frozenset[MetricKey]:
    return frozenset(key for key, assigned in roles.items() if assigned.role is Role.TEST)


def _sealed_in(run: Run) -> _Keys:
    """The metrics that have no values any more."""
    of_models = (head for model in run.models for head in model.metrics.values())
    return _sealed_keys(run.metrics.values()), _sealed_keys(of_models)


def _sealed_keys(heads: Iterable[MetricHead]) -> frozenset[MetricKey]:
    return frozenset(head.key for head in heads if is_sealed_head(head))


def _cut(problem: Problem) -> Problem:
    """A problem without the part of a metric's line that it quotes."""
    if problem.reason.endswith(_CUT):
        return problem
    return replace(problem, reason=problem.reason.partition(_QUOTE)[0] + _CUT)
