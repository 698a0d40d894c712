"""Waiting for what happens in its own time."""

import time
from collections.abc import Callable
from typing import Any

from reportgen.readers.stamps import RACY_NS

PATIENCE = 90.0  # seconds; a machine with other work to do is slow


def until_true(ask: Callable[[], Any], words: str) -> Any:
    """The first answer that is truthy; fails with the words where none comes in time."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, words
        time.sleep(0.02)
    return answer


def until_equal(ask: Callable[[], Any], wanted: Any) -> None:
    """Wait until the answer is what is wanted; fails with the last one where that does not come."""
    end = time.monotonic() + PATIENCE
    while (answer := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    assert answer == wanted


def let_files_age() -> None:
    """Wait until the times of files tell enough: younger ones are looked at again."""
    time.sleep(RACY_NS / 1e9 + 0.005)
