"""The kinds of files a store is made of: YAML records, texts, metrics and artifact listings.

Each function reads below the folder of a `Trail` and reports there what it cannot read.
"""

import os
import time
from collections.abc import Mapping

from reportgen.model import ACTIVE, DELETED, Artifact, MetricHead
from reportgen.readers.files import Trail
from reportgen.readers.kept import KeptSeries
from reportgen.readers.metafile import MAX_RECORD_BYTES, RecordError, parse_record
from reportgen.readers.metricfile import read_metric
from reportgen.readers.regular import reason_of
from reportgen.readers.stamps import UNTRUSTED, stamp_of

MAX_METRIC_BYTES = 256 << 20  # some 8 million points
MAX_TEXT_BYTES = 16 << 20  # MLflow caps values at 8,000 characters, but not in every way to write
MAX_ARTIFACTS = 10_000
_LAST_TIME = 253_402_300_799_999  # ms; the end of the year 9999, the last that calendars know
_RETRIES = (0.1, 0.2)  # as MLflow waits for a record that is being rewritten


def read_record(trail: Trail, name: str) -> Mapping[str, object] | None:
    """A YAML record below the trail's folder; None, with a problem, where it is unreadable.

    None without a problem where the file is not there. A file that is empty and was changed just
    now is being rewritten, and is read again after a moment.
    """
    body = trail.read(name, MAX_RECORD_BYTES)
    for pause in _RETRIES:
        if body != b"" or not _is_fresh(f"{trail.root}/{trail.base}/{name}"):
            break
        time.sleep(pause)
        trail.names.pop()
        trail.stamps.pop()
        body = trail.read(name, MAX_RECORD_BYTES)
    if body is None:
        return None
    try:
        return parse_record(body)
    except RecordError as error:
        trail.problem(name, str(error), error.line)
        return None


def _is_fresh(path: str) -> bool:
    try:
        return abs(time.time() - os.stat(path).st_mtime) < 2  # a time in the future tells nothing
    except OSError:
        return False


def decode(body: bytes) -> str:
    """The text of a parameter or tag. Releases up to 0.5 added a newline: one is taken off.

    In a tree that git checked out on Windows it is a Windows one.
    """
    text = body.decode("utf-8", "replace")
    return text.removesuffix("\r\n" if text.endswith("\r\n") else "\n")


def read_texts(trail: Trail, folder: str) -> dict[str, str]:
    """Parameters or tags: key to value, sorted by key."""
    start = len(folder) + 1
    bodies = trail.read_each(trail.files(folder), MAX_TEXT_BYTES)
    return dict(sorted([(name[start:], decode(body)) for name, body in bodies]))


def read_metrics(
    trail: Trail, folder: str, *, growing: bool, kept: KeptSeries | None = None
) -> dict[str, MetricHead]:
    """Summaries of all metric files, sorted by key; one that holds no point is a problem.

    The points go to `kept`, if that is given.
    """
    start = len(folder) + 1
    place = trail.place(folder)
    heads = {}
    for name, body in trail.read_each(trail.files(folder), MAX_METRIC_BYTES):
        key = name[start:]
        head, series, problems = read_metric(key, body, f"{place}/{key}", growing=growing)
        trail.problems.extend(problems)
        if head is not None:
            heads[head.key] = head
            if kept is not None:
                kept.add(head, series)
        elif not problems:
            trail.problem(name, "the metric file holds no point")
    return dict(sorted(heads.items()))


def read_artifacts(trail: Trail, folder: str) -> tuple[Artifact, ...]:
    """A listing of artifacts by path; the first MAX_ARTIFACTS, and a problem where there are more.

    Each digest stands for time, size and inode of the file, "" where those cannot be trusted.
    """
    start = len(folder) + 1
    found: list[Artifact] = []
    names = trail.files(folder, junk=True, most=MAX_ARTIFACTS + 1)
    if len(names) > MAX_ARTIFACTS:
        trail.problem(folder, f"only the first {MAX_ARTIFACTS:,} artifacts are listed")
    for name in names[:MAX_ARTIFACTS]:
        try:
            status = os.stat(f"{trail.root}/{trail.base}/{name}")
        except OSError as error:
            trail.problem(name, reason_of(error))
            continue
        stamp = stamp_of(status, trail.horizon)
        trail.note(name, stamp)
        digest = "" if stamp == UNTRUSTED else f"{stamp & (1 << 64) - 1:x}"
        found.append(Artifact(name[start:], status.st_size, digest))
    return tuple(sorted(found, key=lambda artifact: artifact.path))


def read_text(value: object) -> str:
    """A field of a record as text; "" where it is absent or no scalar."""
    return "" if value is None or isinstance(value, list | dict) else str(value)


def read_stage(trail: Trail, value: object) -> str:
    """The lifecycle stage; absent, as up to 0.5, means active."""
    if value is None or value in (ACTIVE, DELETED):
        return DELETED if value == DELETED else ACTIVE
    trail.problem("meta.yaml", f"lifecycle_stage {str(value)[:40]!r} is unknown; taken as active")
    return ACTIVE


def read_time(trail: Trail, key: str, meta: Mapping[str, object]) -> int | None:
    """A time of a record in milliseconds, or None, with a problem where it is no number."""
    value = meta.get(key)
    if value is None or (isinstance(value, int | float) and abs(value) <= _LAST_TIME):
        return None if value is None else round(value)
    trail.problem("meta.yaml", f"{key} {str(value)[:40]!r} is not a time in milliseconds")
    return None
