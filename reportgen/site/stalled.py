"""Runs that say they are running and have been silent for long.

There is no clock in a page. "Now" is the newest time that the runs of the site tell: a start, an
end, or a point that a running run has logged; or a later one that the user names. Points of runs
that are over lie before their end. A watch adds the time for which it has heard nothing.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from reportgen.analysis.table import in_calendar
from reportgen.digest import Digest, digest_of
from reportgen.model import Run, Status
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest
from reportgen.values import frozen

Place = tuple[int, str]  # store and place of a run
_STEPS = 6  # in which a silence is told, until a run may have stalled


def last_sign(run: Run) -> int | None:
    """The newest time (ms) that a run has logged; None where it tells none."""
    times = [run.start_time, run.end_time, *(head.timestamp for head in run.metrics.values())]
    return max((time for time in map(in_calendar, times) if time is not None), default=None)


@frozen
class Signs:
    """The signs of life of the runs of a site."""

    silent: Mapping[Place, int]  # the last (ms) of each running run that may have stalled
    newest: int = 0  # of all runs (ms); 0 where nobody asks
    running: Mapping[Place, Digest] = field(default_factory=dict)  # silent or not, as they stand


def signs_of(
    stores: Sequence[Store], outlines: Iterable[tuple[int, Outline]], after: int, now: int = 0
) -> Signs:
    """The signs of life of runs; those that are silent for more than `after` ms may have stalled.

    `outlines` come with the index of their store. Reads the runs that are running, and no others.
    `now` (ms) counts where it is after all that the runs tell.
    """
    newest = 0
    signs: dict[Place, int] = {}
    running: dict[Place, Digest] = {}
    for index, outline in outlines if after else ():
        times = [in_calendar(outline.start_time), in_calendar(outline.end_time)]
        if outline.status is Status.RUNNING:
            run = _run_of(stores[index], outline)
            sign = last_sign(run) if run else None
            times.append(sign)
            if run and sign is not None:
                place = index, outline.where
                signs[place], running[place] = sign, digest_of(run, artifacts_digest(run))
        newest = max(newest, *(one or 0 for one in times))
    silent = {place: sign for place, sign in signs.items() if max(newest, now) - sign > after}
    return Signs(silent, newest, running)


class Silence:
    """How long a watch has heard nothing from runs that say they are running.

    It tells so in steps, as a site is made anew with each.
    """

    def __init__(self, after: int) -> None:
        """`after` is the time (ms) after which a run may have stalled; 0: never."""
        self._after = after
        self._step = max(after // _STEPS, 1)
        self._signs = Signs({})
        self._since = time.monotonic()

    def now(self) -> int:
        """The time (ms) for pages to judge by; 0 for the newest that the runs tell."""
        if not self._after or not self._signs.running:
            return 0
        waited = int((time.monotonic() - self._since) * 1000) // self._step * self._step
        return self._signs.newest + min(waited, self._after + self._step) if waited else 0

    def hear(self, signs: Signs, rung: AbstractSet[Place] | None) -> bool:
        """Take in how runs stand by now, and which have rung; whether that ends the silence.

        A run may log files, tags or times of long ago: that it rang counts, whatever it tells.
        Where `rung` is None, nobody knows who rang: runs are held against how they stood before.
        """
        if rung is None:
            is_heard = signs.running != self._signs.running
        else:
            is_heard = not rung.isdisjoint(signs.running)
        is_heard |= signs.newest != self._signs.newest
        if is_heard:
            self._since = time.monotonic()
        self._signs = signs
        return is_heard


def _run_of(store: Store, outline: Outline) -> Run | None:
    try:
        return store.read(outline)
    except Exception:  # what ails the run is told where its page is made
        return None
