"""Waiting for what happens in its own time."""

import time
from collections.abc import Callable
from typing import Any


def until_true(ask: Callable[[], Any], words: str, seconds: float) -> Any:
    """The first answer that is truthy; fails with the words where none comes in time."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, words
        time.sleep(0.02)
    return answer
