"""Fetch the front-end files of others that the default theme carries, from the package registry.

    python scripts/vendor.py          # fetch them again; the same bytes, or an error
    python scripts/vendor.py --check  # only compare the files here with manifest.toml; no network

Fetching needs npm, and asks the registry that npm is set up for. What a package must be is pinned
below by the registry's own digest. To take a newer release, change version and digest.
"""

import argparse
import base64
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "themes" / "default" / "static" / "vendor"
MANIFEST = "manifest.toml"


@dataclass(frozen=True, slots=True)
class Package:
    """A release of a package, and the files of it that are carried."""

    name: str
    version: str
    licence: str  # SPDX
    integrity: str  # of its archive, as registries give it: "sha512-" and base64
    files: Mapping[str, str]  # name here: path in the archive, below its one folder


PACKAGES = (
    Package(
        "uplot",
        "1.6.32",
        "MIT",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {
            "uPlot.iife.min.js": "dist/uPlot.iife.min.js",
            "uPlot.min.css": "dist/uPlot.min.css",
            "uPlot.LICENSE.txt": "LICENSE",
        },
    ),
)


class Mismatch(Exception):
    """A file or an archive is not what it must be."""


def main() -> None:
    """Fetch or check; exit 1 with a reason where something is not as it must be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare files, fetch nothing")
    try:
        if not parser.parse_args().check:
            fetch(FOLDER)
        check(FOLDER)
    except Mismatch as error:
        sys.exit(f"vendor: {error}")


def fetch(folder: Path) -> None:
    """Write the files of all packages and the manifest. Raises Mismatch for a wrong archive."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        archive = _packed(package)
        if _integrity(archive) != package.integrity:
            raise Mismatch(f"the archive of {package.name} {package.version} has another digest")
        files |= _unpacked(package, archive)
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    (folder / MANIFEST).write_text(manifest(files), "utf-8")


def _packed(package: Package) -> bytes:
    """The archive of a package, by npm."""
    wanted = f"{package.name}@{package.version}"
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", "--ignore-scripts", wanted]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Mismatch(f"npm could not fetch {wanted}: {done.stderr.strip()}")
        return (Path(scratch) / done.stdout.split()[-1]).read_bytes()


def _integrity(archive: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def _unpacked(package: Package, archive: bytes) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for name, path in package.files.items():
            member = members.extractfile(f"package/{path}")
            if member is None:
                raise Mismatch(f"{package.name} has no file {path}")
            found[name] = member.read()
    return found


def manifest(files: Mapping[str, bytes]) -> str:
    """What is carried, as TOML: packages, and of each the sha-256 of its files."""
    parts = ["# Written by scripts/vendor.py: what of others is carried here. Do not edit."]
    for package in PACKAGES:
        parts.append(
            f'\n[[package]]\nname = "{package.name}"\nversion = "{package.version}"\n'
            f'licence = "{package.licence}"\nsource = "npm:{package.name}@{package.version}"\n'
            f'integrity = "{package.integrity}"\n\n[package.files]'
        )
        parts += [
            f'"{name}" = {{ from = "{path}", sha256 = "{_sha256(files[name])}" }}'
            for name, path in package.files.items()
        ]
    return "\n".join(parts) + "\n"


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def check(folder: Path) -> None:
    """Compare a folder with its manifest, and the manifest with the packages named here.

    Raises Mismatch with the first difference: a file missing, changed, or not listed.
    """
    text = (folder / MANIFEST).read_text("utf-8")
    listed = {
        name: file["sha256"]
        for package in tomllib.loads(text)["package"]
        for name, file in package["files"].items()
    }
    here = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != MANIFEST}
    if odd := sorted(here.keys() ^ listed.keys()):
        raise Mismatch(f"{odd[0]} is {'not listed' if odd[0] in here else 'missing'}")
    for name, digest in listed.items():
        if _sha256(here[name]) != digest:
            raise Mismatch(f"{name} was changed")
    if listed.keys() != {name for package in PACKAGES for name in package.files}:
        raise Mismatch(f"{MANIFEST} lists other files than scripts/vendor.py")
    if manifest(here) != text:
        raise Mismatch(f"{MANIFEST} is of other packages than scripts/vendor.py")


if __name__ == "__main__":
    main()
