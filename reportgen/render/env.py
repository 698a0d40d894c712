"""The template environment: autoescaping, strict about names, with nothing to look around in."""

from functools import lru_cache
from itertools import islice

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)

from reportgen.render.compiled import CompiledTemplates
from reportgen.render.filters import FILTERS
from reportgen.render.theme import Theme

_PIECES = 5000  # of a page, joined at a time: a large table has some 100,000


@lru_cache(maxsize=1)
def environment(theme: Theme) -> Environment:
    """The environment of a theme; compiled templates are kept until another theme is asked for."""
    env = Environment(
        loader=_loader(theme),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(),
    )
    env.filters.update(FILTERS)
    env.globals.clear()
    return env


def _loader(theme: Theme) -> BaseLoader:
    """`run.html` is the first that a theme of the chain has, `default/run.html` that of one."""
    folders = theme.template_folders()
    named: dict[str, BaseLoader] = {
        name: FileSystemLoader(folder) for folder, name in folders.items()
    }
    return ChoiceLoader([FileSystemLoader(list(folders)), PrefixLoader(named)])


def render(theme: Theme, template: str, view: object) -> bytes:
    """A page: the template, which sees the view and nothing else."""
    pieces = environment(theme).get_template(template).generate(view=view)
    parts = []
    while some := list(islice(pieces, _PIECES)):
        parts.append("".join(some).encode("utf-8", "replace"))
    return b"".join(parts)
