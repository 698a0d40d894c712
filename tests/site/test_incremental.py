"""A site that is brought up to date step by step is the site of one clean build, to the byte."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import UsageError
from tests.patience import let_files_age
from tests.site.edits import EDITS, small_store
from tests.sites import (
    build,
    copy_store,
    difference,
    make_store,
    page,
    reportgen,
    run_id,
    times_of,
    tree_of,
)
from tests.trees import write

STEPS = 12  # of an example, which costs three builds besides
# Some edits of all, each as likely as the others: lists of samples would favour a few.
ORDERS = st.permutations(sorted(EDITS)).map(lambda names: names[:STEPS])
NUMBERS = st.lists(st.integers(0, 9), min_size=STEPS, max_size=STEPS)
PAUSES = st.lists(st.booleans(), min_size=STEPS, max_size=STEPS)
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"title": "Other <title>"},
    {"deleted": True},
    {"filter": "metrics.rmse < 0.3"},
    {"filter": "params.mtry = '3' and attributes.status != 'FAILED'"},
    {"experiments": ("wine",)},
    {"experiments": ("iris", "wine")},
    {"max_file": 1000},
    {"max_run": 1100},
    {"stalled_after": 30_000},
    {"now": 1_700_000_000_000},
    {"seed_params": ("mtry",)},
    {"failure_rules": (("all of them", "."),)},
    {"accepted": (("RG306", "known"), ("iris/RG302", "known"))},
    {"url": "https://example.org/coffee/"},
    {"url": "https://example.org/coffee/", "robots": "noindex"},
    {"theme": "one"},
    {"theme": "two"},
    {"heldout": "sealed"},
    {"heldout": "open"},
    {"max_looks": 1},
    {"baseline": ("iris:best", "wine:last~1", "nobody")},
    {"baseline": ("iris:last",)},
)


def footer_theme(folder: Path, text: str) -> Path:
    """A theme that changes the foot of each page, and adds a file."""
    block = '{% extends "default/base.html" %}{% block footer %}' + text + "{% endblock %}"
    write(folder, {"theme.toml": 'name = "footer"\n', "templates/base.html": block})
    write(folder, {f"static/{text}.css": "a { color: red }", "static/foot.css": text})
    return folder


def with_theme(options: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Options with a theme in that folder, whose footer is what they have for a theme."""
    if "theme" not in options:
        return options
    return {**options, "theme": str(footer_theme(folder, options["theme"]))}


def build_if_possible(store: Path, output: Path, **changes: Any) -> bool:
    """Whether the site was built; not, where the chosen experiments are not in the store."""
    try:
        build(store, output, **changes)
    except UsageError:
        return False
    return True


@given(ORDERS, NUMBERS, PAUSES)
@settings(max_examples=12)
def test_incremental_equals_clean(
    names: list[str], numbers: list[int], is_built: list[bool]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "mlruns")
        grown, clean = Path(folder, "grown"), Path(folder, "clean")
        small_store(store)
        let_files_age()
        build(store, grown)
        for name, number, is_time in zip(names, numbers, is_built, strict=True):
            EDITS[name](store, number)
            if is_time:
                build(store, grown)
        build(store, grown)
        build(store, clean)
        assert difference(tree_of(grown), tree_of(clean)) == []
        before = times_of(grown)
        assert build(store, grown).written == ()
        assert times_of(grown) == before


@pytest.mark.parametrize("name", sorted(EDITS))
def test_each_edit_is_taken_up(name: str, tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    small_store(store)
    let_files_age()
    build(store, tmp_path / "grown")
    for number in range(5):
        EDITS[name](store, number)
        build(store, tmp_path / "grown")
    build(store, tmp_path / "clean")
    assert difference(tree_of(tmp_path / "grown"), tree_of(tmp_path / "clean")) == []


@given(ORDERS, NUMBERS, st.permutations(CHOICES).map(lambda choices: choices[:STEPS]))
@settings(max_examples=8)
def test_incremental_equals_clean_with_other_options(
    names: list[str], numbers: list[int], choices: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "mlruns")
        grown, clean = Path(folder, "grown"), Path(folder, "clean")
        small_store(store)
        is_built, options = False, dict[str, Any]()
        for name, number, chosen in zip(names, numbers, choices, strict=True):
            EDITS[name](store, number)
            options = with_theme(chosen, Path(folder, "theme"))
            is_built = build_if_possible(store, grown, **options)
        if is_built:
            build(store, clean, **options)
            assert difference(tree_of(grown), tree_of(clean)) == []
            assert build(store, grown, **options).written == ()


def test_page_that_gets_the_plain_name_is_linked_by_it(tmp_path: Path) -> None:
    store = make_store(tmp_path / "mlruns", runs=1, experiments=2)
    copy = shutil.copytree(store / "1" / run_id(0), store / "2" / run_id(0))
    build(store, tmp_path / "site")
    shutil.rmtree(store / "1" / run_id(0))
    assert copy.exists()
    build(store, tmp_path / "site")
    assert f"runs/{run_id(0)}/index.html" in page(
        tmp_path / "site", "experiments/experiment-2/index.html"
    )
    build(store, tmp_path / "clean")
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path / "mlruns", runs=6, experiments=2)
    build(store, tmp_path / "site")
    before = times_of(tmp_path / "site")
    assert build(store, tmp_path / "site").written == ()
    assert times_of(tmp_path / "site") == before


