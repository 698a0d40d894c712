"""Keys with a common prefix belong together: `optimizer/lr` and `optimizer/name`, `model.depth`."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from reportgen.values import frozen

_SEPARATORS = ("/", ".", "__")  # of paths, of Hydra and OmegaConf, of scikit-learn
_NUMBER = re.compile("([0-9]{1,18})")


@lru_cache(maxsize=4096)  # as for their groups
def natural(key: str) -> tuple[tuple[str | int, ...], str]:
    """What keys are sorted by for people: loss_2 before loss_10, though "1" comes before "2"."""
    parts = _NUMBER.split(key)  # every second one is a number
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), key


@frozen
class Group:
    """Keys that share a prefix; the prefix is "" for those that share none."""

    prefix: str  # without its separator
    keys: tuple[str, ...]


def group_by_prefix(
    keys: Iterable[str], separators: Sequence[str] = _SEPARATORS
) -> tuple[Group, ...]:
    """Keys in groups: first those that stand alone, then each prefix that two or more share.

    The order of the keys is kept within a group; groups stand in the order of their first key.
    """
    return _grouped(tuple(keys), tuple(separators))


@lru_cache(maxsize=256)  # runs that stand together mostly have one set of keys
def _grouped(keys: tuple[str, ...], separators: tuple[str, ...]) -> tuple[Group, ...]:
    prefixes = [_prefix(key, separators) for key in keys]
    counts = Counter(prefixes)
    groups: dict[str, list[str]] = {}
    for key, prefix in zip(keys, prefixes, strict=True):
        groups.setdefault(prefix if counts[prefix] > 1 else "", []).append(key)
    alone = groups.pop("", [])
    found = [Group(prefix, tuple(members)) for prefix, members in groups.items()]
    return (Group("", tuple(alone)), *found) if alone else tuple(found)


def _prefix(key: str, separators: Sequence[str]) -> str:
    """What stands before the first separator; "" where there is none, or nothing before it."""
    places = [place for mark in separators if (place := key.find(mark)) > 0]
    return key[: min(places)] if places else ""
