"""Where readers find what is published, as far as it can be told from the remote's address."""

import re
from urllib.parse import quote

_PARTS = re.compile(
    r"(?:[\w+.-]+://)?(?:[^/@\s]+@)?(?P<host>[\w.-]+)(?::\d+(?=/))?[:/]+"
    r"(?P<owner>[^/\s]+)/(?P<name>[^/\s]+?)(?:\.git)?/*"
)
_GITHUB = ("github.com", "ssh.github.com")


def address_of(url: str, *, site: str = "", cname: str = "") -> str:
    """The address of a published site, with a "/" at its end; "" where it cannot be told.

    `site` is what the config says, `cname` the host that the branch says: they go first.
    """
    if site:
        return f"{site.rstrip('/')}/"
    if cname:
        return f"https://{cname}/"
    found = _PARTS.fullmatch(url)
    if found is None or found["host"].lower() not in _GITHUB:
        return ""
    owner, name = found["owner"].lower(), found["name"]
    if name.lower() == f"{owner}.github.io":
        return f"https://{owner}.github.io/"
    return f"https://{owner}.github.io/{quote(name)}/"
