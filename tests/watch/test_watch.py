"""A site under watch follows its store: a run at once, everything else soon after."""

import shutil
from pathlib import Path

import pytest

from reportgen.errors import OutputConflict
from reportgen.watch import loop
from reportgen.watch.doorbell import Doorbell, NoEvents, place_of
from reportgen.watch.loop import Listener, Watch
from tests.sites import add_run, make_store, options_for, run_id
from tests.trees import write
from tests.watch.watching import append, quick, until, until_right, watching

# As doorbell.py does, whose filter pytest sets aside.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")


@pytest.fixture(autouse=True)
def _builds_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "mlruns", runs=3)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def page_of(site: Path, number: int) -> Path:
    return site / f"runs/{run_id(number)}/index.html"


def test_what_a_run_logs_is_on_its_page_before_the_next_build(
    store: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(store, site) as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)
        monkeypatch.setattr(loop, "_SETTLE", 3600.0)
        append(store, 1, "1600000099000 0.777 1\n")
        until(lambda: "0.777" in page_of(site, 1).read_text())
        until(lambda: f"runs/{run_id(1)}/index.html" in told.paths)
        assert "0.777" in (site / f"runs/{run_id(1)}/run.json").read_text()
        assert "0.777" not in (site / "experiments/experiment-1/index.html").read_text()


def test_a_page_that_a_build_has_made_since_is_ours_as_well(
    store: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(store, site) as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)
        append(store, 2, "1600000199000 0.777 1\n")
        until(lambda: "0.777" in page_of(site, 2).read_text())
        add_run(store, 3)  # the page of the run before it names it, in the next build
        until(lambda: "experiment 1: 4 runs (4 finished)" in told.lines)
        assert run_id(3) in page_of(site, 2).read_text()
        monkeypatch.setattr(loop, "_SETTLE", 3600.0)
        append(store, 2, "1600000299000 0.888 2\n")
        until(lambda: "0.888" in page_of(site, 2).read_text())


def test_all_pages_follow_in_the_end(store: Path, site: Path, tmp_path: Path) -> None:
    with watching(store, site) as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)
        append(store, 1, "1600000099000 0.777 1\n")
        add_run(store, 7, status=1)
        until(page_of(site, 7).is_file)
        write(store / "1" / run_id(7), {"metrics/rmse": "1600000500000 0.5 0\n"})
        shutil.rmtree(store / "1" / run_id(0))
        write(store / "1" / run_id(2), {"tags/mlflow.runName": "renamed"})
        until_right(store, site, tmp_path / "clean")
        assert not page_of(site, 0).exists()
        until(lambda: "experiment 1: 3 runs (2 finished, 1 running)" in told.lines)


def test_many_points_in_a_row_all_arrive(store: Path, site: Path, tmp_path: Path) -> None:
    with watching(store, site) as told:
        until(lambda: bool(told.lines))
        for step in range(1, 400):
            append(store, step % 3, f"{1600000099000 + step} 0.{step:03} {step}\n")
        until_right(store, site, tmp_path / "clean")
        assert not [line for line in told.lines if "by hand" in line or "did not write" in line]


def test_a_store_that_comes_later_is_waited_for(site: Path, tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    with watching(store, site) as told:
        until(lambda: bool(told.lines))
        assert "mlruns" in told.lines[0]
        make_store(store, runs=2)
        until_right(store, site, tmp_path / "clean")


def test_a_folder_of_somebody_else_ends_a_watch_at_its_start(store: Path, site: Path) -> None:
    write(site, {"index.html": "mine"})
    watch = Watch(options_for(store, site), Listener(lambda _: None, lambda _: None))
    with pytest.raises(OutputConflict, match="already holds index") as raised:
        watch.run()
    assert raised.value.hint == "choose an empty folder with -o, or move these away"


def test_a_store_that_is_replaced_as_a_whole_is_followed(
    store: Path, site: Path, tmp_path: Path
) -> None:
    with watching(store, site) as told:
        until(lambda: bool(told.lines))
        store.rename(tmp_path / "old")
        other = make_store(tmp_path / "other", runs=2)
        other.rename(store)
        until_right(store, site, tmp_path / "clean")
        append(store, 1, "1600000099000 0.777 1\n")  # it is listened to as well
        until(lambda: "0.777" in page_of(site, 1).read_text())


def test_a_run_that_falls_silent_has_stalled_though_no_other_run_tells_the_time(
    store: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_LEAST_QUIET", 0.2)
    monkeypatch.setattr(loop, "_QUIET_LOOK", 0.0)
    add_run(store, 9, status=1)
    with watching(store, site, stalled_after=3000):
        until(page_of(site, 9).exists)
        assert "Stalled?" not in page_of(site, 9).read_text()
        until(lambda: "Stalled?" in page_of(site, 9).read_text())
        until(lambda: "Stalled?" in (site / "index.html").read_text())
        append(store, 9, "1700000000000 0.5 7\n")
        until(lambda: "Stalled?" not in page_of(site, 9).read_text())


def test_without_events_the_store_is_looked_at(store: Path, site: Path, tmp_path: Path) -> None:
    with watching(store, site, poll=0.2) as told:
        until(lambda: bool(told.lines))
        append(store, 1, "1600000099000 0.777 1\n")
        until_right(store, site, tmp_path / "clean")


def test_a_system_that_watches_no_more_folders_is_looked_at_and_told_of(
    store: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_bell: Doorbell) -> None:
        raise NoEvents("there are more folders than this user may watch")

    monkeypatch.setattr(Doorbell, "listen", refuse)
    with watching(store, site) as told:
        until(lambda: len(told.lines) > 1)
        assert told.lines[0] == (
            "no events of changed files here (there are more folders than this user may watch); "
            "looking every 0.1 s"
        )
        append(store, 1, "1600000099000 0.777 1\n")
        until_right(store, site, tmp_path / "clean")


def test_a_page_changed_by_hand_is_left_alone(store: Path, site: Path, tmp_path: Path) -> None:
    with watching(store, site) as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)
        page_of(site, 1).write_text("mine")
        append(store, 1, "1600000099000 0.777 1\n")
        until(lambda: any("by hand" in line for line in told.lines))
        assert page_of(site, 1).read_text() == "mine"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("1/abc/metrics/loss", "1/abc"),
        ("1/abc/meta.yaml", "1/abc"),
        ("1/abc/artifacts/model/MLmodel", "1/abc"),
        (".trash/1/abc/meta.yaml", ".trash/1/abc"),
        ("1/abc", ""),  # a run that comes or goes
        ("1/meta.yaml", ""),
        ("1/tags/mlflow.note.content", ""),
        ("1/models/m-1/meta.yaml", ""),
        ("1", ""),
        (".", ""),
    ],
)
def test_places_that_ring(path: str, place: str) -> None:
    assert place_of(path) == place


def test_reading_rings_no_bell(store: Path) -> None:
    bell = Doorbell([str(store)])
    bell.listen()
    try:
        (store / "1" / run_id(1) / "metrics/rmse").read_bytes()
        assert not bell.wait(0.3)
        append(store, 1, "1600000099000 0.777 1\n")
        rung = bell.wait(60)
        assert (rung.runs, rung.other) == ({(0, f"1/{run_id(1)}")}, False)
    finally:
        bell.close()
