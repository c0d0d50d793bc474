"""Odd and broken files of other people: each opens as it is, or is refused for its real fault."""

import csv
import subprocess
import sys
import time
import warnings
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely

from gisclusters.errors import GisClustersError, InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.readers.files import sniff, unpack
from gisclusters.readers.vector import read_vector
from gisclusters.readers.vector_files import is_layered, layer_names, layers_of
from gisclusters.words import issue_text

LONGEST_S = 30
MOST_LAYERS = 8
ARCHIVES = [
    "awkward_files/fiona_data", "awkward_files/mapshaper_clean",
    "awkward_files/mapshaper_encodings", "awkward_files/mapshaper_gpkg",
    "awkward_files/mapshaper_shapefiles", "awkward_files/pyogrio_fixtures",
    "awkward_files/sf_data", "uk_planning_formats/resource_examples",
]  # fmt: skip

# Files that cannot be opened, and the fault that is in them.
REFUSED = {
    "multicurve.xsd": "xml_unknown",  # a schema, no data
    "sample.json": "file_damaged",  # a comma lacks at letter 2208
    "sample1.json": "file_damaged",  # cut in the middle
    "3dpoints.shp": "index_wrong",  # the .shx ends after 8 of 22 records, two point to one place
    "3dpoints.dbf": "index_wrong", "3dpoints.shx": "index_wrong",
    "anno.aux": "format_unknown",  # an Arc/Info attribute file
    "LICENSE": "format_unknown",
    "LICENSE.LGPL": "format_unknown",
    "kml-bad.resource": "file_damaged",  # the KML ends at line 18
    "json_efficient_format.resource": "not_geojson",  # columns and data, no places
    "json_efficient_format_data_first.resource": "not_geojson",
    "shapefile_zip_not_in_root.resource": "archive_choice",  # one map as Shapefile and as TAB
}  # fmt: skip
NO_DATA = {".prj", ".cpg"}  # a CRS or a code page alone
OTHER_ROOM = {".csv", ".txt", ".xlsx"}  # tables, tested by themselves

# Layers that pyogrio opens with valid shapes and we read otherwise, and why.
BETTER = {
    "sequence.txt": 2, "trio.seq": 3,  # GDAL stops after the first feature
    "collection-pp.txt": 2,  # GDAL finds none
}  # fmt: skip


