"""Where results go: files that take their place when whole, and streams that take no more."""

import os
import subprocess
from pathlib import Path

import pytest

from reportgen.cli import main
from tests.sites import (
    add_experiment,
    add_run,
    clean_environment,
    command,
    page,
    run_id,
    without_rights,
)
from tests.trees import write

FULL = Path("/dev/full")
RESULTS = (
    ["build"],
    ["check"],
    ["check", "--json"],
    ["summary"],
    ["diff", run_id(1), run_id(2)],
    ["export", "-o", "-", "--format", "csv"],
    ["export", "-o", "-", "--format", "jsonl"],
    ["export", "-o", "-", "--format", "parquet"],
)


@pytest.fixture(autouse=True)
def folder(workplace: Path) -> Path:
    """The current folder, with a store of two runs."""
    add_experiment(workplace / "mlruns", "1", "iris")
    add_run(workplace / "mlruns", 1)
    add_run(workplace / "mlruns", 2)
    return workplace


def in_shell(redirected: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """A command with its streams as the shell was told, such as `>&-`."""
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirected}', "sh", *command(arguments)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", RESULTS, ids=" ".join)
def test_results_that_find_no_room_are_an_error(arguments: list[str]) -> None:
    main(["build", "--quiet"])
    done = in_shell(f"> {FULL}", arguments)
    assert done.stderr.splitlines()[-2:] == [
        "error: standard output cannot be written: No space left on device  [output-failed]",
        "  try: make room where it leads, or name a file with -o",
    ]
    assert done.returncode == 2


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_messages_that_find_no_room_do_not_stop_the_work(folder: Path) -> None:
    assert in_shell(f"2> {FULL}", ["build", "--verbose"]).returncode == 0
    assert page(folder / "site", "index.html") != ""
    assert in_shell(f"2> {FULL}", ["build", "nowhere"]).returncode == 2


def test_commands_work_where_streams_were_closed(folder: Path) -> None:
    done = in_shell("<&- >&- 2>&-", ["build"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert page(folder / "site", "index.html") != ""
    for name in ("nowhere", os.fsdecode(b"no\xff")):
        assert in_shell("2>&-", ["build", name]).returncode == 2
    assert in_shell(">&-", ["export", "-o", "-", "--format", "md"]).returncode == 0


def test_export_spares_a_file_that_ends_in_part(folder: Path) -> None:
    write(folder, {"runs.csv.part": "mine"})
    assert main(["export", "-o", "runs.csv", "--quiet"]) == 0
    assert page(folder, "runs.csv.part") == "mine"
    assert sorted(os.listdir(folder)) == ["mlruns", "runs.csv", "runs.csv.part"]


@pytest.mark.parametrize("arguments", [["export"], ["diff", run_id(1), run_id(2)]], ids=" ".join)
def test_nothing_is_written_into_a_store(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (folder / "link").symlink_to("mlruns/1")
    for name in ("mlruns/runs.md", "link/meta.md"):
        assert main([*arguments, "-o", name]) == 2
        assert capsys.readouterr().err == (
            f"error: the output file {name} is in the store mlruns, which is never written to"
            "  [output-conflict]\n  try: choose a file beside the store: -o FILE\n"
        )
    assert not list(folder.rglob("*.md*"))


def test_what_may_not_be_read_of_a_site_is_a_finding_or_an_error(folder: Path) -> None:
    main(["build", "--quiet"])

    def told(*arguments: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            [*without_rights(), *command(arguments)],
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]

    (folder / "site/index.html").chmod(0)
    (folder / "site/runs").chmod(0)
    status, lines = told("check", "-o", "site")
    assert (status, lines[0]) == (1, "site/index.html: cannot be read: permission denied")
    assert f"site/runs/{run_id(1)}/run.json: cannot be read: permission denied" in lines
    (folder / "site/.reportgen").chmod(0)
    place = "site/.reportgen/manifest.json"
    assert told("check") == (
        2,
        [
            f"error: {place} cannot be read: Permission denied  [output-failed]",
            "  try: check its permissions",
        ],
    )
    (folder / "site").chmod(0)
    assert told("build") == (
        2,
        [
            "error: site cannot be written: Permission denied  [output-failed]",
            "  try: choose another output folder: -o DIR",
        ],
    )
    (folder / "site").chmod(0o700)  # for whoever clears it away
    (folder / "site/.reportgen").chmod(0o700)
    (folder / "site/runs").chmod(0o700)
