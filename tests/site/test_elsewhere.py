"""A metric that is test in one run is test in all runs of the experiment, on every page."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.patience import let_files_age
from tests.sites import add_experiment, add_run, build, difference, page, run_id, tree_of
from tests.sites import reportgen as command_line
from tests.trees import write

RUNS = 3
VALUES = tuple(f"0.8{number}739" for number in range(RUNS))  # digits that nothing else has
Tell: TypeAlias = Callable[[Path], None]
SCORED = 1  # the run that tells


def plain_runs(root: Path) -> Path:
    """Runs whose metric `score` says nothing of the data it was measured on."""
    add_experiment(root, "1", "digits")
    for number in range(RUNS):
        time = 1600000000000 + number * 60_000
        points = f"{time} {VALUES[number]} 0\n{time + 1} {VALUES[number]}5 1\n"
        add_run(root, number, {"metrics/score": points, "params/lr": f"0.0{number}"})
    return root


def by_tag(root: Path) -> None:
    write(root / "1" / run_id(SCORED), {"tags/reportgen.role.score": "test"})


def by_dataset(root: Path) -> None:
    """The metric of one run was logged with a dataset that the run used for testing."""
    link = "source_type: DATASET\nsource_id: d1\ntags:\n  mlflow.data.context: test\n"
    fit = "source_type: DATASET\nsource_id: d2\ntags:\n  mlflow.data.context: training\n"
    record = "name: {}\ndigest: abc\nprofile: ''\nschema: ''\nsource: '{{}}'\nsource_type: local\n"
    folder = root / "1"
    write(folder, {"datasets/d1/meta.yaml": record.format("my digits")})
    write(folder, {"datasets/d2/meta.yaml": record.format("fit")})
    run = folder / run_id(SCORED)
    write(run, {"inputs/i1/meta.yaml": link, "inputs/i2/meta.yaml": fit})
    lines = (run / "metrics/score").read_text().splitlines()
    write(run, {"metrics/score": "".join(f"{line} my digits abc\n" for line in lines)})


both_ways = pytest.mark.parametrize("tell", [by_tag, by_dataset])


def told_apart(site: Path) -> list[bool]:
    """Of each run, whether all its files hold `score` apart; they must agree."""
    found = []
    for number in range(RUNS):
        folder = f"runs/{run_id(number)}"
        data = json.loads(page(site, f"{folder}/run.json"))
        text = page(site, f"{folder}/run.js")
        script = json.loads(text[text.index("{") : text.rindex("}") + 1])
        is_apart = "score" in data["heldout"]
        assert is_apart is ("score" not in data["metrics"])
        assert is_apart is ("score" in script["heldout"]) is ("score" not in script["curves"])
        assert is_apart is (script["standing"]["score"].get("role") == "test")
        assert is_apart is ('id="heldout"' in page(site, f"{folder}/index.html"))
        found.append(is_apart)
    return found


@both_ways
def test_metric_that_is_test_in_one_run_is_held_apart_in_all(tell: Tell, tmp_path: Path) -> None:
    store, site = plain_runs(tmp_path / "mlruns"), tmp_path / "site"
    tell(store)
    build(store, site)
    assert told_apart(site) == [True] * RUNS
    assert "metrics.score" not in page(site, "experiments/digits/runs.csv")
    for path in (site / "diffs").rglob("index.html"):
        shown = path.read_text("utf-8").partition('<h2 id="heldout">')[0]
        assert not [value for value in VALUES if value[:5] in shown], path
    other = page(site, f"runs/{run_id(0)}/index.html")
    assert "test data in another run of the experiment" in other
    assert build(store, site).written == ()


@both_ways
def test_runs_follow_when_one_tells_and_when_it_goes(tell: Tell, tmp_path: Path) -> None:
    store, site = plain_runs(tmp_path / "mlruns"), tmp_path / "site"
    build(store, site)
    assert told_apart(site) == [False] * RUNS
    tell(store)
    build(store, site)
    assert told_apart(site) == [True] * RUNS
    add_run(store, 7, {"metrics/score": f"1600000000000 {VALUES[0]} 0\n"})
    written = build(store, site).written
    assert [path for path in written if path.startswith("runs/")].count(
        f"runs/{run_id(7)}/index.html"
    ) == 1
    build(store, tmp_path / "clean")
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []
    shutil.rmtree(store / "1" / run_id(SCORED))
    build(store, site)
    assert "score" in json.loads(page(site, f"runs/{run_id(0)}/run.json"))["metrics"]


@both_ways
def test_sealed_values_are_nowhere_whichever_run_tells(tell: Tell, tmp_path: Path) -> None:
    store, site = plain_runs(tmp_path / "mlruns"), tmp_path / "site"
    tell(store)
    for _ in range(2):
        build(store, site, heldout="sealed")
        for path in site.rglob("*"):
            if path.is_file():
                body = path.read_bytes()
                assert not [value for value in VALUES if value.encode() in body], path
    assert build(store, site, heldout="sealed").written == ()


@both_ways
@pytest.mark.parametrize("edition", [{}, {"public": True}])
def test_filter_that_hides_the_run_that_tells_does_not_bring_values_back(
    tell: Tell, edition: dict[str, bool], tmp_path: Path
) -> None:
    store, site, ledger = plain_runs(tmp_path / "mlruns"), tmp_path / "site", tmp_path / "l.jsonl"
    config: dict[str, Any] = {**edition, "ledger": str(ledger)}
    config["filter"] = f"run_id != '{run_id(SCORED)}'"
    build(store, site, **config)
    assert "score" in json.loads(page(site, f"runs/{run_id(0)}/run.json"))["metrics"]
    tell(store)
    build(store, site, **config)
    assert not (site / "runs" / run_id(SCORED)).exists()
    for number in {*range(RUNS)} - {SCORED}:
        data = json.loads(page(site, f"runs/{run_id(number)}/run.json"))
        assert ("score" in data["heldout"], "score" in data["metrics"]) == (True, False)
    assert "metrics.score" not in page(site, "experiments/digits/runs.csv")
    looks = [json.loads(line)["run"] for line in ledger.read_text().splitlines()]
    assert looks == [run_id(number) for number in (SCORED, *range(0, RUNS, 2))]
    told = page(site, "experiments/digits/heldout/index.html")
    assert ("Scored 6 times by 3 runs" in told) is (tell is by_tag)
    assert ("Scored 2 times by 1 run" in told) is (tell is by_dataset)
    assert told.count("1 of these runs is not in this report") == 1
    build(store, tmp_path / "clean", **config)
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []
    build(store, site, **config, heldout="sealed")
    for path in site.rglob("*"):
        body = path.read_bytes() if path.is_file() else b""
        assert not [value for value in VALUES if value.encode() in body], path


@both_ways
@pytest.mark.parametrize("edition", [{}, {"public": True}])
def test_sealed_values_of_runs_that_a_filter_hides_are_nowhere_either(
    tell: Tell, edition: dict[str, bool], tmp_path: Path
) -> None:
    store, site = plain_runs(tmp_path / "mlruns"), tmp_path / "site"
    tell(store)
    config: dict[str, Any] = {**edition, "filter": f"run_id = '{run_id(SCORED)}'"}
    for mode, is_old in (("sealed", False), ("aside", True), ("sealed", True), ("sealed", True)):
        if is_old:
            let_files_age()  # so that the next build remembers what it reads
        (store / "1/meta.yaml").touch()  # and looks at the experiment
        build(store, site, **config, heldout=mode)
        for path in site.rglob("*") if mode == "sealed" else ():
            body = path.read_bytes() if path.is_file() else b""
            assert not [value for value in VALUES if value.encode() in body], path


def test_looks_of_hidden_runs_count_where_others_tell_that_their_metric_is_test(
    tmp_path: Path,
) -> None:
    store, site, ledger = plain_runs(tmp_path / "mlruns"), tmp_path / "site", tmp_path / "l.jsonl"
    by_tag(store)
    build(store, site, filter=f"run_id = '{run_id(SCORED)}'", ledger=str(ledger))
    looked = {json.loads(line)["run"] for line in ledger.read_text().splitlines()}
    assert looked == {run_id(number) for number in range(RUNS)}


def test_looks_of_hidden_runs_belong_to_the_experiment_of_their_store(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    by_tag(plain_runs(one))
    add_experiment(other, "1", "digits")
    for number in range(10, 12):
        add_run(other, number, {"metrics/test_score": "1600000000000 0.5 0\n", "params/lr": "1"})
    shown = f"run_id IN ('{run_id(SCORED)}', '{run_id(11)}')"
    sites = tmp_path / "first", tmp_path / "second"
    for site in (sites[0], sites[1], sites[1]):
        config = {"filter": shown, "ledger": str(site.with_suffix(".jsonl"))}
        build(one, site, stores=(str(one), str(other)), **config)
    assert difference(tree_of(sites[0]), tree_of(sites[1])) == []
    pages = [path.read_text() for path in sorted(sites[0].glob("experiments/*/heldout/*.html"))]
    assert ["by 3 runs" in pages[0], "by 2 runs" in pages[1]] == [True, True]


def test_run_is_unsealed_by_what_another_tells(tmp_path: Path) -> None:
    store = plain_runs(tmp_path / "mlruns")
    by_tag(store)
    write(tmp_path, {"reportgen.toml": '[heldout]\nmode = "sealed"\n'})
    done = command_line(["unseal", "digits", run_id(0), "--reason", "final"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert command_line(["build"], tmp_path).returncode == 0
    sites = [path for path in tmp_path.iterdir() if (path / "index.html").exists()]
    data = [json.loads(page(sites[0], f"runs/{run_id(n)}/run.json")) for n in range(RUNS)]
    assert [run["heldout"]["score"].get("unsealed") for run in data] == ["final", None, None]
    assert VALUES[0] in page(sites[0], f"runs/{run_id(0)}/index.html")
    assert VALUES[2] not in page(sites[0], f"runs/{run_id(2)}/index.html")


def test_processes_build_runs_again_as_one_does(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "digits")
    for number in range(40):
        add_run(store, number, {"metrics/score": f"1600000000000 0.{number + 1} 0\n"})
    by_tag(store)
    build(store, tmp_path / "one")
    build(store, tmp_path / "two", jobs=2)
    assert difference(tree_of(tmp_path / "one"), tree_of(tmp_path / "two")) == []
    assert build(store, tmp_path / "two", jobs=2).written == ()
    assert build(store, tmp_path / "two", jobs=2).failures == ()
