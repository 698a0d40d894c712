"""The page of failed runs: all experiments, by what went wrong."""

from collections.abc import Iterator, Mapping, Sequence

from reportgen.analysis.failures import Bucket, merge_groups
from reportgen.model import Status
from reportgen.site.briefs import Brief
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import (
    Frame,
    Link,
    experiment_link,
    page_frame,
    page_output,
    run_link,
)
from reportgen.spelling import cut
from reportgen.values import frozen

PATH = "failed/index.html"
_ROOT = "../"
_MOST_ROWS = 5000  # on the page
_MOST_PARAMS = 12  # of a bucket
_LONGEST = 60  # characters of a parameter


@frozen
class FailedRow:
    """A run that failed or was killed."""

    run: Link
    experiment: Link
    started: int | None
    cause: str


@frozen
class FailedBucket:
    """Runs that failed in one way."""

    kind: str
    by_rule: bool
    count: int
    first: int | None
    last: int | None
    experiments: tuple[Link, ...]
    shared: str  # the parameters that all of them have and other runs do not; "" where none
    rows: tuple[FailedRow, ...]  # the newest first
    more: int  # runs that are not listed
    tells: bool  # whether any of the listed runs left a cause


@frozen
class FailedView:
    """All that the template of the page of failed runs sees."""

    frame: Frame
    failed: tuple[FailedBucket, ...]
    killed: tuple[FailedBucket, ...]
    failed_count: int
    killed_count: int


def failed_output(
    context: Context, catalog: Catalog, shown: Sequence[Entry], briefs: Mapping[str, Brief]
) -> Output:
    """The page `failed/index.html`, made from briefs alone."""
    view = _view(context, catalog, shown, briefs)
    return page_output(context, PATH, "failed.html", view)


def _view(
    context: Context, catalog: Catalog, shown: Sequence[Entry], briefs: Mapping[str, Brief]
) -> FailedView:
    entries = {entry.key: entry for entry in shown if entry.key in briefs}
    found = merge_groups(
        (key, briefs[key].run_count, briefs[key].failures) for key in sorted(entries)
    )
    room = _MOST_ROWS
    buckets: dict[Status, list[FailedBucket]] = {Status.FAILED: [], Status.KILLED: []}
    for bucket in found:
        made = _bucket(catalog, entries, bucket, room)
        room -= len(made.rows)
        buckets[bucket.status].append(made)
    failed, killed = buckets[Status.FAILED], buckets[Status.KILLED]
    return FailedView(
        page_frame(context, PATH, "Failed runs"),
        tuple(failed),
        tuple(killed),
        sum(bucket.count for bucket in failed),
        sum(bucket.count for bucket in killed),
    )


def _bucket(
    catalog: Catalog, entries: Mapping[str, Entry], bucket: Bucket, room: int
) -> FailedBucket:
    members = sorted(bucket.members, key=lambda member: _name_of(entries[member[0]]))
    listed = [(run, entries[key]) for key, group in members for run in group.runs]
    listed.sort(key=lambda pair: (-(pair[0].started or 0), pair[0].where))
    rows = tuple(
        FailedRow(
            run_link(_ROOT, catalog.link_of(entry.store, run.where)),
            experiment_link(_ROOT, entry.mark, plain=True),
            run.started,
            run.cause,
        )
        for run, entry in listed[:room]
    )
    return FailedBucket(
        bucket.kind,
        bucket.by_rule,
        bucket.count,
        bucket.first,
        bucket.last,
        tuple(experiment_link(_ROOT, entries[key].mark, plain=True) for key, _ in members),
        ", ".join(_shared(bucket)),
        rows,
        bucket.count - len(rows),
        any(row.cause for row in rows),
    )


def _name_of(entry: Entry) -> tuple[str, str]:
    return entry.mark.name.lower(), entry.mark.slug


def _shared(bucket: Bucket) -> Iterator[str]:
    for name, value in bucket.shared[:_MOST_PARAMS]:
        yield f"{name}={cut(' '.join(value.split()), _LONGEST)}"
    if len(bucket.shared) > _MOST_PARAMS:
        yield f"and {len(bucket.shared) - _MOST_PARAMS} more"
