"""What needs attention, on the pages: failed and stalled runs, findings, noise over seeds."""

import html
import json
import re
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.config import load_options
from reportgen.errors import ConfigError
from reportgen.site.briefs import Brief, Briefs
from tests.sites import add_experiment, add_run, build, make_store, page, run_id
from tests.trees import write

START = 1600000000000  # of run 0
MINUTE = 60_000
FAILED, KILLED, RUNNING = 4, 5, 1
COFFEE, TEA = "experiments/coffee/index.html", "experiments/tea/index.html"


def store_of_two(root: Path) -> Path:
    """Two experiments without runs."""
    add_experiment(root, "1", "coffee")
    add_experiment(root, "2", "tea")
    return root


def text_of(site: Path, path: str) -> str:
    """A page as it is read: without tags, in single spaces."""
    plain = re.sub(r"<[^>]+>", " ", page(site, path))
    return " ".join(html.unescape(plain).split())


def seeded(root: Path, number: int, value: float, seed: int, lr: str) -> None:
    files = {
        "metrics/val_acc": f"{START} {value} 0\n",
        "metrics/rmse": f"{START} 1 0\n",
        "params/seed": str(seed),
        "params/lr": lr,
    }
    add_run(root, number, files)


# --- noise


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """The page of an experiment of two groups by seed, and one run by itself."""
    store = store_of_two(tmp_path / "mlruns")
    for number, value in enumerate((0.90, 0.91, 0.92, 0.80, 0.81, 0.82)):
        seeded(store, number, value, number % 3, f"0.{number // 3}")
    seeded(store, 6, 0.5, 0, "9")
    build(store, tmp_path / "site")
    return tmp_path / "site"


def test_page_says_how_far_seeds_vary(seeds: Path) -> None:
    text = text_of(seeds, COFFEE)
    assert "best of 7 runs" in text
    assert "seeds vary by ±0.01 (2 groups of 3): differences below 0.039 are noise" in text


def test_runs_that_are_not_told_from_the_best_are_marked(seeds: Path) -> None:
    rows = page(seeds, COFFEE).split("<tr")
    marked = [row for row in rows if "≈" in row]
    assert [re.findall(r">(run \d)<", row) for row in marked] == [["run 1"], ["run 0"]]
    assert 'title="within noise of the best: seeds alone make differences of 0.039"' in marked[0]


def test_groups_are_listed_with_their_size_mean_and_spread(seeds: Path) -> None:
    text = text_of(seeds, COFFEE)
    assert "3 groups of 1 to 3 that differ only in seed" in text
    assert "lr=0.0 3 0.91 0.01 0.0058 0.88516 to 0.93484 0.9 0.92" in text
    assert "lr=9 only 1 0.5 – – – 0.5 0.5" in text
    assert "1 group has one run only; of groups of unequal size compare the means" in text


def test_parameter_that_the_config_names_is_the_seed(tmp_path: Path) -> None:
    store = store_of_two(tmp_path / "mlruns")
    for number in range(3):
        seeded(store, number, 0.9 + number / 100, 1, str(number))
    build(store, tmp_path / "site")
    assert "seeds vary" not in text_of(tmp_path / "site", COFFEE)
    build(store, tmp_path / "site", seed_params=("l*",))
    assert "seeds vary by ±0.01 (1 group of 3)" in text_of(tmp_path / "site", COFFEE)


# --- failed runs


def fail(root: Path, number: int, cause: str, experiment: str = "1", **params: str) -> None:
    files = {f"params/{key}": value for key, value in params.items()}
    if cause:
        files["artifacts/traceback.txt"] = f"Traceback\n{cause}\n"
    add_run(root, number, files, experiment=experiment, status=FAILED)


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    """A site of two experiments with failed runs, and the store it was made of."""
    store = store_of_two(tmp_path / "mlruns")
    fail(store, 1, "ValueError: bad <shape>", batch="512")
    fail(store, 2, "ValueError: bad value", "2", batch="512")
    fail(store, 3, "OSError: no space", batch="64")
    fail(store, 4, "", "2")
    add_run(store, 5, status=KILLED, experiment="2")
    add_run(store, 6, {"params/batch": "64"})
    build(store, tmp_path / "site")
    return tmp_path


