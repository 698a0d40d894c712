"""Classes of values: a few named and typed parts that stay as they are."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(eq_default=True, frozen_default=True)
def frozen(kind: type[Kind]) -> type[Kind]:
    """A dataclass with slots whose values are equal, and hashed, by their parts.

    That no part is set again is checked by mypy, not at run time: a guard there (`frozen=True`)
    makes each value three times as dear, and a build makes 700 for every run. What users of the
    library hold, `model` and `config`, has the guard.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)
