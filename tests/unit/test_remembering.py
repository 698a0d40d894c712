"""Reading a store a second time: what did not change is not read, and every change is seen."""

import os
import shutil
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.model import Run
from reportgen.readers.mlruns import MlrunsStore
from reportgen.readers.stamps import (
    UNTRUSTED,
    Looked,
    Memory,
    all_unchanged,
    is_unchanged,
    recall,
)
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_good_run,
    add_run,
    experiment_record,
    good_store,
    is_deleted,
    read_all,
    run_record,
    write,
)

MODEL = "m-" + "5" * 32
DATASET = "d" * 32
RACY_SECONDS = 0.025  # younger files are not trusted


def full_store(root: Path) -> None:
    """A store with a run that has a bit of everything, and a model that knows the run."""
    add_good_run(root)
    files: dict[str, str | bytes] = {
        "metrics/m": "1600000000000 1 0\n",
        "metrics/val/m": "1600000000000 1 0\n",
        "params/p": "1",
        "tags/t": "x",
        "artifacts/a.txt": "abc",
        "artifacts/deep/b.txt": "abc",
        "inputs/x1/meta.yaml": f"source_id: {DATASET}\nsource_type: DATASET\n",
        f"outputs/{MODEL}/meta.yaml": f"destination_id: {MODEL}\nstep: 1\n",
    }
    add_run(root, BAD, files)
    model: dict[str, str | bytes] = {
        "meta.yaml": f"name: forest\nsource_run_id: {BAD}\n",
        "params/p": "1",
        "metrics/m": "1600000000000 1 0\n",
        "artifacts/MLmodel": "x",
    }
    write(root / EXPERIMENT / "models" / MODEL, model)
    dataset = f"{EXPERIMENT}/datasets/{DATASET}/meta.yaml"
    write(root, {f"{EXPERIMENT}/meta.yaml": experiment_record("1"), dataset: "name: d\n"})


def read_with(store: MlrunsStore) -> dict[str, Run]:
    """Read a store as a build does, and remember what was read."""
    runs = {}
    for experiment in store.experiments():
        for outline in store.outlines(experiment)[0]:
            runs[outline.where] = store.read(outline)
        store.remember(experiment, store.drain())
    store.settle()
    return runs


def remembered(root: Path, memory: Path) -> dict[str, Run]:
    return read_with(MlrunsStore(root, Memory(memory, "salt")))


def looks_of(root: Path, memory: Path) -> dict[str, Looked]:
    """What a first reading, once the files have grown old enough, leaves behind."""
    time.sleep(RACY_SECONDS)
    remembered(root, memory)
    return {look.folder: look for _, look in recall(str(root), memory, "salt")}


def test_nothing_changed_is_noticed_as_such(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    full_store(root)
    looks = looks_of(root, memory)
    assert sorted(looks) == ["", "1", f"1/{GOOD}", f"1/{BAD}"]
    assert all(is_unchanged(str(root), look) for look in looks.values())
    assert all_unchanged(recall(str(root), memory, "salt"))
    assert UNTRUSTED not in array("q", looks[f"1/{BAD}"].stamps)


def test_files_that_may_still_change_unseen_are_not_trusted(tmp_path: Path) -> None:
    full_store(tmp_path / "store")
    late = time.time() + 1000
    for path in [tmp_path / "store", *(tmp_path / "store").rglob("*")]:
        os.utime(path, (late, late))
    remembered(tmp_path / "store", tmp_path / "memory")
    looks = recall(str(tmp_path / "store"), tmp_path / "memory", "salt")
    assert not any(is_unchanged(root, look) for root, look in looks)
    assert not all_unchanged(looks)
    assert recall(str(tmp_path / "store"), tmp_path / "memory", "other salt") == []
    assert recall(str(tmp_path / "store"), tmp_path / "nowhere", "salt") == []


def overwrite(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])


def overwrite_and_hide(path: Path) -> None:
    status = path.stat()
    overwrite(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"1600000000001 2 1\n")


def replace_by_equal(path: Path) -> None:
    fresh = path.with_name("fresh")
    shutil.copy2(path, fresh)
    fresh.replace(path)


def delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def rename(path: Path) -> None:
    path.rename(path.with_name("renamed"))


def add_beside(path: Path) -> None:
    path.with_name("added").write_text("1600000000000 1 0\n")


def add_folder_beside(path: Path) -> None:
    path.with_name("added-folder").mkdir()


def link_beside(path: Path) -> None:
    path.with_name("linked").symlink_to(path.name)


def become_link(path: Path) -> None:
    path.rename(path.with_name("target"))
    path.symlink_to("target")


FILE_EDITS = [overwrite, overwrite_and_hide, append, replace_by_equal]

EDITS = [delete, rename, become_link]

FOLDER_EDITS = [*EDITS, add_beside, add_folder_beside, link_beside]

FILES = [
    "meta.yaml",
    "metrics/m",
    "metrics/val/m",
    "params/p",
    "tags/t",
    "artifacts/a.txt",
    "artifacts/deep/b.txt",
    "inputs/x1/meta.yaml",
    f"outputs/{MODEL}/meta.yaml",
    f"../models/{MODEL}/meta.yaml",
    f"../models/{MODEL}/params/p",
    f"../models/{MODEL}/metrics/m",
    f"../models/{MODEL}/artifacts/MLmodel",
    f"../datasets/{DATASET}/meta.yaml",
]

FOLDERS = sorted({str(Path(name).parent) for name in FILES} - {"."})

ALL_EDITS: list[tuple[Callable[[Path], None], str]] = [
    *((edit, name) for edit in (*FILE_EDITS, *EDITS) for name in FILES),
    *((edit, name) for edit in FOLDER_EDITS for name in (*FOLDERS, *FILES[:3])),
]


