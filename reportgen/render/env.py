"""The template environment: autoescaping, strict about names, with nothing to look around in."""

from collections.abc import MutableMapping
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)
from markupsafe import Markup, escape

from reportgen.render.compiled import CompiledTemplates
from reportgen.render.escaping import escaped, has_special
from reportgen.render.filters import FILTERS
from reportgen.render.theme import Theme

_PIECES = 5000  # of a page, joined at a time: a large table has some 100,000


class _Template(Template):
    """A template that escapes by our own function: no object is made for each text."""

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 (its name in Jinja)
        uptodate: Any = None,
    ) -> "Template":
        """As Jinja has it; what is escaped is only joined, so plain texts do as well."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__["escape"] = _escaped
        return made


class _Environment(Environment):
    """An environment in which `a.b` is the attribute and never `a["b"]`: pages ask for hundreds."""

    template_class = _Template
    getattr = staticmethod(getattr)  # type: ignore[assignment]


def _escaped(value: object) -> str:
    if type(value) is str:
        return escaped(value) if has_special(value) else value  # one call less for most
    return value if isinstance(value, Markup) else str(escape(value))


@lru_cache(maxsize=1)
def environment(theme: Theme) -> Environment:
    """The environment of a theme; compiled templates are kept until another theme is asked for."""
    env = _Environment(
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
    env.policies["json.dumps_kwargs"] = {}  # with any, an encoder would be made for each value
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
