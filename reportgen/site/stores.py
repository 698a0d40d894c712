"""The stores of a site as its pages see them: sealed, and of a public one redacted."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeAlias

from reportgen.analysis.metric_rules import MetricRules
from reportgen.analysis.redaction_config import Privacy
from reportgen.model import RunId
from reportgen.readers.base import Store
from reportgen.readers.places import labels_of, open_place
from reportgen.readers.stamps import Memory
from reportgen.site.context import Context, Heldout
from reportgen.site.sealing import SealingStore

if TYPE_CHECKING:
    from reportgen.site.redacting import RedactingStore

Ruled: TypeAlias = tuple[MetricRules, Heldout, Collection[RunId]]  # the last, those unsealed


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
    limit = context.max_file
    stores = redacting(places, plain, ruled, context.privacy, max_file=limit, chosen=chosen)
    return list[SealingStore](stores)


def redacting(
    places: Sequence[str],
    plain: Sequence[Store],
    ruled: Ruled,
    privacy: Privacy,
    *,
    max_file: int,
    chosen: Collection[str],
) -> "list[RedactingStore]":
    """Stores of which only what may go public is read; each knows the names that any of them tells.

    `places` are where the stores lie; `max_file` and `chosen` are as of a build.
    """
    from reportgen.analysis.redaction import Redactor  # patterns take a while to be loaded
    from reportgen.site.redacting import RedactingStore

    redactor = Redactor(privacy)
    stores = [RedactingStore(store, *ruled, redactor, max_file=max_file) for store in plain]
    names = {name for store in stores for name in store.account_names(chosen)}
    redactor = redactor.with_names(names)
    for store, place in zip(stores, places, strict=True):
        store.acquaint(redactor, place)
    return stores
