"""The doorbell: says that something changed in a store, and in which run.

An event only says where to look; what is there is told by the files themselves. So an event that
comes twice costs little, and one that is lost is made up for by the next look at everything.
"""

import ctypes
import errno
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from reportgen.site.stalled import Place

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver


# A folder that is made and filled at once is told of twice; watchdog warns, and goes on rightly.
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)

# Reading files rings too by default: a look at a store would ring for the next look, without end.
_RINGS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_REASONS = {
    errno.ENOSPC: "there are more folders than this user may watch; "
    "sysctl fs.inotify.max_user_watches raises it",
    errno.EMFILE: "this user has too many watchers already; "
    "sysctl fs.inotify.max_user_instances raises it",
}
_LOGGER = logging.getLogger("watchdog")
_TRASH = ".trash"
_NO_RUNS = frozenset(("tags", "models"))  # folders of an experiment that are no runs
_DEPTH = 3  # of a file of a run, at the least: experiment, run, file
_IN_DELETE_SELF = 0x400  # sys/inotify.h


class NoEvents(Exception):
    """The system sends no events for a folder; says why."""


@dataclass(slots=True)
class Rung:
    """What rang since the last time it was asked."""

    runs: set[Place] = field(default_factory=set)
    other: bool = False  # something beside the runs, or runs that came or went

    def __bool__(self) -> bool:
        return self.other or bool(self.runs)


class Doorbell:
    """Listens to the folders of some stores. One thread rings, another waits."""

    def __init__(self, stores: Sequence[str]) -> None:
        self._stores = [os.path.realpath(store) for store in stores]
        self._inodes: list[int | None] = []
        self._observer: BaseObserver | None = None
        self._rung = Rung()
        self._changed = Condition()
        self._alarm = _Alarm(self)

    def listen(self) -> None:
        """Begin, or begin anew. Raises NoEvents where the system cannot tell of changes."""
        self.close()
        observer = Observer()
        _LOGGER.addHandler(self._alarm)
        try:
            for index, store in enumerate(self._stores):
                handler = _Handler(self, index, store)
                observer.schedule(handler, store, recursive=True, event_filter=_RINGS)
            observer.start()
        except OSError as error:
            observer.unschedule_all()
            reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
            raise NoEvents(reason) from error
        self._observer = observer
        self._inodes = [_inode(store) for store in self._stores]
        if _is_used_up():
            raise NoEvents(_REASONS[errno.ENOSPC])
        if _has_no_reader():
            raise NoEvents("the thread that hears them has ended")

    def is_deaf(self) -> bool:
        """Whether a store is another folder by now, or some folder is not heard of any more."""
        if self._observer is None:
            return True
        ended = not all(emitter.is_alive() for emitter in self._observer.emitters)
        moved = self._inodes != [_inode(store) for store in self._stores]
        return ended or moved or _is_used_up() or _has_no_reader()

    def close(self) -> None:
        """End."""
        _LOGGER.removeHandler(self._alarm)
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def ring(self, places: Iterable[Place], *, other: bool) -> None:
        """Note a change."""
        with self._changed:
            self._rung.runs.update(places)
            self._rung.other |= other
            self._changed.notify()

    def wake(self) -> None:
        """Have `wait` come back at once."""
        with self._changed:
            self._changed.notify()

    def wait(self, seconds: float) -> Rung:
        """What rang; after so many seconds, nothing."""
        with self._changed:
            if not self._rung:
                self._changed.wait(seconds)
            rung, self._rung = self._rung, Rung()
            return rung


class _Alarm(logging.Handler):
    """Rings for everything when watchdog warns: of events that were lost, which it tells nobody."""

    def __init__(self, bell: Doorbell) -> None:
        super().__init__(logging.WARNING)
        self._bell = bell

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning."""
        self._bell.ring((), other=True)


def _is_used_up() -> bool:
    """Whether this user may watch no folder more: watchdog passes over those without a word."""
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None, use_errno=True)
    probe = system.inotify_init()
    if probe < 0:
        return False  # too many watchers: who has one may keep it
    try:
        watched = system.inotify_add_watch(probe, b"/", _IN_DELETE_SELF)
        return bool(watched < 0 and ctypes.get_errno() == errno.ENOSPC)
    finally:
        os.close(probe)


def _has_no_reader() -> bool:
    """Whether the one thread that reads all events, where watchdog has one, has ended."""
    try:
        from watchdog.observers.inotify_c import InotifyFD
    except (ImportError, AttributeError):  # another system, or an older watchdog
        return False
    return not any(isinstance(thread, InotifyFD) for thread in threading.enumerate())


class _Handler(FileSystemEventHandler):
    def __init__(self, bell: Doorbell, index: int, root: str) -> None:
        self._bell = bell
        self._index = index
        self._root = root

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring for the places that the event is about."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        places = [place_of(os.path.relpath(path, self._root)) for path in paths]
        known = [(self._index, place) for place in places if place]
        self._bell.ring(known, other=len(known) < len(paths))


def place_of(path: str) -> str:
    """The place of the run that a path below a store's root is in; "" for anything else."""
    parts = Path(path).parts
    hidden = parts[:1] if parts[:1] == (_TRASH,) else ()
    rest = parts[len(hidden) :]
    if len(rest) < _DEPTH or rest[1] in _NO_RUNS:
        return ""
    return "/".join((*hidden, *rest[:2]))


def _inode(path: str) -> int | None:
    try:
        return Path(path).stat().st_ino
    except OSError:
        return None
