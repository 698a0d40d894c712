"""The options of the command line."""

import argparse
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NoReturn

from reportgen import __version__
from reportgen.cli import going, verbs
from reportgen.cli.console import Console
from reportgen.cli.values import (
    byte_count,
    duration,
    host_address,
    job_count,
    moment,
    place,
    port_number,
    preview_name,
    seconds,
    web_address,
)
from reportgen.config import CONFIG_FILE
from reportgen.errors import UsageError

_ABOUT = "Turns MLflow runs into a static web site. Reads `mlruns` folders; needs no MLflow."
_SITE = "the site's folder (default: site)"
_RUN = "an id, its start, a name, EXPERIMENT:best, EXPERIMENT:last or EXPERIMENT:last~1"
_PREVIOUS = "a site published before; what it has and this one has not leaves a page behind"
_DATE = "what counts as now, by which runs have stalled: 2026-03-04, or 2026-03-04T18:00, in UTC"
_ALONE = ("-h", "--help", "--version")  # what may stand in the place of a command
_STORE = "the store: an `mlruns` folder (default: as in the config, else as MLflow finds it)"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with an option as all our errors are said."""

    commands: Mapping[str, argparse.ArgumentParser] = {}  # by name; of the parser of all of them

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(message, hint=f"{self.prog} --help")

    def parse_args(  # type: ignore[override]
        self, arguments: Sequence[str] | None = None
    ) -> argparse.Namespace:
        """Raises UsageError; for a command or option that is none, it names the nearest."""
        given = sys.argv[1:] if arguments is None else arguments
        self._check_command(given)
        args, rest = self.parse_known_args(given)
        if rest:
            hint = f"{self.prog} {args.command} --help"
            known = re.findall(r"--\w[\w-]*", self.commands[args.command].format_help())
            raise UsageError(
                f"unrecognized arguments: {' '.join(rest)}",
                hint=_nearest(rest[0].partition("=")[0], known, hint),
            )
        return args

    def _check_command(self, given: Sequence[str]) -> None:
        if not given or given[0] in self.commands:
            return
        first, hint = given[0], f"{self.prog} --help"
        if not first.startswith("-"):
            raise UsageError(f"no command {first!r}", hint=_nearest(first, self.commands, hint))
        command = next((one for one in given if one in self.commands), None)
        if command and first not in _ALONE:
            hint = f"options follow it: {self.prog} {command} {first}"
            raise UsageError(f"{first} stands before the command", hint=hint)


def _nearest(name: str, known: Collection[str], otherwise: str) -> str:
    from difflib import get_close_matches  # only where something is wrong

    by_letters = {one.lstrip("-"): one for one in known}
    near = get_close_matches(name.lstrip("-"), by_letters, n=1)
    return f"did you mean {by_letters[near[0]]}?" if near else otherwise


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line; errors are raised as UsageError."""
    parser = _Parser(prog="reportgen", description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"reportgen {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    _add_build(commands)
    _add_watch(commands)
    serve = _command(commands, "serve", going.serve, "show a built site in a browser")
    serve.add_argument("folder", type=place, nargs="?", metavar="DIR", help=_SITE)
    _add_address(serve)
    export = _command(commands, "export", verbs.export, "write all runs as data")
    _add_stores(export)
    export.add_argument(
        "-o", "--output", type=place, required=True, metavar="FILE", help='"-" is the screen'
    )
    export.add_argument("--format", metavar="FORMAT", help="csv json jsonl parquet md latex")
    export.add_argument("--history", action="store_true", help="every metric point, too")
    _add_choice(export)
    diff = _command(commands, "diff", verbs.diff, "what differs between two runs")
    diff.add_argument("a", metavar="A", help=_RUN)
    diff.add_argument("b", metavar="B", help="likewise; what is told is how B differs from A")
    _add_stores(diff)
    diff.add_argument("-o", "--output", type=place, metavar="FILE", help='default: "-", the screen')
    diff.add_argument("--format", metavar="FORMAT", help="text md json html (default: by suffix)")
    diff.add_argument("--deleted", action="store_true", help="include what the store deleted")
    _add_publish(commands)
    check = _command(commands, "check", verbs.check, "what cannot be read, and what ails the site")
    _add_stores(check)
    check.add_argument("-o", "--output", dest="site", type=place, metavar="DIR", help=_SITE)
    check.add_argument("--json", action="store_true", help="findings as JSON")
    _add_summary(commands)
    unseal = _command(commands, "unseal", verbs.unseal, "open the sealed test results of one run")
    unseal.add_argument("experiment_name", metavar="EXPERIMENT", help="its name")
    unseal.add_argument("run_name", metavar="RUN", help="its id, the start of that, or its name")
    unseal.add_argument(
        "--reason", required=True, metavar="TEXT", help="why; it is recorded, and shown beside them"
    )
    init = _command(commands, "init", verbs.init, f"write a commented {CONFIG_FILE}")
    init.add_argument("--github", action="store_true", help="and a workflow for GitHub Pages")
    init.add_argument("--gitlab", action="store_true", help="and jobs for GitLab Pages")
    parser.commands = commands.choices
    return parser


def _add_build(commands: "argparse._SubParsersAction[_Parser]") -> None:
    build = _command(commands, "build", verbs.build, "read the stores and write or update the site")
    _add_stores(build)
    _add_making(build)
    build.add_argument(
        "--public", action="store_true", help="redact users, home folders, hosts and secrets"
    )
    _add_choice(build)
    build.add_argument("--previous", metavar="SITE_OR_URL", help=_PREVIOUS)
    build.add_argument("--date", type=moment, metavar="TIME", help=_DATE)


def _add_watch(commands: "argparse._SubParsersAction[_Parser]") -> None:
    watch = _command(
        commands, "watch", going.watch, "build, then again as the stores change; with a preview"
    )
    _add_stores(watch)
    _add_making(watch)
    watch.add_argument("--no-serve", dest="serve", action="store_false", help="only rebuild")
    watch.add_argument(
        "--poll", type=seconds, default=0.0, metavar="SECONDS", help="look so often; no events"
    )
    watch.add_argument(
        "--publish-every",
        type=duration,
        metavar="TIME",
        help='publish what changed so often, such as "15m"',
    )
    _add_address(watch)
    _add_choice(watch)


def _add_making(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", dest="site", type=place, metavar="DIR", help=_SITE)
    parser.add_argument(
        "--theme", type=place, metavar="NAME_OR_DIR", help="a built-in theme, or a folder"
    )
    parser.add_argument("--jobs", type=job_count, metavar="N", help="processes (default: cores)")


def _add_summary(commands: "argparse._SubParsersAction[_Parser]") -> None:
    summary = _command(
        commands, "summary", verbs.summary, "what changed against another site, as Markdown"
    )
    summary.add_argument("-o", "--output", dest="site", type=place, metavar="DIR", help=_SITE)
    summary.add_argument(
        "--base", metavar="SITE_OR_URL", help="the site to compare with: a folder, or an address"
    )
    summary.add_argument(
        "--max-bytes", type=byte_count, default=900_000, metavar="N", help="default: 900000"
    )
    summary.add_argument(
        "--url",
        type=web_address,
        metavar="URL",
        help='where links lead (default: site.url); "" = nowhere new',
    )


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
        "date": None,
    }
    parser.set_defaults(run=run, deleted=False, public=False, **absent)
    parser.add_argument(
        "--config", type=place, metavar="FILE", help=f"default: {CONFIG_FILE}, pyproject.toml"
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 for problems or findings")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.add_argument("--verbose", action="store_true", help="name every file written")
    parser.add_argument("--no-color", action="store_true", help="plain messages")
    return parser


def _add_publish(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = _command(
        commands, "publish", verbs.publish, "build the public site and put it on a git branch"
    )
    _add_stores(parser)
    parser.add_argument(
        "-o",
        "--output",
        dest="folder",
        type=place,
        metavar="DIR",
        help="the public site's folder (default: site-public)",
    )
    parser.add_argument("--remote", metavar="NAME_OR_URL", help="default: origin, or the only one")
    parser.add_argument("--branch", metavar="NAME", help="default: gh-pages")
    parser.add_argument("--cname", metavar="HOST", help='a host of your own; "" for none any more')
    parser.add_argument(
        "--keep-history",
        action=argparse.BooleanOptionalAction,
        help="add a commit, or replace all of them by one (default: as the branch is)",
    )
    parser.add_argument("--dry-run", action="store_true", help="send nothing; say what would be")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--preview",
        type=preview_name,
        metavar="NAME",
        help="beside the published site, in a folder of its own",
    )
    what.add_argument("--previews", action="store_true", help="only list the previews")
    what.add_argument(
        "--prune",
        action="append",
        type=preview_name,
        metavar="NAME",
        help="only remove that preview; repeatable",
    )
    what.add_argument(
        "--prune-older", type=duration, metavar="AGE", help='only remove previews older than "30d"'
    )
    parser.add_argument(
        "--theme", type=place, metavar="NAME_OR_DIR", help="a built-in theme, or a folder"
    )
    parser.add_argument("--jobs", type=job_count, metavar="N", help="processes (default: cores)")
    _add_choice(parser)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        type=host_address,
        default="127.0.0.1",
        metavar="ADDRESS",
        help="default: 127.0.0.1; with another, everybody who reaches this machine there can read",
    )
    parser.add_argument("--port", type=port_number, default=8000, metavar="N", help="default: 8000")


def _add_stores(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", type=place, nargs="*", metavar="STORE", help=_STORE)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--experiment", action="append", default=[], metavar="NAME", help="only this; repeatable"
    )
    parser.add_argument("--filter", metavar="EXPR", help="only runs that match; MLflow's syntax")
    parser.add_argument("--deleted", action="store_true", help="include what the store deleted")