def test_failed_runs_stand_by_error_with_what_they_share(failed: Path) -> None:
    text = text_of(failed / "site", "failed/index.html")
    assert "4 failed 1 killed" in text
    headings = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page(failed / "site", "failed/index.html"))
    assert headings == [
        "ValueError",
        "OSError",
        "No cause recorded",
        "Ended from outside",
        "No cause recorded",
    ]
    assert "both have batch=512 , which not all other runs have" in text
    assert text.count(" have batch=") == 1
    assert "ValueError: bad <shape>" in text


def test_failed_runs_are_linked_and_lead_back(failed: Path) -> None:
    for path in ("index.html", COFFEE, TEA):
        assert 'failed/index.html"' in page(failed / "site", path)
    own = page(failed / "site", "failed/index.html")
    assert all(f'href="../runs/{run_id(n)}/index.html"' in own for n in range(1, 6))
    assert run_id(6) not in own
    assert main(["check", str(failed / "mlruns"), "-o", str(failed / "site"), "--quiet"]) == 0


def test_rule_of_the_config_names_a_bucket(failed: Path) -> None:
    rules = (("disk or shape", "space|shape"),)
    build(failed / "mlruns", failed / "site", failure_rules=rules)
    text = text_of(failed / "site", "failed/index.html")
    assert "disk or shape 2 runs, by a rule of the config file" in text
    assert "ValueError 1 run " in text


def test_site_without_failures_says_so(tmp_path: Path) -> None:
    build(make_store(tmp_path / "mlruns", 1), tmp_path / "site")
    assert "No run failed." in text_of(tmp_path / "site", "failed/index.html")
    assert "failed/index.html" not in page(tmp_path / "site", "index.html")


def test_change_of_one_experiment_reads_no_run_of_the_other_for_the_page(failed: Path) -> None:
    folder = failed / "site"
    kept = json.loads((folder / ".reportgen/briefs.json").read_bytes())["briefs"]
    fail(failed / "mlruns", 7, "OSError: no space")
    report = build(failed / "mlruns", folder)
    assert {"failed/index.html", "index.html", COFFEE} <= set(report.written)
    assert TEA not in report.written
    fresh = json.loads((folder / ".reportgen/briefs.json").read_bytes())["briefs"]
    assert {key: kept[key] == fresh[key] for key in kept} == {"0/1": False, "0/2": True}


def test_brief_is_kept_whole_and_made_again_only_when_its_digest_is_another(failed: Path) -> None:
    folder = failed / "site"
    salt = json.loads((folder / ".reportgen/briefs.json").read_bytes())["salt"]
    plain = json.loads((folder / ".reportgen/briefs.json").read_bytes())["briefs"]["0/1"]

    def never() -> Brief:
        raise AssertionError

    briefs = Briefs(folder, salt)
    brief = briefs.of("0/1", plain["digest"], never)
    assert [(group.kind, group.count) for group in brief.failures] == [
        ("OSError", 1),
        ("ValueError", 1),
    ]
    assert [(one.code, one.experiment) for one in brief.findings] == [("RG306", "coffee")]
    briefs.save()
    again = Briefs(folder, salt)
    assert again.of("0/1", plain["digest"], never) == brief
    with pytest.raises(AssertionError):
        again.of("0/1", "another", never)


# --- stalled runs


def run_until(root: Path, number: int, minutes: int, experiment: str = "1") -> None:
    """A run that started at 0 and logged its last value after some minutes; it says it runs."""
    files = {"metrics/rmse": f"{START} 1 0\n{START + minutes * MINUTE} 1 1\n"}
    changes = {"start_time": START, "end_time": None, "status": RUNNING}
    add_run(root, number, files, experiment=experiment, **changes)


def end_at(root: Path, number: int, minutes: int) -> None:
    """A run that ended after some minutes."""
    times = {"start_time": START, "end_time": START + minutes * MINUTE}
    add_run(root, number, {"metrics/rmse": f"{START} 1 0\n"}, experiment="2", **times)


def marked(site: Path) -> list[str]:
    """The pages that mark a run as stalled."""
    paths = ("index.html", COFFEE, TEA, *(f"runs/{run_id(n)}/index.html" for n in (1, 2)))
    return [path for path in paths if "Stalled?" in page(site, path)]


@pytest.mark.parametrize(("minutes", "is_silent"), [(40, False), (41, True)])
def test_run_is_marked_when_silent_for_longer_than_the_limit(
    tmp_path: Path,
    minutes: int,
    is_silent: bool,  # noqa: FBT001
) -> None:
    store = store_of_two(tmp_path / "mlruns")
    run_until(store, 1, 10)
    end_at(store, 2, minutes)
    build(store, tmp_path / "site")
    own = f"runs/{run_id(1)}/index.html"
    assert marked(tmp_path / "site") == (["index.html", COFFEE, own] if is_silent else [])
    if is_silent:
        assert "last sign of life 2020-09-13 12:36" in text_of(tmp_path / "site", "index.html")
        assert "last sign of life is of 2020-09-13 12:36:40" in text_of(tmp_path / "site", own)


