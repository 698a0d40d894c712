"""Test results stand apart: where they are shown, where never, and how looks are counted."""

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import ConfigError, OutputConflict
from reportgen.site.ledgerplace import LEDGER_FILE
from tests.markup import Elements
from tests.sites import (
    add_experiment,
    add_run,
    build,
    difference,
    page,
    reportgen,
    run_id,
    times_of,
    tree_of,
)
from tests.trees import write

RUNS = 4
TEST_VALUES = tuple(f"0.8{number}7391" for number in range(RUNS))  # digits that nothing else has
PROFILE = '{"num_rows": 1000, "num_elements": 64000}'
HELDOUT = "experiments/digits/heldout/index.html"
EXPERIMENT = "experiments/digits/index.html"


def add_scored(store: Path, number: int, **files: str) -> Path:
    """A run with a parameter, a validation metric and a test result, on a recorded test set."""
    time = 1600000000000 + number * 60_000
    link = (
        f"destination_id: {run_id(number)}\ndestination_type: RUN\nsource_id: d1\n"
        "source_type: DATASET\ntags:\n  mlflow.data.context: test\n"
    )
    given = {
        "metrics/val_acc": f"{time} 0.7{number} 0\n",
        "metrics/train_acc": f"{time} 0.9{number} 0\n",
        "metrics/test_acc": f"{time + 5000} {TEST_VALUES[number]} 0\n",
        "params/lr": f"0.0{number + 1}",
        f"inputs/i{number}/meta.yaml": link,
    }
    folder = add_run(store, number, {**given, **files})
    (folder / "metrics" / "rmse").unlink()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Four runs of one experiment, each scored once on one test set of 1,000 rows."""
    root = tmp_path / "mlruns"
    folder = add_experiment(root, "1", "digits")
    record = f"digest: a1b2\nname: digits_test\nprofile: '{PROFILE}'\nschema: ''\nsource: '{{}}'\n"
    write(folder, {"datasets/d1/meta.yaml": f"{record}source_type: local\n"})
    for number in range(RUNS):
        add_scored(root, number)
    return root


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def ledger(site: Path) -> list[dict[str, Any]]:
    """The lines of the ledger beside a site."""
    text = (site.parent / LEDGER_FILE).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def rows(site: Path, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((site / path).read_text("utf-8"))))


def run_json(site: Path, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / f"runs/{run_id(number)}/run.json").read_bytes())
    return found


def files_with(site: Path, text: str) -> list[str]:
    """The files of a site that hold a text, those that we keep for ourselves included."""
    found = (path for path in site.rglob("*") if path.is_file())
    return sorted(str(p.relative_to(site)) for p in found if text.encode() in p.read_bytes())


def without_fold(html: str) -> str:
    """A run's page without the folded block of its test results."""
    return re.sub(
        r'<section><details><summary><h2 id="heldout">.*?</section>', "", html, flags=re.S
    )


# --- aside


def test_test_values_stand_in_five_places_and_no_other(store: Path, site: Path) -> None:
    build(store, site)
    for number, value in enumerate(TEST_VALUES):
        folder = f"runs/{run_id(number)}"
        found = [path for path in files_with(site, value[:7]) if ".reportgen" not in path]
        diffs = [path for path in found if path.startswith("diffs/")]
        assert all(run_id(number) in path for path in diffs)
        assert all(value[:7] not in without_fold(page(site, path)) for path in diffs)
        assert [path for path in found if path not in diffs] == [
            "experiments/digits/heldout.csv",
            HELDOUT,
            f"{folder}/index.html",
            f"{folder}/run.js",
            f"{folder}/run.json",
        ]


def test_no_parameter_stands_beside_a_test_value(store: Path, site: Path) -> None:
    build(store, site)
    for path in (HELDOUT, "experiments/digits/heldout.csv"):
        text = page(site, path)
        assert "lr" not in re.findall(r"[a-z]+", text.split("<main")[-1])
        assert not re.search(r"0\.0[1-4]\b", text)
    for number, value in enumerate(TEST_VALUES):
        html = page(site, f"runs/{run_id(number)}/index.html")
        assert value[:7] in html
        assert value[:7] not in without_fold(html)
        plain = run_json(site, number)
        assert plain["heldout"]["test_acc"]["last"] == float(value)
        assert value not in json.dumps({**plain, "heldout": None})


def test_run_json_tells_the_role_of_each_metric_and_how_it_is_known(
    store: Path, site: Path
) -> None:
    build(store, site)
    plain = run_json(site, 1)
    roles = {key: (one["role"], one["by"]) for key, one in plain["metrics"].items()}
    assert roles == {"train_acc": ("train", "name:train"), "val_acc": ("val", "name:val")}
    assert plain["heldout"] == {
        "test_acc": {
            "last": 0.817391,
            "step": 0,
            "timestamp": 1600000065000,
            "count": 1,
            "min": 0.817391,
            "max": 0.817391,
            "role": "test",
            "by": "name:test",
        }
    }
    assert list(plain).index("heldout") == list(plain).index("metrics") + 1


