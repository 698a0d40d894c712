"""A store whose runs are compared and searched: two experiments, texts that attack, images."""

from pathlib import Path

from tests.browser.sites import png
from tests.site.hostile_texts import ATTRIBUTE, MARKUP
from tests.sites import add_experiment, add_run
from tests.trees import write

BASE, GOOD, BAD, OTHER, HOSTILE = 1, 2, 3, 4, 5


def compared_store(store: Path) -> Path:
    """The store; its root."""
    for identity, name in (("1", "Beans"), ("2", "Leaves")):
        add_experiment(store, identity, name)
    for number, loss, depth in ((BASE, 0.5, "3"), (GOOD, 0.25, "4"), (BAD, 0.75, "12")):
        run = add_run(store, number, run_name=f"forest {number}")
        write(run, {"params/depth": depth, "params/kind": "forest", "tags/team": "blue"})
        write(run, {"metrics/val_loss": _falling(number, loss), "metrics/rows": _point(40)})
        write(run, {"metrics/test_acc": _point(0.9 + number / 100)})
        write(run, {"artifacts/plots/fit.png": png(60, 40), "artifacts/log.txt": "x" * number})
    note = {"tags/mlflow.note.content": "Tried with a narrow grid.\n"}
    leaves = add_run(store, OTHER, note, experiment="2", run_name="leaf 4")
    write(leaves, {"params/depth": "3", "metrics/val_loss": _falling(OTHER, 0.3)})
    hostile = add_run(store, HOSTILE, experiment="2", run_name=f"odd {MARKUP}")
    write(hostile, {"params/attack": MARKUP, "params/__proto__": ATTRIBUTE, "params/depth": "=1+1"})
    write(hostile, {"tags/constructor": MARKUP, "metrics/val_loss": _falling(HOSTILE, 0.3)})
    return store


def _falling(number: int, least: float) -> str:
    """Points that fall from 1 to a value."""
    start = 1600000000000 + number * 60_000
    points = ((step, 1 - (1 - least) * step / 9) for step in range(10))
    return "".join(f"{start + step * 1000} {value:.6g} {step}\n" for step, value in points)


def _point(value: float) -> str:
    return f"1600000000000 {value} 0\n"
