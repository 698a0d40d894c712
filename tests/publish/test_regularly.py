"""A watch that publishes what it changed, beside its other work."""

import signal
import subprocess
from pathlib import Path

from tests.patience import PATIENCE, until_true
from tests.publish.remotes import Project
from tests.publish.test_publish import edit_note
from tests.sites import clean_environment, command, run_id


def test_watch_publishes_what_changed_and_bears_a_remote_that_is_gone(
    published: Project, tmp_path: Path
) -> None:
    page = f"runs/{run_id(0)}/index.html"
    log = tmp_path / "log"

    def is_published(text: str) -> bool:
        return f">{text}<" in published.show(page)

    options = ("--no-serve", "--jobs", "1", "--publish-every", "1s")
    with log.open("w") as file:
        process = subprocess.Popen(
            command(["watch", *options]),
            cwd=published.folder,
            env=clean_environment(),
            stderr=file,
        )
    try:
        until_true(lambda: "2 runs" in log.read_text(), "no first build")
        edit_note(published, "green")
        until_true(lambda: is_published("green"), log.read_text())
        away = published.remote.rename(published.remote.with_name("away.git"))
        edit_note(published, "red")
        until_true(lambda: "tried again when it is time" in log.read_text(), "no word")
        away.rename(published.remote)
        until_true(lambda: is_published("red"), log.read_text())
        edit_note(published, "blue")
        until_true(lambda: ">blue<" in (published.folder / "site" / page).read_text(), "")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    assert is_published("blue")  # what was left at the end
    said = log.read_text()
    assert "there is no repository at origin" in said
    assert said.count("published gh-pages of origin") >= 2
    assert len(published.commits()) == 1
