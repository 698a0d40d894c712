"""The command line: parse, call, print. Results go to standard output, all else to standard error.

What a command needs is imported when it runs, so that `--help` and a build with nothing to do
are quick.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TextIO

from reportgen import __version__
from reportgen.config import CONFIG_FILE, Options, load_options, sample_config
from reportgen.errors import (
    EXIT_ATTENTION,
    EXIT_CANNOT_START,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    OutputError,
    ReportgenError,
    UsageError,
)

if TYPE_CHECKING:
    from reportgen.model import Problem

_ABOUT = "Turns MLflow runs into a static web site. Reads `mlruns` folders; needs no MLflow."
_SITE = "the site's folder (default: site)"
_STORE = "the store: an `mlruns` folder (default: as in the config, else as MLflow finds it)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    console = Console(sys.stderr, color=True, quiet=False)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names that the terminal has no letters for
    try:
        args = _parser().parse_args(arguments)
        console = Console(sys.stderr, color=not args.no_color, quiet=args.quiet)
        status: int = args.run(args, console)
    except ReportgenError as error:
        console.error(error)
        return EXIT_CANNOT_START
    except KeyboardInterrupt:
        console.say("interrupted; what was written is whole, build again to go on")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    return status


class Console:
    """Messages for a person, on standard error."""

    def __init__(self, stream: TextIO, *, color: bool, quiet: bool) -> None:
        self._stream = stream
        self._quiet = quiet
        is_plain = not color or bool(os.environ.get("NO_COLOR")) or not stream.isatty()
        self._red, self._off = ("", "") if is_plain else ("\033[31m", "\033[0m")

    def say(self, text: str) -> None:
        """A message, unless the user asked for quiet."""
        if not self._quiet:
            print(_harmless(text), file=self._stream)

    def error(self, error: ReportgenError) -> None:
        """What went wrong and what to do about it: two lines."""
        said = _harmless(f"{error}  [{error.slug}]\n  try: {error.hint}")
        print(f"{self._red}error:{self._off} {said}", file=self._stream)

    def progress(self) -> tuple[Callable[[int, int], None], Callable[[], None]] | None:
        """A progress bar (advance, close) on a terminal; None elsewhere."""
        if self._quiet or not self._stream.isatty():
            return None
        from tqdm import tqdm

        bar = tqdm(unit=" runs", file=self._stream, leave=False, delay=0.5)

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return advance, bar.close


def _print(text: str) -> None:
    if text:
        print(_harmless(text))  # noqa: T201


# Control characters but for the end of a line, and marks that turn the direction of writing.
_ORDERS = dict.fromkeys(
    (*range(10), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)


def _harmless(text: str) -> str:
    """A text of a store without what a terminal would take as an order to itself."""
    return text.translate(_ORDERS)


def _build(args: argparse.Namespace, console: Console) -> int:
    from reportgen.site.project import build_site

    options = _options(args)
    bar = console.progress()
    try:
        report = build_site(options, bar[0] if bar else None)
    finally:
        if bar:
            bar[1]()
    if not args.quiet:
        _print(report.summary)
    for failure in report.failures:
        console.say(f"{failure.path}: {failure.reason}")
    if args.verbose:
        for path in report.written:
            console.say(f"wrote {path}")
        for path in report.pruned:
            console.say(f"removed {path}")
    if not args.quiet:
        _print(f"open {Path(options.output) / 'index.html'} ({_changes(report.written)})")
    return report.status


def _changes(written: Sequence[str]) -> str:
    if not written:
        return "nothing changed"
    return f"{len(written):,} {'file' if len(written) == 1 else 'files'} written"


def _export(args: argparse.Namespace, console: Console) -> int:
    from reportgen.analysis.selection import select_runs
    from reportgen.export import check_format, export_runs, format_of
    from reportgen.library import open_store

    options = _options(args)
    kind = check_format(format_of(args.output, args.format), history=args.history)
    store = open_store(_one_store(options))
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
    """A file that takes the place of `path` when all of it is written, and not before."""
    fresh = path.with_name(f"{path.name}.part")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="choose another file with -o"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def _check(args: argparse.Namespace, _console: Console) -> int:
    import json

    from reportgen.library import open_store
    from reportgen.site.check import site_findings
    from reportgen.site.project import store_places
    from reportgen.site.quick import STATE_FOLDER

    options = _options(args)
    if args.site and not (Path(args.site) / STATE_FOLDER).is_dir():
        raise UsageError(f"no site in {args.site}", hint=f"reportgen build -o {args.site}")
    places = store_places(options)
    in_stores = [(place, p) for place in places for p in open_store(place).problems()]
    in_site = [(options.output, p) for p in site_findings(Path(options.output))]
    findings = [
        {"where": kind, "root": root, "path": p.path, "line": p.line, "reason": p.reason}
        for kind, found in (("store", in_stores), ("site", in_site))
        for root, p in found
    ]
    if args.json:
        print(json.dumps({"findings": findings}, indent=2))  # noqa: T201 (escapes what is odd)
    else:
        for root, problem in in_stores + in_site:
            _print(_spelled(replace(problem, path=f"{root}/{problem.path}")))
        _print(f"{len(findings):,} findings" if findings else "nothing found: all is well")
    return EXIT_ATTENTION if findings else EXIT_DONE


def _init(args: argparse.Namespace, console: Console) -> int:
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


def _one_store(options: Options) -> str:
    from reportgen.site.project import store_places

    places = store_places(options)
    if len(places) > 1:
        raise UsageError("export reads one store", hint=f"name one: {', '.join(places)}")
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


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with an option as all our errors are said."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(message, hint=f"{self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="reportgen", description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"reportgen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = _command(commands, "build", _build, "read the stores and write or update the site")
    _add_stores(build)
    build.add_argument("-o", "--output", dest="site", metavar="DIR", help=_SITE)
    build.add_argument("--theme", metavar="NAME_OR_DIR", help="a built-in theme, or a folder")
    build.add_argument("--jobs", type=_job_count, metavar="N", help="processes (default: cores)")
    _add_choice(build)
    export = _command(commands, "export", _export, "write all runs as data")
    _add_stores(export)
    export.add_argument("-o", "--output", required=True, metavar="FILE", help='"-" is the screen')
    export.add_argument("--format", metavar="FORMAT", help="csv json jsonl parquet md latex")
    export.add_argument("--history", action="store_true", help="every metric point, too")
    _add_choice(export)
    check = _command(commands, "check", _check, "what cannot be read, and what ails the site")
    _add_stores(check)
    check.add_argument("-o", "--output", dest="site", metavar="DIR", help=_SITE)
    check.add_argument("--json", action="store_true", help="findings as JSON")
    _command(commands, "init", _init, f"write a commented {CONFIG_FILE}")
    return parser


def _command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    run: Callable[[argparse.Namespace, Console], int],
    about: str,
) -> argparse.ArgumentParser:
    """A command with the options that all share; those it does not offer have no value."""
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    parser.allow_abbrev = False
    absent = {
        "store": (),
        "site": None,
        "theme": None,
        "jobs": None,
        "filter": None,
        "experiment": (),
    }
    parser.set_defaults(run=run, deleted=False, **absent)
    parser.add_argument("--config", metavar="FILE", help=f"default: {CONFIG_FILE}, pyproject.toml")
    parser.add_argument("--strict", action="store_true", help="exit 1 where the store has problems")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.add_argument("--verbose", action="store_true", help="name every file written")
    parser.add_argument("--no-color", action="store_true", help="plain messages")
    return parser


def _add_stores(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", nargs="*", metavar="STORE", help=_STORE)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--experiment", action="append", default=[], metavar="NAME", help="only this; repeatable"
    )
    parser.add_argument("--filter", metavar="EXPR", help="only runs that match; MLflow's syntax")
    parser.add_argument("--deleted", action="store_true", help="include what the store deleted")


def _job_count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
