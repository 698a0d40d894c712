"""What scripts are told of a run's files: hashes of all copies, small texts, packages."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reportgen.analysis.diff_text import diff_texts
from tests.site.hostile_texts import MARKUP
from tests.sites import add_experiment, add_run, build, page, run_id, tree_of
from tests.trees import write

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script/></svg>'
CALL = re.compile(r"reportgen\.put\(\"files\",\"(\w+)\",'(.*)'\);\n", re.DOTALL)


def told(site: Path, number: int) -> dict[str, Any]:
    """The data of a run's `files.js`."""
    call = CALL.fullmatch(page(site, f"runs/{run_id(number)}/files.js"))
    assert call is not None
    assert call[1] == run_id(number)
    found: dict[str, Any] = json.loads(call[2].replace("\\'", "'").replace("\\\\", "\\"))
    return found


def has_files(site: Path, number: int) -> bool:
    """What `run.js` says of it."""
    return '"files":true' in page(site, f"runs/{run_id(number)}/run.js")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs whose files are of all kinds, too many, or none."""
    store = tmp_path_factory.mktemp("filed") / "mlruns"
    add_experiment(store, "1", "beans")
    add_run(store, 1)
    many = add_run(store, 2)
    for name in "abc":
        write(many, {f"artifacts/{name}.log": f"{name}{'x' * 49}\n" * 2000})
    write(many, {"artifacts/long.txt": "\n" * 4001, "artifacts/large.txt": "x" * (257 << 10)})
    kinds = add_run(store, 3)
    write(kinds, {"artifacts/it's.json": '{"lr": 0.10, "odd": "\\u2028"}', "artifacts/a.bin": "b"})
    write(kinds, {"artifacts/not.txt": b"\xff\xfe", "artifacts/nul.txt": "\0"})
    write(kinds, {"artifacts/fit.svg": SVG, "artifacts/odd.txt": MARKUP})
    write(kinds, {"artifacts/requirements.txt": "numpy==2.0\nScikit_Learn>=1.4 # x\n"})
    return store


@pytest.fixture(scope="module")
def site(store: Path) -> Path:
    """Their site."""
    assert build(store, store.parent / "site").failures == ()
    return store.parent / "site"


def test_a_run_without_files_has_no_such_file(site: Path) -> None:
    assert f"runs/{run_id(1)}/files.js" not in tree_of(site)
    assert [has_files(site, number) for number in (1, 2, 3)] == [False, True, True]


def test_all_copies_have_hashes_and_texts_are_whole(store: Path, site: Path) -> None:
    found = told(site, 3)
    artifacts = store / "1" / run_id(3) / "artifacts"
    assert found["hashes"] == {
        path.name: sha256(path.read_bytes()).hexdigest()[:32] for path in artifacts.iterdir()
    }
    assert sorted(found["texts"]) == ["it's.json", "odd.txt", "requirements.txt"]
    assert found["texts"]["odd.txt"] == MARKUP
    assert found["drawings"]["fit.svg"].startswith("data:image/svg+xml,")
    assert found["packages"] == {"numpy": "2.0", "scikit-learn": ">=1.4"}


def test_json_in_one_line_is_laid_out_as_the_diff_does_it(site: Path) -> None:
    found = told(site, 3)
    assert found["laid"] == ["it's.json"]
    given = '{"lr": 0.10, "odd": "\\u2028"}'
    lines = diff_texts(given, "{}", is_json=True).hunks[0].lines
    assert found["texts"]["it's.json"].split("\n") == [one.text for one in lines if one.kind == "-"]


def test_texts_beyond_the_bounds_are_named(site: Path) -> None:
    found = told(site, 2)
    assert sorted(found["texts"]) == ["a.log", "b.log"]
    assert found["left"] == ["c.log"]
    assert sorted(found["large"]) == ["large.txt", "long.txt"]
    assert found["packages"] is None


def test_what_is_not_copied_is_not_told(store: Path, tmp_path: Path) -> None:
    build(store, tmp_path / "site", max_file=3)
    found = told(tmp_path / "site", 3)
    assert found["texts"] == {}
    assert sorted(found["hashes"]) == ["a.bin", "not.txt", "nul.txt"]
    assert found["packages"] == {"numpy": "2.0", "scikit-learn": ">=1.4"}
    assert not has_files(tmp_path / "site", 2)


def test_packages_of_a_logged_model_are_told_and_followed(tmp_path: Path) -> None:
    store, site = tmp_path / "mlruns", tmp_path / "site"
    add_experiment(store, "1", "beans")
    add_run(store, 1)
    record = f"name: forest\nmodel_id: m-1\nsource_run_id: '{run_id(1)}'\nstatus: 2\n"
    model = store / "1/models/m-1"
    write(model, {"meta.yaml": record, "artifacts/requirements.txt": "numpy==2.0\n"})
    build(store, site)
    assert told(site, 1) | {"packages": {"numpy": "2.0"}} == told(site, 1)
    assert has_files(site, 1)
    write(model, {"artifacts/requirements.txt": "numpy==2.1\n"})
    assert f"runs/{run_id(1)}/files.js" in build(store, site).written
    assert told(site, 1)["packages"] == {"numpy": "2.1"}


def test_large_copies_of_equal_size_are_compared_by_their_hash(tmp_path: Path) -> None:
    store, site = tmp_path / "mlruns", tmp_path / "site"
    add_experiment(store, "1", "beans")
    for number, byte in ((1, b"a"), (2, b"a"), (3, b"b")):
        files = {"artifacts/weights.bin": byte * (300 << 10)}
        add_run(store, number, files)
    build(store, site)
    folders = [f"diffs/{run_id(a)}..{run_id(a + 1)}/index.html" for a in (1, 2)]
    assert "1 the same" in page(site, folders[0])
    assert "1 changed" in page(site, folders[1])
    build(store, tmp_path / "few", max_file=1000)
    assert "same size, not compared" in page(tmp_path / "few", folders[0])
