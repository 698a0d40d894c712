"""The plotting library, loaded so that Ctrl-C finds it whole."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType

# What is compiled of it and of what it stands on. Some names are private to it: one that a release
# does not have is loaded by another way later, only without this care.
_COMPILED = (
    "numpy",
    "kiwisolver",
    "PIL.Image",
    "matplotlib.ft2font",
    "matplotlib._path",
    "matplotlib._image",
    "matplotlib.backends._backend_agg",
)


def load_compiled_parts() -> None:
    """Load what is compiled of the plotting library, before anything is painted.

    A compiled module that Ctrl-C meets while it starts says that it cannot be imported: the
    picture would fail, the build go on, and Python end in a crash.
    """
    with uninterrupted():
        for name in _COMPILED:
            with suppress(ModuleNotFoundError):
                import_module(name)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait for the end of the block, where this is the thread that answers it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def take(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = signal.signal(signal.SIGINT, take)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        signal.raise_signal(signal.SIGINT)
