"""A public edition holds nothing private in any published file, and tells what it left out."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from reportgen.site.check import site_findings
from reportgen.site.project import Report
from tests.site.private import COMMIT, MARKERS, OWN, PLAIN, USER, private_store
from tests.sites import build, difference, page, run_id, tree_of

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
