"""Pages that look for newer versions of themselves, where the author asked for it.

Each page and each data file of such a site tells its own stamp, a hash of what it would be without.
`data/stamps/` lists all these stamps, in parts, and `data/stamp.js`, written last, tells in a line
whether any of them changed. `refresh.js` looks there; it works from a folder as well.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from reportgen.digest import digest_of
from reportgen.site.context import Context
from reportgen.site.outputs import Output, Receipt

PLACE = Path(__file__).with_name("place.js")
_REFRESH = Path(__file__).with_name("refresh.js")
_SCRIPT = "data/refresh.js"
_PARTS = 64  # as in refresh.js
_HEAD = 400  # bytes from the start of a file, in which its stamp stands
_HAD = b"(reportgen.had??=new Map()).set("
_STAMPS = b"(reportgen.stamps??=new Map()).set("
_PAGE_STAMP = re.compile(rb'<html [^>]*data-stamp="([0-9a-f]+)"')
_DATA_STAMP = re.compile(re.escape(_HAD) + rb'"[^"]*","([0-9a-f]+)"')
_Stamps = dict[str, tuple[str, str]]  # path -> stamp, and the start of the sha-256 of the file


def is_page(path: str) -> bool:
    """Whether a path of the site is that of a page of ours, which stands at its own address."""
    return path.endswith(".html") and path != "404.html" and not _is_of_artifact(path)


def is_data(path: str) -> bool:
    """Whether a path of the site is that of data which scripts of pages load."""
    is_named = path == "data/site.js" or path.endswith(("/run.js", "/runs.js", "/files.js"))
    return is_named and not _is_of_artifact(path)


def _is_of_artifact(path: str) -> bool:
    top, _, rest = path.partition("/")
    return top == "runs" and rest.split("/")[1:2] in (["artifacts"], ["frames"])


def marked(path: str, data: bytes, every: int) -> bytes:
    """A file of a site whose pages look every so many ms for a newer version; 0 for never."""
    if not every or not (is_page(path) or is_data(path)):
        return data
    stamp = hashlib.sha256(data).hexdigest()[:12].encode()
    if is_data(path):
        return b'%b%b,"%b");\n%b' % (_HAD, json.dumps(path).encode(), stamp, data)
    root = "../" * path.count("/")
    tag = f'<script src="{root}{_SCRIPT}" defer></script>\n</head>'.encode()
    attributes = b'<html data-refresh="%d" data-stamp="%b" ' % (every, stamp)
    return data.replace(b"<html ", attributes, 1).replace(b"</head>", tag, 1)


def is_marked(data: bytes) -> bool:
    """Whether a data file tells its stamp."""
    return data.startswith(_HAD)


def script_outputs(context: Context) -> Iterator[Output]:
    """The script of such pages; none where they do not look."""
    if not context.refresh:
        return
    body = PLACE.read_bytes() + _REFRESH.read_bytes()
    yield Output.of(_SCRIPT, body)


def stamp_outputs(
    context: Context, root: Path, receipts: Mapping[str, Receipt]
) -> Iterator[Output]:
    """The stamps of the files of a site that stand there by now; none where no page looks."""
    if not context.refresh:
        return
    parts: dict[int, _Stamps] = {}
    known: dict[int, _Stamps] = {}
    for path, receipt in sorted(receipts.items()):
        if not is_page(path) and not is_data(path):
            continue
        part = sum(path.encode("utf-8", "surrogateescape")) % _PARTS
        if part not in known:
            known[part] = _read(root / _name(part))
        start = receipt.sha256[:4].hex()
        stamp, of = known[part].get(path, ("", ""))
        parts.setdefault(part, {})[path] = (stamp if of == start else _stamp_in(root / path), start)
    for part, stamps in parts.items():
        yield Output(_name(part), digest_of(stamps), partial(_told, str(part), stamps))
    digest = digest_of(parts)
    yield Output("data/stamp.js", digest, lambda: _told("", digest))


def _name(part: int) -> str:
    return f"data/stamps/{part}.js"


def _told(key: str, value: object) -> bytes:
    text = json.dumps(value, separators=(",", ":"))
    return b'%b"%b",%b);\n' % (_STAMPS, key.encode(), text.encode())


def _read(path: Path) -> _Stamps:
    """The stamps of a part as they were told last; nothing where it cannot be read."""
    try:
        text = path.read_bytes().partition(b",")[2]
        found = json.loads(text.removesuffix(b");\n"))
        return {str(name): (str(stamp), str(start)) for name, (stamp, start) in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _stamp_in(path: Path) -> str:
    """The stamp that a file tells; "" where it tells none."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    found = _PAGE_STAMP.search(head) or _DATA_STAMP.search(head)
    return found[1].decode() if found else ""
