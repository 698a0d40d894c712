"""Painted files in a build: which of them must be made, and their painting begun."""

from collections.abc import Callable, Mapping, Sequence

from reportgen.digest import Digest, digest_of
from reportgen.errors import OutputError
from reportgen.site.catalog import Catalog
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.overview import card_of_site
from reportgen.site.pages.pictures import Chart
from reportgen.site.workers import Crew
from reportgen.site.writer import Writer


def begin_pictures(
    crew: Crew,
    writer: Writer,
    store: int,
    wanted: Sequence[tuple[str, Digest]],
    charts: Callable[[], Mapping[str, Chart]],
) -> list[Output]:
    """The outputs of these paths; those that are not current are being painted from now on.

    `charts` gives what to paint, by path. It is asked only where there is something to paint, since
    it may have to read runs. `store` is the index of the store that has their points.
    """
    stale = [path for path, digest in wanted if writer.is_stale(path, digest)]
    painted: dict[str, Callable[[], bytes]] = {}
    if stale:
        known = charts()
        begun = crew.paint(store, [known[path] for path in stale])
        painted = dict(zip(stale, begun, strict=True))
    return [Output(path, digest, painted.get(path, _never)) for path, digest in wanted]


def begin_card(crew: Crew, writer: Writer, context: Context, catalog: Catalog) -> list[Output]:
    """The picture that chats show of a link to the site."""
    card = card_of_site(context, catalog)
    wanted = [(card.path, digest_of(context.code, card.depends))]
    return begin_pictures(crew, writer, 0, wanted, lambda: {card.path: card.chart})


def _never() -> bytes:
    """What makes a file that was current a moment ago; somebody else changes the site."""
    raise OutputError("the site changes while it is built", hint="build once more")
