"""What the wheel carries: the pages' scripts with their licences, the samples, the catalogue."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


def build(target: str, source: Path, out: Path, **environment: str) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)],
        cwd=source,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [made] = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """A wheel built from the sdist where npm cannot be found, so that nothing can be fetched."""
    folder = tmp_path_factory.mktemp("build")
    sdist = build("sdist", root, folder / "sdist")
    unpack = [sys.executable, "-m", "tarfile", "--extract", str(sdist), str(folder / "source")]
    subprocess.run(unpack, check=True, capture_output=True)
    [source] = (folder / "source").iterdir()
    with zipfile.ZipFile(build("wheel", source, folder / "wheel", PATH="")) as archive:
        yield archive


def test_the_wheel_carries_every_named_file_and_licence_of_the_pages(wheel, root):
    manifest = json.loads(wheel.read("gisclusters/_assets/manifest.json"))
    chosen = json.loads((root / "package.json").read_text("utf-8"))["gisclusters"]["assets"]
    assert {package["name"]: package["files"] for package in manifest["packages"]} == chosen
    for package in manifest["packages"]:
        assert any("license" in file.lower() for file in package["files"]), package["name"]
        for file in package["files"]:
            assert wheel.getinfo(f"gisclusters/_assets/{package['name']}/{file}").file_size > 0


def test_the_wheel_carries_every_file_of_the_package(wheel, root):
    package = root / "gisclusters"
    wanted = {
        path.relative_to(root).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= set(wheel.namelist())


def test_the_wheel_carries_the_samples_without_the_scripts_that_made_them(wheel, root):
    samples = root / "data" / "samples"
    wanted = {
        f"gisclusters/_samples/{path.relative_to(samples).as_posix()}"
        for path in samples.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    carried = {name for name in wheel.namelist() if name.startswith("gisclusters/_samples/")}
    assert carried == wanted
    assert "gisclusters/_samples/ANSWERS.md" in carried


def test_the_wheel_holds_nothing_but_the_package(wheel):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"gisclusters"}
