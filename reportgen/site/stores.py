"""The stores of a site as its pages see them: sealed, and of a public one redacted."""

from collections.abc import Callable, Collection, Sequence

from reportgen.model import RunId
from reportgen.readers.places import labels_of, open_place
from reportgen.readers.stamps import Memory
from reportgen.site.context import Context
from reportgen.site.sealing import SealingStore


def open_stores(
    places: Sequence[str],
    context: Context,
    opened: Collection[RunId],
    memory_of: Callable[[int], Memory | None] = lambda _: None,
    chosen: Collection[str] = (),
) -> list[SealingStore]:
    """The stores of a site, each with the memory that belongs to its number.

    `opened` are the runs that were unsealed; `chosen` the names of the experiments that the site
    shows, () for all. Raises StoreError.
    """
    plain = [
        open_place(place, memory_of(number), label)
        for number, (place, label) in enumerate(zip(places, labels_of(places), strict=True))
    ]
    ruled = context.rules, context.heldout, opened
    if context.privacy is None:
        return [SealingStore(store, *ruled) for store in plain]
    from reportgen.analysis.redaction import Redactor  # patterns take a while to be loaded
    from reportgen.site.redacting import RedactingStore

    redactor = Redactor(context.privacy)
    limit = context.max_file
    stores = [RedactingStore(store, *ruled, redactor, max_file=limit) for store in plain]
    names = {name for store in stores for name in store.account_names(chosen)}
    redactor = redactor.with_names(names)
    for store, place in zip(stores, places, strict=True):
        store.acquaint(redactor, place)
    return list[SealingStore](stores)
