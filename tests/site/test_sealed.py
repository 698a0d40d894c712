"""Sealed test results: their digits are in no file until they are opened, on record."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.cli import main
from reportgen.errors import AccessError, ConfigError
from reportgen.model import Experiment, LoggedModel, MetricHead, Problem, Run
from reportgen.readers.memory import MemoryStore
from reportgen.site.context import Heldout, make_context
from reportgen.site.ledgerplace import LEDGER_FILE
from reportgen.site.sealing import SealingStore, is_sealed_head
from tests.sites import (
    add_experiment,
    add_run,
    build,
    difference,
    options_for,
    page,
    run_id,
    tree_of,
)
from tests.trees import write

RUNS = 3
CURVES = {  # digits that nothing else has; a curve each, so that there would be drawings of it
    number: tuple(f"0.{5 + step}{number}73915{step}" for step in range(3)) for number in range(RUNS)
}
TORN = "0.64x12875"
CUT = "value is not a number; the line is not quoted here, for test results are kept apart"
HELDOUT = "experiments/digits/heldout/index.html"


@pytest.fixture(autouse=True)
def folder(workplace: Path) -> Path:
    """An empty folder to work in, with a config that seals test results."""
    (workplace / "reportgen.toml").write_text('[heldout]\nmode = "sealed"\n')
    return workplace


@pytest.fixture
def store(folder: Path) -> Path:
    """`mlruns` with runs whose test metric has a curve, a torn line, and a model with its value."""
    experiment = add_experiment(folder / "mlruns", "1", "digits")
    for number, values in CURVES.items():
        time = 1600000000000 + number * 60_000
        points = [f"{time + step} {value} {step}\n" for step, value in enumerate(values)]
        files = {
            "metrics/test_acc": "".join([*points, f"{time} {TORN}{number} 9\n"]),
            "metrics/val_acc": f"{time} 0.7{number} 0\n{time} 0.71{number} 1\n",
            "params/lr": f"0.0{number}",
        }
        add_run(folder / "mlruns", number, files)
        model = f"m-{number}"
        record = f"name: m\nmodel_id: {model}\nsource_run_id: '{run_id(number)}'\nstatus: 2\n"
        metric = f"{time} {values[-1]} 2 {run_id(number)}\n"
        write(experiment / "models" / model, {"meta.yaml": record, "metrics/test_acc": metric})
    return folder / "mlruns"


def leaks(site: Path, number: int) -> list[str]:
    """The files of a site, ours in it included, with digits of a run's test results.

    Looked for as they stand in the store, as a page rounds them, and as percentages.
    """
    spelt = [v for value in CURVES[number] for v in (value, value[:7], value[2:8])]
    pattern = "|".join(map(re.escape, [*spelt, f"{TORN}{number}"])).encode()
    found = (path for path in site.rglob("*") if path.is_file())
    return sorted(str(p.relative_to(site)) for p in found if re.search(pattern, p.read_bytes()))


def run_cli(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit status of a command, and what it said on standard error, its lines joined by " | "."""
    status = main(arguments)
    return status, " | ".join(line.strip() for line in capsys.readouterr().err.splitlines())


def test_no_digit_of_a_sealed_result_is_in_any_file(store: Path, folder: Path) -> None:
    build(store, folder / "site", heldout="sealed")
    assert [leaks(folder / "site", number) for number in range(RUNS)] == [[], [], []]
    build(store, folder / "open", heldout="open")
    build(store, folder / "aside")
    assert (
        len(leaks(folder / "open", 0)) > len(leaks(folder / "aside", 0)) > 3
    )  # it would find them


def test_model_is_sealed_by_what_its_own_experiment_tells(store: Path, folder: Path) -> None:
    digits = "0.5473915"
    (store / "1/tags").mkdir()
    (store / "1/tags/reportgen.role.score").write_text("test")
    write(store / "1/models/m-0", {"metrics/score": f"1600000000000 {digits} 0 {run_id(0)}\n"})
    add_experiment(store, "2", "users")
    link = "destination_id: m-0\nsource_id: {}\nsource_type: RUN_OUTPUT\nstep: 0\n"
    using = {"outputs/m-0/meta.yaml": link.format(run_id(8))}
    add_run(store, 8, using, experiment="2")
    build(store, folder / "site", heldout="sealed")
    found = [path for path in (folder / "site").rglob("*") if path.is_file()]
    assert [path for path in found if digits.encode() in path.read_bytes()] == []
    assert "score" in b"".join(path.read_bytes() for path in found).decode("utf-8", "replace")


