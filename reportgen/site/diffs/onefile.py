"""A diff as one HTML file that needs no other: it opens by double click, and can be sent.

The pages of a site forbid styles that stand in them. This file has its styles in it; its policy
names their hash, and so allows these and no others. Nothing else may be loaded but what stands in
the file. It has no scripts.
"""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from markupsafe import Markup

from reportgen.analysis.diff_summary import summary_of
from reportgen.errors import AccessError
from reportgen.model import Artifact
from reportgen.render.env import render
from reportgen.render.theme import Theme
from reportgen.render.viewers.image import is_bitmap
from reportgen.site.diffs.compare import Compared
from reportgen.site.diffs.sides import Side
from reportgen.site.pages.difffiles import Shown
from reportgen.site.pages.diffview import DiffPlace, diff_view
from reportgen.site.pages.frame import Frame, Link

_STYLES = ("report.css", "charts.css", "diffparts.css", "diff.css")
_MOST_IMAGE = 1 << 20  # bytes of an image that stands in the file
_KINDS = {"jpg": "jpeg", "jfif": "jpeg"}


def as_html(found: Compared, theme: Theme, title: str) -> bytes:
    """A diff as one HTML file, in a theme."""
    diff = found.diff
    summary = summary_of(diff)
    frame = Frame(
        f"{diff.a.title} → {diff.b.title}",
        title,
        "",
        about=summary.text,
        as_of=max(run.end_time or run.start_time or 0 for run in (diff.a, diff.b)) or None,
    )
    links = Link(diff.a.title, "", "", 1), Link(diff.b.title, "", "", 2)
    place = DiffPlace(
        frame=frame,
        links=links,
        statuses=(diff.a.status.name, diff.b.status.name),
        pages=("", ""),
        about="",
        experiments=found.experiments,
        shown=(_shown(found.sides[0]), _shown(found.sides[1])),
    )
    styles = _styles(theme)
    view = replace(diff_view(diff, summary, place), policy=_policy(styles), styles=Markup(styles))  # noqa: S704
    return render(theme, "difffile.html", view)


def _styles(theme: Theme) -> str:
    """The style sheets, in one; what would end the element they stand in is taken out."""
    files = theme.static_files()
    texts = (files[name].read_text("utf-8") for name in _STYLES if name in files)
    return "\n".join(texts).replace("\r\n", "\n").replace("</", "<\\/")


def _policy(styles: str) -> str:
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )


def _shown(side: Side) -> Shown:
    def source(artifact: Artifact) -> str:
        """An image as an address that holds it; "" where it is none, or too large."""
        if not is_bitmap(artifact.path) or artifact.size > _MOST_IMAGE:
            return ""
        try:
            body = side.head(artifact, _MOST_IMAGE)
        except AccessError:
            return ""
        ending = artifact.path.rpartition(".")[2].lower()
        return f"data:image/{_KINDS.get(ending, ending)};base64,{b64encode(body).decode()}"

    return Shown(side, lambda _: "", source)
