"""Why a run failed, from what it logged: the last words of a traceback or of a log.

MLflow records that a run failed, not why. People, and MLflow's own `log_text` recipes, put the
traceback beside the run as an artifact. Only the end of one text file is read.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from reportgen.model import Artifact, Cause

TAIL_BYTES = 16 << 10
_MAX_REASON = 240  # characters
_TELLING = ("traceback", "exception", "error", "failure", "crash", "stderr")
_ENDINGS = frozenset((".txt", ".log", ".err", ".out", ".text", ""))
_PLAIN_LOGS = frozenset((".log", ".err"))
_FRAME = re.compile(r'\s*File "')
# `KeyError: 'x'` as Python ends a traceback, `Error in f(x) : no such thing` as R does.
_RAISED = re.compile(
    r"(?:[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b|Error(?: in\b|:)).*"
)


def find_cause(
    artifacts: Iterable[Artifact], read_tail: Callable[[str], bytes | None]
) -> Cause | None:
    """The cause that one of a run's artifacts tells; None where none does.

    `read_tail` gives the last TAIL_BYTES of an artifact, None where it cannot be read.
    """
    for artifact in sorted((a for a in artifacts if _rank(a) is not None), key=_order):
        body = read_tail(artifact.path)
        if body is None or b"\0" in body:  # no text, whatever its name says
            continue
        reason = _last_words(body.decode("utf-8", "replace"))
        if reason:
            return Cause(reason, artifact.path)
    return None


def _rank(artifact: Artifact) -> int | None:
    """How likely a file tells the cause: lower is better, None for not at all."""
    path = PurePosixPath(artifact.path.lower())
    if path.suffix not in _ENDINGS or not artifact.size:
        return None
    for rank, word in enumerate(_TELLING):
        if word in path.name:
            return rank
    return len(_TELLING) if path.suffix in _PLAIN_LOGS else None


def _order(artifact: Artifact) -> tuple[int, str]:
    rank = _rank(artifact)
    return (len(_TELLING) if rank is None else rank), artifact.path


def _last_words(text: str) -> str:
    """The line that names the error, or else the last line that says something.

    R breaks the line of an error before what it says, where that would get long.
    """
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not set(line) <= set("-=~^*# ")]
    for place in range(len(said) - 1, -1, -1):
        found = _RAISED.match(said[place])
        if found and not _FRAME.match(said[place]):
            rest = said[place + 1 : place + 2] if found[0].endswith(":") else []
            return _shown(" ".join((found[0], *rest)))
    return _shown(said[-1]) if said else ""


def _shown(line: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in line)
    return plain if len(plain) <= _MAX_REASON else f"{plain[: _MAX_REASON - 1]}…"
