"""What the name of a key tells of its value: a secret, somebody's name, a machine."""

import re
from collections.abc import Iterator
from enum import IntFlag
from functools import lru_cache

from reportgen.analysis.redaction_places import Hit
from reportgen.analysis.redaction_rules import (
    HARMLESS_ENDS,
    HINTS,
    HOST_KEYS,
    SURE,
    TOKEN_OF,
    USER_KEYS,
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TRIVIAL = re.compile(
    r"(?i)(?:|none|null|nil|nan|true|false|yes|no|on|off|undefined|default|required|optional.*|any"
    r"|str|string|bytes|int|float|bool|object|self|env|auto|unknown|n/a|-?\d{0,5}(?:\.\d*)?|\W*"
    r"|x+|[*•]+|<.*|\$.*|%.*%|\{.*|\[.*|redacted.*|secretstr.*|os\.environ.*|os\.getenv.*"
    r"|getpass.*|bearer|basic|digest)"
)
_PATH = re.compile(r"(?:~|\.{1,2})?[/\\]|[A-Za-z]:[/\\]|(?:file|s3|gs|https?)://")
_RANDOM = re.compile(r"(?=[^0-9]{0,60}[0-9])(?=[^A-Za-z]{0,60}[A-Za-z])[\w+/=.~:-]{16,}")
_NO_HOSTS = re.compile(
    r"(?i)(?:localhost|localhost\.localdomain|127\.0\.0\.\d+|0\.0\.0\.0|::1?|cpu|gpu|cuda\S*|x86_64"
    r"|str|string|bytes|int|bool|self|amd64|arm64|aarch64|-?[\d.]+[kmg]?b?|leaf|root|none|null|nil|nan|true|false|default|any"
    r"|unknown|redacted.*|x+|\$.*|\{.*|\[\]|\W*)"
)
_NO_USERS = re.compile(
    r"(?i)(?:none|null|nil|nan|true|false|default|any|unknown|n/a|anonymous|str|string|bytes|int|bool|self|-?[\d.]+|redacted.*|x+"
    r"|\$.*|\{.*|\[.*|<.*|\W*)"
)
_KEY_BEFORE = re.compile(r"[\w.-]{0,60}\Z")
_AFTER = re.compile(
    r"(?P<rest>[\w.-]{0,40})"
    r"(?P<sign>(?:\\?[\"']){0,2}(?:\s{0,8}(?:=>|:=|=|:)\s{0,4}|>|(?P<blank>[ \t]{1,4})"
    r"|(?P<listed>,\s{0,8})))"
    r"(?P<quote>\\?[\"'])?"
)
_QUOTED = {
    '"': re.compile(r'(?:[^"\\\r\n]|\\.){1,4000}'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\.){1,4000}"),
}
_ESCAPED = re.compile(r"[^\"'\\\r\n]{1,4000}")
_BARE = re.compile(r"[^\s\"',;&<>(){}\[\]|\\`]{1,1000}")
_PERSON = re.compile(
    r"[^\W\d_][\w.'-]{0,30}(?: [\w.'-]{1,30}){0,3}(?=[ \t]*(?:[\r\n\"]|\\[nr]|\Z))"
)
_VARIABLE = re.compile(r"[A-Za-z_][\w.]*")
_ATTRIBUTE = re.compile(r"_\w*|[A-Za-z_]+(?:\.[A-Za-z_]+)+|[:`-].*")  # of a program, or a sign
# Only what introduces a key stands before it on its line, or in its quotes or brackets.
_BEGINS = re.compile(r"(?:\A|[\r\n\"'{,]|\\[nr])[ \t>-]*(?:export |set )?\Z")
_ENDS = re.compile(r"[ \t]*(?:\Z|[\r\n\"'},#]|\\[nr])")
_MORE = re.compile(r"[\w+/=.-]*")  # of what is longer than that


@lru_cache(maxsize=20_000)
def _key(key: str) -> tuple[tuple[str, ...], str]:
    """The words of a key, in lower case, and its last part whole: `a.userName` has user_name."""
    last = re.split(r"[./\s]", key.strip(" ./-"))[-1]
    return tuple(map(str.lower, _WORDS.findall(key))), last.lower().replace("-", "_")


@lru_cache(maxsize=20_000)
def _secrecy(key: str) -> int:
    """2 for a key whose value is a secret, 1 for one whose value is where it looks random."""
    words, _ = _key(key)
    if not words or words[-1] in HARMLESS_ENDS:
        return 0
    joined = "".join(words)
    if any(sure in joined for sure in SURE) or words[-1] in ("pwd", "pw", "authorization"):
        return 2
    if "token" in words:
        place = words.index("token")
        of = words[place - 1] if place else ""
        return 2 if of in TOKEN_OF or words == ("token",) else 1
    return 1 if words[-1] in ("auth", "sig", "signature", "cookie", "jwt", "bearer") else 0


def is_secret(key: str, value: str, *, plain: bool = False) -> bool:
    """Whether a value is a secret by its key. With `plain`, in a text, where words are many."""
    level = _secrecy(key)
    if not level or _TRIVIAL.fullmatch(value) or _PATH.match(value):
        return False
    words, _ = _key(key)
    if level == 2 and not (plain and words == ("token",)):
        return True
    return _RANDOM.fullmatch(value.strip()) is not None


def is_user_key(key: str, value: str) -> bool:
    """Whether a value is somebody's name by its key."""
    return _is_among(key, USER_KEYS) and _NO_USERS.fullmatch(value) is None


def is_host_key(key: str, value: str) -> bool:
    """Whether a value is the name of a machine by its key."""
    return _is_among(key, HOST_KEYS) and _NO_HOSTS.fullmatch(value) is None


def _is_among(key: str, keys: frozenset[str]) -> bool:
    words, last = _key(key)
    return last in keys or "_".join(words[-2:]) in keys


def assignments(text: str, lower: str) -> Iterator[Hit]:
    """Values in a text whose keys tell that they are private: `password=...`, `"user": "..."`.

    `lower` is the text in lower case.
    """
    for hint in HINTS:
        at = lower.find(hint)
        while at >= 0:
            end = at + len(hint)
            after = _AFTER.match(text, end)
            if after is not None:
                before = _KEY_BEFORE.search(text[max(0, at - 60) : at])
                hit = _assigned(text, at - len(before[0]) if before else at, after)
                if hit is not None:
                    yield hit
                    end = max(end, hit.end)
            at = lower.find(hint, end)


def _assigned(text: str, start: int, after: re.Match[str]) -> Hit | None:
    """The value that stands after the key that starts there, if it is private by that."""
    key = text[start : after.end("rest")]
    is_option, name, quote = key.startswith("--"), key.strip("-._"), after["quote"]
    if (after["blank"] or after["listed"]) and not is_option:
        return None
    found = _pattern(quote).match(text, after.end())
    if found is None:
        return None
    fit = _Fit.ANY if quote or is_option else _fit_of(text, start, after, found)
    if fit & _Fit.SECRET and is_secret(name, found[0], plain=not is_option):
        rest = _MORE.match(text, found.end())
        end = rest.end() if rest else found.end()
        return Hit(found.start(), end, "secret", found.start())
    if not fit & _Fit.NAME:
        return None
    if is_user_key(name, found[0]):
        is_person = not quote and ":" in after["sign"]
        person = _PERSON.match(text, found.start()) if is_person else None
        whole = person or found
        return _named(whole, "user")
    return _named(found, "host") if is_host_key(name, found[0]) else None


def _named(found: re.Match[str], kind: str) -> Hit | None:
    """A value that may be a name: short, and no sentence."""
    value = found[0].rstrip()
    if len(value) > 120 or value.count(" ") > 3:
        return None
    return Hit(found.start(), found.start() + len(value), kind, found.start())


def _pattern(quote: str | None) -> re.Pattern[str]:
    """How a value goes on that begins with a quote, or without one."""
    if quote is None:
        return _BARE
    return _ESCAPED if len(quote) > 1 else _QUOTED[quote]


class _Fit(IntFlag):
    """What a value without quotes may be."""

    NONE = 0  # a piece of a program or of a sentence
    SECRET = 1
    NAME = 2
    ANY = 3


def _fit_of(text: str, start: int, after: re.Match[str], found: re.Match[str]) -> _Fit:
    """What a value without quotes may be, by what stands around it."""
    value, sign = found[0], after["sign"]
    follows = text[found.end() : found.end() + 1]
    is_assigned = "=" in sign and sign != "=" and _VARIABLE.fullmatch(value)  # a = b
    is_itself = value.rstrip(".,") == text[start : after.end("rest")]
    if is_assigned or is_itself or _is_code(value, follows):
        return _Fit.NONE
    if sign.startswith(">"):
        return _Fit.SECRET if follows == "<" else _Fit.NONE
    if sign == "=":
        return _fit_of_argument(value, follows)
    fit = _Fit.SECRET if re.search(r"\d", value) else _Fit.NONE
    if _BEGINS.search(text[max(0, start - 24) : start]):
        if _ENDS.match(text, found.end()):
            return _Fit.ANY
        if _PERSON.match(text, found.start()):
            return fit | _Fit.NAME
    return fit


def _fit_of_argument(value: str, follows: str) -> _Fit:
    """What a value after `=` may be: in the brackets of a call, that is mostly a variable."""
    if follows not in (",", ")") or re.search(r"\d", value):
        return _Fit.ANY
    return _Fit.NONE if "_" in value else _Fit.SECRET


def _is_code(value: str, follows: str) -> bool:
    """Whether what stands there is a piece of a program: a call, an attribute, a string's mark."""
    return follows in ("(", "[", "{") or len(value) < 3 or _ATTRIBUTE.fullmatch(value) is not None
