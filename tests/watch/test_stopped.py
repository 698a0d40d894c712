"""A watch that is stopped at any moment leaves whole files, and a site to go on from."""

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.site.test_killed import left_over
from tests.sites import add_run, build, difference, make_store, run_id, tree_of
from tests.watch.watching import until, watch_process

pytestmark = pytest.mark.usefixtures("interrupts")
ENDS = {signal.SIGINT: {130}, signal.SIGTERM: {0}, signal.SIGKILL: {-signal.SIGKILL}}


@contextmanager
def trainer(store: Path) -> Iterator[None]:
    """Somebody who logs to all runs, and begins new ones, for as long as the block goes on."""
    over = threading.Event()

    def train() -> None:
        step = 0
        while not over.wait(0.01):
            step += 1
            run = store / "1" / run_id(step % 5)
            with (run / "metrics/rmse").open("a") as file:
                file.write(f"{1600000099000 + step} 0.{step} {step}\n")
            if step % 50 == 0:
                add_run(store, 10 + step)

    thread = threading.Thread(target=train)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def torn(site: Path) -> list[str]:
    """The files of a site that end too early."""
    found = []
    for path in site.rglob("*"):
        if path.suffix == ".html" and "artifacts" not in path.parts:
            is_whole = path.read_text().rstrip().endswith("</html>")
        elif path.suffix == ".json" and ".reportgen" not in path.parts:
            is_whole = bool(json.loads(path.read_bytes()))
        elif path.parent.name.startswith("0000") and path.name == "run.js":
            is_whole = path.read_text().rstrip().endswith(");")
        else:
            continue
        if not is_whole:
            found.append(str(path))
    return found


def test_a_watch_stopped_at_any_moment_leaves_whole_files_and_a_site_to_go_on_from(
    tmp_path: Path,
) -> None:
    store, site = make_store(tmp_path / "mlruns", runs=5), tmp_path / "site"
    chance = random.Random(11)  # noqa: S311 (moments: not a secret)
    for number, how in enumerate((*ENDS, signal.SIGINT)):
        with trainer(store), watch_process(store, site) as watch:
            if number == 0:  # in the middle of its first build
                until((site / ".reportgen/lock").exists)
            else:
                until(partial(watch.said, "runs ("))
            time.sleep(chance.uniform(0.0, 1.2))
            assert watch.end(how) in ENDS[how]
        assert not watch.said("Traceback")
        assert torn(site) == []
    report = build(store, site)
    assert report.failures == ()
    build(store, tmp_path / "fresh")
    assert difference(tree_of(site), tree_of(tmp_path / "fresh")) == []
    assert left_over(site) == []
