"""Failed runs in buckets: those of one rule of the config file, or of one kind of error.

The cause of a failure is the line that `readers.cause` found. Its kind is the exception that the
line names: `ValueError: ...` of Python, `Error in fit(x) : ...` of R. A line that names none is its
own kind, with numbers left out, so that the same complaint about another step counts as the same.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reportgen.analysis.failure_rules import FailureRule
from reportgen.analysis.prefixes import natural
from reportgen.model import Run, Status
from reportgen.spelling import cut
from reportgen.values import frozen

NO_CAUSE = "No cause recorded"
OTHER = "other causes"
MOST_BUCKETS = 100  # of one experiment; what is beyond goes to OTHER
MOST_LISTED = 500  # runs of one experiment
_MOST_SHARED = 200  # parameters
_LONGEST_VALUE = 200  # characters of a parameter that is looked at
_LONGEST_KIND = 80
_PYTHON = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(?=:|$|\()")
_ERRORS = ("Error", "Exception", "Interrupt", "Exit", "Warning")
_R = re.compile(r"Error in `?([^\s(`:]+)")
_DIGITS = re.compile(r"\d+")


@frozen
class ListedRun:
    """A run of a bucket."""

    where: str  # its place in the store
    started: int | None
    cause: str  # "" where nothing tells


@frozen
class FailureGroup:
    """The runs of one experiment that failed in one way."""

    kind: str  # what the rule names it, else the error
    by_rule: bool
    status: Status  # FAILED or KILLED
    count: int  # of runs, exactly
    first: int | None  # start of the earliest
    last: int | None  # start of the latest
    shared: tuple[tuple[str, str, int], ...]  # what all have: parameter, value, how many runs do
    runs: tuple[ListedRun, ...]  # the newest first; few of them where there are very many


@frozen
class Bucket:
    """The runs of all experiments that failed in one way, apart from the runs themselves."""

    kind: str
    by_rule: bool
    status: Status
    count: int
    first: int | None
    last: int | None
    shared: tuple[tuple[str, str], ...]  # by all its runs, and not by all others
    members: tuple[tuple[str, FailureGroup], ...]  # with the key of the experiment


def kind_of(cause: str, rules: Sequence[FailureRule]) -> tuple[str, bool]:
    """What a failure is called, and whether a rule says so; the first rule that fits decides."""
    for rule in rules:
        if rule.fits(cause):
            return rule.name, True
    return _error_of(cause), False


def _error_of(cause: str) -> str:
    line = " ".join(cause.split())
    if not line:
        return NO_CAUSE
    found = _R.match(line)
    if found:
        return f"Error in {found[1]}"[:_LONGEST_KIND]
    named = _PYTHON.match(line)
    if named and named[1].endswith(_ERRORS):
        return named[1][:_LONGEST_KIND]
    kind = _DIGITS.sub("N", line)
    return cut(kind, _LONGEST_KIND)


def failure_groups(
    runs: Sequence[Run], rules: Sequence[FailureRule] = ()
) -> tuple[FailureGroup, ...]:
    """The failed and killed runs of an experiment, in groups; the largest first.

    All runs are given, newest first: how many of them have a parameter tells whether it is
    peculiar to those that failed.
    """
    found: dict[tuple[Status, bool, str], list[Run]] = {}
    for run in runs:
        if run.status not in (Status.FAILED, Status.KILLED):
            continue
        kind, by_rule = kind_of(run.cause.reason if run.cause else "", rules)
        key: tuple[Status, bool, str] = run.status, by_rule, kind
        if key not in found and len(found) >= MOST_BUCKETS:
            key = run.status, False, OTHER
        found.setdefault(key, []).append(run)
    having = _having(runs) if found else Counter()
    groups, left = [], MOST_LISTED
    smallest_first = sorted(found.items(), key=lambda item: (len(item[1]), item[0][2]))
    for place, (key, members) in enumerate(smallest_first):
        group = _group(key, members, having, left // (len(found) - place))
        left -= len(group.runs)
        groups.append(group)
    return tuple(sorted(groups, key=_order))


def _having(runs: Iterable[Run]) -> Counter[tuple[str, str]]:
    """How many runs have each parameter with its value."""
    return Counter(item for run in runs for item in run.params.items())


def _group(
    key: tuple[Status, bool, str],
    runs: list[Run],
    having: Mapping[tuple[str, str], int],
    share: int,
) -> FailureGroup:
    status, by_rule, kind = key
    shared = set(runs[0].params.items())
    for run in runs[1:]:
        shared &= run.params.items()
    short = sorted(item for item in shared if len(item[1]) <= _LONGEST_VALUE)
    starts = [run.start_time for run in runs if run.start_time is not None]
    return FailureGroup(
        kind,
        by_rule,
        status,
        len(runs),
        min(starts, default=None),
        max(starts, default=None),
        tuple((name, value, having[name, value]) for name, value in short[:_MOST_SHARED]),
        tuple(
            ListedRun(run.where, run.start_time, run.cause.reason if run.cause else "")
            for run in runs[:share]
        ),
    )


def _order(group: FailureGroup | Bucket) -> tuple[bool, bool, int, str]:
    """Killed runs last, those without a cause behind the others, then the largest first."""
    vague = group.kind in (NO_CAUSE, OTHER) and not group.by_rule
    return group.status is Status.KILLED, vague, -group.count, group.kind


def merge_groups(
    experiments: Iterable[tuple[str, int, Sequence[FailureGroup]]],
) -> tuple[Bucket, ...]:
    """The buckets of a site from (key of an experiment, number of its runs, its groups)."""
    totals: dict[str, int] = {}
    found: dict[tuple[Status, bool, str], list[tuple[str, FailureGroup]]] = {}
    for key, total, groups in experiments:
        totals[key] = total
        for group in groups:
            place = group.status, group.by_rule, group.kind
            found.setdefault(place, []).append((key, group))
    return tuple(sorted((_bucket(members, totals) for members in found.values()), key=_order))


def _bucket(members: list[tuple[str, FailureGroup]], totals: Mapping[str, int]) -> Bucket:
    one = members[0][1]
    groups = [group for _, group in members]
    count = sum(group.count for group in groups)
    starts = [time for group in groups for time in (group.first, group.last) if time is not None]
    everyone = sum(totals[key] for key, _ in members)
    having: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for name, value, runs in group.shared:
            having[name, value] += runs
            named[name, value] += 1
    shared = [
        item
        for item in having
        if count > 1 and named[item] == len(groups) and having[item] < everyone
    ]
    return Bucket(
        one.kind,
        one.by_rule,
        one.status,
        count,
        min(starts, default=None),
        max(starts, default=None),
        tuple(sorted(shared, key=lambda item: (natural(item[0]), item[1]))),
        tuple(members),
    )
