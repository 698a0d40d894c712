"""The page that hosts show in place of one that is not there, at whatever address that is."""

from base64 import b64encode
from hashlib import sha256

from markupsafe import Markup

from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import Frame, page_output
from reportgen.values import frozen

PATH = "404.html"


@frozen
class NotFoundView:
    """All that the template of the 404 page sees: it is shown at any address, so it holds all."""

    frame: Frame
    home: str  # the address of the first page; "" where it is not known
    style: Markup
    style_hash: str  # by which the content security policy knows the style
    script: Markup  # finds the way where `home` is not known
    script_hash: str  # as of the style


def missing_output(context: Context) -> Output:
    """The page `404.html`."""
    frame = Frame("Page not found", context.title, "", is_listed=False)
    home = context.address("")
    view = NotFoundView(frame, home, _STYLE, _hash(_STYLE), _SCRIPT, _hash(_SCRIPT))
    return page_output(context, PATH, PATH, view)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


# It is served at any depth, where no relative link to a style sheet or script holds.
_STYLE = Markup(
    "body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto 0;padding:0 1.5rem;"
    "color:#1b1a18;background:#faf9f7}a{color:#2a5bd0}h1{font-size:1.6rem}"
    "@media(prefers-color-scheme:dark){body{color:#ececea;background:#101113}a{color:#8db2ff}}"
)

# Looks for a file that every site has, in the folders of the address, the innermost first: the
# one that has it is the site's. What is no image there, as a page that a host gives for
# everything, does not count. An image of another host the policy forbids.
_SCRIPT = Markup(
    """
(() => {
  "use strict";
  const folders = location.pathname.replace(/\\/+/g, "/").split("/").slice(0, -1);
  const run = /\\/runs\\/([\\w-]+)/.exec(location.pathname);
  const show = (root) => {
    for (const link of document.querySelectorAll("[data-to]")) link.href = root + link.dataset.to;
    if (run) document.querySelector("[data-find]").href += `=${run[1]}`;
    document.querySelector("[data-ways]").hidden = false;
    document.querySelector("[data-hint]").hidden = true;
  };
  const look = (depth) => {
    if (depth < 1) return;
    const root = `${folders.slice(0, depth).join("/")}/`;
    const icon = new Image();
    icon.onload = () => show(root);
    icon.onerror = () => look(depth - 1);
    icon.src = `${root}assets/icon.svg`;
  };
  look(folders.length);
})();
"""
)
