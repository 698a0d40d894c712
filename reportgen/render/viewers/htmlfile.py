"""HTML artifacts: framed on the run's page, or opened with their scripts in a sandbox.

The sandbox is a page of ours that holds nothing but a frame without an origin. The policy of that
page holds for what is framed too. Checked in Chromium (tests/browser/test_sandbox.py): scripts
run, and reach neither the page around them nor storage, send no request, and open no other
address, window, dialog or download.

Two gaps are known, which no policy closes: WebRTC, and the bare connection that Chromium opens to a
host before it refuses to go there. By them a script could tell that somebody opened it; it has
nothing else to tell, since it sees only its own file.
"""

import re

from markupsafe import Markup, escape

from reportgen.render.viewers.base import Shown, Source, Unfit, card
from reportgen.render.viewers.frames import HTML_ENDINGS, frame_href

_LOOKED_AT = 256 << 10  # bytes

# What is within the file may run, from whatever part of it; nothing comes from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; "
    "media-src data: blob:; connect-src data: blob:; worker-src blob:; "
    "frame-src 'none'; object-src 'none'; form-action 'none'"
)
# Else `#part` would mean a part of the page around it, and a click there would leave the artifact.
_BASE = '<base href="about:srcdoc">'
_STYLE = "html{color-scheme:light}iframe{position:fixed;inset:0;width:100%;height:100%;border:0}"

_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_-]{2,20})", re.I)
_ENCODINGS = re.compile(
    "utf-?8|iso-?8859-?1?[0-9]|latin-?1|windows-?125[0-8]|cp125[0-8]|shift_?jis|euc-?(?:jp|kr)"
    "|gb(?:k|2312|18030)|big5|koi8-[ru]",
    re.I,
)
_SCRIPTS = re.compile(r"<script|\son[a-z]{2,20}\s{0,5}=|javascript:", re.I)
# What a browser would ask for beyond the file, and be refused.
_ASKS = re.compile(
    r"\s(?:src|srcset|poster|background|data|xlink:href)\s{0,5}=\s{0,5}[\"']?\s{0,5}(?!data:|#|[\"'])"
    r"|<(?:link|base|i?frame|object|embed)\s|@import|\burl\(\s{0,5}[\"']?(?!data:|#|[\"'])"
    r"|\shttp-equiv\s{0,5}=\s{0,5}[\"']?(?!content-type|[\"'])",
    re.I,
)


def show(source: Source) -> Shown | None:
    """A page without scripts in a frame; for one with scripts, a link to where they run.

    What a frame does not let a page do, browsers report as errors of the page around it. So only
    those are framed that ask for nothing. Raises Unfit where the page was not copied.
    """
    if source.ending not in HTML_ENDINGS:
        return None
    frame = frame_href(source.path, source.size, source.href)
    if not frame:
        raise Unfit("a page, not copied: its source")
    body, whole = source.head(_LOOKED_AT)
    text = _decoded(body)
    scripts, asks = _SCRIPTS.search(text), _ASKS.search(text)
    act = "open with its scripts, sandboxed" if scripts else "open alone, sandboxed"
    if scripts or asks or not whole:
        lines = (
            "a page with scripts: they run only where it is opened" if scripts else "a page",
            "other files that it asks for are not loaded" if asks else "",
        )
        return Shown(card(source.name, tuple(filter(None, lines)), frame, act), "page")
    html = Markup(
        '<div class="v-page"><iframe sandbox loading="lazy" src="{}" title="{}"></iframe></div>'
        '<p class="v-more"><a href="{}">{}</a></p>'
    )
    return Shown(html.format(frame, source.name, frame, act), "page")


def sandbox_page(title: str, body: bytes) -> bytes:
    """A page that shows an HTML artifact, and lets its scripts run where they can do no harm.

    The artifact stands in an attribute, escaped: no byte of it is part of the page itself.
    """
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f'<body><iframe sandbox="allow-scripts" title="{escape(title)}"'
        f' srcdoc="{escape(_BASE + _decoded(body))}"></iframe></body></html>\n'
    )
    return page.encode("utf-8", "replace")


def _decoded(body: bytes) -> str:
    """HTML as text: by its mark, by what it says of itself, else UTF-8."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(encoding, "replace")
    said = _CHARSET.search(body[:2048])
    name = said[1].decode() if said else "utf-8"
    if not _ENCODINGS.fullmatch(name) or name.lower() in {"utf-8", "utf8"}:
        name = "utf-8-sig"
    try:
        return body.decode(name, "replace")
    except LookupError:  # a number that no encoding has
        return body.decode("utf-8-sig", "replace")
