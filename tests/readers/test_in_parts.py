"""A file taken in part by part is the file read whole, and is refused as a whole."""

import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisclusters import readers
from gisclusters.domain.telling import EXAMPLES, together
from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer, sandbox
from gisclusters.readers.sandbox import Limits
from gisclusters.store import open_store
from gisclusters.workflows.ingest import ingest
from tests.sizes import sized

CRS = ReadOptions(crs="EPSG:9216")
DRIVERS = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON", "fgb": "FlatGeobuf",
           "geojsonl": "GeoJSONSeq"}  # fmt: skip
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def frame(count=20, crs=9216, **columns):
    shapes = [shapely.box(552_000 + 10 * k, 1_587_000, 552_010 + 10 * k, 1_587_020)
              for k in range(count)]  # fmt: skip
    table = {"parcel_id": [f"T{k}" for k in range(count)],
             "owner": [f"Nguyễn Thửa {k}" for k in range(count)],
             "floors": [None if k == 7 else k for k in range(count)], **columns}  # fmt: skip
    made = gpd.GeoDataFrame(table, geometry=shapes, crs=9216)
    made["floors"] = made["floors"].astype("Int64")
    return made.to_crs(crs)


def write(table, path):
    driver = DRIVERS[path.suffix[1:]]
    table.to_file(path, driver=driver, encoding="utf-8", index=False)
    return path


def in_parts(path, options=CRS, *, size=6, kind="parcels", **how):
    with readers.read_parts(kind, path, options, size=size, from_bytes=0, **how) as parts:
        return list(parts.layers)


def joined(parts):
    return pd.concat([part.frame for part in parts], ignore_index=True)


@pytest.mark.parametrize("ending", DRIVERS)
def test_parts_are_the_whole(ending, tmp_path):
    path = write(frame(crs=4326 if ending == "geojsonl" else 9216), tmp_path / f"thửa.{ending}")
    options = ReadOptions() if ending in {"gpkg", "fgb", "geojson", "geojsonl"} else CRS
    parts, whole = in_parts(path, options), read_layer("parcels", path, options)
    assert [len(part) for part in parts] == [6, 6, 6, 2]
    pd.testing.assert_frame_equal(joined(parts), whole.frame, check_dtype=False)
    assert {part.crs for part in parts} == {whole.crs}
    assert {part.source.sha256 for part in parts} == {whole.source.sha256}
    told = together([issue for part in parts for issue in part.issues], layer=path.name)
    assert set(map(str, told)) == set(map(str, whole.issues))


@pytest.mark.parametrize("mode", ["always", "never"])
@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_a_worker_gives_the_same_parts(mode, ending, tmp_path):
    path = write(frame(), tmp_path / f"a.{ending}")
    with sandbox.read_parts("parcels", path, CRS, mode=mode, size=6, from_bytes=0) as parts:
        there = list(parts.layers)
    here = in_parts(path)
    assert [layer.issues for layer in there] == [layer.issues for layer in here]
    pd.testing.assert_frame_equal(joined(there), joined(here))


def test_a_worker_hands_over_part_after_part(tmp_path):
    path = big(tmp_path, rows=1_600)
    with sandbox.read_parts("parcels", path, mode="always", size=300, from_bytes=0) as parts:
        assert (parts.count, parts.bounds[0]) == (1_600, 552_000.0)
        sizes = [len(layer) for layer in parts.layers]
    assert sizes == [300] * 5 + [100]


def test_a_worker_that_is_left_early_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "box"))
    (tmp_path / "box").mkdir()
    path = big(tmp_path, rows=1_600)
    with sandbox.read_parts("parcels", path, mode="always", size=300, from_bytes=0) as parts:
        next(parts.layers)
    assert list((tmp_path / "box").iterdir()) == []


def test_refusals_of_a_worker_in_parts_are_those_of_reading(tmp_path):
    with (
        pytest.raises(InputRefusedError) as refusal,
        sandbox.read_parts("parcels", tmp_path / "none.gpkg", mode="always"),
    ):
        pass
    assert [issue.code for issue in refusal.value.issues] == ["file_missing"]


def test_too_little_memory_is_said_in_parts_too(tmp_path):
    limits = Limits(memory_bytes=100 << 20)
    with (
        pytest.raises(InputRefusedError) as refusal,
        sandbox.read_parts("parcels", write(frame(), tmp_path / "a.gpkg"), mode="always",
                           limits=limits) as parts,
    ):  # fmt: skip
        list(parts.layers)
    assert refusal.value.issues[0].code in {"reader_too_large", "reader_crashed"}


