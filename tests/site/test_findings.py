"""Each finding from the command line: from a store that has it to its reason on the page."""

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reportgen.analysis.finding_texts import EXPLANATIONS, accepting
from reportgen.cli import main
from reportgen.render.filters import ticked
from tests.sites import add_experiment, add_run, page, run_id
from tests.trees import write

NAME = 'coffee "dark" & <b>'
T = 1600000000000
PROFILE = '{"num_rows": 1000}'


class Kitchen:
    """A store in the making, and its config."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "mlruns"
        self.config = ""
        add_experiment(self.store, "1", NAME)

    def run(self, number: int, params: str = "", **metrics: float | list[float]) -> None:
        """A run with the parameter `lr` and metrics of one step or several."""
        files = {}
        for key, values in metrics.items():
            steps = values if isinstance(values, list) else [values]
            points = (f"{T + step} {value} {step}\n" for step, value in enumerate(steps))
            files[f"metrics/{key}"] = "".join(points)
        folder = add_run(self.store, number, files)
        (folder / "metrics/rmse").unlink()
        write(folder, {"params/mtry": params or "3"})

    def use(self, number: int, name: str, digest: str, context: str) -> None:
        """Have a run use a dataset."""
        record = f"digest: {digest}\nname: {name}\nprofile: '{PROFILE}'\nschema: ''\n"
        record += "source: '{}'\nsource_type: local\n"
        write(self.store, {f"1/datasets/{name}{digest}/meta.yaml": record})
        link = f"source_type: DATASET\nsource_id: {name}{digest}\n"
        link += f"tags:\n  mlflow.data.context: {context}\n"
        write(self.store, {f"1/{run_id(number)}/inputs/{name}{context}/meta.yaml": link})

    def tag(self, number: int, key: str, value: str) -> None:
        """Tag a run."""
        write(self.store, {f"1/{run_id(number)}/tags/{key}": value})


def ranked_by_test(kitchen: Kitchen) -> None:
    kitchen.run(1, val_acc=0.5, test_acc=0.5)
    kitchen.config = '[metrics]\nprimary = "test_acc"\n'


def only_test(kitchen: Kitchen) -> None:
    kitchen.run(1, "3", test_acc=0.5)
    kitchen.run(2, "4", test_acc=0.6)


def watched(kitchen: Kitchen) -> None:
    kitchen.run(1, val_acc=0.5, test_acc=[0.3, 0.5])


def chosen_by_test(kitchen: Kitchen) -> None:
    kitchen.run(1, "3", val_acc=0.7, test_acc=0.6)
    kitchen.run(2, "4", val_acc=0.6, test_acc=0.7)
    kitchen.tag(2, "chosen", "yes")


def two_purposes(kitchen: Kitchen) -> None:
    kitchen.run(1, val_acc=0.5, test_acc=0.5)
    kitchen.use(1, "beans", "a1", "training")
    kitchen.use(1, "again", "a1", "test")


def not_ranked(kitchen: Kitchen) -> None:
    kitchen.run(1, score=0.5)


def many_looks(kitchen: Kitchen) -> None:
    for number in range(11):
        kitchen.run(number, val_acc=0.5, test_acc=0.5)
        kitchen.use(number, "beans", "a1", "test")


def gap(kitchen: Kitchen) -> None:
    kitchen.run(1, val_acc=0.9, test_acc=0.6)
    kitchen.use(1, "beans", "a1", "test")


def other_exam(kitchen: Kitchen) -> None:
    for number in (1, 2):
        kitchen.run(number, val_acc=0.5, test_acc=0.5)
        kitchen.use(number, "beans", f"a{number}", "test")


CASES: dict[str, tuple[Callable[[Kitchen], None], str]] = {
    "RG301": (ranked_by_test, "error"),
    "RG302": (only_test, "warning"),
    "RG303": (watched, "warning"),
    "RG304": (chosen_by_test, "warning"),
    "RG305": (two_purposes, "error"),
    "RG306": (not_ranked, "info"),
    "RG307": (many_looks, "warning"),
    "RG308": (gap, "info"),
    "RG309": (other_exam, "warning"),
}


def test_every_finding_about_results_has_a_store() -> None:
    assert set(CASES) == {code for code in EXPLANATIONS if code < "RG401"}


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    monkeypatch.chdir(tmp_path)
    return Kitchen(tmp_path)


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, str]]]:
    capsys.readouterr()
    status = main(["check", "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    return status, [one for one in found if one["where"] != "privacy"]  # that: test_public.py


def test_filter_by_test_results_is_told_also_where_it_hides_the_run_that_tells(
    kitchen: Kitchen, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        kitchen.run(number, str(number), val_acc=0.5 + number / 10, score=0.5 + number / 10)
    kitchen.tag(1, "reportgen.role.score", "test")
    write(kitchen.folder, {"reportgen.toml": "[build]\nfilter = 'metrics.score > 0.65'\n"})
    status, findings = checked(capsys)
    assert [(one["code"], one["level"]) for one in findings] == [("RG301", "error")]
    assert status == 1
    assert main(["build", "--quiet", "-o", "site"]) == 0
    (place,) = (kitchen.folder / "site/experiments").iterdir()
    assert "the filter goes by <code>score</code>" in page(place, "index.html")
    write(kitchen.folder, {"reportgen.toml": "[build]\nfilter = 'metrics.val_acc > 0.65'\n"})
    assert main(["build", "--quiet", "--strict", "-o", "site"]) == 0
    assert "the filter goes by" not in page(place, "index.html")


@pytest.mark.parametrize("code", CASES)
def test_finding_is_told_and_can_be_accepted(
    code: str, kitchen: Kitchen, capsys: pytest.CaptureFixture[str]
) -> None:
    make, level = CASES[code]
    make(kitchen)
    write(kitchen.folder, {"reportgen.toml": kitchen.config})
    status, findings = checked(capsys)
    assert [(one["code"], one["level"]) for one in findings] == [(code, level)]
    assert not findings[0]["accepted"]
    assert status == (level != "info")
    assert main(["build", "--quiet", "--strict", "-o", "site"]) == status
    (place,) = (kitchen.folder / "site/experiments").iterdir()
    text = page(place, "index.html")
    assert ticked(findings[0]["reason"]) in text
    on_index = ticked(findings[0]["reason"]) in page(kitchen.folder / "site", "index.html")
    assert on_index == (level != "info")
    assert findings[0]["path"] == NAME
    accept = accepting(code, NAME)
    assert html.escape(accept) in text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    accept = f"\n{accept.replace('the reason', 'it is <known>')}\n"
    write(kitchen.folder, {"reportgen.toml": kitchen.config + accept})
    status, findings = checked(capsys)
    assert [(one["code"], one["accepted"]) for one in findings] == [(code, "it is <known>")]
    assert status == 0
    assert main(["build", "--quiet", "--strict", "-o", "site"]) == 0
    assert "it is &lt;known&gt;" in page(place, "index.html")
