"""`reportgen publish`: what it asks for and what it says."""

import argparse
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from reportgen.cli.console import Console, show
from reportgen.config import Options
from reportgen.configvalues import parse_host
from reportgen.errors import EXIT_ATTENTION, EXIT_DONE, EXIT_INTERRUPTED, UsageError
from reportgen.readers.places import DEFAULT_PLACES
from reportgen.render.filters import size, when
from reportgen.site.quick import stores_of
from reportgen.spelling import grouped, plural

if TYPE_CHECKING:
    from reportgen.publish.previews import Preview
    from reportgen.publish.project import Published, Wish
    from reportgen.publish.regularly import Regularly
    from reportgen.publish.target import Target
    from reportgen.site.project import Report


def publish_site(options: Options, args: argparse.Namespace, console: Console) -> int:
    """Publish, or list or remove previews; the exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if args.previews:
            return _list(options, args, console)
        wish = wish_of(options, args, console)
        if args.prune or args.prune_older:
            return _prune(wish, args, console)
        return _publish(wish, args, console)
    except KeyboardInterrupt:
        console.say("interrupted: what is published is whole, as it was or as it is to be")
        return EXIT_INTERRUPTED


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def beside_watch(options: Options, every: float, console: Console) -> "Regularly":
    """What publishes the changes of a watch. Raises PublishError where there is nowhere to."""
    from reportgen.publish.project import Wish
    from reportgen.publish.regularly import Regularly
    from reportgen.publish.target import find_target

    # Nobody is asked for a password in the midst of it, and training keeps its processors.
    target = find_target(Path.cwd(), options.publish_remote, options.publish_branch)
    public = replace(_public(options, None), jobs=options.jobs or 1)
    console.say(f"publishing to {target.place} every {every / 60:g} min if anything changed")
    wish = Wish(target, public, now=0, cname=options.publish_cname or None)  # each at its time
    return Regularly(wish, every, console.say)


def wish_of(options: Options, args: argparse.Namespace, console: Console) -> "Wish":
    """What is to be published where. Raises PublishError where that is not possible."""
    from reportgen.publish.project import Wish

    return Wish(
        _target(options, args),
        _with_known_stores(_public(options, args.folder), options.output, console),
        options.now // 1000 or int(time.time()),  # as SOURCE_DATE_EPOCH says
        args.preview or "",
        _cname(args.cname, options),
        args.keep_history,
        args.dry_run,
    )


def _public(options: Options, folder: str | None) -> Options:
    """The options that build the public edition, into a folder of its own."""
    output = folder or options.publish_folder or f"{options.output.rstrip('/')}-public"
    return replace(options, output=output, public=True)


def _with_known_stores(options: Options, site: str, console: Console) -> Options:
    """The options; where no store is named anywhere, with those of the last build."""
    if options.stores:
        return options
    known = stores_of(Path(options.output)) or stores_of(Path(site))
    stores = tuple(map(_near, known))
    if stores and stores != DEFAULT_PLACES[:1]:
        console.say(f"reading {', '.join(stores)}, as the last build did")
    return replace(options, stores=stores)


def _near(path: str) -> str:
    """A path as a person here would write it."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here)


def _target(options: Options, args: argparse.Namespace) -> "Target":
    from reportgen.publish.target import find_target

    # A machine of CI may have a terminal, and nobody before it.
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")
    remote = args.remote or options.publish_remote
    return find_target(Path.cwd(), remote, args.branch or options.publish_branch, asks=asks)


def _cname(given: str | None, options: Options) -> str | None:
    """The host to set; "" for none any more, None to leave it as it is. Raises UsageError."""
    try:
        host = None if given is None else parse_host(given)
    except TypeError as error:
        raise UsageError(f"--cname {given!r} is not {error}", hint="without https://") from None
    return options.publish_cname or None if host is None else host


