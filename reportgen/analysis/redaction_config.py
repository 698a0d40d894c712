"""The table [privacy] of the config file, and the kinds of what is private."""

import re
from collections.abc import Iterable, Mapping

from reportgen.analysis.failure_rules import pattern_fault
from reportgen.errors import ConfigError
from reportgen.values import frozen

KINDS: Mapping[str, str] = {
    "secret": "secret",
    "user": "user name",
    "home": "home folder",
    "host": "host name",
    "email": "email address",
    "own": "own pattern",
}
MARK = "redacted ("  # how each mark begins that stands for what was private
KEEPABLE = ("user", "home", "host", "email")


@frozen
class Privacy:
    """What the table [privacy] of the config file says."""

    patterns: tuple[str, ...] = ()  # more that is private
    keep: tuple[str, ...] = ()  # kinds that are not
    allow: tuple[str, ...] = ()  # keys of parameters and tags whose values stay


def read_privacy(patterns: Iterable[str], keep: Iterable[str], allow: Iterable[str]) -> Privacy:
    """The table [privacy]. Raises ConfigError for a bad pattern and for a kind that is none."""
    read = Privacy(tuple(patterns), tuple(keep), tuple(allow))
    for place, pattern in enumerate(read.patterns, start=1):
        fault = pattern_fault(pattern)
        if not fault and re.search(pattern, ""):
            fault = "fits an empty text"
        if fault:
            raise ConfigError(
                f"privacy.redact: pattern {place}, {pattern[:80]!r}, {fault}",
                hint='a regular expression, such as redact = ["ACME-\\\\d+"]',
            )
    for kind in read.keep:
        if kind == "secret":
            raise ConfigError(
                "privacy.keep: secrets cannot be kept as a kind",
                hint='name the parameter or tag that holds none: allow = ["my_token"]',
            )
        if kind not in KEEPABLE:
            raise ConfigError(
                f"privacy.keep: {kind!r} is no kind", hint=f"one of {', '.join(KEEPABLE)}"
            )
    return read


def mark_of(kind: str) -> str:
    """What stands in place of what was private."""
    return f"{MARK}{kind if kind != 'own' else 'text'})"