def test_every_single_edit_of_a_run_is_noticed(tmp_path: Path) -> None:
    pattern, memory = tmp_path / "pattern", tmp_path / "memory"
    full_store(pattern)
    copies = [tmp_path / f"store{number}" for number in range(len(ALL_EDITS))]
    for copy in copies:
        shutil.copytree(pattern, copy)
    time.sleep(RACY_SECONDS)
    missed = []
    for copy, (edit, name) in zip(copies, ALL_EDITS, strict=True):
        remembered(copy, memory)
        look = {look.folder: look for _, look in recall(str(copy), memory, "salt")}[f"1/{BAD}"]
        assert is_unchanged(str(copy), look)
        edit(copy / EXPERIMENT / BAD / name)
        if is_unchanged(str(copy), look):
            missed.append((edit.__name__, name))
    assert missed == []


def everything(runs: dict[str, Run]) -> dict[str, Any]:
    """What a build depends on: digests of runs, and their artifacts' paths and sizes."""
    return {
        where: (run.digest, run.lifecycle_stage, [(a.path, a.size) for a in run.artifacts])
        for where, run in runs.items()
    }


@given(st.data())
@settings(max_examples=10)
def test_reading_step_by_step_equals_reading_afresh(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("steps")
    full_store(root / "store")
    for _ in range(3):
        time.sleep(RACY_SECONDS)
        remembered(root / "store", root / "memory")
        for edit, name in data.draw(st.lists(st.sampled_from(ALL_EDITS), min_size=1, max_size=2)):
            path = root / "store" / EXPERIMENT / BAD / name
            fitting = path.is_file() or (path.is_dir() and edit in FOLDER_EDITS)
            taken = ("renamed", "linked", "target", "added-folder")
            if fitting and not any(path.with_name(other).exists() for other in taken):
                edit(path)
        again = remembered(root / "store", root / "memory")
        assert everything(again) == everything(read_all(root / "store"))


def settled(root: Path, memory: Path) -> dict[str, Any]:
    """What a store tells once it is old enough to be remembered, and is."""
    time.sleep(RACY_SECONDS)
    remembered(root, memory)
    return everything(remembered(root, memory))


def test_a_model_that_names_an_unchanged_run_appears_with_it(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    good_store(root)
    before = settled(root, memory)
    record = f"name: late\nsource_run_id: {GOOD}\n"
    write(root, {f"1/models/{MODEL}/meta.yaml": record})
    runs = remembered(root, memory)
    assert [model.name for model in runs[f"1/{GOOD}"].models] == ["late"]
    assert everything(runs) != before
    shutil.rmtree(root / "1/models")
    time.sleep(RACY_SECONDS)
    assert remembered(root, memory)[f"1/{GOOD}"].models == ()


def test_a_model_of_another_experiment_is_read_again_when_it_changes(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    good_store(root)
    add_run(root, BAD, {f"outputs/{MODEL}/meta.yaml": f"destination_id: {MODEL}\n"})
    write(root, {"2/meta.yaml": experiment_record("2")})

    def names() -> list[str]:
        time.sleep(RACY_SECONDS)
        runs = remembered(root, memory)
        assert everything(remembered(root, memory)) == everything(read_all(root))
        return [model.name for model in runs[f"1/{BAD}"].models]

    assert names() == [""]
    write(root, {f"2/models/{MODEL}/meta.yaml": "name: theirs\n"})
    assert names() == ["theirs"]
    write(root, {f"2/models/{MODEL}/meta.yaml": "name: changed\n"})
    assert names() == ["changed"]
    write(root, {f"1/models/{MODEL}/metrics/m": "1600000000000 1 0\n"})
    assert names() == ["changed"]
    write(root, {f"1/models/{MODEL}/meta.yaml": "name: ours\n"})
    assert names() == ["ours"]
    shutil.rmtree(root / "1/models")
    assert names() == ["changed"]
    shutil.rmtree(root / "2")
    assert names() == [""]


def test_an_experiment_deleted_by_hand_deletes_its_unchanged_runs(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    good_store(root)
    settled(root, memory)
    write(root, {"1/meta.yaml": experiment_record("1", {"lifecycle_stage": "deleted"})})
    assert is_deleted(remembered(root, memory)[f"1/{GOOD}"])
    settled(root, memory)
    write(root, {"1/meta.yaml": experiment_record("1")})
    assert not is_deleted(remembered(root, memory)[f"1/{GOOD}"])


def test_a_run_whose_record_comes_back_comes_back(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    good_store(root)
    add_run(root, BAD, {"params/p": "1"})
    (root / "1" / BAD / "meta.yaml").unlink()
    assert list(settled(root, memory)) == [f"1/{GOOD}"]
    write(root, {f"1/{BAD}/meta.yaml": run_record(BAD)})
    assert remembered(root, memory)[f"1/{BAD}"].params == {"p": "1"}


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -1])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, cut: int) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    full_store(root)
    before = settled(root, memory)
    for path in memory.iterdir():
        path.write_bytes(path.read_bytes()[:cut])
    assert everything(remembered(root, memory)) == before


def test_a_memory_with_one_wrong_byte_is_as_good_as_none(tmp_path: Path) -> None:
    root, memory = tmp_path / "store", tmp_path / "memory"
    full_store(root)
    before = settled(root, memory)
    bodies = {path: path.read_bytes() for path in memory.iterdir()}
    for path, body in bodies.items():
        for place in range(0, len(body), max(1, len(body) // 40)):
            path.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
            assert everything(remembered(root, memory)) == before
            for each, whole in bodies.items():
                each.write_bytes(whole)
