"""Classes of values: a few named and typed parts that stay as they are."""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(eq_default=True, frozen_default=True)
def frozen(kind: type[Kind]) -> type[Kind]:
    """A dataclass with slots whose values are equal, hashed and shown by their parts.

    That no part is set again is checked by mypy, not at run time: a guard there (`frozen=True`)
    makes each value three times as dear, and a build makes 700 for every run. What users of the
    library hold, `model` and `config`, has the guard.

    How values are compared is written here and not compiled anew for each class, as `dataclass`
    does it: there are two hundred of them, and that took a tenth of the time to start.
    """
    made = dataclass(slots=True, eq=False, repr=False)(kind)
    names = tuple(field.name for field in fields(made))  # type: ignore[arg-type]
    parts = attrgetter(*names)

    def equal(self: object, other: object) -> object:
        return parts(self) == parts(other) if self.__class__ is other.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(parts(self))

    def shown(self: object) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{kind.__qualname__}({told})"

    how = {"__eq__": equal, "__hash__": hashed, "__repr__": shown}
    for name, method in how.items():
        setattr(made, name, method)
    return made