def test_value_of_another_running_run_is_a_newest_time_as_well(tmp_path: Path) -> None:
    store = store_of_two(tmp_path / "mlruns")
    run_until(store, 1, 10)
    run_until(store, 2, 60, "2")
    build(store, tmp_path / "site")
    assert f"runs/{run_id(1)}/index.html" in marked(tmp_path / "site")
    assert f"runs/{run_id(2)}/index.html" not in marked(tmp_path / "site")
    build(store, tmp_path / "site", stalled_after=0)
    assert marked(tmp_path / "site") == []


def test_newest_time_reaches_other_pages_only_when_a_run_gets_marked(tmp_path: Path) -> None:
    store = store_of_two(tmp_path / "mlruns")
    run_until(store, 1, 10)
    end_at(store, 2, 20)
    build(store, tmp_path / "site")
    concerned = {COFFEE, f"runs/{run_id(1)}/index.html"}
    end_at(store, 3, 30)
    assert not concerned & set(build(store, tmp_path / "site").written)
    end_at(store, 4, 50)
    assert concerned <= set(build(store, tmp_path / "site").written)
    end_at(store, 5, 70)
    assert not concerned & set(build(store, tmp_path / "site").written)


def test_run_that_goes_on_is_marked_no_more(tmp_path: Path) -> None:
    store = store_of_two(tmp_path / "mlruns")
    run_until(store, 1, 10)
    end_at(store, 2, 90)
    build(store, tmp_path / "site")
    assert marked(tmp_path / "site") != []
    run_until(store, 1, 80)
    build(store, tmp_path / "site")
    assert marked(tmp_path / "site") == []


def test_times_that_are_no_dates_make_no_run_silent(tmp_path: Path) -> None:
    store = store_of_two(tmp_path / "mlruns")
    run_until(store, 1, 10)
    add_run(store, 2, start_time=START, end_time=10**18)
    build(store, tmp_path / "site")
    assert marked(tmp_path / "site") == []


# --- findings


def scored(root: Path, number: int, **changes: str) -> None:
    files = {
        "metrics/rmse": f"{START} 1 0\n",
        "metrics/test_acc": f"{START} 0.87{number}21 0\n",
        "params/lr": str(number),
    }
    add_run(root, number, files, **changes)


@pytest.fixture
def tempting(tmp_path: Path) -> Path:
    """A folder with a store in which test data is all there is to choose by."""
    store = store_of_two(tmp_path / "mlruns")
    scored(store, 1)
    scored(store, 2, run_name="<b>two</b>")
    return tmp_path


def test_finding_stands_on_the_page_with_its_explanation_and_on_the_index(tempting: Path) -> None:
    build(tempting / "mlruns", tempting / "site")
    text = text_of(tempting / "site", COFFEE)
    assert "warning 2 runs differ in lr and have results on test data ( test_acc )" in text
    assert 'accept = { "coffee/RG302" = "the reason" }' in text
    index = page(tempting / "site", "index.html")
    assert index.count('<a href="experiments/coffee/index.html#findings">1 finding</a>') == 2
    assert 'id="findings"' in page(tempting / "site", COFFEE)
    assert 'id="findings"' not in page(tempting / "site", TEA)


def test_accepted_finding_stays_with_its_reason_and_counts_no_more(tempting: Path) -> None:
    accepted = (("coffee/RG302", "a <demo>"),)
    report = build(tempting / "mlruns", tempting / "site", accepted=accepted, strict=True)
    assert report.status == 0
    assert "RG302 a <demo>" in text_of(tempting / "site", COFFEE)
    assert "#findings" not in page(tempting / "site", "index.html")


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_warnings_end_a_strict_build_with_1(
    tempting: Path,
    strict: bool,  # noqa: FBT001
    status: int,
) -> None:
    for _ in range(3):  # the last ones find nothing to do
        report = build(tempting / "mlruns", tempting / "site", strict=strict)
        assert report.status == status
        assert "1 finding about the results: see reportgen check" in report.summary


