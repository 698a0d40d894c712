"""Nested values as a tree that opens and closes without a script; items need no end tags."""

from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

from reportgen.render.escaping import escaped_text
from reportgen.render.viewers.base import region
from reportgen.spelling import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bool | None"

_NESTED = (dict, list)
_MOST_NODES = 1_500
_MOST_ITEMS = 200  # of one list or mapping
_DEEPEST = 20
_OPEN_DEPTH = 4
_OPEN_ITEMS = 25
_LONGEST = 400  # characters of a string
_LINE = 12  # items of a list that is written in one line
_LINE_LENGTH = 80


class Word(str):
    """A number, or another bare word, spelled as in the file: no digit is lost, no quotes."""

    __slots__ = ()


def tree_html(name: str, value: Value) -> tuple[Markup, str]:
    """A value as a box with a tree, and a note of what was left out."""
    writer = _Writer()
    writer.top(value)
    note = "only the first values are shown" if writer.left < 0 else ""
    return region(name, "tree", "".join(writer.parts)), note


def word_of(value: object) -> str | None:
    """The spelling of a value that is written without quotes, None for others."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, Word) else None


class _Writer:
    """Writes nodes until there have been enough."""

    __slots__ = ("left", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left = _MOST_NODES

    def top(self, value: Value) -> None:
        if isinstance(value, dict | list) and value:
            self._items(value, 0)
        else:
            self.parts.append(f"<ul><li>{_leaf(value)}</ul>")

    def _items(self, value: "dict[str, Value] | list[Value]", depth: int) -> None:
        self.parts.append("<ul>")
        for count, (key, item) in enumerate(_pairs(value)):
            self.left -= 1
            if count == _MOST_ITEMS or self.left < 0:
                self.parts.append(f"<li><small>{grouped(len(value) - count)} more</small>")
                break
            self._item(key, item, depth)
        self.parts.append("</ul>")

    def _item(self, key: str | int, item: Value, depth: int) -> None:
        label = f"<b>{escaped_text(_cut(str(key)))}</b>"
        line = _one_line(item)
        if line is not None:
            self.parts.append(f"<li>{label}{line}")
            return
        assert isinstance(item, dict | list)
        count = plural(len(item), "key" if isinstance(item, dict) else "item")
        if depth + 1 >= _DEEPEST:
            self.parts.append(f"<li>{label}<small>{count}, nested too deep</small>")
            return
        is_open = " open" if depth + 1 < _OPEN_DEPTH and len(item) <= _OPEN_ITEMS else ""
        self.parts.append(f"<li><details{is_open}><summary>{label}<small>{count}</small></summary>")
        self._items(item, depth + 1)
        self.parts.append("</details>")


def _pairs(value: "dict[str, Value] | list[Value]") -> "Iterator[tuple[str | int, Value]]":
    yield from value.items() if isinstance(value, dict) else enumerate(value)


def _one_line(item: Value) -> str | None:
    """What fits behind its key: a leaf, or a short list of numbers or short strings."""
    if not item or not isinstance(item, _NESTED):
        return _leaf(item)
    if isinstance(item, dict) or len(item) > _LINE:
        return None
    words = [word_of(one) if not isinstance(one, dict | list) else None for one in item]
    texts = [
        word if word is not None else f'"{one}"'
        for word, one in zip(words, item, strict=True)
        if not isinstance(one, dict | list)
    ]
    if len(texts) < len(item) or sum(map(len, texts)) > _LINE_LENGTH:
        return None
    return f"<i>[{escaped_text(', '.join(texts))}]</i>"


def _leaf(value: Value) -> str:
    if isinstance(value, _NESTED):  # an empty one
        return "<i>{}</i>" if isinstance(value, dict) else "<i>[]</i>"
    word = word_of(value)
    if word is not None:
        return f"<i>{escaped_text(_cut(word))}</i>"
    text = str(value)
    if len(text) <= _LONGEST:
        return f"<q>{escaped_text(text)}</q>"
    return f"<q>{escaped_text(_cut(text))}</q><small>{plural(len(text), 'character')}</small>"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
