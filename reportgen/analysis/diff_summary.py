"""A diff of two runs in a few sentences: what changed, and whether it helped.

Facts only. What changed and what came out stand beside each other; that the one made the other is
not said, for two runs cannot tell.
"""

from collections.abc import Iterator

from reportgen.analysis.diff import RunDiff
from reportgen.analysis.diff_metrics import MetricChange, Verdict
from reportgen.analysis.diff_values import ValueChange
from reportgen.model import Status
from reportgen.spelling import MINUS, number, plural
from reportgen.values import frozen

_MOST_NAMED = 3  # parameters
_LONGEST = 24  # characters of a value
_BRIEF = 160  # characters; search engines and chats cut what is longer
_BAD_ENDS = {Status.FAILED: "failed", Status.KILLED: "was ended from outside"}
_WORDS = {Verdict.BETTER: "better", Verdict.WORSE: "worse"}


@frozen
class DiffSummary:
    """What a diff says first."""

    changed: str  # which parameters, or that none did
    outcome: str  # how the metric moved that runs are chosen by
    also: str  # what else differs; "" where nothing does
    headline: MetricChange | None  # the metric of `outcome`
    counts: str  # how many metrics are better and worse; "" where it is at most one

    @property
    def text(self) -> str:
        """All of it, in one paragraph."""
        return " ".join(filter(None, (self.changed, self.outcome, self.counts, self.also)))

    @property
    def brief(self) -> str:
        """What others show of the page beside its link: how it came out, then what changed."""
        text = " ".join(filter(None, (self.outcome, self.changed, self.counts)))
        return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1]}…"


def summary_of(diff: RunDiff) -> DiffSummary:
    """The summary of a diff."""
    headline = _headline(diff)
    return DiffSummary(
        changed_sentence(diff),
        _outcome(diff, headline),
        _also(diff),
        headline,
        _counts(diff),
    )


def changed_sentence(diff: RunDiff) -> str:
    """`2 parameters changed (lr 0.1 → 0.05, depth 3 → 5).`, by name as far as there is room."""
    changes = diff.params.changes
    if not changes:
        if diff.params.same:
            return "No parameter changed."
        return "Neither run logged a parameter."
    both = [one for one in changes if one.old is not None and one.new is not None]
    parts = []
    if both:
        named = ", ".join(map(_moved, both[:_MOST_NAMED]))
        more = f" and {len(both) - _MOST_NAMED} more" if len(both) > _MOST_NAMED else ""
        parts.append(f"{plural(len(both), 'parameter')} changed ({named}{more})")
    for letter, found in _one_sided(changes):
        parts.append(f"{_named(found)} only in {letter}")
    return f"{'; '.join(parts)}."


def _one_sided(changes: tuple[ValueChange, ...]) -> Iterator[tuple[str, list[ValueChange]]]:
    for letter, found in (
        ("A", [one for one in changes if one.new is None]),
        ("B", [one for one in changes if one.old is None]),
    ):
        if found:
            yield letter, found


def _named(found: list[ValueChange]) -> str:
    if len(found) > _MOST_NAMED:
        return f"{plural(len(found), 'parameter')} logged"
    return f"{', '.join(one.key for one in found)} logged"


def _moved(change: ValueChange) -> str:
    return f"{change.key} {_short(change.old)} → {_short(change.new)}"


def _short(text: str | None) -> str:
    shown = " ".join((text or "").split(maxsplit=_LONGEST))  # more words would be cut anyway
    if not shown:
        return '""'
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _headline(diff: RunDiff) -> MetricChange | None:
    """The metric to tell of: the primary one, else the first that runs may be chosen by."""
    chosen = [one for one in diff.metrics.plain if one.may_rank and one.basis]
    return next(iter(chosen), None)


def _outcome(diff: RunDiff, headline: MetricChange | None) -> str:
    ended = [
        f"{letter} {_BAD_ENDS[run.status]}"
        for letter, run in (("A", diff.a), ("B", diff.b))
        if run.status in _BAD_ENDS
    ]
    end = f"{' and '.join(ended)}." if ended else ""
    return " ".join(filter(None, (end, _moves(headline) if headline else _no_metric(diff))))


def _no_metric(diff: RunDiff) -> str:
    if any(one.basis for one in diff.metrics.plain):
        return "No metric of validation data is in both, so nothing says which run is better."
    return "No metric stands in both, so nothing says which run is better."


def _moves(one: MetricChange) -> str:
    """`val_rmse fell from 0.25 to 0.23 (8 % better).`"""
    old, new = number(one.old), number(one.new)
    if one.verdict is Verdict.SAME:
        return f"{one.key} is the same: {new}."
    if one.difference is None:
        return f"{one.key} was {old} and is {new}."
    verb = "rose" if one.difference > 0 else "fell"
    return f"{one.key} {verb} from {old} to {new} ({_judged(one)})."


def _judged(one: MetricChange) -> str:
    if one.verdict is Verdict.NOISE:
        return f"{percent(one.relative)}, within the spread over seeds".lstrip(", ")
    if one.verdict not in _WORDS:
        return f"{percent(one.relative)}, unknown whether that is better".lstrip(", ")
    return f"{percent(one.relative, sign=False)} {_WORDS[one.verdict]}".strip()


def percent(relative: float | None, *, sign: bool = True) -> str:
    """A relative change in percent, 7.4 % or +7.4 %; "" for None, a factor where it is large."""
    if relative is None:
        return ""
    if relative > 9.995:
        return f"× {number(float(f'{relative + 1:.3g}'))}"
    size = abs(relative) * 100
    text = f"{size:.0f}" if size >= 99.5 else f"{size:.2g}" if size >= 0.01 else "< 0.01"
    mark = ("+" if relative > 0 else MINUS if relative < 0 else "") if sign else ""
    return f"{mark}{text} %"


def _counts(diff: RunDiff) -> str:
    found = [one.verdict for one in diff.metrics.plain if one.direction]
    better, worse = found.count(Verdict.BETTER), found.count(Verdict.WORSE)
    told = better + worse + found.count(Verdict.NOISE) + found.count(Verdict.SAME)
    if told < 2 or not better + worse:
        return ""
    parts = [f"{count} {word}" for count, word in ((better, "better"), (worse, "worse")) if count]
    return f"Of {told} metrics with a known direction, {' and '.join(parts)}."


def _also(diff: RunDiff) -> str:
    """What else differs, and so may have to do with it as well."""
    keys = {change.key for change in diff.facts.changes}
    parts = []
    if diff.datasets.changes:
        parts.append(plural(len(diff.datasets.changes), "dataset"))
    if diff.environments.count:
        parts.append(plural(diff.environments.count, "package version"))
    if "commit" in keys:
        parts.append("the git commit")
    if "program" in keys:
        parts.append("the program")
    return f"Also different: {', '.join(parts)}." if parts else ""
