"""A store in which what is private stands in every place that a store has."""

import base64
import json
from pathlib import Path

from tests.sites import add_experiment, run_id
from tests.trees import run_record, write

USER = "marlowe"
OTHER = "quigley"  # told by a home folder only
HOST = "zx81-node7.corp.internal"
SHORT_HOST = "zx81-node7"
EMAIL = "rosalind@franklin-lab.org"
PASSWORD = "hunter2hunter2"  # noqa: S105 (what must not be found)
TOKEN = "ghp_" + "Zz9" * 12
KEY = "AKIA" + "Q7ZX" * 4
WANDB = "5f4dcc3b5aa765d61d8327deb882cf99aabbccdd"
OWN = "ACME-4711"
MARKERS = (USER, OTHER, SHORT_HOST, EMAIL, PASSWORD, TOKEN, KEY, WANDB, OWN)
COMMIT = "0123456789abcdef0123456789abcdef01234567"

SENTENCE = (
    f"{USER.title()} ran it on {HOST} below /home/{OTHER}/project, ask {EMAIL}; "
    f"password={PASSWORD} {TOKEN} {KEY} {OWN} WANDB_API_KEY={WANDB}"
)
HOME = f"/home/{OTHER}/project/train.py"
PLAIN = {
    "hidden_size": "512",
    "optimizer": "adamw",
    "tokenizer": "bert-base-uncased",
    "max_tokens": "4096",
    "pad_token": "<pad>",
    "num_nodes": "4",
    "lr": "1e-4",
    "cublas": "nvidia-cublas==10.2.1.243",
}
TRACEBACK = (
    f'Traceback (most recent call last):\n  File "{HOME}", line 3, in <module>\n'
    f"RuntimeError: {USER} at {HOST} may not read /home/{OTHER}/x with {TOKEN}\n"
)
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": [f"api_key = '{WANDB}'\n", f"# {SENTENCE}"],
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": [f"a\n{USER}\n{SENTENCE}"]}
            ],
        },
        {"cell_type": "markdown", "metadata": {}, "source": f"# Notes\n{SENTENCE}"},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
MLMODEL = f"""\
artifact_path: model
run_id: {run_id(1)}
flavors:
  python_function:
    loader_module: mlflow.sklearn
    code: /home/{OTHER}/code
    data: model.pkl
model_uuid: 7d1a2b3c4d5e6f708192a3b4c5d6e7f8
metadata:
  owner: {USER}
  note: {SENTENCE!r}
"""
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><text y="9">{SENTENCE}</text></svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ARTIFACTS: dict[str, str | bytes] = {
    "notes.txt": SENTENCE,
    "table.csv": f"who,where,n\n{USER},{HOST},1\n{EMAIL},/home/{OTHER}/x,2\n",
    "info.json": json.dumps(
        {"user": USER, "hostname": HOST, "db": {"password": PASSWORD}, "text": SENTENCE}
    ),
    "deep/conf.yaml": f"user: {USER}\nhost: {HOST}\napi_key: {WANDB}\npath: {HOME}\n",
    "run.ipynb": json.dumps(NOTEBOOK),
    "page.html": f"<p>{SENTENCE}</p>",
    "plot.svg": SVG,
    "README.md": f"# By {USER}\n\n{SENTENCE}\n",
    "train.py": f"password = '{PASSWORD}'\nroot = {HOME!r}\n# {SENTENCE}\n",
    "model/MLmodel": MLMODEL,
    "model/requirements.txt": f"--index-url https://{USER}:{PASSWORD}@pypi.corp.internal/x\nfoo==1\n",
    "model/conda.yaml": f"prefix: /home/{OTHER}/miniconda3/envs/x\ndependencies:\n- python=3.11\n",
    "model/model.pkl": b"\x80\x04\x00 a pickle",
    "traceback.txt": TRACEBACK,
    f"{USER}/by_{USER}.txt": "the name says it",
    "plots/fit.png": PNG,
    "wide.txt": SENTENCE.encode("utf-16"),
    "latin.txt": f"caf\xe9 {SENTENCE}".encode("latin-1"),
    "key.txt": f"-----BEGIN PRIVATE KEY-----\n{WANDB}\n{KEY}\n-----END PRIVATE KEY-----\n",
    "large.log": f"{SENTENCE}\n" + "-\n" * (9 << 19) + f"the end, {SENTENCE}\n",
}


