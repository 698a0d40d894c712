"""The page that puts any runs side by side: its frame, which `compare.js` fills from the hash."""

from collections.abc import Sequence

from reportgen.site.catalog import Entry
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import Frame, Link, experiment_link, page_frame, page_output
from reportgen.values import frozen

PATH = "compare/index.html"
_ROOT = "../"
_ABOUT = "Parameters, metrics, curves and artifacts of any runs, side by side"


@frozen
class CompareView:
    """All that the template of the page of comparisons sees."""

    frame: Frame
    experiments: tuple[Link, ...]  # those with runs


def compare_output(context: Context, shown: Sequence[Entry]) -> Output:
    """The page `compare/index.html`: the same whatever the runs are."""
    view = CompareView(
        page_frame(context, PATH, "Compare runs", about=_ABOUT),
        tuple(experiment_link(_ROOT, entry.mark) for entry in shown if entry.outlines),
    )
    return page_output(context, PATH, "compare.html", view)
