"""Runs that say they are running and have been silent for long.

There is no clock in a page. "Now" is the newest time that the runs of the site tell: a start, an
end, or a point that a running run has logged; or a later one that the user names. Points of runs
that are over lie before their end.
"""

from collections.abc import Iterable, Sequence

from reportgen.analysis.table import in_calendar
from reportgen.model import Run, Status
from reportgen.readers.base import Outline, Store

Place = tuple[int, str]  # store and place of a run


def last_sign(run: Run) -> int | None:
    """The newest time (ms) that a run has logged; None where it tells none."""
    times = [run.start_time, run.end_time, *(head.timestamp for head in run.metrics.values())]
    return max((time for time in map(in_calendar, times) if time is not None), default=None)


def silent_runs(
    stores: Sequence[Store], outlines: Iterable[tuple[int, Outline]], after: int, now: int = 0
) -> dict[Place, int]:
    """The last sign of life of each running run that is silent for more than `after` ms.

    `outlines` come with the index of their store. Reads the runs that are running, and no others.
    `now` (ms) counts where it is after all that the runs tell.
    """
    newest = now
    signs: dict[Place, int] = {}
    for index, outline in outlines if after else ():
        times = [in_calendar(outline.start_time), in_calendar(outline.end_time)]
        if outline.status is Status.RUNNING:
            sign = _sign_of(stores[index], outline)
            times.append(sign)
            if sign is not None:
                signs[index, outline.where] = sign
        newest = max(newest, *(time or 0 for time in times))
    return {place: sign for place, sign in signs.items() if newest - sign > after}


def _sign_of(store: Store, outline: Outline) -> int | None:
    try:
        return last_sign(store.read(outline))
    except Exception:  # what ails the run is told where its page is made
        return None
