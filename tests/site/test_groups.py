"""An experiment's tables of groups and of what goes with its metric."""

import html
import re
from pathlib import Path

import pytest

from tests.sites import add_experiment, add_run, build, page

START = 1600000000000
SWEEP = "experiments/sweep/index.html"


def sweep(store: Path, seeds: int = 3) -> Path:
    """Four depths with some seeds each; accuracy rises with the depth, and so does the test's."""
    add_experiment(store, "1", "sweep")
    for number in range(4 * seeds):
        depth, seed = divmod(number, seeds)
        files = {
            "metrics/val_acc": f"{START} 0.{5 + depth}{seed} 0\n",
            "metrics/test_acc": f"{START} 0.4321{number} 0\n",
            "params/depth": str(depth),
            "params/kind": "ab"[depth % 2],
            "params/seed": str(seed),
        }
        add_run(store, number, files)
    return store


def section(site: Path, heading: str) -> str:
    """What stands below a heading, as it is read; "" where it is not there."""
    parts = re.split(r"<section", page(site, SWEEP))
    found = "".join(part for part in parts if f'<h2 id="{heading}"' in part)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.partition(">")[2])).split())


@pytest.mark.parametrize("mode", ["aside", "open"])
def test_test_metrics_are_in_neither_table(tmp_path: Path, mode: str) -> None:
    build(sweep(tmp_path / "mlruns"), tmp_path / "site", heldout=mode)
    for heading in ("groups", "associations"):
        text = section(tmp_path / "site", heading)
        assert "val_acc" in text
        assert "test_acc" not in text
        assert "4321" not in text


def test_groups_have_their_numbers_the_best_first(tmp_path: Path) -> None:
    build(sweep(tmp_path / "mlruns"), tmp_path / "site")
    text = section(tmp_path / "site", "groups")
    assert "4 groups of 3 that differ only in seed; seeds vary by ±0.01" in text
    assert "depth=3, kind=b 3 0.81 0.01 0.0058 0.78516 to 0.83484 0.8 0.82" in text
    assert text.index("depth=3") < text.index("depth=2") < text.index("depth=0")


def test_association_is_told_in_words_and_of_too_few_runs_not(tmp_path: Path) -> None:
    build(sweep(tmp_path / "mlruns"), tmp_path / "site")
    text = section(tmp_path / "site", "associations")
    assert text.startswith("What goes with val_acc association in these runs, not cause")
    assert "depth +0.97 val_acc is higher where it is higher 12 4" in text
    assert "kind 0.43 may be chance, which makes up to 0.59 with 12 runs 12 2" in text
    assert "seed" not in text.partition("Values")[2]
    build(sweep(tmp_path / "few", 1), tmp_path / "other")
    few = section(tmp_path / "other", "associations")
    assert few.startswith("What goes with val_acc Too few runs to say: no parameter stands beside")
    assert section(tmp_path / "other", "groups") == ""


def test_texts_that_name_each_run_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    store = sweep(tmp_path / "mlruns")
    for number in range(12):
        add = {"params/path": f"/data/{number}", "metrics/val_acc": f"{START} 0.5 0\n"}
        add_run(store, 100 + number, add)
    build(store, tmp_path / "site")
    text = section(tmp_path / "site", "associations")
    assert "left out, as texts with too many values: path" in text
