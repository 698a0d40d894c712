"""`reportgen diff`: two runs compared, in the form that is asked for."""

import argparse
import os
import sys
from difflib import get_close_matches

from reportgen.config import Options
from reportgen.errors import UsageError

_FORMS = {"text": "text", "txt": "text", "md": "md", "markdown": "md", "json": "json"}
_FORMS |= {"html": "html", "htm": "html"}


def show_diff(options: Options, place: str, args: argparse.Namespace) -> str:
    """The diff of `args.a` and `args.b`, as a text.

    Raises UsageError for a format that is none, and for texts that mean no run, or several.
    """
    kind = form_of(args.output, args.format)
    from reportgen.site.diffs.compare import compare_runs

    found = compare_runs(options, place, args.a, args.b)
    if kind == "json":
        from reportgen.site.diffs.plain import as_json

        return as_json(found)
    if kind == "html":
        from reportgen.render.theme import find_theme
        from reportgen.site.diffs.onefile import as_html

        return as_html(found, find_theme(options.theme), options.title).decode()
    from reportgen.site.diffs.text import as_markdown, as_text

    if kind == "md":
        return as_markdown(found)
    return as_text(found, color=_is_coloured(args))


def form_of(output: str | None, named: str | None) -> str:
    """The form: as it is named, else as the file's name ends, else text."""
    if named is not None:
        if named.lower() in _FORMS:
            return _FORMS[named.lower()]
        near = get_close_matches(named, {*_FORMS.values()}, n=1)
        hint = f"did you mean {near[0]}?" if near else "known are text, md, json and html"
        raise UsageError(f"no format {named!r}", hint=hint)
    ending = (output or "").rpartition(".")[2].lower()
    return _FORMS.get(ending, "text")


def _is_coloured(args: argparse.Namespace) -> bool:
    """Colours are for a terminal, unless the user wants none."""
    is_screen = args.output in (None, "-") and sys.stdout.isatty()
    return is_screen and not args.no_color and not os.environ.get("NO_COLOR")