def test_hint_alone_ends_nothing_with_1(tmp_path: Path) -> None:
    store = make_store(tmp_path / "mlruns", 2)
    report = build(store, tmp_path / "site", strict=True)
    assert (report.status, "finding" in report.summary) == (0, False)
    assert "RG306" in page(tmp_path / "site", "experiments/experiment-1/index.html")
    assert main(["check", str(store), "-o", str(tmp_path / "site")]) == 0


def test_check_lists_findings_with_the_next_step(
    tempting: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tempting)
    assert main(["check"]) == 1
    first, last, before_publishing = capsys.readouterr().out.splitlines()
    assert before_publishing.startswith("to know before publishing: user names in ")
    assert first.startswith("coffee: warning RG302: 2 runs differ in lr")
    assert first.endswith(
        "; next: log a metric on validation data or from cross-validation, and choose by that"
    )
    assert last == "1 finding"
    write(tempting, {"reportgen.toml": '[findings]\naccept = { RG302 = "known" }\n'})
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("coffee: accepted RG302: ")
    assert told.splitlines()[0].endswith("; accepted because: known")


def test_check_gives_findings_about_results_as_json(
    tempting: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tempting)
    assert main(["check", "--json"]) == 1
    finding, names = json.loads(capsys.readouterr().out)["findings"]
    assert (names["where"], names["code"], names["level"]) == ("privacy", "RG402", "info")
    assert finding.pop("reason").startswith("2 runs differ in lr")
    assert finding.pop("what_next").startswith("log a metric")
    assert finding == {
        "where": "results",
        "root": "mlruns",
        "path": "coffee",
        "line": None,
        "code": "RG302",
        "level": "warning",
        "accepted": None,
    }


def test_check_looks_at_what_the_config_chooses(
    tempting: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tempting)
    write(tempting, {"reportgen.toml": "[build]\nfilter = \"params.lr = '1'\"\n"})
    main(["check"])
    assert "RG302" not in capsys.readouterr().out
    write(tempting, {"reportgen.toml": '[build]\nexperiments = ["tea"]\n'})
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "nothing found: all is well\n"


def test_value_on_test_data_is_in_no_finding(tempting: Path) -> None:
    build(tempting / "mlruns", tempting / "site")
    assert "0.87" not in page(tempting / "site", COFFEE)
    assert "0.87" not in page(tempting / "site", "index.html")


# --- the config


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ('"30m"', 1_800_000),
        ('"1h 30m"', 5_400_000),
        ('"1.5h"', 5_400_000),
        ("90", 90_000),
        ('"2d"', 172_800_000),
        ('"45 min"', 2_700_000),
        ('"0s"', 0),
        ('"250ms"', 250),
    ],
)
def test_durations_are_read(tmp_path: Path, text: str, millis: int) -> None:
    write(tmp_path, {"reportgen.toml": f"[runs]\nstalled_after = {text}\n"})
    assert load_options(str(tmp_path / "reportgen.toml")).stalled_after == millis


@pytest.mark.parametrize("text", ['"soon"', '"30"', '"30 x"', "-1", "true", '"m"', '"1h and 2m"'])
def test_other_durations_are_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"reportgen.toml": f"[runs]\nstalled_after = {text}\n"})
    with pytest.raises(ConfigError, match='a duration such as "30m"'):
        load_options(str(tmp_path / "reportgen.toml"))


def test_rules_are_read_as_tables(tmp_path: Path) -> None:
    one = '[[failures.rule]]\nname = "memory"\nmatch = "CUDA"\n'
    other = '[[failures.rule]]\nname = "b"\nmatch = "c"\n'
    write(tmp_path, {"reportgen.toml": one + other})
    options = load_options(str(tmp_path / "reportgen.toml"))
    assert options.failure_rules == (("memory", "CUDA"), ("b", "c"))


@pytest.mark.parametrize("text", ['rule = "x"', 'rule = [{ name = "x" }]', "rule = [1]"])
def test_rules_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"reportgen.toml": f"[failures]\n{text}\n"})
    with pytest.raises(ConfigError, match="a list of tables such as"):
        load_options(str(tmp_path / "reportgen.toml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[failures]\nrule = [{ name = "x", match = "(" }]\n', "failures.rule 'x'"),
        ('[findings]\naccept = { RG999 = "x" }\n', "'RG999' ends in no code"),
    ],
)
def test_config_that_means_nothing_ends_the_build_with_2(
    tempting: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    write(tempting, {"reportgen.toml": text})
    config = str(tempting / "reportgen.toml")
    assert main(["build", str(tempting / "mlruns"), "--config", config]) == 2
    assert said in capsys.readouterr().err
