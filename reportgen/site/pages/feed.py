"""The feed of a site: its newest runs and how they ended, for readers of Atom feeds (RFC 4287)."""

from collections.abc import Iterator
from heapq import nlargest

from reportgen.analysis.table import in_calendar
from reportgen.charts.text import safe
from reportgen.model import Status
from reportgen.readers.base import Outline
from reportgen.render.filters import day_time, duration, machine_time, url_path
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.permanent import newest_entry

PATH = "feed.xml"
_NEWEST = 50
_WORDS = {
    Status.RUNNING: "is running",
    Status.SCHEDULED: "is scheduled",
    Status.FINISHED: "finished",
    Status.FAILED: "failed",
    Status.KILLED: "was killed",
    Status.UNKNOWN: "is in a state of its own",
}


def feed_outputs(context: Context, catalog: Catalog) -> Iterator[Output]:
    """The feed; only where the site has an address, without which an entry has no lasting name."""
    if context.url:
        body = "".join(_lines(context, catalog)).encode("utf-8", "replace")
        yield Output.of(PATH, body)


def _lines(context: Context, catalog: Catalog) -> Iterator[str]:
    newest = _newest_runs(catalog)
    updated = max((newest_entry(outline) or 0 for _, outline in newest), default=0)
    title, home = safe(context.title), safe(context.address(""))
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<title>{title}</title>\n<id>{home}</id>\n"
    yield f"<updated>{machine_time(updated)}</updated>\n"
    yield f'<link rel="self" type="application/atom+xml" href="{home}{PATH}"/>\n'
    yield f'<link rel="alternate" type="text/html" href="{home}"/>\n'
    yield f"<author><name>{title}</name></author>\n<generator>reportgen</generator>\n"
    for entry, outline in newest:
        yield _entry(context, catalog, entry, outline)
    yield "</feed>\n"


def _newest_runs(catalog: Catalog) -> list[tuple[Entry, Outline]]:
    """The runs that started last, over all experiments, the newest first."""
    dated = (
        (outline.start_time, outline.id, outline.where, entry, outline)
        for entry in catalog.used()
        for outline in entry.outlines[:_NEWEST]
        if in_calendar(outline.start_time) is not None
    )
    found = nlargest(_NEWEST, dated, key=lambda item: item[:3])
    return [(entry, outline) for *_, entry, outline in found]


def _entry(context: Context, catalog: Catalog, entry: Entry, outline: Outline) -> str:
    link = catalog.link(entry, outline)
    address = safe(context.address(f"runs/{url_path(link.page)}/index.html"))
    name = safe(entry.mark.name)
    started = outline.start_time or 0
    updated = max(newest_entry(outline) or 0, started)
    words = "may have stalled" if link.silent else _WORDS[outline.status]
    took = duration(outline.start_time, outline.end_time)
    about = f"Started {day_time(started)} UTC" + (f", took {took}" if outline.end_time else "")
    return (
        f"<entry>\n<title>{safe(link.title)} {words}</title>\n<id>{address}</id>\n"
        f'<link rel="alternate" type="text/html" href="{address}"/>\n'
        f"<published>{machine_time(started)}</published>\n"
        f"<updated>{machine_time(updated)}</updated>\n"
        f'<category term="{name}"/>\n<summary>A run of {name}. {about}.</summary>\n</entry>\n'
    )
