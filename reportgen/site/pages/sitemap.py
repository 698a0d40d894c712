"""What search engines are told: `robots.txt`, and `sitemap.xml` with the pages worth listing."""

from collections.abc import Iterator, Sequence

from reportgen.charts.text import safe
from reportgen.render.filters import machine_time
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.tablepages import table_pages
from reportgen.site.permanent import newest_entry

MOST = 50_000  # addresses in a file, by the protocol (sitemaps.org)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

# A crawler that may not read a page cannot see that it is not to be listed, and may list its
# address all the same. So the file forbids nothing in either case; the pages say it.
_ALLOWED = "User-agent: *\nDisallow:\n"
_UNLISTED = (
    "# Search engines are asked by each page not to list it; to see that, they may read all.\n"
)


def robot_outputs(context: Context, catalog: Catalog, most: int = MOST) -> Iterator[Output]:
    """The files for search engines; a sitemap of `most` addresses a file where one is wanted."""
    robots = _ALLOWED if context.is_listed else _UNLISTED + _ALLOWED
    listed = bool(context.url) and context.is_listed
    if listed:
        robots += f"\nSitemap: {context.address('sitemap.xml')}\n"
    yield _file("robots.txt", robots)
    if listed:
        yield from _sitemaps(context, list(_pages(context, catalog)), most)


def _file(path: str, text: str) -> Output:
    body = text.encode("utf-8", "replace")
    return Output.of(path, body)


def _pages(context: Context, catalog: Catalog) -> Iterator[str]:
    """An element for each page that is worth finding."""
    entries = catalog.used()
    newest = [_newest(entry) for entry in entries]
    home = safe(context.address(""))  # what stands behind it is ASCII: slugs, and names of folders
    yield _element("url", home, max(newest, default=0))
    for entry, last in zip(entries, newest, strict=True):
        for page in table_pages(len(entry.outlines)):
            address = f"{home}experiments/{entry.mark.slug}/{page.path}"
            yield _element("url", address, last)
    for entry in entries:
        for outline in entry.outlines:
            address = f"{home}runs/{catalog.link(entry, outline).page}/index.html"
            yield _element("url", address, newest_entry(outline) or 0)


def _newest(entry: Entry) -> int:
    """The newest time (ms) that runs of an experiment tell, 0 where none does."""
    return max((newest_entry(outline) or 0 for outline in entry.outlines), default=0)


def _element(kind: str, address: str, last: int) -> str:
    """An element with an escaped address."""
    changed = f"<lastmod>{machine_time(last)}</lastmod>" if last > 0 else ""
    return f"<{kind}><loc>{address}</loc>{changed}</{kind}>\n"


def _sitemaps(context: Context, pages: Sequence[str], most: int) -> Iterator[Output]:
    """One file, or, where there are too many pages for one, several and an index of them."""
    parts = [pages[start : start + most] for start in range(0, len(pages), most)]
    if len(parts) == 1:
        yield _file("sitemap.xml", _urlset(pages))
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield _file(name, _urlset(part))
    index = "".join(_element("sitemap", safe(context.address(name)), 0) for name in names)
    yield _file("sitemap.xml", f"{_HEAD}<sitemapindex {_NAMES}>\n{index}</sitemapindex>\n")


def _urlset(elements: Sequence[str]) -> str:
    return f"{_HEAD}<urlset {_NAMES}>\n{''.join(elements)}</urlset>\n"