def test_tables_of_runs_have_no_test_metrics(store: Path, site: Path) -> None:
    build(store, site)
    columns = rows(site, "experiments/digits/runs.csv")[0]
    assert [name for name in columns if "metrics" in name] == [
        "metrics.train_acc",
        "metrics.val_acc",
    ]
    data = json.loads((site / "experiments/digits/runs.json").read_bytes())
    assert not any("test_acc" in key for row in data for key in row)


def test_heldout_csv_has_the_results_in_order_of_date(store: Path, site: Path) -> None:
    build(store, site)
    found = rows(site, "experiments/digits/heldout.csv")
    assert list(found[0]) == [
        "run_id",
        "run_name",
        "status",
        "start_time",
        "metrics.test_acc",
        "dataset",
        "dataset_digest",
    ]
    assert [row["run_name"] for row in found] == ["run 0", "run 1", "run 2", "run 3"]
    assert [row["metrics.test_acc"] for row in found] == list(TEST_VALUES)
    assert {(row["dataset"], row["dataset_digest"]) for row in found} == {("digits_test", "a1b2")}


def test_page_of_test_results_stands_in_order_of_date_and_is_linked(
    store: Path, site: Path
) -> None:
    build(store, site)
    table = [row for row in Elements(page(site, HELDOUT)).rows if row and "run " in row[0].text]
    assert [row[0].text[:5] for row in table] == ["run 0", "run 1", "run 2", "run 3"]
    assert [row[3].text for row in table] == ["0.80739", "0.81739", "0.82739", "0.83739"]
    assert 'href="heldout/index.html"' in page(site, EXPERIMENT)
    assert "Test results stand apart" in page(site, EXPERIMENT)
    link = f'href="../../{HELDOUT}"'
    assert link in page(site, f"runs/{run_id(0)}/index.html")


def test_page_tells_looks_and_luck_with_formula_and_sources(store: Path, site: Path) -> None:
    build(store, site)
    html = page(site, HELDOUT)
    assert "digits_test@a1b2" in html
    assert "Scored 4 times by 4 runs over 4 configurations, first on 2020-09-13." in html
    # SE at 0.837 of 1,000 rows is 1.17 points; of 4 looks, 1.05 of it
    assert "Had the best of the 4 been picked by it, about 1.2 points of its 83.7 %" in html
    assert "SE · Φ⁻¹((k − 0.375) / (k + 0.25))" in html
    assert "Blom" in html
    assert "The Ladder" in html


def test_more_looks_than_allowed_are_pointed_out(store: Path, site: Path) -> None:
    build(store, site, max_looks=3)
    assert "That is more than the 3 looks that heldout.max_looks allows." in page(site, HELDOUT)
    assert "more often than heldout.max_looks allows" in page(site, EXPERIMENT)
    build(store, site, max_looks=4)
    assert "max_looks" not in page(site, HELDOUT) + page(site, EXPERIMENT)


def test_looks_beyond_the_limit_are_a_finding_also_when_runs_are_gone(
    store: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(store, site, max_looks=3)
    assert "RG307" in page(site, EXPERIMENT)
    shutil.rmtree(store / "1" / run_id(0))
    build(store, site, max_looks=3)
    assert "RG307" in page(site, EXPERIMENT)
    assert "1 finding" in page(site, "index.html")
    (tmp_path / "reportgen.toml").write_text("[heldout]\nmax_looks = 3\n")
    before = (tmp_path / LEDGER_FILE).read_bytes()
    said = reportgen(["check", "mlruns"], tmp_path).stdout
    assert "RG307" in said
    assert "was scored 4 times; 3 are allowed for" in said
    assert (tmp_path / LEDGER_FILE).read_bytes() == before


def test_rows_of_the_config_change_the_luck(store: Path, site: Path) -> None:
    build(store, site)
    report = build(store, site, test_rows=(("digits_test", 100),))
    assert "about 3.9 points of its 83.7 %" in page(site, HELDOUT)
    assert report.written == (HELDOUT,)


def test_experiment_without_test_results_has_no_page_of_them_and_no_ledger(tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "digits")
    add_run(tmp_path / "mlruns", 1)
    build(tmp_path / "mlruns", tmp_path / "site")
    assert not (tmp_path / "site/experiments/digits/heldout").exists()
    assert not (tmp_path / "site/experiments/digits/heldout.csv").exists()
    assert not (tmp_path / LEDGER_FILE).exists()
    assert "Test results" not in page(tmp_path / "site", EXPERIMENT)
    assert run_json(tmp_path / "site", 1)["heldout"] == {}


def test_export_gives_everything(store: Path, tmp_path: Path) -> None:
    done = reportgen(["export", store, "-o", "-", "--format", "jsonl"], tmp_path)
    plain = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["metrics"]["test_acc"]["last"] for one in plain} == set(map(float, TEST_VALUES))
    assert not any("heldout" in one for one in plain)