@pytest.mark.parametrize("mode", ["always", "never"])
@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_what_the_caller_trips_over_is_no_fault_of_the_file(mode, ending, tmp_path):
    path = write(frame(), tmp_path / f"a.{ending}")
    with (
        pytest.raises(OSError, match="no space"),
        sandbox.read_parts("parcels", path, CRS, mode=mode, size=6, from_bytes=0) as parts,
    ):
        next(parts.layers)
        raise OSError("no space")


def test_rows_that_are_wrong_are_named_as_the_file_counts_them(tmp_path):
    table = frame()
    table["registered_area_m2"] = "200"
    table.loc[[3, 13, 19], "registered_area_m2"] = "hai trăm"
    path = write(table, tmp_path / "a.gpkg")
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(path)
    with pytest.raises(InputRefusedError) as whole:
        read_layer("parcels", path)
    rows = [(issue.row, issue.code) for issue in refusal.value.issues if issue.level == "error"]
    assert rows == [(i.row, i.code) for i in whole.value.issues if i.level == "error"]
    assert [row for row, _ in rows] == [4, 14, 20]


def test_made_ids_go_on(tmp_path):
    path = write(frame().drop(columns="parcel_id"), tmp_path / "đất.gpkg")
    assert joined(in_parts(path))["parcel_id"].tolist() == [f"đất-{k}" for k in range(1, 21)]


def test_the_encoding_is_told_from_all_of_the_text(tmp_path):
    """The first parts are ASCII; what follows is TCVN3."""
    owners = ["Kho A"] * 12 + ["C«ng ty TNHH §Êt ViÖt", "X· T©n LËp, huyÖn §øc Hoµ"] * 4
    path = tmp_path / "a.shp"
    frame(owner=owners).to_file(path, driver="ESRI Shapefile", encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink()
    parts = in_parts(path)
    told = joined(parts)["owner"].tolist()
    assert told == read_layer("parcels", path, CRS).frame["owner"].tolist()
    assert told[12] == "Công ty TNHH Đất Việt"
    assert sum(len(part.received_text) for part in parts if part.received_text is not None) >= 8


def test_degrees_are_judged_by_the_whole_file(tmp_path):
    """A GeoJSON that names no CRS: its first part could be degrees, the last cannot."""
    small = [shapely.box(k, 1, k + 0.5, 2) for k in range(10)]
    table = gpd.GeoDataFrame({"parcel_id": list("abcdefghijkl")},
                             geometry=[*small, *frame(2).geometry])  # fmt: skip
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features":
                                json.loads(table.to_json())["features"]}))  # fmt: skip
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(path, ReadOptions())
    assert "crs_missing" in {issue.code for issue in refusal.value.issues}


def test_a_file_without_rows_is_refused(tmp_path):
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(write(frame().iloc[:0], tmp_path / "a.gpkg"))
    assert {issue.code for issue in refusal.value.issues} == {"no_rows"}


def test_no_part_decides_the_decimal_mark_of_a_doubtful_number(tmp_path):
    """Each part alone would make 2.345 a number, one of them a thousand times the other."""
    areas = ["1.234,5"] + ["2.345"] * 9 + ["1,234.5"] + ["2.345"] * 9
    path = write(frame(registered_area_m2=areas), tmp_path / "a.gpkg")
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(path, size=10)
    rows = [issue.row for issue in refusal.value.issues if issue.code == "not_a_number"]
    assert rows == [*range(2, 11), *range(12, 21)]


def test_a_count_that_is_stale_is_no_fault_of_ours(tmp_path):
    path = write(frame(), tmp_path / "a.gpkg")
    with sqlite3.connect(path) as book:
        book.execute("DROP TRIGGER IF EXISTS trigger_delete_feature_count_a")
        book.execute("DELETE FROM a")
        book.execute("UPDATE gpkg_ogr_contents SET feature_count = 9")
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(path)
    assert {issue.code for issue in refusal.value.issues} == {"no_rows"}


def test_bounds_are_those_of_the_shapes(tmp_path):
    path = write(frame(), tmp_path / "a.gpkg")
    with sqlite3.connect(path) as book:
        book.execute("UPDATE gpkg_contents SET min_x = 0, max_x = 1")
    with readers.read_parts("parcels", path, CRS, size=6, from_bytes=0) as parts:
        assert parts.bounds == (552_000, 1_587_000, 552_200, 1_587_020)


