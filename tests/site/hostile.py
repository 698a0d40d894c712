"""A store whose every string tries to break out of the page it is shown on, and every file too."""

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.site.hostile_artifacts import MODEL, SHOWN, TRACEBACK
from tests.site.hostile_texts import (
    CONFIDED,
    CONTROL,
    FOREIGN,
    HIT,
    KEY,
    MARKUP,
    NESTED_KEY,
    NOTE,
    VALUE,
)
from tests.sites import run_id
from tests.trees import experiment_record, run_record, write

HTML_PAGE = f"<!doctype html><body><script>{HIT};document.title='HIT'</script>active</body>"
SVG_PAGE = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}"><script>{HIT}</script></svg>'
XML_PAGE = (
    f'<?xml version="1.0"?><r><s:script xmlns:s="http://www.w3.org/1999/xhtml">{HIT}</s:script></r>'
)
ACTIVE = {
    **{f"page.{suffix}": HTML_PAGE for suffix in ("html", "HTM", "shtml", "php", "xyz")},
    **{
        f"page.{suffix}": XML_PAGE
        for suffix in ("xhtml", "xht", "xml", "rss", "atom", "rdf", "xsl")
    },
    "page.svg": SVG_PAGE,
    "page.mhtml": f"MIME-Version: 1.0\nContent-Type: text/html\n\n{HTML_PAGE}",
    "page": HTML_PAGE,
    "page.html.": HTML_PAGE,
    "page.html ": HTML_PAGE,
    "index.html": HTML_PAGE,
    "page.txt": HTML_PAGE,
}
ODD_NAMES = (
    "a b.txt",
    'it\'s "quoted".txt',
    "100%.txt",
    "%2e%2e%2f%2e%2e%2findex.html",
    "..%2fescape.txt",
    "..\\escape.txt",
    "a#b.txt",
    "a?b=c&d.txt",
    "a:b.txt",
    "javascript:alert(1)",
    "näïve-実験-😀.txt",
    "line\nbreak.txt",
    "tab\there.txt",
    "-rf.txt",
    "--help",
    "<b>.txt",
    "+a=b;c,d@e!$~.txt",
    "aux.txt",
    "CON",
    "~",
    "...",
    ".htaccess",
    ".git/config",
    "deep/er/" + "x" * 250,
    "deep/Er/a.txt",
    "deep/er/A.txt",
    "*.txt",
    "|pipe",
    "`tick`",
    "\u202egpj.txt",
)


def hostile_store(root: Path) -> Path:
    """The store, and beside it the files that nothing may read; its root."""
    write(root.parent, {"secret.txt": CONFIDED, "secrets/meta.yaml": f"name: {CONFIDED}\n"})
    write(root.parent, {"secrets/metrics/m": f"1 0.5 0\n{CONFIDED}", "secrets/params/p": CONFIDED})
    _hostile_experiment(root, "1")
    _hostile_run(root / "1" / run_id(1), VALUE)
    _hostile_run(root / "1" / run_id(2), CONTROL)
    artifacts = root / "1" / run_id(1) / "artifacts"
    write(artifacts, {f"active/{name}": body for name, body in ACTIVE.items()})
    write(artifacts, {f"odd/{name}": f"odd {name}" for name in ODD_NAMES})
    _linked_run(root / "1" / run_id(3), root.parent)
    for number, more in SHOWN_RUNS.items():
        _shown_run(root / "1" / run_id(number), number, more)
    _odd_places(root)
    return root


def _hostile_experiment(root: Path, experiment: str) -> None:
    changes = {"name": f"{VALUE}\n{CONTROL}", "artifact_location": f"javascript:{HIT}"}
    write(
        root / experiment,
        {
            "meta.yaml": experiment_record(experiment, changes),
            "tags/mlflow.note.content": NOTE,
            f"tags/{KEY}": VALUE,
            f"tags/{NESTED_KEY}": CONTROL,
            "datasets/d/meta.yaml": _record("name", "digest", "source", "source_type", "schema"),
            "models/m/meta.yaml": _record("name", "model_type", "status", "experiment_id")
            + f"source_run_id: '{run_id(1)}'\n",
            f"models/m/artifacts/{KEY}": "x",
            f"models/m/params/{KEY}": VALUE,
        },
    )


