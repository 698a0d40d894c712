"""What a user declares about metrics: roles, directions, and the metric that runs are ranked by."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from fnmatch import translate
from functools import lru_cache
from typing import TypeVar

from reportgen.errors import ConfigError
from reportgen.values import frozen


class Role(Enum):
    """Which data a metric was measured on, or that it is no measure of the model at all."""

    TRAIN = "train"
    VAL = "val"  # choices are made by it: validation data, folds of cross-validation
    TEST = "test"  # held out until the end
    SYSTEM = "system"  # of the machine: MLflow's system/...
    OPERATIONAL = "operational"  # how the run went: learning rate, epoch, run time
    UNKNOWN = "unknown"


class Direction(Enum):
    """Which of two values of a metric is better."""

    HIGHER = "higher"
    LOWER = "lower"
    UNKNOWN = "unknown"


ROLE_NAMES: Mapping[str, Role] = {
    "train": Role.TRAIN,
    "training": Role.TRAIN,
    "val": Role.VAL,
    "valid": Role.VAL,
    "validation": Role.VAL,
    "test": Role.TEST,
    "testing": Role.TEST,
    "holdout": Role.TEST,
    "heldout": Role.TEST,
    "system": Role.SYSTEM,
    "operational": Role.OPERATIONAL,
    "unknown": Role.UNKNOWN,
}
DIRECTION_NAMES: Mapping[str, Direction] = {
    "higher": Direction.HIGHER,
    "max": Direction.HIGHER,
    "maximize": Direction.HIGHER,
    "lower": Direction.LOWER,
    "min": Direction.LOWER,
    "minimize": Direction.LOWER,
    "unknown": Direction.UNKNOWN,
    "none": Direction.UNKNOWN,
}


@frozen
class MetricRules:
    """What the table [metrics] of the config file says; patterns in the order of the file."""

    roles: tuple[tuple[str, Role], ...] = ()
    directions: tuple[tuple[str, Direction], ...] = ()
    primary: tuple[str, ...] = ()  # to rank by, the first that is there; () = find one
    allow_test_ranking: str = ""  # the reason to rank by a test metric; "" = never


NO_RULES = MetricRules()
T = TypeVar("T")


def read_rules(
    roles: Mapping[str, str] | None = None,
    directions: Mapping[str, str] | None = None,
    primary: Sequence[str] = (),
    allow_test_ranking: str = "",
) -> MetricRules:
    """The rules that the texts of the config file stand for.

    Raises ConfigError for a word that names no role, or no direction.
    """
    return MetricRules(
        _read("roles", roles or {}, ROLE_NAMES),
        _read("direction", directions or {}, DIRECTION_NAMES),
        tuple(primary),
        allow_test_ranking.strip(),
    )


def _read(
    key: str, patterns: Mapping[str, str], names: Mapping[str, T]
) -> tuple[tuple[str, T], ...]:
    found = []
    for pattern, word in patterns.items():
        meant = names.get(word.strip().lower())
        if meant is None:
            raise ConfigError(
                f"metrics.{key}: {pattern!r} is {word!r}, which means nothing here",
                hint=f"one of {', '.join(names)}",
            )
        found.append((pattern, meant))
    return tuple(found)


def first_match(name: str, patterns: tuple[tuple[str, T], ...]) -> tuple[str, T] | None:
    """The pattern that decides on a name, and what it says.

    The name itself wins over patterns; of patterns with `*`, `?` and `[...]`, the first one that
    matches. `*` also stands for "/", and case counts.
    """
    for pattern, meant in patterns:
        if pattern == name:
            return pattern, meant
    for pattern, meant in patterns:
        if _compiled(pattern).match(name):
            return pattern, meant
    return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
