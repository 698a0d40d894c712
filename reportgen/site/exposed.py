"""What a private site would show, and a public one would not: what `reportgen check` lists."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.analysis.finding_texts import Accepted, Finding, Level, read_accepted
from reportgen.analysis.metric_rules import NO_RULES
from reportgen.analysis.redaction_config import KINDS, read_privacy
from reportgen.config import Options
from reportgen.errors import AccessError
from reportgen.readers.places import labels_of, open_place
from reportgen.site.catalog import Entry, gather
from reportgen.site.context import heldout_of, rules_of
from reportgen.site.project import store_places
from reportgen.site.redacting import RedactingStore
from reportgen.site.stores import redacting
from reportgen.site.told import Told
from reportgen.site.unshown import sieve_of
from reportgen.spelling import plural

_CODES = dict(zip(KINDS, ("RG401", "RG402", "RG403", "RG404", "RG405", "RG406"), strict=True))
_MOST_PLACES = 5  # that are named in one finding


def privacy_findings(options: Options) -> Iterator[tuple[str, Finding]]:
    """Each finding with the path of its store; none where all builds are public.

    A secret is a warning, told by experiment; all else is a hint, told by store. Reads all runs
    and their files that are texts. No value is told. Raises as `store_findings`.
    """
    privacy = read_privacy(options.redact, options.keep, options.allow)
    if options.public:
        return
    accepted = read_accepted(options.accepted)
    places = store_places(options)
    labels = labels_of(places)
    plain = [open_place(place, None, label) for place, label in zip(places, labels, strict=True)]
    catalog = gather(plain, replace(options, stalled_after=0), sieve_of(options.filter, NO_RULES))
    ruled = rules_of(options), heldout_of(options), ()
    kept = [open_place(place, None, label) for place, label in zip(places, labels, strict=True)]
    limit, chosen = options.max_file, options.experiments
    stores = redacting(places, kept, ruled, privacy, max_file=limit, chosen=chosen)
    for index, (place, store) in enumerate(zip(places, stores, strict=True)):
        store.experiments()
        of_store: list[tuple[str, str]] = []
        for entry in catalog.entries:
            if entry.store == index:
                found = list(_found(store, entry, (options.max_file, options.max_run)))
                store.drain()  # what it keeps of runs for a build
                of_store += found
                secrets = [where for where, kind in found if kind == "secret"]
                yield from _told(place, entry.experiment.name, "secret", secrets, accepted)
        for kind in [kind for kind in KINDS if kind != "secret"]:
            where = [where for where, found_kind in of_store if found_kind == kind]
            yield from _told(place, "all experiments", kind, where, accepted)


def hint_line(hints: Sequence[Finding]) -> str:
    """All hints in a line; "" where there is none, or each was accepted."""
    told = [one.text.partition(":")[0] for one in hints if not one.accepted]
    if not told:
        return ""
    return f"to know before publishing: {', '.join(told)}; `build --public` redacts them"


def _found(
    store: RedactingStore, entry: Entry, limits: tuple[int, int]
) -> Iterator[tuple[str, str]]:
    """Where something private is, and its kind, of an experiment and all its runs."""
    told = store.experiments_told.get(entry.experiment.where, Told())
    yield from _places(f"experiment {entry.experiment.name}", told)
    for outline in entry.outlines:
        told = store.attend(outline.where)
        try:
            store.look_into(store.read(outline), limits)
        except AccessError:  # gone since it was listed
            continue
        yield from _places(f"run {outline.title}", told)


def _places(owner: str, told: Told) -> Iterator[tuple[str, str]]:
    for place, kinds in told.record.items():
        yield from ((f"{owner}: {place}", kind) for kind in sorted(kinds))
    for path, looked in sorted(told.files.items()):
        yield from ((f"{owner}: artifact {path}", kind) for kind in sorted(looked or ()))


def _told(
    place: str, name: str, kind: str, found: Sequence[str], accepted: Accepted
) -> Iterator[tuple[str, Finding]]:
    if not found:
        return
    code = _CODES[kind]
    named = "; ".join(found[:_MOST_PLACES])
    more = len(found) - _MOST_PLACES
    text = f"{_WORDS[kind]} in {plural(len(found), 'place')}: {named}"
    if more > 0:
        text += f"; and {more:,} more"
    level = Level.WARNING if kind == "secret" else Level.INFO
    reason = accepted.get(f"{name}/{code}") or accepted.get(code) or ""
    next_step = _NEXT if kind != "secret" else _NEXT_IF_SURE
    yield place, Finding(code, level, name, text, next_step, reason)


_NEXT = "publish, or build --public, which redact them"
_NEXT_IF_SURE = (
    "renew it and take it out of the store; where it is none, name its key: privacy.allow"
)
_WORDS = {
    "secret": "what looks like a secret",
    "user": "user names",
    "home": "home folders",
    "host": "host names",
    "email": "email addresses",
    "own": "what your own patterns fit",
}
