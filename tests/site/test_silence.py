"""Running runs under a watch that nobody has heard of for long, by a clock that the tests set."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from reportgen.site import stalled
from reportgen.site.live import LiveBuilds
from reportgen.site.quick import LastBuild
from tests.patience import let_files_age
from tests.sites import add_run, make_store, options_for, run_id
from tests.trees import write

RUNNING = 1
LIMIT = 60_000  # ms
WHERE = f"1/{run_id(9)}"
OWN = f"runs/{run_id(9)}/index.html"
LOGGED = {
    "a file": {"artifacts/plot.txt": "new\n"},
    "a file of the same size": {"artifacts/weights.bin": "5678"},
    "a tag": {"tags/phase": "two"},
    "a parameter": {"params/depth": "3"},
    "a value of no time": {"metrics/loss": "0 0.5 0\n"},
    "a value of long ago": {"metrics/loss": "1500000000000 0.5 0\n"},
}


class Stage:
    """A store with one run that says it is running, and the builds of a watch of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = make_store(folder / "mlruns", runs=2)
        add_run(self.store, 9, {"artifacts/weights.bin": "1234"}, status=RUNNING, end_time=None)
        self.site = folder / "site"
        self.options = options_for(self.store, self.site, stalled_after=LIMIT)
        self._seconds = 0.0
        monkeypatch.setattr(stalled, "time", SimpleNamespace(monotonic=lambda: self._seconds))
        let_files_age()
        self.builds = LiveBuilds(self.options)
        self.builds.build(None)

    def wait(self, seconds: float) -> None:
        """Let time pass in which nothing is logged, and look at all files."""
        self._seconds += seconds
        self.builds.build(None)

    def log(self, files: dict[str, str]) -> None:
        """Have the running run log something, long enough ago for its time to be trusted."""
        write(self.store / WHERE, files)
        let_files_age()

    def is_marked(self) -> bool:
        """Whether the run is called stalled, on its own page and the first alike."""
        own, first = ("Stalled?" in (self.site / path).read_text() for path in (OWN, "index.html"))
        assert own == first
        return own


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(tmp_path, monkeypatch)


@pytest.mark.parametrize("rung", [frozenset({(0, WHERE)}), None], ids=["rung", "looked at"])
@pytest.mark.parametrize("logged", LOGGED)
def test_whatever_a_running_run_logs_ends_its_silence_with_the_build_that_it_asks_for(
    stage: Stage, logged: str, rung: frozenset[tuple[int, str]] | None
) -> None:
    stage.wait(2 * LIMIT / 1000)
    assert stage.is_marked()
    stage.log(LOGGED[logged])
    stage.builds.build(rung)
    assert not stage.is_marked()
    stage.wait(0.9 * LIMIT / 1000)
    assert not stage.is_marked()
    stage.wait(LIMIT / 1000)
    assert stage.is_marked()


def test_a_ring_of_a_run_that_is_over_tells_nothing_of_one_that_is_running(stage: Stage) -> None:
    write(stage.store / "1" / run_id(0), {"tags/note": "added later"})
    stage.wait(2 * LIMIT / 1000)
    stage.builds.build(frozenset({(0, f"1/{run_id(0)}")}))
    assert stage.is_marked()


def test_a_silence_that_was_told_leaves_the_quick_answer_to_the_next_build(stage: Stage) -> None:
    stage.wait(2 * LIMIT / 1000)
    last = LastBuild(stage.site, stage.options, stage.options.stores)
    assert last.result() is not None
    assert stage.builds.build(None)[1] is None  # nor the next look of the watch
