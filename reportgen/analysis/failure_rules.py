"""Rules of the config file for failed runs: a name, and a pattern that is looked for in the cause.

Python's regular expressions go back and try again wherever they might have matched otherwise, which
can take longer than anybody waits. So patterns that invite it are refused, and only the start of a
cause is searched: then the worst that is left is a power of its length, with a small exponent.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.errors import ConfigError
from reportgen.values import frozen

_SEARCHED = 240  # characters of a cause
_LONGEST_PATTERN = 500
_MOST_RULES = 100
_MOST_REPEATS = 3  # open-ended ones of one alternative
_MOST_CHOICES = 12  # between what is there or not, or between alternatives in brackets
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_ANY = "\0"  # stands for one of several letters
_OPEN = re.compile(r"\((?:\?(?:P<\w+>|[aiLmsux-]*:|<?[=!]|>))?")
_REPEAT = re.compile(r"(?:[*+]|\{\d*,\d*\})[?+]?")
_AGAIN = re.compile(r"[*+]|\{\d*,\d*\}|\{(?:[4-9]|\d{2,})\}")  # often, of a group
_OPTIONAL = re.compile(r"\?[?+]?")


@frozen
class FailureRule:
    """A rule of the config file: failures whose cause it finds something in are `name`."""

    name: str
    pattern: str  # a regular expression, looked for anywhere in the cause

    def fits(self, cause: str) -> bool:
        """Whether a cause is of this rule; none is where nothing tells the cause."""
        return bool(cause) and re.search(self.pattern, cause[:_SEARCHED]) is not None


def read_failure_rules(pairs: Iterable[tuple[str, str]]) -> tuple[FailureRule, ...]:
    """The rules of the config file as (name, pattern).

    Raises ConfigError for a pattern that does not compile, or that may take for ever.
    """
    rules = tuple(FailureRule(name.strip(), pattern) for name, pattern in pairs)
    if len(rules) > _MOST_RULES:
        raise ConfigError(
            f"failures.rule: {len(rules)} rules are more than {_MOST_RULES}",
            hint="join patterns with |",
        )
    for rule in rules:
        fault = _fault(rule)
        if fault:
            raise ConfigError(
                f"failures.rule {rule.name!r}: the pattern {rule.pattern[:80]!r} {fault}",
                hint='a regular expression, such as match = "CUDA out of memory"',
            )
    return rules


def _fault(rule: FailureRule) -> str:
    if not rule.name:
        return "has no name"
    return pattern_fault(rule.pattern)


def pattern_fault(pattern: str) -> str:
    """Why a pattern of the config file is refused, as the end of a sentence; "" if it is not."""
    if not pattern:
        return "is empty"
    if len(pattern) > _LONGEST_PATTERN:
        return f"is longer than {_LONGEST_PATTERN} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of may mean something else one day
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"cannot be read: {error}"
    return _slow(_CLASS.sub(_ANY, _ESCAPE.sub(_ANY, pattern)))


@dataclass(slots=True)
class _Group:
    """What an open group, or the whole pattern, has come to."""

    start: int  # of its text
    repeats: int = 0  # open-ended ones, of the alternative at hand
    most: int = 0  # of one alternative before
    choices: int = 0  # ways in which it may match one text differently

    def end_alternative(self) -> None:
        """Go on with the next alternative."""
        self.most, self.repeats = max(self.most, self.repeats), 0


def _slow(plain: str) -> str:
    """Why a pattern may take for ever, or ""; escapes and classes in it are one letter each."""
    at, groups = 0, [_Group(0)]
    while at < len(plain):
        opened = _OPEN.match(plain, at)
        repeat, optional = _REPEAT.match(plain, at), _OPTIONAL.match(plain, at)
        found = opened or repeat or optional
        if opened:
            groups.append(_Group(opened.end()))
        elif plain[at] == ")" and len(groups) > 1:
            group = groups.pop()
            group.end_alternative()
            again = _AGAIN.match(plain, at + 1)
            if again and (group.most or group.choices or _overlap(plain[group.start : at])):
                return "repeats a group that may match in several ways: that may take for ever"
            groups[-1].repeats += group.most
            groups[-1].choices += group.choices + _overlap(plain[group.start : at])
        elif plain[at] == "|":
            groups[-1].end_alternative()
        elif repeat:
            groups[-1].repeats += 1
        elif optional:
            groups[-1].choices += 1
        at = found.end() if found else at + 1
    groups[0].end_alternative()
    if groups[0].most > _MOST_REPEATS:
        return f"has more than {_MOST_REPEATS} of * and +: that may take for ever"
    if groups[0].choices > _MOST_CHOICES:
        return f"has more than {_MOST_CHOICES} of ? and |: that may take for ever"
    return ""


def _overlap(text: str) -> bool:
    """Whether alternatives of a group may match the same: all but different single letters may."""
    parts = text.split("|")
    if len(parts) == 1:
        return False
    single = all(len(part) == 1 and part not in (_ANY, ".") for part in parts)
    return not single or len(set(parts)) < len(parts)
