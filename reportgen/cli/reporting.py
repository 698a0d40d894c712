"""`reportgen summary`: what changed against another site, as Markdown, and whether it may."""

import argparse
import sys

from reportgen.cli.console import Console, to_reader
from reportgen.config import Options
from reportgen.errors import EXIT_ATTENTION, EXIT_DONE


def show_summary(options: Options, args: argparse.Namespace, console: Console) -> int:
    """Print the summary; exit status 1 where a rule of the gate is broken."""
    from reportgen.analysis.gate import Judged
    from reportgen.changes.report import markdown_of, outcome_line
    from reportgen.changes.summary import summary_of

    found = summary_of(options, args.base or "")
    with to_reader():
        sys.stdout.write(markdown_of(found.summary, args.max_bytes))
    if found.summary.missing:
        console.say(found.summary.missing)
    for outcome in found.outcomes:
        if outcome.judged is Judged.BROKEN:
            console.alarm(outcome_line(outcome))
        elif outcome.judged is Judged.OPEN or args.verbose:
            console.say(outcome_line(outcome))
    return EXIT_ATTENTION if found.is_broken else EXIT_DONE
