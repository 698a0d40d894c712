"""Notebooks: their text, code and plain outputs."""

import re

from markupsafe import Markup, escape

from reportgen.render.viewers.base import Shown, Source, Unfit, clean, joined
from reportgen.render.viewers.code import highlighted
from reportgen.render.viewers.jsonfile import parsed
from reportgen.render.viewers.markdownfile import markdown_html
from reportgen.render.viewers.plain import as_on_screen, text_of
from reportgen.render.viewers.tree import Value
from reportgen.spelling import grouped, plural

_MOST = 4 << 20
_MOST_CELLS = 150
_MOST_MARKDOWN = 10_000  # characters of a cell
_ALL_MARKDOWN = 60_000  # of all cells; what is beyond is shown as it is
_ALL_CODE = 100_000  # characters with colours
_MOST_OUTPUTS = 300
_MOST_LINES = 60  # of an output
_MOST_WIDTH = 2_000  # characters of a line of an output
_MOST_CODE = 48 << 10  # characters of a cell
_MOST_IMAGE = 256 << 10  # characters of an image's base64
_MOST_IMAGES = 512 << 10  # of all of them
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_IMAGES = ("image/png", "image/jpeg")
_LANGUAGES = {"python": "py", "r": "r", "julia": "jl", "scala": "scala", "sql": "sql"}


def show(source: Source) -> Shown | None:
    """The first cells. Raises Unfit where the file is no notebook of nbformat 3 or 4."""
    if source.ending != "ipynb":
        return None
    book = parsed(text_of(source.whole(_MOST, "a notebook"), whole=True))
    cells = _cells(book)
    writer = _Writer(_language(book))
    for cell in cells[:_MOST_CELLS]:
        writer.cell(cell)
    inner = Markup("").join(writer.parts)
    left_out = writer.left_out
    note = joined(
        f"first {_MOST_CELLS} of {grouped(len(cells))} cells" if len(cells) > _MOST_CELLS else "",
        f"{plural(left_out, 'output')} left out, or without HTML" if left_out else "",
    )
    return Shown(Markup('<div class="v-book">{}</div>').format(inner), "notebook", note)


def _cells(book: Value) -> list[dict[str, Value]]:
    """The cells of a notebook; those of nbformat 3 stand in worksheets."""
    sheet = book if isinstance(book, dict) else {}
    sheets = sheet.get("worksheets")
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        sheet = sheets[0]
    cells = sheet.get("cells")
    if not isinstance(cells, list):
        raise Unfit("not a notebook")
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(book: Value) -> str:
    """The key of the lexer for the code; Python where the notebook does not say."""
    found: Value = book
    for key in ("metadata", "kernelspec", "language"):
        found = found.get(key) if isinstance(found, dict) else None
    name = found.lower() if isinstance(found, str) else "python"
    return _LANGUAGES.get(name, "")


def _text(value: Value) -> str:
    """A text that may be given as a list of its lines."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return clean(value) if isinstance(value, str) else ""


class _Writer:
    """Writes cells one after another; images of all cells together are bounded."""

    def __init__(self, language: str) -> None:
        self.parts: list[Markup] = []
        self.left_out = 0
        self._language = language
        self._room = _MOST_IMAGES
        self._words = _ALL_MARKDOWN
        self._marked = _ALL_CODE
        self._outputs = _MOST_OUTPUTS

    def cell(self, cell: dict[str, Value]) -> None:
        """A cell with its outputs."""
        kind = cell.get("cell_type")
        text = _text(cell.get("source", cell.get("input")))
        if kind == "markdown":
            self._markdown(text)
        elif kind == "code":
            self._code(text, cell)
        elif text.strip():
            self._add("<pre>\n{}</pre>", text[:_MOST_CODE])

    def _markdown(self, text: str) -> None:
        text = text[:_MOST_MARKDOWN]
        self._words -= len(text)
        try:
            if self._words < 0:
                raise Unfit("a long notebook")
            self._add('<div class="v-md">{}</div>', markdown_html(text))
        except Unfit:
            self._add("<pre>\n{}</pre>", text)

    def _code(self, text: str, cell: dict[str, Value]) -> None:
        text = text.strip("\n")[:_MOST_CODE]
        if text:
            self._marked -= len(text)
            marked = highlighted(text, self._language if self._marked > 0 else "")
            html = escape(text) if marked is None else Markup(marked)  # noqa: S704 (escaped there)
            number = cell.get("execution_count", cell.get("prompt_number"))
            label = f"cell {number}" if isinstance(number, str) else "cell"
            self._add(
                '<pre class="v-in" tabindex="0" role="region" aria-label="{}">\n{}</pre>',
                label[:40],
                html,
            )
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            self._outputs -= 1
            if isinstance(output, dict) and self._outputs >= 0:
                self._output(output)
            else:
                self.left_out += 1

    def _output(self, output: dict[str, Value]) -> None:
        data = output.get("data")
        found = data if isinstance(data, dict) else output
        for kind in _IMAGES:
            body = _text(found.get(kind, found.get(kind.partition("/")[2])))
            if body and self._image(kind, "".join(body.split())):
                return
        traceback = output.get("traceback")
        if isinstance(traceback, list):
            self._lines("\n".join(line for line in traceback if isinstance(line, str)))
            return
        text = found.get("text/plain", found.get("text"))
        if text:
            self._lines(_raw(text))
        if "text/html" in found or not text:
            self.left_out += 1

    def _image(self, kind: str, body: str) -> bool:
        size = len(body)
        if size > min(_MOST_IMAGE, self._room) or not _BASE64.fullmatch(body):
            return False
        self._room -= size
        self._add('<img src="data:{};base64,{}" alt="output">', kind, body)
        return True

    def _lines(self, text: str) -> None:
        lines = clean(as_on_screen(text)).rstrip("\n").split("\n")
        more = len(lines) - _MOST_LINES
        shown = "\n".join(line[:_MOST_WIDTH] for line in lines[:_MOST_LINES])
        rest = Markup("<small>{} more</small>").format(plural(more, "line")) if more > 0 else ""
        self._add(
            '<pre class="v-out" tabindex="0" role="region" aria-label="output">\n{}</pre>{}',
            shown,
            rest,
        )

    def _add(self, html: str, *values: str) -> None:
        self.parts.append(Markup(html).format(*values))  # noqa: S704 (constant, values escaped)


def _raw(value: Value) -> str:
    """A text with its orders to a terminal, which are taken out later."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