def private_store(root: Path) -> Path:
    """The store; its root. Two runs hold what is private, and one is theirs to compare with."""
    add_experiment(
        root,
        "1",
        f"the work of {USER}",
        artifact_location=f"file:///home/{OTHER}/mlruns/1",
    )
    write(root / "1/tags", {"mlflow.note.content": SENTENCE, "owner": USER, "about": SENTENCE})
    for number in (1, 2):
        _add_run(root, number, failed=number == 2)
    write(root / "2", {"meta.yaml": f"[broken {SENTENCE}"})
    return root


def _add_run(root: Path, number: int, *, failed: bool) -> None:
    start = 1600000000000 + number * 60_000
    changes = {
        "run_name": f"{USER} number {number}",
        "user_id": USER,
        "source_name": HOME,
        "source_version": COMMIT,
        "artifact_uri": f"sftp://{USER}@{HOST}/home/{OTHER}/mlruns/1/{run_id(number)}/artifacts",
        "start_time": start,
        "end_time": start + 9000,
        "status": 4 if failed else 3,
    }
    params = {
        **PLAIN,
        "db_password": PASSWORD,
        "wandb.api_key": WANDB,
        "data_dir": f"/mnt/nfs/home/{OTHER}/data-{number}",
        "command": f"python train.py --token {TOKEN} --user {USER} --n {number}",
        "author": USER,
        f"reviewer_{USER}": "yes",
        "rest": f"{SENTENCE} {number}",
    }
    tags = {
        "mlflow.user": USER,
        "mlflow.source.name": HOME,
        "mlflow.source.git.commit": COMMIT,
        "mlflow.source.git.repoURL": f"https://{USER}:{TOKEN}@github.com/lab/project.git",
        "mlflow.databricks.workspaceURL": f"https://{HOST}/",
        "mlflow.databricks.notebookPath": f"/Users/{EMAIL}/notebook",
        "mlflow.note.content": f"# Note {number}\n\n{SENTENCE}\n",
        "SLURMD_NODENAME": SHORT_HOST,
        "windows": rf"C:\Users\{OTHER}\run.py",
        "quoted": f"%2Fhome%2F{OTHER}%2Frun.py",
    }
    start_of = f"{start} 0.{number + 1} 0\n{start + 1} 0.{number + 2} 1\n"
    files: dict[str, str | bytes] = {
        "meta.yaml": run_record(run_id(number), changes),
        "metrics/rmse": start_of,
        f"metrics/loss_of_{USER}": start_of,
        "metrics/broken": f"{start} {SENTENCE}\n",
        **{f"params/{key}": value for key, value in params.items()},
        **{f"tags/{key}": value for key, value in tags.items()},
        **{f"artifacts/{path}": content for path, content in ARTIFACTS.items()},
    }
    files["artifacts/notes.txt"] = f"{SENTENCE}\n{number}\n"
    dataset = {
        "dataset_uuid": f"d{number}",
        "digest": "bbf32bd3",
        "name": f"set of {USER}",
        "profile": json.dumps({"by": USER}),
        "schema": json.dumps({"note": SENTENCE}),
        "source": json.dumps({"url": f"file://{HOME}", "key": TOKEN}),
        "source_type": "local",
    }
    write(root / "1" / run_id(number), files)
    write(root / "1/datasets" / f"d{number}", {"meta.yaml": json.dumps(dataset)})
    link = {
        "destination_id": run_id(number),
        "destination_type": "RUN",
        "source_id": f"d{number}",
        "source_type": "DATASET",
        "tags": {"mlflow.data.context": "training"},
    }
    write(root / "1" / run_id(number) / "inputs" / f"i{number}", {"meta.yaml": json.dumps(link)})
