"""Which runs a filter keeps: MLflow's run search, with OR, brackets and lists besides.

A field gives a run's values: none, one, or one for each of its datasets. A clause holds where one
of them compares as it says, so what a run lacks matches nothing but IS NULL. Metrics are compared
by their last value; nan differs from every number, itself included.
"""

import operator
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from reportgen.analysis.filter_grammar import AllOf, Clause, Node, parse
from reportgen.analysis.filter_tokens import Field
from reportgen.model import DatasetInput, MetricKey, Run
from reportgen.values import frozen


@frozen
class Filter:
    """A condition on runs; without a root it holds for all."""

    root: Node | None = None

    def matches(self, run: Run) -> bool:
        """Whether a run is kept."""
        return self.root is None or _holds(self.root, run)

    @property
    def metrics(self) -> frozenset[MetricKey]:
        """The metrics that it asks for."""
        return frozenset() if self.root is None else frozenset(_metrics(self.root))


def parse_filter(text: str) -> Filter:
    """The filter that a text in MLflow's search syntax stands for; a blank text keeps all runs.

    Raises UsageError, which names the position, counted from 1, and what was expected there.
    """
    return Filter(parse(text))


def _holds(node: Node, run: Run) -> bool:
    if isinstance(node, Clause):
        return _clause_holds(node, run)
    quantifier = all if isinstance(node, AllOf) else any
    return quantifier(_holds(part, run) for part in node.parts)


def _metrics(node: Node) -> Iterator[MetricKey]:
    if not isinstance(node, Clause):
        for part in node.parts:
            yield from _metrics(part)
    elif node.field.prefix == "metrics":
        yield node.field.key


def _clause_holds(clause: Clause, run: Run) -> bool:
    values = _values(clause.field, run)
    if clause.operator == "IS NULL":
        return not values
    if clause.operator == "IS NOT NULL":
        return bool(values)
    compare = _COMPARE[clause.operator]
    return any(compare(value, clause.operand) for value in values)


def _values(field: Field, run: Run) -> tuple[str | float, ...]:
    """What a run has for a field; an empty attribute or dataset field counts as absent."""
    match field.prefix:
        case "metrics":
            head = run.metrics.get(field.key)
            return () if head is None else (head.last,)
        case "params":
            return (run.params[field.key],) if field.key in run.params else ()
        case "tags":
            return (run.tags[field.key],) if field.key in run.tags else ()
        case "dataset":
            read = _DATASET_FIELDS[field.key]
            return tuple(value for dataset in run.datasets if (value := read(dataset)))
    attribute = _ATTRIBUTES[field.key](run)
    return () if attribute is None or attribute == "" else (attribute,)


_ATTRIBUTES: dict[str, Callable[[Run], str | int | None]] = {
    "run_id": lambda run: run.id,
    "run_name": lambda run: run.name,
    "status": lambda run: run.status.name,
    "start_time": lambda run: run.start_time,
    "end_time": lambda run: run.end_time,
    "user_id": lambda run: run.user,
    "artifact_uri": lambda run: run.artifact_uri,
}
_DATASET_FIELDS: dict[str, Callable[[DatasetInput], str]] = {
    "name": lambda dataset: dataset.name,
    "digest": lambda dataset: dataset.dataset_digest,
    "context": lambda dataset: dataset.context,
}


def _like(value: str, pattern: str) -> bool:
    return _wildcards(pattern, 0).fullmatch(value) is not None


def _ilike(value: str, pattern: str) -> bool:
    return _wildcards(pattern, re.IGNORECASE).fullmatch(value) is not None


@lru_cache(maxsize=64)
def _wildcards(pattern: str, flags: int) -> re.Pattern[str]:
    """LIKE as an expression: % stands for any text, _ for one character, all else for itself.

    Each piece between two % is taken where it is found first and never looked for again (the
    atomic group), so that time stays within text times pattern, however many % there are.
    """
    pieces = [re.escape(piece).replace("_", ".") for piece in pattern.split("%")]
    if len(pieces) == 1:
        return re.compile(pieces[0], flags | re.DOTALL)
    first, *middle, last = pieces
    inner = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{inner}.*{last}", flags | re.DOTALL)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "LIKE": _like,
    "ILIKE": _ilike,
    "IN": lambda value, operand: value in operand,
    "NOT IN": lambda value, operand: value not in operand,
}
