"""The shortest way from one sequence to another, in bounded time.

The greedy algorithm of Myers (An O(ND) difference algorithm and its variations, 1986), which looks
for the path of fewest insertions and deletions and gives up beyond a number of them. difflib has
no such bound: on texts with many equal lines it takes time cubic in their length.

Items that only one of the sequences has can be kept by no path, so they are set aside first. Of two
texts with other values in many lines, little is left to look at.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

# Stretches (start and end in a, start and end in b); what is equal lies between them.
Edit: TypeAlias = tuple[int, int, int, int]


def edits_of(a: Sequence[str], b: Sequence[str], most: int) -> list[Edit] | None:
    """The stretches of `a` that are replaced by stretches of `b`, in order.

    None where more than `most` items in all would have to be taken out and put in.
    """
    start, end = _common(a, b)
    stop_a, stop_b = len(a) - end, len(b) - end
    if stop_a - start == stop_b - start == 1:  # one item for another: the most common of all
        return [(start, stop_a, start, stop_b)] if most > 1 else None
    if start in (stop_a, stop_b):
        if stop_a + stop_b - 2 * start > most:
            return None
        return [(start, stop_a, start, stop_b)] if (stop_a, stop_b) != (start, start) else []
    in_a, in_b = set(a[start:stop_a]), set(b[start:stop_b])
    places_a = [place for place in range(start, stop_a) if a[place] in in_b]
    places_b = [place for place in range(start, stop_b) if b[place] in in_a]
    room = most - (stop_a + stop_b - 2 * start - len(places_a) - len(places_b))
    if room < 0:
        return None
    kept = _kept([a[place] for place in places_a], [b[place] for place in places_b], room)
    if kept is None:
        return None
    pairs = [(places_a[x], places_b[y]) for x, y in kept]
    return list(_between([*pairs, (stop_a, stop_b)], start))


def _common(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How many items at the start, and of the rest at the end, are equal."""
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    end = 0
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return start, end


def _kept(a: Sequence[str], b: Sequence[str], most: int) -> list[tuple[int, int]] | None:
    """The places of items that are kept, in both; None beyond the bound."""
    if not a or not b:
        return [] if len(a) + len(b) <= most else None
    reach = {1: 0}  # by diagonal: how far into `a` the best path on it goes
    rounds: list[dict[int, int]] = []
    for count in range(min(most, len(a) + len(b)) + 1):
        rounds.append(reach.copy())
        for diagonal in range(-count, count + 1, 2):
            if _goes_down(reach, diagonal, count):
                x = reach[diagonal + 1]
            else:
                x = reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(a) and y >= len(b):
                return _along(rounds, len(a), len(b))
    return None


def _goes_down(reach: dict[int, int], diagonal: int, count: int) -> bool:
    """Whether the best way onto a diagonal is to put an item in, not to take one out."""
    if diagonal == -count:
        return True
    return diagonal != count and reach[diagonal - 1] < reach[diagonal + 1]


def _along(rounds: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Back along the path: the places of the items that it keeps, in order."""
    kept: list[tuple[int, int]] = []
    for count in range(len(rounds) - 1, -1, -1):
        reach, diagonal = rounds[count], x - y
        if count == 0:
            before_x = before_y = 0
        elif _goes_down(reach, diagonal, count):
            before_x = reach[diagonal + 1]
            before_y = before_x - diagonal - 1
        else:
            before_x = reach[diagonal - 1]
            before_y = before_x - diagonal + 1
        while x > before_x and y > before_y:
            x, y = x - 1, y - 1
            kept.append((x, y))
        x, y = before_x, before_y
    return kept[::-1]


def _between(kept: Sequence[tuple[int, int]], start: int) -> Iterator[Edit]:
    """The stretches between the items that are kept; the last pair is the end of both."""
    at_a = at_b = start
    for x, y in kept:
        if (x, y) != (at_a, at_b):
            yield at_a, x, at_b, y
        at_a, at_b = x + 1, y + 1
