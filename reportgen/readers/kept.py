"""The points of the run that was read last: its pages draw them right after, from memory."""

from reportgen.model import MetricHead, MetricKey, MetricSeries, Run

_MOST_POINTS = 1_000_000  # of one run, 24 MB; what is more is read again


class KeptSeries:
    """The series of one run at a time."""

    def __init__(self) -> None:
        self._where = ""
        self._room = _MOST_POINTS
        self._series: dict[MetricKey, tuple[MetricHead, MetricSeries]] = {}

    def begin(self, where: str) -> None:
        """Forget the last run: the one at that place is being read."""
        self._where = where
        self._room = _MOST_POINTS
        self._series = {}

    def add(self, head: MetricHead, series: MetricSeries) -> None:
        """Keep the points of a metric, as long as there is room."""
        if head.count <= self._room:
            self._room -= head.count
            self._series[head.key] = head, series

    def find(self, run: Run, key: MetricKey) -> MetricSeries | None:
        """The points that the head of a run's metric was made from, where they are kept."""
        if run.where != self._where or key not in self._series or key not in run.metrics:
            return None
        head, series = self._series[key]
        return series if run.metrics[key].digest == head.digest else None
