"""The command line: exit statuses, results on standard output, messages on standard error."""

import json
import os
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

import reportgen
from reportgen.cli import main
from reportgen.readers.places import TRACKING_URI
from tests.sites import (
    add_experiment,
    add_run,
    clean_environment,
    command,
    make_store,
    page,
    run_id,
    tree_of,
)
from tests.trees import write

RUN_PAGE = f"runs/{run_id(1)}/index.html"


@pytest.fixture(autouse=True)
def folder(workplace: Path) -> Path:
    """An empty folder to work in."""
    return workplace


@pytest.fixture
def store(folder: Path) -> Path:
    """`mlruns` with two experiments, a finished run and a failed one."""
    add_experiment(folder / "mlruns", "1", "iris")
    add_experiment(folder / "mlruns", "2", "wine")
    add_run(folder / "mlruns", 1)
    add_run(folder / "mlruns", 2, experiment="2", status=4)
    return folder / "mlruns"


@pytest.fixture
def torn_store(store: Path) -> Path:
    """The same with a torn line."""
    write(store / "1" / run_id(1), {"metrics/rmse": "1600000000000 0.5 0\n16000\n"})
    return store


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = main(arguments)
    said = capsys.readouterr()
    return status, said.out, said.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of a command that cannot start, its two lines with " | " between."""
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    return " | ".join(line.strip() for line in err.splitlines())


def test_build_prints_a_line_an_experiment_and_where_to_look(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "build")
    assert (status, err) == (0, "")
    assert out.splitlines()[:2] == ["iris: 1 run (1 finished)", "wine: 1 run (1 failed)"]
    assert out.splitlines()[2].startswith(f"open {Path('site/index.html')} (")
    assert page(store.parent / "site", RUN_PAGE) != ""


@pytest.mark.usefixtures("store")
def test_build_says_the_same_when_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    first = run(capsys, "build")[1].splitlines()
    run(capsys, "build")
    status, out, err = run(capsys, "build")
    assert (status, err) == (0, "")
    assert out.splitlines() == [*first[:2], f"open {Path('site/index.html')} (nothing changed)"]


@pytest.mark.usefixtures("store")
def test_quiet_build_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "build", "--quiet") == (0, "", "")


def test_verbose_build_names_what_it_wrote_and_removed(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    err = run(capsys, "build", "--verbose")[2]
    assert {f"wrote {path}" for path in tree_of(store.parent / "site") if path[-1] != "/"} == set(
        err.splitlines()
    )
    (store / "1" / run_id(1) / "meta.yaml").unlink()
    assert f"removed {RUN_PAGE}" in run(capsys, "build", "--verbose")[2].splitlines()


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
@pytest.mark.usefixtures("torn_store")
def test_problems_of_the_store_count_when_strict(
    capsys: pytest.CaptureFixture[str], options: list[str], status: int
) -> None:
    for _ in range(3):  # the last ones find nothing to do
        found, out, _ = run(capsys, "build", *options)
        assert found == status
        assert "1 problem in the store: see problems/index.html" in out.splitlines()


@pytest.mark.usefixtures("store")
def test_page_that_was_edited_needs_attention(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    write(folder / "site", {RUN_PAGE: "mine"})
    status, _, err = run(capsys, "build")
    assert status == 1
    assert err == (
        f"{RUN_PAGE}: was changed by hand since reportgen wrote it; "
        "delete it to have it written again\n"
    )


def test_many_pages_that_fail_for_one_reason_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_store(folder / "mlruns", runs=9)
    write(folder, {"mine/theme.toml": "", "mine/templates/run.html": "{{ nope }}"})
    status, _, err = run(capsys, "build", "--theme", "./mine")
    reason = "UndefinedError: 'nope' is undefined (run.html:1)"
    assert (status, err.splitlines()) == (
        1,
        [
            *(f"runs/{run_id(number)}/index.html: {reason}" for number in range(8, 3, -1)),
            "4 more files for the same reason, listed in problems/index.html",
        ],
    )
    assert page(folder / "site", "problems/index.html").count(reason.replace("'", "&#39;")) == 9


def test_no_page_is_named_that_failed_like_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_store(folder / "mlruns", runs=9)
    write(folder, {"mine/theme.toml": "", "mine/templates/base.html": "{{ nope }}"})
    assert run(capsys, "build", "--theme", "./mine")[2].endswith(
        " more files for the same reason\n"
    )
    assert not (folder / "site/problems").exists()


def test_experiment_and_filter_choose_runs(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "build", "--experiment", "wine")[1].splitlines()[:-1] == [
        "wine: 1 run (1 failed)"
    ]
    status, out, _ = run(capsys, "build", "--filter", "attributes.status = 'FINISHED'")
    assert (status, out.splitlines()[:-1]) == (0, ["iris: 1 run (1 finished)", "wine: 0 runs"])
    assert run_id(2) not in "".join(tree_of(store.parent / "site"))


@pytest.mark.parametrize("name", ["mlruns", "file:mlruns", "./mlruns/"])
@pytest.mark.usefixtures("store")
def test_store_may_be_named_in_several_ways(name: str, folder: Path) -> None:
    assert main(["build", name, "-o", "out", "--quiet"]) == 0
    assert page(folder / "out", RUN_PAGE) != ""


@pytest.mark.usefixtures("store")
def test_store_is_that_of_the_tracking_uri(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    with pytest.MonkeyPatch.context() as environment, chdir("elsewhere"):
        environment.setenv(TRACKING_URI, (folder / "mlruns").as_uri())
        assert main(["build", "--quiet"]) == 0
    assert page(folder / "elsewhere/site", RUN_PAGE) != ""


def test_no_store_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "build") == (
        "error: no store here: looked for MLFLOW_TRACKING_URI, ./mlruns, ./mlflow.db  [no-store]"
        " | try: name it: reportgen build path/to/mlruns"
    )
    assert refused(capsys, "build", "nowhere").startswith(
        "error: no store at nowhere  [no-store] | try: "
    )


@pytest.mark.usefixtures("store")
def test_an_option_that_is_none_leads_to_the_help_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(capsys, "watch", "--bogus", "x").endswith("try: reportgen watch --help")
    assert refused(capsys, "watch", "--port", "x").endswith("try: reportgen watch --help")
    assert refused(capsys, "--bogus").endswith("try: reportgen --help")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "--them", "x"], "unrecognized arguments: --them"),
        (["build", "--jobs", "0"], "argument --jobs: '0' is not a whole number above 0"),
        (["build", "--jobs", "two"], "argument --jobs: 'two' is not a whole number above 0"),
        (["build", "-o"], "argument -o/--output: expected one argument"),
        (["bild"], "no command 'bild'"),
        ([], "the following arguments are required: COMMAND"),
        (["export"], "the following arguments are required: -o/--output"),
        (["export", "-o", "x.pdf"], "x.pdf does not tell the format of the export"),
        (["export", "-o", "x", "--format", "xls"], "'xls' is not a format of export"),
        (["export", "-o", "x.csv", "--history"], "csv cannot hold the history of metrics"),
        (["build", "--experiment", "irs"], "no experiment is named 'irs'"),
        (["build", "--filter", "metrics.rmse >"], ""),
        (["export", "-o", "x.csv", "--experiment", "irs"], "no experiment is named 'irs'"),
        (["check", "-o", "nosite"], "no site in nosite"),
        (["serve", "--host", ""], "argument --host: the address is empty"),
        (["publish", "--preview", ""], "argument --preview: the name of the preview is empty"),
        (["publish", "--prune", " "], "argument --prune: the name of the preview is empty"),
        (["summary", "--url", "javascript:x"], "argument --url: 'javascript:x' is not an address"),
    ],
)
@pytest.mark.usefixtures("store")
def test_option_that_cannot_be_used_is_said(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str], message: str
) -> None:
    before = sorted(os.listdir(folder))
    said = refused(capsys, *arguments)
    assert said.startswith(f"error: {message}")
    assert "  [bad-option] | try: " in said
    assert sorted(os.listdir(folder)) == before


@pytest.mark.usefixtures("store")
def test_unknown_experiment_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "build", "--experiment", "irs").endswith("try: did you mean 'iris'?")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "[build]\noutptu = 'x'\n",
            "unknown key build.outptu  [bad-config] | try: did you mean output?",
        ),
        ("[buidl]\n", "unknown key [buidl]  [bad-config] | try: did you mean build?"),
        ("title = 'x'\n", "title stands in no table  [bad-config] | try: write it below [site]"),
        ("[build]\noutput = ''\n", "build.output = '' is not a name in quotes"),
        ("[build]\ntheme = ''\n", "build.theme = '' is not a name in quotes"),
        ("build = 3\n", "build is not a table  [bad-config] | try: write [build]"),
        ("[site]\ntitle = 3\n", "site.title = 3 is not a text in quotes  [bad-config]"),
        ("[site]\nurl = 'ftp://x'\n", "site.url = 'ftp://x' is not an address that starts with"),
        ("[build]\nstore = 3\n", "build.store = 3 is not a text, or a list of texts"),
        ("[build]\nexperiments = [1]\n", "build.experiments = [1] is not a text, or a list"),
        ("[build]\njobs = -1\n", "build.jobs = -1 is not a whole number, 0 or more"),
        ("[build]\njobs = true\n", "build.jobs = True is not a whole number, 0 or more"),
        ("[build]\nstrict = 1\n", "build.strict = 1 is not true or false"),
        ("[artifacts]\nmax_file = '5 parsecs'\n", "artifacts.max_file = '5 parsecs' is not a size"),
        (f"[artifacts]\nmax_file = '{'9' * 400}'\n", "artifacts.max_file = '999"),
        ("[artifacts]\nmax_file = -1\n", "artifacts.max_file = -1 is not a size such as"),
        ("[build\n", ""),
    ],
)
@pytest.mark.usefixtures("store")
def test_config_that_means_nothing_is_said(
    capsys: pytest.CaptureFixture[str], folder: Path, config: str, message: str
) -> None:
    write(folder, {"reportgen.toml": config})
    said = refused(capsys, "build")
    assert said.startswith(f"error: reportgen.toml: {message}")
    assert "[bad-config]" in said


def test_config_that_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "build", "--config", "x.toml") == (
        "error: no config file x.toml  [bad-config] | try: `reportgen init` writes one"
    )


@pytest.mark.usefixtures("store")
def test_paths_of_a_config_are_relative_to_it(folder: Path) -> None:
    config = '[site]\ntitle = "Ours"\n[build]\nstore = "../mlruns"\noutput = "public"\n'
    config += 'theme = "./theme"\n'
    footer = '{% extends "default/base.html" %}{% block footer %}our foot{% endblock %}'
    write(folder / "conf", {"reportgen.toml": config, "theme/theme.toml": ""})
    write(folder / "conf", {"theme/templates/base.html": footer})
    assert main(["build", "--config", "conf/reportgen.toml", "--quiet"]) == 0
    text = page(folder / "conf/public", "index.html")
    assert "<h1>Ours</h1>" in text
    assert "our foot" in text


@pytest.mark.usefixtures("store")
def test_config_may_stand_in_pyproject(folder: Path) -> None:
    write(
        folder, {"pyproject.toml": '[tool.reportgen.site]\ntitle = "Ours"\n[tool.other]\nx = 1\n'}
    )
    assert main(["build", "--quiet"]) == 0
    assert "<h1>Ours</h1>" in page(folder / "site", "index.html")


@pytest.mark.usefixtures("store")
def test_command_line_wins_over_the_config(folder: Path) -> None:
    write(folder, {"reportgen.toml": '[build]\noutput = "a"\nexperiments = ["wine"]\n'})
    assert main(["build", "-o", "b", "--experiment", "iris", "--quiet"]) == 0
    assert not (folder / "a").exists()
    assert (folder / "b/experiments/iris/index.html").exists()
    assert not (folder / "b/experiments/wine").exists()


@pytest.fixture
def declared(folder: Path) -> None:
    """A config that says what the metric of the stores was measured on, and whom to name."""
    keep = '[privacy]\nkeep = ["user"]\n'
    write(folder, {"reportgen.toml": f'[metrics]\nroles = {{ rmse = "val" }}\n{keep}'})


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ('[[failures.rule]]\nname = "mine"\nmatch = "(a|a)*b"\n', "failures.rule 'mine'"),
        (
            '[metrics]\nallow_test_ranking = "final"\n[heldout]\nmode = "sealed"\n',
            "shows no test results",
        ),
        ('[findings]\naccept = { RG999 = "why" }\n', "'RG999' ends in no code"),
    ],
)
@pytest.mark.usefixtures("store")
def test_check_refuses_a_config_as_build_does(
    folder: Path, capsys: pytest.CaptureFixture[str], config: str, reason: str
) -> None:
    write(folder, {"reportgen.toml": config})
    said = refused(capsys, "check")
    assert reason in said
    assert said == refused(capsys, "build")


@pytest.mark.usefixtures("declared")
def test_check_of_a_sound_store_and_site_finds_nothing(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", "--quiet"])
    assert run(capsys, "check") == (0, "nothing found: all is well\n", "")
    assert run(capsys, "check", str(store), "-o", "site")[0] == 0


@pytest.mark.usefixtures("declared")
def test_check_lists_what_cannot_be_read(
    torn_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "check")
    where = f"mlruns/1/{run_id(1)}/metrics/rmse:2: "
    assert (status, out.splitlines()[1:]) == (1, ["1 finding"])
    assert out.startswith(where)


@pytest.mark.usefixtures("store", "declared")
def test_check_finds_what_ails_a_site(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", "--quiet"])
    write(folder / "site", {RUN_PAGE: "mine"})
    (folder / "site/assets/pages.css").unlink()
    status, out, _ = run(capsys, "check")
    assert status == 1
    assert out.splitlines() == [
        "site/assets/pages.css: is missing; build again",
        f"site/{RUN_PAGE}: was changed since reportgen wrote it; delete it and build",
        "2 findings",
    ]


@pytest.mark.usefixtures("store")
def test_check_finds_a_link_that_leads_nowhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foot = (
        '{% extends "default/base.html" %}{% block footer %}<a href="gone.html">x</a>{% endblock %}'
    )
    write(folder / "theme", {"theme.toml": "", "templates/base.html": foot})
    main(["build", "--quiet", "--theme", "./theme"])
    status, out, _ = run(capsys, "check")
    assert status == 1
    found = [line for line in out.splitlines() if line.startswith("site/index.html:")]
    assert [line.partition(": ")[2] for line in found] == [
        "links to gone.html, which is not in the site"
    ]


@pytest.mark.usefixtures("torn_store", "declared")
def test_check_gives_findings_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", "--quiet"])
    (folder / "site/index.html").unlink()
    status, out, err = run(capsys, "check", "--json")
    assert (status, err) == (1, "")
    (torn, missing) = json.loads(out)["findings"]
    assert (torn["where"], torn["root"], torn["path"], torn["line"]) == (
        "store",
        "mlruns",
        f"1/{run_id(1)}/metrics/rmse",
        2,
    )
    assert missing == {
        "where": "site",
        "root": "site",
        "path": "index.html",
        "line": None,
        "reason": "is missing; build again",
    }


@pytest.mark.usefixtures("store")
def test_export_writes_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "export", "-o", "runs.csv") == (0, "", "2 runs written to runs.csv\n")
    assert page(folder, "runs.csv").count("\n") == 3
    assert sorted(os.listdir(folder)) == ["mlruns", "runs.csv"]


@pytest.mark.usefixtures("store")
def test_export_writes_to_the_screen(folder: Path) -> None:
    done = subprocess.run(
        command(["export", "-o", "-", "--format", "jsonl", "--quiet"]),
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        check=True,
    )
    runs = [json.loads(line)["run_id"] for line in done.stdout.splitlines()]
    assert (runs, done.stderr) == ([run_id(1), run_id(2)], b"")


@pytest.mark.usefixtures("store")
def test_export_follows_a_link_to_its_file(folder: Path) -> None:
    write(folder, {"real.csv": "old"})
    (folder / "link.csv").symlink_to("real.csv")
    assert main(["export", "-o", "link.csv", "--quiet"]) == 0
    assert (folder / "link.csv").is_symlink()
    assert page(folder, "real.csv").startswith("run_id,")


@pytest.mark.usefixtures("store")
def test_export_does_not_take_the_place_of_a_device(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    reader = os.open(folder / "pipe.csv", os.O_RDONLY | os.O_NONBLOCK)
    assert main(["export", "-o", "pipe.csv", "--quiet"]) == 0
    assert os.read(reader, 7) == b"run_id,"
    os.close(reader)
    assert (folder / "pipe.csv").is_fifo()


@pytest.mark.usefixtures("store")
def test_export_that_cannot_be_written_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "export", "-o", "no/where.csv").startswith(
        "error: no/where.csv cannot be written: No such file or directory  [output-failed]"
    )
    (folder / "folder.csv").mkdir()
    assert refused(capsys, "export", "-o", "folder.csv").startswith(
        "error: folder.csv cannot be written: Is a directory  [output-failed]"
    )
    assert sorted(os.listdir(folder)) == ["folder.csv", "mlruns"]


@pytest.mark.usefixtures("torn_store")
def test_init_writes_a_config_that_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", "--quiet"])
    before = tree_of(folder / "site")
    assert run(capsys, "init") == (0, "", "wrote reportgen.toml; next: reportgen build\n")
    assert main(["build", "--quiet"]) == 0
    assert tree_of(folder / "site") == before
    assert refused(capsys, "init").startswith(
        "error: reportgen.toml is there already  [bad-option]"
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["build", "--help"]])
def test_version_and_help_end_well(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"reportgen {reportgen.__version__}" if "--version" in arguments else "usage: "
    )


@pytest.mark.usefixtures("torn_store")
def test_reader_of_the_output_may_leave(folder: Path) -> None:
    receiving, sending = os.pipe()
    os.close(receiving)
    done = subprocess.run(
        command(["check"]),
        cwd=folder,
        env=clean_environment(),
        stdout=sending,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(sending)
    assert (done.returncode, done.stderr) == (0, b"")
