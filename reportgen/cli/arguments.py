"""The options of the command line."""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from reportgen import __version__
from reportgen.cli import verbs
from reportgen.cli.console import Console
from reportgen.config import CONFIG_FILE
from reportgen.errors import UsageError

_ABOUT = "Turns MLflow runs into a static web site. Reads `mlruns` folders; needs no MLflow."
_MOST_PORTS = 65_535
_SITE = "the site's folder (default: site)"
_RUN = "an id, its start, a name, EXPERIMENT:best, EXPERIMENT:last or EXPERIMENT:last~1"
_STORE = "the store: an `mlruns` folder (default: as in the config, else as MLflow finds it)"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with an option as all our errors are said."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(message, hint=f"{self.prog} --help")

    def parse_args(  # type: ignore[override]
        self, arguments: Sequence[str] | None = None
    ) -> argparse.Namespace:
        """Raises UsageError; for an option that is none, it names the help of the command."""
        args, rest = self.parse_known_args(arguments)
        if rest:
            hint = f"{self.prog} {args.command} --help"
            raise UsageError(f"unrecognized arguments: {' '.join(rest)}", hint=hint)
        return args


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line; errors are raised as UsageError."""
    parser = _Parser(prog="reportgen", description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"reportgen {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    build = _command(commands, "build", verbs.build, "read the stores and write or update the site")
    _add_stores(build)
    build.add_argument("-o", "--output", dest="site", metavar="DIR", help=_SITE)
    build.add_argument("--theme", metavar="NAME_OR_DIR", help="a built-in theme, or a folder")
    build.add_argument("--jobs", type=_job_count, metavar="N", help="processes (default: cores)")
    _add_choice(build)
    watch = _command(
        commands, "watch", verbs.watch, "build, then again as the stores change; with a preview"
    )
    _add_stores(watch)
    watch.add_argument("-o", "--output", dest="site", metavar="DIR", help=_SITE)
    watch.add_argument("--theme", metavar="NAME_OR_DIR", help="a built-in theme, or a folder")
    watch.add_argument("--jobs", type=_job_count, metavar="N", help="processes (default: cores)")
    watch.add_argument("--no-serve", dest="serve", action="store_false", help="only rebuild")
    watch.add_argument(
        "--poll", type=_seconds, default=0.0, metavar="SECONDS", help="look so often; no events"
    )
    _add_address(watch)
    _add_choice(watch)
    serve = _command(commands, "serve", verbs.serve, "show a built site in a browser")
    serve.add_argument("folder", nargs="?", metavar="DIR", help=_SITE)
    _add_address(serve)
    export = _command(commands, "export", verbs.export, "write all runs as data")
    _add_stores(export)
    export.add_argument("-o", "--output", required=True, metavar="FILE", help='"-" is the screen')
    export.add_argument("--format", metavar="FORMAT", help="csv json jsonl parquet md latex")
    export.add_argument("--history", action="store_true", help="every metric point, too")
    _add_choice(export)
    diff = _command(commands, "diff", verbs.diff, "what differs between two runs")
    diff.add_argument("a", metavar="A", help=_RUN)
    diff.add_argument("b", metavar="B", help="likewise; what is told is how B differs from A")
    _add_stores(diff)
    diff.add_argument("-o", "--output", metavar="FILE", help='default: "-", the screen')
    diff.add_argument("--format", metavar="FORMAT", help="text md json html (default: by suffix)")
    diff.add_argument("--deleted", action="store_true", help="include what the store deleted")
    check = _command(commands, "check", verbs.check, "what cannot be read, and what ails the site")
    _add_stores(check)
    check.add_argument("-o", "--output", dest="site", metavar="DIR", help=_SITE)
    check.add_argument("--json", action="store_true", help="findings as JSON")
    unseal = _command(commands, "unseal", verbs.unseal, "open the sealed test results of one run")
    unseal.add_argument("experiment_name", metavar="EXPERIMENT", help="its name")
    unseal.add_argument("run_name", metavar="RUN", help="its id, the start of that, or its name")
    unseal.add_argument(
        "--reason", required=True, metavar="TEXT", help="why; it is recorded, and shown beside them"
    )
    _command(commands, "init", verbs.init, f"write a commented {CONFIG_FILE}")
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
    parser.add_argument("--strict", action="store_true", help="exit 1 for problems or findings")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.add_argument("--verbose", action="store_true", help="name every file written")
    parser.add_argument("--no-color", action="store_true", help="plain messages")
    return parser


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="default: 127.0.0.1; with another, everybody who reaches this machine there can read",
    )
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="default: 8000")


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


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {_MOST_PORTS}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds
