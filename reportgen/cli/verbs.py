"""The commands: from parsed arguments to what is done; each gives its exit status."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.cli.console import Console, show, to_reader
from reportgen.config import CONFIG_FILE, PROJECT_FILE, Options, load_options
from reportgen.errors import (
    EXIT_ATTENTION,
    EXIT_DONE,
    UsageError,
)

if TYPE_CHECKING:
    from reportgen.analysis.finding_texts import Finding
    from reportgen.model import Problem
    from reportgen.site.previous import Previous


def build(args: argparse.Namespace, console: Console) -> int:
    """Read the stores and bring the site up to date."""
    from reportgen.site.project import build_site

    options = options_of(args)
    previous = _previous(args.previous, console) if args.previous else None
    bar = console.progress()
    try:
        report = build_site(options, bar[0] if bar else None, previous)
    finally:
        if bar:
            bar[1]()
    if not args.quiet:
        show(report.summary)
    for line in report.failure_lines():
        console.say(line)
    if args.verbose:
        for line in report.redacted:
            console.say(f"redacted {line}")
        for path in report.written:
            console.say(f"wrote {path}")
        for path in report.pruned:
            console.say(f"removed {path}")
    if not args.quiet:
        show(f"open {Path(options.output) / 'index.html'} ({_changes(report.written)})")
    return report.status


def _previous(place: str, console: Console) -> "Previous | None":
    """The addresses of the site published before; None where there is no such site yet."""
    from reportgen.site.othersite import find_other
    from reportgen.site.previous import read_previous

    published = find_other(place)
    if published is None:  # as before the first publish
        console.say(f"no site at {place} yet: no address is kept")
        return None
    return read_previous(published)


def _changes(written: Sequence[str]) -> str:
    if not written:
        return "nothing changed"
    return f"{len(written):,} {'file' if len(written) == 1 else 'files'} written"


def export(args: argparse.Namespace, console: Console) -> int:
    """Write all runs of one store as data."""
    from reportgen.analysis.selection import select_runs
    from reportgen.cli.resultfile import result_file
    from reportgen.export import check_format, export_runs, format_of
    from reportgen.library import open_store

    options = options_of(args)
    kind = check_format(format_of(args.output, args.format), history=args.history)
    place = _one_store(options, "export")
    store = open_store(place)
    runs = select_runs(store, options.experiments, options.filter, deleted=options.deleted)
    history = store.series if args.history else None
    with result_file(args.output, (place,)) as file:
        count = export_runs(runs, kind, file, history=history)
    console.say(f"{count:,} {'run' if count == 1 else 'runs'} written to {args.output}")
    unreadable = store.unreadable()
    for problem in unreadable:
        console.say(_spelled(problem))
    return EXIT_ATTENTION if options.strict and unreadable else EXIT_DONE


def diff(args: argparse.Namespace, console: Console) -> int:
    """Tell what differs between two runs of a store."""
    from reportgen.cli.differences import show_diff
    from reportgen.cli.resultfile import SCREEN, result_file

    options = options_of(args)
    place = _one_store(options, "diff")
    text = show_diff(options, place, args)
    if args.output in (None, SCREEN):
        with to_reader():
            sys.stdout.write(text)
        return EXIT_DONE
    with result_file(args.output, (place,)) as file:
        file.write(text.encode("utf-8", "replace"))
    console.say(f"written to {args.output}")
    return EXIT_DONE


def summary(args: argparse.Namespace, console: Console) -> int:
    """Tell what changed against another site."""
    from reportgen.cli.reporting import show_summary

    options = options_of(args)
    url = options.url if args.url is None else args.url
    return show_summary(replace(options, url=url), args, console)


def publish(args: argparse.Namespace, console: Console) -> int:
    """Build the public edition of the site and put it on a branch of a git remote."""
    from reportgen.cli.publishing import publish_site

    return publish_site(options_of(args), args, console)


def check(args: argparse.Namespace, _console: Console) -> int:
    """List what cannot be read, and what ails the site."""
    import json

    from reportgen.analysis.finding_texts import Level
    from reportgen.library import open_store
    from reportgen.site.check import site_findings
    from reportgen.site.exposed import hint_line, privacy_findings
    from reportgen.site.findings import store_findings
    from reportgen.site.project import store_places
    from reportgen.site.quick import STATE_FOLDER

    options = options_of(args)
    if args.site and not os.path.lexists(Path(args.site) / STATE_FOLDER):
        raise UsageError(f"no site in {args.site}", hint=f"reportgen build -o {args.site}")
    places = store_places(options)
    in_stores = [(place, p) for place in places for p in open_store(place).problems()]
    in_site = [(options.output, p) for p in site_findings(Path(options.output))]
    private = list(privacy_findings(options))
    hints = [finding for _, finding in private if finding.level is Level.INFO]
    about_results = [*store_findings(options), *(pair for pair in private if pair[1] not in hints)]
    findings: list[dict[str, object]] = [
        {"where": kind, "root": root, "path": p.path, "line": p.line, "reason": p.reason}
        for kind, found in (("store", in_stores), ("site", in_site))
        for root, p in found
    ]
    findings += [_plain_finding(place, finding) for place, finding in about_results]
    if args.json:
        findings += [_plain_finding(place, one) for place, one in private if one in hints]
        with to_reader():
            print(json.dumps({"findings": findings}, indent=2))  # noqa: T201 (escapes what is odd)
    else:
        for root, problem in in_stores + in_site:
            show(_spelled(replace(problem, path=f"{root}/{problem.path}")))
        for _, finding in about_results:
            show(_told(finding))
        count = f"{len(findings):,} {'finding' if len(findings) == 1 else 'findings'}"
        show(count if findings else "nothing found: all is well")
        show(hint_line(hints))
    needs_attention = in_stores or in_site or any(one.counts for _, one in about_results)
    return EXIT_ATTENTION if needs_attention else EXIT_DONE


def _plain_finding(place: str, finding: "Finding") -> dict[str, object]:
    return {
        "where": "privacy" if finding.code.startswith("RG4") else "results",
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

    for line in unseal_run(options_of(args), args.experiment_name, args.run_name, args.reason):
        console.say(line)
    return EXIT_DONE


def init(args: argparse.Namespace, console: Console) -> int:
    """Write a commented config file, and the files of services that are asked for."""
    from reportgen.cli.workflows import github_file, gitlab_file, refuse_subfolder, write_new
    from reportgen.configsample import sample_config

    path = Path(args.config or CONFIG_FILE)
    files = []
    if args.github or args.gitlab:
        refuse_subfolder()
        url = load_options(args.config if path.is_file() else None).url
        files += [github_file(url)] if args.github else []
        files += [gitlab_file()] if args.gitlab else []
    if files and path.exists():
        console.say(f"{path} is there already, and stays as it is")
    elif not args.config and not path.exists() and load_options().source:
        found = f"{PROJECT_FILE} has a config already"
        if not files:
            raise UsageError(found, hint=f"edit it there: a {CONFIG_FILE} would hide it")
        console.say(f"{found}, and stays as it is")
    else:
        write_new(path, sample_config())
        console.say(f"wrote {path}" + ("" if files else "; next: reportgen build"))
    for place, text, next_steps in files:
        write_new(place, text)
        console.say(f"wrote {place}; next:")
        for step in next_steps:
            console.say(f"  {step}")
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


def options_of(args: argparse.Namespace) -> Options:
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
        "public": args.public,
        "strict": args.strict,
        "now": args.date or _source_date(),
    }
    absent = (None, (), False, 0)  # "" is a filter: none, whatever the config says
    return replace(options, **{name: one for name, one in given.items() if one not in absent})


def _source_date() -> int:
    """The time (ms) that SOURCE_DATE_EPOCH names (reproducible-builds.org), 0 for none."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if text and not (text.isascii() and text.isdecimal()):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {text!r}, and not a number of seconds", hint="unset it"
        )
    return int(text or 0) * 1000
