"""Slips of the pen on the command line and in the config: nothing else is done instead."""

import os
from pathlib import Path

import pytest

from reportgen.cli import main
from tests.sites import add_experiment, add_run, run_id
from tests.trees import write

RUN_PAGE = f"runs/{run_id(1)}/index.html"


@pytest.fixture(autouse=True)
def folder(workplace: Path) -> Path:
    """The current folder, with a store of one run."""
    add_experiment(workplace / "mlruns", "1", "iris")
    add_run(workplace / "mlruns", 1)
    return workplace


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of a command that cannot start, its two lines with " | " between."""
    assert main(arguments) == 2
    return " | ".join(line.strip() for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["biuld"], "no command 'biuld'  [bad-option] | try: did you mean build?"),
        (["help"], "no command 'help'  [bad-option] | try: reportgen --help"),
        (
            ["build", "--experimnt=x"],
            "unrecognized arguments: --experimnt=x  [bad-option] | try: did you mean --experiment?",
        ),
        (
            ["watch", "--pol", "3"],
            "unrecognized arguments: --pol  [bad-option] | try: did you mean --poll?",
        ),
        (
            ["--quiet", "build", "--jobs", "2"],
            "--quiet stands before the command  [bad-option]"
            " | try: options follow it: reportgen build --quiet",
        ),
    ],
)
def test_slips_of_the_pen_name_the_nearest(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert refused(capsys, *arguments) == f"error: {said}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "-o", ""],
        ["build", ""],
        ["build", "--theme="],
        ["build", "--config", ""],
        ["export", "-o", ""],
        ["serve", ""],
        ["publish", "-o", ""],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_not_taken_for_another_place(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str]
) -> None:
    assert "the name is empty; the current folder is .  [bad-option]" in refused(capsys, *arguments)
    assert os.listdir(folder) == ["mlruns"]


def test_an_empty_filter_is_none_whatever_the_config_says(folder: Path) -> None:
    write(folder, {"reportgen.toml": "[build]\nfilter = \"status = 'FAILED'\"\n"})
    assert main(["build", "--quiet"]) == 0
    assert not (folder / "site" / RUN_PAGE).exists()
    assert main(["build", "--quiet", "--filter", ""]) == 0
    assert (folder / "site" / RUN_PAGE).exists()


def test_config_may_begin_with_the_mark_of_windows(folder: Path) -> None:
    write(folder, {"reportgen.toml": b"\xef\xbb\xbf[build]\noutput = 'report'\n"})
    assert main(["build", "--quiet"]) == 0
    assert (folder / "report/index.html").is_file()


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\n", "[tool.other]\n"])
def test_a_pyproject_without_our_tables_is_no_config(folder: Path, text: str) -> None:
    write(folder, {"pyproject.toml": text})
    assert main(["build", "--quiet"]) == 0


def test_init_does_not_hide_the_config_of_a_pyproject(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"pyproject.toml": "[tool.reportgen.build]\noutput = 'report'\n"})
    assert refused(capsys, "init") == (
        "error: pyproject.toml has a config already  [bad-option]"
        " | try: edit it there: a reportgen.toml would hide it"
    )
    assert main(["init", "--gitlab"]) == 0
    assert capsys.readouterr().err.startswith("pyproject.toml has a config already, and stays")
    assert sorted(os.listdir(folder)) == [".gitlab-ci.yml", "mlruns", "pyproject.toml"]
    assert main(["init", "--config", "other.toml"]) == 0


def test_a_store_that_is_named_twice_is_read_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "link").symlink_to("mlruns")
    names = ["mlruns", "./mlruns/", "link", (folder / "mlruns").as_uri()]
    assert main(["build", *names]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == ["iris: 1 run (1 finished)"]
    assert os.listdir(folder / "site/experiments") == ["iris"]
    assert '"sources":["mlruns"]' in (folder / "site/data/site.json").read_text()
    assert main(["export", *names, "-o", "runs.csv", "--quiet"]) == 0
    add_experiment(folder / "other", "1", "wine")
    assert main(["build", "mlruns", "other", "link"]) == 0
    assert '"sources":["mlruns","other"]' in (folder / "site/data/site.json").read_text()
