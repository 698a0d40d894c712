"""A diff as sections of plain texts: what its text and Markdown forms have in common."""

from collections.abc import Iterator, Sequence

from reportgen.analysis.diff import RunDiff
from reportgen.analysis.diff_metrics import MetricChange, MetricSide, Verdict
from reportgen.analysis.diff_summary import percent
from reportgen.analysis.diff_text import TextDiff
from reportgen.analysis.diff_values import ValueChange, Values
from reportgen.model import Artifact, Run
from reportgen.render.filters import NOTHING, duration, size, when
from reportgen.site.pages.difftables import signed, spelled_pair
from reportgen.spelling import MINUS, grouped, number, plural
from reportgen.values import frozen

_SIDES = ("A", "B")
_TONES = {Verdict.BETTER: "better", Verdict.WORSE: "worse", Verdict.NOISE: "noise"}


@frozen
class Section:
    """A table with a title; what is the same is counted below it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    same: str = ""  # how many are the same, in words
    tones: tuple[str, ...] = ()  # of each row: "better", "worse", "noise" or ""
    numbers: frozenset[int] = frozenset()  # the columns of numbers


@frozen
class TextSection:
    """A text that differs, as the lines of a patch."""

    path: str
    note: str
    lines: tuple[str, ...]  # each with "-", "+" or " " before it; "@@" lines tell what is left out


def run_line(run: Run, experiment: str) -> str:
    """A run in one line: name, id, experiment, status, start, duration."""
    took = duration(run.start_time, run.end_time)
    parts = [run.status.name.lower(), f"started {when(run.start_time)}"]
    if took != NOTHING:
        parts.append(f"took {took}")
    return f"{run.title} ({run.id}) in {experiment}: {', '.join(parts)}"


def sections_of(diff: RunDiff) -> Iterator[Section]:
    """All that differs but the lines of texts; sections in which nothing does have no rows."""
    yield _values("Parameters", "Parameter", diff.params)
    yield _metrics("Metrics", diff.metrics.plain)
    yield _origin(diff)
    yield _values("Tags", "Tag", diff.tags)
    yield _values("Tags of MLflow", "Tag", diff.mlflow_tags)
    yield _files(diff)
    yield _apart("System metrics", diff.metrics.system)
    yield _apart("Test results: choose by validation, report these", diff.metrics.heldout)


def _values(title: str, noun: str, values: Values) -> Section:
    rows = tuple(_row(change) for change in values.changes)
    head = (noun, *_SIDES, "Change") if any(row[3] for row in rows) else (noun, *_SIDES)
    count = len(values.same)
    same = f"{plural(count, noun.lower())} the same" if count else ""
    return Section(title, head, tuple(row[: len(head)] for row in rows), same)


def _row(change: ValueChange) -> tuple[str, ...]:
    moved = "same number" if change.is_same_number else percent(change.relative)
    return change.key, _shown(change.old), _shown(change.new), moved


def _shown(text: str | None, absent: str = "not logged") -> str:
    if text is None:
        return f"({absent})"
    return text or "(empty)"


def _metrics(title: str, changes: Sequence[MetricChange]) -> Section:
    differing = [one for one in changes if one.verdict is not Verdict.SAME]
    rows = tuple((*_metric(one), one.verdict.value) for one in differing)
    count = len(changes) - len(differing)
    return Section(
        title,
        ("Metric", "Data", *_SIDES, "Change", "Relative", "Verdict"),
        rows,
        f"{plural(count, 'metric')} the same" if count else "",
        tuple(_TONES.get(one.verdict, "") for one in differing),
        frozenset({2, 3, 4, 5}),
    )


def _apart(title: str, changes: Sequence[MetricChange]) -> Section:
    """Metrics that are given no verdict."""
    head = ("Metric", "Data", *_SIDES, "Change", "Relative")
    return Section(title, head, tuple(map(_metric, changes)), numbers=frozenset({2, 3, 4, 5}))


def _metric(one: MetricChange) -> tuple[str, ...]:
    arrow = {"higher": " ↑", "lower": " ↓"}.get(one.direction, "")
    old, new = spelled_pair(one.old, one.new) if one.basis else (number(one.old), number(one.new))
    return (
        f"{one.key}{arrow}",
        one.label or NOTHING,
        _side(one.a, one.old, old),
        _side(one.b, one.new, new),
        signed(one.difference) if one.basis else NOTHING,
        percent(one.relative) if one.basis else "",
    )


def _side(side: MetricSide | None, value: float, text: str) -> str:
    if side is None:
        return "(not logged)"
    if side.is_sealed:
        return "sealed"
    if side.points == 1:
        return text
    step = side.step if side.best is None else side.best.step
    last = f", last {number(side.last)}" if side.last != value else ""
    return f"{text} @ {grouped(step)}{last}"


def _origin(diff: RunDiff) -> Section:
    rows = [_row(change)[:3] for change in diff.facts.changes]
    if diff.took[0] != diff.took[1]:
        rows.append(("took", *(_seconds(one) for one in diff.took)))
    if diff.commits:
        rows.append(("compare commits", "", diff.commits))
    for one in diff.datasets.changes:
        name = f"dataset {one.name} ({one.context})" if one.context else f"dataset {one.name}"
        rows.append((name, _shown(one.old, "not used"), _shown(one.new, "not used")))
    for package in diff.environments.packages:
        old, new = (
            "(not in it)" if version is None else version or "any version"
            for version in (package.old, package.new)
        )
        rows.append((f"package {package.name}", old, new))
    count = len(diff.facts.same) + len(diff.datasets.same)
    same = [f"{plural(count, 'entry', 'entries')} the same"] if count else []
    if diff.environments.same:
        same.append(f"{plural(diff.environments.same, 'package')} the same")
    title = "Source, data and environment"
    return Section(title, ("What", *_SIDES), tuple(rows), ", ".join(same))


def _seconds(took: float | None) -> str:
    return NOTHING if took is None else duration(0, round(took * 1000))


def _files(diff: RunDiff) -> Section:
    rows = tuple(
        (one.path, _size(one.a), _size(one.b), one.change.value) for one in diff.files.changes
    )
    count = len(diff.files.same)
    same = f"{plural(count, 'file')} the same" if count else ""
    return Section("Files", ("File", *_SIDES, "What became of it"), rows, same)


def _size(artifact: Artifact | None) -> str:
    return NOTHING if artifact is None else size(artifact.size)


def text_sections(diff: RunDiff) -> Iterator[TextSection]:
    """The texts that differ, line by line."""
    for one in diff.files.changes:
        if one.text is not None:
            yield TextSection(one.path, one.text.note, tuple(patch_lines(one.text)))


def patch_lines(diff: TextDiff) -> Iterator[str]:
    """The lines of a patch: a sign, then the line."""
    for hunk in diff.hunks:
        if hunk.skipped:
            yield f"@@ {plural(hunk.skipped, 'line')} the same @@"
        for line in hunk.lines:
            yield f"{line.kind}{line.text}"


def plain_minus(text: str) -> str:
    """A text with the minus sign that terminals and programs read."""
    return text.replace(MINUS, "-")
