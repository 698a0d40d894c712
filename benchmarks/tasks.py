"""The processes that are measured beside `python -m reportgen build` and bare.py.

    python -m benchmarks.tasks read-all|search-runs FOLDER

Each prints one line of JSON. Only what a task needs is imported, and only by that task.
"""

import json
import sys
import time


def read_all(folder: str) -> dict[str, float]:
    """Open a store with reportgen's reader, in this process, and read every run fully."""
    import reportgen

    store = reportgen.open_store(folder)
    runs = points = 0
    for experiment in store.experiments():
        for run in store.runs_of(experiment):
            runs += 1
            points += sum(head.count for head in run.metrics.values())
    return {"runs": runs, "points": points}


def search_runs(folder: str) -> dict[str, float]:
    """Load the table of all runs with MLflow; `seconds` is that call alone, imports left out."""
    from pathlib import Path

    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(Path(folder).as_uri())
    ids = [experiment.experiment_id for experiment in mlflow.search_experiments()]
    start = time.perf_counter()
    table = mlflow.search_runs(experiment_ids=ids)
    seconds = time.perf_counter() - start
    assert isinstance(table, pd.DataFrame)
    return {"runs": len(table), "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps({"read-all": read_all, "search-runs": search_runs}[sys.argv[1]](sys.argv[2])))