@pytest.fixture(params=ARCHIVES, ids=lambda name: name.rpartition("/")[2])
def folder(request, shared_data, tmp_path):
    with zipfile.ZipFile(shared_data / "real" / f"{request.param}.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def files(folder):
    return [each for each in sorted(folder.rglob("*")) if each.is_file()]


def what_pyogrio_reads(path):
    """Layer → its frame, for the layers that pyogrio can read."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layers = pyogrio.list_layers(path)
        except Exception:  # noqa: BLE001 - whatever it says, it did not open the file
            return found
        for name, _ in layers:
            try:
                found[name] = pyogrio.read_dataframe(path, layer=name)
            except Exception:  # noqa: BLE001
                continue
    return found


def shapes_of(frame):
    if "geometry" not in frame or not hasattr(frame, "geometry"):
        return None
    return frame.geometry.to_numpy(dtype=object)


def told_in_words(refusal, path):
    for issue in refusal.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
        assert issue.layer, f"{path.name}: {issue} names no file"
        assert "/tmp" not in str(issue.params.get("reason", "")), "a path of ours is told"


def test_every_file_opens_or_says_what_is_wrong(folder):
    for path in files(folder):
        begun = time.monotonic()
        try:
            rows = {row.layer: row.rows for row in inspect_file(path)}
        except InputRefusedError as refusal:
            told_in_words(refusal, path)
            code = refusal.issues[0].code
            if path.suffix in NO_DATA:
                assert code == "format_unknown"
            elif path.suffix not in OTHER_ROOM:
                assert (path.name, code) == (path.name, REFUSED.get(path.name))
            continue
        assert path.name not in REFUSED
        if path.name not in BETTER and path.suffix not in OTHER_ROOM:
            theirs = [len(frame) for frame in what_pyogrio_reads(path).values() if len(frame)]
            assert len([count for count in rows.values() if count]) >= len(theirs), path
        assert time.monotonic() - begun < LONGEST_S


def test_rows_and_shapes_are_those_that_gdal_gives(folder, tmp_path_factory):
    compared = 0
    for path in files(folder):
        if path.suffix in OTHER_ROOM | NO_DATA or path.name in REFUSED:
            continue
        theirs = what_pyogrio_reads(path)
        try:
            form = sniff(path)
        except InputRefusedError:
            assert not theirs, path
            continue
        if form in {"zip", "gzip"}:
            inside = tmp_path_factory.mktemp("inside")
            path = unpack(path, inside).path  # noqa: PLW2901
            form = sniff(path)
        if form in {"table", "xlsx"}:
            continue
        names = layer_names(path, form)
        for place, (name, frame) in enumerate(theirs.items()):
            shapes = shapes_of(frame)
            if (
                shapes is not None
                and not shapely.is_valid(shapes[~shapely.is_missing(shapes)]).all()
            ):
                continue
            if not len(frame.columns) or (len(frame) == 0 and name not in names):
                continue  # without columns pyogrio loses the rows
            layer = name if name in names else names[place]  # GDAL calls one by the file's ending
            ours = read_vector(path, form, layer if is_layered(form) else None, None)
            expected = BETTER.get(path.name, len(frame))
            assert len(ours.frame) == expected, (path, name)
            if shapes is not None and path.name not in BETTER:
                mine = ours.frame["geometry"].to_numpy(dtype=object)
                assert shapely.equals_identical(mine, shapes).all() or all(
                    a is b or a.equals(b) for a, b in zip(mine, shapes, strict=True)
                ), (path, name)
            compared += 1
    assert compared


def test_every_layer_becomes_a_layer_of_plans_or_is_refused_by_row(folder):
    """Plans take any shape; what is refused is refused for its shapes, its rows or its CRS."""
    for path in files(folder):
        if path.suffix in OTHER_ROOM | NO_DATA or path.name in REFUSED:
            continue
        begun = time.monotonic()
        for row in inspect_file(path)[:MOST_LAYERS]:
            layered = row.layer if row.format in {"gpkg", "kml", "gpx", "gml", "filegdb", "osm",
                                                  "geojson"} else None  # fmt: skip
            for crs in (None, "EPSG:4326", "EPSG:3857"):
                try:
                    layer = read_layer("plans", path, ReadOptions(layer=layered, crs=crs))
                except InputRefusedError as refusal:
                    told_in_words(refusal, path)
                    codes = {each.code for each in refusal.issues if each.level == "error"}
                    assert codes, path
                    if codes == {"crs_missing"}:
                        continue
                    break
                except GisClustersError as other:  # pragma: no cover - would be a fault of ours
                    pytest.fail(f"{path}: {other}")
                assert len(layer) == row.rows
                break
        assert time.monotonic() - begun < LONGEST_S


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read where Linux tells it")
def test_memory_stays_under_a_gigabyte(shared_data, tmp_path):
    for name in ARCHIVES:
        with zipfile.ZipFile(shared_data / "real" / f"{name}.zip") as archive:
            archive.extractall(tmp_path / name)
    script = (
        "import sys, pathlib\n"
        "from gisclusters.errors import InputRefusedError\n"
        "from gisclusters.readers import inspect_file\n"
        "for path in pathlib.Path(sys.argv[1]).rglob('*'):\n"
        "    try:\n"
        "        inspect_file(path)\n"
        "    except InputRefusedError:\n"
        "        pass\n"
        # getrusage would tell the peak of the process that started this one, if that was higher
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 1_000_000  # kilobytes


@pytest.mark.parametrize(
    ("name", "printed_m"),
    [("geojson", 1e-7), ("gml", 1e-7), ("gml_very_long_rows", 1e-3), ("kml", 1e-7),
     ("kml_multilayer", 1e-7), ("shapefile_zip", 1e-3), ("shapefile_zip_not_in_root", 1e-3),
     ("utf-8-sig-json", 1e-3)],
)  # fmt: skip
def test_english_resources_flatten_as_their_publisher_did(shared_data, tmp_path, name, printed_m):
    """Each `.resource` has its rows beside it, shapes printed with ten digits."""
    with zipfile.ZipFile(
        shared_data / "real" / "uk_planning_formats" / "resource_examples.zip"
    ) as archive:
        archive.extractall(tmp_path)
    limit = csv.field_size_limit(10**9)
    try:
        with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig") as lines:
            expected = [row["WKT"] for row in csv.DictReader(lines)]
    finally:
        csv.field_size_limit(limit)
    path = tmp_path / f"{name}.resource"
    form = sniff(path)
    if form == "zip":
        (tmp_path / "inside").mkdir()
        path = unpack(path, tmp_path / "inside", "Conservation Areas_region").path
        form = sniff(path)
    shapes = np.concatenate([
        read_vector(path, form, layer if is_layered(form) else None, None)
        .frame["geometry"].to_numpy(dtype=object)
        for layer, _ in layers_of(path, form)
    ])  # fmt: skip
    assert len(shapes) == len(expected)
    for shape, text in zip(shapes, expected, strict=True):
        if shape is None:
            assert text == ""
        else:
            assert shapely.hausdorff_distance(shape, shapely.from_wkt(text)) < printed_m
