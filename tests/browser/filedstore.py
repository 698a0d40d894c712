"""A store whose runs are compared by their files: texts, packages, images, all beyond bounds."""

from pathlib import Path

from tests.browser.sites import png
from tests.site.hostile_texts import MARKUP
from tests.sites import add_experiment, add_run, run_id
from tests.trees import write

BASE, OTHER, FAR, NONE, HOSTILE, MANY = 1, 2, 3, 4, 5, 6
MAX_FILE = 400 << 10

_CONFIG = "model:\n  depth: {}\n  kind: forest\nsplit:\n  folds: 5\n  seed: {}\n"
_BOX = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">'
_SVG = f'{_BOX}<rect width="{{}}" height="40"/></svg>'


def filed_store(store: Path) -> Path:
    """The store; its root."""
    for identity, name in (("1", "Beans"), ("2", "Leaves")):
        add_experiment(store, identity, name)
    for number, version in ((BASE, "1.26.0"), (OTHER, "2.0.1"), (FAR, "2.1.0")):
        experiment = "2" if number == FAR else "1"
        run = add_run(store, number, experiment=experiment, run_name=f"forest {number}")
        write(run / "artifacts", _files(number, version))
        tags = {"tags/mlflow.source.git.repoURL": "https://github.com/ana/beans.git"}
        write(run, tags | {"tags/mlflow.source.git.commit": f"{number}234567"})
    other = store / "1" / run_id(OTHER) / "artifacts"
    write(other, {"only.txt": "here\n", "only.png": png(5, 5)})
    add_run(store, NONE, run_name="without files")
    hostile = add_run(store, HOSTILE, run_name="hostile")
    write(hostile, {"artifacts/config.yaml": f"{MARKUP}\n__proto__: 1\n\u202e\x1b\n"})
    write(
        hostile,
        {"artifacts/model/requirements.txt": "constructor==1\n__proto__==2\nnumpy==1.26.0\n"},
    )
    for number in (MANY, MANY + 1):
        many = add_run(store, number, run_name=f"many {number}")
        for place in range(15):
            write(many, {f"artifacts/texts/{place:02}.txt": f"text {place}\n{number}\n"})
            write(many, {f"artifacts/images/{place:02}.png": png(10 + place, number)})
        write(
            many, {f"artifacts/left/{place}.log": f"{number}{'x' * 98}\n" * 1200 for place in "abc"}
        )
    return store


def _files(number: int, version: str) -> dict[str, str | bytes]:
    """The artifacts of a run."""
    return {
        "config.yaml": _CONFIG.format(number + 2, 7),
        "model/requirements.txt": f"numpy=={version}\nscipy==1.11\npandas>=2\n",
        "result.json": f'{{"lr": 0.{number}, "depth": 3}}',
        "plots/fit.png": png(60, 40 + number),
        "plots/same.png": png(9, 9),
        "curve.svg": _SVG.format(number * 10),
        "same.txt": "same\n",
        "odd.bin": b"%d" % number,
        "weights.bin": b"w" * (300 << 10),
        "huge.bin": b"h" * (500 << 10),
        "long.log": f"{number} line\n" * 5000,
    }
