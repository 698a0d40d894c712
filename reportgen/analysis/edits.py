"""The shortest way from one sequence to another, in bounded time.

The greedy algorithm of Myers (An O(ND) difference algorithm and its variations, 1986), which looks
for the path of fewest insertions and deletions and gives up beyond a number of them. difflib has
no such bound: on texts with many equal lines it takes time cubic in their length.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

# Stretches (start and end in a, start and end in b); what is equal lies between them.
Edit: TypeAlias = tuple[int, int, int, int]


def edits_of(a: Sequence[str], b: Sequence[str], most: int) -> list[Edit] | None:
    """The stretches of `a` that are replaced by stretches of `b`, in order.

    None where more than `most` items in all would have to be taken out and put in.
    """
    start, end = _common(a, b)
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    if not middle_a or not middle_b:
        if len(middle_a) + len(middle_b) > most:
            return None
        return [(start, len(a) - end, start, len(b) - end)] if middle_a or middle_b else []
    path = _path(middle_a, middle_b, most)
    return None if path is None else list(_stretches(path, start))


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


def _path(a: Sequence[str], b: Sequence[str], most: int) -> list[tuple[int, int]] | None:
    """The corners of the path from the start of both to their ends; None beyond the bound."""
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
                return _corners(rounds, len(a), len(b))
    return None


def _goes_down(reach: dict[int, int], diagonal: int, count: int) -> bool:
    """Whether the best way onto a diagonal is to put an item in, not to take one out."""
    if diagonal == -count:
        return True
    return diagonal != count and reach[diagonal - 1] < reach[diagonal + 1]


def _corners(rounds: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Back along the path: where each step of one item begins, from the start, then the end."""
    corners = [(x, y)]
    for count in range(len(rounds) - 1, 0, -1):
        reach, diagonal = rounds[count], x - y
        before = diagonal + 1 if _goes_down(reach, diagonal, count) else diagonal - 1
        x = reach[before]
        y = x - before
        corners.append((x, y))
    return corners[::-1]


def _stretches(corners: list[tuple[int, int]], shift: int) -> Iterator[Edit]:
    """Single steps that touch, joined to stretches."""
    x0 = y0 = x1 = y1 = -1
    for (x, y), (next_x, next_y) in pairwise(corners):
        is_down = next_x - next_y < x - y
        end_x, end_y = (x, y + 1) if is_down else (x + 1, y)
        if (x, y) == (x1, y1):
            x1, y1 = end_x, end_y
            continue
        if x1 >= 0:
            yield x0 + shift, x1 + shift, y0 + shift, y1 + shift
        (x0, y0), (x1, y1) = (x, y), (end_x, end_y)
    if x1 >= 0:
        yield x0 + shift, x1 + shift, y0 + shift, y1 + shift
