"""Texts of a store as GitHub's and GitLab's Markdown: nothing in them acts, links or calls anybody.

Escapes alone do not help against mentions: `@team` and `#12` are looked for in the rendered text.
So a character of no width stands behind their sign, which readers do not see and the search does
not pass over. In code spans nothing is looked for.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from reportgen.spelling import cut, harmless

WIDEST = 80  # characters of a name
_SPECIAL = re.compile(r"([\\`*\[\]~$])|(?<![^\W_])(_)|(_)(?![^\W_])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_GAP = "\N{ZERO WIDTH SPACE}"
# Signs of people, issues, merge requests, labels, milestones, snippets, epics and alerts; `GH-12`;
# addresses; `:tada:`.
_CALLS = re.compile(
    r"@(?=\S)|[#!&%~$^](?=\w)|GH-(?=\d)|www(?=\.)|:(?=//|[a-z+-][\w+-]*:)", re.IGNORECASE
)
_LOOKS_EMPTY = "(no name)"


def text(raw: str, most: int = WIDEST) -> str:
    """A text in one line that reads as it is, cut at so many characters."""
    line = _one_line(raw, most)
    parts = _CALLS.split(line)
    calls = _CALLS.findall(line)
    escaped = [_escaped(part) for part in parts]
    return "".join(
        part + (_escaped(call) + _GAP if call else "")
        for part, call in zip(escaped, [*calls, ""], strict=True)
    )


def code(raw: str) -> str:
    """A name as code."""
    line = _one_line(raw, WIDEST)
    if not set(line) & set("`|\\"):
        return f"`{line}`"
    entities = "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in line)
    return f"<code>{entities.replace('&#64;', f'&#64;{_GAP}')}</code>"


def link(title: str, address: str) -> str:
    """A title that leads to an address; the title alone without one."""
    if not address:
        return text(title)
    return f"[{text(title)}]({quote(address, safe=':/%?=&#~.,;+@-_')})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> str:
    """A table of cells that are Markdown; columns of `numbers` stand to the right."""
    right = set(numbers)
    rule = ["---:" if place in right else "---" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _one_line(raw: str, most: int) -> str:
    line = harmless(" ".join(raw[: 4 * most].split())) or _LOOKS_EMPTY
    return cut(line, most)


def _escaped(part: str) -> str:
    part = _SPECIAL.sub(lambda found: f"\\{found[0]}", part)
    return "".join(_ENTITIES.get(char, char) for char in part)
