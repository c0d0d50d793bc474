"""The bare engine against answers of others: JTS, QGIS, and plans with shapes that are broken."""

import io
import zipfile
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from gisclusters import overlap_pairs
from gisclusters.errors import InvalidGeometryError

CRS = "EPSG:2154"
INTERSECTIONS = {"intersection", "intersectionng"}
SIMPLE = {0, 1, 2, 3, 4, 5, 6}
"""Types of which the engine takes the whole: no collections, no rings alone."""


def cases(archive, name):
    """(A, B, operations) of one file of JTS, of the floating precision model only."""
    root = ET.fromstring(archive.read(name))
    model = root.find("precisionModel")
    if model is not None and (model.get("type") or "").upper() not in {"FLOATING", ""}:
        return
    if model is not None and model.get("scale") is not None:
        return
    for case in root.iter("case"):
        shapes = []
        for tag in ("a", "b"):
            node = case.find(tag)
            text = "" if node is None or node.text is None else node.text.strip()
            try:
                shapes.append(shapely.from_wkt(text))
            except shapely.errors.GEOSException:
                shapes.append(None)  # WKB in hex, or a type without WKT of GEOS
        if None not in shapes:
            operations = [(op.get("name", "").casefold(), op) for op in case.iter("op")]
            yield shapes[0], shapes[1], operations


def frame(shape):
    return gpd.GeoDataFrame(geometry=[shape], crs=CRS)


def usable(shape):
    return shapely.get_type_id(shape) in SIMPLE and shapely.is_valid(shape)


def measured(pairs, dimension):
    if not len(pairs):
        return None
    return {2: lambda row: row.area_m2, 1: lambda row: row.length_m, 0: lambda _: 0.0}[dimension](
        pairs.iloc[0]
    )


def of_dimension(shape, dimension):
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = [
        part for part in parts if shapely.get_dimensions(part) == dimension and not part.is_empty
    ]
    if not kept:
        return None
    return sum(part.area if dimension == 2 else part.length if dimension == 1 else 0.0
               for part in kept)  # fmt: skip


def test_intersections_as_jts_has_them(shared_data):
    told = 0
    with zipfile.ZipFile(shared_data / "real" / "overlay_jts_xml" / "testxml.zip") as archive:
        for name in sorted(archive.namelist()):
            if not name.startswith("general/TestOverlay") and "TestNGOverlay" not in name:
                continue
            for one, two, operations in cases(archive, name):
                if not (usable(one) and usable(two)):
                    continue
                for operation, node in operations:
                    if operation not in INTERSECTIONS or not (node.text or "").strip():
                        continue
                    flip = (node.get("arg1") or "A").casefold() == "b"
                    left, right = (two, one) if flip else (one, two)
                    expected = shapely.from_wkt(node.text.strip())
                    dimension = int(min(shapely.get_dimensions(one), shapely.get_dimensions(two)))
                    if dimension < 0:  # an empty shape pairs with nothing
                        assert not len(overlap_pairs(frame(left), frame(right)))
                        continue
                    found = measured(overlap_pairs(frame(left), frame(right)), dimension)
                    wanted = of_dimension(expected, dimension)
                    assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-9)), (
                        name, left.wkt, right.wkt)  # fmt: skip
                    told += 1
    assert told >= 60


def test_insides_that_meet_as_jts_relates_them(shared_data):
    """The first cell of DE-9IM says whether two areas share ground."""
    told = 0
    with zipfile.ZipFile(shared_data / "real" / "overlay_jts_xml" / "testxml.zip") as archive:
        for name in ("general/TestRelateAA.xml", "general/TestRelateLA.xml"):
            for one, two, operations in cases(archive, name):
                if not (usable(one) and usable(two)):
                    continue
                for operation, node in operations:
                    matrix = node.get("arg3") or ""
                    whole = len(matrix) == 9 and matrix[0] in "F012"
                    if operation != "relate" or not whole or "true" not in (node.text or ""):
                        continue
                    pairs = overlap_pairs(frame(one), frame(two))
                    dimension = min(shapely.get_dimensions(one), shapely.get_dimensions(two))
                    if dimension == 2:
                        assert bool(len(pairs)) is (matrix[0] == "2"), (one.wkt, two.wkt)
                    elif matrix[0] == "1":
                        assert len(pairs) == 1, (one.wkt, two.wkt)
                    told += 1
    assert told >= 25


