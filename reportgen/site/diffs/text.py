"""A diff as aligned text for a terminal, and as Markdown as GitHub shows it."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from reportgen.analysis.diff_summary import summary_of
from reportgen.site.diffs.compare import Compared
from reportgen.site.diffs.sections import (
    Section,
    TextSection,
    plain_minus,
    run_line,
    sections_of,
    text_sections,
)
from reportgen.spelling import harmless

_WIDEST = 48  # characters of a cell
_INKS = {"better": "\033[32m", "worse": "\033[31m", "noise": "\033[2m", "+": "\033[36m"}
_INKS |= {"-": "\033[35m", "title": "\033[1m"}
_OFF = "\033[0m"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_FENCE = re.compile("`{3,}")


def as_text(found: Compared, *, color: bool) -> str:
    """A diff as text, columns aligned; in colours, verdicts are green and red."""
    return "\n".join(_text_lines(found, color=color)) + "\n"


def _text_lines(found: Compared, *, color: bool) -> Iterator[str]:
    diff = found.diff
    yield f"A  {_one_line(run_line(diff.a, found.experiments[0]))}"
    yield f"B  {_one_line(run_line(diff.b, found.experiments[1]))}"
    yield ""
    yield _one_line(summary_of(diff).text)
    for section in sections_of(diff):
        if section.rows or section.same:
            yield ""
            yield _ink(section.title, "title", color=color)
            yield from _aligned(section, color=color)
            if section.same:
                yield f"  {section.same}"
    for text in text_sections(diff):
        yield ""
        yield _ink(_one_line(text.path), "title", color=color)
        if text.note:
            yield f"  {text.note}"
        for line in text.lines:
            yield f"  {_ink(_one_line(line, keep=True), line[:1], color=color)}"


def _aligned(section: Section, *, color: bool) -> Iterator[str]:
    if not section.rows:
        return
    rows = [[_cut(_one_line(cell)) for cell in row] for row in (section.head, *section.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(section.head))]
    for place, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in section.numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        tone = section.tones[place - 1] if place and section.tones else ""
        yield _ink(f"  {'  '.join(cells)}".rstrip(), tone, color=color)


def _ink(text: str, tone: str, *, color: bool) -> str:
    return f"{_INKS[tone]}{text}{_OFF}" if color and tone in _INKS else text


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _one_line(text: str, *, keep: bool = False) -> str:
    """A text in a line, without what a terminal takes as an order; spaces as they are to `keep`."""
    if keep:
        return harmless(text.expandtabs(4))
    return plain_minus(harmless(" ".join(text.split())))


def as_markdown(found: Compared) -> str:
    """A diff as Markdown: tables, and texts as patches, folded."""
    return "\n".join(_markdown_lines(found)) + "\n"


def _markdown_lines(found: Compared) -> Iterator[str]:
    diff = found.diff
    yield f"**A** {_escaped(run_line(diff.a, found.experiments[0]))}  "
    yield f"**B** {_escaped(run_line(diff.b, found.experiments[1]))}"
    yield ""
    yield _escaped(summary_of(diff).text)
    for section in sections_of(diff):
        if section.rows or section.same:
            yield ""
            yield f"### {section.title}"
            yield ""
            yield from _table(section)
            if section.same:
                if section.rows:
                    yield ""
                yield f"{section.same}."
    for text in text_sections(diff):
        yield from _patch(text)


def _table(section: Section) -> Iterator[str]:
    if not section.rows:
        return
    yield _cells(section.head)
    rule = ("---:" if place in section.numbers else "---" for place in range(len(section.head)))
    yield _cells(list(rule))
    for row in section.rows:
        yield _cells([_escaped(cell) for cell in row])


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _patch(text: TextSection) -> Iterator[str]:
    yield ""
    if not text.lines:
        yield f"{_escaped(text.path)}: {text.note}."
        return
    ticks = max((len(run) for line in text.lines for run in _FENCE.findall(line)), default=2) + 1
    yield f"<details><summary>{_html(text.path)}</summary>"
    yield ""
    if text.note:
        yield f"{text.note}:"
        yield ""
    yield f"{'`' * ticks}diff"
    yield from (_one_line(line, keep=True) for line in text.lines)
    yield "`" * ticks
    yield ""
    yield "</details>"


def _html(text: str) -> str:
    return escape(_one_line(text))


def _escaped(text: str) -> str:
    """A text in which nothing is Markdown, a mention or a link."""
    return _SPECIAL.sub(r"\\\1", harmless(" ".join(text.split())))
