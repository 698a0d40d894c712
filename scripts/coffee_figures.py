"""The figures of the sample runs: small, and the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from mlflow import MlflowClient
    from numpy.typing import NDArray

# A fixed salt and no date: the ids in an SVG file are random otherwise.
STABLE: dict[Any, Any] = {"svg.hashsalt": "coffee", "svg.fonttype": "none", "font.size": 8}
INK, ACCENT = "#4b3621", "#b5651d"


def _axes(title: str, across: str, up: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(4.2, 3.0), layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=across, ylabel=up)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def log_figure(client: MlflowClient, run: str, figure: Figure, path: str) -> None:
    """Log a figure as PNG or SVG, by the suffix of the path."""
    stamp = {"Date": None} if path.endswith(".svg") else {"Software": None}
    with rc_context(STABLE):
        client.log_figure(run, figure, path, save_kwargs={"dpi": 80, "metadata": stamp})


def residuals(truth: NDArray[np.float64], predicted: NDArray[np.float64], title: str) -> Figure:
    """Show what the model missed by, over what it said; both arrays are (n,)."""
    with rc_context(STABLE):
        figure, axes = _axes(title, "predicted cupper points", "observed − predicted")
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.scatter(predicted, truth - predicted, s=8, color=ACCENT, alpha=0.6, linewidths=0)
    return figure


def bars(shares: pd.Series[float], title: str, across: str) -> Figure:
    """Show one bar a name, the longest on top."""
    shares = shares.sort_values()
    with rc_context(STABLE):
        figure, axes = _axes(title, across, "")
        axes.barh([str(name) for name in shares.index], shares.to_numpy(), color=ACCENT)
    return figure


def sweep_map(table: pd.DataFrame, title: str) -> Figure:
    """Show the error of each cell of a grid; rows are `mtry`, columns `trees`."""
    with rc_context(STABLE):
        figure, axes = _axes(title, "trees", "mtry")
        axes.imshow(table.to_numpy(), cmap="YlOrBr", aspect="auto", alpha=0.45)
        axes.set_xticks(range(table.shape[1]), [str(name) for name in table.columns])
        axes.set_yticks(range(table.shape[0]), [str(name) for name in table.index])
        for (row, column), value in np.ndenumerate(table.to_numpy()):
            axes.text(column, row, f"{value:.4f}", ha="center", va="center", color=INK)
    return figure


def curves(train: Sequence[float], validation: Sequence[float], title: str) -> Figure:
    """Show the error on both parts over the boosting steps."""
    with rc_context(STABLE):
        figure, axes = _axes(title, "trees", "rmse")
        steps = range(1, len(train) + 1)
        axes.plot(steps, train, color=INK, linewidth=1.2, label="train")
        axes.plot(steps, validation, color=ACCENT, linewidth=1.2, linestyle="--", label="val")
        axes.legend(frameon=False)
    return figure


def cloud(
    truth: NDArray[np.float64], predicted: NDArray[np.float64], title: str
) -> NDArray[np.uint8]:
    """Picture predictions against the truth, as pixels of shape (180, 200, 3)."""
    with rc_context({**STABLE, "font.size": 6}):
        figure = Figure(figsize=(2.0, 1.8), dpi=100, layout="constrained")
        axes = figure.add_subplot(title=title, xlim=(5.5, 9), ylim=(5.5, 9))
        axes.set(xlabel="observed", ylabel="predicted")
        axes.axline((6, 6), slope=1, color=INK, linewidth=0.6)
        axes.scatter(truth, predicted, s=4, color=ACCENT, linewidths=0)
        pixels = BytesIO()
        figure.savefig(pixels, format="rgba", dpi=100)
    return np.frombuffer(pixels.getvalue(), np.uint8).reshape(180, 200, 4)[:, :, :3]
