"""Texts: logs, source and settings, with line numbers."""

from markupsafe import Markup

from reportgen.render.escaping import escaped_text
from reportgen.render.filters import size
from reportgen.render.viewers.base import Shown, Source, region
from reportgen.render.viewers.code import highlighted, language_key
from reportgen.render.viewers.plain import as_on_screen, text_of
from reportgen.spelling import grouped, plural

MOST_BYTES = 256 << 10
MOST_LINES = 2_000
_LONGEST_LINE = 5_000  # characters


def show(source: Source) -> Shown:
    """The first lines of a text. Raises Unfit where it is none."""
    body, whole = source.head(MOST_BYTES)
    if not body:
        return Shown(Markup('<p class="v-none">an empty file</p>'), "text")
    text = as_on_screen(text_of(body, whole=whole))
    lines = text.removesuffix("\n").split("\n")
    note = _note(source, lines, whole=whole)
    return Shown(code_box(source.name, lines[:MOST_LINES]), "text", note)


def _note(source: Source, lines: list[str], *, whole: bool) -> str:
    notes = []
    if len(lines) > MOST_LINES:
        of = f" of {grouped(len(lines))}" if whole else f" of {size(source.size)}"
        notes.append(f"first {grouped(MOST_LINES)}{of if whole else ''} lines{'' if whole else of}")
    elif not whole:
        notes.append(f"first {size(MOST_BYTES)} of {size(source.size)}")
    if any(len(line) > _LONGEST_LINE for line in lines[:MOST_LINES]):
        notes.append(f"lines cut at {plural(_LONGEST_LINE, 'character')}")
    return "; ".join(notes)


def code_box(name: str, lines: list[str]) -> Markup:
    """Lines with their numbers beside them: in a column of its own, so that copying leaves it out.

    The first newline in a `pre` is dropped by browsers; it is given, so that no empty line is.
    """
    lines = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in lines]
    numbers = "\n".join(map(str, range(1, len(lines) + 1)))
    column = f'<pre class="v-nr" aria-hidden="true">\n{numbers}</pre>'
    return region(name, "code", f"{column}<pre>\n{code_html(name, lines)}</pre>")


def code_html(name: str, lines: list[str]) -> str:
    """Lines as HTML, highlighted as their file's name says."""
    text = "\n".join(lines)
    marked = highlighted(text, language_key(name))
    return escaped_text(text) if marked is None else marked
