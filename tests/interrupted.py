"""Run `reportgen` with the arguments given, and meet it with Ctrl-C where that hurts most.

    python -m tests.interrupted painting|starting ARGUMENT ...

"painting" is within the start of a compiled module of the plotting library, when what is compiled
calls Python for the first time; "starting" is when the first worker runs, and the pool of workers
does not know of it yet.
"""

import os
import signal
import sys
from types import FrameType
from typing import Any

from reportgen.cli import main

STARTS = ("create_dynamic", "exec_dynamic")
PARTS = ("matplotlib.ft2font", "matplotlib._path", "matplotlib.backends._backend_agg")
begun: list[str] = []


def at_painting(frame: FrameType, event: str, what: Any) -> None:
    """For `sys.setprofile`: a signal at the first call from within the start of a module."""
    name = getattr(what, "__name__", "")
    if event == "c_call" and name in STARTS:
        begun[:] = [one for one in frame.f_locals["args"] if one_of_parts(one)][:1]
    elif event == "c_return" and name in STARTS:
        begun.clear()
    elif event == "call" and begun:
        interrupt()


def at_starting(frame: FrameType, event: str, _what: Any) -> None:
    """For `sys.setprofile`: a signal when a process was started."""
    code = frame.f_code
    if (event, code.co_name) == ("return", "start") and "multiprocessing" in code.co_filename:
        interrupt()


def interrupt() -> None:
    """What Ctrl-C does, once."""
    sys.setprofile(None)
    os.kill(os.getpid(), signal.SIGINT)


def one_of_parts(spec: Any) -> bool:
    """Whether a module, or what it is to be loaded by, is one of the parts."""
    return getattr(spec, "name", getattr(spec, "__name__", "")) in PARTS


if __name__ == "__main__":
    moment = sys.argv.pop(1)
    sys.setprofile({"painting": at_painting, "starting": at_starting}[moment])
    sys.exit(main())
