"""What `init --github` and `--gitlab` write: valid, careful with rights, and its steps run here.

GitHub and GitLab are stand-ins: `pip` installs nothing, `reportgen` is this checkout, `gh` notes
what it is called with.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from reportgen.changes.report import MARKER
from tests.hosts import serving, showing
from tests.sites import add_experiment, add_run, clean_environment, reportgen

GITHUB = ".github/workflows/reportgen.yml"
HOSTILE = '$(touch pwned) `touch pwned`"; touch pwned; ${{ github.token }} @team'
PIP = "#!/bin/sh\nexit 0\n"
REPORTGEN = f'#!/bin/sh\nexec "{sys.executable}" -m reportgen "$@"\n'
TOKEN = {"GH_TOKEN": "any", "REPORTGEN_TOKEN": "any"}
GH = """#!/bin/sh
for one in "$@"; do printf '%s\\n' "$one" >> gh-calls; done
echo -- >> gh-calls
case "$*" in *PATCH*|*POST*) cp comment.md sent.md ;; *) cat gh-answer ;; esac
"""


def jobs(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return found


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The workflow of GitHub."""
    folder = tmp_path_factory.mktemp("github")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    done = reportgen(["init", "--github"], folder)
    assert done.returncode == 0
    assert "Settings > Pages > Build and deployment > Source: GitHub Actions" in done.stderr
    assert (folder / "reportgen.toml").is_file()
    return (folder / GITHUB).read_text("utf-8")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The jobs of GitLab."""
    folder = tmp_path_factory.mktemp("gitlab")
    assert reportgen(["init", "--gitlab"], folder).returncode == 0
    return (folder / ".gitlab-ci.yml").read_text("utf-8")


@pytest.mark.parametrize("service", ["github-workflows", "gitlab-ci"])
def test_the_files_are_valid_by_the_schemas_of_their_services(
    service: str, workflow: str, pipeline: str, tmp_path: Path
) -> None:
    pytest.importorskip("check_jsonschema", reason="of the dependency group `test`")
    file = tmp_path / "file.yml"
    file.write_text(workflow if service == "github-workflows" else pipeline, "utf-8")
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{service}"]
    done = subprocess.run([*checker, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_to_a_commit_with_its_version(workflow: str) -> None:
    used = re.findall(r"uses: (.+)", workflow)
    assert len(used) >= 10
    pinned = r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"
    assert [one for one in used if not re.fullmatch(pinned, one)] == []


def test_each_job_has_the_rights_it_needs_and_no_other(workflow: str) -> None:
    assert yaml.safe_load(workflow)["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs(workflow).items()} == {
        "build": {"contents": "read", "pages": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "compare": {"contents": "read"},
        "comment": {"pull-requests": "write"},
        "gate": {},
    }


def test_the_job_that_may_write_checks_nothing_out_and_builds_nothing(workflow: str) -> None:
    steps = jobs(workflow)["comment"]["steps"]
    assert [one["uses"].partition("@")[0] for one in steps if "uses" in one] == [
        "actions/download-artifact"
    ]
    assert "reportgen build" not in steps[1]["run"]


def test_no_script_has_an_expression_in_it(workflow: str) -> None:
    scripts = [
        step["run"] for job in jobs(workflow).values() for step in job["steps"] if "run" in step
    ]
    assert [script for script in scripts if "${{" in script] == []


class Checkout:
    """A repository on a stand-in for a runner."""

    def __init__(self, folder: Path, site_url: str) -> None:
        self.folder = folder
        self.outputs: dict[str, str] = {}
        programs = folder.parent / "bin"
        programs.mkdir()
        for name, text in (("pip", PIP), ("reportgen", REPORTGEN), ("gh", GH)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.environment = clean_environment(
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            GITHUB_STEP_SUMMARY=str(folder.parent / "summary"),
            GITHUB_OUTPUT=str(folder.parent / "outputs"),
            GITHUB_REPOSITORY="me/coffee",
            SITE_URL=site_url,
        )

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A script as `shell: bash` runs it."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def job(self, job: dict[str, Any], **environment: str) -> None:
        """The scripts of a job, one after the other; each must succeed."""
        for step in job["steps"]:
            if "run" in step:
                done = self.run(step["run"], **environment)
                assert done.returncode == 0, done.stderr

    def read(self, name: str) -> str:
        return (self.folder.parent / name).read_text("utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout whose store has one run; what is in `published` beside it is served."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    add_experiment(folder / "mlruns", "1", "coffee")
    add_run(folder / "mlruns", 0, {"metrics/val_loss": "1600000000000 0.5 0\n"})
    rule = '[[gate.rule]]\nmetric = "val_loss"\nworse_by = "2 %"\n[build]\njobs = 1\n'
    (folder / "reportgen.toml").write_text(rule)
    with serving(showing(tmp_path / "published")) as host:
        yield Checkout(folder, f"{host}/")


@pytest.fixture
def worsened(checkout: Checkout) -> Checkout:
    """The same with a run that is worse, once the site without it was published."""
    done = checkout.run("reportgen build --public -o ../published")
    assert done.returncode == 0, done.stderr
    worse = {"metrics/val_loss": "1600000000000 0.6 0\n"}
    add_run(checkout.folder / "mlruns", 1, worse, run_name=HOSTILE)
    return checkout


def test_a_push_is_built_and_told_also_where_nothing_is_published_yet(
    workflow: str, checkout: Checkout
) -> None:
    checkout.job(jobs(workflow)["build"])
    assert (checkout.folder / "_site/index.html").is_file()
    assert "Nothing is published at" in checkout.read("summary")


def test_a_pull_request_gets_a_summary_and_one_comment_and_then_the_gate(
    workflow: str, worsened: Checkout
) -> None:
    checkout = worsened
    checkout.job(jobs(workflow)["compare"])
    assert checkout.read("outputs") == "gate=1\n"
    assert "**🔴 Gate: 1 rule is broken**" in checkout.read("summary")
    assert (checkout.folder / "comment.md").read_text("utf-8").startswith(MARKER)

    comment = jobs(workflow)["comment"]
    site = "https://github.com/me/coffee/actions/runs/1/artifacts/2"
    for answer, method, path in (
        ("", "POST", "repos/me/coffee/issues/7/comments"),
        ("41\n42\n", "PATCH", "repos/me/coffee/issues/comments/41"),
    ):
        (checkout.folder / "gh-answer").write_text(answer)
        (checkout.folder / "gh-calls").unlink(missing_ok=True)
        checkout.job(comment, NUMBER="7", SITE_ARTIFACT=site, **TOKEN)
        calls = (checkout.folder / "gh-calls").read_text().split("--\n")
        assert "repos/me/coffee/issues/7/comments" in calls[0]
        assert calls[1].split() == [
            "api",
            "--silent",
            "--method",
            method,
            path,
            "-F",
            "body=@comment.md",
        ]
        assert f"]({site})" in (checkout.folder / "sent.md").read_text("utf-8")
    assert list(checkout.folder.rglob("pwned")) == []

    (gate,) = jobs(workflow)["gate"]["steps"]
    assert checkout.run(gate["run"]).returncode == 1


class Notes(BaseHTTPRequestHandler):
    """As much of GitLab as takes notes."""

    notes: list[dict[str, Any]]
    calls: list[str]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as of the base)
        """Nothing."""

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._answer({"id": 5} if self.path.endswith("/user") else self.notes)

    def _write(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))["body"]
        self.calls.append(f"{self.command} {self.path}")
        self.notes[:] = [{"id": 9, "author": {"id": 5}, "body": body}]
        self._answer({})

    do_POST = do_PUT = _write  # noqa: N815


@pytest.fixture
def gitlab() -> Iterator[str]:
    other = {"id": 1, "author": {"id": 6}, "body": MARKER}
    Notes.notes, Notes.calls = [other], []
    with serving(Notes) as host:
        yield f"{host}/api/v4"


def test_gitlab_builds_pages_and_keeps_one_note_on_a_merge_request(
    pipeline: str, worsened: Checkout, gitlab: str
) -> None:
    checkout = worsened
    job = yaml.safe_load(pipeline)
    published = {"CI_PAGES_URL": checkout.environment["SITE_URL"]}
    done = checkout.run("\n".join(job["pages"]["script"]), **published)
    assert done.returncode == 0, done.stderr
    assert (checkout.folder / "public/index.html").is_file()
    request = {"CI_API_V4_URL": gitlab, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7"}
    script = "\n".join(job["reportgen-compare"]["script"])
    for _ in range(2):
        done = checkout.run(script, **TOKEN, **published, **request)
        assert done.returncode == 1, done.stderr  # the gate
    notes = "/api/v4/projects/3/merge_requests/7/notes"
    assert Notes.calls == [f"POST {notes}", f"PUT {notes}/9"]
    assert Notes.notes[0]["body"] == (checkout.folder / "summary.md").read_text("utf-8")


def test_nothing_is_overwritten_and_gitlab_gets_a_file_to_include(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine")
    done = reportgen(["init", "--gitlab"], tmp_path)
    assert "include: [{ local: .gitlab/reportgen.yml }]" in done.stderr
    again = reportgen(["init", "--gitlab"], tmp_path)
    assert again.returncode == 2
    assert ".gitlab/reportgen.yml is there already" in again.stderr
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine"


def test_workflows_go_to_the_root_of_a_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "below").mkdir()
    done = reportgen(["init", "--github"], tmp_path / "below")
    assert done.returncode == 2
    assert f"cd {tmp_path}" in done.stderr
    assert list((tmp_path / "below").iterdir()) == []


def test_the_address_of_the_config_is_that_of_the_workflow(tmp_path: Path) -> None:
    (tmp_path / "reportgen.toml").write_text('[site]\nurl = "https://example.org/coffee/"\n')
    assert reportgen(["init", "--github"], tmp_path).returncode == 0
    text = (tmp_path / GITHUB).read_text("utf-8")
    assert yaml.safe_load(text)["env"] == {"SITE_URL": "https://example.org/coffee/"}
