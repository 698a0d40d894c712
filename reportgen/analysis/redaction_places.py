"""Where people and machines are named in a text: home folders, email addresses, host names.

Every search begins at a fixed text and looks at a bounded stretch around it.
"""

import re
from collections.abc import Iterator

from reportgen.analysis.redaction_rules import NO_NAMES, SCHEMES_OF_USERS, words
from reportgen.values import frozen

_WINDOW = 200  # characters around what is found
_SEPARATOR = r"(?:/|\\/|\\{1,4}|%2[Ff]|%5[Cc])"
_ROOTS = ("home", "Users", "users")
_NAME = r"[A-Za-z0-9_.\u0080-\U0010ffff](?:[\w.@+$\u0080-\U0010ffff-]|%40){0,63}"
_HOME = re.compile(rf"{_SEPARATOR}(?:home|[Uu]sers){_SEPARATOR}({_NAME})")
# Windows allows blanks within the name of an account.
_WINDOWS_HOME = re.compile(r"\\{1,4}Users\\{1,4}([^\\/:*?\"<>|\r\n\t]{1,64})(?=\\)")
_HADOOP = re.compile(rf"/user/({_NAME})")
_HDFS = re.compile(r"hdfs:(?://[\w.:-]{0,100})?\Z")
_TILDE = re.compile(r"(?<![\w~/.])~([a-z_][a-z0-9_.-]{2,31})(?=/)")
_BEFORE = re.compile(r"(?:[\w.+-]|/|\\|%2[Ff])*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}):\Z")
_NO_HOMES = frozenset(("Shared", "Public", "Default", "All Users", "index.html", "redacted"))

_LOCAL = re.compile(r"[A-Za-z0-9._+\u0080-\U0010ffff-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}([A-Za-z]{2,24})(?![A-Za-z0-9])")
_AT = re.compile(r"@|%40|\\u0040|&#64;")
_INFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://(?:[^\s/@:]{0,100}:)?\Z")
_NO_TLDS = words(
    "png jpg jpeg gif svg csv tsv json py txt gz zip pkl pt pth html js css md yaml yml toml "
    "whl parquet npy npz log sh ipynb h5 onnx bin"
)
_NO_LOCALS = frozenset(("git", "hg", "svn"))  # of addresses of repositories: git@github.com

_INNER = re.compile(
    r"\.(?:internal|local|lan|corp|intra|intranet|localdomain|home\.arpa)(?![A-Za-z0-9_-]|\.[A-Za-z])"
)
_CLUSTERS = re.compile(
    r"(?<![\w-])(?:adb-\d{8,20}\.\d{1,4}\.azuredatabricks\.net|dbc-[0-9a-f]{4,12}-[0-9a-f]{2,8}"
    r"\.cloud\.databricks\.com|ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?:\.[a-z0-9.-]{1,60})?)"
)
_HOST_BEFORE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,120})\Z")
_CODE = re.compile(r"\(| import\b")
_IPS = (
    re.compile(r"10\.\d{1,3}\.\d{1,3}\.\d{1,3}"),
    re.compile(r"192\.168\.\d{1,3}\.\d{1,3}"),
    re.compile(r"172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3}"),
)
_VERSION = re.compile(r"(?i)nvidia|cuda|version|\blib[cn]|[=<>~!]=|\bv$|_$")
_STRETCH = 4000  # characters that own patterns see at once


@frozen
class Hit:
    """What is private in a text: characters `start` to `end`."""

    start: int
    end: int
    kind: str
    inner: int  # from here on it is masked where the length must stay
    instead: str = ""  # what stands there instead; "" for the mark of the kind


def homes(text: str, lower: str) -> Iterator[tuple[Hit, str]]:
    """Home folders, each with the name of the account; paths below them are not part of it.

    `lower` is the text in lower case. The folders are those of Linux (/home, on any mount), macOS
    and Databricks (/Users), Windows (C:\\Users), Hadoop (hdfs:/user) and ~name.
    """
    if "home" in lower or "users" in lower:
        for word in _ROOTS:
            at = text.find(word)
            while at >= 0:
                found = _home_at(text, at)
                if found is not None:
                    yield found
                at = text.find(word, at + len(word))
    if "hdfs:" in lower:
        for hit in _HADOOP.finditer(text):
            if _HDFS.search(text[max(0, hit.start() - _WINDOW) : hit.start()]):
                yield _home(hit.start(), hit, "/~")
    if "~" in text:
        for hit in _TILDE.finditer(text):
            yield _home(hit.start(), hit, "~")


def _home_at(text: str, at: int) -> tuple[Hit, str] | None:
    """The home folder whose `home` or `Users` stands there."""
    found = _folder_at(text, at)
    if found is None or found[1] in _NO_HOMES or not re.search(r"\w", found[1]):
        return None
    start = found.start()
    before = text[max(0, start - _WINDOW) : start]
    path = _BEFORE.search(before)
    prefix = path[0] if path else ""
    scheme = _SCHEME.search(before, 0, len(before) - len(prefix))
    if text[at] == "u" and (prefix or scheme):  # /users/x is a home at the root only
        return None
    if scheme and len(scheme[1]) > 1:
        return _home_in(scheme[1].lower(), prefix.lstrip("/"), found)
    if scheme:  # the letter of a drive
        return _home(start - len(prefix) - 2, found, "~")
    slash = re.search(r"/|\\|%2[Ff]", prefix)
    return _home(start - (len(prefix) - slash.start() if slash else 0), found, "~")


