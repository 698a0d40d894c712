"""The commands: from parsed arguments to what is done; each gives its exit status."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reportgen.cli.console import Console, show
from reportgen.cli.ending import end_on_signals, status_of
from reportgen.config import CONFIG_FILE, Options, load_options
from reportgen.configsample import sample_config
from reportgen.errors import (
    EXIT_ATTENTION,
    EXIT_DONE,
    OutputError,
    UsageError,
)

if TYPE_CHECKING:
    from reportgen.analysis.finding_texts import Finding
    from reportgen.model import Problem


def build(args: argparse.Namespace, console: Console) -> int:
    """Read the stores and bring the site up to date."""
    from reportgen.site.project import build_site

    options = _options(args)
    bar = console.progress()
    try:
        report = build_site(options, bar[0] if bar else None)
    finally:
        if bar:
            bar[1]()
    if not args.quiet:
        show(report.summary)
    for failure in report.failures:
        console.say(f"{failure.path}: {failure.reason}")
    if args.verbose:
        for path in report.written:
            console.say(f"wrote {path}")
        for path in report.pruned:
            console.say(f"removed {path}")
    if not args.quiet:
        show(f"open {Path(options.output) / 'index.html'} ({_changes(report.written)})")
    return report.status


def watch(args: argparse.Namespace, console: Console) -> int:
    """Keep the site up to date as the stores change, and show it."""
    from reportgen.watch.loop import Listener, Watch

    options = _options(args)
    server = None
    listener = Listener(console.say, lambda _paths: None)
    if args.serve:
        from reportgen.serve.server import Server

        server = Server(Path(options.output), args.host, args.port, live=True)
        console.say(f"preview: {server.url} (Ctrl-C ends)")
        listener = Listener(console.say, server.changed, server.running)
    watch = Watch(options, listener, poll=args.poll)
    asked = end_on_signals(watch.stop)
    try:
        watch.run()
    finally:
        if server:
            server.close()
    console.say("stopped; what was written is whole")
    return status_of(asked)


def serve(args: argparse.Namespace, console: Console) -> int:
    """Show a built site in a browser."""
    from threading import Event

    from reportgen.serve.server import Server

    root = Path(args.folder or _options(args).output)
    if not (root / "index.html").is_file():
        raise UsageError(f"no site in {root}", hint=f"reportgen build -o {root}")
    server = Server(root, args.host, args.port, live=False)
    console.say(f"serving {root} at {server.url} (Ctrl-C ends)")
    ended = Event()
    asked = end_on_signals(ended.set)
    server.wait(ended)
    server.close()
    return status_of(asked)


def _changes(written: Sequence[str]) -> str:
    if not written:
        return "nothing changed"
    return f"{len(written):,} {'file' if len(written) == 1 else 'files'} written"


def export(args: argparse.Namespace, console: Console) -> int:
    """Write all runs of one store as data."""
    from reportgen.analysis.selection import select_runs
    from reportgen.export import check_format, export_runs, format_of
    from reportgen.library import open_store

    options = _options(args)
    kind = check_format(format_of(args.output, args.format), history=args.history)
    store = open_store(_one_store(options, "export"))
    runs = select_runs(store, options.experiments, options.filter, deleted=options.deleted)
    history = store.series if args.history else None
    if args.output == "-":
        count = export_runs(runs, kind, sys.stdout.buffer, history=history)
    else:
        with _replacing(Path(args.output)) as file:
            count = export_runs(runs, kind, file, history=history)
    console.say(f"{count:,} {'run' if count == 1 else 'runs'} written to {args.output}")
    unreadable = store.unreadable()
    for problem in unreadable:
        console.say(_spelled(problem))
    return EXIT_ATTENTION if options.strict and unreadable else EXIT_DONE


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when all of it is written, and not before.

    A link keeps leading to its file; a pipe or device is written to as it is.
    """
    is_special = path.exists() and not path.is_file()
    target = path if is_special else path.resolve()
    fresh = target if is_special else target.with_name(f"{target.name}.part")
    try:
        with fresh.open("wb") as file:
            yield file
        if not is_special:
            fresh.replace(target)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="choose another file with -o"
        ) from error
    finally:
        if not is_special:
            fresh.unlink(missing_ok=True)


