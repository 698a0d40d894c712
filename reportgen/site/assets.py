"""The static files of a site: those of the theme in `assets/`, some of them joined in one."""

from collections.abc import Iterator
from functools import partial

from reportgen.digest import digest_of
from reportgen.render.bundles import joined_bytes
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.refresh import script_outputs


def asset_outputs(context: Context) -> Iterator[Output]:
    """The files of `assets/`, and the script of pages that look for newer ones."""
    for name, paths in context.theme.assets().items():
        digest = digest_of(context.digest, name)
        yield Output(f"assets/{name}", digest, partial(joined_bytes, paths))
    yield from script_outputs(context)