def _hostile_run(folder: Path, text: str) -> None:
    fields = ("run_name", "user_id", "source_name", "source_version", "status", "lifecycle_stage")
    record = run_record(folder.name, {**dict.fromkeys(fields, text), "start_time": text})
    write(
        folder,
        {
            "meta.yaml": record,
            f"params/{KEY}": text,
            f"params/{NESTED_KEY}": text,
            f"metrics/{KEY}": "1600000000000 0.5 0\n",
            f"metrics/{NESTED_KEY}": f"1600000000000 nan 0\n{VALUE}\n",
            f"tags/{KEY}": text,
            f"tags/{NESTED_KEY}": text,
            "tags/mlflow.note.content": NOTE,
            "tags/mlflow.parentRunId": text,
            "tags/mlflow.source.git.repoURL": f"javascript:{HIT}",
            "inputs/i/meta.yaml": yaml.safe_dump(
                {"source_type": "DATASET", "source_id": "d", "tags": {"mlflow.data.context": text}}
            ),
            "inputs/j/meta.yaml": yaml.safe_dump({"source_type": "DATASET", "source_id": text}),
            "outputs/k/meta.yaml": yaml.safe_dump({"destination_id": text, "step": text}),
        },
    )


def _shown_run(folder: Path, number: int, artifacts: Mapping[str, str | bytes]) -> None:
    """A run with a hostile name that has curves, ranks, varies and is drawn with the others."""
    start = 1600000000000 + number * 60_000
    status = 4 if "traceback.txt" in artifacts else 3
    fields = {"run_name": f"$\\frac{{$ {KEY} {number}", "status": status, "start_time": start}
    curve = "".join(f"{start + i} {1 / (i + number)} {i}\n" for i in range(9))
    write(
        folder,
        {
            "meta.yaml": run_record(folder.name, {**fields, "end_time": start + 9_000}),
            f"metrics/{LOSS}": f"{curve}{start + 9} nan 9\n",
            f"metrics/train {NESTED_KEY}": curve,
            f"metrics/test {KEY}": curve,
            f"metrics/system/{KEY}": curve,
            f"params/n {KEY}": str(number),
            f"params/word {KEY}": MARKUP[:39] if number % 2 else "b",
            "tags/mlflow.parentRunId": run_id(5 if number != 5 else 7),  # a circle, too
            "tags/mlflow.source.git.repoURL": f"https://github.com/a/b?{MARKUP}",
            "tags/mlflow.source.git.branch": VALUE,
            "tags/mlflow.project.entryPoint": VALUE,
            **{f"artifacts/{path}": body for path, body in artifacts.items()},
        },
    )


LOSS = f"val {KEY} loss"  # the only validation metric with a direction: runs are ranked by it
SHOWN_RUNS: dict[int, Mapping[str, str | bytes]] = {
    5: SHOWN,
    6: {"traceback.txt": TRACEBACK, **{f"model/{path}": body for path, body in MODEL.items()}},
    7: {},
    8: {"fit/crate": b"RDX3\n", f"{KEY}/crash.log": f"Error in f({VALUE}) : {VALUE}\n"},
}


def _record(*fields: str) -> str:
    return yaml.safe_dump(dict.fromkeys(fields, VALUE), allow_unicode=True)


def _linked_run(folder: Path, outside: Path) -> None:
    """A run without artifacts of its own, whose links lead to secrets outside the store."""
    changes = {"artifact_uri": f"javascript://{FOREIGN}/%0a{HIT}", "run_name": "links"}
    write(folder, {"meta.yaml": run_record(folder.name, changes), "metrics/m": "1 0.5 0\n"})
    for name in ("params/secret", "tags/secret", "metrics/secret", "artifacts/secret.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(outside / "secret.txt")
    (folder / "artifacts/folder").symlink_to(outside / "secrets")
    (folder / "artifacts/up").symlink_to("../../../../")
    (folder / "artifacts/passwd").symlink_to("/etc/passwd")
    os.symlink("../../../secrets", folder / "inputs")
    os.symlink(outside / "secrets", folder.parent / run_id(4))
    os.symlink(outside / "secrets", folder.parent.parent / "9")


def _odd_places(root: Path) -> None:
    """Folders of experiments and runs named in ways that MLflow does not."""
    odd = f'"><img src=x onerror={HIT}> #?%2e'
    write(root / odd, {"meta.yaml": experiment_record("5", {"name": "..", "creation_time": 1})})
    for name in ("..%2f..%2findex", "a b&c", "con", "Ünï", "<i>", "-x", "index.html", run_id(3)):
        write(root / odd / name, {"meta.yaml": run_record(name), "artifacts/a.txt": name})