def with_other_results(store: Path, root: Path) -> Path:
    """The same store, in which test metrics have other values, as many and at the same times."""
    copy = root / "other" / store.name
    shutil.copytree(store, copy)
    for path in copy.rglob("metrics/test_acc"):
        path.write_text(path.read_text().replace("73915", "26480").replace("12875", "99031"))
    return copy


def test_other_results_make_no_other_site_where_they_are_sealed(store: Path, folder: Path) -> None:
    other = with_other_results(store, folder)
    for site, runs in (("site", store), ("other/site", other)):
        build(runs, folder / site, heldout="sealed", url="https://example.org/", refresh=60_000)
    assert difference(tree_of(folder / "site"), tree_of(folder / "other/site")) == []


def test_other_results_change_nothing_but_where_they_stand(store: Path, folder: Path) -> None:
    other = with_other_results(store, folder)
    for site, runs in (("site", store), ("other/site", other)):
        build(runs, folder / site, url="https://example.org/")
    changed = difference(tree_of(folder / "site"), tree_of(folder / "other/site"))
    held = {HELDOUT, "experiments/digits/heldout.csv"}
    for number in range(RUNS):
        held |= {f"runs/{run_id(number)}/{name}" for name in ("index.html", "run.js", "run.json")}
    held |= {path for path in changed if path.startswith("diffs/")}
    assert {*changed} == held


def test_sealed_results_are_shown_as_sealed(store: Path, folder: Path) -> None:
    build(store, folder / "site", heldout="sealed")
    html = page(folder / "site", f"runs/{run_id(1)}/index.html")
    fold = html[html.index('id="heldout"') : html.index('id="artifacts"')]
    assert "test_acc" in fold
    assert ">sealed<" in fold
    assert "<svg" not in fold
    assert "Test results are sealed." in page(folder / "site", "experiments/digits/index.html")
    assert page(folder / "site", HELDOUT).count(">sealed<") == RUNS
    assert "Scored 9 times by 3 runs" in page(folder / "site", HELDOUT)
    plain = json.loads(page(folder / "site", f"runs/{run_id(1)}/run.json"))
    assert plain["heldout"] == {
        "test_acc": {"sealed": True, "count": 3, "role": "test", "by": "name:test"}
    }
    assert {p["reason"] for p in plain["problems"]} == {CUT}


def test_luck_of_a_sealed_rate_is_told_as_a_bound(store: Path, folder: Path) -> None:
    build(store, folder / "site", heldout="sealed", test_rows=(("acc", 1000),))
    # SE at one half of 1,000 rows is 1.58 points; of 9 looks, 1.49 of it
    assert "up to 2.4 points of it would be luck (1\u202f000 rows; the value is sealed)" in page(
        folder / "site", HELDOUT
    )


@pytest.mark.parametrize("before", ["aside", "open"])
def test_sealing_a_site_takes_the_values_out_of_it(store: Path, folder: Path, before: str) -> None:
    build(store, folder / "site", heldout=before)
    build(store, folder / "site", heldout="sealed")
    assert leaks(folder / "site", 0) == []
    build(store, folder / "site", heldout=before)
    build(store, folder / "clean", heldout=before)
    assert difference(tree_of(folder / "site"), tree_of(folder / "clean")) == []


def test_metric_that_is_declared_as_test_later_is_sealed_then(store: Path, folder: Path) -> None:
    sealed = {"heldout": "sealed", "roles": (("test_acc", "val"),)}
    build(store, folder / "site", **sealed)
    assert leaks(folder / "site", 0) != []
    write(store / "1", {"tags/reportgen.role.val_acc": "test"})
    build(store, folder / "site", heldout="sealed")
    assert leaks(folder / "site", 0) == []
    plain = json.loads(page(folder / "site", f"runs/{run_id(1)}/run.json"))
    assert set(plain["heldout"]) == {"test_acc", "val_acc"}
    (store / "1/tags/reportgen.role.val_acc").unlink()
    build(store, folder / "site", heldout="sealed")
    plain = json.loads(page(folder / "site", f"runs/{run_id(1)}/run.json"))
    assert plain["metrics"]["val_acc"]["last"] == 0.711


def test_sealed_results_cannot_be_filtered_by(store: Path, folder: Path) -> None:
    for _ in range(2):  # as read, and as remembered
        build(store, folder / "site", heldout="sealed", filter="metrics.test_acc > 0")
        assert "No runs yet." in page(folder / "site", "experiments/digits/index.html")


def test_ranking_by_sealed_results_is_a_contradiction(store: Path, folder: Path) -> None:
    with pytest.raises(ConfigError, match="shows no test results"):
        build(store, folder / "site", heldout="sealed", test_ranking="final report")