def diff(args: argparse.Namespace, console: Console) -> int:
    """Tell what differs between two runs of a store."""
    from reportgen.cli.differences import show_diff

    options = _options(args)
    text = show_diff(options, _one_store(options, "diff"), args)
    if args.output in (None, "-"):
        sys.stdout.write(text)
        return EXIT_DONE
    with _replacing(Path(args.output)) as file:
        file.write(text.encode("utf-8", "replace"))
    console.say(f"written to {args.output}")
    return EXIT_DONE


def check(args: argparse.Namespace, _console: Console) -> int:
    """List what cannot be read, and what ails the site."""
    import json

    from reportgen.library import open_store
    from reportgen.site.check import site_findings
    from reportgen.site.findings import store_findings
    from reportgen.site.project import store_places
    from reportgen.site.quick import STATE_FOLDER

    options = _options(args)
    if args.site and not (Path(args.site) / STATE_FOLDER).is_dir():
        raise UsageError(f"no site in {args.site}", hint=f"reportgen build -o {args.site}")
    places = store_places(options)
    in_stores = [(place, p) for place in places for p in open_store(place).problems()]
    in_site = [(options.output, p) for p in site_findings(Path(options.output))]
    about_results = list(store_findings(options))
    findings: list[dict[str, object]] = [
        {"where": kind, "root": root, "path": p.path, "line": p.line, "reason": p.reason}
        for kind, found in (("store", in_stores), ("site", in_site))
        for root, p in found
    ]
    findings += [_plain_finding(place, finding) for place, finding in about_results]
    if args.json:
        print(json.dumps({"findings": findings}, indent=2))  # noqa: T201 (escapes what is odd)
    else:
        for root, problem in in_stores + in_site:
            show(_spelled(replace(problem, path=f"{root}/{problem.path}")))
        for _, finding in about_results:
            show(_told(finding))
        count = f"{len(findings):,} {'finding' if len(findings) == 1 else 'findings'}"
        show(count if findings else "nothing found: all is well")
    needs_attention = in_stores or in_site or any(one.counts for _, one in about_results)
    return EXIT_ATTENTION if needs_attention else EXIT_DONE


def _plain_finding(place: str, finding: "Finding") -> dict[str, object]:
    return {
        "where": "results",
        "root": place,
        "path": finding.experiment,
        "line": None,
        "reason": finding.text,
        "code": finding.code,
        "level": finding.level.value,
        "what_next": finding.what_next,
        "accepted": finding.accepted or None,
    }


def _told(finding: "Finding") -> str:
    """A finding about results in a line."""
    level = finding.level.value
    end = f"next: {finding.what_next}"
    if finding.accepted:
        level, end = "accepted", f"accepted because: {finding.accepted}"
    line = f"{finding.experiment}: {level} {finding.code}: {finding.text}; {end}"
    return " ".join(line.split())


def unseal(args: argparse.Namespace, console: Console) -> int:
    """Open the sealed test results of one run, on record."""
    from reportgen.site.unseal import unseal_run

    for line in unseal_run(_options(args), args.experiment_name, args.run_name, args.reason):
        console.say(line)
    return EXIT_DONE


def init(args: argparse.Namespace, console: Console) -> int:
    """Write a commented config file."""
    path = Path(args.config or CONFIG_FILE)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(sample_config())
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="edit it, or move it away") from None
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="choose another --config"
        ) from error
    console.say(f"wrote {path}; next: reportgen build")
    return EXIT_DONE


def _spelled(problem: "Problem") -> str:
    line = f":{problem.line}" if problem.line else ""
    return " ".join(f"{problem.path}{line}: {problem.reason}".splitlines())


def _one_store(options: Options, command: str) -> str:
    from reportgen.site.project import store_places

    places = store_places(options)
    if len(places) > 1:
        raise UsageError(f"{command} reads one store", hint=f"name one: {', '.join(places)}")
    return places[0]


def _options(args: argparse.Namespace) -> Options:
    """The options of the config, overlaid with those of the command line."""
    options = load_options(args.config)
    given = {
        "stores": tuple(args.store),
        "output": args.site,
        "theme": args.theme,
        "experiments": tuple(args.experiment),
        "filter": args.filter,
        "jobs": args.jobs,
        "deleted": args.deleted,
        "strict": args.strict,
    }
    return replace(options, **{name: value for name, value in given.items() if value})
