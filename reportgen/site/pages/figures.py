"""The curves of a run: metrics of one stem share a chart, charts of one prefix stand together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from reportgen.analysis.prefixes import group_by_prefix
from reportgen.analysis.roles import stem_of
from reportgen.analysis.standing import Standing
from reportgen.charts.curve import Curve, Line, choose_x, curve_svg
from reportgen.model import MetricSeries, Run, Status

if TYPE_CHECKING:
    from reportgen.charts.axes import XKind

_LINES = 7  # in a chart; more would be a tangle
_SHORT = 8  # times the last step of a metric, and still not that of another: apart


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with its title."""

    title: str
    hint: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Charts with a common prefix; `name` is "" for those without one."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws the curves of one run."""

    run: Run
    standing: Standing
    series_of: Callable[[str], MetricSeries]

    def groups(self, keys: Iterable[str], prefix: str) -> tuple[FigureGroup, ...]:
        """Charts of those metrics of the run that have two points or more.

        `prefix` tells the ids of these drawings from those of others on the page.
        """
        stems: dict[str, list[str]] = {}
        for key in keys:
            if self.run.metrics[key].count > 1:
                stems.setdefault(stem_of(key), []).append(key)
        groups = []
        number = 0
        for group in group_by_prefix(stems, ("/",)):
            figures: list[Figure] = []
            for stem in group.keys:
                for part in self._charts(stems[stem]):
                    figures.append(self._figure(stem, part, f"{prefix}{number}"))
                    number += 1
            groups.append(FigureGroup(group.prefix, tuple(figures)))
        return tuple(groups)

    def _charts(self, keys: Sequence[str]) -> list[Sequence[str]]:
        """The metrics of a stem, training first, in charts of a few lines.

        A metric that ends after a few steps, as one counted by fold, has no place beside one with
        many: its curve would be a stroke at the edge.
        """
        last = {key: self.run.metrics[key].step for key in keys}
        longest = max(last.values())
        ordered = sorted(keys, key=lambda key: (self.standing.order(key), key))
        long = [key for key in ordered if last[key] * _SHORT >= longest]
        short = [key for key in ordered if last[key] * _SHORT < longest]
        return [
            part[start : start + _LINES]
            for part in (long, short)
            for start in range(0, len(part), _LINES)
        ]

    def _figure(self, stem: str, keys: Sequence[str], identity: str) -> Figure:
        growing = self.run.status is Status.RUNNING
        lines = []
        kind: XKind = "step"
        for place, key in enumerate(keys, start=1):
            series = self.series_of(key)
            kind, xs = choose_x(series.steps, series.timestamps)
            lines.append(Line(key, xs, series.values, f"c{place}", growing))
        title = keys[0] if len(keys) == 1 else stem
        chart = Curve(title, tuple(lines), kind)
        svg = Markup(curve_svg(chart, identity))  # noqa: S704 (our own drawing, texts escaped)
        return Figure(title, self.standing.hint(keys[0]), svg)
