"""Publishing from the first look at the branch to the push, as often as others come between."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import field, replace
from pathlib import Path
from typing import TypeVar

from reportgen.config import Options
from reportgen.errors import PublishError, SiteError
from reportgen.publish.address import address_of
from reportgen.publish.marks import ABOUT, LIST, About, about_bytes, list_bytes
from reportgen.publish.parcel import Limits, Parcel, check_total, pack, sizes_of
from reportgen.publish.plan import (
    CNAME,
    NO_JEKYLL,
    PLAIN,
    Change,
    compared,
    placed,
    refuse_foreign,
    without,
)
from reportgen.publish.previews import Preview, chosen, preview_folder, previews_of, refuse_clash
from reportgen.publish.scratch import Item, Scratch, open_scratch
from reportgen.publish.state import BranchSite, State, look_at_branch, owned_by
from reportgen.publish.target import Target, user_agent
from reportgen.publish.words import Overtaken
from reportgen.render.filters import size
from reportgen.site.previous import Previous, read_previous
from reportgen.site.project import Progress, Report, build_site
from reportgen.spelling import plural
from reportgen.values import frozen

_TRIES = 5
_PAUSE = 0.5  # seconds before the second try, then twice as long each time
_T = TypeVar("_T")


@frozen
class Wish:
    """What is to be published, and how."""

    target: Target
    options: Options  # of the build; its output is the folder that is published
    now: int  # seconds since the epoch
    preview: str = ""  # its name; "" for the site itself
    cname: str | None = None  # the host of the site; "" for none, None for as the branch says
    keep_history: bool | None = None  # a commit for each publish; None for as the branch is
    dry_run: bool = False


@frozen
class Tell:
    """Whom a publish tells how far it is."""

    say: Callable[[str], None]
    built: Callable[[Report], None] = lambda _: None
    progress: Progress | None = None
    sent: Callable[[int], None] | None = None  # percent of what is to be sent


@frozen
class Published:
    """The end of a publish."""

    report: Report
    change: Change = field(default_factory=Change)
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes by path
    beside: int = 0  # bytes of other sites on the branch
    address: str = ""  # "" where it cannot be told
    is_sent: bool = False  # the branch has a new commit
    is_first: bool = False  # there was no such branch
    is_held: bool = False  # nothing was compared or sent: the build found something, and is strict


def publish(wish: Wish, tell: Tell) -> Published:
    """Build a site and put it on a branch, beside all that others have there.

    Raises ReportgenError where it cannot be built or sent; nothing is half-published then.
    """
    where = wish.target.place
    tell.say(f"looking at {where}{_at(wish.target)}")
    return _persistently(wish.target, tell.say, lambda scratch: _publish(scratch, wish, tell))


def told(wish: Wish, done: Published) -> str:
    """What came of a publish, in a line."""
    if done.is_held:
        return "not published: the build found something, and it was to be strict"
    place = f"preview {wish.preview} on {wish.target.place}" if wish.preview else wish.target.place
    whole = f"{plural(len(done.sizes), 'file')}, {size(sum(done.sizes.values()))}"
    if wish.dry_run:
        return f"{place}: {whole} ({done.change}); nothing was sent (--dry-run)"
    if done.is_sent:
        return f"published {place}: {whole} ({done.change})"
    return f"nothing changed: {place} holds this site already, {whole}"


def previews(target: Target, url: str) -> tuple[list[Preview], str]:
    """The previews on a branch, the newest first, and the address of its site.

    `url` is the address that the config says, or "".
    """
    with open_scratch(target) as scratch:
        state = look_at_branch(scratch)
        return previews_of(state.sites), address_of(target.url, site=url, cname=state.cname)


def prune(
    wish: Wish, names: Sequence[str], before: int | None, tell: Tell
) -> tuple[list[Preview], list[str]]:
    """Remove previews by name, or by age: those before a time, in seconds since the epoch.

    Gives those removed, and names that no preview has. Raises PublishError.
    """
    return _persistently(
        wish.target, tell.say, lambda scratch: _prune(scratch, wish, names, before, tell)
    )


def _persistently(target: Target, say: Callable[[str], None], work: Callable[[Scratch], _T]) -> _T:
    """Do the work; again where somebody else has pushed meanwhile, with what they pushed."""
    with open_scratch(target) as scratch:
        for number in range(_TRIES):
            try:
                return work(scratch)
            except Overtaken:
                say(f"somebody else has pushed to {target.place} meanwhile; looking again")
                time.sleep(_PAUSE * 2**number * random.uniform(0.5, 1))  # noqa: S311
    raise PublishError(
        f"somebody else pushed to {target.place} each time that we were about to",
        hint="publish again when they are done",
    )


def _at(target: Target) -> str:
    return "" if target.name == target.shown else f" ({target.shown})"


def _publish(scratch: Scratch, wish: Wish, tell: Tell) -> Published:
    folder = preview_folder(wish.preview) if wish.preview else ""
    state = look_at_branch(scratch)
    refuse_foreign(wish.target, state.branch, is_ours=bool(state.sites))
    if folder:
        refuse_clash(wish.preview, folder, state.sites)
    previous = _previous(scratch, wish, state, tell)
    report = build_site(wish.options, tell.progress, previous)
    tell.built(report)
    if report.status and wish.options.strict:
        return Published(report, is_held=True)
    limits = Limits(wish.options.publish_max_size)
    sizes = sizes_of(Path(wish.options.output), limits)
    beside = state.bytes_beside(folder)
    check_total(sizes, limits, beside)
    tell.say(f"comparing {plural(len(sizes), 'file')} with {wish.target.place}")
    after = _after(scratch, wish, state, folder, sizes)
    change = compared(state.items, after, folder)
    what = f"preview {wish.preview}" if folder else "the site"
    is_sent = not wish.dry_run and _send(scratch, wish, state, after, f"Publish {what}", tell=tell)
    cname = state.cname if wish.cname is None or folder else wish.cname
    address = address_of(wish.target.url, site=wish.options.url, cname=cname)
    whole = f"{address}{folder}" if address else ""
    is_first = not state.branch.tip
    return Published(report, change, sizes, beside, whole, is_sent=is_sent, is_first=is_first)


def _previous(scratch: Scratch, wish: Wish, state: State, tell: Tell) -> Previous | None:
    """The addresses that the published site gave out; None where there is none yet."""
    if "" not in state.sites:
        return None
    try:
        return read_previous(BranchSite(scratch, state, wish.target.place))
    except SiteError as error:  # nobody is helped by a site that stays as it is
        tell.say(f"{error}; addresses of what is gone are not kept")
        return None


def _after(
    scratch: Scratch, wish: Wish, state: State, folder: str, sizes: Mapping[str, int]
) -> dict[str, Item]:
    """What the branch is to hold; new contents are taken in on the way, unless nothing is sent."""
    known = {item.oid for item in state.items.values()}
    keeping = nullcontext(scratch.oid_of) if wish.dry_run else scratch.keeping(known)
    left = without(state.items, folder, owned_by(scratch, state, folder))
    with keeping as keep:
        parcel = pack(Path(wish.options.output), sizes, keep)
        after = placed(left, folder, parcel.oids, wish.target.place)
        if folder and NO_JEKYLL not in after:
            after[NO_JEKYLL] = Item(PLAIN, keep(b""))
        if wish.cname and not folder:
            after[CNAME] = Item(PLAIN, keep(f"{wish.cname}\n".encode()))
        elif wish.cname == "" and not folder:
            after.pop(CNAME, None)
        marks = {
            LIST: list_bytes(parcel.oids),
            ABOUT: about_bytes(_about(wish, state, folder, parcel)),
        }
        for path, data in marks.items():
            after[f"{folder}{path}"] = Item(PLAIN, keep(data))
        return after


def _about(wish: Wish, state: State, folder: str, parcel: Parcel) -> About:
    """What the site is to say of itself: as it did, where it is as it was."""
    history = _keeps_history(wish, state)
    about = About(wish.preview, wish.now, len(parcel.oids), parcel.bytes, history)
    known = state.sites.get(folder)
    if known is None:
        return about
    is_same = all(
        state.items.get(f"{folder}{path}") == Item(PLAIN, oid) or path == NO_JEKYLL
        for path, oid in parcel.oids.items()
    )
    as_before = replace(about, published=known.published)
    return as_before if is_same and as_before == known else about


def _keeps_history(wish: Wish, state: State) -> bool:
    if wish.keep_history is not None:
        return wish.keep_history
    return wish.options.publish_history or state.keeps_history


def _send(
    scratch: Scratch,
    wish: Wish,
    state: State,
    after: Mapping[str, Item],
    subject: str,
    *,
    tell: Tell,
) -> bool:
    """Make the branch hold these files, unless it does; whether there was anything to send."""
    tip = state.branch.tip
    if tip and after == state.items:
        return False
    origin = f"From commit {wish.target.commit}\n" if wish.target.commit else ""
    message = f"{subject}\n\n{origin}Made by {user_agent()}"
    parent = tip if _keeps_history(wish, state) else ""
    commit = scratch.commit(after, message, wish.now, parent=parent)
    tell.say(f"sending to {wish.target.place}")
    scratch.push(commit, tip, tell.sent)
    return True


def _prune(
    scratch: Scratch,
    wish: Wish,
    names: Sequence[str],
    before: int | None,
    tell: Tell,
) -> tuple[list[Preview], list[str]]:
    state = look_at_branch(scratch)
    found, unknown = chosen(previews_of(state.sites), names, before)
    if found and not wish.dry_run:
        after = dict(state.items)
        for one in found:
            after = without(after, one.folder, owned_by(scratch, state, one.folder))
        _send(scratch, wish, state, after, f"Remove {plural(len(found), 'preview')}", tell=tell)
    return found, unknown
