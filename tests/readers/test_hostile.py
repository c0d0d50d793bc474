"""No file makes us open another file or a connection, whichever way it is read."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
import shapely

from gisclusters import readers
from gisclusters.errors import GisClustersError, InputRefusedError
from gisclusters.readers import ReadOptions, sandbox
from gisclusters.readers.sandbox import Task
from tests.readers.hostile import (
    SECRET,
    SQUARE,
    canaries,
    hostile_files,
    listener,
    untouched,
)

CRS = ReadOptions(crs="EPSG:9216")


class Scene:
    """Hostile files, the canaries they want, and the log of the server they call."""

    def __init__(self, root, address):
        self.log = root / "calls.log"
        self.outside = canaries(root / "outside")
        self.files = hostile_files(root / "files", address, self.outside)
        self.plan = root / "plan.geojson"
        self.plan.write_text(json.dumps(
            {"type": "Feature", "properties": {"name": "a"},
             "geometry": json.loads(shapely.to_geojson(SQUARE))}
        ))  # fmt: skip
        self.settle()

    def settle(self):
        """Forget what happened so far."""
        self.log.write_bytes(b"")
        self.read_at = untouched(self.outside)

    def tasks(self):
        for path in self.files.values():
            yield Task(kind="clusters", path=path, options=CRS)
            yield Task(kind=None, path=path)
            yield Task(kind="plans", path=self.plan,
                       options=ReadOptions(crs="EPSG:9216", ground=str(path)))  # fmt: skip

    def nothing_happened(self, told):
        assert self.log.read_bytes() == b""
        assert [name for name, words in told.items() if SECRET in words] == []
        assert self.read_at() == []


@pytest.fixture(scope="module")
def quiet_scene(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    with listener(root / "calls.log") as address:
        yield Scene(root, address)


@pytest.fixture
def scene(quiet_scene):
    quiet_scene.settle()
    return quiet_scene


def told_by(task):
    if task.kind is None:
        return str(readers.inspect_file(task.path, task.options))
    layer = readers.read_layer(task.kind, task.path, task.options)
    return f"{layer.frame.to_dict()} {layer.issues}"


def name_of(task):
    return f"{task.kind} {task.options.ground or task.path}"


def test_the_canaries_and_the_server_would_notice(scene):
    address = str(scene.files["name 3"]).replace("http:/", "http://")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(address)
    assert b"GET /a.geojson" in scene.log.read_bytes()
    seen = told_by(Task(kind="clusters", path=scene.outside / "canary.gpkg"))
    with pytest.raises(AssertionError):
        scene.nothing_happened({})
    scene.log.write_bytes(b"")
    with pytest.raises(AssertionError):
        scene.nothing_happened({"canary.gpkg": seen})


def test_nothing_reaches_out_in_process(scene):
    told = {}
    for task in scene.tasks():
        try:
            told[name_of(task)] = told_by(task)
        except GisClustersError as refusal:
            told[name_of(task)] = str(refusal)
    scene.nothing_happened(told)


def test_nothing_reaches_out_of_the_worker(scene):
    tasks = list(scene.tasks())
    told = {}
    for task, outcome in zip(tasks, sandbox.read_apart(tasks), strict=True):
        codes = (
            {i.code for i in outcome.issues} if isinstance(outcome, InputRefusedError) else set()
        )
        assert "reader_crashed" not in codes, (name_of(task), str(outcome))
        shown = getattr(outcome, "frame", None)
        told[name_of(task)] = f"{outcome} {'' if shown is None else shown.to_dict()}"
    scene.nothing_happened(told)


_COMMANDS = """
import json, os, sys
from gisclusters.cli.main import main
for line in json.load(sys.stdin):
    try:
        main(line)
    except SystemExit as leave:
        if leave.code not in (0, 2, 3):
            print("EXIT", leave.code, line)
"""


@pytest.mark.parametrize("mode", ["never", "auto"])
def test_nothing_reaches_out_of_a_command(scene, tmp_path, mode):
    store = ["--store", str(tmp_path / "store.gpkg")]
    lines = [["inspect", str(path)] for path in scene.files.values()]
    lines += [["ingest", kind, str(path), "--crs", "EPSG:9216", "--dry-run", *store]
              for path in scene.files.values() for kind in ("clusters",)]  # fmt: skip
    lines += [["ingest", "plans", str(scene.plan), "--crs", "EPSG:9216", "--dry-run",
               "--ground", str(path), *store] for path in scene.files.values()]  # fmt: skip
    if mode == "auto":
        lines = lines[::30]  # each may start a worker
    run = subprocess.run(
        [sys.executable, "-c", _COMMANDS], input=json.dumps(lines), cwd=tmp_path, text=True,
        capture_output=True, check=True,
        env=dict(os.environ, GISCLUSTERS_SANDBOX=mode, PYTHONUTF8="1"),
    )  # fmt: skip
    assert "EXIT" not in run.stdout
    assert "Traceback" not in run.stderr
    scene.nothing_happened({"output": run.stdout + run.stderr})
