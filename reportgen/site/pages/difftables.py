"""The tables of a diff as HTML.

A site has a page for each run or more, and most of such a page is tables: put together here, they
cost a fifth of what loops in the template cost. All that comes from a store is escaped.

HTML lets the end tags of rows and cells go, quotes around single words, and the scope of a header
that its place tells: of a page of many rows, that is a tenth.
"""

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from reportgen.analysis.diff import Datasets, RunDiff
from reportgen.analysis.diff_env import Environments
from reportgen.analysis.diff_metrics import MetricChange, MetricSide, Verdict
from reportgen.analysis.diff_summary import percent
from reportgen.analysis.diff_values import ValueChange, Values, relative_change
from reportgen.render.escaping import escaped
from reportgen.render.escaping import escaped_text as safe
from reportgen.render.filters import NOTHING, url_path
from reportgen.spelling import MINUS, grouped, number

_NOT_LOGGED = "<td class=nil>not logged"
_UNUSED = "<td class=nil>not used"
_NOT_IN_IT = "<td class=nil>not in it"
_STEPS = 15  # of a bar to each side
_CUT = 0.3  # relative change at which a bar ends
_LONG = 160  # characters of a value that are shown
_TONES = {Verdict.BETTER: "up", Verdict.WORSE: "down"}
_ARROWS = {"higher": ' <i title="higher is better">↑</i>'}
_ARROWS["lower"] = ' <i title="lower is better">↓</i>'
SIDES = "<th><span class=ka>A</span><th><span class=kb>B</span>"
_HEAD = f"<thead><tr><th>{{}}{SIDES}"
_METRIC_HEAD = f"<thead><tr><th>Metric{SIDES}<th>Change<th>Relative"


def box(label: str, inner: str, kind: str) -> str:
    """A table that scrolls by itself; its kind is its class."""
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{label}">'
        f'<table class="dt {kind}">{inner}</table></div>'
    )


def spelled_pair(old: float, new: float) -> tuple[str, str]:
    """Two numbers, with as many digits as tell them apart."""
    a, b = number(old), number(new)
    if a == b and old != new:
        for digits in (8, 11, 14):
            a, b = f"{old:.{digits}g}", f"{new:.{digits}g}"
            if a != b:
                break
        return a.replace("-", MINUS), b.replace("-", MINUS)
    return a, b


def signed(value: float | None) -> str:
    """A difference with its sign; a dash for None."""
    if value is None:
        return NOTHING
    return f"+{number(value)}" if value > 0 else number(value)


def metrics_html(changes: Sequence[MetricChange], label: str, *, judged: bool = True) -> Markup:
    """A table of metrics; with bars and verdicts where they are judged."""
    if not changes:
        return Markup()
    rows = "".join(map(_judged_row if judged else _plain_row, changes))
    tail = "<th>−30 % to +30 %<th>Verdict" if judged else ""
    inner = f"{_METRIC_HEAD}{tail}<tbody>{rows}"
    return Markup(box(label, inner, "dm"))  # noqa: S704 (escaped cell by cell)


def _judged_row(one: MetricChange) -> str:
    tone = _TONES.get(one.verdict, "")
    start = f"<tr class={tone}>" if tone else "<tr>"
    return f"{start}{_cells(one)}<td{_bar(one.relative)}><td>{_word(one)}"


def _plain_row(one: MetricChange) -> str:
    return f"<tr>{_cells(one)}"


def _cells(one: MetricChange) -> str:
    tag = f" <small class=tag>{one.label}</small>" if one.label else ""
    arrow = _ARROWS.get(one.direction, "")
    if one.basis:
        a, b = spelled_pair(one.old, one.new)
        moved = f"<td>{signed(one.difference)}<td>{percent(one.relative)}"
    else:
        a, b = number(one.old), number(one.new)
        moved = f"<td>{NOTHING}<td>"
    values = f"{_value(one.a, one.old, a)}{_value(one.b, one.new, b)}"
    return f"<th>{safe(one.key)}{tag}{arrow}{values}{moved}"


def _value(side: MetricSide | None, value: float, text: str) -> str:
    """A value; its step where there are several, and the last value where that is another."""
    if side is None:
        return _NOT_LOGGED
    if side.is_sealed:
        return "<td class=nil>sealed"
    if side.points == 1:
        return f"<td>{text}"
    step = side.step if side.best is None else side.best.step
    at = f"@ {grouped(step)}"
    if side.last != value and (last := number(side.last)) != text:
        at += f"<br>last {last}"
    return f"<td>{text} <small>{at}</small>"


def _word(one: MetricChange) -> str:
    if one.verdict is Verdict.UNCLEAR:
        return '<span title="it is not known whether higher or lower is better">unclear</span>'
    return str(one.verdict.value)