def test_many_results_take_several_pages(store: Path, site: Path) -> None:
    for number in range(RUNS, 502):
        time = 1600000000000 + number * 60_000
        add_run(store, number, {"metrics/test_acc": f"{time} 0.5 0\n"})
    build(store, site)
    second = "experiments/digits/heldout/page-2/index.html"
    table = [row for row in Elements(page(site, second)).rows if row and "run " in row[0].text]
    assert [row[0].text[:7] for row in table] == ["run 500", "run 501"]
    assert 'href="../index.html"' in page(site, second)
    assert 'href="page-2/index.html"' in page(site, HELDOUT)


# --- open


def test_open_results_stand_in_the_table_with_a_standing_note(store: Path, site: Path) -> None:
    build(store, site, heldout="open")
    html = page(site, EXPERIMENT)
    assert "Test results stand beside parameters here." in html
    assert all(value[:7] in html for value in TEST_VALUES)
    assert "Test results also stand beside parameters" in page(site, HELDOUT)
    assert "test_acc" not in rows(site, "experiments/digits/runs.csv")[0]
    assert set(run_json(site, 0)["heldout"]) == {"test_acc"}


def test_open_results_rank_no_run(store: Path, site: Path) -> None:
    build(store, site, heldout="open")
    best = re.findall(
        r'<td class="number[^"]* best"[^>]*>(?:<[^>]*>)*([0-9.]+)', page(site, EXPERIMENT)
    )
    assert best == ["0.73"]
    assert "Best val_acc" in page(site, EXPERIMENT)


# --- the ledger


def test_each_look_is_a_line(store: Path, site: Path) -> None:
    build(store, site)
    lines = ledger(site)
    assert [line["run"] for line in lines] == [run_id(number) for number in range(RUNS)]
    assert {key: lines[2][key] for key in lines[2] if key != "configuration"} == {
        "when": 1600000125000,
        "experiment": "digits",
        "run": run_id(2),
        "metric": "acc",
        "dataset": "digits_test",
        "dataset_digest": "a1b2",
        "steps": 1,
    }
    assert len({line["configuration"] for line in lines}) == RUNS


def test_unchanged_store_writes_nothing_and_is_not_read(store: Path, site: Path) -> None:
    build(store, site)
    path = site.parent / LEDGER_FILE
    before = times_of(site), path.stat().st_mtime_ns, path.read_bytes()
    build(store, site)
    build(store, site)
    assert (times_of(site), path.stat().st_mtime_ns, path.read_bytes()) == before


def test_only_what_is_new_is_appended(store: Path, site: Path) -> None:
    build(store, site)
    before = (site.parent / LEDGER_FILE).read_bytes()
    write(
        store / "1" / run_id(1),
        {"metrics/test_acc": "1600000065000 0.81 0\n1600000066000 0.82 1\n"},
    )
    report = build(store, site)
    after = (site.parent / LEDGER_FILE).read_bytes()
    assert after.startswith(before)
    (line,) = after[len(before) :].splitlines()
    assert (json.loads(line)["run"], json.loads(line)["steps"]) == (run_id(1), 2)
    assert "Scored 5 times by 4 runs" in page(site, HELDOUT)
    assert EXPERIMENT in report.written


def test_looks_of_deleted_runs_count_on(store: Path, site: Path) -> None:
    build(store, site)
    for number in (0, 2):
        shutil.rmtree(store / "1" / run_id(number))
    build(store, site)
    html = page(site, HELDOUT)
    assert "Scored 4 times by 4 runs over 4 configurations" in html
    assert (
        "2 of these runs are not in this report any more; their looks count all the same." in html
    )
    assert [row["run_name"] for row in rows(site, "experiments/digits/heldout.csv")] == [
        "run 1",
        "run 3",
    ]


def test_page_of_looks_is_left_where_all_runs_are_gone(store: Path, site: Path) -> None:
    build(store, site)
    for number in range(RUNS):
        shutil.rmtree(store / "1" / run_id(number))
    build(store, site)
    assert "Scored 4 times by 4 runs" in page(site, HELDOUT)
    assert "No run of this report has test results any more." in page(site, HELDOUT)
    assert 'href="heldout/index.html"' in page(site, EXPERIMENT)


