"""What a site is about: its stores, opened, and all that is known of them before a run is read."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from reportgen.config import Options
from reportgen.site.catalog import Catalog, gather
from reportgen.site.context import Context, make_context
from reportgen.site.diffs.baselines import with_baselines
from reportgen.site.edition import Edition, edition_of
from reportgen.site.folder import refuse_store
from reportgen.site.heldoutbook import HeldoutBook
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.quick import LastBuild
from reportgen.site.sealing import SealingStore
from reportgen.site.stalled import Place
from reportgen.site.stores import open_stores
from reportgen.site.unshown import sieve_of
from reportgen.values import frozen


@frozen
class Subject:
    """The subject of one build."""

    context: Context
    ledger: LedgerFile
    stores: Sequence[SealingStore]
    edition: Edition
    catalog: Catalog
    book: HeldoutBook


def open_subject(
    options: Options,
    places: Sequence[str],
    root: Path,
    last: LastBuild,
    rung: AbstractSet[Place] | None,
) -> Subject:
    """Open the stores of a site. Nothing is written.

    With `rung`, no other run has changed since the last build. Raises StoreError, ThemeError,
    ConfigError or UsageError.
    """
    context = make_context(options)
    ledger = LedgerFile(last.ledger)
    memory_of = partial(last.store_memory, rung)
    stores = open_stores(places, context, ledger.unsealed(), memory_of, options.experiments)
    refuse_store(root, places)
    edition = edition_of(context, stores, root)
    options, context = edition.options(options), edition.context(context)
    edition.veil(ledger)
    found = gather(stores, options, sieve_of(options.filter, context.rules, edition.read))
    catalog = with_baselines(found, stores, options, context.rules)
    book = HeldoutBook(ledger, catalog, context.heldout)
    return Subject(context, ledger, stores, edition, catalog, book)
