"""Findings about the experiments of a site, without building it: what `reportgen check` lists."""

from collections.abc import Iterator
from dataclasses import replace

from reportgen.analysis.failure_rules import read_failure_rules
from reportgen.analysis.finding_texts import Finding, read_accepted
from reportgen.analysis.findings import looks_findings
from reportgen.analysis.ledger import looks_of
from reportgen.config import Options
from reportgen.readers.places import labels_of, open_place
from reportgen.site.catalog import gather
from reportgen.site.context import heldout_of, rules_of
from reportgen.site.heldoutbook import HeldoutBook
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.ledgerplace import ledger_path
from reportgen.site.project import store_places
from reportgen.site.survey import survey_of
from reportgen.site.unshown import sieve_of


def store_findings(options: Options) -> Iterator[tuple[str, Finding]]:
    """Each finding with the path of its store, for the experiments and runs that a site would show.

    Reads all those runs and the ledger of looks, and writes nothing. Raises ConfigError for a
    config that means nothing, UsageError for an unknown experiment.
    """
    rules, accepted = rules_of(options), read_accepted(options.accepted)
    read_failure_rules(options.failure_rules)
    places = store_places(options)
    stores = [open_place(place, None, label) for place, label in _labelled(places)]
    sieve = sieve_of(options.filter, rules)
    catalog = gather(stores, replace(options, stalled_after=0), sieve)
    heldout = heldout_of(options)
    ledger = LedgerFile(ledger_path(options, places), read_only=True)
    book = HeldoutBook(ledger, catalog, heldout)
    for entry in catalog.entries:
        store = stores[entry.store]
        survey = survey_of(
            entry.experiment, store, entry.outlines, options, rules, unshown=entry.unshown
        )
        looks = looks_of(survey.name, reversed(survey.runs), survey.standing.is_heldout)
        scored = book.enter(entry, looks).counts()
        found = (
            *survey.findings(accepted, is_sealed=heldout.is_sealed),
            *looks_findings(entry.experiment, scored, heldout.max_looks, accepted),
        )
        for finding in sorted(found, key=lambda one: one.code):
            yield places[entry.store], finding


def _labelled(places: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(places, labels_of(places), strict=True)