def test_what_is_taken_in_parts_is_what_is_taken_whole(tmp_path, monkeypatch):
    table = frame(count=40)
    table.loc[11, "geometry"] = shapely.box(552_100, 1_587_000, 552_120, 1_587_020)
    path = write(table, tmp_path / "thửa.gpkg")
    with open_store(tmp_path / "whole.gpkg", create=True) as store:
        whole = ingest(store, "parcels", path, ReadOptions(), recorded_at=NOW)
        [there] = store.load("parcels")
    monkeypatch.setattr(
        "gisclusters.workflows.ingest.read_parts",
        lambda *given: readers.read_parts(*given, size=6, from_bytes=0),
    )
    said = []
    with open_store(tmp_path / "parts.gpkg", create=True) as store:
        parts = ingest(store, "parcels", path, ReadOptions(), recorded_at=NOW,
                       said=lambda step, **rest: said.append((step, rest)))  # fmt: skip
        [here] = store.load("parcels")
        assert store.check() == []
    pd.testing.assert_frame_equal(here.frame, there.frame)
    told = {str(issue) for issue in parts.issues if issue.code != "gaps_by_tiles"}
    assert told == set(map(str, whole.issues))
    assert any(issue.code.startswith("neighbours_overlap") for issue in parts.issues)
    assert parts.summary["rows"] == parts.run.sources[0].rows == 40
    counts = [rest["count"] for step, rest in said if step == "storing"]
    assert counts == [6, 12, 18, 24, 30, 36, 40]
    assert said[-1][0] == "neighbours"


def test_nothing_is_stored_of_a_file_whose_last_part_is_bad(tmp_path, monkeypatch):
    table = frame(count=20)
    table.loc[19, "parcel_id"] = "T0"
    path = write(table, tmp_path / "a.gpkg")
    monkeypatch.setattr(
        "gisclusters.workflows.ingest.read_parts",
        lambda *given: readers.read_parts(*given, size=6, from_bytes=0),
    )
    with open_store(tmp_path / "kho.gpkg", create=True) as store:
        with pytest.raises(InputRefusedError) as refusal:
            ingest(store, "parcels", path, ReadOptions(), recorded_at=NOW)
        assert store.load("parcels") == []
    [issue] = [each for each in refusal.value.issues if each.level == "error"]
    assert (issue.code, issue.row, issue.params["first_row"]) == ("id_repeated", 20, 1)


def test_issues_of_parts_are_counted_together(tmp_path):
    table = frame(count=3 * EXAMPLES)
    table["registered_area_m2"] = "hai trăm"
    with pytest.raises(InputRefusedError) as refusal:
        in_parts(write(table, tmp_path / "a.gpkg"), size=EXAMPLES + 50)
    [rest] = [each for each in refusal.value.issues if each.code == "more_of_the_same"]
    assert rest.params["count"] == 2 * EXAMPLES


def big(folder, rows):
    """Parcels of 400 bytes each, as GeoJSON."""
    path = folder / "big.geojson"
    head = '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:9216"}},'
    with path.open("w") as file:
        file.write(head + '"features":[')
        for k in range(rows):
            ring = shapely.to_geojson(
                shapely.box(552_000 + k % 400, 1_587_000 + k // 400, 552_001 + k % 400,
                            1_587_001 + k // 400)
            )  # fmt: skip
            file.write(("," if k else "") + '{"type":"Feature","properties":{"parcel_id":"T%d",'
                       '"note":"%s"},"geometry":%s}' % (k, "x" * 200, ring))  # fmt: skip
        file.write("]}")
    return path


READ = """
import re, sys
from pathlib import Path
from gisclusters.readers import read_parts
with read_parts("parcels", sys.argv[1], size=2000, from_bytes=int(sys.argv[2])) as parts:
    rows = sum(len(layer) for layer in parts.layers)
# VmHWM is of this program alone; what getrusage says begins with that of the parent.
print(rows, re.search("VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak_kb(path, from_bytes):
    done = subprocess.run([sys.executable, "-c", READ, str(path), str(from_bytes)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    rows, peak = map(int, done.stdout.split())
    return rows, peak


@pytest.mark.skipif(sys.platform != "linux", reason="/proc of Linux")
def test_memory_does_not_grow_with_the_file(tmp_path):
    """Read whole, the same file takes several times its size more."""
    rows = sized(80_000, 800_000)
    few, floor = peak_kb(big(tmp_path, rows // 10), 0)
    path = big(tmp_path, rows)
    many, parts = peak_kb(path, 0)
    _, whole = peak_kb(path, path.stat().st_size + 1)
    assert (few, many) == (rows // 10, rows)
    growth_kb = path.stat().st_size / 1024 * 0.4
    assert parts - floor < growth_kb < whole - floor