def test_looks_go_with_an_experiment_that_is_renamed(store: Path, site: Path) -> None:
    build(store, site)
    meta = store / "1" / "meta.yaml"
    meta.write_text(meta.read_text().replace("name: digits", "name: letters"))
    build(store, site)
    assert "Scored 4 times by 4 runs" in page(site, "experiments/letters/heldout/index.html")
    shutil.rmtree(store / "1" / run_id(0))
    build(store, site)
    assert "Scored 4 times by 4 runs" in page(site, "experiments/letters/heldout/index.html")


def test_same_store_and_ledger_give_the_same_bytes(store: Path, site: Path) -> None:
    build(store, site)
    shutil.rmtree(store / "1" / run_id(3))
    build(store, site)
    build(store, site.parent / "clean")
    assert difference(tree_of(site), tree_of(site.parent / "clean")) == []


def test_line_that_others_append_is_taken_up(store: Path, site: Path) -> None:
    build(store, site)
    path = site.parent / LEDGER_FILE
    line = {**ledger(site)[0], "run": "f" * 32, "when": 1500000000000}
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    report = build(store, site)
    assert "Scored 5 times by 5 runs over 4 configurations, first on 2017-07-14." in page(
        site, HELDOUT
    )
    assert set(report.written) == {HELDOUT, EXPERIMENT}


def test_torn_and_foreign_lines_are_problems_and_what_follows_is_whole(
    store: Path, site: Path
) -> None:
    build(store, site)
    path = site.parent / LEDGER_FILE
    with path.open("a") as file:
        file.write('<<<<<<< HEAD\n{"when":16000')
    add_run(store, 9, {"metrics/test_acc": "1600000000000 0.5 0\n"})
    report = build(store, site)
    assert [(p.path, p.line) for p in report.problems] == [(LEDGER_FILE, 5), (LEDGER_FILE, 6)]
    assert "the last line of the ledger is cut short" in page(site, "problems/index.html")
    *_, torn, last = path.read_text().splitlines()
    assert (torn, json.loads(last)["run"]) == ('{"when":16000', run_id(9))


def test_file_of_something_else_is_not_appended_to(store: Path, site: Path) -> None:
    notes = site.parent / "notes.md"
    notes.write_text("# Notes\n")
    with pytest.raises(OutputConflict, match=r"notes\.md holds no line of a ledger of looks"):
        build(store, site, ledger=str(notes))
    assert notes.read_text() == "# Notes\n"
    assert not site.exists()


@pytest.mark.parametrize("where", ["site/ledger.jsonl", "site/a/b.jsonl", "mlruns/ledger.jsonl"])
def test_ledger_in_the_site_or_in_a_store_is_refused(store: Path, site: Path, where: str) -> None:
    with pytest.raises(ConfigError, match="lies in the site or in a store"):
        build(store, site, ledger=str(site.parent / where))


def test_ledger_stands_beside_the_config_whichever_site_is_built(
    store: Path, tmp_path: Path
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "reportgen.toml").write_text("[heldout]\nmax_looks = 2\n")
    config = ["--config", "project/reportgen.toml"]
    done = reportgen(["build", store, "-o", "elsewhere/site", *config], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "project" / LEDGER_FILE).exists()
    assert not (tmp_path / "elsewhere" / LEDGER_FILE).exists()


def test_named_ledger_is_made_with_its_folder(store: Path, site: Path) -> None:
    build(store, site, ledger=str(site.parent / "records" / "looks.jsonl"))
    assert (site.parent / "records" / "looks.jsonl").read_bytes().count(b"\n") == RUNS
    assert not (site.parent / LEDGER_FILE).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_ledger_that_cannot_be_written_costs_no_page(store: Path, site: Path) -> None:
    (site.parent / LEDGER_FILE).mkdir()
    report = build(store, site)
    assert [(p.path, p.reason) for p in report.problems] == [
        (LEDGER_FILE, "not a file"),
        (LEDGER_FILE, "looks at test sets cannot be recorded: not a file"),
    ]
    assert "Scored 4 times by 4 runs" in page(site, HELDOUT)
    (site.parent / LEDGER_FILE).rmdir()
    build(store, site)
    assert len(ledger(site)) == RUNS


def test_builds_at_the_same_time_lose_no_look(store: Path, site: Path) -> None:
    other = site.parent / "other"
    build(store, site)
    (site.parent / LEDGER_FILE).unlink()
    build(store, other, experiments=("digits",))
    build(store, site)  # its ledger went and came again, with another's lines
    assert len(ledger(site)) == RUNS


def test_run_page_depends_on_the_ledger_only_where_results_are_sealed(
    store: Path, site: Path
) -> None:
    build(store, site)
    line = {**ledger(site)[0], "reason": "camera-ready"}
    with (site.parent / LEDGER_FILE).open("a") as file:
        file.write(json.dumps(line) + "\n")
    assert build(store, site).written == ()
