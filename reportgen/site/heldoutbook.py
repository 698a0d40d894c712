"""What the ledger of looks tells each page of a build, and no more than the page shows of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reportgen.analysis.ledger import Look
from reportgen.analysis.looks import Tally, tally_looks
from reportgen.model import RunId
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Heldout
from reportgen.site.ledgerfile import LedgerFile
from reportgen.values import frozen


@frozen
class HeldoutPart:
    """What the ledger tells of one experiment: nothing where no run was scored on test data."""

    tallies: tuple[Tally, ...] = ()
    scored: int = 0  # runs of the report that have test results
    unsealed: tuple[tuple[RunId, str], ...] = ()  # runs and reasons, where results are sealed

    def counts(self) -> dict[str, int]:
        """How often each test set was scored, by its name."""
        return {tally.title or "without a name": tally.looks for tally in self.tallies}


NO_TEST_RESULTS = HeldoutPart()


class HeldoutBook:
    """The ledger as the pages of a build see it."""

    def __init__(self, ledger: LedgerFile, catalog: Catalog, heldout: Heldout) -> None:
        self._ledger = ledger
        self._catalog = catalog
        self._reasons = ledger.unsealed() if heldout.is_sealed else {}
        self._by_run: dict[RunId, list[Look]] = {}
        self._by_name: dict[str, list[Look]] = {}  # of the experiment
        self._owners: dict[RunId, dict[str, str]] = {}  # names of experiments, by their key
        self._index(ledger.looks)

    def reason(self, run: RunId) -> str:
        """Why the results of a run were unsealed; "" where they were not, or nothing is sealed."""
        return self._reasons.get(run, "")

    def enter(self, entry: Entry, looks: Sequence[Look]) -> HeldoutPart:
        """Add an experiment's looks to the ledger, and tell what that has of it.

        `looks` are those of its runs; runs that the filter leaves out have theirs in the entry.
        """
        self._index(self._ledger.add((*entry.unshown.looks, *looks)))
        if not self._by_run:
            return NO_TEST_RESULTS
        scored = {look.run for look in looks}
        unsealed = ((one.id, self.reason(one.id)) for one in entry.outlines)
        return HeldoutPart(
            tally_looks(self._looks_of(entry), (one.id for one in entry.outlines)),
            len(scored),
            tuple(sorted(pair for pair in unsealed if pair[1])),
        )

    def _index(self, looks: Iterable[Look]) -> None:
        for look in looks:
            self._by_run.setdefault(look.run, []).append(look)
            self._by_name.setdefault(look.experiment, []).append(look)

    def _looks_of(self, entry: Entry) -> Iterator[Look]:
        """The looks that belong to an experiment: by their run, or where that is gone by name.

        Of a run that was copied, each of its experiments has what is told under its own name.
        """
        owners = self._owners_of_runs()
        for run in _runs_of(entry):
            names = owners[run]
            for look in self._by_run.get(run, ()):
                if names[entry.key] == look.experiment or look.experiment not in names.values():
                    yield look
        for look in self._by_name.get(entry.mark.name, ()):
            if look.run not in owners:
                yield look

    def _owners_of_runs(self) -> Mapping[RunId, Mapping[str, str]]:
        if not self._owners:
            for entry in self._catalog.entries:
                for run in _runs_of(entry):
                    self._owners.setdefault(run, {})[entry.key] = entry.mark.name
        return self._owners


def _runs_of(entry: Entry) -> dict[RunId, None]:
    shown = (outline.id for outline in entry.outlines)
    return dict.fromkeys((*shown, *(look.run for look in entry.unshown.looks)))
