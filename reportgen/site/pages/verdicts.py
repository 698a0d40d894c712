"""Findings as pages show them."""

from collections.abc import Iterable, Sequence

from reportgen.analysis.finding_texts import EXPLANATIONS, Explanation, Finding, Level, accepting
from reportgen.spelling import plural
from reportgen.values import frozen


@frozen
class FindingView:
    """A finding with what explains it."""

    finding: Finding
    about: Explanation
    accepting: str  # the lines of the config file that accept it


def finding_views(findings: Iterable[Finding]) -> tuple[FindingView, ...]:
    """The findings as pages show them: errors first, those that are accepted last."""
    ordered = sorted(findings, key=lambda one: (bool(one.accepted), _LEVELS.index(one.level)))
    return tuple(
        FindingView(one, EXPLANATIONS[one.code], accepting(one.code, one.experiment))
        for one in ordered
    )


_LEVELS = tuple(Level)


def count_line(findings: Sequence[Finding]) -> str:
    """How many findings stand, in words; "" where none does."""
    standing = [one for one in findings if not one.accepted]
    return plural(len(standing), "finding") if standing else ""