def test_touched_files_write_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path / "mlruns", runs=6, experiments=2)
    build(store, tmp_path / "site")
    before = times_of(tmp_path / "site")
    for path in store.rglob("*"):
        path.touch()
    assert build(store, tmp_path / "site").written == ()
    assert times_of(tmp_path / "site") == before


@pytest.mark.parametrize("time_is_kept", [False, True])
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("1/meta.yaml", "experiment 1", "experiment X"),
        (f"1/{run_id(0)}/meta.yaml", "run 0", "run X"),
        (f"1/{run_id(0)}/metrics/rmse", "0.1", "0.9"),
        (f"1/{run_id(0)}/params/mtry", "3", "4"),
        (f"1/{run_id(0)}/tags/team", "blue", "teal"),
        (f"1/{run_id(0)}/artifacts/notes.txt", "note 0", "note X"),
    ],
)
def test_change_in_place_is_seen(
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    time_is_kept: bool,  # noqa: FBT001
) -> None:
    store = make_store(tmp_path / "mlruns", runs=2)
    let_files_age()
    build(store, tmp_path / "site")
    before = (store / name).stat()
    with (store / name).open("r+") as file:
        text = file.read()
        file.seek(0)
        file.write(text.replace(old, new))
    after = (store / name).stat()
    assert (after.st_size, after.st_ino) == (before.st_size, before.st_ino)
    if time_is_kept:
        os.utime(store / name, ns=(before.st_atime_ns, before.st_mtime_ns))
    build(store, tmp_path / "site")
    build(store, tmp_path / "clean")
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []


def test_one_changed_parameter_writes_the_run_its_diffs_and_its_experiment_only(
    tmp_path: Path,
) -> None:
    store = make_store(tmp_path / "mlruns", runs=6, experiments=2)
    build(store, tmp_path / "site")
    write(store / "1" / run_id(2), {"params/mtry": "4"})
    assert build(store, tmp_path / "site").written == (
        f"runs/{run_id(2)}/run.json",
        f"runs/{run_id(2)}/run.js",
        f"runs/{run_id(2)}/index.html",
        "experiments/experiment-1/runs.csv",
        "experiments/experiment-1/runs.json",
        "experiments/experiment-1/runs.js",
        "experiments/experiment-1/overview-2.svg",  # the metric against the parameter
        "experiments/experiment-1/index.html",
        f"diffs/{run_id(2)}..{run_id(4)}/index.html",
        f"diffs/{run_id(0)}..{run_id(2)}/index.html",
    )


@pytest.fixture(scope="module")
def large_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with runs enough for processes to be started."""
    return make_store(tmp_path_factory.mktemp("large") / "mlruns", runs=64, experiments=2)


@pytest.fixture(scope="module")
def large_site(large_store: Path) -> dict[str, bytes]:
    """The files of its site, built in this process."""
    build(large_store, large_store.parent / "site")
    return tree_of(large_store.parent / "site")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param(["--jobs", "1"], {"SOURCE_DATE_EPOCH": "1"}, id="one process, another now"),
        pytest.param(["--jobs", "2"], {"PYTHONHASHSEED": "0"}, id="two processes, hash seed 0"),
        pytest.param(["--jobs", "2"], {"PYTHONHASHSEED": "1"}, id="two processes, hash seed 1"),
        pytest.param([], {"TZ": "Asia/Kathmandu", "LC_ALL": "C"}, id="another time zone, locale"),
    ],
)
def test_site_does_not_depend_on_where_and_how_it_is_built(
    large_store: Path,
    large_site: dict[str, bytes],
    tmp_path: Path,
    arguments: list[str],
    environment: dict[str, str],
) -> None:
    copy = copy_store(large_store, tmp_path)
    result = reportgen(["build", copy.name, "-o", "out", *arguments], tmp_path, **environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert difference(tree_of(tmp_path / "out"), large_site) == []


def test_site_does_not_depend_on_the_way_the_store_is_named(
    large_store: Path, large_site: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    store = copy_store(large_store, tmp_path)
    build(tmp_path / "sub" / ".." / store.name, tmp_path / "sub" / "site")
    assert difference(tree_of(tmp_path / "sub" / "site"), large_site) == []
