"""The output folder: made, locked, and checked for files of somebody else."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from reportgen.errors import OutputConflict, OutputError
from reportgen.site.manifest import Manifest
from reportgen.site.quick import STATE_FOLDER

# Everything that a first build may write to; nothing of it may be there before.
_OURS = (
    "index.html",
    "404.html",
    ".nojekyll",
    "assets",
    "badge",
    "card.png",
    "compare",
    "data",
    "diffs",
    "experiments",
    "failed",
    "feed.xml",
    "models",
    "problems",
    "robots.txt",
    "runs",
    "sitemap.xml",
)


def refuse_store(
    output: Path, stores: Sequence[str], *, kind: Literal["folder", "file"] = "folder"
) -> None:
    """Raise OutputConflict where the output is a store or lies in one."""
    real = os.path.realpath(output)
    option = "-o DIR" if kind == "folder" else "-o FILE"
    for store in stores:
        if f"{real}/".startswith(f"{os.path.realpath(store)}/"):
            raise OutputConflict(
                f"the output {kind} {output} is in the store {store}, which is never written to",
                hint=f"choose a {kind} beside the store: {option}",
            )


@contextmanager
def claim(root: Path) -> Iterator[Manifest]:
    """The manifest of an output folder that is ours, for as long as no other build has it.

    Raises OutputConflict where somebody else's files stand, OutputError where another build is at
    work, the folder cannot be made, or the system takes no more of what the block writes.
    """
    if root.exists() and not root.is_dir():
        raise OutputConflict(f"{root} is a file", hint="choose another output folder: -o DIR")
    state = root / STATE_FOLDER
    if not os.path.isdir(state):  # a closed folder is told of below
        _refuse_strangers(root)
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(
            f"{root} cannot be written: {error.strerror}",
            hint="choose another output folder: -o DIR",
        ) from error
    try:
        _lock(lock, root)
        for leftover in state.rglob("*.new"):  # of a build that was killed
            leftover.unlink(missing_ok=True)
        yield Manifest(root)
    except BrokenPipeError:  # of the terminal that progress is told to
        raise
    except OSError as error:
        raise OutputError(
            f"{error.filename or root}: {error.strerror or error}",
            hint="check the output folder's space and permissions, then build again",
        ) from error
    finally:
        os.close(lock)


def _refuse_strangers(root: Path) -> None:
    strangers = [name for name in _OURS if os.path.lexists(root / name)]
    if strangers:
        more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
        raise OutputConflict(
            f"{root} already holds {strangers[0]}{more} that reportgen did not write",
            hint="choose an empty folder with -o, or move these away",
        )


def _lock(descriptor: int, root: Path) -> None:
    """Hold the lock until the descriptor is closed, also by a kill."""
    try:
        import fcntl
    except ImportError:  # Windows: two builds at once are left to the user there
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(
            f"another reportgen is building into {root}",
            hint="wait for it to end, or choose another output folder: -o DIR",
        ) from error
