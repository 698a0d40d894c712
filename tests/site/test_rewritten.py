"""Which files a change of the store writes: all that show it, and no other."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from reportgen.site.project import Report
from reportgen.site.quick import STATE_FOLDER
from tests.markup import artifacts_of
from tests.patience import let_files_age
from tests.sites import add_experiment, add_run, build, difference, page, run_id, tree_of
from tests.trees import write

RUNS = 5
DIFFS_OF_2 = (
    f"diffs/{run_id(2)}..{run_id(3)}/index.html",
    f"diffs/{run_id(1)}..{run_id(2)}/index.html",
)
BEANS = "experiments/beans"


def curve(number: int) -> str:
    start = 1600000000000 + number * 60_000
    points = ((step, 1 / (step + 1 + number)) for step in range(12))
    return "".join(f"{start + step} {value} {step}\n" for step, value in points)


def add_full_run(store: Path, number: int, **changes: Any) -> Path:
    """A run of which an experiment's page has every kind of picture."""
    files: dict[str, str | bytes] = {
        "metrics/val_loss": curve(number),
        "metrics/train_loss": curve(number + 1),
        "params/lr": str(10.0**-number),
        "artifacts/table.csv": f"a,b\n{number},x\n",
        "tags/team": "blue",
    }
    return add_run(store, number, files, **changes)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two experiments, the first with runs that have curves and one parameter that varies."""
    root = tmp_path / "mlruns"
    add_experiment(root, "1", "beans")
    add_experiment(root, "2", "grinders")
    for number in range(RUNS):
        add_full_run(root, number)
    add_run(root, 90, experiment="2")
    let_files_age()
    build(root, tmp_path / "site")
    return root


@pytest.fixture
def site(store: Path) -> Path:
    return store.parent / "site"


def rebuild(store: Path) -> Report:
    """Build again, and see that the result is that of a clean build."""
    report = build(store, store.parent / "site")
    clean = store.parent / "clean"
    shutil.rmtree(clean, ignore_errors=True)
    build(store, clean)
    assert difference(tree_of(store.parent / "site"), tree_of(clean)) == []
    assert build(store, store.parent / "site").written == ()
    return report


def run_page(number: int) -> str:
    return f"runs/{run_id(number)}/index.html"


def pictures(site: Path) -> list[str]:
    return sorted(path for path in tree_of(site) if path.endswith((".svg", ".png")))


def test_every_kind_of_picture_is_there(site: Path) -> None:
    assert pictures(site) == [
        "assets/icon.svg",
        "badge/beans.svg",
        "badge/grinders.svg",
        "badge/site.svg",
        "card.png",
        f"{BEANS}/card.png",
        *(f"{BEANS}/overview-{number}.svg" for number in (1, 2, 3, 4)),
        "experiments/grinders/card.png",
    ]
    text = page(site, f"{BEANS}/index.html")
    shown = [*(f"overview-{number}.svg" for number in (1, 2, 3, 4)), "../../badge/beans.svg"]
    assert re.findall(r'<img src="([^"]+)"', text) == shown
    alts = re.findall(r'<img [^>]*alt="([^"]+)"', text)
    assert [alt.partition(";")[0] for alt in alts[:4]] == [
        "val_loss over its steps in 5 runs",
        "train_loss over its steps in 5 runs",
        "val_loss by run, in order of start",
        "val_loss against lr in 5 runs",
    ]


def test_other_bytes_of_an_artifact_render_its_page_again(store: Path, site: Path) -> None:
    path = store / "1" / run_id(2) / "artifacts/table.csv"
    before = path.stat().st_size
    path.write_text("a,b\n7,x\n")
    assert path.stat().st_size == before
    report = rebuild(store)
    assert report.written == (
        f"runs/{run_id(2)}/artifacts/table.csv",
        f"runs/{run_id(2)}/files.js",
        run_page(2),
        *DIFFS_OF_2,
    )
    shown = artifacts_of(page(site, run_page(2)))["table.csv"][1]
    assert "<td>7<td>" in shown


def test_other_bytes_of_a_logged_model_render_its_page_again(store: Path, site: Path) -> None:
    record = f"name: forest\nmodel_id: m-1\nsource_run_id: '{run_id(2)}'\nstatus: 2\n"
    model = store / "1/models/m-1"
    body = "flavors:\n  sklearn:\n    sklearn_version: 1.4.{}\n"
    write(model, {"meta.yaml": record, "artifacts/MLmodel": body.format(0)})
    build(store, site)
    let_files_age()
    build(store, site)
    write(model, {"artifacts/MLmodel": body.format(1)})
    assert rebuild(store).written == (run_page(2),)
    assert "scikit-learn 1.4.1" in page(site, run_page(2))


def test_new_run_writes_what_shows_it_and_its_neighbour(store: Path, site: Path) -> None:
    before = tree_of(site)
    add_full_run(store, 9)
    report = rebuild(store)
    folder = f"runs/{run_id(9)}"
    assert report.pruned == ()
    assert set(report.written) == {
        *(f"{folder}/{name}" for name in ("artifacts/table.csv", "files.js", "run.json", "run.js")),
        f"{folder}/index.html",
        run_page(4),  # the next older run has a newer one now
        f"diffs/{run_id(4)}..{run_id(9)}/index.html",
        *(f"{BEANS}/{name}" for name in ("runs.csv", "runs.json", "runs.js", "card.png")),
        f"{BEANS}/summary.json",
        "badge/beans.svg",
        "badge/site.svg",
        "data/links.json",
        f"{BEANS}/index.html",
        *(f"{BEANS}/overview-{number}.svg" for number in (1, 2, 3, 4)),
        "data/site.js",
        "data/site.json",
        "card.png",  # it counts runs
        "index.html",
    }
    after = tree_of(site)
    assert run_page(3) in before
    assert before[run_page(3)] == after[run_page(3)]


def test_new_run_without_metrics_paints_no_curves_again(store: Path, site: Path) -> None:
    number = 9
    folder = add_run(store, number)
    shutil.rmtree(folder / "metrics")
    written = rebuild(store).written
    assert f"{BEANS}/overview-1.svg" not in written
    assert f"{BEANS}/overview-2.svg" not in written
    assert f"{BEANS}/overview-3.svg" in written  # where it stands as a run without a value
    assert f"{BEANS}/index.html" in written


def test_what_no_picture_shows_paints_none_again(store: Path, site: Path) -> None:
    run = store / "1" / run_id(2)
    write(run, {"tags/team": "teal", "tags/mlflow.note.content": "a note"})
    assert rebuild(store).written == (
        f"runs/{run_id(2)}/run.json",
        f"runs/{run_id(2)}/run.js",
        run_page(2),
        f"{BEANS}/runs.csv",
        f"{BEANS}/runs.json",
        f"{BEANS}/runs.js",
        f"{BEANS}/index.html",
        *DIFFS_OF_2,
    )


def test_changed_point_paints_the_pictures_of_its_metric_again(store: Path) -> None:
    metric = store / "1" / run_id(2) / "metrics/train_loss"
    with metric.open("a") as file:
        file.write("1600000190000 0.7 12\n")
    written = rebuild(store).written
    assert [path for path in written if path.endswith((".svg", ".png"))] == [
        f"{BEANS}/overview-2.svg"
    ]


def test_renamed_run_is_renamed_in_the_pictures(store: Path, site: Path) -> None:
    record = store / "1" / run_id(4) / "meta.yaml"
    record.write_text(record.read_text().replace("run 4", "arabica"))
    written = rebuild(store).written
    assert f"{BEANS}/overview-1.svg" in written
    assert b"arabica" in (site / f"{BEANS}/overview-1.svg").read_bytes()


def test_other_title_of_the_site_paints_what_bears_it_alone(store: Path, site: Path) -> None:
    report = build(store, site, title="Other")
    painted = [path for path in report.written if path.endswith((".svg", ".png"))]
    cards = f"{BEANS}/card.png", "experiments/grinders/card.png", "card.png"
    assert painted == [*cards, "badge/site.svg"]  # which bears the title as well


def test_deleted_picture_is_painted_again(store: Path, site: Path) -> None:
    before = tree_of(site)
    (site / f"{BEANS}/overview-3.svg").unlink()
    assert build(store, site).written == (f"{BEANS}/overview-3.svg",)
    assert difference(tree_of(site), before) == []


def test_edited_picture_is_left_alone_and_reported(store: Path, site: Path) -> None:
    path = f"{BEANS}/overview-3.svg"
    write(site, {path: "mine now"})
    report = build(store, site)
    assert [failure.path for failure in report.failures] == [path]
    assert page(site, path) == "mine now"


def test_pictures_of_metrics_that_are_gone_are_pruned(store: Path, site: Path) -> None:
    for number in range(RUNS):
        for name in ("metrics/train_loss", "params/lr"):
            (store / "1" / run_id(number) / name).unlink()
    report = rebuild(store)
    assert report.pruned == (f"{BEANS}/overview-3.svg", f"{BEANS}/overview-4.svg")
    assert re.findall(r"overview-\d", page(site, f"{BEANS}/index.html")) == [
        *("overview-1", "overview-1", "overview-2", "overview-2"),
    ]


def test_pictures_of_an_experiment_that_is_gone_are_pruned(store: Path, site: Path) -> None:
    shutil.rmtree(store / "1")
    report = rebuild(store)
    assert {f"{BEANS}/card.png", f"{BEANS}/overview-1.svg"} < set(report.pruned)
    assert not (site / BEANS).exists()


def test_pictures_are_the_same_with_any_number_of_processes(store: Path, tmp_path: Path) -> None:
    for number in range(10, 45):  # enough for processes to be worth it
        add_full_run(store, number)
    build(store, tmp_path / "one", jobs=1)
    build(store, tmp_path / "two", jobs=2)
    found = tree_of(tmp_path / "two")
    assert difference(tree_of(tmp_path / "one"), found) == []
    assert len([path for path in found if path.startswith(f"{BEANS}/overview-")]) == 4


# --- what is remembered of experiments


def briefs_file(site: Path) -> Path:
    return site / STATE_FOLDER / "briefs.json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\0",
        b'{"salt":"x","briefs":{}}',
        b'{"salt":1}',
        b'{"briefs":3}',
    ],
)
def test_damaged_briefs_cost_time_only(store: Path, site: Path, body: bytes) -> None:
    briefs_file(site).write_bytes(body)
    write(store / "1" / run_id(2), {"tags/team": "teal"})
    assert rebuild(store).written == (
        f"runs/{run_id(2)}/run.json",
        f"runs/{run_id(2)}/run.js",
        run_page(2),
        f"{BEANS}/runs.csv",
        f"{BEANS}/runs.json",
        f"{BEANS}/runs.js",
        *DIFFS_OF_2,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"leader":{', '"leader":[{'),
        ('"leader":{"where"', '"leader":{"there"'),
        ('"course":[', '"course":["x",'),
        ('"plates":[{', '"plates":[{"more":1,'),
        ('"run_count"', '"runs_count"'),
        ('"digest":', '"digests":'),
    ],
)
def test_briefs_of_another_form_are_not_taken(store: Path, site: Path, old: str, new: str) -> None:
    text = briefs_file(site).read_text()
    assert old in text
    briefs_file(site).write_text(text.replace(old, new))
    add_run(store, 91, experiment="2")
    rebuild(store)
    assert '"run_count"' in briefs_file(site).read_text()


def test_missing_briefs_are_made_anew(store: Path, site: Path) -> None:
    before = briefs_file(site).read_bytes()
    briefs_file(site).unlink()
    build(store, site, title="Other")
    build(store, site)
    assert briefs_file(site).read_bytes() == before


def test_briefs_name_no_place_of_this_machine(site: Path) -> None:
    assert str(site.parent).encode() not in briefs_file(site).read_bytes()
