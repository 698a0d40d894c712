"""A summary as Markdown: for the summary of a CI job, or as a comment on a pull request.

What is told first is what is cut last: the gate, the best values, then runs by their rank.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from reportgen.analysis.gate import Judged, Outcome
from reportgen.changes.compare import Changed
from reportgen.changes.markdown import code, link, table, text
from reportgen.changes.part import Part, best_before, best_verdict
from reportgen.changes.places import Places
from reportgen.changes.runcells import change_words, head_cell, run_cells
from reportgen.changes.sitedata import ExperimentData, ListedRun, RunValues
from reportgen.spelling import number, plural
from reportgen.values import frozen

MARKER = "<!-- reportgen summary -->"  # by which a workflow finds its comment again
_SHORT_ID = 8
_MOST_GONE = 10
_LONG = 400  # characters of a sentence that names things


@frozen
class Summary:
    """All that a summary tells."""

    title: str
    parts: tuple[Part, ...]  # of experiments that there is something to tell of
    unchanged: int  # experiments
    base: str  # as it was named; "" without one
    missing: str  # why there is no base although one was named; ""
    is_old: bool  # whether another release built the base
    gate: tuple[Outcome, ...]
    places: Places


@frozen
class Most:
    """How much is told."""

    runs: int  # of an experiment
    parts: int
    gate: int  # rules


def markdown_of(summary: Summary, max_bytes: int) -> str:
    """The summary in so many bytes at the most, 5,000 or more."""
    full = Most(50, len(summary.parts), max(1, len(summary.gate)))
    for most in _less_and_less(full):
        found = "\n".join(_lines(summary, most)) + "\n"
        if _size(found) <= max_bytes:
            return found
    lines = found.splitlines()
    while _size("\n".join([*lines, _CUT])) >= max_bytes:
        lines.pop()
    return "\n".join([*lines, _CUT]) + "\n"


def _size(found: str) -> int:
    return len(found.encode("utf-8", "replace"))


_CUT = "The rest is in the report."


def _less_and_less(full: Most) -> Iterator[Most]:
    for runs in (50, 40, 30, 20, 15, 10, 8, 6, 5, 4, 3, 2, 1):
        yield Most(runs, full.parts, full.gate)
    parts, gate = full.parts, full.gate
    while parts > 1 or gate > 1:
        parts, gate = max(1, parts * 3 // 4), max(1, min(gate, 10), gate // 2)
        gate = 1 if parts == 1 else gate
        yield Most(1, parts, gate)


def _lines(summary: Summary, most: Most) -> Iterator[str]:
    yield MARKER
    yield f"## {text(summary.title)}: {_headline(summary)}"
    yield from _gate_lines(summary.gate, most.gate)
    yield from _base_lines(summary)
    told = summary.parts[: most.parts]
    if told:
        yield ""
        yield _overview(summary, told)
    rest = []
    if len(summary.parts) > len(told):
        rest.append(f"{plural(len(summary.parts) - len(told), 'more experiment')} changed")
    if summary.unchanged:
        rest.append(f"{plural(summary.unchanged, 'experiment')} without changes")
    if rest:
        yield ""
        yield f"{' and '.join(rest)}: {_in_the_report(summary)}."
    for part in told:
        yield from _part_lines(summary, part, most.runs)


def _in_the_report(summary: Summary) -> str:
    address = summary.places.of("index.html", "")
    return f"in [the report]({address})" if address else "in the report"


def _headline(summary: Summary) -> str:
    if not summary.base or summary.missing:
        runs = sum(len(part.changed.experiment.runs) for part in summary.parts)
        return f"{plural(len(summary.parts), 'experiment')}, {plural(runs, 'run')}"
    changed = [part.changed for part in summary.parts]
    counts = (
        (sum(len(one.new) for one in changed), "new run"),
        (sum(len(one.with_status("FAILED")) for one in changed), "failed"),
        (sum(len(one.with_status("KILLED")) for one in changed), "killed"),
        (sum(len(one.ended) for one in changed), "ended"),
        (sum(len(one.gone) for one in changed), "gone"),
    )
    words = [
        plural(count, noun) if noun == "new run" else f"{count:,} {noun}"
        for count, noun in counts
        if count
    ]
    return ", ".join(words) or "nothing changed"


def _base_lines(summary: Summary) -> Iterator[str]:
    if summary.missing:
        yield ""
        yield f"{text(summary.missing[:1].upper() + summary.missing[1:], _LONG)}."
    elif summary.base:
        yield ""
        named = link(summary.base, summary.places.base)
        yield f"Compared with {named}."
        if summary.is_old:
            yield (
                "It was built by another release of reportgen, without what values are compared "
                "by: only runs are."
            )


def _gate_lines(gate: Sequence[Outcome], most: int) -> Iterator[str]:
    """What the gate says: broken rules in sight, the others folded."""
    if not gate:
        return
    broken = [one for one in gate if one.judged is Judged.BROKEN]
    others = sorted(
        (one for one in gate if one.judged is not Judged.BROKEN),
        key=lambda one: one.judged is Judged.OPEN,
    )
    count = f"{plural(len(broken), 'rule is', 'rules are')} broken"
    yield from ("", f"**🔴 Gate: {count}**" if broken else "**🟢 Gate: no rule is broken**", "")
    for one in broken[:most]:
        yield f"- {_MARKS[one.judged]} {_outcome(one)}"
    if len(broken) > most:
        yield f"- {len(broken) - most:,} more"
    if others:
        holding = sum(one.judged is Judged.PASSED for one in others)
        parts = [plural(holding, "comparison holds", "comparisons hold")] if holding else []
        parts += [f"{len(others) - holding:,} could not be judged"] if len(others) > holding else []
        yield from ("", f"<details><summary>{', '.join(parts)}</summary>", "")
        for one in others[: max(0, most - len(broken))]:
            yield f"- {_MARKS[one.judged]} {_outcome(one)}"
        if len(gate) > most:
            yield f"- {len(others) - max(0, most - len(broken)):,} more"
        yield from ("", "</details>")


_MARKS = {Judged.BROKEN: "🔴 broken:", Judged.PASSED: "🟢 holds:", Judged.OPEN: "⚪ not judged:"}


def _outcome(one: Outcome) -> str:
    where = f" of {text(one.experiment)}" if one.experiment else ""
    return f"{code(one.metric)}{where}: {text(one.words, _LONG)}"


def outcome_line(one: Outcome) -> str:
    """What a rule says, for a terminal."""
    where = f"{one.experiment}: " if one.experiment else ""
    return f"gate: {one.judged.value}: {where}{one.metric}: {one.words}"


def _overview(summary: Summary, parts: Sequence[Part]) -> str:
    """The best values of experiments, a row each."""
    compares = bool(summary.base) and not summary.missing
    head = ["Experiment", "Runs", "Ranked by", *(("Best before",) if compares else ()), "Best now"]
    head += ["Change"] if compares else []
    rows = [_overview_row(summary, part.changed, compares=compares) for part in parts]
    return table(head, rows, (1, 3, 4) if compares else (1, 3))


def _overview_row(summary: Summary, changed: Changed, *, compares: bool) -> list[str]:
    data = changed.experiment
    name = link(data.name, summary.places.experiment(data.slug))
    now = data.best
    row = [name, f"{len(data.runs):,}", code(data.primary) if data.primary else "–"]
    best = "–" if now is None else f"**{number(now.value)}**"
    if now is not None and now.page in data.runs:
        best += f" {link(data.runs[now.page].title, summary.places.run(now.page))}"
    if not compares:
        return [*row, best]
    before, verdict = best_before(changed), best_verdict(changed)
    words = "–"
    if before is not None and now is not None and verdict is not None:
        words = change_words(verdict, before, now.value)
    elif changed.base is None:
        words = "new"
    return [*row, "–" if before is None else number(before), best, words]


def _part_lines(summary: Summary, part: Part, most: int) -> Iterator[str]:
    data, changed = part.changed.experiment, part.changed
    yield ""
    yield f"### {link(data.name, summary.places.experiment(data.slug))}"
    if data.primary is None and data.has_values and part.runs:
        yield ""
        yield f"Runs are not ranked: {text(data.reason.replace('`', ''), _LONG)}."
    if part.runs:
        yield ""
        yield _runs_intro(summary, part)
        yield ""
        yield _runs_table(summary, part, part.runs[:most])
        if part.count > len(part.runs[:most]):
            yield ""
            more = part.count - len(part.runs[:most])
            verb = "is" if more == 1 else "are"
            yield f"{plural(more, 'more run')} {verb} {_in_the_report(summary)}."
    yield from _listed(summary, data, "Failed", changed.with_status("FAILED"), most)
    ended = [run for run in changed.ended if run.status != "FAILED"]
    yield from _listed(summary, data, "Ended", ended, most)
    yield from _listed(summary, changed.base, "Gone", changed.gone, min(most, _MOST_GONE))
    scored, keys = part.scored
    if scored:
        yield ""
        yield _test_words(summary, part, scored, keys)


def _runs_intro(summary: Summary, part: Part) -> str:
    compares = bool(summary.base) and not summary.missing
    what = plural(part.count, "new run") if compares else "Newest runs"
    reference = part.reference
    if reference is None:
        return f"{what}:"
    named = link(reference.title, summary.places.run(reference.page))
    return f"{what}, compared with {named} ({reference.why}):"


def _runs_table(summary: Summary, part: Part, runs: Sequence[tuple[ListedRun, RunValues]]) -> str:
    data = part.changed.experiment
    head = ["Run", *(head_cell(key, data.metrics[key]) for key in part.metrics)]
    head += ["Parameters that differ"] if part.reference is not None else []
    rows, titles = [], data.titles
    for run, values in runs:
        status = "" if run.status == "FINISHED" else f"<br>{text(run.status.lower())}"
        rows.append([_named(summary, titles, run) + status, *run_cells(part, run, values)])
    return table(head, rows, range(1, 1 + len(part.metrics)))


def _named(summary: Summary, titles: Counter[str], run: ListedRun) -> str:
    """A run, with the start of its id where others of its experiment have the same name."""
    name = link(run.title, summary.places.run(run.page))
    return name if titles[run.title] <= 1 else f"{name} {code(run.page[:_SHORT_ID])}"


def _listed(
    summary: Summary, data: ExperimentData | None, what: str, runs: Sequence[ListedRun], most: int
) -> Iterator[str]:
    if not runs or data is None:
        return
    titles = data.titles
    yield ""
    yield f"**{what}**: {plural(len(runs), 'run')}"
    yield ""
    for run in runs[:most]:
        why = " (killed)" if run.status == "KILLED" else ""
        why += f": {text(run.cause, 160)}" if run.cause else ""
        yield f"- {_named(summary, titles, run)}{why}"
    if len(runs) > most:
        yield f"- {len(runs) - most:,} more"


def _test_words(summary: Summary, part: Part, scored: int, keys: Sequence[str]) -> str:
    data = part.changed.experiment
    named = ", ".join(code(key) for key in keys[:3]) + (", …" if len(keys) > 3 else "")
    path = f"experiments/{data.slug}/heldout/index.html"
    place = link("stand apart", summary.places.of(path, data.slug))
    who = plural(scored, "of these runs was", "of these runs were")
    return f"{who} scored on test data ({named}). The results {place}: no run is compared by them."
