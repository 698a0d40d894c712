"""Two runs of a store, found by what people call them, and all that differs between them."""

from collections.abc import Sequence

from reportgen.analysis.chosen import Row, find_run
from reportgen.analysis.diff import RunDiff
from reportgen.config import Options
from reportgen.model import DELETED, Experiment, Run
from reportgen.readers.base import Outline
from reportgen.readers.places import open_place
from reportgen.site.context import heldout_of, rules_of
from reportgen.site.diffs.baselines import best_of
from reportgen.site.diffs.sides import Side, whole_diff
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.ledgerplace import ledger_path
from reportgen.site.sealing import SealingStore
from reportgen.site.survey import Survey, survey_of
from reportgen.values import frozen

_MOST_HASHED = 64 << 20  # bytes of a file


@frozen
class Compared:
    """Two runs of a store and what differs between them."""

    diff: RunDiff
    experiments: tuple[str, str]  # their names
    sides: tuple[Side, Side]


def compare_runs(options: Options, place: str, a: str, b: str) -> Compared:
    """What differs between two runs of the store at a place.

    A run is an id, the start of one, a name, `EXPERIMENT:best`, `EXPERIMENT:last` or
    `EXPERIMENT:last~1`. Raises UsageError where a text means none or several, StoreError where
    there is no store.
    """
    return _Finder(options, place).compare(a, b)


class _Finder:
    """A store in which runs are looked for; each experiment is read once at the most."""

    def __init__(self, options: Options, place: str) -> None:
        self._options = options
        self._rules = rules_of(options)
        self._heldout = heldout_of(options)
        self._unsealed = LedgerFile(ledger_path(options, (place,))).unsealed()
        self._store = SealingStore(open_place(place), self._rules, self._heldout, self._unsealed)
        self._surveys: dict[str, Survey] = {}
        self._rows = [
            self._row(experiment)
            for experiment in self._store.experiments()
            if options.deleted or experiment.lifecycle_stage != DELETED
        ]

    def _row(self, experiment: Experiment) -> Row[Outline]:
        outlines = [
            outline
            for outline in self._store.outlines(experiment)[0]
            if self._options.deleted or outline.lifecycle_stage != DELETED
        ]
        return Row(experiment, outlines, lambda: best_of(self._survey(experiment, outlines)))

    def _survey(self, experiment: Experiment, outlines: Sequence[Outline]) -> Survey:
        if experiment.where not in self._surveys:
            self._surveys[experiment.where] = survey_of(
                experiment, self._store, outlines, self._options, self._rules
            )
        return self._surveys[experiment.where]

    def compare(self, a: str, b: str) -> Compared:
        """The diff of two runs."""
        row_a, old = find_run(self._rows, a, "the store")
        row_b, new = find_run(self._rows, b, "the store")
        survey = self._survey(row_b.experiment, row_b.runs)
        run_a, run_b = self._run(row_a, old), self._run(row_b, new)
        judgement = survey.judgement
        if row_a is not row_b:
            other = self._survey(row_a.experiment, row_a.runs)
            judgement = survey.judgement_with(run_a, other.standing, run_b)
        sides = self._side(run_a), self._side(run_b)
        names = row_a.experiment.name, row_b.experiment.name
        return Compared(whole_diff(*sides, judgement), names, sides)

    def _run(self, row: Row[Outline], outline: Outline) -> Run:
        """A run of an experiment whose runs are read."""
        return self._survey(row.experiment, row.runs).runs[row.runs.index(outline)]

    def _side(self, run: Run) -> Side:
        is_sealed = self._heldout.is_sealed and run.id not in self._unsealed
        return Side(self._store, run, is_sealed, _MOST_HASHED)