def _folder_at(text: str, at: int) -> re.Match[str] | None:
    """The match that begins with all of the separator before a word."""
    for start in range(at - 1, max(-1, at - 5), -1):
        found = _WINDOWS_HOME.match(text, start) or _HOME.match(text, start)
        if found and not (start and text[start - 1] == "\\" and text[start] in "\\/"):
            return found
    return None


def _home_in(scheme: str, authority: str, found: re.Match[str]) -> tuple[Hit, str] | None:
    """A home folder in an address: of a file it is all of the path, of others a part of it."""
    if scheme in ("http", "https"):
        return None
    if scheme in ("file", "dbfs") or not authority:
        return _home(found.start() - len(authority), found, "~")
    return _home(found.start(), found, "/~")


def _home(start: int, found: re.Match[str], instead: str) -> tuple[Hit, str]:
    name = re.split("@|%40", found[1])[0].rstrip(".")
    end = found.start(1) + len(found[1].rstrip(".") or found[1])  # a full stop may end a sentence
    return Hit(start, end, "home", found.start(1), instead), name


def emails(text: str) -> Iterator[Hit]:
    """Email addresses (RFC 5322, as they are mostly written), also with a quoted @."""
    if "@" not in text and "40" not in text and "&#64;" not in text:
        return
    end = 0
    for sign in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, end, sign.start() - 64) : sign.start()])
        domain = _DOMAIN.match(text, sign.end())
        if local is None or domain is None or local[0] in _NO_LOCALS:
            continue
        if domain[1].lower() in _NO_TLDS or text[domain.end() : domain.end() + 1] == "(":
            continue
        start = sign.start() - len(local[0])
        if text[start - 1 : start] == "\\" and local[0][0] in "nrt":  # an escaped line end
            start += 1
        before = text[max(0, start - 140) : start]
        info = _INFO.search(before) if before.endswith(("/", ":")) else None
        if info is not None:  # `https://name@host`: only the name; others name a container so
            if info[1].lower() in SCHEMES_OF_USERS and local[0] != "redacted":
                yield Hit(start, sign.start(), "user", start, "redacted")
        elif start < sign.start():
            end = domain.end()
            yield Hit(start, end, "email", start)


def hosts(text: str, lower: str) -> Iterator[Hit]:
    """Names of machines in networks that are not public, and addresses of those (RFC 1918)."""
    for found in _INNER.finditer(text):
        start = _start_of_host(text, found)
        if start is not None:
            yield Hit(start, found.end(), "host", start)
    if "databricks" in lower or "ip-" in lower:
        for found in _CLUSTERS.finditer(text):
            yield Hit(found.start(), found.end(), "host", found.start())
    for pattern in _IPS:
        for found in pattern.finditer(text):
            if _is_address(text, found):
                yield Hit(found.start(), found.end(), "host", found.start())


def _start_of_host(text: str, ending: re.Match[str]) -> int | None:
    """Where the name of a host begins that ends so; None for an attribute in a program."""
    name = _HOST_BEFORE.search(text[max(0, ending.start() - 120) : ending.start()])
    if name is None:
        return None
    start = ending.start() - len(name[0])
    before = text[max(0, start - 1) : start]
    if before == "\\" and name[0][0] in "nrt":  # an escaped line end
        start += 1
    label = text[start : ending.start()]
    is_code = _CODE.match(text, ending.end()) or label == "host.docker"
    is_host = (before in ("/", "@") and before) or re.search(r"[\d.-]", label)
    return start if label and is_host and not is_code and not label.endswith(".") else None


def _is_address(text: str, hit: re.Match[str]) -> bool:
    """Whether four numbers are an address, and no version of a library."""
    before, after = text[max(0, hit.start() - 40) : hit.start()], text[hit.end() : hit.end() + 2]
    if re.search(r"[\w.][.]?\Z", before) and not re.search(r"\\[nrt]\Z|%[0-9A-Fa-f]{2}\Z", before):
        return False
    if re.match(r"\d|\.\d|[A-Za-z_=]|-\d", after):
        return False
    if any(int(part) > 255 for part in hit[0].split(".")):
        return False
    line = before.rpartition("\n")[2]
    return not _VERSION.search(line) and not re.search(r"^\s*-\s+[\w.-]+=\Z", line)


def is_name(name: str) -> bool:
    """Whether the name of an account may be looked for in other texts: it says who somebody is."""
    return sum(map(str.isalpha, name)) >= 3 and name.lower() not in NO_NAMES


def own_hits(pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    """What a pattern of the config file fits: in whole lines, a stretch of them at a time."""
    at = 0
    while at < len(text):
        end = at + _STRETCH
        if end < len(text):
            end = text.rfind("\n", at, end) + 1 or end
        for found in pattern.finditer(text[at:end]):
            if found.end() > found.start():
                start = at + found.start()
                yield Hit(start, at + found.end(), "own", start)
        at = end
