"""A worker gives what reading in process gives, or a refusal in words, and leaves nothing behind."""

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters import readers
from gisclusters.drivers import CLOSED_GDAL, REACHING_DRIVERS
from gisclusters.errors import GisClustersError, InputRefusedError, UsageError
from gisclusters.layers.known import Known
from gisclusters.readers import ReadOptions, sandbox, wire
from gisclusters.readers.sandbox import Limits, Task
from gisclusters.words import issue_text

LONG = os.environ.get("GISCLUSTERS_LONG") == "1"
CRS = ReadOptions(crs="EPSG:9216")
DRIVERS = {".kml": "KML", ".fgb": "FlatGeobuf"}
SQUARE = shapely.box(552_800, 1_587_000, 552_900, 1_587_100)
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc of Linux")


def square(folder, name="a.geojson"):
    path = folder / name
    path.write_text('{"type": "Feature", "properties": {"name": "Đất"}, "geometry": %s}'
                    % shapely.to_geojson(SQUARE))  # fmt: skip
    return path


def huge(folder, millions=100):
    """A sound GeoJSON of so many million bytes: there is nothing to do but to read it."""
    path = folder / "huge.geojson"
    shape = '{"type":"Feature","properties":{},"geometry":%s},' % shapely.to_geojson(SQUARE)
    with path.open("w") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for _ in range(millions):
            file.write(shape * (1_000_000 // len(shape)))
        file.write(shape[:-1] + "]}")
    return path


def refused(path, **limits):
    with pytest.raises(InputRefusedError) as refusal:
        sandbox.read_layer("clusters", path, CRS, mode="always", limits=Limits(**limits))
    [issue] = refusal.value.issues
    assert issue.layer == path.name
    assert all(all(issue_text(issue, lang)) for lang in ("vi", "en"))
    return issue


def workers(parent=None):
    """The process ids of running workers (of one parent)."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (place / "stat").read_text().rpartition(")")[2].split()
            told = (place / "cmdline").read_bytes()
            if (
                b"worker.py" in told
                and status[0] != "Z"
                and int(status[1]) == (parent or os.getpid())
            ):
                found.append(int(place.name))
    return found


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def same(here, there):
    """Equal to the last bit and type, frames cell by cell."""
    assert type(here) is type(there)
    if isinstance(here, pd.DataFrame):
        pd.testing.assert_frame_equal(pd.DataFrame(here), pd.DataFrame(there), check_exact=True)
        assert getattr(here, "crs", None) == getattr(there, "crs", None)
        for name in filter(lambda name: pd.api.types.is_object_dtype(here[name]), here.columns):
            assert [type(cell) for cell in here[name]] == [type(cell) for cell in there[name]]
    elif hasattr(here, "frame"):
        for each in fields(here):
            same(getattr(here, each.name), getattr(there, each.name))
    elif isinstance(here, GisClustersError):
        assert str(here) == str(there)
        assert getattr(here, "issues", ()) == getattr(there, "issues", ())
    else:
        assert here == there


def in_process(task):
    try:
        if task.kind is None:
            return readers.inspect_file(task.path, task.options)
        return readers.read_layer(task.kind, task.path, task.options)
    except GisClustersError as fault:
        return fault


def compare(paths, kinds=("clusters", "markers", "plans", "leases", None)):
    tasks = [Task(kind=kind, path=path, options=CRS) for path in paths for kind in kinds]
    outcomes = sandbox.read_apart(tasks)
    for task, outcome in zip(tasks, outcomes, strict=True):
        try:
            same(in_process(task), outcome)
        except AssertionError as fault:
            raise AssertionError(f"{task.kind} {task.path}: {fault}") from fault
    return outcomes


def files_of(folder, most=20_000_000):
    return [path for path in sorted(folder.rglob("*"))
            if path.is_file() and path.stat().st_size < most]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_the_samples_come_back_equal(root):
    outcomes = compare(files_of(root / "data" / "samples"))
    assert sum(not isinstance(outcome, GisClustersError) for outcome in outcomes) > 20


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", ["vn_formats", "awkward_files", "dxf_boundaries"])
def test_real_files_come_back_equal(shared_data, folder):
    outcomes = compare(files_of(shared_data / "real" / folder), kinds=("clusters", "plans", None))
    read = sum(not isinstance(outcome, GisClustersError) for outcome in outcomes)
    assert read > 2 or folder == "awkward_files"


def test_a_plan_has_its_ground_and_places_in_the_worker_too(tmp_path, monkeypatch):
    plan = square(tmp_path)
    gpd.GeoDataFrame({"place_id": ["P1"], "name": ["Xã"], "level": ["commune"]},
                     geometry=[SQUARE.buffer(500)], crs=9216).to_file(tmp_path / "p.gpkg")  # fmt: skip
    places = readers.read_layer("places", tmp_path / "p.gpkg")
    monkeypatch.chdir(tmp_path)
    for ground in ("P1", "p.gpkg", "all", "nowhere"):
        task = Task(kind="plans", path=plan,
                    options=ReadOptions(crs="EPSG:9216", ground=ground, known=Known(places=[places])))  # fmt: skip
        [outcome] = sandbox.read_apart([task])
        same(in_process(task), outcome)
        assert isinstance(outcome, GisClustersError) == (ground == "nowhere")


def test_a_wrong_question_stays_one(tmp_path):
    with pytest.raises(UsageError) as fault:
        sandbox.read_layer("clusters", square(tmp_path), ReadOptions(crs="EPSG:zzz"), mode="always")
    assert fault.value.key == "errors.crs_unreadable"


def test_frames_travel_bit_for_bit(tmp_path):
    frame = gpd.GeoDataFrame(
        {
            "text": pd.Series(["Đất", None, ""], dtype=object),
            "str": pd.Series(["a", None, "c"], dtype="str"),
            "mixed": pd.Series([1, b"\0", [1.5, None]], dtype=object),
            "number": [1.5, np.nan, -0.0],
            "whole": pd.Series([1, None, 2**60], dtype="Int64"),
            "yes": pd.Series([True, None, False], dtype="boolean"),
            "day": pd.to_datetime(["2026-11-15", None, "1900-01-01"]).astype("datetime64[s]"),
            "hour": pd.to_datetime(["2026-11-15T10:00+07:00"] * 3, utc=True),
        },
        geometry=[SQUARE, None, shapely.Point(0.1, np.nextafter(0.2, 1))], crs=9216,
    )  # fmt: skip
    wire.pack({"frame": frame, 3: (None, float("nan"), frozenset("a"))}, tmp_path, "a")
    back = wire.unpack(tmp_path, "a")
    same(frame, back["frame"])
    assert back[3][2] == {"a"}
    same(
        frame[:0].reset_index(drop=True),
        _there_and_back(frame[:0].reset_index(drop=True), tmp_path),
    )
    with pytest.raises(TypeError, match="does not travel"):
        wire.pack(threading, tmp_path, "b")


def _there_and_back(value, folder):
    wire.pack(value, folder, "again")
    return wire.unpack(folder, "again")


def test_a_worker_knows_no_driver_that_reaches_out(tmp_path):
    """The effect in each library, asked in a process of its own."""
    code = """if True:
        import fiona, pyogrio, rasterio
        with rasterio.Env() as env: rasters = set(env.drivers())
        with fiona.Env() as env: streams = set(env.drivers())
        print(*(set(pyogrio.list_drivers()) | rasters | streams), sep="|")"""
    run = subprocess.run([sys.executable, "-c", code], env=os.environ | CLOSED_GDAL, text=True,
                         capture_output=True, check=True)  # fmt: skip
    left = set(run.stdout.strip().split("|"))
    assert {"GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf", "KML", "GTiff"} <= left
    assert not left & set(REACHING_DRIVERS)
    assert not {name for name in left if name.startswith(("WM", "WF", "WC", "OGC", "OAP"))}


@linux
def test_the_limits_are_in_force_here():
    measures = sandbox.measures()
    assert {name for name, held in measures.items() if not held} <= {"network"}


@linux
def test_a_file_that_takes_too_long_is_stopped(tmp_path):
    path = huge(tmp_path)
    started = time.monotonic()
    assert refused(path, wall_s=2).code == "reader_too_slow"
    assert time.monotonic() - started < 5
    issue = refused(path, cpu_s=1)
    assert (issue.code, issue.params["limit"]) == ("reader_too_slow", 1)
    assert not workers()


@linux
def test_an_archive_that_swells_is_stopped_by_memory(tmp_path):
    size = 1_950 if LONG else 400
    path = tmp_path / "swells.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, \
            archive.open("a.geojson", "w", force_zip64=True) as member:  # fmt: skip
        member.write(b'{"type":"FeatureCollection","features":[')
        for _ in range(size):
            member.write(b"[0,0],[0,0],    " * 62_500)
        member.write(b"0]}")
    assert path.stat().st_size < 20_000_000
    issue = refused(path, memory_bytes=1 << 30)
    assert (issue.code, issue.field) == ("reader_too_large", "memory")


@linux
def test_what_a_worker_writes_is_bounded(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b"{" + b" " * 50_000_000 + b"}")
    issue = refused(path, written_bytes=10_000_000)
    assert (issue.code, issue.field, issue.params["limit"]) == ("reader_too_large", "written", 10)


def bombs(folder):
    workbook = folder / "bomb.xlsx"
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(600):
                sheet.write(b"<row><c><v>1</v></c></row>" * 38_461)
    lying = folder / "lying.zip"
    with zipfile.ZipFile(lying, "w") as archive:
        archive.writestr("a.geojson", "{}")
    content = bytearray(lying.read_bytes())
    place = content.index(b"PK\1\2") + 24
    content[place : place + 4] = struct.pack("<I", 0xFFFF_FFF0)
    lying.write_bytes(content)
    sparse = folder / "sparse.zip"
    with sparse.open("wb") as file:
        file.write(b"PK\3\4")
        file.seek(10 << 30)
        file.write(b"\0" * 1000)
    many = folder / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), b"")
    return workbook, lying, sparse, many


def test_a_geojson_too_large_for_this_process_is_read_in_a_worker(tmp_path):
    path = square(tmp_path)
    assert sandbox._at_home(Task(kind="clusters", path=path), "auto")
    with path.open("ab") as file:
        file.truncate(200_000_001)
    assert not sandbox._at_home(Task(kind="clusters", path=path), "auto")


@pytest.mark.parametrize("mode", ["always", "auto", "never"])
def test_bombs_are_refused_before_they_swell(tmp_path, mode):
    for path in bombs(tmp_path):
        started = time.monotonic()
        with pytest.raises(InputRefusedError) as refusal:
            sandbox.read_layer("clusters", path, CRS, mode=mode)
        assert refusal.value.issues[0].code in {"archive_too_large", "file_damaged"}
        assert time.monotonic() - started < 5


@linux
def test_a_worker_that_is_struck_down_is_a_refusal(tmp_path):
    path = huge(tmp_path)
    with ThreadPoolExecutor() as pool:
        told = pool.submit(refused, path)
        os.kill(wait_for(workers)[0], signal.SIGSEGV)
        issue = told.result()
    assert (issue.code, issue.params["reason"]) == ("reader_crashed", "SIGSEGV")


@linux
def test_the_files_after_one_that_ends_the_worker_are_read(tmp_path):
    good, slow = square(tmp_path), huge(tmp_path)
    tasks = [Task(kind="clusters", path=path, options=CRS) for path in (good, slow, good, good)]
    outcomes = sandbox.read_apart(tasks, Limits(wall_s=3))
    assert [len(outcome) if not isinstance(outcome, Exception) else outcome.issues[0].code
            for outcome in outcomes] == [1, "reader_too_slow", 1, 1]  # fmt: skip


def test_two_workers_at_once(tmp_path):
    paths = [square(tmp_path, f"{letter}.geojson") for letter in "abcd"]
    with ThreadPoolExecutor(2) as pool:
        layers = list(pool.map(
            lambda path: sandbox.read_layer("clusters", path, CRS, mode="always"), paths
        ))  # fmt: skip
    assert [layer.frame["cluster_id"][0] for layer in layers] == list("abcd")


@linux
def test_a_killed_parent_leaves_no_worker_and_its_folder_is_swept(tmp_path, monkeypatch):
    path = huge(tmp_path)
    boxes = tmp_path / "boxes"
    boxes.mkdir()
    code = f"""if True:
        from gisclusters.readers import sandbox
        sandbox.read_layer("clusters", {str(path)!r}, mode="always")"""
    parent = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(boxes)})
    [worker] = wait_for(lambda: workers(parent.pid))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not Path("/proc", str(worker)).exists()
             or "Z" in Path("/proc", str(worker), "stat").read_text().rpartition(")")[2][:3], 5)  # fmt: skip
    [left] = boxes.iterdir()
    monkeypatch.setattr(tempfile, "tempdir", str(boxes))
    sandbox.measures()
    assert list(boxes.iterdir()) == [left]  # young: its owner may be about to lock it
    os.utime(left, (0, 0))
    sandbox.measures()
    assert list(boxes.iterdir()) == []


@linux
def test_a_living_worker_keeps_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with sandbox._box() as mine:
        os.utime(mine, (0, 0))
        sandbox.measures()
        assert mine.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_not_told_to_the_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("GDAL_DRIVER_PATH", "/elsewhere")
    told = sandbox._environment(tmp_path)
    assert "PGPASSWORD" not in told
    assert told["GDAL_DRIVER_PATH"] == "disable"
    assert told["HOME"] == told["TMPDIR"] == str(tmp_path)


@pytest.mark.parametrize(
    ("name", "mode", "apart"),
    [("a.geojson", "auto", False), ("a.gpkg", "auto", False), ("a.csv", "auto", False),
     ("a.shp", "auto", True), ("a.fgb", "auto", True), ("a.kml", "auto", True),
     ("a.zip", "auto", True), ("a.shp", "never", False), ("a.geojson", "always", True)],
)  # fmt: skip
def test_who_reads_what(tmp_path, monkeypatch, name, mode, apart):
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("X;Y\n1587000;552800\n1587100;552800\n1587100;552900\n")
    elif name.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(square(tmp_path), "a.geojson")
    else:
        frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[SQUARE], crs=9216)
        frame = frame.to_crs(4326) if name.endswith("kml") else frame
        frame.to_file(path, driver=DRIVERS.get(path.suffix))
    monkeypatch.setenv("GISCLUSTERS_SANDBOX", mode)
    options = ReadOptions() if name.endswith("kml") else CRS
    started = []
    monkeypatch.setattr(
        sandbox, "read_apart", lambda tasks, limits: started.append(1) or [in_process(tasks[0])]
    )
    assert len(sandbox.read_layer("clusters", path, options)) == 1
    assert bool(started) == apart


def test_a_ground_of_another_form_takes_the_plan_along(tmp_path):
    plan = square(tmp_path)
    gpd.GeoDataFrame(geometry=[SQUARE.buffer(9)], crs=9216).to_file(tmp_path / "g.fgb")
    task = Task(kind="plans", path=plan, options=CRS)
    assert sandbox._at_home(task, "auto")
    (tmp_path / "a.geojson.meta.yaml").write_text("ground: g.fgb\n")
    assert not sandbox._at_home(task, "auto")
    layer = sandbox.read_layer("plans", plan, CRS)
    same(in_process(task), layer)


def test_an_unknown_mode_is_a_usage_error(monkeypatch, tmp_path):
    monkeypatch.setenv("GISCLUSTERS_SANDBOX", "sometimes")
    with pytest.raises(UsageError) as fault:
        sandbox.read_layer("clusters", square(tmp_path))
    assert fault.value.key == "errors.sandbox_mode"


def test_doctor_says_what_is_in_force(monkeypatch, tmp_path):
    from gisclusters.workflows.doctor import examine

    found = {row.name: row for row in examine(str(tmp_path / "no.gpkg"))}
    assert found["sandbox"].detail.startswith("auto, ")
    monkeypatch.setenv("GISCLUSTERS_SANDBOX", "never")
    found = {row.name: row for row in examine(str(tmp_path / "no.gpkg"))}
    assert (found["sandbox"].state, found["sandbox"].detail[:5]) == ("note", "never")


def test_an_answer_that_is_no_answer_is_a_crash(tmp_path):
    (tmp_path / "answer0.json").write_text(json.dumps({"~": "Popen", "fields": {}}))
    task = Task(kind="clusters", path=tmp_path / "a.geojson")
    outcome = sandbox._outcome({"done": True}, task, sandbox.LIMITS, tmp_path, 0)
    assert outcome.issues[0].code == "reader_crashed"
