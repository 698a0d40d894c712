"""Badges of the experiments and of the site, for a README, and how one is put there."""

from collections.abc import Iterator, Mapping

from reportgen.charts.badge import badge_svg
from reportgen.site.briefs import Brief
from reportgen.site.catalog import Catalog, Shelfmark
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.spelling import markdown_text, number, plural
from reportgen.values import frozen

_SITE = "site"


@frozen
class BadgeView:
    """The badge of an experiment, as its page offers it."""

    src: str  # relative to the page
    alt: str
    markdown: str  # to be copied
    is_whole: bool  # whether its addresses are whole ones


def badge_path(slug: str) -> str:
    """Where an experiment's badge stands: one called `site` leaves that name to the site."""
    return f"badge/{'site_experiment' if slug == _SITE else slug}.svg"


def badge_outputs(
    context: Context, catalog: Catalog, briefs: Mapping[str, Brief], moved: Mapping[str, str]
) -> Iterator[Output]:
    """A badge for each experiment, and one for all of them.

    `moved` has earlier slugs of experiments: a README may name them, and is shown the same.
    """
    earlier: dict[str, list[str]] = {}
    for old, slug in moved.items():
        earlier.setdefault(slug, []).append(old)
    used = catalog.used()
    runs = plural(sum(len(entry.outlines) for entry in used), "run")
    counts = f"{plural(len(used), 'experiment')} · {runs}"
    yield _output(f"badge/{_SITE}.svg", context.title, counts, f"{context.title}: {counts}")
    for entry in catalog.entries:
        value, words = _standing(briefs.get(entry.key), len(entry.outlines))
        name = entry.mark.name
        for slug in (entry.mark.slug, *earlier.get(entry.mark.slug, ())):
            yield _output(badge_path(slug), name, value, f"{name}: {words}")


def _output(path: str, name: str, value: str, words: str) -> Output:
    body = badge_svg(name, value, words).encode("utf-8", "replace")
    return Output.of(path, body)


def _standing(brief: Brief | None, run_count: int) -> tuple[str, str]:
    """The best value, where it is honest to name one; else how many runs there are."""
    leader = brief.leader if brief else None
    if leader is None or leader.is_of_test:
        count = plural(run_count, "run")
        return count, count
    value = number(leader.value)
    return f"{leader.metric} {value}", f"best {leader.metric} {value}, {leader.hint}"


def badge_view(context: Context, mark: Shelfmark) -> BadgeView:
    """What the page of an experiment says of its badge."""
    path, page = badge_path(mark.slug), f"experiments/{mark.slug}/index.html"
    name = markdown_text(" ".join(mark.name.split()))
    image, link = context.address(path) or path, context.address(page) or page
    markdown = f"[![{name}]({image})]({link})"
    return BadgeView(f"../../{path}", f"Badge of {mark.name}", markdown, bool(context.url))
