"""Edits of a store: what trainers, users, MLflow itself and accidents do to an `mlruns/` tree.

An edit is a function of the store's folder and a number, by which it picks what to change; it does
nothing where the store has nothing of the kind. All of them are in `EDITS`.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tests.sites import add_experiment, add_run, run_id
from tests.trees import write

Edit: TypeAlias = Callable[[Path, int], None]

_NAMES = ("iris", "iris", "Iris", "a/b: <c> & d", "näïve ü", "実験", "con", "iris-2", "")
_OLD = 1_500_000_000  # seconds; a time that is not taken for "being rewritten just now"


def _experiments(store: Path) -> list[Path]:
    return sorted(path.parent for path in store.glob("[0-9]*/meta.yaml"))


def _trash(store: Path) -> list[Path]:
    return sorted(path.parent for path in store.glob(".trash/*/meta.yaml"))


def _runs(store: Path) -> list[Path]:
    return sorted(path.parent for path in store.glob("[0-9]*/*/meta.yaml"))


def _files(store: Path, pattern: str) -> list[Path]:
    return sorted(path for path in store.glob(f"[0-9]*/*/{pattern}") if path.is_file())


def _pick(found: list[Path], number: int) -> Path | None:
    return found[number % len(found)] if found else None


def _next_number(store: Path) -> int:
    """A number that no run or experiment has had: folders are never reused by MLflow."""
    counter = store / ".count"
    number = int(counter.read_text()) + 1 if counter.exists() else 1
    counter.write_text(str(number))
    return number


def _set_field(record: Path, key: str, value: str) -> None:
    line = re.compile(rf"^{key}: .*$", re.MULTILINE)
    record.write_text(line.sub(lambda _: f"{key}: {value}", record.read_text()))


def new_experiment(store: Path, number: int) -> None:
    name = _NAMES[number % len(_NAMES)]
    add_experiment(store, str(_next_number(store) + 100), name)


def rename_experiment(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder:
        _set_field(folder / "meta.yaml", "name", repr(_NAMES[number % len(_NAMES)]))


def delete_experiment(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder and len(_experiments(store)) > 1:
        _set_field(folder / "meta.yaml", "lifecycle_stage", "deleted")
        (store / ".trash").mkdir(exist_ok=True)
        shutil.move(folder, store / ".trash" / folder.name)


def restore_experiment(store: Path, number: int) -> None:
    folder = _pick(_trash(store), number)
    if folder:
        _set_field(folder / "meta.yaml", "lifecycle_stage", "active")
        shutil.move(folder, store / folder.name)


def experiment_note(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder:
        write(folder, {"tags/mlflow.note.content": f"# About\n\nNumber *{number}*\n"})


def new_run(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder:
        files = {"artifacts/a.txt": "a", "tags/mlflow.user": "ana"}
        add_run(store, _next_number(store), files, experiment=folder.name)


def new_run_of_the_same_moment(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder:
        identity = _next_number(store)
        add_run(store, identity, experiment=folder.name, start_time=1600000000000, run_name="twin")


def new_child_run(store: Path, number: int) -> None:
    parent, folder = _pick(_runs(store), number), _pick(_experiments(store), number // 2)
    if parent and folder:
        files = {"tags/mlflow.parentRunId": parent.name}
        add_run(store, _next_number(store), files, experiment=folder.name)


def rename_run(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        _set_field(run / "meta.yaml", "run_name", repr(f"renamed {number}"))


def change_status(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        _set_field(run / "meta.yaml", "status", str(number % 7))


def delete_run(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        _set_field(run / "meta.yaml", "lifecycle_stage", "deleted")


def restore_run(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        _set_field(run / "meta.yaml", "lifecycle_stage", "active")


def remove_run(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        shutil.rmtree(run)


def move_run(store: Path, number: int) -> None:
    run, folder = _pick(_runs(store), number), _pick(_experiments(store), number // 2)
    if run and folder and not (folder / run.name).exists():
        shutil.move(run, folder / run.name)


def copy_run(store: Path, number: int) -> None:
    """Two runs of one id, in two experiments."""
    run, folder = _pick(_runs(store), number), _pick(_experiments(store), number // 2)
    if run and folder and not (folder / run.name).exists():
        shutil.copytree(run, folder / run.name, symlinks=True)


def append_point(store: Path, number: int) -> None:
    metric = _pick(_files(store, "metrics/**/*"), number)
    if metric:
        with metric.open("a") as file:
            file.write(f"160000000{number % 10}000 0.5{number} {number}\n")


def new_metric(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(run, {f"metrics/val/m{number % 3}": "1600000000000 nan 0\n1600000001000 -inf 1\n"})


def new_test_metric(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        points = (f"160000000{step}000 0.{step}25 {step}\n" for step in range(1 + number % 3))
        write(run, {f"metrics/test_m{number % 2}": "".join(points)})


def declare_test_metric(store: Path, number: int) -> None:
    """From now on, or no more, all that the runs of an experiment measured is on test data."""
    folder = _pick(_experiments(store), number)
    if folder:
        write(folder, {"tags/reportgen.role.rmse": ("test", "val")[number % 2]})


def declare_test_metric_of_a_run(store: Path, number: int) -> None:
    """From now on, or no more, a metric is test in one run, and so in all of the experiment."""
    run = _pick(_runs(store), number)
    if run:
        write(run, {f"tags/reportgen.role.{('rmse', 'val/m1')[number % 2]}": "test"})


def log_metric_with_dataset(store: Path, number: int) -> None:
    """Points of a dataset that the run may have a record of, and may use for testing."""
    run, other = _pick(_runs(store), number), _pick(_runs(store), number + 1)
    if run and other:
        context = ("test", "training")[number % 2]
        link = f"source_type: DATASET\nsource_id: d9\ntags:\n  mlflow.data.context: {context}\n"
        record = "name: more beans\ndigest: abc\nsource: '{}'\nsource_type: local\n"
        write(run, {f"metrics/m{number % 3}": f"1600000000000 0.{number}5 1 more beans abc\n"})
        write(other, {f"metrics/m{number % 3}": f"1600000000000 0.{number}6 1\n"})
        write(run, {"inputs/i9/meta.yaml": link})
        write(run.parent, {"datasets/d9/meta.yaml": record})


def cut_metric(store: Path, number: int) -> None:
    metric = _pick(_files(store, "metrics/**/*"), number)
    if metric:
        metric.write_bytes(metric.read_bytes()[: number * 5])


def tear_metric(store: Path, number: int) -> None:
    metric = _pick(_files(store, "metrics/**/*"), number)
    if metric:
        with metric.open("ab") as file:
            file.write(b"16000000\n\xff\xfe 1 2\n")


def new_param(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(run, {f"params/group/p{number % 3}": f"value {number}"})


def change_param_in_place(store: Path, number: int) -> None:
    """A parameter of the same length: neither folder nor size tell of it."""
    param = _pick(_files(store, "params/**/*"), number)
    if param:
        old = param.read_text()
        with param.open("r+") as file:
            file.write("".join("x" if letter != "x" else "y" for letter in old))


def remove_param(store: Path, number: int) -> None:
    param = _pick(_files(store, "params/**/*"), number)
    if param:
        param.unlink()


def set_tag(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(run, {f"tags/t{number % 3}": f"tag {number}"})


def remove_tag(store: Path, number: int) -> None:
    tag = _pick(_files(store, "tags/*"), number)
    if tag:
        tag.unlink()


def run_note(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(
            run, {"tags/mlflow.note.content": f"- item\n- [link](https://example.org/{number})\n"}
        )


def new_artifact(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    name = ("plot.svg", "deep/er/x.csv", "Plot.SVG", "a b#c?.txt", "aux", "empty")[number % 6]
    if run:
        write(run, {f"artifacts/{name}": b"" if name == "empty" else b"<svg/>" * number})


def change_artifact(store: Path, number: int) -> None:
    """Other bytes of the same number."""
    artifact = _pick(_files(store, "artifacts/**/*"), number)
    if artifact:
        artifact.write_bytes(bytes((byte + 1) % 256 for byte in artifact.read_bytes()))


def large_artifact(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(run, {"artifacts/large.bin": bytes(900 + 100 * number)})


def remove_artifact(store: Path, number: int) -> None:
    artifact = _pick(_files(store, "artifacts/**/*"), number)
    if artifact:
        artifact.unlink()


def add_dataset(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        link = (
            f"source_type: DATASET\nsource_id: d{number % 2}\ntags:\n  mlflow.data.context: eval\n"
        )
        write(run, {f"inputs/i{number % 2}/meta.yaml": link})


def write_dataset(store: Path, number: int) -> None:
    """The record of a dataset; runs that name it already have it from now on."""
    folder = _pick(_experiments(store), number)
    if folder:
        record = f"name: beans {number}\ndigest: abc\nsource: '{{}}'\nsource_type: local\n"
        write(folder, {f"datasets/d{number % 2}/meta.yaml": record})


def add_model(store: Path, number: int) -> None:
    """A logged model that names its run, which does not name it."""
    run = _pick(_runs(store), number)
    if run:
        record = f"name: forest\nmodel_id: m-{number % 2}\nsource_run_id: '{run.name}'\nstatus: 2\n"
        model = {"meta.yaml": record, "artifacts/MLmodel": f"flavors: {number}\n"}
        write(run.parent / "models" / f"m-{number % 2}", model)


def empty_run_record(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        (run / "meta.yaml").write_bytes(b"")
        os.utime(run / "meta.yaml", (_OLD, _OLD))


def break_run_record(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        (run / "meta.yaml").write_text("a: [1\nb: }\n")


def break_experiment_record(store: Path, number: int) -> None:
    folder = _pick(_experiments(store), number)
    if folder:
        (folder / "meta.yaml").write_text("name: : :\n")


def touch(store: Path, number: int) -> None:
    found = _pick(sorted(store.glob("[0-9]*/**/*")), number * 7)
    if found:
        found.touch()


def stray_files(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run:
        write(store, {"README": "ours", f"{run.relative_to(store)}/metrics/.DS_Store": b"\0"})


def dangling_link(store: Path, number: int) -> None:
    run = _pick(_runs(store), number)
    if run and not os.path.lexists(run / "params/link"):
        (run / "params").mkdir(exist_ok=True)
        (run / "params/link").symlink_to("nowhere")


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        new_experiment,
        rename_experiment,
        delete_experiment,
        restore_experiment,
        experiment_note,
        new_run,
        new_run_of_the_same_moment,
        new_child_run,
        rename_run,
        change_status,
        delete_run,
        restore_run,
        remove_run,
        move_run,
        copy_run,
        append_point,
        new_metric,
        new_test_metric,
        declare_test_metric,
        declare_test_metric_of_a_run,
        log_metric_with_dataset,
        cut_metric,
        tear_metric,
        new_param,
        change_param_in_place,
        remove_param,
        set_tag,
        remove_tag,
        run_note,
        new_artifact,
        change_artifact,
        large_artifact,
        remove_artifact,
        add_dataset,
        write_dataset,
        add_model,
        empty_run_record,
        break_run_record,
        break_experiment_record,
        touch,
        stray_files,
        dangling_link,
    )
}


def small_store(store: Path) -> None:
    """What all edits begin with: two experiments, a parent run and a child run that failed."""
    add_experiment(store, "1", "iris")
    add_experiment(store, "2", "wine")
    parent = _next_number(store)
    add_run(store, parent, {"artifacts/model/MLmodel": "flavors: {}\n", "tags/team": "blue"})
    add_run(store, _next_number(store), {"tags/mlflow.parentRunId": run_id(parent)}, status=4)
