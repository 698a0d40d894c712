"""Pages at the addresses of what is gone: a run's tombstone, the way to a renamed experiment."""

from collections.abc import Iterator

from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import Frame, Link, page_frame, page_output
from reportgen.site.permanent import Permanent
from reportgen.site.previous import PastRun
from reportgen.values import frozen

_ROOT = "../../"


@frozen
class GoneView:
    """All that the template of a page for what is gone sees."""

    frame: Frame
    kind: str  # "run" or "experiment"
    name: str
    experiment: str  # of a run: the name of its experiment
    link: Link | None  # to that, where it is still there
    last: int | None  # of a run: the newest entry that was known of it


@frozen
class MovedView:
    """All that the template of the page of an experiment with another name sees."""

    frame: Frame
    name: str  # as it was
    link: Link  # to where it is now


def gone_outputs(context: Context, permanent: Permanent) -> Iterator[Output]:
    """The pages of runs and experiments that the site before had and this one has not."""
    for page, run in permanent.gone.items():
        yield page_output(context, f"runs/{page}/index.html", "gone.html", _gone_run(context, run))
    for slug, heir in permanent.moved.items():
        path, name = f"experiments/{slug}/index.html", permanent.former[slug]
        if heir:
            link = Link(permanent.experiments[heir].name, _href(heir))
            # Of the heir: what is known of the old address goes over to the new one.
            frame = page_frame(context, f"experiments/{heir}/index.html", name)
            yield page_output(context, path, "moved.html", MovedView(frame, name, link))
        else:
            frame = Frame(name, context.title, _ROOT, is_listed=False)
            view = GoneView(frame, "experiment", name, "", None, None)
            yield page_output(context, path, "gone.html", view)


def _gone_run(context: Context, run: PastRun) -> GoneView:
    link = Link(run.experiment, _href(run.slug)) if run.slug else None
    crumbs = (link,) if link else ()
    frame = Frame(run.title, context.title, _ROOT, crumbs, is_listed=False)
    return GoneView(frame, "run", run.title, run.experiment, link, run.last)


def _href(slug: str) -> str:
    return f"{_ROOT}experiments/{slug}/index.html"
