"""Cards: what a chat or a social network shows of a link, as PNG of 1200 by 630 px."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from math import isfinite, nan

from reportgen.charts.painted import frame as frames
from reportgen.charts.painted.canvas import Canvas, width_of
from reportgen.charts.painted.paint import Drawing, png
from reportgen.charts.painted.texts import clean
from reportgen.charts.painted.thin import thin
from reportgen.spelling import number, plural
from reportgen.values import frozen

WIDTH, HEIGHT = 1200, 630
_EDGE = 72
_ROOM = WIDTH - 2 * _EDGE
_SIZES = (76, 66, 58, 50, 42)  # px of a title, the largest that fits is taken
_LEADING = 1.18
_TITLE_HEIGHT = 210  # px

# Status of a run, in lower case, in the order of the bar; the rest of them are grey.
_STATUS_INKS = {
    "finished": "good",
    "running": "c1",
    "failed": "bad",
    "killed": "stopped",
    "scheduled": "dot",
}


@frozen
class SiteCard:
    """A whole site: its title, and how many runs there are of each status."""

    title: str
    experiments: int
    statuses: Mapping[str, int] = field(default_factory=dict)  # "finished": 42


@frozen
class ExperimentCard:
    """An experiment; a best run is told where the metric is given, a curve where it has points."""

    name: str
    runs: int
    site: str = ""  # its title
    metric: str = ""
    best: float = nan
    best_run: str = ""
    xs: Sequence[float] = ()  # (n,)
    ys: Sequence[float] = ()  # (n,)


def draw_site_card(card: SiteCard) -> Drawing:
    """The title, the counts, and a bar of the runs by status."""
    order = [*_STATUS_INKS, *sorted(card.statuses.keys() - _STATUS_INKS.keys())]
    counts = [(name, card.statuses[name]) for name in order if card.statuses.get(name)]
    total = sum(count for _, count in counts)
    note = f"{plural(card.experiments, 'experiment')}, {plural(total, 'run')}"

    def draw(canvas: Canvas) -> None:
        _draw_mark(canvas, "reportgen")
        y = _draw_title(canvas, card.title, 3)
        canvas.text(_EDGE, y + 62, note, "second", size=36)
        if total:
            _draw_bar(canvas, counts, total)

    parts = ", ".join(f"{count} {clean(name)}" for name, count in counts)
    alt = f"{clean(card.title)}: {note}{f' ({parts})' if parts else ''}."
    return Drawing(png(WIDTH, HEIGHT, draw), WIDTH, HEIGHT, alt, note)


def draw_experiment_card(card: ExperimentCard) -> Drawing:
    """The name, the count of runs, and what is given of the best run."""
    note = plural(card.runs, "run")
    told = bool(card.metric) and isfinite(card.best)
    run = f" by {clean(card.best_run)}" if card.best_run else ""
    best = f", best {clean(card.metric)} {number(card.best)}{run}" if told else ""

    def draw(canvas: Canvas) -> None:
        _draw_mark(canvas, card.site or "reportgen")
        y = _draw_title(canvas, card.name, 2)
        canvas.text(_EDGE, y + 58, note, "second", size=34)
        curve = _draw_curve(canvas, card)
        if told:
            _draw_best(canvas, card, 470 if curve else _ROOM)

    alt = f"{clean(card.name)}: {note}{best}."
    return Drawing(png(WIDTH, HEIGHT, draw), WIDTH, HEIGHT, alt, note + best)


def _draw_mark(canvas: Canvas, words: str) -> None:
    """The sign of reportgen, and words beside it."""
    canvas.box(_EDGE, 60, 52, 52, "accent", radius=11)
    xs = [_EDGE + 52 * part / 32 for part in (6, 12, 17, 26)]
    canvas.lines(xs, [60 + 52 * part / 32 for part in (22, 15, 19, 10)], "page", 5)
    words = canvas.fitted(clean(words), _ROOM - 72, size=28, bold=True)
    canvas.text(_EDGE + 70, 96, words, "second", size=28, bold=True)


def _draw_title(canvas: Canvas, title: str, most: int) -> float:
    """The title in at most so many lines; gives back the baseline of the last one."""
    words = clean(title) or "–"
    for size in _SIZES:
        most_here = min(most, int(_TITLE_HEIGHT / (size * _LEADING)))
        if width_of(words, size, bold=True) <= most_here * _ROOM or size == _SIZES[-1]:
            lines, rest = wrap(canvas, words, size, most_here)
            if not rest:
                break
    if rest:
        last = canvas.fitted(f"{lines[-1]} {rest}", _ROOM, size=size, bold=True)
        lines[-1] = last if last.endswith("…") else f"{last}…"
    for count, line in enumerate(lines, 1):
        canvas.text(_EDGE, 150 + count * size * _LEADING, line, size=size, bold=True)
    return 150 + len(lines) * size * _LEADING


def wrap(canvas: Canvas, words: str, size: float, most: int) -> tuple[list[str], str]:
    """The first lines of a bold text, no wider than a card, and the words that are left over.

    A word that is wider than a line is cut.
    """
    lines: list[str] = []
    rest = words
    while rest and len(lines) < most:
        line = rest
        if width_of(rest, size, bold=True) > _ROOM:
            line = canvas.fitted(rest, _ROOM, size=size, bold=True)[:-1] or rest[0]
            if " " in line and rest[len(line)] != " ":
                line = line.rpartition(" ")[0]
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    return lines, rest


def _draw_bar(canvas: Canvas, counts: Sequence[tuple[str, int]], total: int) -> None:
    """One bar, cut by status; every status is wide enough to be seen. Below it their names."""
    gap, least = 6, 10
    room = _ROOM - gap * (len(counts) - 1) - least * len(counts)
    x, legend = float(_EDGE), float(_EDGE)
    for name, count in counts:
        ink = _STATUS_INKS.get(name, "dot")
        width = least + room * count / total
        canvas.box(x, 480, width, 28, ink, radius=5)
        x += width + gap
        words = canvas.fitted(f"{count} {clean(name)}", 300, size=26)
        if legend + 28 + width_of(words, 26) <= _EDGE + _ROOM:
            canvas.box(legend, 545, 16, 16, ink, radius=4)
            canvas.text(legend + 28, 562, words, "second", size=26)
        legend += 28 + width_of(words, 26) + 40


def _draw_best(canvas: Canvas, card: ExperimentCard, room: float) -> None:
    label = canvas.fitted(f"best {clean(card.metric)}", room, size=28)
    canvas.text(_EDGE, 452, label, "faint", size=28)
    canvas.text(_EDGE, 520, number(card.best), size=62, bold=True)
    run = canvas.fitted(clean(card.best_run), room, size=28)
    canvas.text(_EDGE, 564, run, "second", size=28)


def _draw_curve(canvas: Canvas, card: ExperimentCard) -> bool:
    """The curve at the lower right, and whether there is one."""
    import numpy as np

    xs, ys = frames.drawable(card.xs), frames.drawable(card.ys)
    there = np.isfinite(xs) & np.isfinite(ys)
    x, y = frames.scale_for(xs[there]), frames.scale_for(ys[there], decades=frames.DECADES)
    if x is None or y is None or there.sum() < 2:
        return False
    xs, ys = thin(xs[there], ys[there], 400)
    places = x.over(600, WIDTH - _EDGE - 8).place(xs), y.over(556, 390).place(ys)
    canvas.lines((600, WIDTH - _EDGE), (568, 568), "line", 2)
    canvas.lines(*places, "accent", 5)
    canvas.box(places[0][-1] - 11, places[1][-1] - 11, 22, 22, "accent", radius=11)
    return True
