"""The template environment: autoescaping, strict about names, with nothing to look around in."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reportgen.render.filters import FILTERS
from reportgen.render.theme import Theme


@cache
def environment(theme: Theme) -> Environment:
    """The environment of a theme; compiled templates are kept for the life of the process."""
    env = Environment(
        loader=FileSystemLoader(theme.template_folders()),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
    env.filters.update(FILTERS)
    env.globals.clear()
    return env


def render(theme: Theme, template: str, view: object) -> bytes:
    """A page: the template, which sees the view and nothing else."""
    text = environment(theme).get_template(template).render(view=view)
    return text.encode("utf-8", "replace")
