"""A build stopped at any moment leaves whole pages, and the next one ends as a clean one does."""

import fcntl
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from reportgen.site.quick import STATE_FOLDER
from tests.site.forks import Forks, forks
from tests.sites import build, clean_environment, command, difference, make_store, tree_of

RUNS = 40  # enough for two processes: for those of the second experiment
KILLS = 25  # into a fresh folder, and again onto an older site
FILES = 3 * RUNS  # that a build writes, at least
STATE_NAMES = re.compile(
    r"(manifest|briefs)\.json|lock|stores|complete|(site|store-0)/([0-9a-f]{32}\.shelf)?"
)
PATIENCE = 60  # seconds, after which something hangs


class Sites:
    """One store and two configs, `old` and `new`, that make every page differ."""

    def __init__(self, folder: Path, store: Path, started: Forks) -> None:
        self.folder = folder
        self.store = store
        self.forks = started
        self.trees: dict[str, dict[str, bytes]] = {}
        for title in ("old", "new"):
            (folder / f"{title}.toml").write_text(f'[site]\ntitle = "{title}"\n')
            self.build(title, folder / title)
            self.trees[title] = tree_of(folder / title)

    def build(self, title: str, output: Path) -> None:
        """Build to the end, in this process."""
        build(self.store, output, title=title)

    @contextmanager
    def started(self, title: str, output: Path) -> Iterator[subprocess.Popen[str]]:
        """A build with two processes, in a process group of its own."""
        process = subprocess.Popen(
            command(["build", "mlruns", "-o", output, "--jobs", "2", "--config", f"{title}.toml"]),
            cwd=self.folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                stop(process, signal.SIGKILL)

    def kill(self, title: str, output: Path, writes: int) -> None:
        """Begin to build with two processes, and kill them after so many files were begun."""
        config = self.folder / f"{title}.toml"
        arguments = (self.store, "-o", output, "--jobs", "2", "--config", config)
        with self.forks.started(*arguments) as fork:
            assert wait_until(lambda: fork.has_ended() or announced(output) >= writes)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    folder = tmp_path_factory.mktemp("killed")
    store = make_store(folder / "mlruns", RUNS, experiments=2)
    with forks(store) as started:
        yield Sites(folder, store, started)


def stop(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """Send a signal to a build and all its workers, as a terminal does."""
    if process.poll() is None:
        os.killpg(process.pid, how)


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Whether something came to be so before patience ended."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def is_unlocked(output: Path) -> bool:
    """Whether no process builds into a folder any more."""
    lock = output / STATE_FOLDER / "lock"
    if not lock.exists():
        return True
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def announced(output: Path) -> int:
    """How many files the build at work has begun to write; 0 once it is done."""
    journals = (output / STATE_FOLDER).glob("*.journal")
    try:
        return sum(path.read_bytes().count(b"\n") for path in journals)
    except FileNotFoundError:  # it has just ended
        return 0


def torn(found: Mapping[str, bytes], *whole: Mapping[str, bytes]) -> list[str]:
    """The files that are in none of the states in which they are whole."""
    return [path for path, data in found.items() if all(data != tree.get(path) for tree in whole)]


def left_over(output: Path) -> list[str]:
    """Names in our state folder that a build should not leave."""
    state = output / STATE_FOLDER
    names = [
        path.relative_to(state).as_posix() + ("/" if path.is_dir() else "")
        for path in state.rglob("*")
    ]
    return [name for name in names if not STATE_NAMES.fullmatch(name)]


def check_recovery(sites: Sites, title: str, output: Path) -> None:
    """Assert that the next build makes the site of a clean one, and clears up."""
    assert wait_until(lambda: is_unlocked(output))
    sites.build(title, output)
    assert difference(tree_of(output), sites.trees[title]) == []
    assert left_over(output) == []


def moments(files: int) -> list[int]:
    """After how many files to kill a build of so many: from the first one to beyond the last."""
    return [files * number // (KILLS - 1) for number in range(KILLS)]


def test_killed_build_of_a_fresh_site_leaves_whole_pages(sites: Sites, tmp_path: Path) -> None:
    unfinished = 0
    for writes in moments(sum(not path.endswith("/") for path in sites.trees["new"])):
        output = tmp_path / f"site-{writes}"
        sites.kill("new", output, writes)
        found = tree_of(output) if output.exists() else {}
        assert torn(found, sites.trees["new"]) == []
        unfinished += 0 < len(found) < len(sites.trees["new"])
        check_recovery(sites, "new", output)
    assert unfinished > KILLS // 2


def test_killed_build_onto_an_older_site_leaves_whole_pages(sites: Sites, tmp_path: Path) -> None:
    output = tmp_path / "site"
    unfinished = 0
    sites.build("old", output)
    files = len(difference(sites.trees["old"], sites.trees["new"]))
    for number, writes in enumerate(moments(files)):
        title, before = ("new", "old") if number % 2 == 0 else ("old", "new")
        sites.kill(title, output, writes)
        found = tree_of(output)
        assert torn(found, sites.trees["old"], sites.trees["new"]) == []
        assert found.keys() == sites.trees["old"].keys()
        changed = difference(found, sites.trees[before])
        unfinished += 0 < len(changed) < len(difference(sites.trees["old"], sites.trees["new"]))
        check_recovery(sites, title, output)
    assert unfinished > KILLS // 2


def test_build_killed_between_pictures_and_their_page_leaves_whole_files(
    sites: Sites, tmp_path: Path
) -> None:
    output = tmp_path / "site"
    picture = output / "experiments/experiment-1/overview-1.svg"
    with sites.started("new", output) as process:
        assert wait_until(picture.exists)
        stop(process, signal.SIGKILL)
        process.wait(PATIENCE)
    found = tree_of(output)
    assert torn(found, sites.trees["new"]) == []
    assert "index.html" not in found  # which comes last
    check_recovery(sites, "new", output)


def test_workers_leave_when_the_build_is_killed_alone(sites: Sites, tmp_path: Path) -> None:
    output = tmp_path / "site"
    with sites.started("new", output) as process:
        assert wait_until(lambda: announced(output) > RUNS)
        process.kill()
        process.wait(PATIENCE)
        check_recovery(sites, "new", output)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("part", [0.02, 0.3, 0.8])
def test_interrupted_build_says_so_and_leaves_whole_pages(
    sites: Sites, tmp_path: Path, part: float
) -> None:
    output = tmp_path / "site"
    with sites.started("new", output) as process:
        assert wait_until(lambda: announced(output) > part * FILES)
        stop(process, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, "")
    assert err == "interrupted; what was written is whole, build again to go on\n"
    assert torn(tree_of(output), sites.trees["new"]) == []
    check_recovery(sites, "new", output)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize(
    ("moment", "runs", "jobs"),
    [("painting", 4, "1"), ("starting", 40, "2")],
    ids=["while the plotting library loads", "before the pool knows its worker"],
)
def test_an_interrupt_at_the_worst_moment_ends_the_build(
    moment: str, runs: int, jobs: str, tmp_path: Path
) -> None:
    store, site = make_store(tmp_path / "mlruns", runs), tmp_path / "site"
    done = subprocess.run(
        command([moment, "build", store, "-o", site, "--jobs", jobs], module="tests.interrupted"),
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    said = "interrupted; what was written is whole, build again to go on\n"
    assert (done.returncode, done.stdout, done.stderr) == (130, "", said)
    assert build(store, site).failures == ()
