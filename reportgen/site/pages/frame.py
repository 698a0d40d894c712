"""What every page has: its title, the way back, and where the site's root is from it."""

from reportgen.digest import digest_of
from reportgen.render.env import render
from reportgen.render.filters import url_path
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.context import Context
from reportgen.site.outputs import Output
from reportgen.values import frozen

_SHORT_ID = 8


@frozen
class Link:
    """A link; `href` is relative to the page, "" for plain text."""

    text: str
    href: str
    small: str = ""  # what tells it from another of the same text
    colour: int = 0  # of a run; 0 where it has none


@frozen
class Frame:
    """The part of a page around its content."""

    title: str
    site_title: str
    root: str  # from the page to the site's root: "", "../", "../../"
    crumbs: tuple[Link, ...] = ()
    about: str = ""  # a line for search engines and previews
    card: str = ""  # the whole address of the picture that previews show; "" where none is known
    as_of: int | None = None  # the newest time in the data of the page
    address: str = ""  # the whole address of the page; "" where it is not known
    is_listed: bool = True  # whether search engines may list it
    card_alt: str = ""  # the card in words


@frozen
class Card:
    """The picture that previews of a page show."""

    path: str  # in the site; "" where there is none
    alt: str


NO_CARD = Card("", "")


def page_frame(
    context: Context,
    path: str,
    title: str,
    *,
    crumbs: tuple[Link, ...] = (),
    about: str = "",
    as_of: int | None = None,
    card: Card = NO_CARD,
) -> Frame:
    """The frame of the page at a path of the site; that of the index is ""."""
    return Frame(
        title,
        context.title,
        "../" * path.count("/"),
        crumbs,
        about,
        context.address(card.path) if card.path else "",
        as_of,
        context.address(path),
        context.is_listed,
        card.alt,
    )


def page_output(context: Context, path: str, template: str, view: object) -> Output:
    """A page that depends on its view alone."""
    digest = digest_of(context.digest, template, view)
    return Output(path, digest, lambda: render(context.theme, template, view))


def experiment_link(root: str, mark: Shelfmark, *, plain: bool = False) -> Link:
    """The link to an experiment: its name, and in small its id and, among several, its store.

    `plain` leaves out the small print, where the name says it all.
    """
    href = f"{root}experiments/{mark.slug}/index.html"
    if plain:
        return Link(mark.name, href)
    small = f"{mark.label} · id {mark.id}" if mark.label else f"id {mark.id}"
    return Link(mark.name, href, small)


def run_href(root: str, link: RunLink) -> str:
    """The address of a run's page."""
    return f"{root}runs/{url_path(link.page)}/index.html"


def run_link(root: str, link: RunLink, small: str = "") -> Link:
    """The link to a run, in its colour."""
    return Link(link.title, run_href(root, link), small, link.colour)


def run_link_with_id(root: str, link: RunLink, run_id: str) -> Link:
    """The link to a run, and in small the start of its id; not twice where it has no name."""
    start = run_id[:_SHORT_ID]
    return run_link(root, link, "" if link.title == start else start)
