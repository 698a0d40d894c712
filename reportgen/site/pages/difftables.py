"""The tables of a diff as HTML.

A site has a page for each run or more, and most of such a page is tables: put together here, they
cost a fifth of what loops in the template cost. All that comes from a store is escaped.
"""

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup, escape

from reportgen.analysis.diff import Datasets, RunDiff
from reportgen.analysis.diff_env import Environments
from reportgen.analysis.diff_metrics import MetricChange, MetricSide, Verdict
from reportgen.analysis.diff_summary import percent
from reportgen.analysis.diff_values import ValueChange, Values
from reportgen.render.filters import NOTHING, url_path
from reportgen.spelling import MINUS, exact, grouped, number

NOT_LOGGED = '<i class="missing">not logged</i>'
_CUT = 0.3  # relative change at which a bar ends
_BAR = 60  # units from the middle to the end of a bar
_LONG = 300  # characters of a value that are shown at first
_TONES = {Verdict.BETTER: "up", Verdict.WORSE: "down"}
_ARROWS = {"higher": ' <span class="dir" title="higher is better">↑</span>'}
_ARROWS["lower"] = ' <span class="dir" title="lower is better">↓</span>'
_HEAD = (
    '<thead><tr><th scope="col">{}</th><th scope="col"><span class="ka">A</span></th>'
    '<th scope="col"><span class="kb">B</span></th></tr></thead>'
)
_METRIC_HEAD = (
    '<thead><tr><th scope="col">Metric</th>'
    '<th scope="col" class="number"><span class="ka">A</span></th>'
    '<th scope="col" class="number"><span class="kb">B</span></th>'
    '<th scope="col" class="number">Change</th><th scope="col" class="number">Relative</th>'
)


