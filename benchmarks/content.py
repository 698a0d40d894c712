"""What the generated store holds: a pure function from a shape and a position to file contents.

Fields, their order and their spelling follow MLflow 3.x's FileStore. Locations are recorded below
/srv/mlruns wherever the store lies, so that a store has the same bytes in every place.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from random import Random

import yaml

from benchmarks.curves import metric_names, spoil

ROOT_URI = "file:///srv/mlruns"
FIRST_DAY = 1_767_225_600_000  # 2026-01-01T00:00:00Z in ms since the Unix epoch
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
RUNNING, FINISHED, FAILED, KILLED = 1, 3, 4, 5  # mlflow.entities.RunStatus, as meta.yaml has it
SWEEP = 10  # a parent and nine children; every other ten runs are a sweep

Files = Iterator[tuple[str, bytes]]

EXPERIMENTS = ("baseline", "coffee ratings", "größere Modelle", "ablation: width", "night-runs")
USERS = ("ana", "bola", "chen", "dara")
NAMES = ("brisk-heron", "calm-otter", "eager-finch", "keen-lynx", "naïve-Bayes", "swift: take 2")
TEAMS = ("vision", "speech", "tabular")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a store is, and its seed: everything its bytes depend on."""

    experiments: int = 5
    runs: int = 200  # in each experiment
    metrics: int = 10  # in each run
    points: int = 1000  # in each metric of a run that ended well
    seed: int = 0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the files of one run have in common. Times are ms since the Unix epoch, UTC."""

    experiment: str
    run_id: str
    name: str
    user: str
    status: int
    is_deleted: bool
    start: int
    interval: int
    steps: tuple[int, ...]  # one a point; a resumed run repeats some
    resumed_at: int  # index of the first point after the interruption; len(steps) without one
    parent: str | None
    key: str  # seed of the random numbers of this run

    @property
    def times(self) -> tuple[int, ...]:
        """When each point was logged; an interruption lasts an hour."""
        first = self.start + self.interval
        return tuple(
            first + index * self.interval + (HOUR if index >= self.resumed_at else 0)
            for index in range(len(self.steps))
        )


def experiment_id(shape: Shape, experiment: int) -> str:
    """An 18-digit number without a leading zero, as MLflow has made them since 2.0."""
    digest = sha256(f"{shape.seed}/experiment/{experiment}".encode()).digest()
    return str(10**17 + int.from_bytes(digest[:8]) % (9 * 10**17))


def run_id(shape: Shape, experiment: int, run: int) -> str:
    """The hex form of a random UUID."""
    digest = sha256(f"{shape.seed}/run/{experiment}/{run}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4).hex


def as_yaml(record: Mapping[str, object]) -> bytes:
    """The bytes of a meta.yaml: sorted keys in block style, non-ASCII text as it is."""
    text = yaml.dump(
        dict(record), Dumper=yaml.CSafeDumper, default_flow_style=False, allow_unicode=True
    )
    return text.encode()


def experiment_files(shape: Shape, experiment: int) -> Files:
    """The files of an experiment itself, by path below the store's root."""
    identity = experiment_id(shape, experiment)
    base = EXPERIMENTS[experiment % len(EXPERIMENTS)]
    name = base if experiment < len(EXPERIMENTS) else f"{base} {experiment + 1}"
    created = FIRST_DAY + experiment * 7 * DAY
    record = {
        "artifact_location": f"{ROOT_URI}/{identity}",
        "creation_time": created,
        "effective_trace_archival_retention": None,
        "experiment_id": identity,
        "last_update_time": created,
        "lifecycle_stage": "active",
        "name": name,
        "trace_location": None,
        "workspace": "default",
    }
    yield f"{identity}/meta.yaml", as_yaml(record)
    note = f"## {name}\n\nSweeps and single runs, *made for measuring*.\n"
    yield f"{identity}/tags/mlflow.note.content", note.encode()