# --- unseal


def test_unsealed_run_shows_its_results_with_the_reason(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert store.exists()
    assert run_cli(capsys, "build", "--quiet") == (0, "")
    status, said = run_cli(capsys, "unseal", "digits", "run 1", "--reason", " for the\npaper ")
    assert (status, said) == (
        0,
        f"unsealed run 1 ({run_id(1)}), recorded in {LEDGER_FILE} | "
        "next: reportgen build, and commit the ledger",
    )
    assert leaks(folder / "site", 1) == []
    assert run_cli(capsys, "build", "--quiet") == (0, "")
    assert [leaks(folder / "site", number) for number in (0, 2)] == [[], []]
    assert [path for path in leaks(folder / "site", 1) if ".reportgen" not in path] == [
        "data/site.json",  # the torn line, as a problem of the store
        f"diffs/{run_id(0)}..{run_id(1)}/index.html",
        f"diffs/{run_id(1)}..{run_id(2)}/index.html",
        "experiments/digits/heldout.csv",
        HELDOUT,
        "experiments/digits/index.html",
        "problems/index.html",
        f"runs/{run_id(1)}/index.html",
        f"runs/{run_id(1)}/run.js",
        f"runs/{run_id(1)}/run.json",
    ]
    assert "Unsealed, because: for the paper" in page(
        folder / "site", f"runs/{run_id(1)}/index.html"
    )
    assert "for the paper" in page(folder / "site", HELDOUT)
    plain = json.loads(page(folder / "site", f"runs/{run_id(1)}/run.json"))
    assert plain["heldout"]["test_acc"]["unsealed"] == "for the paper"


def test_unsealing_makes_the_pages_again_that_show_it_and_no_other(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in CURVES:  # without the torn lines, which other pages quote
        path = store / "1" / run_id(number) / "metrics/test_acc"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    build(store, folder / "site", heldout="sealed")
    run_cli(capsys, "unseal", "digits", run_id(1), "--reason", "paper")
    assert build(store, folder / "site", heldout="sealed").written == (
        f"runs/{run_id(1)}/run.json",
        f"runs/{run_id(1)}/run.js",
        f"runs/{run_id(1)}/index.html",
        "experiments/digits/heldout.csv",
        HELDOUT,
        f"diffs/{run_id(1)}..{run_id(2)}/index.html",
        f"diffs/{run_id(0)}..{run_id(1)}/index.html",
    )


def test_unsealing_is_a_line_with_the_reason_and_no_look(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(store, folder / "site", heldout="sealed")
    before = (folder / LEDGER_FILE).read_bytes()
    run_cli(capsys, "unseal", "digits", run_id(1), "--reason", "paper")
    after = (folder / LEDGER_FILE).read_bytes()
    assert after.startswith(before)
    (line,) = map(json.loads, after[len(before) :].splitlines())
    assert (line["run"], line["metric"], line["reason"]) == (run_id(1), "acc", "paper")
    build(store, folder / "site", heldout="sealed")
    assert "Scored 9 times by 3 runs" in page(folder / "site", HELDOUT)
    assert (folder / LEDGER_FILE).read_bytes() == after


def test_run_is_unsealed_once(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert store.exists()
    run_cli(capsys, "unseal", "digits", "run 1", "--reason", "paper")
    before = (folder / LEDGER_FILE).read_bytes()
    assert run_cli(capsys, "unseal", "digits", "run 1", "--reason", "again") == (
        0,
        "run 1 was unsealed before, because: paper",
    )
    assert (folder / LEDGER_FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("digits", "run 9"), "no run 'run 9' in experiment 'digits'"),
        (("digit", "run 1"), "no experiment is named 'digit'"),
        (("digits", "0000"), "'0000' means 4 runs in experiment 'digits'"),
        (("digits", "twin"), "'twin' means 2 runs in experiment 'digits'"),
        (("digits", "plain"), f"run plain ({run_id(7)}) has no test results"),
        (("digits", ""), "no run '' in experiment 'digits'"),
    ],
)
def test_unseal_says_what_it_does_not_find(
    store: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, str],
    said: str,
) -> None:
    add_run(store, 7, run_name="plain")
    if "twin" in arguments:
        add_run(store, 8, run_name="twin")
        add_run(store, 9, run_name="twin")
    status, found = run_cli(capsys, "unseal", *arguments, "--reason", "paper")
    assert status == 2
    assert found.startswith(f"error: {said}")
    assert "| try: " in found
    assert not Path(LEDGER_FILE).exists()


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_unseal_wants_a_reason(
    store: Path, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    assert store.exists()
    status, said = run_cli(capsys, "unseal", "digits", "run 1", "--reason", reason)
    assert (status, said.partition("  [")[0]) == (2, "error: the reason is empty")


def test_unseal_says_where_nothing_is_sealed(
    store: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert store.exists()
    (folder / "reportgen.toml").unlink()
    status, said = run_cli(capsys, "unseal", "digits", "run 1", "--reason", "paper")
    assert status == 2
    assert said.startswith('error: nothing is sealed: heldout.mode is "aside"')


# --- the store that seals


def head(key: str, value: float) -> MetricHead:
    return MetricHead(key, 2, value, 1, 5, value, value, "d", 0, 1, "AA-f")


def sealing(runs: Mapping[str, Run], opened: tuple[str, ...] | None) -> SealingStore:
    store = MemoryStore([Experiment("1", "digits", "1")], list(runs.values()))
    context = make_context(options_for(Path("mlruns"), Path("site")))
    heldout = Heldout("sealed" if opened is not None else "aside")
    return SealingStore(store, context.rules, heldout, opened or ())


def read_all(store: SealingStore) -> dict[str, Run]:
    (experiment,) = store.experiments()
    return {one.id: store.read(one) for one in store.outlines(experiment)[0]}


KEYS = st.sampled_from(["test_acc", "val_acc", "acc", "test/loss", "holdout_f1", "loss"])
METRICS = st.dictionaries(KEYS, st.floats(), max_size=6)


@given(METRICS, METRICS, st.booleans())
@settings(max_examples=60)
def test_what_is_sealed_has_no_values_and_all_else_has(
    metrics: dict[str, float],
    of_model: dict[str, float],
    is_open: bool,  # noqa: FBT001
) -> None:
    heads = {key: head(key, value) for key, value in metrics.items()}
    model = LoggedModel(
        "m", "m", "1", "r", "output", None, "", "READY", None,
        metrics={key: head(key, value) for key, value in of_model.items()},
    )  # fmt: skip
    run = Run("r", "1", "r", "1/r", metrics=heads, models=(model,))
    found = read_all(sealing({"r": run}, ("r",) if is_open else ()))["r"]
    for owner, before in ((found.metrics, run.metrics), (found.models[0].metrics, model.metrics)):
        for key, one in owner.items():
            sealed = key.startswith(("test", "holdout")) and not is_open
            assert is_sealed_head(one) == sealed
            assert sealed or repr(one) == repr(before[key])
            assert one.count == 2
    assert read_all(sealing({"r": found}, ()))["r"].digest == found.digest or is_open


def test_points_of_what_is_sealed_cannot_be_asked_for() -> None:
    run = Run("r", "1", "r", "1/r", metrics={"test_acc": head("test_acc", 0.5)})
    store = sealing({"r": run}, ())
    with pytest.raises(AccessError, match="test_acc of run r is sealed"):
        store.series(read_all(store)["r"], "test_acc")


def test_problems_of_test_metrics_do_not_quote_the_line_where_results_stand_apart() -> None:
    problems = (
        Problem("1/r/metrics/test_acc", 2, "value is not a number: `0.9x`"),
        Problem("1/r/metrics/val_acc", 2, "value is not a number: `0.9x`"),
    )
    found = read_all(sealing({"r": Run("r", "1", "r", "1/r", problems=problems)}, None))["r"]
    assert [p.reason for p in found.problems] == [CUT, "value is not a number: `0.9x`"]


@pytest.mark.parametrize("modes", [("sealed", "aside"), ("aside", "open"), ("open", "sealed")])
def test_problems_are_quoted_or_not_as_in_a_clean_build(
    store: Path, folder: Path, modes: tuple[str, str]
) -> None:
    write(store / "1" / run_id(8), {"metrics/val_acc": "1600000000000 0.5y 0\n"})
    add_run(store, 8)
    for mode in modes:
        build(store, folder / "site", heldout=mode)
    build(store, folder / "clean", heldout=modes[1])
    assert difference(tree_of(folder / "site"), tree_of(folder / "clean")) == []


def test_problems_of_metrics_do_not_quote_the_line() -> None:
    problems = (
        Problem("1/r/metrics/test_acc", 2, "value is not a number: `0.9x`"),
        Problem("1/r/meta.yaml", 2, "not valid YAML: `x`"),
    )
    found = read_all(sealing({"r": Run("r", "1", "r", "1/r", problems=problems)}, ()))["r"]
    assert [p.reason for p in found.problems] == [CUT, "not valid YAML: `x`"]
