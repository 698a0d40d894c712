"""A store with every kind of page, and on them all that a page may show; images that are whole."""

import json
import struct
import zlib
from pathlib import Path

from tests.sites import add_experiment, add_run, run_id
from tests.trees import write

FULL, FAILED, RUNNING, EVERYTHING, WIDE, MANY, BARE, ONLY = 1, 2, 3, 10, 11, 12, 13, 14
LONG = "a_very_long_name_without_a_single_blank_" * 4
NOTE = """# Notes

Some *text* with a [link](https://example.org/) and `code`.

- one
- two

| a table | that is wider | than a telephone | with many columns | and more | and more |
|---------|---------------|------------------|-------------------|----------|----------|
| 1 | 2 | 3 | 4 | 5 | 1234567890123456789 |

```
a line of code that is a good deal longer than any telephone is wide, and then some more of it
```

![a picture that is elsewhere](https://example.org/p.png)
"""
PAGES = {
    "index": "index.html",
    "experiment": "experiments/beans/index.html",
    "experiment without runs": "experiments/empty/index.html",
    "experiment of one run": "experiments/one/index.html",
    "experiment without metrics": "experiments/bare/index.html",
    "wide experiment": "experiments/wide/index.html",
    "run": f"runs/{run_id(FULL)}/index.html",
    "failed child run": f"runs/{run_id(FAILED)}/index.html",
    "running run": f"runs/{run_id(RUNNING)}/index.html",
    "run with every artifact": f"runs/{run_id(EVERYTHING)}/index.html",
    "wide run": f"runs/{run_id(WIDE)}/index.html",
    "run of 100 metrics": f"runs/{run_id(MANY)}/index.html",
    "run without metrics": f"runs/{run_id(BARE)}/index.html",
    "test results": "experiments/beans/heldout/index.html",
    "failed runs": "failed/index.html",
    "comparison": "compare/index.html",
    "problems": "problems/index.html",
    "404": "404.html",
}
FRAMES = {
    "framed page": f"runs/{run_id(EVERYTHING)}/frames/page.html.html",
    "framed page with scripts": f"runs/{run_id(EVERYTHING)}/frames/plot.html.html",
    "framed image": f"runs/{run_id(EVERYTHING)}/frames/large.svg.html",
}


def png(width: int, height: int) -> bytes:
    """A grey image."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([0x99]) * width) * height
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def curve(number: int, count: int = 20) -> str:
    """Points that fall, each run's a little lower than those of the one before."""
    start = 1600000000000 + number * 60_000
    points = ((step, 1 / (1 + step + number / 10)) for step in range(count))
    return "".join(f"{start + step * 1000} {value} {step}\n" for step, value in points)


def full_store(store: Path) -> Path:
    """The store; its root."""
    beans = add_experiment(store, "1", "Beans")
    write(beans, {"tags/mlflow.note.content": NOTE, "tags/a": "b"})
    for number, name in enumerate(("empty", "one", "bare", "wide"), start=2):
        add_experiment(store, str(number), name)
    _full_run(store)
    _other_runs(store)
    _every_artifact(add_run(store, EVERYTHING, run_name="everything"))
    add_run(store, ONLY, {"metrics/val_loss": curve(ONLY)}, experiment="3")
    for number in (BARE, BARE + 50):
        (add_run(store, number, experiment="4") / "metrics/rmse").unlink()
    _wide_runs(store)
    return store


def _full_run(store: Path) -> None:
    """A run with all that MLflow logs."""
    run = add_run(store, FULL, source_name="train.py", source_version="0123456789abcdef")
    odd = {f"metrics/val/{name}": f"1600000000000 {name} 0\n" for name in ("nan", "-inf", "1e9")}
    write(run, odd)
    write(run, {"metrics/val_loss": curve(FULL), "metrics/train_loss": curve(FULL)})
    write(run, {"metrics/test_acc": "1600000000000 0.9 0\n", "metrics/system/cpu": curve(FULL)})
    write(run, {f"params/{name}": f"value {name}" for name in ("a", "b/c", "b/d", LONG[:100])})
    write(run, {f"tags/{name}": name for name in ("team", "mlflow.user", "mlflow.source.name")})
    write(run, {"tags/mlflow.source.git.repoURL": "https://github.com/ana/beans.git"})
    write(run, {"tags/mlflow.note.content": NOTE, f"tags/{LONG[:100]}": LONG})
    write(run, {"inputs/i/meta.yaml": "source_type: DATASET\nsource_id: d\n"})
    record = f'name: coffee\ndigest: abc\nsource_type: local\nsource: \'{{"uri": "{LONG}"}}\'\n'
    write(store / "1", {"datasets/d/meta.yaml": record})
    model = f"name: forest\nmodel_id: m-1\nsource_run_id: '{run_id(FULL)}'\nstatus: 2\n"
    write(store / "1/models/m-1", {"meta.yaml": model, "artifacts/MLmodel": MODEL})


