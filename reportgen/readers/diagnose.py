"""What a folder is that is no store, in words that say what to do."""

import os
from pathlib import Path

from reportgen.errors import StoreError
from reportgen.readers.metafile import MAX_RECORD_BYTES, RecordError, parse_record
from reportgen.readers.regular import Unreadable, read_regular
from reportgen.readers.runfolder import is_run_record

_SQLITE_MAGIC = b"SQLite format 3\0"
_LOOKED_FOR = "looked for experiments: sub-folders with a meta.yaml"


def check_is_store(root: Path) -> None:
    """Raise StoreError, saying what was found instead, unless `root` is an `mlruns/` tree."""
    try:
        is_store = has_experiments(root)
    except FileNotFoundError:
        raise StoreError(
            f"no store at {root}",
            hint="name an MLflow tracking folder: reportgen build path/to/mlruns",
        ) from None
    except NotADirectoryError:
        raise _file_error(root) from None
    except OSError as error:
        raise StoreError(
            f"{root} cannot be listed: {error.strerror}", hint="check the folder's permissions"
        ) from error
    if not is_store:
        raise _folder_error(root)


def has_experiments(root: Path) -> bool:
    """Whether any sub-folder, or one in `.trash`, has the form of an experiment."""
    if any(map(_is_experiment, _folders(root))):
        return True
    try:
        return any(map(_is_experiment, _folders(root / ".trash")))
    except OSError:
        return False


def _folders(root: Path) -> list[os.DirEntry[str]]:
    with os.scandir(root) as found:
        return [entry for entry in found if _is_folder(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, for one
        return False


def _is_experiment(folder: os.DirEntry[str]) -> bool:
    if folder.name == "models" or folder.name.endswith(".trash"):
        return False
    return os.path.isfile(f"{folder.path}/meta.yaml") or holds_runs(folder.path)


def holds_runs(folder: str) -> bool:
    """Whether a sub-folder has a run's record: then the folder is an experiment without its own."""
    try:
        with os.scandir(folder) as found:
            children = sorted(entry.path for entry in found if entry.is_dir(follow_symlinks=False))
    except OSError:
        return False
    return any(_is_run_folder(child) for child in children)


def _is_run_folder(folder: str) -> bool:
    try:
        body, _ = read_regular(f"{folder}/meta.yaml", MAX_RECORD_BYTES)
        return is_run_record(parse_record(body))
    except (OSError, Unreadable, RecordError):
        return False


def _file_error(path: Path) -> StoreError:
    if not path.is_file():  # opening a pipe would wait for its writer
        is_database = False
    else:
        try:
            with path.open("rb") as file:
                is_database = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
        except OSError:
            is_database = False
    if is_database:
        return StoreError(
            f"{path} is a database; this version reads `mlruns` folders only",
            hint="name the folder of a file store, if there is one",
        )
    return StoreError(
        f"{path} is a file, not a store", hint="name the folder that holds the experiments"
    )


def _folder_error(root: Path) -> StoreError:
    """The most helpful words for a folder without experiments."""
    if (root / "meta.yaml").is_file():
        kind = "one run" if (root / "metrics").is_dir() or _is_run_folder(str(root)) else ""
        up = root.resolve().parent.parent if kind else root.resolve().parent
        return StoreError(
            f"{root} is {kind or 'one experiment'} of a store, not the store",
            hint=f"name the store's folder: {os.path.relpath(up)}",
        )
    inner = root / "mlruns"
    if inner.is_dir() and has_experiments(inner):
        return StoreError(f"{root} is not a store itself", hint=f"did you mean {inner}?")
    children = [child for child in root.iterdir() if not child.name.startswith(".")]
    if not children:
        return StoreError(
            f"{root} is empty ({_LOOKED_FOR})",
            hint="track a run with MLflow first, or name another folder",
        )
    if any(root.glob("*/*/artifacts")):
        return StoreError(
            f"{root} holds artifacts but no record of a run ({_LOOKED_FOR})",
            hint="its runs were tracked elsewhere, perhaps in a mlflow.db beside it",
        )
    return StoreError(
        f"{root} is not an MLflow store ({_LOOKED_FOR})",
        hint="name the folder that MLflow was told to track to, usually `mlruns`",
    )
