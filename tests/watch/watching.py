"""A watch in a thread of the test, and what it told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from reportgen.watch.loop import Listener, Watch
from tests.patience import until_true
from tests.sites import build, difference, options_for, tree_of

PATIENCE = 90.0  # seconds; a machine with other work to do is slow
IGNORED = ("heldout-ledger.jsonl",)


@dataclass
class Told:
    """What a watch said, and which paths it called changed."""

    lines: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def changed(self, paths: Sequence[str]) -> None:
        """Take paths."""
        self.paths += paths


@contextmanager
def watching(store: Path, site: Path, *, poll: float = 0.0, **changes: Any) -> Iterator[Told]:
    """A watch at work for as long as the block goes on."""
    told = Told()
    listener = Listener(told.lines.append, told.changed)
    watch = Watch(options_for(store, site, **changes), listener, poll=poll)
    thread = Thread(target=watch.run)
    thread.start()
    try:
        yield told
    finally:
        watch.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that the watch does in its own time."""
    until_true(is_so, "it did not come", PATIENCE)


def until_right(store: Path, site: Path, scratch: Path, **changes: Any) -> None:
    """Wait until a site is what one clean build makes of the store, to the byte."""
    build(store, scratch, **changes)
    clean = tree_of(scratch)

    def is_right() -> bool:
        try:
            return difference(tree_of(site), clean) == []
        except FileNotFoundError:  # a file went while the folder was walked
            return False

    until(is_right)
