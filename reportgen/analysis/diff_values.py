"""What differs between two sets of named texts: parameters, tags, facts about runs."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

from reportgen.analysis.prefixes import group_by_prefix, natural
from reportgen.values import frozen


class ValueChange(NamedTuple):
    """A name whose text differs; None stands for "not logged", which is not the same as ""."""

    key: str
    old: str | None
    new: str | None
    relative: float | None = None  # change as a part of the old number; None if that tells nothing
    is_same_number: bool = False  # written otherwise: 0.1 and 0.10


class ValueGroup(NamedTuple):
    """Changes whose names share a prefix; the prefix is "" for those that share none."""

    prefix: str
    changes: tuple[ValueChange, ...]


@frozen
class Values:
    """Two sets of named texts side by side."""

    groups: tuple[ValueGroup, ...]
    same: tuple[tuple[str, str], ...]  # what both have with one text, sorted

    @property
    def changes(self) -> tuple[ValueChange, ...]:
        """All that differ, in the order of the groups."""
        return tuple(change for group in self.groups for change in group.changes)

    @property
    def count(self) -> int:
        """How many differ."""
        return sum(len(group.changes) for group in self.groups)


def diff_values(
    old: Mapping[str, str],
    new: Mapping[str, str],
    is_quantity: Callable[[str], bool] = lambda _: False,
) -> Values:
    """What differs, sorted by name as people count and grouped by prefix; and what is the same.

    `is_quantity` tells of a name whether its numbers measure something: only then a change of 5 %
    says more than that it is another one. Numbers in tags, of a commit or for a seed are labels.
    """
    same: list[tuple[str, str]] = []
    changes: dict[str, ValueChange] = {}
    for key in sorted(old.keys() | new.keys(), key=natural):
        before, after = old.get(key), new.get(key)
        if before is not None and before == after:
            same.append((key, before))
        else:
            changes[key] = changed(key, before, after, is_quantity=is_quantity(key))
    groups = tuple(
        ValueGroup(group.prefix, tuple(changes[key] for key in group.keys))
        for group in group_by_prefix(changes)
    )
    return Values(groups, tuple(same))


def changed(key: str, old: str | None, new: str | None, *, is_quantity: bool) -> ValueChange:
    """One change; the relative one where both texts are finite numbers of a quantity."""
    if old is None or new is None:
        return ValueChange(key, old, new)
    before, after = number_in(old), number_in(new)
    if before is None or after is None:
        return ValueChange(key, old, new)
    relative = relative_change(before, after) if is_quantity else None
    return ValueChange(key, old, new, relative, before == after)


def number_in(text: str) -> float | None:
    """The finite number that a text spells; None where it spells none."""
    if not text or text[-1].isalpha():  # most texts are words, and errors cost a microsecond
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in text else None


def relative_change(old: float, new: float) -> float | None:
    """(new - old) / |old|; None from 0, and where it is not a finite number."""
    if not old or not isfinite(old) or not isfinite(new):
        return None
    change = new / abs(old) - (1 if old > 0 else -1)
    return change if isfinite(change) else None