def _publish(wish: "Wish", args: argparse.Namespace, console: Console) -> int:
    from reportgen.publish.project import Tell, publish, told

    advance, close = console.progress() or (None, _close_nothing)
    sent, end = console.percent("sending") or (None, _close_nothing)

    def built(report: "Report") -> None:
        close()
        _tell_build(report, console, is_long=args.verbose)

    try:
        done = publish(wish, Tell(console.say, built, advance, sent))
    finally:
        close()
        end()
    if done.is_held:
        console.say(told(wish, done))
        return EXIT_ATTENTION
    _warn(wish, done, console)
    if not args.quiet:
        for line in _result(wish, done, is_long=args.verbose):
            show(line)
    return done.report.status


def _close_nothing() -> None:
    """Where no bar is shown."""


def _tell_build(report: "Report", console: Console, *, is_long: bool) -> None:
    for line in report.summary.splitlines():
        console.say(line)
    for line in report.failure_lines():
        console.say(line)
    for line in report.redacted if is_long else ():
        console.say(f"redacted {line}")


def _warn(wish: "Wish", done: "Published", console: Console) -> None:
    """Say what a user should know who publishes for the first time, or very much."""
    from reportgen.publish.parcel import Limits

    if wish.dry_run:
        console.say(f"look at it: {Path(wish.options.output) / 'index.html'}")
    limits = Limits(wish.options.publish_max_size)
    total = sum(done.sizes.values()) + done.beside
    if total > limits.much:
        console.say(
            f"{size(total)} are much for a site; "
            f"it is refused above {size(limits.site)}: see --dry-run, [artifacts] max_file"
        )
    if done.is_first and not wish.dry_run and "github.com" in wish.target.shown:
        console.say(
            "to have GitHub show it: Settings > Pages > Deploy from a branch > "
            f"{wish.target.branch}, / (root)"
        )


def _result(wish: "Wish", done: "Published", *, is_long: bool) -> list[str]:
    """The result, the address last."""
    from reportgen.publish.project import told

    change, lines = done.change, []
    if wish.dry_run or is_long:
        lines += _table(done)
    if is_long:
        for what in ("added", "changed", "removed"):
            lines += [f"{what} {path}" for path in getattr(change, what)]
    lines.append(told(wish, done))
    return [*lines, done.address] if done.address else lines


def _table(done: "Published") -> list[str]:
    """Files and bytes by kind, and what is done to them."""
    from reportgen.publish.parcel import KINDS, kind_of

    change = done.change
    rows: list[tuple[str, ...]] = [("", "files", "size", "added", "changed", "removed")]
    for kind in KINDS:
        sizes = [count for path, count in done.sizes.items() if kind_of(path) == kind]
        counts = [
            sum(kind_of(path) == kind for path in paths)
            for paths in (change.added, change.changed, change.removed)
        ]
        if sizes or any(counts):
            cells = (grouped(count) if count else "" for count in counts)
            rows.append((kind, grouped(len(sizes)), size(sum(sizes)), *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _list(options: Options, args: argparse.Namespace, console: Console) -> int:
    from reportgen.publish.project import previews

    target = _target(options, args)
    found, address = previews(target, options.url)
    for one in found:
        show(_row(one, address))
    if not found:
        console.say(f"no previews on {target.place}")
    return EXIT_DONE


def _row(preview: "Preview", address: str) -> str:
    about = preview.about
    where = f"{address}{preview.folder}"
    files = plural(about.files, "file")
    return f"{preview.name}: {when(about.published * 1000)}, {files}, {size(about.bytes)}, {where}"


def _prune(wish: "Wish", args: argparse.Namespace, console: Console) -> int:
    from reportgen.publish.project import Tell, prune

    before = int(wish.now - args.prune_older) if args.prune_older else None
    found, unknown = prune(wish, args.prune or (), before, Tell(console.say))
    for name in unknown:
        console.say(f"no preview {name} on {wish.target.place}")
    would = "would remove" if wish.dry_run else "removed"
    for one in found:
        show(f"{would} preview {one.name} ({plural(one.about.files, 'file')})")
    if not found and not unknown:
        console.say("nothing to remove")
    return EXIT_DONE
