"""What the name of a key tells of its value: a secret, somebody's name, a machine."""

import re
from collections.abc import Iterator
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
    r"|amd64|arm64|aarch64|-?[\d.]+[kmg]?b?|leaf|root|none|null|nil|nan|true|false|default|any"
    r"|unknown|redacted.*|x+|\$.*|\{.*|\[\]|\W*)"
)
_NO_USERS = re.compile(
    r"(?i)(?:none|null|nil|nan|true|false|default|any|unknown|n/a|anonymous|-?[\d.]+|redacted.*|x+"
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
_BARE = re.compile(r"[^\s\"',;&<>(){}\[\]|\\]{1,1000}")
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
    words, last = _key(key)
    if last not in USER_KEYS and "_".join(words[-2:]) not in USER_KEYS:
        return False
    return _NO_USERS.fullmatch(value) is None


def is_host_key(key: str, value: str) -> bool:
    """Whether a value is the name of a machine by its key."""
    words, last = _key(key)
    if last not in HOST_KEYS and "_".join(words[-2:]) not in HOST_KEYS:
        return False
    return _NO_HOSTS.fullmatch(value) is None


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
                key = (before[0] if before else "") + text[at : after.end("rest")]
                hit = _assigned(text, key, after)
                if hit is not None:
                    yield hit
                    end = max(end, hit.end)
            at = lower.find(hint, end)


def _assigned(text: str, key: str, after: re.Match[str]) -> Hit | None:
    """The value that stands after a key, if it is private by that."""
    is_loose = after["blank"] is not None or after["listed"] is not None
    if is_loose and not key.startswith("--"):  # as options of a command are
        return None
    quote = after["quote"]
    found = _pattern(quote).match(text, after.end())
    if found is None or (quote is None and not _may_be_bare(text, key, found, after)):
        return None
    value, name = found[0], key.strip("-._")
    start, end = found.span()
    if is_secret(name, value, plain=not key.startswith("--")):
        rest = _MORE.match(text, end)
        return Hit(start, rest.end() if rest else end, "secret", start)
    if _is_name_like(value) and (quote or after["sign"].strip() in ("=", ":")):
        if is_user_key(name, value):
            return Hit(start, end, "user", start)
        if is_host_key(name, value):
            return Hit(start, end, "host", start)
    return None


def _pattern(quote: str | None) -> re.Pattern[str]:
    """How a value goes on that begins with a quote, or without one."""
    if quote is None:
        return _BARE
    return _ESCAPED if len(quote) > 1 else _QUOTED[quote]


def _may_be_bare(text: str, key: str, found: re.Match[str], after: re.Match[str]) -> bool:
    """Whether a value without quotes is one, and not a piece of a program."""
    value, follows = found[0], text[found.end() : found.end() + 1]
    if (follows and follows in "([{") or value.rstrip(".,") == key:
        return False
    if after["sign"].startswith(">"):
        return follows == "<"
    is_spaced = after["sign"].endswith(" ") and "=" in after["sign"]
    if is_spaced and re.fullmatch(r"[A-Za-z_][\w.]*", value):  # a = b, as programs have it
        return False
    return re.fullmatch(r"(?:self|args|config|cfg|os|settings)\..*", value) is None


def _is_name_like(value: str) -> bool:
    """Whether a value in a text may be a name: short, and no sentence or list."""
    return len(value) <= 120 and value.count(" ") <= 3 and "_id" not in value