def _other_runs(store: Path) -> None:
    child = {"tags/mlflow.parentRunId": run_id(FULL), "metrics/val_loss": curve(FAILED)}
    trace = f'Traceback (most recent call last):\n  File "a.py"\nValueError: {LONG}\n'
    child["artifacts/traceback.txt"] = trace
    add_run(store, FAILED, child, status=4, run_name=LONG)
    growing = {"params/mtry": "4", "metrics/rmse": "torn\n", "metrics/val_loss": curve(RUNNING)}
    add_run(store, RUNNING, growing, status=1, end_time=None)
    add_run(store, 4, {"params/mtry": LONG}, status=5)
    add_run(store, 5, {"metrics/val_loss": curve(5)}, status=2)
    add_run(store, 6, status=9)


def _every_artifact(run: Path) -> None:
    """Artifacts for every viewer, and a model beside them."""
    cells = [
        {"cell_type": "markdown", "source": "# Title\n\ntext"},
        {
            "cell_type": "code",
            "execution_count": 1,
            "source": "print('x' * 3)",
            "outputs": [{"output_type": "stream", "text": "xxx\n"}],
        },
    ]
    wide = ",".join(f"column {n}" for n in range(40))
    script = "<script>document.body.append('drawn')</script>"
    shapes = "<path d='M0 0h9v9z'/>" * 3000
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">{}</svg>'
    artifacts: dict[str, str | bytes] = {
        "page.html": "<!doctype html><title>x</title><h1>Report</h1><p>words</p>",
        "plot.html": f"<!doctype html><title>x</title><h1>Plot</h1>{script}",
        "small.svg": svg.format("<circle cx='9' cy='9' r='9'/>"),
        "large.svg": svg.format(shapes),
        "plots/fit.png": png(60, 40),
        "images/val%step%1%timestamp%1772530157400%6f6e4b64-59ed-707c.png": png(40, 40),
        **{f"samples/step_{step}.png": png(30, 30) for step in (1, 2, 3)},
        f"{LONG[:100]}.csv": f"{wide}\n{','.join(map(str, range(40)))}\n",
        "table.json": json.dumps({"columns": ["a", "b"], "data": [[1, "x"], [2, None]]}),
        "tree.json": json.dumps({"a": {"b": [1, 2, {"c": LONG}]}}),
        "config.yaml": "lr: 0.1\nlayers: [1, 2]\n",
        "notes.md": NOTE,
        "book.ipynb": json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}),
        "train.py": f"def fit(x):  # {LONG}\n    return x + 1\n",
        "fit.R": "fit <- function(x) x + 1\n",
        "run.log": "\x1b[32mepoch 1\x1b[0m\n" * 50,
        "sound.wav": b"RIFF",
        "film.mp4": b"\0\0\0\x20ftyp",
        "paper.pdf": b"%PDF-1.4\n",
        "array.npy": b"\x93NUMPY",
        "weights.pkl": b"x",
        "empty.txt": "",
        "large.bin": bytes((5 << 20) + 1),
        "model/MLmodel": MODEL,
        "model/input_example.json": json.dumps({"columns": ["a"], "data": [[1.5], [None]]}),
        "model/requirements.txt": "scikit-learn==1.4.0\n",
    }
    write(run, {f"artifacts/{path}": body for path, body in artifacts.items()})


def _wide_runs(store: Path) -> None:
    """A run of 40 parameters and 40 metrics, one like it, and one of 100 metrics."""
    for number in (WIDE, WIDE + 50):
        params = {f"params/group{n % 5}/parameter_{n}": f"{n + number}" for n in range(40)}
        metrics = {f"metrics/val/metric_{n}": curve(number + n) for n in range(40)}
        add_run(store, number, {**params, **metrics}, experiment="5", run_name=LONG)
    many = {f"metrics/layer{n % 7}/score_{n}": curve(n, 5) for n in range(100)}
    add_run(store, MANY, many, experiment="5")


_COLUMNS = [{"name": "a", "type": "double", "required": True}]
MODEL = json.dumps(
    {  # JSON is YAML, too
        "artifact_path": "model",
        "flavors": {
            "python_function": {"loader_module": "mlflow.sklearn", "python_version": "3.11.7"},
            "sklearn": {"sklearn_version": "1.4.0"},
        },
        "signature": {"inputs": json.dumps(_COLUMNS), "outputs": json.dumps(_COLUMNS)},
        "saved_input_example_info": {"artifact_path": "input_example.json", "type": "dataframe"},
    }
)
