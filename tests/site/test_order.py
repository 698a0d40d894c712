"""Names of metrics and parameters stand as people count on pages; data keep the order of texts."""

import json
import re
from pathlib import Path

import pytest

from tests.markup import rows_of
from tests.sites import add_experiment, add_run, build, page, reportgen, run_id

TIME = 1600000000000
COUNTED = ("1", "2", "10")
DIFF = f"diffs/{run_id(1)}..{run_id(2)}/index.html"
EXPERIMENT = "experiments/beans"
MANY = 31  # test metrics; the table has thirty


def add_counted(store: Path, number: int) -> None:
    """A run with parameters, metrics and test metrics that are counted."""
    files = {"metrics/rmse": f"{TIME} 1 0\n"}
    for place in COUNTED:
        files[f"params/layer{place}"] = f"{number}"
        files[f"params/same{place}"] = "1"
        files[f"tags/note{place}"] = f"{number}"
        files[f"metrics/val{place}_loss"] = f"{TIME} 0.{number} 0\n{TIME + 1} 0.{number}1 1\n"
        files[f"metrics/thing{place}"] = f"{TIME} {number} 0\n"
    for nth in range(1, MANY + 1):
        files[f"metrics/test_acc_{nth}"] = f"{TIME} 0.{nth:02} 0\n"
    add_run(store, number, files)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two such runs, and its site."""
    folder = tmp_path_factory.mktemp("order")
    add_experiment(folder / "mlruns", "1", "beans")
    for number in (1, 2):
        add_counted(folder / "mlruns", number)
    build(folder / "mlruns", folder / "site")
    return folder


def firsts(text: str, start: str) -> list[str]:
    """The names that rows of a page's tables begin with: `start`, then a digit."""
    found = [row[0].split()[0] for row in rows_of(text) if row and row[0]]
    return [name for name in found if re.match(rf"{start}\d", name)]


def counted(start: str, end: str = "") -> list[str]:
    return [f"{start}{place}{end}" for place in COUNTED]


def test_run_page_counts_in_tables_and_within_a_chart(folder: Path) -> None:
    text = page(folder / "site", f"runs/{run_id(1)}/index.html")
    assert firsts(text, "layer") == counted("layer")
    assert firsts(text, "thing") == counted("thing")
    assert firsts(text, "test_acc_") == [f"test_acc_{place}" for place in range(1, MANY + 1)]
    (together,) = re.findall(r"data-metrics='([^']*)'", text)
    assert json.loads(together) == counted("val", "_loss")


def test_diff_counts_in_tables_and_in_what_is_the_same(folder: Path) -> None:
    text = page(folder / "site", DIFF)
    assert firsts(text, "layer") == counted("layer")
    assert firsts(text, "val") == counted("val", "_loss")
    assert firsts(text, "thing") == counted("thing")
    assert firsts(text, "test_acc_") == [f"test_acc_{place}" for place in range(1, MANY + 1)]
    assert re.findall(r"<span>(same\d+) ", text) == counted("same")


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_diff_on_the_command_line_counts_too(folder: Path, form: str) -> None:
    done = reportgen(["diff", run_id(1), run_id(2), "--format", form], folder)
    text = done.stdout.replace("\\", "")  # as Markdown escapes names
    for pattern, names in (
        (r"\blayer\d+", counted("layer")),
        (r"\bthing\d+", counted("thing")),
        (r"\bval\d+_loss", counted("val", "_loss")),
    ):
        assert list(dict.fromkeys(re.findall(pattern, text))) == names


def test_test_results_count_before_some_are_left_out_and_their_csv_does_not(folder: Path) -> None:
    text = page(folder / "site", f"{EXPERIMENT}/heldout/index.html")
    head, *runs = [row for row in rows_of(text) if len(row) > MANY]
    names = [cell for cell in head if cell.startswith("test_")]
    assert names == [f"test_acc_{place}" for place in range(1, MANY)]
    for run in runs:
        assert [float(run[head.index(name)]) for name in names] == [
            place / 100 for place in range(1, MANY)
        ]
    assert len(runs) == 2
    assert "1 more metric in the CSV" in text
    csv = page(folder / "site", f"{EXPERIMENT}/heldout.csv").splitlines()[0]
    columns = re.findall(r"metrics\.(test_acc_\d+)", csv)
    assert columns == sorted(columns) != sorted(columns, key=len)


def test_columns_are_offered_as_people_count(folder: Path) -> None:
    script = page(folder / "site", f"{EXPERIMENT}/runs.js")
    table = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert [key for key in table["params"] if key.startswith("layer")] == counted("layer")
    assert [key for key in table["tags"] if key.startswith("note")] == counted("note")
    assert [key for key in table["metrics"] if key.startswith("val")] == counted("val", "_loss")
