"""What a site has beside its pages for those who link to it, find it or follow it."""

from collections.abc import Iterator, Mapping

from reportgen.site.briefs import Brief
from reportgen.site.catalog import Catalog
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.badges import badge_outputs
from reportgen.site.pages.feed import feed_outputs
from reportgen.site.pages.gone import gone_outputs
from reportgen.site.pages.sitemap import robot_outputs
from reportgen.site.permanent import Permanent
from reportgen.site.previous import LINKS_PATH


def outputs_beside(
    context: Context, catalog: Catalog, briefs: Mapping[str, Brief], permanent: Permanent
) -> Iterator[Output]:
    """Permanent links and what stands at old ones, badges, the feed, files for search engines."""
    yield from gone_outputs(context, permanent)
    yield Output.of(LINKS_PATH, permanent.as_json())
    yield from badge_outputs(context, catalog, briefs, permanent.moved)
    yield from feed_outputs(context, catalog)
    yield from robot_outputs(context, catalog)
