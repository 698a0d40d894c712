"""What a build says at its end, in lines."""

from collections.abc import Sequence

from reportgen.model import Problem
from reportgen.site.catalog import Entry
from reportgen.site.outputs import PATH_OF_PROBLEMS
from reportgen.site.pages.bars import count_by_status
from reportgen.spelling import plural


def entry_line(entry: Entry) -> str:
    """An experiment and how its runs ended."""
    counts = count_by_status([outline.status for outline in entry.outlines])
    states = ", ".join(f"{count} {status.lower()}" for status, count in counts)
    runs = plural(len(entry.outlines), "run")
    return f"{' '.join(entry.mark.name.split())}: {runs}{f' ({states})' if states else ''}"


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """How many problems there are; nothing where there is none."""
    if not problems:
        return []
    return [f"{plural(len(problems), 'problem')} in the store: see {PATH_OF_PROBLEMS}"]


def finding_lines(count: int) -> list[str]:
    """How many errors and warnings were found; nothing where there is none."""
    return [f"{plural(count, 'finding')} about the results: see reportgen check"] if count else []
