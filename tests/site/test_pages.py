"""What stands on the pages and in the data of a site: all that the store holds, and how."""

import csv
import json
import re
from array import array
from base64 import b64encode
from hashlib import sha256
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from reportgen.library import open_store
from reportgen.model import MetricSeries
from reportgen.readers.mlruns import MlrunsStore
from tests.markup import Elements, artifacts_of, links_of, row_of, rows_of
from tests.sites import add_experiment, add_run, build, page, run_id, tree_of
from tests.trees import write

LONG_TEXT = "first line\nsecond <line> & more " + "x" * 6000
PARAMS = {"mtry": "3", "a/b": "über", "long": LONG_TEXT, "blank": "", "json": '{"a": "<b>"}'}
METRICS = {
    "rmse": "1600000000000 0.30000000000000004 7\n",
    "loss": "1600000000000 3 0\n1600000001000 1e-300 1\n1600000002000 nan 2\n",
    "up": "1600000000000 inf 0\n",
    "val/down": "1600000000000 -inf 0\n1600000000000 -inf 0\n",
    "large": "1600000000000 1.2345678901234568e22 9007199254740993\n",
}
MODEL = "m-0123"
BARE_MODEL = "m-4567"
FINISHED, FAILED = (
    f'<span class="status s-{name.lower()}">{name}</span>' for name in ("Finished", "Failed")
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two experiments; run 1 of the first has all that MLflow logs, run 2 is its child."""
    store = tmp_path_factory.mktemp("pages") / "mlruns"
    add_experiment(store, "0", "Default")
    write(add_experiment(store, "1", "Beans"), {"tags/mlflow.note.content": "# All beans\n"})
    add_experiment(store, "2", "grinders")
    run = add_run(store, 1, source_name="train.py", source_version="0123456789abcdef")
    write(run, {f"params/{key}": value for key, value in PARAMS.items()})
    write(run, {f"metrics/{key}": body for key, body in METRICS.items()})
    write(
        run, {"tags/team": "blue <b>", "tags/mlflow.user": "ben", "tags/mlflow.note.content": "*N*"}
    )
    write(run, {"artifacts/plots/fit.png": b"\x89PNG", "artifacts/page.html": "<script>"})
    write(run, {"artifacts/large.bin": bytes(2000)})
    link = "source_type: DATASET\nsource_id: d\ntags:\n  mlflow.data.context: training\n"
    dataset = 'name: ratings\ndigest: 5f3a\nsource_type: local\nsource: \'{"uri": "r.csv"}\'\n'
    write(run, {"inputs/i/meta.yaml": link})
    write(store / "1", {"datasets/d/meta.yaml": dataset})
    model = f"name: forest\nmodel_id: {MODEL}\nsource_run_id: '{run_id(1)}'\nstatus: 2\n"
    write(store / f"1/models/{MODEL}", {"meta.yaml": model, "artifacts/MLmodel": "flavors: {}\n"})
    other = f"name: <i>\nmodel_id: {BARE_MODEL}\nstatus: 3\n"
    write(store / f"1/models/{BARE_MODEL}", {"meta.yaml": other, "artifacts/notes.txt": "x"})
    write(run, {"outputs/o/meta.yaml": f"destination_id: {BARE_MODEL}\nstep: 12\n"})
    child = {"tags/mlflow.parentRunId": run_id(1), "metrics/rmse": "1600000000000 o.5 0\n"}
    add_run(store, 2, child, experiment="2", status=4, run_name="")
    add_run(store, 3, lifecycle_stage="deleted")
    add_run(store, 4, {"params/mtry": "4"}, artifact_uri="s3://bucket/4/artifacts", status=1)
    return store


@pytest.fixture(scope="module")
def site(store: Path) -> Path:
    build(store, store.parent / "site", title="Coffee", max_file=1500)
    return store.parent / "site"


@pytest.fixture(scope="module")
def run_page(site: Path) -> str:
    return page(site, f"runs/{run_id(1)}/index.html")


def load(site: Path, path: str) -> Any:
    return json.loads(page(site, path))


def text_of(html: str) -> str:
    """A page's own text, with its entities spelt out; tags stay."""
    return unescape(html)


@pytest.mark.parametrize("key", PARAMS)
def test_every_parameter_is_on_the_page_of_its_run(run_page: str, key: str) -> None:
    assert row_of(run_page, key)[1].text == " ".join(PARAMS[key].split())
    assert PARAMS[key] in text_of(run_page)


def test_quotes_between_tags_stay_as_they_are(run_page: str) -> None:
    assert '<td>{"a": "&lt;b&gt;"}</td>' in run_page


@pytest.mark.parametrize(
    ("key", "shown", "exact"),
    [
        ("rmse lower is better", ["0.3", "0.3", "–", "–", "1"], "0.30000000000000004"),
        ("loss lower is better", ["nan @ 2", "1e−300 @ 1", "1e−300 @ 1", "3 @ 0", "3"], "nan"),
        ("up", ["∞", "–", "–", "–", "1"], "inf"),
        ("val/down val", ["−∞", "–", "–", "–", "1"], "-inf"),
        ("large", ["1.2346e22", "–", "–", "–", "1"], "1.2345678901234568e+22"),
    ],
)
def test_every_metric_is_on_the_page_of_its_run(
    run_page: str, key: str, shown: list[str], exact: str
) -> None:
    row = row_of(run_page, key)
    assert [cell.text for cell in row[1:]] == shown
    assert row[1].title == exact


def test_metric_without_a_finite_value_has_no_extremes(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "Beans")
    add_run(store, 1, {"metrics/lost": "1600000000000 nan 0\n1600000001000 inf 1\n"})
    build(store, tmp_path / "site")
    row = row_of(page(tmp_path / "site", f"runs/{run_id(1)}/index.html"), "lost")
    assert [cell.text for cell in row[1:]] == ["∞ @ 1", "–", "–", "–", "2"]


def test_extremes_of_a_metric_are_told_with_every_digit(run_page: str) -> None:
    titles = [cell.title for cell in row_of(run_page, "loss lower is better")]
    assert titles[1:] == ["nan", "1e-300", "1e-300", "3.0", ""]


def test_role_of_a_metric_is_told_with_its_reason(run_page: str) -> None:
    unknown = "role unknown: no part of its name says which data it was measured on"
    assert f'<th scope="row" title="{unknown}">rmse' in run_page
    assert '<span class="tag" title="its name has the part `val`">val</span>' in run_page


def test_metrics_over_steps_and_over_time_share_no_chart(tmp_path: Path) -> None:
    times = [f"16000000{number:02}000" for number in range(10)]
    curves = {
        "metrics/train_loss": "".join(f"{time} 0.{n} {n}\n" for n, time in enumerate(times)),
        "metrics/val_loss": "".join(f"{time} 0.{n} 9\n" for n, time in enumerate(times)),
    }
    add_experiment(tmp_path / "mlruns", "1", "beans")
    add_run(tmp_path / "mlruns", 1, curves)
    build(tmp_path / "mlruns", tmp_path / "site")
    charts = page(tmp_path / "site", f"runs/{run_id(1)}/index.html").split('<svg class="curve"')[1:]
    assert [">step<" in chart for chart in charts] == [True, False]
    assert [">time<" in chart for chart in charts] == [False, True]


def test_curve_is_told_in_words(run_page: str) -> None:
    assert run_page.count('<svg class="curve"') == 1  # all other metrics have one point
    assert (
        'aria-label="loss: 3 points from step 0 to 2, log scale: '
        'last nan, lowest 1e−300, highest 3, 1 not finite"'
    ) in run_page


def test_tags_are_on_the_page_of_their_run(run_page: str) -> None:
    assert row_of(run_page, "team")[1].text == "blue <b>"
    assert row_of(run_page, "mlflow.user")[1].text == "ben"
    assert "mlflow.note.content" not in run_page
    assert "<p><em>N</em></p>" in run_page


def test_artifacts_are_listed_with_size_and_link(run_page: str) -> None:
    found = artifacts_of(run_page)
    assert {path: remark for path, (remark, _) in found.items()} == {
        "large.bin": "1.95 KiB · not copied: over 1.46 KiB",
        "page.html": "8 bytes · copied as page.html.txt",
        "plots/fit.png": "4 bytes · not an image, whatever its name says",
    }
    assert {path: links_of(shown) for path, (_, shown) in found.items()} == {
        "large.bin": [],
        "page.html": ["frames/page.html.html", "artifacts/page.html.txt"],
        "plots/fit.png": ["artifacts/plots/fit.png"],
    }
    assert '<span class="hint">3 files, 1.96 KiB</span>' in run_page


def test_artifacts_are_copied_unless_they_are_too_large(site: Path) -> None:
    assert tree_of(site / f"runs/{run_id(1)}/artifacts") == {
        "page.html.txt": b"<script>",
        "plots/": b"",
        "plots/fit.png": b"\x89PNG",
    }


def test_artifacts_beyond_the_limit_of_a_run_are_listed(store: Path, tmp_path: Path) -> None:
    build(store, tmp_path / "site", max_run=10)
    text = page(tmp_path / "site", f"runs/{run_id(1)}/index.html")
    assert {path: remark for path, (remark, _) in artifacts_of(text).items()} == {
        "large.bin": "1.95 KiB · not copied: over 10 bytes for one run",
        "page.html": "8 bytes · copied as page.html.txt",
        "plots/fit.png": "4 bytes · not copied: over 10 bytes for one run · an image, not copied",
    }


def test_datasets_and_models_are_on_the_page_of_their_run(run_page: str) -> None:
    assert [cell.text for cell in row_of(run_page, "ratings")] == [
        "ratings",
        "training",
        "5f3a",
        "local r.csv",
    ]
    assert f'<h2>Model forest <small class="id">{MODEL}</small></h2>' in run_page
    assert row_of(run_page, "MLmodel")[1].text == "12 bytes"


def test_a_logged_model_without_a_model_file_is_on_the_page_of_its_run(run_page: str) -> None:
    cells = [cell.text for cell in row_of(run_page, f"<i> {BARE_MODEL}")]
    assert cells[1:] == ["failed", "output", "12"]
    assert '<a href="#logged-models">Logged models</a>' in run_page
    assert MODEL not in run_page.partition('id="logged-models"')[2].partition("</section>")[0]


def test_what_several_runs_cannot_read_is_one_problem(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "Beans")
    write(store / "1", {"datasets/d/meta.yaml": "name: ["})
    for number in (1, 2):
        add_run(store, number, {"inputs/i/meta.yaml": "source_type: DATASET\nsource_id: d\n"})
    build(store, tmp_path / "site")
    told = load(tmp_path / "site", "data/site.json")["problems"]
    assert [(problem["path"], problem["line"]) for problem in told] == [
        ("1/datasets/d/meta.yaml", 1)
    ]
    assert len(open_store(str(store)).problems()) == 1
    for number in (1, 2):
        assert load(tmp_path / "site", f"runs/{run_id(number)}/run.json")["problems"] == told


def test_facts_of_a_run_are_on_its_page(run_page: str) -> None:
    facts = run_page.partition('<p class="facts">')[2].partition("</p>")[0]
    assert f"<h1>run 1</h1>{FINISHED}</div>" in run_page
    for fact in (
        '<time datetime="2020-09-13T12:27:40Z">2020-09-13 12:27:40</time>',
        "took <b>9.0 s</b>",
        "by <b>ana</b>",
        '<code title="train.py">train.py</code>',
        "commit <code>0123456789</code>",
        f"id <code>{run_id(1)}</code>",
        'in <a href="../../experiments/beans/index.html">Beans</a>',
        '<a href="run.json">JSON</a>',
    ):
        assert fact in facts


def test_failed_run_is_shown_with_the_others(site: Path) -> None:
    own = page(site, f"runs/{run_id(2)}/index.html")
    assert f"<h1>00000000</h1>{FAILED}</div>" in own
    assert "<strong>This run failed:</strong> <span>nothing that it logged tells why</span>" in own
    listed = rows_of(page(site, "experiments/grinders/index.html"))
    assert [row[1] for row in listed if len(row) > 1].count("Failed 1 problem") == 1
    index = page(site, "index.html")
    assert "<span>1 failed</span>" in index
    attention = index.partition('<ul class="card attention">')[2].partition("</ul>")[0]
    run = f'<a href="runs/{run_id(2)}/index.html">00000000</a>'
    assert f'<li>{FAILED}{run}<span class="faint">in grinders</span></li>' in attention
    assert '<i class="k-failed"></i>1 failed</span>' in index


def test_run_without_a_name_is_called_by_its_id(site: Path) -> None:
    assert f"<h1>{run_id(2)[:8]}</h1>" in page(site, f"runs/{run_id(2)}/index.html")


def test_artifacts_kept_elsewhere_are_named(site: Path) -> None:
    text = page(site, f"runs/{run_id(4)}/index.html")
    assert "Kept elsewhere: <code>s3://bucket/4/artifacts</code>" in text


def test_deleted_run_is_left_out(site: Path) -> None:
    assert run_id(3) not in "".join(tree_of(site))
    assert "run 3" not in page(site, "experiments/beans/index.html")


def test_deleted_run_is_shown_on_demand(store: Path, tmp_path: Path) -> None:
    build(store, tmp_path / "site", deleted=True)
    text = page(tmp_path / "site", f"runs/{run_id(3)}/index.html")
    assert "<span>deleted in the store</span>" in text
    assert load(tmp_path / "site", f"runs/{run_id(3)}/run.json")["lifecycle_stage"] == "deleted"


def test_parent_and_child_are_linked_across_experiments(site: Path, run_page: str) -> None:
    assert f"../../runs/{run_id(2)}/index.html" in links_of(run_page)
    child = page(site, f"runs/{run_id(2)}/index.html")
    assert f'child of <a href="../../runs/{run_id(1)}/index.html">run 1</a>' in child


def test_neighbours_are_linked(site: Path, run_page: str) -> None:
    newer = f'<a rel="prev" href="../../runs/{run_id(4)}/index.html">← run 4</a>'
    assert newer in run_page
    older = f'<a rel="next" href="../../runs/{run_id(1)}/index.html">run 1 →</a>'
    assert older in page(site, f"runs/{run_id(4)}/index.html")


def test_problems_are_shown_where_they_are_and_together(site: Path) -> None:
    where = f"2/{run_id(2)}/metrics/rmse"
    for path in (
        f"runs/{run_id(2)}/index.html",
        "experiments/grinders/index.html",
        "problems/index.html",
    ):
        row = row_of(page(site, path), where)
        assert [cell.text for cell in row[1:]] == ["1", "value is not a number: `o.5`"]
    assert '<a href="problems/index.html">1 problem in the store</a>' in page(site, "index.html")


def test_experiment_lists_what_varies_and_folds_what_is_the_same(
    store: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mlruns"
    add_experiment(folder, "1", "two")
    add_run(
        folder, 1, {"params/same": "1", "params/only": "x", "metrics/rmse": "1 0.123456789 0\n"}
    )
    add_run(folder, 2, {"params/same": "1", "params/mtry": "4"}, status=1, end_time=None)
    build(folder, tmp_path / "site")
    text = page(tmp_path / "site", "experiments/two/index.html")
    assert "1 parameter the same in all runs</summary>" in text
    assert "<p><span>same <code>1</code></span></p>" in text
    table = [row for row in rows_of(text) if len(row) > 2]
    assert table == [
        ["Run", "", "Metrics", "Parameters that differ"],
        ["Name", "Status", "Started", "Duration", "rmse", "mtry", "only"],
        ["run 2 00000000", "Running", "2020-09-13 12:28", "–", "0.3", "4", "–"],
        ["run 1 00000000", "Finished", "2020-09-13 12:27", "9.0 s", "0.12346", "3", "x"],
    ]
    assert row_of(text, "run 1 00000000")[4].title == "0.123456789"


def test_run_json_is_as_documented(site: Path, store: Path) -> None:
    found = load(site, f"runs/{run_id(1)}/run.json")
    roles = {key: (one.pop("role"), one.pop("by")) for key, one in found["metrics"].items()}
    assert roles == {
        **dict.fromkeys(("large", "loss", "rmse", "up"), ("unknown", "")),
        "val/down": ("val", "name:val"),
    }
    assert found == {
        "experiment_id": "1",
        "experiment": "Beans",
        "run_id": run_id(1),
        "run_name": "run 1",
        "status": "FINISHED",
        "lifecycle_stage": "active",
        "start_time": 1600000060000,
        "end_time": 1600000069000,
        "user": "ana",
        "source": "train.py",
        "params": PARAMS,
        "tags": {"mlflow.note.content": "*N*", "mlflow.user": "ben", "team": "blue <b>"},
        "metrics": {
            "large": {
                "last": 1.2345678901234568e22,
                "step": 9007199254740993,
                "timestamp": 1600000000000,
                "count": 1,
                "min": 1.2345678901234568e22,
                "max": 1.2345678901234568e22,
            },
            "loss": {
                "last": "NaN",
                "step": 2,
                "timestamp": 1600000002000,
                "count": 3,
                "min": 1e-300,
                "max": 3.0,
            },
            "rmse": {
                "last": 0.30000000000000004,
                "step": 7,
                "timestamp": 1600000000000,
                "count": 1,
                "min": 0.30000000000000004,
                "max": 0.30000000000000004,
            },
            "up": {
                "last": "Infinity",
                "step": 0,
                "timestamp": 1600000000000,
                "count": 1,
                "min": "NaN",
                "max": "NaN",
            },
            "val/down": {
                "last": "-Infinity",
                "step": 0,
                "timestamp": 1600000000000,
                "count": 1,
                "min": "NaN",
                "max": "NaN",
            },
        },
        "heldout": {},
        "artifacts": [
            {"path": "large.bin", "bytes": 2000},
            {"path": "page.html", "bytes": 8},
            {"path": "plots/fit.png", "bytes": 4},
        ],
        "problems": [],
    }
    assert load(site, f"runs/{run_id(2)}/run.json")["problems"] == [
        {"path": f"2/{run_id(2)}/metrics/rmse", "line": 1, "reason": "value is not a number: `o.5`"}
    ]


def test_runs_csv_and_json_hold_every_run_newest_first(site: Path) -> None:
    rows = list(csv.DictReader(StringIO(page(site, "experiments/beans/runs.csv"))))
    same = load(site, "experiments/beans/runs.json")
    assert [row["run_id"] for row in rows] == [run_id(4), run_id(1)]
    assert list(rows[0]) == list(same[0]) == list(same[1])
    assert list(rows[0])[:6] == [
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
    ]
    assert {f"params.{key}" for key in PARAMS} | {"metrics.val/down", "tags.team"} < set(rows[0])
    assert (rows[1]["metrics.rmse"], same[1]["metrics.rmse"]) == (
        "0.30000000000000004",
        0.30000000000000004,
    )
    assert (rows[0]["tags.team"], same[0]["tags.team"]) == ("", None)
    assert (rows[1]["start_time"], same[1]["start_time"]) == (
        "2020-09-13 12:27:40.000+00:00",
        1600000060000,
    )


def test_site_json_is_as_documented(site: Path) -> None:
    found = load(site, "data/site.json")
    version = found.pop("version")
    assert version.count(".") >= 1
    assert found == {
        "generator": "reportgen",
        "schema": 1,
        "sources": ["mlruns"],
        "experiments": [
            {
                "name": "Beans",
                "id": "1",
                "slug": "beans",
                "url": "experiments/beans/index.html",
                "lifecycle_stage": "active",
                "runs": 2,
                "status": {"RUNNING": 1, "FINISHED": 1},
            },
            {
                "name": "Default",
                "id": "0",
                "slug": "default",
                "url": "experiments/default/index.html",
                "lifecycle_stage": "active",
                "runs": 0,
                "status": {},
            },
            {
                "name": "grinders",
                "id": "2",
                "slug": "grinders",
                "url": "experiments/grinders/index.html",
                "lifecycle_stage": "active",
                "runs": 1,
                "status": {"FAILED": 1},
            },
        ],
        "problems": [
            {
                "path": f"2/{run_id(2)}/metrics/rmse",
                "line": 1,
                "reason": "value is not a number: `o.5`",
            }
        ],
    }


def test_index_lists_experiments_and_newest_runs(site: Path) -> None:
    text = page(site, "index.html")
    assert "<title>Coffee</title>" in text
    assert "<span><b>2 experiments</b></span><span><b>3 runs</b></span>" in text
    assert '<p class="about">All beans</p>' in text
    assert [row[0] for row in rows_of(text)[1:]] == ["run 4", run_id(2)[:8], "run 1"]


def test_default_experiment_that_was_never_used_is_not_listed(site: Path) -> None:
    assert "Default" not in page(site, "index.html")


def test_default_experiment_with_a_run_is_listed(tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "0", "Default")
    add_run(tmp_path / "mlruns", 1, experiment="0")
    build(tmp_path / "mlruns", tmp_path / "site")
    assert "experiments/default/index.html" in links_of(page(tmp_path / "site", "index.html"))


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    for experiment in ("7", "8"):
        add_experiment(tmp_path / "mlruns", experiment, "iris")
        add_run(tmp_path / "mlruns", int(experiment), experiment=experiment)
    build(tmp_path / "mlruns", tmp_path / "site")
    slugs = [one["slug"] for one in load(tmp_path / "site", "data/site.json")["experiments"]]
    assert (slugs[0], slugs[1][:5], len(slugs[1])) == ("iris", "iris-", 11)
    index = page(tmp_path / "site", "index.html")
    for number, slug in (("7", slugs[0]), ("8", slugs[1])):
        link = f'<a href="experiments/{slug}/index.html">iris</a> <small class="id">id {number}'
        assert index.count(link) == 2  # in the list, and beside its newest run
        assert f"run {number}" in page(tmp_path / "site", f"experiments/{slug}/index.html")


def test_clashing_run_ids_of_two_stores_get_pages_of_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        add_experiment(tmp_path / name, "1", "iris")
        add_run(tmp_path / name, 1, {"params/from": name, "tags/mlflow.parentRunId": run_id(2)})
        add_run(tmp_path / name, 2, run_name=f"parent in {name}")
    stores = (str(tmp_path / "one"), str(tmp_path / "two"))
    site = tmp_path / "site"
    build(tmp_path / "one", site, stores=stores)
    clashing = {path for path in tree_of(site / "runs") if path.startswith(run_id(1))}
    pages = sorted({path.partition("/")[0] for path in clashing}, key=len)
    assert len(pages) == 2
    assert pages[0] == run_id(1)
    for folder, name in zip(pages, ("one", "two"), strict=True):
        text = page(site / "runs", f"{folder}/index.html")
        assert row_of(text, "from")[1].text == name
        assert f">parent in {name}</a>" in text
    index = page(site, "index.html")
    assert "from one, two</span>" in index
    assert '<small class="id">one · id 1</small>' in index
    assert '<small class="id">two · id 1</small>' in index


def test_404_page_needs_nothing_beside_it(site: Path, tmp_path: Path) -> None:
    text = page(site, "404.html")
    assert {tag for tag, _ in Elements(text).found} & {"link", "img"} == set()
    assert links_of(text) == []  # it does not know where it is shown until its script has looked
    assert "leave out the end of the address" in text
    script = text.partition("<script>")[2].partition("</script>")[0]
    known = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{known}'" in text
    add_experiment(tmp_path / "mlruns", "1", "x")
    build(tmp_path / "mlruns", tmp_path / "site", url="https://example.org/coffee")
    text = page(tmp_path / "site", "404.html")
    assert links_of(text) == [
        "https://example.org/coffee/",
        "https://example.org/coffee/index.html#find",
    ]
    assert "<script" not in text


def test_store_without_runs_has_a_site(tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "0", "Default")
    report = build(tmp_path / "mlruns", tmp_path / "site")
    assert (report.status, report.problems) == (0, ())
    assert "No experiment has a run yet." in page(tmp_path / "site", "index.html")
    assert page(tmp_path / "site", "experiments/default/runs.json") == "[]\n"


def test_pages_name_no_place_of_this_machine(site: Path) -> None:
    everything = b"".join(tree_of(site).values())
    assert str(site.parent).encode() not in everything


def test_metrics_are_read_at_the_step_where_the_run_is_best(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "digits")
    time = 1600000000000
    curves = {
        "metrics/val_loss": f"{time} 0.9 0\n{time} 0.5 1\n{time} 0.7 2\n",
        "metrics/train_loss": f"{time} 0.8 0\n{time} 0.4125 1\n{time} 0.1 2\n",
        "metrics/test_acc": f"{time} 0.6125 1\n{time} 0.7 2\n",
    }
    add_run(store, 1, curves)
    build(store, tmp_path / "site")
    text = page(tmp_path / "site", f"runs/{run_id(1)}/index.html")
    assert text.count("At step 1</th>") == 2  # of the metrics, and of the test results apart
    assert "At step 1, val_loss is best." in text
    row = text[text.index('<th scope="row">train_loss') :].partition("</tr>")[0]
    assert re.findall(r">([\d.]+)", row) == [
        *("0.1", "0.1", "0.4125", "0.1", "0.8", "3"),
    ]
    build(store, tmp_path / "sealed", heldout="sealed")
    assert "0.6125" not in page(tmp_path / "sealed", f"runs/{run_id(1)}/index.html")


def test_a_metric_that_was_emptied_since_its_run_was_read_has_no_curve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "Beans")
    write(add_run(store, 1), {"metrics/loss": "1600000000000 3 0\n1600000001000 2 1\n"})
    empty = MetricSeries("loss", array("q"), array("q"), array("d"))
    monkeypatch.setattr(MlrunsStore, "series", lambda _store, _run, _key: empty)
    report = build(store, tmp_path / "site")
    assert report.failures == ()
    assert '"curves":{}' in page(tmp_path / "site", f"runs/{run_id(1)}/run.js")
