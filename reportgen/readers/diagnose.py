"""What a folder is that is no store, in words that say what to do."""

import os
from collections.abc import Mapping
from pathlib import Path

from reportgen.errors import StoreError
from reportgen.readers.metafile import MAX_RECORD_BYTES, RecordError, parse_record
from reportgen.readers.regular import Unreadable, read_regular
from reportgen.readers.runfolder import is_run_record

_SQLITE_MAGIC = b"SQLite format 3\0"
_LOOKED_FOR = "looked for experiments: sub-folders with a meta.yaml"
_TRACK_TO_A_FOLDER = (
    "track to a folder: MLFLOW_TRACKING_URI=mlruns, and for MLflow 3.13 and newer"
    " MLFLOW_ALLOW_FILE_STORE=true"
)


def check_is_store(root: Path) -> None:
    """Raise StoreError, saying what was found instead, unless `root` is an `mlruns/` tree."""
    try:
        if not has_experiments(root):
            raise _folder_error(root)
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


def has_experiments(root: Path) -> bool:
    """Whether any sub-folder, or one in `.trash`, has the form of an experiment.

    A folder with a record of its own is an experiment or a run, whose sub-folders may have records
    that cannot be read; there only one that is an experiment's beyond doubt counts.
    """
    is_it = _is_surely_experiment if (root / "meta.yaml").is_file() else _is_experiment
    if any(map(is_it, _folders(root))):
        return True
    try:
        return any(map(is_it, _folders(root / ".trash")))
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
    if not _may_be_experiment(folder):
        return False
    if os.path.isfile(f"{folder.path}/meta.yaml"):
        return not _is_run_folder(folder.path)
    return holds_runs(folder.path)


def _is_surely_experiment(folder: os.DirEntry[str]) -> bool:
    record = _record_in(folder.path)
    is_one = record is not None and "experiment_id" in record and not is_run_record(record)
    return is_one and _may_be_experiment(folder)


def _may_be_experiment(folder: os.DirEntry[str]) -> bool:
    return folder.name != "models" and not folder.name.endswith(".trash")


def holds_runs(folder: str) -> bool:
    """Whether a sub-folder has a run's record: then the folder is an experiment without its own."""
    try:
        with os.scandir(folder) as found:
            children = sorted(entry.path for entry in found if entry.is_dir(follow_symlinks=False))
    except OSError:
        return False
    return any(map(_is_run_folder, children))


def _is_run_folder(folder: str) -> bool:
    record = _record_in(folder)
    return record is not None and is_run_record(record)


def _record_in(folder: str) -> Mapping[str, object] | None:
    """The meta.yaml of a folder; None where there is none that can be read."""
    try:
        return parse_record(read_regular(f"{folder}/meta.yaml", MAX_RECORD_BYTES)[0])
    except (OSError, Unreadable, RecordError):
        return None


def _file_error(path: Path) -> StoreError:
    if _is_database(path):
        return StoreError(
            f"{path} is a database; this version reads `mlruns` folders only",
            hint=_TRACK_TO_A_FOLDER,
        )
    return StoreError(
        f"{path} is a file, not a store", hint="name the folder that holds the experiments"
    )


def _is_database(path: Path) -> bool:
    try:
        if not path.is_file():  # opening a pipe would wait for its writer
            return False
        with path.open("rb") as file:
            return file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except OSError:
        return False


def _folder_error(root: Path) -> StoreError:
    """The most helpful words for a folder without experiments."""
    has_record = (root / "meta.yaml").is_file()
    is_run = _is_run_folder(str(root)) or (has_record and (root / "metrics").is_dir())
    if has_record or holds_runs(str(root)):
        up = root.resolve().parent  # of a run, the experiment
        return StoreError(
            f"{root} is one {'run' if is_run else 'experiment'} of a store, not the store",
            hint=f"name the store's folder: {_as_typed(up.parent if is_run else up, root)}",
        )
    inner = root / "mlruns"
    if _is_store(inner):
        return StoreError(f"{root} is not a store itself", hint=f"did you mean {inner}?")
    names = sorted(name for name in os.listdir(root) if not name.startswith("."))
    if not names:
        return StoreError(
            f"{root} is empty ({_LOOKED_FOR})",
            hint="track a run with MLflow first, or name another folder",
        )
    databases = [name for name in names if name.endswith(".db") and _is_database(root / name)]
    if databases:
        return StoreError(
            f"{root} holds a database, {databases[0]}; this version reads `mlruns` folders only",
            hint=_TRACK_TO_A_FOLDER,
        )
    return _stray_error(root)


def _as_typed(path: Path, root: Path) -> str:
    """An absolute path as the user would write it who named `root`."""
    return str(path) if root.is_absolute() else os.path.relpath(path)


def _is_store(root: Path) -> bool:
    try:
        return has_experiments(root)
    except OSError:
        return False


def _stray_error(root: Path) -> StoreError:
    """The words for a folder that holds something, and nothing that is a record of MLflow."""
    if _holds_artifacts(root):
        beside = root.resolve().parent / "mlflow.db"
        where = f"in {_as_typed(beside, root)}, a database, which this version cannot read"
        elsewhere = "elsewhere, perhaps in a mlflow.db beside it"
        return StoreError(
            f"{root} holds artifacts but no record of a run ({_LOOKED_FOR})",
            hint=f"its runs were tracked {where if _is_database(beside) else elsewhere}",
        )
    return StoreError(
        f"{root} is not an MLflow store ({_LOOKED_FOR})",
        hint="name the folder that MLflow was told to track to, usually `mlruns`",
    )


def _holds_artifacts(root: Path) -> bool:
    """Whether artifacts lie below the root, or a folder `mlruns` in it, as MLflow lays them."""
    for pattern in ("*/*/artifacts", "*/models/*/artifacts", "mlruns/*/*/artifacts"):
        try:
            if any(root.glob(pattern)):
                return True
        except OSError:  # a folder that went away meanwhile
            continue
    return False
