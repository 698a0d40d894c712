"""What must not go public, found in texts and taken out of them.

Values of a record get a mark in words, `redacted (user)`. Bytes of a file are masked: as many
letters stand there as before, so that sizes, columns and offsets stay right.

Idempotent: what was redacted is not redacted again. Numbers, commits, ids and digests stay: a
random-looking text is a secret only where its form or the name of its key says so.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TypeAlias

from reportgen.analysis.redaction_config import KINDS, MARK, Privacy, mark_of
from reportgen.analysis.redaction_keys import assignments, is_host_key, is_secret, is_user_key
from reportgen.analysis.redaction_places import Hit, emails, homes, hosts, is_name, own_hits
from reportgen.analysis.redaction_rules import SCHEMES_OF_USERS, TOKENS, USER_INFO
from reportgen.digest import Digest, digest_of

Kinds: TypeAlias = frozenset[str]

_NONE: Kinds = frozenset()
_ORDER = {kind: place for place, kind in enumerate(("secret", "own", "home", "email", "host"))}
_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_PIECES = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")
_INSIDE = re.compile(r"[A-Za-z0-9]")
_ESCAPED = re.compile(r"(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-f]{4})\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}\Z")
_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = "-----END"
# So short, or a number, it can hold a name or what an own pattern fits, and nothing else.
_QUIET = re.compile(r"[\w+ -]{0,15}|[-+]?\d{0,20}\.?\d{1,20}(?:[eE][-+]?\d{1,4})?")
_LOOP = 16  # names that are looked for one by one
_PASSES = 4
_SHORT = 200  # characters
_REMEMBERED = 50_000  # short values
_MOST_OTHERS = 64  # redactors that know more names, kept at a time


class Redactor:
    """Finds what is private in texts, given the names of accounts that are known."""

    def __init__(self, privacy: Privacy, names: Collection[str] = ()) -> None:
        self._privacy = privacy
        self._kinds = frozenset(KINDS) - frozenset(privacy.keep)
        self._own = [re.compile(pattern, re.MULTILINE) for pattern in privacy.patterns]
        known = sorted({name.lower() for name in names if is_name(name)})
        self.names = tuple(known) if "user" in self._kinds else ()
        self._by_piece: dict[str, list[str]] = {}
        for name in self.names:
            for form in _forms(name):
                self._by_piece.setdefault(_PIECES.findall(form)[0], []).append(form)
        self._loop = [form for forms in self._by_piece.values() for form in forms]
        self._known: dict[tuple[str | None, str], tuple[str, Kinds]] = {}
        self._others: dict[Kinds, Redactor] = {}  # by the names that they know beside
        self.digest: Digest = digest_of(privacy, self.names)

    def with_names(self, names: Collection[str]) -> "Redactor":
        """One that knows more names; itself where they are none."""
        known = frozenset(name.lower() for name in names if is_name(name))
        more = known.difference(self.names)
        if not more or "user" not in self._kinds:
            return self
        if more not in self._others:
            if len(self._others) >= _MOST_OTHERS:  # each run may tell another name
                self._others.clear()
            self._others[more] = Redactor(self._privacy, more.union(self.names))
        return self._others[more]

    def value(self, key: str, text: str) -> tuple[str, Kinds]:
        """The value of a parameter or tag, redacted; and what was found in it."""
        known = self._known.get((key, text))
        return known or self._remember(key, text, self._value(key, text))

    def _remember(self, key: str | None, text: str, taken: tuple[str, Kinds]) -> tuple[str, Kinds]:
        if len(text) <= _SHORT:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key, text] = taken
        return taken

    def _value(self, key: str, text: str) -> tuple[str, Kinds]:
        if not text or any(fnmatchcase(key, pattern) for pattern in self._privacy.allow):
            return text, _NONE
        kind = self._kind_of(key, text)
        return (mark_of(kind), frozenset((kind,))) if kind else self.text(text)

    def _kind_of(self, key: str, text: str) -> str:
        """What a value is by its key; "" where that does not tell."""
        if text.startswith(MARK):
            return ""
        if is_secret(key, text):
            return "secret"
        if "user" in self._kinds and is_user_key(key, text):
            return "user"
        if "host" in self._kinds and is_host_key(key, text):
            return "host"
        return ""

    def text(self, text: str) -> tuple[str, Kinds]:
        """A text with marks for what is private in it; and the kinds of that."""
        known = self._known.get((None, text))
        return known or self._remember(None, text, self._text(text))

    def _text(self, text: str) -> tuple[str, Kinds]:
        return self._taken(text, lambda _, hit: (hit.start, hit.instead or mark_of(hit.kind)))

    def _taken(self, text: str, taking: Callable[[str, Hit], tuple[int, str]]) -> tuple[str, Kinds]:
        """A text without what is private; `taking` tells from where on, and what stands there.

        What stands beside a mark may look otherwise than before, and is looked at again.
        """
        kinds = _NONE
        for _ in range(_PASSES):
            hits = self._hits(text)
            parts: list[str] = []
            at = 0
            for hit in hits:
                start, instead = taking(text, hit)
                parts += text[at : max(at, start)], instead
                at = hit.end
            taken = "".join((*parts, text[at:])) if hits else text
            kinds |= {hit.kind for hit in hits}
            if taken == text:
                break
            text = taken
        return text, kinds

    def mask(self, body: bytes) -> tuple[bytes, Kinds]:
        """Bytes of a text in UTF-8, or any other that extends ASCII, masked; and the kinds.

        Texts in UTF-16 are masked as well. The length stays.
        """
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return self._mask_wide(body)
        text = body.decode("latin-1")
        masked, kinds = self._masked(text)
        return (body, kinds) if masked is text else (masked.encode("latin-1"), kinds)

    def _mask_wide(self, body: bytes) -> tuple[bytes, Kinds]:
        code = "utf-16-le" if body[:1] == b"\xff" else "utf-16-be"
        whole = len(body) & ~1  # a byte too many at the end, as of a part of a file, stays
        text = body[:whole].decode(code, "surrogatepass")
        masked, kinds = self._masked(text)
        if masked is text:
            return body, kinds
        return masked.encode(code, "surrogatepass") + body[whole:], kinds

    def _masked(self, text: str) -> tuple[str, Kinds]:
        return self._taken(
            text, lambda seen, hit: (hit.inner, _mask(seen[hit.inner : hit.end], hit.kind))
        )

    def found_names(self, text: str) -> set[str]:
        """The names of accounts that a text's home folders tell."""
        lower = _lowered(text)
        return {name for _, name in homes(text, lower) if is_name(name)}

    def _hits(self, text: str) -> list[Hit]:
        """What is private, in order, each part once."""
        lower = _lowered(text)
        every = self._said(text, lower)
        if not _QUIET.fullmatch(text):
            every = (*self._all_hits(text, lower), *every)
        found = [hit for hit in every if hit.kind in self._kinds]
        if not found:
            return []
        found = [hit for hit in found if not _is_marked(text, hit)]
        found.sort(key=lambda hit: (hit.start, -hit.end))
        merged: list[Hit] = []
        for hit in found:
            if merged and hit.start < merged[-1].end:
                merged[-1] = _united(merged[-1], hit)
            else:
                merged.append(hit)
        return merged

    def _all_hits(self, text: str, lower: str) -> Iterator[Hit]:
        yield from _secrets(text, lower)
        yield from assignments(text, lower)
        yield from (hit for hit, _ in homes(text, lower))
        yield from emails(text)
        yield from hosts(text, lower)

    def _said(self, text: str, lower: str) -> Iterable[Hit]:
        """What is known to be private beforehand: names, and what own patterns fit."""
        if not self.names and not self._own:
            return ()
        return tuple(self._known_hits(text, lower))

    def _known_hits(self, text: str, lower: str) -> Iterator[Hit]:
        if self.names:
            yield from self._named(text, lower)
        for pattern in self._own:
            yield from own_hits(pattern, text)

    def _named(self, text: str, lower: str) -> Iterator[Hit]:
        if len(self._loop) <= _LOOP:
            there = [name for name in self._loop if name in lower]
        else:
            pieces = self._by_piece.keys() & set(_PIECES.findall(lower))
            there = [name for piece in pieces for name in self._by_piece[piece]]
        for name in there:
            at = lower.find(name)
            while at >= 0:
                end = at + len(name)
                if not _INSIDE.match(lower, end) and _begins(text, at):
                    yield Hit(at, end, "user", at)
                at = lower.find(name, end)


