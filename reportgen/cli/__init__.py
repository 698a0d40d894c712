"""The command line: parse, call, print. Results go to standard output, all else to standard error.

What a command needs is imported when it runs, so that `--help` and a build with nothing to do
are quick.
"""

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from reportgen.cli.arguments import make_parser
from reportgen.cli.console import Console, abandon, open_streams, to_reader
from reportgen.errors import EXIT_CANNOT_START, EXIT_DONE, EXIT_INTERRUPTED, ReportgenError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    open_streams()
    console = Console(sys.stderr, color=True, quiet=False)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names that the terminal has no letters for
    try:
        args = make_parser().parse_args(arguments)
        console = Console(sys.stderr, color=not args.no_color, quiet=args.quiet)
        status: int = args.run(args, console)
        with to_reader():
            sys.stdout.flush()  # now, when it can still be said that nobody reads on
    except ReportgenError as error:
        console.error(error)
        return EXIT_CANNOT_START
    except KeyboardInterrupt:
        console.say("interrupted; what was written is whole, build again to go on")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        abandon(sys.stdout)
        return EXIT_DONE
    return status
