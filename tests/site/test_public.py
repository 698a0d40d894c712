"""A public edition holds nothing private in any published file, and tells what it left out."""

import base64
import json
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from reportgen.cli import main
from reportgen.readers.codec import pack, unpack
from reportgen.site.check import site_findings
from reportgen.site.context import make_context
from reportgen.site.exposed import privacy_findings
from reportgen.site.project import Report
from reportgen.site.redacting import RedactingStore
from reportgen.site.sealing import SealingStore
from reportgen.site.stores import open_stores
from tests.site.private import (
    COMMIT,
    KEY,
    MARKERS,
    OWN,
    PASSWORD,
    PLAIN,
    TOKEN,
    USER,
    WANDB,
    private_store,
)
from tests.sites import add_run, build, difference, make_store, options_for, page, run_id, tree_of
from tests.trees import write

EXPERIMENT = "experiments/the-work-of-redacted-user/index.html"
RULES = {"public": True, "redact": (r"ACME-\d+",)}
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


class World:
    """The store, its public site, and what the build said."""

    def __init__(self, folder: Path) -> None:
        self.store = private_store(folder / "home" / USER / "mlruns")
        self.other = private_store(folder / "home" / "quigley" / "mlruns")
        self.site = folder / "site"
        self.report: Report = build(self.store, self.site, **RULES)

    def build(self, **changes: object) -> Report:
        return build(self.store, self.site, **{**RULES, **changes})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("public"))