def _begins(text: str, at: int) -> bool:
    """Whether a word may begin there: not within another one."""
    if not at or not _INSIDE.match(text, at - 1):
        return True
    return _ESCAPED.search(text[max(0, at - 6) : at]) is not None


def _forms(name: str) -> set[str]:
    """A name in lower case as texts spell it: also as bytes of UTF-8, and quoted for JSON."""
    if name.isascii():
        return {name}
    wide = name.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00")
    return {name, name.encode().decode("latin-1").translate(_UPPER), wide}


def _lowered(text: str) -> str:
    """The text with small letters for those of ASCII: as long as the text itself."""
    if text.isascii():
        return text.lower()
    return text.translate(_UPPER)


def _secrets(text: str, lower: str) -> Iterator[Hit]:
    for rule in TOKENS:
        for needle in rule.needles:
            at = text.find(needle)
            while at >= 0:
                hit = rule.pattern.match(text, at)
                end = at + len(needle)
                if hit is not None:
                    group = 1 if hit.re.groups else 0
                    end = hit.end(group)
                    yield Hit(hit.start(group), end, "secret", hit.start(group))
                at = text.find(needle, end)
    if "://" in text:
        for hit in USER_INFO.finditer(text):
            scheme = _SCHEME.search(text[max(0, hit.start() - 30) : hit.start()])
            if scheme and scheme[0].lower() in SCHEMES_OF_USERS:
                yield Hit(hit.start(1), hit.end(1), "secret", hit.start(1), "redacted")
    if "private key" in lower:
        yield from _private_keys(text)


