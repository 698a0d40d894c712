"""Pages that compare a run with the one before it, its parent and its baseline."""

import shutil
from pathlib import Path

import pytest

from tests.markup import Elements
from tests.site.hostile_texts import CONTROL, MARKUP, VALUE
from tests.sites import add_experiment, add_run, build, difference, page, run_id, tree_of
from tests.trees import write


def diff_path(a: int, b: int) -> str:
    return f"diffs/{run_id(a)}..{run_id(b)}/index.html"


def three_runs(store: Path) -> Path:
    """Three runs one after the other, the last a child of the first."""
    add_experiment(store, "1", "beans")
    for number, loss in ((1, 0.5), (2, 0.4), (3, 0.3)):
        files = {"params/lr": f"0.{number}", "params/depth": "3"}
        files["metrics/val_loss"] = f"1600000060000 {loss} 0\n"
        files["metrics/test_acc"] = f"1600000060000 0.9{number} 0\n"
        files["artifacts/config.yaml"] = f"lr: 0.{number}\ndepth: 3\n"
        if number == 3:
            files["tags/mlflow.parentRunId"] = run_id(1)
        add_run(store, number, files)
    return store


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of three runs."""
    folder = tmp_path_factory.mktemp("diffs")
    build(three_runs(folder / "mlruns"), folder / "site", baseline=("beans:best",))
    return folder / "site"


def test_each_run_is_compared_with_the_one_before_it_its_parent_and_the_baseline(
    site: Path,
) -> None:
    found = {path for path in tree_of(site) if path.startswith("diffs/") and path.endswith(".html")}
    best = 3
    assert found == {
        diff_path(1, 2),
        diff_path(2, 3),
        diff_path(1, 3),  # its parent
        diff_path(best, 1),
        diff_path(best, 2),
    }


def test_run_links_to_its_diffs_and_they_link_back(site: Path) -> None:
    run = page(site, f"runs/{run_id(3)}/index.html")
    for other in (1, 2):
        assert f'href="../../{diff_path(other, 3)}"' in run
        text = page(site, diff_path(other, 3))
        assert f'href="../../runs/{run_id(3)}/index.html"' in text
        assert f'href="../../runs/{run_id(other)}/index.html"' in text
    assert "the run before it" in page(site, diff_path(2, 3))
    assert "its parent" in page(site, diff_path(1, 3))
    assert "the baseline" in page(site, diff_path(3, 1))


def test_first_screen_says_what_changed_and_whether_it_helped(site: Path) -> None:
    text = page(site, diff_path(1, 2))
    first = text[: text.index('id="parameters"')]
    assert "1 parameter changed (lr 0.1 → 0.2)." in first
    assert "val_loss fell from 0.5 to 0.4 (20 % better)." in first
    assert '<span class="big up">−0.1</span>' in first


def test_equal_things_are_folded_away(site: Path) -> None:
    text = page(site, diff_path(1, 2))
    assert "<summary>2 parameters are the same</summary>" in text
    assert "<span>depth <code>3</code></span>" in text


def test_verdicts_come_with_the_word_and_parameters_have_none(site: Path) -> None:
    text = page(site, diff_path(1, 2))
    metrics = text[text.index('id="metrics"') :]
    assert "<tr class=up><th>val_loss" in metrics
    assert "<td>better" in metrics
    params = text[text.index('id="parameters"') : text.index('id="metrics"')]
    assert "class=up" not in params
    assert "class=down" not in params


def test_test_results_are_folded_and_have_no_verdict(site: Path) -> None:
    text = page(site, diff_path(1, 2))
    before, after = text.split('id="heldout"')
    assert "test_acc" not in before
    assert "test_acc" in after
    assert "better" not in after.split("</details>")[0].replace("higher is better", "")
    assert before.rstrip().endswith("<details><summary><h2")


def test_texts_are_compared_line_by_line(site: Path) -> None:
    text = page(site, diff_path(1, 2))
    assert "<del>− lr: <b>0.1</b></del><ins>+ lr: <b>0.2</b></ins>" in text


def test_sealed_results_are_on_no_diff(tmp_path: Path) -> None:
    build(three_runs(tmp_path / "mlruns"), tmp_path / "site", heldout="sealed")
    text = page(tmp_path / "site", diff_path(1, 2))
    assert "0.91" not in text
    assert "sealed" in text[text.index('id="heldout"') :]


def test_a_run_that_goes_takes_its_diffs_along_and_its_neighbours_meet(tmp_path: Path) -> None:
    store = three_runs(tmp_path / "mlruns")
    build(store, tmp_path / "site")
    shutil.rmtree(store / "1" / run_id(2))
    build(store, tmp_path / "site")
    assert (tmp_path / "site" / diff_path(1, 3)).is_file()
    assert not (tmp_path / "site" / diff_path(1, 2)).parent.exists()
    assert not (tmp_path / "site" / diff_path(2, 3)).parent.exists()
    assert "the run before it and its parent" in page(tmp_path / "site", diff_path(1, 3))


def test_only_the_diffs_of_a_changed_run_are_written_again(tmp_path: Path) -> None:
    store = three_runs(tmp_path / "mlruns")
    build(store, tmp_path / "site")
    write(store / "1" / run_id(2), {"artifacts/config.yaml": "lr: 0.7\n"})
    written = {path for path in build(store, tmp_path / "site").written if path[:5] == "diffs"}
    assert written == {diff_path(1, 2), diff_path(2, 3)}


def test_parent_in_another_experiment_is_compared(tmp_path: Path) -> None:
    store = three_runs(tmp_path / "mlruns")
    add_experiment(store, "0", "wine")
    child = {"tags/mlflow.parentRunId": run_id(1), "metrics/val_loss": "1600000060000 0.7 0\n"}
    child |= {"params/seed": "42", "params/warmup": "42"}
    write(store / "1" / run_id(1), {"params/seed": "7", "params/warmup": "7"})
    add_run(store, 9, child, experiment="0")
    build(store, tmp_path / "site")
    text = page(tmp_path / "site", diff_path(1, 9))
    assert "val_loss rose from 0.5 to 0.7 (40 % worse)." in text
    assert "in beans" in text
    assert text.count("+500 %") == 1  # of `warmup`: 42 is not more of a seed than 7
    for seeds in (("warmup",), ("seed", "warmup")):
        build(store, tmp_path / "site", seed_params=seeds)
        build(store, tmp_path / "clean", seed_params=seeds)
        assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []
        shutil.rmtree(tmp_path / "clean")
    build(store, tmp_path / "site")
    write(store / "1" / run_id(1), {"metrics/val_loss": "1600000060000 0.9 0\n"})
    build(store, tmp_path / "site")
    assert "fell from 0.9 to 0.7" in page(tmp_path / "site", diff_path(1, 9))


def test_unknown_baseline_is_a_problem_and_no_error(tmp_path: Path) -> None:
    report = build(three_runs(tmp_path / "mlruns"), tmp_path / "site", baseline=("nobody",))
    (problem,) = report.problems
    assert problem.path == "reportgen.toml"
    assert problem.reason.startswith("runs.baseline = 'nobody': no run 'nobody' in the site")


def test_no_diff_has_more_bytes_than_a_page_of_its_kind_needs(site: Path) -> None:
    sizes = [len(body) for path, body in tree_of(site).items() if path.startswith("diffs/")]
    assert max(sizes) < 16_000


@pytest.mark.parametrize("text", [MARKUP, VALUE, CONTROL])
def test_texts_of_a_store_stay_texts(text: str, tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "beans")
    for number in (1, 2):
        files = {"params/p": f"{text}{number}", "tags/t": f"{text}{number}"}
        files["artifacts/notes.txt"] = f"{text}\n{number}\n"
        files["artifacts/requirements.txt"] = f"{text}=={number}\nnumpy=={number}\n"
        files["tags/mlflow.source.git.commit"] = text
        add_run(tmp_path / "mlruns", number, files, run_name=repr(text + str(number)))
    build(tmp_path / "mlruns", tmp_path / "site")
    found = Elements(page(tmp_path / "site", diff_path(1, 2))).found
    assert {tag for tag, _ in found} & {"iframe", "style", "form", "object", "base"} == set()
    assert all(attributes.get("src") for tag, attributes in found if tag == "script")
    assert [name for _, attributes in found for name in attributes if name.startswith("on")] == []
