"""The locks: hashes for everything, no address of a registry, in step with what they lock."""

import json
import re
import subprocess
import tomllib

import pytest

PYTHON_LOCKS = ("requirements.lock", "requirements-npm.lock", "requirements-bench.lock")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_pins_and_hashes_every_package_and_names_no_index(root, name):
    text = (root / name).read_text(encoding="utf-8")
    assert "://" not in text
    body = re.sub(r"(?m)^\s*#.*\n", "", text).replace("\\\n", " ")
    lines = body.splitlines()
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9.-]+==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_the_lock_holds_everything_that_the_project_asks_for(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {normal(re.split(r"[<>=;\s]", line)[0]) for line in wanted}
    locked = re.findall(r"(?m)^([a-z0-9.-]+)==", (root / PYTHON_LOCKS[0]).read_text("utf-8"))
    assert names <= {normal(name) for name in locked}


def locked(root, name):
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==(\S+)", (root / name).read_text("utf-8")))


def test_the_lock_of_the_benchmark_adds_to_the_other_and_changes_nothing(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["dependency-groups"]["bench"]
    names = {normal(re.split(r"[<>=;\s]", line)[0]) for line in wanted}
    main, bench = locked(root, PYTHON_LOCKS[0]), locked(root, PYTHON_LOCKS[2])
    assert names <= bench.keys()
    assert names.isdisjoint(main)
    common = main.keys() & bench.keys()
    assert {name: main[name] for name in common} == {name: bench[name] for name in common}


def test_the_npm_lock_has_sums_and_no_addresses(root):
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert fetched
    for name, entry in fetched.items():
        assert entry["integrity"].startswith("sha512-"), name
        # A package may say who pays for it; nothing else may hold an address.
        rest = {key: value for key, value in entry.items() if key != "funding"}
        assert "resolved" not in rest, name
        assert "://" not in json.dumps(rest), name


def test_the_pages_get_the_leaflet_that_folium_expects(root):
    from folium import Map
    from folium.plugins import Fullscreen

    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    links = [link for _, link in Map.default_js + Fullscreen.default_js]
    for name in ("leaflet", "leaflet.fullscreen"):
        version = packages[f"node_modules/{name}"]["version"]
        assert any(f"/{name}@{version}/" in link for link in links)


def test_no_tracked_file_is_made_by_the_build(root):
    done = subprocess.run(
        ["git", "ls-files", "gisclusters/_assets", "gisclusters/_samples", "node_modules"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    assert done.stdout == ""
