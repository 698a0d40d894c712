"""The cells of a run in a summary's table: its metrics against the reference, what differs."""

from reportgen.analysis.diff_metrics import Verdict
from reportgen.analysis.diff_summary import percent
from reportgen.analysis.diff_values import number_in, relative_change
from reportgen.analysis.prefixes import natural
from reportgen.changes.bars import bars_of
from reportgen.changes.markdown import code, text
from reportgen.changes.part import Part, verdict_of
from reportgen.changes.sitedata import ListedRun, MetricFacts, RunValues
from reportgen.model import MetricKey
from reportgen.spelling import number, plural

_MOST_PARAMS = 3
_WIDEST_VALUE = 24
_MOST_DIGITS = 8
_UNBROKEN = "\N{NO-BREAK SPACE}"
_MARKS = {Verdict.BETTER: "🟢", Verdict.WORSE: "🔴"}
_ROLES = {"train": "train", "val": "val"}


def mark_of(verdict: Verdict) -> str:
    """The colour of a verdict, which its words say as well."""
    return _MARKS.get(verdict, "⚪")


def change_words(verdict: Verdict, old: float, new: float) -> str:
    """A change with its colour, an arrow that shows which way the value went, and a word."""
    if verdict is Verdict.SAME:
        return f"{mark_of(verdict)} same"
    arrow = "↑" if new > old else "↓"
    amount = percent(relative_change(old, new), sign=False) or number(abs(new - old))
    word = "" if verdict is Verdict.UNCLEAR else f" {verdict.value}"
    words = f"{mark_of(verdict)} {arrow} {amount}{word}"
    return words.replace(" ", _UNBROKEN).replace("<", "&lt;")


def head_cell(key: MetricKey, facts: MetricFacts) -> str:
    """The head of a metric's column: its name, role and direction."""
    about = [_ROLES[facts.role]] if facts.role in _ROLES else []
    about += [f"{facts.direction} is better"] if facts.direction else []
    return f"{code(key)}<br><sub>{', '.join(about)}</sub>" if about else code(key)


def run_cells(part: Part, run: ListedRun, values: RunValues) -> list[str]:
    """The metrics of a run, and the parameters in which it differs from the reference."""
    cells = [_cell(part, run, values, key) for key in part.metrics]
    if part.reference is None:
        return cells
    is_reference = run.page == part.reference.page
    return [*cells, "" if is_reference else _params(part.reference.run, values)]


def _cell(part: Part, run: ListedRun, values: RunValues, key: MetricKey) -> str:
    data = part.changed.experiment
    facts = data.metrics[key]
    value = values.value(key, facts.direction)
    if value is None:
        return "no finite value" if key in values.values else "–"
    is_best = facts.ranks and facts.best is not None and facts.best.page == run.page
    lines = [f"**{number(value)}**" if is_best else number(value)]
    reference = part.reference
    if reference is not None and reference.page == run.page:
        lines.append(reference.why)
    elif reference is not None:
        old = reference.run.value(key, facts.direction)
        if old is not None:
            lines.append(change_words(verdict_of(facts, old, value), old, value))
    bars = bars_of(data.courses.get(run.page, {}).get(key, ""))
    return "<br>".join([*lines, bars] if bars else lines)


def _params(old: RunValues, new: RunValues) -> str:
    all_keys = sorted(old.params.keys() | new.params.keys(), key=natural)
    keys = [key for key in all_keys if old.params.get(key) != new.params.get(key)]
    most = len(keys) if len(keys) == _MOST_PARAMS + 1 else _MOST_PARAMS
    told = [_param(key, old.params.get(key), new.params.get(key)) for key in keys[:most]]
    if len(keys) > most:
        told.append(plural(len(keys) - most, "more parameter"))
    return "<br>".join(told) or "none"


def _param(key: str, old: str | None, new: str | None) -> str:
    if new is None:
        return f"without {code(key)}"
    return (
        f"{code(key)} {_value(new)}"
        if old is None
        else f"{code(key)} {_value(old)} → {_value(new)}"
    )


def _value(value: str) -> str:
    """A value as it was logged; of numbers with many digits, five."""
    found = number_in(value) if len(value) > _MOST_DIGITS else None
    if found is not None:
        return number(found)
    return text(value, _WIDEST_VALUE) if value else '""'
