"""The static files of a site, `assets/`: those of the theme, some of them joined in one."""

from collections.abc import Iterator
from functools import partial

from reportgen.digest import digest_of
from reportgen.render.bundles import joined_bytes
from reportgen.site.context import Context
from reportgen.site.outputs import Output


def asset_outputs(context: Context) -> Iterator[Output]:
    """The files of `assets/`."""
    for name, paths in context.theme.assets().items():
        digest = digest_of(context.digest, name)
        yield Output(f"assets/{name}", digest, partial(joined_bytes, paths))
