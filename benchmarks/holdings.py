"""What a watch and the process that builds for it hold, from time to time: memory, open files."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Thread

SAMPLE = 0.5  # seconds between two looks
WARM, LATE = (0.3, 0.55), (0.75, 1.0)  # the parts of the time that are compared
MORE_MEMORY = (1.15, 8e6)  # factor and bytes; what measuring wavers by, and a larger store takes
MORE_FILES = 6  # connections of a browser that come and go
TITLES = ("the watch", "its builder")


@dataclass(frozen=True, slots=True)
class Growth:
    """What was held in the warm part of the time, and in the late one."""

    title: str
    unit: str
    warm: float
    late: float
    limit: float

    def __str__(self) -> str:
        """As a line: what, before, after."""
        return f"{self.title}: {self.warm:.1f} {self.unit}, then {self.late:.1f} {self.unit}"


@dataclass(slots=True)
class Holdings:
    """Looks at a process and its first child, in a thread, until stopped."""

    process: int
    looks: dict[str, list[tuple[float, float, int]]] = field(
        default_factory=lambda: {title: [] for title in TITLES}
    )  # time, bytes, files
    _stopped: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def begin(self) -> None:
        """Begin to look."""
        self._thread = Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def end(self) -> list[Growth]:
        """Stop, and compare."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        return [growth for title in TITLES for growth in self._growth(title)]

    def _go_on(self) -> None:
        began = time.monotonic()
        while not self._stopped.wait(SAMPLE):
            processes = [self.process, *children_of(self.process)[:1]]
            for title, process in zip(TITLES, processes, strict=False):
                with suppress(OSError, KeyError):  # it has just ended
                    held = (time.monotonic() - began, memory_of(process), files_of(process))
                    self.looks[title].append(held)

    def _growth(self, title: str) -> list[Growth]:
        looks = self.looks[title]
        if not looks:
            return []
        length = looks[-1][0]
        warm, late = (
            [look for look in looks if begin * length <= look[0] <= end * length]
            for begin, end in (WARM, LATE)
        )
        if not warm or not late:
            return []
        bytes_before, bytes_after = (median(look[1] for look in part) for part in (warm, late))
        files_before, files_after = max(look[2] for look in warm), median(look[2] for look in late)
        most = bytes_before * MORE_MEMORY[0] + MORE_MEMORY[1]
        return [
            Growth(f"memory of {title}", "MB", bytes_before / 1e6, bytes_after / 1e6, most / 1e6),
            Growth(
                f"files of {title}", "open", files_before, files_after, files_before + MORE_FILES
            ),
        ]


def children_of(process: int) -> list[int]:
    """The processes that a process has started and that have not ended, whoever of its threads."""
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return [child for child in sorted(found) if "spawn_main" in _command_of(child)]


def _command_of(process: int) -> str:
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def memory_of(process: int) -> float:
    """Resident bytes that are its own: pages that it shares with its forks count once for each."""
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        lines = dict(line.split(":", 1) for line in file)
    return float(lines["VmRSS"].split()[0]) * 1024


def files_of(process: int) -> int:
    """How many files, pipes and sockets it has open."""
    return len(os.listdir(f"/proc/{process}/fd"))
