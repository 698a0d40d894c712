"""When the garbage collector runs in a build: seldom, as there are many values and few circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 20_000  # objects made between two collections; 700 are usual


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Collect seldom within, and as before from then on."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