def plan_run(shape: Shape, experiment: int, run: int) -> RunPlan:
    """Decide what becomes of a run: about 8 % fail, 3 % are killed, 3 % never end."""
    key = f"{shape.seed}/{experiment}/{run}"
    rng = Random(key)
    draw = rng.random()
    status = (FAILED, KILLED, RUNNING, FINISHED)[(draw >= 0.08) + (draw >= 0.11) + (draw >= 0.14)]
    count = shape.points
    if status != FINISHED:
        count = max(1, int(count * (0.5 + 0.5 * rng.random())))
    steps, resumed_at = tuple(range(count)), count
    if rng.random() < 0.03:  # taken up again from a checkpoint: some steps stand twice
        resumed_at = count - count // 4
        steps = (*range(resumed_at), *range(resumed_at - resumed_at // 8, count))
    head = run - run % SWEEP
    in_sweep = head // SWEEP % 2 == 0
    name = f"{NAMES[int(rng.random() * len(NAMES))]}-{run}"
    if in_sweep:
        name = f"sweep-{head:04}" if run == head else f"sweep-{head:04}-{run - head}"
    return RunPlan(
        experiment=experiment_id(shape, experiment),
        run_id=run_id(shape, experiment, run),
        name=name,
        user=USERS[int(rng.random() * len(USERS))],
        status=status,
        is_deleted=rng.random() < 0.01,
        start=FIRST_DAY + experiment * 7 * DAY + run * 17 * MINUTE + int(rng.random() * MINUTE),
        interval=700 + int(rng.random() * 2500),
        steps=steps,
        resumed_at=resumed_at,
        parent=run_id(shape, experiment, head) if in_sweep and run != head else None,
        key=key,
    )


def run_files(shape: Shape, plan: RunPlan) -> Files:
    """All files of a run, by path below the run's folder."""
    params = run_params(plan)
    yield "meta.yaml", as_yaml(run_record(plan))
    for name, value in params.items():
        yield f"params/{name}", value.encode()
    for name, value in run_tags(plan).items():
        yield f"tags/{name}", value.encode()
    yield from metric_files(shape, plan)
    yield from artifact_files(plan, params)


def run_record(plan: RunPlan) -> dict[str, object]:
    """The fields of a run's meta.yaml; `deleted_time` stands only where a run is deleted."""
    end = plan.times[-1] + 1500
    record: dict[str, object] = {
        "artifact_uri": f"{ROOT_URI}/{plan.experiment}/{plan.run_id}/artifacts",
        "end_time": None if plan.status == RUNNING else end,
        "entry_point_name": "",
        "experiment_id": plan.experiment,
        "lifecycle_stage": "deleted" if plan.is_deleted else "active",
        "run_id": plan.run_id,
        "run_name": plan.name,
        "source_name": "",
        "source_type": 4,
        "source_version": "",
        "start_time": plan.start,
        "status": plan.status,
        "tags": [],
        "user_id": plan.user,
    }
    return record | {"deleted_time": end + DAY} if plan.is_deleted else record


def run_params(plan: RunPlan) -> dict[str, str]:
    """Twenty parameters: numbers, words, a list, and one longer JSON text."""
    rng = Random(f"{plan.key}/params")

    def pick(*options: object) -> str:
        return str(options[int(rng.random() * len(options))])

    params = {
        "optimizer/name": pick("adam", "adamw", "sgd", "lion"),
        "optimizer/lr": str((1 + int(rng.random() * 99)) / 10_000),
        "optimizer/weight_decay": pick(0.0, 0.01, 0.05, 1e-06),
        "optimizer/momentum": pick(0.0, 0.9, 0.99),
        "optimizer/schedule": pick("constant", "cosine", "step"),
        "model/depth": pick(2, 4, 6, 8, 12),
        "model/width": pick(128, 256, 512, 1024),
        "model/dropout": str(int(rng.random() * 50) / 100),
        "model/activation": pick("relu", "gelu", "silu"),
        "model/hidden": pick("[256, 128]", "[512, 256, 128]", "[64]"),
        "batch_size": pick(16, 32, 64, 128, 256),
        "epochs": pick(10, 20, 50, 100),
        "seed": str(int(rng.random() * 10_000)),
        "precision": pick("fp32", "bf16", "fp16"),
        "early_stopping": pick("True", "False"),
        "patience": pick(3, 5, 10, "None"),
        "criterion": pick("cross_entropy", "focal", "mse"),
        "data_version": pick("2026-01", "2026-02", "2026-03"),
        "augment": pick("none", "flip", "flip, crop", "flip, crop, jitter"),
    }
    return params | {"config": json.dumps({"model": params["model/depth"], "all": params})}


def run_tags(plan: RunPlan) -> dict[str, str]:
    """Four tags of the user, MLflow's own, and a Markdown note on about a fifth of the runs."""
    rng = Random(f"{plan.key}/tags")
    tags = {
        "team": TEAMS[int(rng.random() * len(TEAMS))],
        "stage": ("draft", "candidate", "final")[int(rng.random() * 3)],
        "ticket": f"LAB-{int(rng.random() * 2000)}",
        "data/licence": ("CC-BY-4.0", "internal")[int(rng.random() * 2)],
        "mlflow.runName": plan.name,
        "mlflow.user": plan.user,
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": sha256(plan.key.encode()).hexdigest()[:40],
        "mlflow.source.git.branch": ("main", "wider-layers")[int(rng.random() * 2)],
    }
    if plan.parent is not None:
        tags["mlflow.parentRunId"] = plan.parent
    if rng.random() < 0.2:
        tags["mlflow.note.content"] = (
            f"# {plan.name}\n\nLooks **better** than the last one, but:\n\n"
            "- the *second* half is noisy\n- `val/loss` may be too low\n\n"
            "| split | rows |\n|---|---|\n| train | 8000 |\n| val | 1000 |\n\n"
            "```python\nmodel.fit(x, y)\n```\n"
        )
    return tags


def metric_files(shape: Shape, plan: RunPlan) -> Files:
    """One file a metric, one line a point: `timestamp value step`."""
    starts = [f"{time} " for time in plan.times]
    ends = [f" {step}\n" for step in plan.steps]
    for name, curve in metric_names(shape.metrics):
        rng = Random(f"{plan.key}/metrics/{name}")
        values = curve(rng, len(plan.steps))
        spoil(rng, values)
        lines = [
            start + repr(value) + end
            for start, value, end in zip(starts, values, ends, strict=True)
        ]
        yield f"metrics/{name}", "".join(lines).encode()


def artifact_files(plan: RunPlan, params: Mapping[str, str]) -> Files:
    """Four small artifacts: JSON, CSV, SVG and Markdown."""
    rng = Random(f"{plan.key}/artifacts")
    yield "artifacts/config.json", json.dumps(params, indent=2).encode()
    rows = [f"{row},{int(rng.random() * 10)},{int(rng.random() * 10)}" for row in range(50)]
    yield "artifacts/predictions.csv", "\n".join(["row,truth,predicted", *rows, ""]).encode()
    corners = " ".join(f"{x},{int(rng.random() * 100)}" for x in range(0, 200, 5))
    yield (
        "artifacts/plots/residuals.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">'
        + f'<polyline fill="none" stroke="black" points="{corners}"/></svg>\n'.encode(),
    )
    yield "artifacts/report.md", f"# {plan.name}\n\nSee *residuals*.\n".encode()