def _private_keys(text: str) -> Iterator[Hit]:
    """Keys in PEM, from their first line to the last; to the end of the text where that is cut."""
    found = _KEY.search(text)
    while found is not None:
        end = text.find(_KEY_END, found.end())
        end = len(text) if end < 0 else end
        if text[found.end() : end].strip().startswith(MARK.strip(" (")):
            end = found.end()
        else:
            yield Hit(found.end(), end, "secret", found.end())
        found = _KEY.search(text, end)


def _is_marked(text: str, hit: Hit) -> bool:
    """Whether what was found is a mark, or a part of one."""
    at = text.rfind(MARK, max(0, hit.start - 16), hit.end + len(MARK))
    if at < 0:
        return False
    end = text.find(")", at) + 1
    return at <= hit.start and hit.start < max(end, at + len(MARK))


def _united(a: Hit, b: Hit) -> Hit:
    """Two hits that overlap as one, of the graver kind."""
    first = a if _ORDER.get(a.kind, 9) <= _ORDER.get(b.kind, 9) else b
    instead = first.instead if (first.start, first.end) == (a.start, max(a.end, b.end)) else ""
    return Hit(a.start, max(a.end, b.end), first.kind, min(a.inner, b.inner), instead)


def _mask(text: str, kind: str) -> str:
    """As many letters as the text has; line ends stay."""
    if "\n" in text or "\r" in text:
        return "".join(c if c in "\r\n" else "x" for c in text)
    word = f"redacted-{kind}-"
    if len(text) < len(word):
        return "x" * len(text)
    return word + "x" * (len(text) - len(word))
