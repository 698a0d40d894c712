"""The front-end files of others: whole, listed, and with their licence. No network."""

import shutil
from pathlib import Path

import pytest
import vendor


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(vendor.FOLDER, tmp_path / "vendor")


def test_the_carried_files_are_those_of_the_manifest() -> None:
    vendor.check(vendor.FOLDER)


def test_every_package_comes_with_its_licence() -> None:
    for package in vendor.PACKAGES:
        (name,) = (name for name in package.files if "LICENSE" in name)
        assert f"The {package.licence} License" in (vendor.FOLDER / name).read_text("utf-8")


def test_a_changed_file_is_named(copied: Path) -> None:
    (copied / "uPlot.min.css").write_text("", "utf-8")
    with pytest.raises(vendor.Mismatch, match=r"^uPlot\.min\.css was changed$"):
        vendor.check(copied)


def test_a_file_that_is_missing_or_not_listed_is_named(copied: Path) -> None:
    (copied / "other.js").touch()
    with pytest.raises(vendor.Mismatch, match=r"^other\.js is not listed$"):
        vendor.check(copied)
    (copied / "other.js").unlink()
    (copied / "uPlot.min.css").unlink()
    with pytest.raises(vendor.Mismatch, match=r"^uPlot\.min\.css is missing$"):
        vendor.check(copied)


def test_a_manifest_of_another_release_is_noticed(copied: Path) -> None:
    path = copied / vendor.MANIFEST
    path.write_text(path.read_text("utf-8").replace("1.6.32", "1.6.31"), "utf-8")
    with pytest.raises(vendor.Mismatch, match=r"of other packages"):
        vendor.check(copied)
