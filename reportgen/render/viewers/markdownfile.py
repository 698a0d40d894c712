"""Markdown, converted and cleaned as notes are."""

from markupsafe import Markup

from reportgen.render.viewers.base import Shown, Source, Unfit, clean
from reportgen.render.viewers.plain import text_of

_ENDINGS = {"md", "markdown", "mdown"}
_MOST = 20_000  # bytes; of a longer text the notes would show the source, as text does better


def show(source: Source) -> Shown | None:
    """The text as HTML that can do no harm. Raises Unfit where it is long, odd or no text."""
    if source.ending not in _ENDINGS:
        return None
    text = text_of(source.whole(_MOST, "Markdown"), whole=True)
    html = markdown_html(clean(text))
    if not html:
        raise Unfit("holds no text")
    box = Markup(f'<div class="v-md">{html}</div>')  # noqa: S704 (HTML, and tags of ours)
    return Shown(box, "markdown")


def markdown_html(text: str) -> Markup:
    """Markdown as clean HTML. Raises Unfit for a text that would take the converter long."""
    from reportgen.render.notes import converted, is_tame

    if not is_tame(text):
        raise Unfit("not shown as Markdown: too many open tags or empty marks")
    return converted(text)