def box(label: str, inner: str) -> str:
    """A table that scrolls by itself."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="dt"><caption class="quiet">{label}</caption>{inner}</table></div>'
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
    tail = '<th scope="col">−30 % to +30 %</th><th scope="col">Verdict</th>' if judged else ""
    inner = f"{_METRIC_HEAD}{tail}</tr></thead><tbody>{rows}</tbody>"
    return Markup(box(label, inner))  # noqa: S704 (escaped cell by cell)


def _judged_row(one: MetricChange) -> str:
    tone = _TONES.get(one.verdict, "flat")
    cells = _cells(one, tone)
    bar = _bar(one.relative, tone) if one.basis else ""
    return f'{cells}<td>{bar}</td><td class="{tone}">{_word(one)}</td></tr>'


def _plain_row(one: MetricChange) -> str:
    return f"{_cells(one, 'flat')}</tr>"


def _cells(one: MetricChange, tone: str) -> str:
    tag = f' <span class="tag" title="{escape(one.why)}">{one.label}</span>' if one.label else ""
    a, b = spelled_pair(one.old, one.new) if one.basis else (number(one.old), number(one.new))
    difference = signed(one.difference) if one.basis else NOTHING
    relative = percent(one.relative) if one.basis else ""
    return (
        f'<tr><th scope="row">{escape(one.key)}{tag}{_ARROWS.get(one.direction, "")}</th>'
        f"{_value(one.a, one.old, a)}{_value(one.b, one.new, b)}"
        f'<td class="number {tone}">{difference}</td><td class="number rel">{relative}</td>'
    )


def _value(side: MetricSide | None, value: float, text: str) -> str:
    """A value; its step where there are several, and the last value where that is another."""
    if side is None:
        return f'<td class="number nil">{NOT_LOGGED}</td>'
    if side.is_sealed:
        return '<td class="number nil">sealed</td>'
    step = side.step if side.best is None else side.best.step
    at = f' <small class="at">@ {grouped(step)}</small>' if side.count > 1 else ""
    last = ""
    if side.count > 1 and side.last != value and number(side.last) != text:
        last = f'<br><small class="at">last {number(side.last)}</small>'
    return f'<td class="number" title="{exact(value)}">{text}{at}{last}</td>'


def _word(one: MetricChange) -> str:
    if one.verdict is Verdict.UNCLEAR:
        return '<span title="it is not known whether higher or lower is better">unclear</span>'
    return str(one.verdict.value)


def _bar(relative: float | None, tone: str) -> str:
    """The relative change as a bar to the left or right, with a notch where it is cut."""
    if relative is None:
        return ""
    wide = round(min(abs(relative), _CUT) / _CUT * _BAR)
    start = _BAR if relative > 0 else _BAR - wide
    cut = ""
    if abs(relative) > _CUT:
        x = 2 * _BAR - 6 if relative > 0 else 4
        cut = f'<path class="cut" d="M{x} -1l3 5-3 5"/>'
    return (
        f'<svg class="db" viewBox="0 -1 {2 * _BAR} 10" aria-hidden="true"><path class="rail"'
        f' d="M0 1h{2 * _BAR}v6H0z"/><path class="{tone}" d="M{start} 0h{wide}v8h-{wide}z"/>{cut}'
        "</svg>"
    )


def values_html(values: Values, noun: str, label: str) -> Markup:
    """A table of texts that differ, by groups of names."""
    if not values.groups:
        return Markup()
    parts = [_HEAD.format(noun)]
    for group in values.groups:
        head = (
            f'<tr class="group"><th scope="rowgroup" colspan="3">{escape(group.prefix)}</th></tr>'
        )
        rows = "".join(map(change_row, group.changes))
        parts.append(f"<tbody>{head}{rows}</tbody>")
    return Markup(box(label, "".join(parts)))  # noqa: S704 (escaped cell by cell)


def change_row(change: ValueChange) -> str:
    """A row for one name."""
    note = ""
    if change.is_same_number:
        note = ' <small class="rel">same number</small>'
    elif change.relative is not None:
        note = f' <small class="rel">{percent(change.relative)}</small>'
    return row(escape(change.key), text_chip(change.old, "a"), text_chip(change.new, "b") + note)


def row(name: str, old: str, new: str) -> str:
    """A row of three cells that are HTML already."""
    return f'<tr><th scope="row">{name}</th><td>{old}</td><td>{new}</td></tr>'


def text_chip(text: str | None, side: str) -> str:
    """A value in the colour of its run; a long one behind a fold."""
    if text is None:
        return NOT_LOGGED
    if not text:
        return f'<span class="pv {side}"><i class="missing">empty</i></span>'
    if len(text) <= _LONG:
        return f'<span class="pv {side}">{escape(text)}</span>'
    return (
        f'<details class="pv {side}"><summary>{escape(text[:_LONG])}…</summary>'
        f"<span>{escape(text)}</span></details>"
    )


def same_html(values: Iterable[tuple[str, str]]) -> Markup:
    """What is the same in both, as a line of names and values."""
    parts = [f"<span>{escape(key)} <code>{escape(text)}</code></span>" for key, text in values]
    return Markup("<p>" + " ".join(parts) + "</p>") if parts else Markup()  # noqa: S704 (escaped)


def origin_html(diff: RunDiff, spell_duration: Callable[[int, int], str]) -> Markup:
    """What else a run came from: status, time, program, commit, data, packages."""
    rows = _took_row(diff, spell_duration)
    for change in diff.facts.changes:
        old, new = text_chip(change.old, "a"), text_chip(change.new, "b")
        if change.key == "commit" and diff.commits:
            new += f' <a href="{escape(diff.commits)}" rel="noopener noreferrer">compare</a>'
        rows += row(change.key, old, new)
    rows += _dataset_rows(diff.datasets) + _package_rows(diff.environments)
    label = "Source, data and environment"
    return Markup(box(label, f"{_HEAD.format(label)}<tbody>{rows}</tbody>") if rows else "")  # noqa: S704


def _took_row(diff: RunDiff, spell_duration: Callable[[int, int], str]) -> str:
    a, b = diff.took
    if a == b:
        return ""
    old = None if a is None else spell_duration(0, round(a * 1000))
    new = None if b is None else spell_duration(0, round(b * 1000))
    change = ValueChange("took", old, new, None if not a or b is None else b / a - 1)
    return change_row(change)


def _dataset_rows(datasets: Datasets) -> str:
    return "".join(
        row(
            f"dataset {escape(one.name)}"
            + (f' <span class="tag">{escape(one.context)}</span>' if one.context else ""),
            text_chip(one.old, "a") if one.old is not None else _UNUSED,
            text_chip(one.new, "b") if one.new is not None else _UNUSED,
        )
        for one in datasets.changes
    )


_UNUSED = '<i class="missing">not used</i>'


def _package_rows(environments: Environments) -> str:
    tag = ' <span class="tag">package</span>'
    return "".join(
        row(f"{escape(one.name)}{tag}", _version(one.old, "a"), _version(one.new, "b"))
        for one in environments.packages
    )


def _version(version: str | None, side: str) -> str:
    if version is None:
        return '<i class="missing">not in it</i>'
    return text_chip(version or "any version", side)


def href_of(root: str, page: str, name: str) -> str:
    """The address of a copied artifact."""
    return f"{root}runs/{url_path(page)}/artifacts/{url_path(name)}"
