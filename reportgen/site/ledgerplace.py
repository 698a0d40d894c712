"""Where the ledger of looks at test sets is kept.

It is no file of the site: it must outlive the site and the runs, and is to be committed with the
sources. So it stands beside the config file where there is one (the two are committed together,
wherever a site is built to), else beside the folder of the site. It is never in the site, which is
published, and never in a store, which is only read.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from reportgen.config import Options
from reportgen.errors import ConfigError

LEDGER_FILE = "heldout-ledger.jsonl"
ABSENT = "absent"


def ledger_path(options: Options, stores: Sequence[str]) -> Path:
    """The file of the ledger. Raises ConfigError where the config puts it in the site or a store.

    `stores` are the paths of the stores.
    """
    closed = [os.path.realpath(options.output), *map(os.path.realpath, stores)]
    if options.ledger:
        if _is_within(options.ledger, closed):
            raise ConfigError(
                f"heldout.ledger = {options.ledger!r} lies in the site or in a store",
                hint="name a file beside them, which you commit and do not publish",
            )
        return Path(options.ledger)
    site = Path(os.path.abspath(options.output)).parent
    beside = [Path(options.source).parent] if options.source else []
    for folder in (*beside, site):
        if not _is_within(folder / LEDGER_FILE, closed):
            return folder / LEDGER_FILE
    return site / LEDGER_FILE


def _is_within(path: str | Path, folders: Sequence[str]) -> bool:
    real = os.path.realpath(path)
    return any(real.startswith(f"{folder.rstrip(os.sep)}{os.sep}") for folder in folders)


def ledger_stamp(path: Path) -> str:
    """What changes when the file does: its times, size and inode; "absent" where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ABSENT
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"
