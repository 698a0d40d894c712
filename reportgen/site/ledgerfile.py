"""The file of the ledger of looks: read once, and appended to, a line for each new look."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from reportgen.analysis.ledger import Look, new_looks, parse_ledger, spell, told_steps
from reportgen.analysis.redaction_config import MARK
from reportgen.errors import OutputConflict
from reportgen.model import Problem, RunId
from reportgen.site.ledgerplace import ABSENT, ledger_stamp

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


class LedgerFile:
    """The looks of a file, and those that were added since.

    Several builds may append at once: each addition is one write, and a look that stands twice
    counts once.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Read the file, if it is there. Raises OutputConflict where it is something else.

        With `read_only`, looks that are added are counted and not written.
        """
        self.path = path
        self._read_only = read_only
        self._stamp = ledger_stamp(path)
        body, self._unread = _read(path)
        ledger = parse_ledger(body, path.name)
        if ledger.is_foreign:
            raise OutputConflict(
                f"{path} holds no line of a ledger of looks",
                hint="move it away, or name another file: [heldout] ledger",
            )
        self._looks = list(ledger.looks)
        self._told = told_steps(ledger.looks)
        self._problems = list(ledger.problems)
        self._size = len(body)
        self._torn = ledger.is_torn

    def veil(self, text: Callable[[str], str]) -> None:
        """Have all looks told in texts that went through `text`.

        A look whose texts that changes is counted, and not written: the file has them as they are.
        """
        self._looks = [_veiled(look, text) for look in self._looks]
        self._told = told_steps(self._looks)

    @property
    def looks(self) -> tuple[Look, ...]:
        """All lines that could be read, in their order, and those added."""
        return tuple(self._looks)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Lines that could not be read, and what could not be written."""
        unread = (Problem(self.path.name, None, self._unread),) if self._unread else ()
        return (*unread, *self._problems)

    def unsealed(self) -> Mapping[RunId, str]:
        """The runs that were unsealed, each with the latest reason."""
        return {look.run: look.reason for look in self._looks if look.reason}

    def add(self, found: Iterable[Look]) -> tuple[Look, ...]:
        """Append what the ledger does not tell yet, in one write, and give it.

        Where it cannot be written, the looks count for now and the problem is kept: a report is
        worth having without its ledger.
        """
        fresh = new_looks(self._told, found)
        if not fresh:
            return ()
        self._looks += fresh
        self._told.update((look.place, look.steps) for look in fresh)
        lines = tuple(look for look in fresh if not _is_veiled(look))
        reason = self._append(lines) if lines and not self._read_only else ""
        if reason:
            self._problems.append(
                Problem(self.path.name, None, f"looks at test sets cannot be recorded: {reason}")
            )
        return fresh

    def record(self, looks: Iterable[Look]) -> str:
        """Append lines as they are; why that failed, or ""."""
        return self._append(tuple(looks))

    def _append(self, looks: tuple[Look, ...]) -> str:
        if self._unread:
            return self._unread
        lines = spell(looks)
        body = b"\n" + lines if self._torn else lines  # a torn line must not swallow the next
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, _FLAGS, 0o666)
            try:
                written = os.write(descriptor, body)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._stamp = ""
            return error.strerror or str(error)
        if written != len(body):
            self._stamp = ""
            return "no space left"
        self._torn = False
        self._size += written
        self._settle()
        return ""

    def _settle(self) -> None:
        """The stamp of the file as this process left it; "" where another one wrote as well."""
        if self._stamp:
            stamp = ledger_stamp(self.path)
            self._stamp = stamp if stamp.split()[2:3] == [str(self._size)] else ""

    def stamp(self) -> str:
        """The stamp by which the next build knows that nothing was added; "" where it must look."""
        return self._stamp


def _is_veiled(look: Look) -> bool:
    return any(MARK in text for text in (look.experiment, look.metric, look.dataset))


def _veiled(look: Look, text: Callable[[str], str]) -> Look:
    return replace(
        look,
        experiment=text(look.experiment),
        metric=text(look.metric),
        dataset=text(look.dataset),
        reason=text(look.reason),
    )


def _read(path: Path) -> tuple[bytes, str]:
    """The bytes of the file, and why they cannot be read or ""."""
    if ledger_stamp(path) == ABSENT and not os.path.lexists(path):
        return b"", ""
    if not path.is_file():  # a pipe or a folder; a link that leads nowhere
        return b"", "not a file"
    try:
        return path.read_bytes(), ""
    except OSError as error:
        return b"", error.strerror or str(error)
