"""YAML as a tree, made of the parser's events alone: nothing is constructed, tags mean nothing.

Values are shown as they are spelled, so 0.10 keeps its zero and `yes` is no truth value; an alias
is shown by its name and not followed. Nesting is bounded while the parser goes.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.render.viewers.base import Shown, Source, Unfit
from reportgen.render.viewers.plain import text_of
from reportgen.render.viewers.tree import Value, Word, tree_html

if TYPE_CHECKING:
    import yaml

_ENDINGS = {"yaml", "yml"}
_NAMES = {"MLmodel", "MLproject"}
_MOST = 512 << 10
_DEEPEST = 40
_MOST_EVENTS = 20_000
_LONGEST_WORD = 64  # characters; the pattern below goes back and forth in long ones
# YAML 1.1, less what only its letter asks for: base 60, octal numbers with a bare 0.
_WORD = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|~|null|Null|NULL"
    r"|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
)


def show(source: Source) -> Shown | None:
    """A tree. Raises Unfit where the file is not YAML, nested beyond reason or too large."""
    if source.ending not in _ENDINGS and source.name not in _NAMES:
        return None
    text = text_of(source.whole(_MOST, "a tree"), whole=True)
    documents = parsed(text)
    if not documents:
        raise Unfit("holds no values")
    html, note = tree_html(source.name, documents[0] if len(documents) == 1 else documents)
    return Shown(html, "tree", note)


def parsed(text: str) -> list[Value]:
    """The documents of a YAML text. Raises Unfit."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(_documents(yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise Unfit(f"not valid YAML: {line}{error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a character code beyond Unicode
        raise Unfit(f"not valid YAML: {str(error).splitlines()[0]}") from error


class _Level:
    """A list or mapping that is not at its end; `key` waits for its value."""

    __slots__ = ("key", "value")

    def __init__(self, value: "dict[str, Value] | list[Value]") -> None:
        self.value = value
        self.key: str | None = None

    def take(self, item: Value) -> None:
        """Put an item in; in a mapping, keys and values take turns."""
        if isinstance(self.value, list):
            self.value.append(item)
        elif self.key is None:
            self.key = item if isinstance(item, str) else "?"
        else:
            self.value[self.key] = item
            self.key = None


def _documents(events: "Iterator[yaml.Event]") -> Iterator[Value]:
    import yaml

    levels: list[_Level] = []
    for count, event in enumerate(events):
        if count > _MOST_EVENTS:
            raise Unfit("too large for a tree")
        done: Value
        if isinstance(event, yaml.ScalarEvent):
            done = _scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            done = Word(f"*{event.anchor}")
        elif isinstance(event, yaml.CollectionStartEvent):
            levels.append(_Level({} if isinstance(event, yaml.MappingStartEvent) else []))
            if len(levels) > _DEEPEST:
                raise Unfit("nested too deep for a tree")
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            done = levels.pop().value
        else:
            continue
        if levels:
            levels[-1].take(done)
        else:
            yield done


def _scalar(event: "yaml.ScalarEvent") -> str:
    """A text, or a word where it stands without quotes and reads as a number or the like."""
    plain = event.implicit[0]
    text = str(event.value)
    if plain and not text:
        return Word("null")
    return Word(text) if plain and len(text) < _LONGEST_WORD and _WORD.fullmatch(text) else text
