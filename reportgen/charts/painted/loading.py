"""The plotting library, loaded so that Ctrl-C finds it whole."""

from contextlib import suppress
from importlib import import_module

from reportgen.interrupts import uninterrupted

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
