"""Run a command to its end and write what it cost.

    python -I -S launch.py COST_FILE PROGRAM ARGUMENT ...

A program of its own because Linux counts the memory of the process that starts a command as the
command's own: this one is as small as an interpreter can be. Exits as the command did.
"""

import ctypes
import json
import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt_orphans() -> None:
    """Let workers that outlive their parent become ours, so that their cost is counted too.

    Linux only. Elsewhere only workers that their parent waits for are counted.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def launch(command: list[str]) -> tuple[dict[str, float], int]:
    """What a command cost (the fields of `measure.Cost`), and its exit status."""
    start = time.perf_counter()
    first = os.posix_spawn(command[0], command, os.environ)
    wall = cpu = peak = 0.0
    code = 1
    while True:
        try:
            process, status, usage = os.wait4(-1, 0)
        except ChildProcessError:  # none is left
            break
        if process == first:
            wall = time.perf_counter() - start
            code = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, see getrusage(2)
    return {"wall": wall, "cpu": cpu, "peak": peak * unit}, code


if __name__ == "__main__":
    adopt_orphans()
    cost, exit_code = launch(sys.argv[2:])
    with open(sys.argv[1], "w", encoding="ascii") as stream:
        json.dump(cost, stream)
    sys.exit(exit_code if exit_code >= 0 else 128 - exit_code)  # a signal, as shells give it
