"""What `reportgen summary` tells of two sites: runs, values, the gate, and nothing it must not."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reportgen.changes.report import MARKER, markdown_of
from reportgen.changes.summary import summary_of
from reportgen.config import Options, load_options
from reportgen.errors import ConfigError, SiteError
from tests.hosts import serving, showing
from tests.sites import add_experiment, add_run, build, options_for, reportgen, run_id

URL = "https://me.github.io/coffee/"
HOSTILE = "@team | closes #12 <script>alert(1)</script> `x` [y](http://evil.org)"


def point(value: float, count: int = 1) -> str:
    """Points of a metric that fall to a value."""
    return "".join(f"1600000000000 {value + count - 1 - n} {n}\n" for n in range(count))


def make_base(root: Path) -> Path:
    """Two experiments; one run is running, one will be gone."""
    add_experiment(root, "1", "coffee")
    for number in range(3):
        loss = {"metrics/val_loss": point(0.5 + number / 100), "params/mtry": str(number)}
        add_run(root, number, loss)
    add_run(root, 3, {"metrics/val_loss": point(0.7)}, status=1, end_time=None)
    add_experiment(root, "2", "tea")
    add_run(root, 10, experiment="2")
    return root


def make_next(root: Path) -> Path:
    """The same store later: three new runs, one failed; one that has ended; one that is gone."""
    make_base(root)
    shutil.rmtree(root / "1" / run_id(2))
    add_run(root, 3, {"metrics/val_loss": point(0.7)})
    better = {
        "metrics/val_loss": point(0.4, 30),
        "metrics/train_loss": point(0.1),
        "metrics/test_loss": point(0.987654),
        "params/mtry": "9",
        "params/deep": "yes",
    }
    add_run(root, 4, better)
    add_run(root, 5, {"metrics/val_loss": point(0.6), "metrics/frob": point(7)}, run_name=HOSTILE)
    trace = "Traceback (most recent call last):\nMemoryError: too | much\n"
    add_run(root, 6, {"artifacts/error.log": trace}, status=4)
    return root


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites")
    build(make_base(folder / "old"), folder / "base", baseline=("run 1",))
    build(make_next(folder / "new"), folder / "site", baseline=("run 1",))
    return folder


def options(sites: Path, toml: str = "", **changes: Any) -> Options:
    """Options for the site with what a config file says."""
    file = sites / "reportgen.toml"
    file.write_text(f'[build]\noutput = "site"\n{toml}')
    found = load_options(str(file))
    return options_for(sites / "new", sites / "site", **{"gate": found.gate, **changes})


def summary(sites: Path, base: str = "base", most: int = 900_000, **changes: str) -> str:
    found = summary_of(options(sites, **changes), str(sites / base) if base else "")
    return markdown_of(found.summary, most)


def rows(markdown: str, start: str) -> list[str]:
    return [line for line in markdown.splitlines() if line.startswith(start)]


def test_the_headline_counts_what_became_of_the_runs(sites: Path) -> None:
    lines = summary(sites).splitlines()
    assert lines[:2] == [MARKER, "## Experiments: 3 new runs, 1 failed, 1 ended, 1 gone"]


def test_the_best_value_stands_beside_that_of_the_base_with_word_and_arrow(sites: Path) -> None:
    (row,) = rows(summary(sites), "| coffee |")
    expected = "| coffee | 6 | `val_loss` | 0.5 | **0.4** run 4 | 🟢 ↓ 20 % better |"
    assert row.replace("\u00a0", " ") == expected
    assert "1 experiment without changes: in the report." in summary(sites)


def test_new_runs_are_compared_with_the_baseline_the_best_first(sites: Path) -> None:
    found = summary(sites)
    assert "3 new runs, compared with run 1 (the baseline):" in found
    table = found.partition("(the baseline):")[2].partition("**Failed")[0]
    names = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| ")]
    assert [name[2:7] for name in names[2:]] == ["run 4", "@\u200btea", "run 6"]
    (best,) = rows(table, "| run 4")
    assert "**0.4**<br>🟢\u00a0↓\u00a022\u00a0%\u00a0better<br>█▇▇▆▅▅▄▃▃▂▁▁ |" in best
    assert "`deep` yes<br>`mtry` 1 → 9 |" in best
    assert "| 0.6<br>🔴\u00a0↑\u00a018\u00a0%\u00a0worse |" in rows(table, "| @")[0]


def test_a_metric_whose_direction_is_unknown_gets_no_verdict(sites: Path) -> None:
    head = rows(summary(sites), "| Run |")[0]
    assert "| `frob` |" in head
    assert "`val_loss`<br><sub>val, lower is better</sub>" in head
    assert "| 7 |" in rows(summary(sites), "| @")[0].replace("–", "")


def test_failed_ended_and_gone_runs_are_listed_with_causes(sites: Path) -> None:
    found = summary(sites)
    assert "**Failed**: 1 run\n\n- run 6: MemoryError: too &#124; much\n" in found
    assert "**Ended**: 1 run\n\n- run 3\n" in found
    assert "**Gone**: 1 run\n\n- run 2\n" in found


def test_test_results_are_told_of_and_never_shown(sites: Path) -> None:
    found = summary(sites)
    assert "1 of these runs was scored on test data (`test_loss`)." in found
    assert "0.98" not in found


def test_names_call_nobody_and_open_nothing(sites: Path) -> None:
    (row,) = rows(summary(sites), "| @")
    assert row.startswith(
        "| @\u200bteam &#124; closes #\u200b12 &lt;script&gt;alert(1)&lt;/script&gt; "
        "\\`x\\` \\[y\\](http:\u200b//evil.org) | "
    )


def test_links_lead_to_the_site_that_will_stand_or_to_what_stands_already(sites: Path) -> None:
    found = summary(sites, url=URL)
    assert f"[run 4]({URL}runs/{run_id(4)}/index.html)" in found
    assert f"[coffee]({URL}experiments/coffee/index.html)" in found
    assert "](" not in summary(sites).replace("\\](", "")


def test_runs_of_a_published_base_are_linked_where_this_site_will_stand_nowhere(
    sites: Path,
) -> None:
    with serving(showing(sites / "base")) as base:
        found = markdown_of(summary_of(options(sites), f"{base}/index.html").summary, 900_000)
        first = markdown_of(summary_of(options(sites), f"{base}/none/").summary, 900_000)
    assert f"compared with [run 1]({base}/runs/{run_id(1)}/index.html) (the baseline)" in found
    assert f"- [run 3]({base}/runs/{run_id(3)}/index.html)\n" in found
    assert "| run 4 |" in found  # new: it stands nowhere
    assert "Nothing is published at http:\u200b//127.0.0.1" in first


def test_without_a_base_the_newest_runs_are_told(sites: Path) -> None:
    found = summary(sites, base="")
    assert found.splitlines()[1] == "## Experiments: 2 experiments, 7 runs"
    assert "Newest runs, compared with run 1 (the baseline):" in found
    names = [line.split(" |")[0] for line in rows(found, "| run")]
    assert names == ["| run 6<br>failed", "| run 4", "| run 3", "| run 1", "| run 0", "| run 10"]


def test_a_base_that_is_not_there_yet_is_no_error_and_is_said(sites: Path) -> None:
    assert "yet, so nothing is compared." in summary(sites, base="nowhere")


def test_without_a_site_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as missing:
        summary_of(options_for(tmp_path, tmp_path / "none"), "")
    assert missing.value.hint == f"reportgen build -o {tmp_path / 'none'}"


@pytest.mark.parametrize("is_newer", [False, True])
def test_a_base_of_another_release_is_compared_by_its_runs(
    sites: Path, tmp_path: Path, *, is_newer: bool
) -> None:
    old = shutil.copytree(sites / "base", tmp_path / "base")
    for file in old.glob("experiments/*/summary.json"):
        if is_newer:
            file.write_text('{"version": 99}')
        else:
            file.unlink()
    found = summary(sites, base=str(old))
    assert "## Experiments: 3 new runs, 1 failed, 1 ended, 1 gone" in found
    assert "It was built by another release" in found
    assert "| coffee | 6 | `val_loss` | – | **0.4** run 4 | – |" in found


def test_a_damaged_base_is_an_error_that_names_the_file(sites: Path, tmp_path: Path) -> None:
    old = shutil.copytree(sites / "base", tmp_path / "base")
    (old / "experiments/coffee/summary.json").write_text('{"version": 1, "metrics": []}')
    with pytest.raises(SiteError, match=r"experiments/coffee/summary\.json of .* is not what"):
        summary(sites, base=str(old))


def test_nothing_changed_is_said(sites: Path) -> None:
    assert "## Experiments: nothing changed" in summary(sites, base="site")


def test_a_summary_is_cut_to_its_bytes_by_rank_and_says_so(tmp_path: Path) -> None:
    add_experiment(tmp_path / "old", "1", "coffee")
    add_experiment(tmp_path / "new", "1", "coffee")
    for number in range(120):
        name = "é" * 70 + str(number)
        files = {"metrics/val_loss": point(number)}
        add_run(tmp_path / "new", number, files, run_name=name)
    build(tmp_path / "old", tmp_path / "base")
    build(tmp_path / "new", tmp_path / "site")
    for most in (5_000, 8_000, 900_000):
        found = summary(tmp_path, most=most)
        assert len(found.encode()) <= most
        told = len(rows(found, "| é"))
        assert 1 <= told <= 50
        assert f"{120 - told} more runs are in the report." in found
        assert "| " + "é" * 70 + "0 |" in found  # the best


SLOWER = '[[gate.rule]]\nmetric = "val_loss"\nworse_by = "2 %"\n'


def test_the_gate_judges_the_best_new_run_and_its_words_stand_at_the_top(sites: Path) -> None:
    found = summary_of(options(sites, SLOWER), str(sites / "base"))
    assert not found.is_broken
    lines = markdown_of(found.summary, 900_000).splitlines()
    assert lines[3] == "**🟢 Gate: no rule is broken**"
    rule = '[[gate.rule]]\nmetric = "train_loss"\nworse_by = 0\nthan = "baseline"\n'
    strict = rule + SLOWER.replace("val_loss", "val_los")
    found = summary_of(options(sites, strict, baseline=("run 1",)), str(sites / "base"))
    assert [one.judged.value for one in found.outcomes] == ["not judged", "broken"]
    lines = markdown_of(found.summary, 900_000).splitlines()
    assert lines[3] == "**🔴 Gate: 1 rule is broken**"
    assert lines[5].startswith("- 🔴 broken: `val_los`: no run of the site has a metric")


def test_a_new_run_may_be_held_against_the_one_before_it(sites: Path) -> None:
    rule = SLOWER + 'than = "previous"\n'
    found = summary_of(options(sites, rule), "")
    assert found.is_broken  # the newest run failed
    assert "MemoryError" in found.outcomes[0].words
    found = summary_of(options(sites, rule), str(sites / "base"))
    assert found.outcomes[0].words.startswith("0.4 in “run 4” is better by 22 % than the previous")


def test_a_first_publish_breaks_no_rule_on_the_base(sites: Path) -> None:
    found = summary_of(options(sites, SLOWER), str(sites / "nowhere"))
    assert not found.is_broken
    assert "nothing is published at" in found.outcomes[0].words


def test_rules_that_cannot_be_meant_are_errors_of_the_config(sites: Path) -> None:
    for rule, words in (
        (SLOWER.replace("val_loss", "test_loss"), "is measured on test data"),
        (SLOWER.replace("val_loss", "frob"), "are better is not known"),
        (f'{SLOWER}than = "baseline"\n', "the config names none"),
    ):
        with pytest.raises(ConfigError, match=words):
            summary_of(options(sites, rule), str(sites / "base"))


def test_the_command_prints_the_summary_and_its_status_is_that_of_the_gate(sites: Path) -> None:
    options(sites, SLOWER.replace("val_loss", "val_los"))
    done = command(sites, "--base", "base", "--quiet")
    assert done.returncode == 1
    assert done.stdout.startswith(MARKER)
    assert done.stderr == (
        "gate: broken: val_los: no run of the site has a metric 'val_los'; "
        "did you mean 'val_loss'?\n"
    )
    options(sites, SLOWER)
    assert command(sites, "--base", "base").returncode == 0
    assert command(sites, "--max-bytes", "100").returncode == 2


def command(sites: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return reportgen(["summary", *arguments], sites)


def test_the_data_of_a_sealed_site_tell_no_test_value(sites: Path, tmp_path: Path) -> None:
    build(sites / "new", tmp_path / "site", heldout="sealed")
    text = (tmp_path / "site/experiments/coffee/summary.json").read_text()
    plain = json.loads(text)
    assert plain["apart"] == ["test_loss"]
    assert "test_loss" not in plain["metrics"]
    assert "0.98" not in text