def opened(shared_data, folder, name, tmp_path):
    with zipfile.ZipFile(shared_data / "real" / "overlay_geopandas" / "overlay.zip") as archive:
        root = next(each for each in archive.namelist() if f"{folder}/{name}" in each)
        archive.extractall(tmp_path)
    return gpd.read_file(tmp_path / root.rpartition("/")[0] / name)


def test_boroughs_and_circles_as_qgis_intersects_them(shared_data, tmp_path):
    left = opened(shared_data, "nybb_qgis", "polydf.shp", tmp_path)
    right = opened(shared_data, "nybb_qgis", "polydf2.shp", tmp_path)
    wanted = opened(shared_data, "nybb_qgis", "qgis-intersection.shp", tmp_path)
    # The numbers are in feet; the engine asks for metres, and the plane is the same.
    left, right = (each.set_crs(CRS, allow_override=True) for each in (left, right))
    pairs = overlap_pairs(left, right)
    assert len(pairs) == len(wanted)
    assert sorted(pairs.area_m2) == pytest.approx(sorted(wanted.area), rel=1e-6)


@pytest.mark.parametrize(
    ("folder", "left", "right", "wanted"),
    [("polys", "df1", "df2", "df1_df2-intersection"),
     ("overlap", "df1_overlap", "df2_overlap", "df1_df2_overlap-intersection")],
)  # fmt: skip
def test_small_frames_as_geopandas_expects_them(folder, left, right, wanted, shared_data, tmp_path):
    one, two, expected = (
        opened(shared_data, folder, f"{name}.geojson", tmp_path).set_crs(CRS, allow_override=True)
        for name in (left, right, wanted)
    )
    areal = expected[expected.geom_type.isin(["Polygon", "MultiPolygon"])]
    pairs = overlap_pairs(one, two)
    assert sorted(pairs.area_m2) == pytest.approx(sorted(areal.area), rel=1e-9)


def plan_layers(path):
    """Every Shapefile of a French plan with areas, by its name."""
    with zipfile.ZipFile(path) as archive:
        names = [each for each in archive.namelist() if each.casefold().endswith(".shp")]
        parts = {each: archive.read(each) for each in archive.namelist()}
    found = {}
    for name in names:
        stem = name[:-4]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            for each, data in parts.items():
                if each.startswith(f"{stem}."):
                    out.writestr(f"layer.{each.rpartition('.')[2]}", data)
        packed.seek(0)
        layer = gpd.read_file(packed, columns=[], encoding="latin-1").set_crs(
            CRS, allow_override=True
        )
        if layer.geom_type.isin(["Polygon", "MultiPolygon"]).all() and len(layer):
            found[stem.rpartition("/")[2]] = layer
    return found


def test_zones_of_a_french_plan_against_its_prescriptions(shared_data):
    layers = plan_layers(shared_data / "real" / "fr_plu" / "30014_PLU_20171013.zip")
    zones = next(layer for name, layer in layers.items() if "ZONE" in name.upper())
    others = [layer for name, layer in layers.items() if "ZONE" not in name.upper()]
    assert others
    for other in others:
        sound = other[other.is_valid]
        pairs = overlap_pairs(zones[zones.is_valid], sound)
        tree = zones[zones.is_valid].overlay(sound, how="intersection", keep_geom_type=True)
        assert pairs.area_m2.sum() == pytest.approx(tree.area.sum(), rel=1e-6)


def test_a_zone_that_is_broken_is_refused_by_its_label(shared_data):
    layers = plan_layers(shared_data / "real" / "fr_plu" / "241800432_PLUi_20200128.zip")
    zones = next(layer for name, layer in layers.items() if "ZONE" in name.upper())
    broken = zones.index[~zones.is_valid].tolist()
    assert len(broken) == 1
    with pytest.raises(InvalidGeometryError) as fault:
        overlap_pairs(zones, zones)
    assert list(fault.value.ids) == broken