def _bar(relative: float | None) -> str:
    """The classes of a bar to the left or right; the style sheet has the lengths."""
    if not relative:
        return ""
    length = max(1, round(min(abs(relative), _CUT) / _CUT * _STEPS))
    cut = " cut" if abs(relative) > _CUT else ""
    return f' class="bar {"p" if relative > 0 else "m"} w{length}{cut}"'


def values_html(values: Values, noun: str, label: str) -> Markup:
    """A table of texts that differ, by groups of names."""
    if not values.groups:
        return Markup()
    parts = [_HEAD.format(noun)]
    for group in values.groups:
        parts.append("<tbody>")
        if group.prefix:
            parts.append(f"<tr class=group><th scope=rowgroup colspan=3>{safe(group.prefix)}")
        parts += map(_change_row, group.changes)
    return Markup(box(label, "".join(parts), "dv"))  # noqa: S704 (escaped cell by cell)


def _change_row(change: ValueChange) -> str:
    """A row for one name."""
    note = ""
    if change.is_same_number:
        note = "same number"
    elif change.relative is not None:
        note = percent(change.relative)
    old, new = change.old, change.new
    if old and new and max(len(old), len(new)) > _LONG:
        old, new = _around_change(old, new)
    return _row(safe(change.key), _text_cell(old), _text_cell(new, note))


def _around_change(old: str, new: str) -> tuple[str, str]:
    """Long texts cut to where they begin to differ; the runs' pages have them whole."""
    same = next(
        (place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    start = max(0, same - _LONG // 3) if same > _LONG // 2 else 0
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    shown = text[start : start + _LONG]
    return f"{'…' if start else ''}{shown}{'…' if start + _LONG < len(text) else ''}"


def _row(name: str, old: str, new: str) -> str:
    """A row of a name and two cells, which are HTML already."""
    return f"<tr><th>{name}{old}{new}"


def _text_cell(text: str | None, note: str = "") -> str:
    """A value; the runs' pages have a long one whole."""
    if text is None:
        return _NOT_LOGGED
    small = f" <small>{note}</small>" if note else ""
    if not text:
        return f"<td class=nil>empty{small}"
    return f"<td>{safe(text if len(text) <= 2 * _LONG else _cut(text, 0))}{small}"


def same_html(values: Iterable[tuple[str, str]]) -> Markup:
    """What is the same in both, as a line of names and values."""
    parts = [f"<span>{safe(key)} <code>{safe(_cut(text, 0))}</code></span>" for key, text in values]
    return Markup("<p>" + " ".join(parts) + "</p>") if parts else Markup()  # noqa: S704 (escaped)


def origin_html(diff: RunDiff, spell_duration: Callable[[int, int], str]) -> Markup:
    """What else a run came from: time, program, commit, data, packages."""
    rows = _took_row(diff, spell_duration)
    for change in diff.facts.changes:
        old, new = _text_cell(change.old), _text_cell(change.new)
        name = safe(change.key)
        if change.key == "commit" and diff.commits:
            name += f' <a href="{escaped(diff.commits)}" rel="noopener noreferrer">compare</a>'
        rows += _row(name, old, new)
    rows += _dataset_rows(diff.datasets) + _package_rows(diff.environments)
    if not rows:
        return Markup()
    label = "Source, data and environment"
    return Markup(box(label, f"{_HEAD.format(label)}<tbody>{rows}", "dv"))  # noqa: S704


def _took_row(diff: RunDiff, spell_duration: Callable[[int, int], str]) -> str:
    a, b = diff.took
    if a == b:
        return ""
    old = None if a is None else spell_duration(0, round(a * 1000))
    new = None if b is None else spell_duration(0, round(b * 1000))
    return _change_row(ValueChange("took", old, new, relative_change(a or 0, b or 0)))


def _dataset_rows(datasets: Datasets) -> str:
    rows = ""
    for one in datasets.changes:
        tag = f" <small class=tag>{safe(one.context)}</small>" if one.context else ""
        old, new = (
            _UNUSED if digest is None else _text_cell(digest) for digest in (one.old, one.new)
        )
        rows += _row(f"dataset {safe(one.name)}{tag}", old, new)
    return rows


def _package_rows(environments: Environments) -> str:
    tag = " <small class=tag>package</small>"
    return "".join(
        _row(f"{safe(one.name)}{tag}", _version(one.old), _version(one.new))
        for one in environments.packages
    )


def _version(version: str | None) -> str:
    return _NOT_IN_IT if version is None else _text_cell(version or "any version")


def href_of(root: str, page: str, name: str) -> str:
    """The address of a copied artifact."""
    return f"{root}runs/{url_path(page)}/artifacts/{url_path(name)}"
