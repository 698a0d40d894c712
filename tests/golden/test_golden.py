"""Pages of each kind, byte for byte as they are kept here.

After a wanted change: `pytest tests/golden --update-golden`, then read the diff.
"""

from pathlib import Path

import pytest

from reportgen.site.previous import PastExperiment, PastRun, Previous
from reportgen.site.project import build_site
from tests.sites import add_experiment, add_run, options_for, run_id
from tests.trees import write

HERE = Path(__file__).parent
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03\x08\x06\0\0\0" + b"\0" * 40
PAGES = {
    "index.html": "index.html",
    "diff.html": f"diffs/{run_id(1)}..{run_id(2)}/index.html",
    "experiment.html": "experiments/coffee-beans/index.html",
    "empty-experiment.html": "experiments/empty/index.html",
    "run.html": f"runs/{run_id(1)}/index.html",
    "failed-run.html": f"runs/{run_id(2)}/index.html",
    "running-run.html": f"runs/{run_id(3)}/index.html",
    "frame.html": f"runs/{run_id(1)}/frames/report.html.html",
    "heldout.html": "experiments/coffee-beans/heldout/index.html",
    "failed.html": "failed/index.html",
    "compare.html": "compare/index.html",
    "problems.html": "problems/index.html",
    "gone.html": "runs/lost/index.html",
    "moved.html": "experiments/beans/index.html",
    "404.html": "404.html",
}

BEFORE = Previous(  # a run that is gone by now, of an experiment that had another name
    {
        "lost": PastRun("a lost run", "beans", "Beans & more", 1600000000000),
        run_id(1): PastRun("run 1", "beans", "Beans & more", None),
    },
    {"beans": PastExperiment("1", "Beans & more")},
    digest="before",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small store with something of everything."""
    folder = tmp_path_factory.mktemp("golden")
    _make_store(folder / "mlruns")
    place = {"title": "Coffee & more", "url": "https://example.org/c/"}
    build_site(options_for(folder / "mlruns", folder / "site", **place), None, BEFORE)
    return folder / "site"


def _make_store(store: Path) -> None:
    add_experiment(store, "0", "Default")
    beans = add_experiment(store, "1", "Coffee beans", tags=[])
    write(
        beans, {"tags/mlflow.note.content": "# About\n\nWhat makes a *good* bean.\n", "tags/a": "b"}
    )
    add_experiment(store, "2", "empty")
    _make_full_run(store)
    child = {"tags/mlflow.parentRunId": run_id(1), "params/trees": "500"}
    traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'mtry'\n"
    write(
        add_run(store, 2, child, status=4),
        {
            "metrics/rmse": "1600000120000 0.75 0\ntorn\n",
            "artifacts/traceback.txt": traceback,
            "metrics/val/loss": "1600000120000 0.5 0\n1600000121000 0.4 1\n",
        },
    )
    add_run(store, 3, status=1, end_time=None, run_name="", artifact_uri="s3://bucket/3/artifacts")


def _make_full_run(store: Path) -> None:
    run = add_run(store, 1, source_name="train.py", source_version="0123456789abcdef")
    curve = "".join(f"16000000{step:02}000 {1 / (step + 1)} {step}\n" for step in range(12))
    write(run, {"metrics/val/loss": curve, "metrics/odd": "1600000060000 nan 0\n"})
    write(run, {"metrics/train/loss": curve, "metrics/test_acc": "1600000061000 0.875 0\n"})
    write(run, {"metrics/system/cpu": "1600000060000 10 0\n1600000061000 20 1\n"})
    write(run, {"params/model/depth": "7", "params/text": "two\nlines & <more>"})
    write(
        run,
        {"tags/team": "blue", "tags/mlflow.user": "ben", "tags/mlflow.note.content": "A *note*."},
    )
    write(run, {"artifacts/plots/fit.png": PNG, "artifacts/report.html": "<p>x</p>"})
    write(run, {"artifacts/table.csv": "a,b\n1,x\n", "artifacts/config.yaml": "lr: 0.1\n"})
    write(run, {"artifacts/train.py": "def f():\n    return 1\n"})
    write(run, {"artifacts/model/MLmodel": "flavors:\n  sklearn:\n    sklearn_version: 1.4.0\n"})
    write(run, {"artifacts/large.bin": bytes((5 << 20) + 1)})
    link = "source_type: DATASET\nsource_id: d\ntags:\n  mlflow.data.context: training\n"
    write(run, {"inputs/i/meta.yaml": link})
    record = "name: ratings\ndigest: 5f3a\nsource_type: local\nsource: ratings.csv\n"
    write(store / "1", {"datasets/d/meta.yaml": record})
    model = f"name: forest\nmodel_id: m-1\nsource_run_id: '{run_id(1)}'\nstatus: 2\n"
    write(store / "1/models/m-1", {"meta.yaml": model, "artifacts/MLmodel": "flavors: {}\n"})


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_it_was(site: Path, name: str, request: pytest.FixtureRequest) -> None:
    made = (site / PAGES[name]).read_text("utf-8")
    if request.config.getoption("--update-golden"):
        (HERE / name).write_text(made, "utf-8")
    assert made.splitlines() == (HERE / name).read_text("utf-8").splitlines()


def test_no_other_page_is_kept() -> None:
    assert {path.name for path in HERE.glob("*.html")} == PAGES.keys()
