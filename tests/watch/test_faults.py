"""A watch meets disks, stores and people as they are: it says what is wrong, and goes on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reportgen.errors import OutputError
from reportgen.watch.doorbell import Doorbell
from tests.sites import add_run, build, difference, make_store, run_id, tree_of, without_rights
from tests.trees import write
from tests.watch.watching import append, quick, until, until_right, watch_process, watching

pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")
FULL = "No space left on device"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "mlruns", runs=3)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own below a folder."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """A file that takes what is left of a disk, but for some bytes."""
    filler = disk / "filler"
    status = os.statvfs(disk)
    filler.write_bytes(bytes(status.f_bavail * status.f_frsize - leave))
    return filler


def test_a_disk_that_is_full_is_told_of_and_the_site_follows_once_it_is_not(
    store: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path, "12m") as disk, watch_process(store, disk / "site") as watch:
        until(lambda: watch.said("3 runs"))
        filler = fill(disk, leave=8192)
        for step in range(1, 40):
            append(store, 1, f"{1600000099000 + step} 0.{step:03} {step}\n")
        add_run(store, 7)
        until(lambda: watch.said(FULL))
        assert watch.process.poll() is None
        for page in (disk / "site").rglob("*.html"):
            assert page.read_text().rstrip().endswith("</html>")
        filler.unlink()
        until_right(store, disk / "site", tmp_path / "clean")
        assert not [line for line in watch.lines if "bug" in line or "by hand" in line]


def test_a_build_onto_a_disk_that_fills_up_at_any_place_says_so_and_the_next_goes_on(
    store: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path, "6m") as disk:
        free = os.statvfs(disk).f_bavail
        build(store, disk / "site")
        clean = tree_of(disk / "site")
        used = free - os.statvfs(disk).f_bavail
        shutil.rmtree(disk / "site")
        for pages in (0, used // 4, used // 2, *range(used - 40, used - 1, 6)):
            filler = fill(disk, leave=pages * os.statvfs(disk).f_frsize)
            with pytest.raises(OutputError, match=FULL):
                build(store, disk / "site")
            filler.unlink()
            assert build(store, disk / "site").failures == ()
            assert difference(tree_of(disk / "site"), clean) == []
            shutil.rmtree(disk / "site")


def test_an_output_folder_that_is_closed_is_waited_for(store: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with watch_process(store, closed / "site", *without_rights()) as watch:
        until(lambda: watch.said("Permission denied"))
        closed.chmod(0o700)
        until_right(store, closed / "site", tmp_path / "clean")


def test_a_part_of_the_store_that_is_closed_for_a_while_comes_back(
    store: Path, tmp_path: Path
) -> None:
    site, run = tmp_path / "site", store / "1" / run_id(1)
    with watch_process(store, site, *without_rights()) as watch:
        until(lambda: watch.said("3 runs (3 finished)"))
        append(store, 1, "1600000199000 0.7 1\n")
        run.chmod(0)
        until(lambda: watch.said("2 runs (2 finished)"))
        assert "permission denied" in (site / "problems/index.html").read_text()
        run.chmod(0o755)
        append(store, 1, "1600000299000 0.8 2\n")
        until_right(store, site, tmp_path / "clean")
        append(store, 2, "1600000299000 0.8 2\n")
        store.chmod(0)
        until(lambda: watch.said("cannot be listed"))
        store.chmod(0o755)
        until_right(store, site, tmp_path / "clean")


def test_more_folders_than_may_be_watched_are_looked_at(store: Path, tmp_path: Path) -> None:
    limit = ("unshare", "--user", "--map-root-user", "sh", "-c")
    script = 'echo 12 > /proc/sys/user/max_inotify_watches && exec "$@"'
    if subprocess.run([*limit, script, "sh", "true"], check=False).returncode != 0:
        pytest.skip("no limit of this user can be set here")
    with watch_process(store, tmp_path / "site", *limit, script, "sh") as watch:
        until(lambda: watch.said("3 runs"))
        assert watch.said("more folders than this user may watch")
        append(store, 2, "1600000199000 0.7 1\n")
        until_right(store, tmp_path / "site", tmp_path / "clean")


def test_events_that_were_lost_ring_for_everything(store: Path) -> None:
    bell = Doorbell([str(store)])
    bell.listen()
    try:
        loop_warning("Inotify queue overflowed; filesystem events were lost")
        assert bell.wait(60).other
    finally:
        bell.close()


def loop_warning(text: str) -> None:
    import logging

    logging.getLogger("watchdog.observers.inotify_c").warning(text)


def test_torn_files_renames_and_stores_that_go_and_come_are_followed(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    site, clean, record = tmp_path / "site", tmp_path / "clean", store / "1/meta.yaml"
    with watching(store, site) as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)

        append(store, 1, "1600000099000 0.7")  # a line that is still being written
        until_right(store, site, clean)
        append(store, 1, "77 1\n")
        until_right(store, site, clean)

        whole = (store / "1" / run_id(2) / "meta.yaml").read_text()
        write(store / "1" / run_id(2), {"meta.yaml": whole[: len(whole) // 2]})
        until_right(store, site, clean)
        write(store / "1" / run_id(2), {"meta.yaml": ""})
        until_right(store, site, clean)
        write(store / "1" / run_id(2), {"meta.yaml": whole})
        until_right(store, site, clean)

        record.write_text(record.read_text().replace("experiment 1", "another name"))
        until_right(store, site, clean)
        assert (site / "experiments/another-name/index.html").is_file()

        shutil.copytree(store, tmp_path / "kept")
        shutil.rmtree(store)
        until(lambda: any("waiting for it" in line for line in told.lines))
        assert (site / "index.html").is_file()
        (tmp_path / "kept").rename(store)
        until_right(store, site, clean)
        append(store, 2, "1600000299000 0.888 2\n")
        until(lambda: "0.888" in (site / f"runs/{run_id(2)}/index.html").read_text())


def test_runs_that_are_deleted_while_their_pages_are_made_leave_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    with watching(store, tmp_path / "site") as told:
        until(lambda: "experiment 1: 3 runs (3 finished)" in told.lines)
        for number in range(3, 40):
            add_run(store, number)
        until_right(store, tmp_path / "site", tmp_path / "clean")
        for number in range(3, 40):
            append(store, number, "1600000199000 0.7 1\n")
            if number % 3:
                append(store, 1, f"{1600000199000 + number} 0.7 {number}\n")
            shutil.rmtree(store / "1" / run_id(number))
        until_right(store, tmp_path / "site", tmp_path / "clean")
        assert not [line for line in told.lines if "bug" in line or "by hand" in line]
