"""The grammar of filters: tokens to a tree of frozen nodes.

    either   both { OR both }
    both     part { AND part }
    part     "(" either ")"  |  clause
    clause   field sign value                     sign: = != < <= > >=
             field LIKE text  |  field ILIKE text
             field [NOT] IN "(" value { "," value } ")"
             field IS [NOT] NULL
    field    [prefix "."] key                     without a prefix: an attribute

The clauses are those of `mlflow.search_runs` as of 3.17, where only AND joins them. Keywords are
read in any case; prefixes and keys as they are written.
"""

from typing import TypeAlias

from reportgen.analysis.filter_tokens import (
    SIGNS,
    Field,
    Kind,
    Token,
    failure,
    field_of,
    is_number,
    shown,
    tokenize,
)
from reportgen.values import frozen

MAX_DEPTH = 50  # brackets within brackets

_FOR_TEXTS = ("=", "!=", "LIKE", "ILIKE")


@frozen
class Clause:
    """One comparison. The operand is of the field's type: for lists a tuple, for IS NULL None."""

    field: Field
    operator: str  # a sign, LIKE, ILIKE, IN, NOT IN, IS NULL or IS NOT NULL
    operand: str | float | tuple[str | float, ...] | None


@frozen
class AllOf:
    """Holds where every part holds."""

    parts: tuple["Node", ...]


@frozen
class AnyOf:
    """Holds where a part holds."""

    parts: tuple["Node", ...]


Node: TypeAlias = Clause | AllOf | AnyOf


def parse(text: str) -> Node | None:
    """The tree of a filter; None where it is blank. Raises UsageError."""
    parser = _Parser(tokenize(text))
    return None if parser.token.kind is Kind.END else parser.whole()


class _Parser:
    """Reads tokens from left to right, one method for each rule of the grammar."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def token(self) -> Token:
        """The next token, not taken yet."""
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self.token
        if token.kind is not Kind.END:
            self._index += 1
        return token

    def _took(self, kind: Kind, value: str) -> bool:
        """Take the next token if it is this one."""
        here = self.token.kind is kind and self.token.value == value
        self._index += here
        return here

    def whole(self) -> Node:
        """The whole filter, which is not blank."""
        node = self._either(0)
        token = self.token
        if token.kind is Kind.END:
            return node
        if token.typed == ")":
            raise failure(
                token.start, "this ) closes nothing", hint="take it out, or add a ( before"
            )
        raise failure(
            token.start,
            f"expected AND, OR or the end, found {token}",
            hint="join comparisons with AND or OR",
        )

    def _either(self, depth: int) -> Node:
        parts = [self._both(depth)]
        while self._took(Kind.WORD, "OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Node:
        parts = [self._part(depth)]
        while self._took(Kind.WORD, "AND"):
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, depth: int) -> Node:
        opening = self.token
        if not self._took(Kind.MARK, "("):
            return self._clause()
        if depth == MAX_DEPTH:
            raise failure(
                opening.start,
                f"more than {MAX_DEPTH} brackets within each other",
                hint="take out the brackets that change nothing",
            )
        node = self._either(depth + 1)
        if self.token.kind is Kind.END:
            raise failure(opening.start, "this ( is never closed", hint="add a ) behind its end")
        if not self._took(Kind.MARK, ")"):
            raise failure(
                self.token.start,
                f"expected AND, OR or ), found {self.token}",
                hint=f"the ( at position {opening.start + 1} is still open",
            )
        return node

    def _clause(self) -> Clause:
        name = self._take()
        field = field_of(name)
        at = self.token
        operator = self._operator(name, field)
        allowed = SIGNS if field.is_number else _FOR_TEXTS
        if operator.startswith("IS"):
            return Clause(field, operator, None)
        if operator.endswith("IN"):
            return Clause(field, operator, self._list(name, field, operator))
        if operator not in allowed:
            kind, other = ("number", "texts") if field.is_number else ("text", "numbers")
            raise failure(
                at.start,
                f"{shown(name.typed)} is a {kind}, and {operator} compares {other}",
                hint=f"a {kind} is compared with {' '.join(allowed)}, IN (...) or IS NULL",
            )
        return Clause(field, operator, _value(self._take(), name, field, operator))

    def _operator(self, name: Token, field: Field) -> str:
        """The comparison behind a field, in capitals and with single spaces."""
        first = self._take()
        if first.kind is Kind.SIGN:
            return first.value
        if first.kind is Kind.WORD and first.value in ("LIKE", "ILIKE", "IN"):
            return first.value
        if first.kind is Kind.WORD and first.value == "NOT":
            self._expect(Kind.WORD, "IN", f"write {shown(name.typed)} NOT IN (...)")
            return "NOT IN"
        if first.kind is Kind.WORD and first.value == "IS":
            middle = "NOT " if self._took(Kind.WORD, "NOT") else ""
            self._expect(Kind.WORD, "NULL", f"write {shown(name.typed)} IS NULL or IS NOT NULL")
            return f"IS {middle}NULL"
        raise failure(
            first.start,
            f"expected a comparison after {shown(name.typed)}, found {first}",
            hint=f"such as {_example(name, field, '=')}",
        )

    def _expect(self, kind: Kind, value: str, hint: str) -> None:
        if not self._took(kind, value):
            raise failure(self.token.start, f"expected {value}, found {self.token}", hint=hint)

    def _list(self, name: Token, field: Field, operator: str) -> tuple[str | float, ...]:
        """The values of IN; a comma may stand behind the last, as Python writes tuples of one."""
        hint = f"write {_example(name, field, operator)}"
        self._expect(Kind.MARK, "(", hint)
        values = [_value(self._take(), name, field, operator)]
        while self._took(Kind.MARK, ",") and self.token.typed != ")":
            values.append(_value(self._take(), name, field, operator))
        self._expect(Kind.MARK, ")", hint)
        return tuple(values)


def _value(token: Token, name: Token, field: Field, operator: str) -> str | float:
    """The operand that a token gives; an error where it is not of the field's type."""
    if field.is_number and token.kind is Kind.NUMBER:
        return float(token.value)
    if not field.is_number and token.kind is Kind.TEXT:
        return token.value
    expected = "a number" if field.is_number else "a text in quotes"
    message = f"expected {expected} for {shown(name.typed)}, found {token}"
    if token.kind is Kind.MARK and token.value == "(" and "IN" not in operator:
        hint = f"{operator} takes one value; write {_example(name, field, 'IN')} for several"
    elif token.kind is Kind.WORD and token.value == "NULL":
        hint = f"write {shown(name.typed)} IS NULL"
    elif field.is_number and token.kind is Kind.TEXT and is_number(token.value.strip()):
        hint = f"write {_example(name, field, operator, shown(token.value.strip()))}"
    elif field.is_time:
        hint = f"times are milliseconds since 1970, UTC: {_example(name, field, operator)}"
    elif not field.is_number and token.kind in (Kind.NUMBER, Kind.NAME):
        quoted = "'" + shown(token.typed.strip("`")).replace("'", "''") + "'"
        hint = f"write {_example(name, field, operator, quoted)}; a shell takes quotes away"
    else:
        hint = f"write {_example(name, field, operator)}"
    raise failure(token.start, message, hint=hint)


def _example(name: Token, field: Field, operator: str, value: str = "") -> str:
    """A clause that would do, with the field as it was typed."""
    if not value:
        number = "1700000000000" if field.is_time else "0.5"
        value = number if field.is_number else "'some text'"
    shape = f"({value})" if operator.endswith("IN") else value
    return f"{shown(name.typed)} {operator} {shape}"
