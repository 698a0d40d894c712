"""The words of a filter: tokens with their places, and the fields that names stand for.

A key is bare (letters, digits and `_ . / : -`) or quoted with backticks, double or single quotes.
Within quotes a doubled quote stands for one; a backslash is a character like any other.
"""

import re
from difflib import get_close_matches
from enum import Enum, auto

from reportgen.errors import UsageError
from reportgen.values import frozen

SIGNS = ("=", "!=", "<", "<=", ">", ">=")

_KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE"})
_EXAMPLE = "metrics.rmse < 0.3 AND params.model = 'ridge'"
_ALIASES = {
    "metrics": ("metric",),
    "params": ("param", "parameter", "parameters"),
    "tags": ("tag",),
    "attributes": ("attribute", "attr", "run"),
    "dataset": ("datasets",),
}
_PREFIXES = {name: prefix for prefix, aliases in _ALIASES.items() for name in (prefix, *aliases)}
_TIMES = ("start_time", "end_time")
_ATTRIBUTES = ("run_id", "run_name", "status", *_TIMES, "user_id", "artifact_uri")
_OTHER_NAMES = {
    **dict.fromkeys(("created", "Created"), "start_time"),
    **dict.fromkeys(("run name", "Run name", "Run Name"), "run_name"),
}
_DATASET_KEYS = ("name", "digest", "context")
_OTHER_SIGNS = {"==": "=", "<>": "!=", "=<": "<=", "=>": ">=", "!": "!=", "===": "="}
_QUOTES = "'\"`"
_SPACE = re.compile(r"\s*")
_SIGN = re.compile(r"[=!<>]+")
_HEAD = re.compile(r"[^\W\d][\w/:-]*")
_KEY = re.compile(r"[\w./:-]+")
_NUMBER_LIKE = re.compile(r"[+-]?\.?[0-9](?:[eE][+-]|[\w.])*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class Kind(Enum):
    """What a token is."""

    NAME = auto()  # a field
    WORD = auto()  # a keyword
    TEXT = auto()  # in single or double quotes
    NUMBER = auto()
    SIGN = auto()  # one of SIGNS
    MARK = auto()  # a bracket or a comma
    END = auto()


@frozen
class Token:
    """A piece of a filter: as typed, where it starts, and what it stands for."""

    kind: Kind
    typed: str
    start: int  # counted from 0
    value: str = ""  # TEXT: without quotes; NAME: the key; WORD: in capitals; else as typed
    prefix: str = ""  # of a NAME: what stands before the first dot, "" where there is none

    def __str__(self) -> str:
        return "the end" if self.kind is Kind.END else shown(self.typed)


@frozen
class Field:
    """What a clause asks of a run; prefix is metrics, params, tags, attributes or dataset."""

    prefix: str
    key: str  # of an attribute: the first of its names

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers; the other fields are texts."""
        return self.prefix == "metrics" or self.is_time

    @property
    def is_time(self) -> bool:
        """Whether its values are times, in milliseconds since 1970, UTC."""
        return self.prefix == "attributes" and self.key in _TIMES


def failure(start: int, message: str, *, hint: str) -> UsageError:
    """The error for a place in a filter; `start` is counted from 0, the message from 1."""
    return UsageError(f"filter, position {start + 1}: {message}", hint=hint)


def shown(typed: str) -> str:
    """A piece of the filter for a message: one line, 40 characters at most."""
    short = typed if len(typed) <= 40 else typed[:37] + "..."
    return short if short.isprintable() else ascii(short)


def is_number(text: str) -> bool:
    """Whether a text is a decimal number, such as -1.5e-3."""
    return _NUMBER.fullmatch(text) is not None


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a filter, the last of them END. Raises UsageError."""
    tokens = []
    at = _after_space(text, 0)
    while at < len(text):
        tokens.append(_token_at(text, at))
        at = _after_space(text, at + len(tokens[-1].typed))
    return (*tokens, Token(Kind.END, "", len(text)))


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _token_at(text: str, at: int) -> Token:
    char = text[at]
    if char in "(),":
        return Token(Kind.MARK, char, at, char)
    if char in "'\"":
        typed, value = _quoted(text, at)
        return Token(Kind.TEXT, typed, at, value)
    if sign := _SIGN.match(text, at):
        return _sign(sign.group(), at)
    if number := _NUMBER_LIKE.match(text, at):
        return _number(number.group(), at)
    if char == "`" or _HEAD.match(text, at):
        return _name(text, at)
    raise failure(at, f"{shown(char)} means nothing here", hint=f"a filter looks like {_EXAMPLE}")


def _sign(typed: str, at: int) -> Token:
    if typed in SIGNS:
        return Token(Kind.SIGN, typed, at, typed)
    known = " ".join(SIGNS)
    meant = _OTHER_SIGNS.get(typed)
    hint = f"write {meant}" if meant else f"see {_EXAMPLE}"
    raise failure(at, f"expected one of {known}, found {shown(typed)}", hint=hint)


def _number(typed: str, at: int) -> Token:
    if is_number(typed):
        return Token(Kind.NUMBER, typed, at, typed)
    raise failure(
        at,
        f"expected a number, found {shown(typed)}",
        hint="numbers are decimal, such as 12, -0.5 or 1e-4; texts stand in quotes",
    )


def _name(text: str, at: int) -> Token:
    """A field or a keyword: `status`, `metrics.rmse`, "params." and a quoted key, `and`."""
    head_typed, head = _piece(text, at, _HEAD)
    dot = at + len(head_typed)
    if text[dot : dot + 1] != ".":
        if head_typed.upper() in _KEYWORDS:
            return Token(Kind.WORD, head_typed, at, head_typed.upper())
        return Token(Kind.NAME, head_typed, at, head)
    key_typed, key = _piece(text, dot + 1, _KEY)
    if not key:
        raise failure(
            dot + 1,
            f"expected a key after {shown(head_typed + '.')}",
            hint="write metrics.rmse, or metrics.`val loss` for a key with other characters",
        )
    return Token(Kind.NAME, f"{head_typed}.{key_typed}", at, key, head)


def _piece(text: str, at: int, bare: re.Pattern[str]) -> tuple[str, str]:
    """A quoted or bare part of a name, as typed and as meant; two times "" where there is none."""
    if text[at : at + 1] and text[at] in _QUOTES:
        return _quoted(text, at)
    match = bare.match(text, at)
    return (match.group(), match.group()) if match else ("", "")


def _quoted(text: str, at: int) -> tuple[str, str]:
    """What stands in the quotes that open at `at`, as typed and as meant."""
    quote = text[at]
    end = text.find(quote, at + 1)
    while end >= 0 and text[end + 1 : end + 2] == quote:
        end = text.find(quote, end + 2)
    if end < 0:
        raise failure(
            at,
            f"no closing {quote} for the one that opens here",
            hint=f"add {quote} where the text ends; within it, {quote * 2} stands for {quote}",
        )
    return text[at : end + 1], text[at + 1 : end].replace(quote * 2, quote)


def field_of(token: Token) -> Field:
    """The field that a name stands for; "run name" in double quotes is a name too, as in SQL."""
    named = token.kind is Kind.NAME or (token.kind is Kind.TEXT and token.typed[0] == '"')
    if not named:
        raise failure(
            token.start, f"expected a field, found {token}", hint=f"a filter looks like {_EXAMPLE}"
        )
    prefix = _PREFIXES.get(token.prefix) if token.prefix else "attributes"
    if prefix is None:
        raise _unknown_prefix(token)
    key = _OTHER_NAMES.get(token.value, token.value) if prefix == "attributes" else token.value
    keys = {"attributes": _ATTRIBUTES, "dataset": _DATASET_KEYS}.get(prefix)
    if keys is not None and key not in keys:
        raise _unknown_key(token, prefix, keys)
    return Field(prefix, key)


def _unknown_prefix(token: Token) -> UsageError:
    near = get_close_matches(token.prefix.lower(), _PREFIXES, 1)
    key = token.typed.partition(".")[2]
    return failure(
        token.start,
        f"unknown prefix {shown(token.prefix)}; there are {', '.join(_ALIASES)}",
        hint=f"did you mean {shown(f'{near[0]}.{key}')}?" if near else _with_prefix(token),
    )


def _unknown_key(token: Token, prefix: str, keys: tuple[str, ...]) -> UsageError:
    near = get_close_matches(token.value.lower(), keys, 1)
    head, dot, rest = token.value.partition(".")
    if near:
        hint = f"did you mean {token.prefix}{'.' if token.prefix else ''}{near[0]}?"
    elif dot and rest and head in _PREFIXES:
        hint = f"quote the key alone: {head}.`{shown(rest)}`"
    elif prefix == "dataset":
        hint = f"such as {token.prefix}.{keys[0]} = 'some text'"
    else:
        hint = _with_prefix(token)
    what = "dataset field" if prefix == "dataset" else "attribute"
    return failure(
        token.start,
        f"unknown {what} {shown(token.value)}; there are {', '.join(keys)}",
        hint=hint,
    )


def _with_prefix(token: Token) -> str:
    name = shown(token.typed)
    if token.prefix in _PREFIXES:
        name = name.partition(".")[2]
    return (
        f"write metrics.{name} for a metric, params.{name} for a parameter, tags.{name} for a tag"
    )
