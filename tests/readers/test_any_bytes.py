"""Whatever the bytes, a reader gives rows or refuses: never a traceback, never a crash."""

import random
import zipfile

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gisclusters.errors import GisClustersError
from gisclusters.readers import ReadOptions, inspect_file, read_layer

HEADS = {
    "gpkg": b"SQLite format 3\0\x10\0\2\2\0\x40\x20\x20\0\0\0\1\0\0\0\2",
    "shp": b"\0\0\x27\x0a" + b"\0" * 20 + b"\0\0\0\x32\xe8\3\0\0\5\0\0\0",
    "dbf": b"\3\x74\1\1\2\0\0\0\x41\0\3\0" + b"\0" * 20 + b"A\0\0\0\0\0\0\0\0\0\0C\0\0\0\0\2",
    "fgb": b"fgb\3fgb\0",
    "geojson": b'{"type": "FeatureCollection", "features": [',
    "feature": b'{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coord',
    "seq": b'\x1e{"type": "Feature", "properties": {}, "geometry": null}\n\x1e',
    "topology": b'{"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}, "ar',
    "kml": b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark>',
    "gpx": b'<?xml version="1.0"?><gpx version="1.1"><wpt lat="1" lon="2">',
    "gml": b'<a xmlns:gml="http://www.opengis.net/gml"><gml:featureMember>',
    "osm": b'<osm version="0.6"><node id="1" lat="1" lon="2"/>',
    "pbf": b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c",
    "parquet": b"PAR1\x15\4\x15",
    "tab": b"!table\n!version 300\n!charset Neutral\nDefinition Table\n  Type NATIVE\n",
    "mif": b'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns 1\n  A Char(9)\nData\n',
    "zip": b"PK\3\4",
    "gz": b"\x1f\x8b\x08\0",
    "dxf": b"0\nSECTION\n2\nENTITIES\n",
    "xml": b"<?xml version='1.0'?><",
    "nothing": b"",
}


SLOW = ("osm", "pbf")


def neither_crashes_nor_leaks(path):
    for read in (
        lambda: inspect_file(path),
        lambda: read_layer("plans", path, ReadOptions(crs="EPSG:9216")),
        lambda: read_layer("leases", path),
    ):
        try:
            read()
        except GisClustersError as told:
            assert str(told)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("name", [name for name in HEADS if name not in SLOW])
@settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(tail=st.binary(max_size=400) | st.text(max_size=60).map(lambda t: t.encode("utf-8")))
def test_a_right_beginning_and_any_end(tmp_path, name, tail):
    path = tmp_path / f"x.{name}"
    path.write_bytes(HEADS[name] + tail)
    neither_crashes_nor_leaks(path)


@pytest.mark.parametrize("name", SLOW)
@settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(tail=st.binary(max_size=400))
def test_a_right_beginning_and_any_end_where_gdal_builds_an_index_first(tmp_path, name, tail):
    path = tmp_path / f"x.{name}"
    path.write_bytes(HEADS[name] + tail)
    neither_crashes_nor_leaks(path)


FORMATS = {
    "gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON", "fgb": "FlatGeobuf",
    "kml": "KML", "gml": "GML", "mif": "MapInfo File", "geojsonl": "GeoJSONSeq",
}  # fmt: skip


def sound_file(folder, ending):
    frame = gpd.GeoDataFrame(
        {"ten": ["Đăk Cấm", "Hoà Bình", None], "so": [1, 2, 3]},
        geometry=[shapely.box(k, k, k + 1, k + 1) for k in range(3)], crs=4326,
    )  # fmt: skip
    path = folder / f"sound.{ending}"
    frame.to_file(path, driver=FORMATS[ending])
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_bytes_changed_at_random_in_a_sound_file(tmp_path, ending):
    """A fixed seed: each part cut, filled with nonsense, or changed in a few places."""
    path = sound_file(tmp_path, ending)
    assert len(read_layer("plans", path, ReadOptions(crs="EPSG:4326")).frame) == 3
    parts = [part for part in sorted(tmp_path.glob("sound.*")) if part.stat().st_size]
    sound = {part: part.read_bytes() for part in parts}
    dice = random.Random(20261)
    for turn in range(40):
        part = parts[turn % len(parts)]
        data = bytearray(sound[part])
        if turn % 5 == 0:
            data = data[: dice.randrange(1, len(data))]
        for _ in range(dice.choice((1, 3, 12))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        part.write_bytes(data)
        neither_crashes_nor_leaks(path)
        part.write_bytes(sound[part])


def test_a_zip_that_lies_about_its_members(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sound_file(tmp_path, "geojson"), "a.geojson")
    data = path.read_bytes()
    dice = random.Random(7)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(4):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        path.write_bytes(broken)
        neither_crashes_nor_leaks(path)