def spellings(data: bytes) -> Iterator[bytes]:
    """The bytes of a file as they may be read: quoted, packed or coded."""
    yield data
    text = data.decode("utf-8", "replace")
    yield unescape(text).encode()
    yield unquote(text).encode()
    yield unquote(unescape(text)).encode()
    yield re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text).encode("utf-8", "replace")
    yield data.replace(b"\0", b"")  # UTF-16
    for found in _BASE64.findall(data):
        for start in range(4):
            part = found[start : start + (len(found) - start) // 4 * 4]
            yield base64.b64decode(part.replace(b"-", b"+").replace(b"_", b"/"), validate=False)
    if data.startswith(b"\x89PNG"):
        yield from _chunks(data)


def _chunks(png: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        yield body
        if kind in (b"zTXt", b"iTXt"):
            yield zlib.decompressobj().decompress(body.partition(b"\0")[2][1:])
        at += 12 + size


def leaks(files: dict[str, bytes]) -> list[str]:
    """Each file with a marker that stands in it, or in its name."""
    found = []
    for path, data in files.items():
        seen = b"\n".join((path.encode(), *spellings(data))).lower()
        found += [f"{path}: {marker}" for marker in MARKERS if marker.lower().encode() in seen]
    return found


def test_no_file_of_a_public_site_holds_what_is_private(world: World) -> None:
    assert world.report.failures == ()
    assert leaks(tree_of(world.site)) == []


def test_the_markers_do_stand_in_a_private_site(world: World, tmp_path: Path) -> None:
    build(world.store, tmp_path / "site")
    found = leaks(tree_of(tmp_path / "site"))
    assert {line.rpartition(": ")[2] for line in found} == set(MARKERS)
    run = f"runs/{run_id(1)}"
    for path in ("index.html", "run.json", "run.js", "artifacts/notes.txt", "artifacts/wide.txt"):
        assert any(line.startswith(f"{run}/{path}: ") for line in found), path


def test_parameters_commits_ids_and_numbers_stay(world: World) -> None:
    run = json.loads(page(world.site, f"runs/{run_id(1)}/run.json"))
    assert {key: run["params"][key] for key in PLAIN} == PLAIN
    assert run["tags"]["mlflow.source.git.commit"] == COMMIT
    assert run["run_id"] == run_id(1)
    assert run["params"]["data_dir"] == "~/data-1"
    assert run["params"]["db_password"] == "redacted (secret)"  # noqa: S105
    assert run["user"] == "redacted (user)"
    repository = "https://redacted@github.com/lab/project.git"
    assert run["tags"]["mlflow.source.git.repoURL"] == repository
    assert run["metrics"]["rmse"]["last"] == 0.3
    assert run["metrics"]["loss_of_redacted (user)"]["last"] == 0.3
    assert "bbf32bd3" in page(world.site, f"runs/{run_id(1)}/index.html")


def test_every_link_of_a_public_site_leads_somewhere(world: World) -> None:
    assert list(site_findings(world.site)) == []


def test_masked_files_are_as_long_as_they_were(world: World) -> None:
    run = json.loads(page(world.site, f"runs/{run_id(1)}/run.json"))
    for artifact in run["artifacts"]:
        copies = world.site / f"runs/{run_id(1)}/artifacts"
        copy = copies / artifact["path"]
        if copy.is_file():
            assert copy.stat().st_size == artifact["bytes"], artifact
    notes = (world.site / f"runs/{run_id(1)}/artifacts/info.json").read_text("utf-8")
    assert json.loads(notes)["db"] == {"password": "xxxxxxxxxxxxxx"}


def test_each_redaction_is_listed_without_its_value(world: World) -> None:
    lines = world.report.redacted
    name = "run redacted (user) number 1"
    for line in (
        f"{name}: name: user name",
        f"{name}: parameter db_password: secret",
        f"{name}: parameter data_dir: home folder",
        f"{name}: tag mlflow.user: user name",
        f"{name}: tag SLURMD_NODENAME: host name",
        f"{name}: tag mlflow.note.content: email address",
        f"{name}: artifact notes.txt: own pattern",
        f"{name}: artifact large.log: secret",
        "experiment the work of redacted (user): tag owner: user name",
    ):
        assert line in lines, line
    assert leaks(dict.fromkeys(lines, b"")) == []
    assert "redacted: " in world.report.summary
    listed = (world.site / ".reportgen/redacted.txt").read_text("utf-8")
    assert f"{name}: artifact model/model.pkl" in listed
    assert f"{name}: artifact model/model.pkl" not in "\n".join(lines)


def test_the_list_is_whole_when_nothing_or_little_was_built(world: World) -> None:
    assert world.build().redacted == world.report.redacted
    assert world.build().written == ()
    (world.store / "1" / run_id(1) / "params" / "hidden_size").write_text("513")
    report = world.build()
    assert report.redacted == world.report.redacted
    assert 0 < len(report.written) < 20
    (world.store / "1" / run_id(1) / "params" / "hidden_size").write_text("512")
    world.build()
    (world.site / ".reportgen/redacted.json").unlink()  # as where a build was killed
    (world.site / ".reportgen/complete").unlink()
    assert world.build().redacted == world.report.redacted


def test_a_folder_that_changes_its_edition_is_as_one_built_anew(
    world: World, tmp_path: Path
) -> None:
    public = tree_of(world.site)
    build(world.store, tmp_path / "site")
    private = tree_of(tmp_path / "site")
    report = build(world.store, tmp_path / "site", **RULES)
    assert difference(tree_of(tmp_path / "site"), public) == []
    assert report.redacted == world.report.redacted
    build(world.store, tmp_path / "site")
    assert difference(tree_of(tmp_path / "site"), private) == []


def test_what_may_stay_is_the_authors_choice(world: World, tmp_path: Path) -> None:
    changes = {"keep": ("user", "home"), "allow": ("db_pass*",)}
    build(world.store, tmp_path / "site", **{**RULES, **changes})
    run = json.loads(page(tmp_path / "site", f"runs/{run_id(1)}/run.json"))
    assert run["params"]["db_password"] == "hunter2hunter2"  # noqa: S105
    assert run["user"] == USER
    assert run["params"]["wandb.api_key"] == "redacted (secret)"
    assert run["params"]["data_dir"].startswith("/mnt/nfs/home/")
    assert OWN not in run["params"]["rest"]


def test_two_stores_in_two_homes_are_told_apart_without_their_names(
    world: World, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    stores = (str(world.store), str(world.other))
    build(world.store, site, **RULES, stores=stores)
    assert leaks(tree_of(site)) == []


def test_a_name_that_only_a_parameter_tells_is_masked_in_the_files_of_its_run(
    tmp_path: Path,
) -> None:
    store, site = make_store(tmp_path / "mlruns", 32), tmp_path / "site"
    for number in range(32):
        folder = store / "1" / run_id(number)
        files = {"params/author": "pemberton", "artifacts/notes.txt": f"{number}, Pemberton says\n"}
        write(folder, {**files, "artifacts/log.txt": f"by pemberton\n{number}\n"})
    for step in range(2):
        report = build(store, site, public=True, jobs=2)
        assert report.failures == ()
        told = [path for path, data in tree_of(site).items() if b"pemberton" in data.lower()]
        assert told == []
        assert "run run 1: artifact notes.txt: user name" in report.redacted
        write(store / "1" / run_id(2), {"artifacts/notes.txt": f"2.{step}, Pemberton says\n"})
    build(store, tmp_path / "anew", public=True)
    build(store, site, public=True)
    assert difference(tree_of(site), tree_of(tmp_path / "anew")) == []


@pytest.mark.parametrize(
    ("files", "rules"),
    [
        ({"tags/mlflow.user": "zygmunt"}, {}),  # the record tells another one
        ({"tags/mlflow.source.name": "/home/zygmunt/train.py"}, {}),
        ({"params/data": "/home/zygmunt/data"}, {"keep": ("home",)}),
        ({"params/author": "zygmunt"}, {"allow": ("author",)}),
        ({"params/hostname": "/home/zygmunt/node"}, {}),
    ],
)
def test_a_process_that_did_not_read_a_run_masks_the_same_names(
    files: dict[str, str], rules: dict[str, Any], tmp_path: Path
) -> None:
    store = make_store(tmp_path / "mlruns", 0, experiments=1)
    log = {"artifacts/log.txt": "started by zygmunt"}
    add_run(store, 0, {**files, **log}, user_id="root", source_name="train.py")
    context = make_context(options_for(store, tmp_path / "site", public=True, **rules))
    reader, other = (open_stores([str(store)], context, ())[0] for _ in range(2))
    (outline,) = reader.outlines(reader.experiments()[0])[0]
    run = unpack(pack(reader.read(outline)))  # as it goes from one process to another
    told = [one.open_artifact(run, "log.txt").read() for one in (reader, other)]
    assert told == [b"started by xxxxxxx"] * 2


def test_what_names_private_things_in_options_still_chooses_them(
    world: World, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    report = build(
        world.store,
        site,
        **RULES,
        experiments=(f"the work of {USER}",),
        filter=f"attributes.user_id = '{USER}' and params.db_password = 'hunter2hunter2'",
        baseline=(f"{USER} number 1",),
        accepted=((f"the work of {USER}/RG306", f"{USER} knows"),),
    )
    assert "the work of redacted (user): 2 runs" in report.summary
    assert leaks(tree_of(site)) == []
    assert "baseline" in page(site, f"runs/{run_id(2)}/index.html")
    assert "redacted (user) knows" in page(site, EXPERIMENT)


def test_processes_sealing_and_the_ledger_let_nothing_through(world: World, tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    shutil.copytree(world.store, store)
    for number in range(3, 32):
        copy = store / "1" / run_id(number)
        shutil.copytree(store / "1" / run_id(2), copy, ignore=lambda *_: {"artifacts"})
        meta = (copy / "meta.yaml").read_text("utf-8").replace(run_id(2), run_id(number))
        (copy / "meta.yaml").write_text(meta, "utf-8")
        (copy / f"metrics/test_loss_of_{USER}").write_text("1600000000000 0.5 0\n")
    ledger = tmp_path / "ledger.jsonl"
    build(store, tmp_path / "private", ledger=str(ledger), heldout="sealed")
    known = ledger.read_bytes()
    assert USER.encode() in known
    sealed = {"heldout": "sealed", "ledger": str(ledger), **RULES}
    report = build(store, tmp_path / "site", **sealed, jobs=2)
    assert report.failures == ()
    assert leaks(tree_of(tmp_path / "site")) == []
    assert ledger.read_bytes() == known
    alone = build(store, tmp_path / "alone", **sealed, jobs=1)
    assert alone.redacted == report.redacted
    assert difference(tree_of(tmp_path / "alone"), tree_of(tmp_path / "site")) == []


def test_all_that_a_store_is_asked_goes_through_redaction() -> None:
    asked = {name for name in vars(SealingStore) if not name.startswith("_")}
    assert asked - set(vars(RedactingStore)) == {"settle"}


def test_check_tells_what_would_go_public(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.store.parent)
    write(world.store.parent, {"own.toml": "[privacy]\nredact = 'ACME-\\d+'\n"})
    assert main(["check", "mlruns", "--json", "--config", "own.toml"]) == 1
    out = capsys.readouterr().out
    found = {one["code"]: one for one in json.loads(out)["findings"] if one["where"] == "privacy"}
    assert sorted(found) == ["RG401", "RG402", "RG403", "RG404", "RG405", "RG406"]
    assert (found["RG401"]["level"], found["RG402"]["level"]) == ("warning", "info")
    assert "parameter db_password" in found["RG401"]["reason"]
    assert all(secret not in out for secret in (PASSWORD, TOKEN, KEY, WANDB))
    main(["check", "mlruns"])
    assert "to know before publishing: user names in " in capsys.readouterr().out
    write(world.store.parent, {"public.toml": "[privacy]\npublic = true\n"})
    main(["check", "mlruns", "--config", "public.toml"])
    assert "RG401" not in capsys.readouterr().out


def test_check_looks_for_names_of_one_store_in_all_as_a_build_does(tmp_path: Path) -> None:
    stores = [make_store(tmp_path / name / "mlruns", 1) for name in ("a", "b")]
    write(stores[0] / "1" / run_id(0) / "tags", {"mlflow.source.name": "/home/pemberton/run.py"})
    write(stores[1] / "1" / run_id(0), {"artifacts/notes.txt": "Pemberton says"})
    options = options_for(stores[0], tmp_path / "site", stores=tuple(map(str, stores)))
    told = [one.text for place, one in privacy_findings(options) if place == str(stores[1])]
    assert "run run 0: artifact notes.txt" in "; ".join(told)


def test_check_tells_what_would_go_public_whatever_the_theme(tmp_path: Path) -> None:
    store = make_store(tmp_path / "mlruns", 1)
    options = options_for(store, tmp_path / "site", theme="nope")
    assert "RG402" in [one.code for _, one in privacy_findings(options)]
    assert list(privacy_findings(replace(options, public=True))) == []


def test_the_command_line_counts_redactions_and_lists_them_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = make_store(tmp_path / "mlruns", 1)
    arguments = ["build", str(store), "-o", str(tmp_path / "site"), "--public"]
    for _ in range(2):  # also when there is nothing to do
        assert main([*arguments, "--verbose"]) == 0
        said = capsys.readouterr()
        assert "redacted: 1 user name; listed in .reportgen/redacted.txt" in said.out
        assert "redacted run run 0: user: user name" in said.err
