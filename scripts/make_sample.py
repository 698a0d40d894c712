"""Make `sample_mlruns/`: a store that MLflow really wrote, with no trace of who made it or where.

    python scripts/make_sample.py --out sample_mlruns

Trains every model of `train_coffee.py` (about five minutes on one core), takes ids, times and
locations out, and checks the result before it is put in place. Needs the dependency group
`sample`. With the same versions of the libraries the files come out the same.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from clean_store import clean_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).resolve().parent
LIMIT = 3_000_000  # bytes, files and folders together, as `du -b` counts


class SampleError(Exception):
    """The sample cannot be made, or is not fit to be shipped."""


def train(folder: Path) -> Path:
    """Run the training script in a fresh folder, and give the store that it wrote there."""
    store = folder / "mlruns"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    chosen = {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "OMP_NUM_THREADS": "1",  # sums in one order, so that the last digits agree
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, str(HERE / "train_coffee.py"), "--store", str(store)]
    subprocess.run(command, cwd=folder, env=kept | chosen, check=True)
    return store


def any_of(words: Sequence[str], around: str = "{}") -> re.Pattern[bytes]:
    """Match any of the words, with something `around` each; nothing where there are none."""
    choices = [around.format(re.escape(word)) for word in words]
    return re.compile("|".join(choices or ["(?!)"]).encode())


def objections(store: Path) -> Iterator[str]:
    """Say what keeps a store from being shipped: words of this machine in a file, or its size."""
    folders = [Path.home(), HERE.parent, sys.prefix, sys.base_prefix, tempfile.gettempdir()]
    places = any_of([*(str(one) for one in folders if str(one) not in {"/", "/usr"}), "pyenv"])
    # "root" is a role, not a person, and a word of style sheets. Names are looked for in text
    # only: two or three letters turn up in any compressed picture.
    known = {socket.gethostname(), Path.home().name, getpass.getuser()} - {"", "root"}
    names = any_of(sorted(known), r"(?<![\w.-]){}(?![\w-])")
    size = 0
    for path in sorted(store.rglob("*")):
        size += path.stat().st_size
        if path.is_file():
            where = str(path.relative_to(store))
            body = where.encode() + b"\n" + path.read_bytes()
            if (found := places.search(body)) or (is_text(body) and (found := names.search(body))):
                yield f"{where} holds {found[0].decode()!r}, a word of this machine"
    if size > LIMIT:
        yield f"{size} bytes are more than the limit of {LIMIT}"


def is_text(body: bytes) -> bool:
    """Say whether bytes are UTF-8 text."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def make_room(out: Path, *, force: bool) -> None:
    """Refuse a folder that holds something; with `force`, remove one that holds a store."""
    if not out.exists() or not any(out.iterdir()):
        return
    if not force:
        raise SampleError(f"{out} is not empty; --force replaces it")
    if not (out / "0" / "meta.yaml").is_file():
        raise SampleError(f"{out} is not empty and holds no MLflow store, so --force leaves it")


def make_sample(out: Path, *, force: bool) -> str:
    """Train, clean, check, put in place; give one line that says what was made."""
    make_room(out, force=force)
    with tempfile.TemporaryDirectory(prefix="sample-") as name:
        folder = Path(name).resolve()
        clean = folder / "clean"
        clean_store(train(folder), clean)
        found = list(objections(clean))
        if found:
            raise SampleError("the sample is not fit to be shipped:\n  " + "\n  ".join(found))
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(clean, out)
    files = [path for path in out.rglob("*") if path.is_file()]
    return f"{out}: {len(files)} files, {sum(path.stat().st_size for path in files):,} bytes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line; give the exit status."""
    parser = argparse.ArgumentParser(description="Make the sample store.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--force", action="store_true", help="replace the store that is there")
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(make_sample(given.out, force=given.force) + "\n")
    except SampleError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
