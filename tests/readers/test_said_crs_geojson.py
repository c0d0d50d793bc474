"""A GeoJSON says its system once; where a feature or a shape says another, that is no note aside."""

import json

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer, read_parts

SQUARE = shapely.box(552_800, 1_587_000, 552_900, 1_587_100)


def named(code):
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}


def feature(number, *, crs=None, shape_crs=None):
    shape = json.loads(shapely.to_geojson(shapely.transform(SQUARE, lambda xy: xy + 200 * number)))
    if shape_crs:
        shape["crs"] = named(shape_crs)
    made = {"type": "Feature", "properties": {"cluster_id": f"C{number}"}, "geometry": shape}
    return made | ({"crs": named(crs)} if crs else {})


def collection(*features, crs=None):
    return {"type": "FeatureCollection", "features": list(features)} | (
        {"crs": named(crs)} if crs else {}
    )


def write(folder, *documents):
    path = folder / "a.geojson"
    path.write_text("\n".join(map(json.dumps, documents)))
    return path


@pytest.mark.parametrize(
    "documents",
    [
        [collection(feature(1), feature(2, crs=9216), crs=9210)],
        [collection(feature(1), feature(2, shape_crs=9216), crs=9210)],
        [collection(feature(1, crs=9210), feature(2, crs=9216))],
        [feature(1, crs=9210), feature(2, crs=9216)],
        [collection(feature(1), crs=9210), collection(feature(2), crs=9216)],
    ],
)
def test_several_systems_in_one_file_are_refused(documents, tmp_path):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", write(tmp_path, *documents))
    [issue] = refusal.value.issues
    assert (issue.code, issue.value) == ("crs_several", "EPSG:9210 (1), EPSG:9216 (2)")


@pytest.mark.parametrize(
    "documents",
    [
        [collection(feature(1), feature(2, shape_crs=9216))],
        [collection(feature(1, crs=9216), feature(2))],
        [feature(1, crs=9216), feature(2, crs=9216)],
        [collection(feature(1, crs=9216), feature(2), crs=9216)],
    ],
)
def test_what_a_feature_or_a_shape_says_is_the_word_of_the_file(documents, tmp_path):
    layer = read_layer("clusters", write(tmp_path, *documents))
    assert layer.crs == "EPSG:9216"
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", write(tmp_path, *documents), ReadOptions(crs="EPSG:9210"))
    assert refusal.value.issues[-1].code == "crs_contradiction"


def by_name(name):
    return {"type": "name", "properties": {"name": name}}


SPELLINGS = [
    by_name("http://www.opengis.net/def/crs/EPSG/0/9217"),
    by_name("https://www.opengis.net/def/crs/epsg/9.9.1/9217"),
    by_name("http://www.opengis.net/gml/srs/epsg.xml#9217"),
    {"type": "EPSG", "properties": {"code": 9217}},
    {"type": "EPSG", "properties": {"code": "9217"}},
]


@pytest.mark.parametrize("member", SPELLINGS)
@pytest.mark.parametrize("parted", [False, True])
def test_a_system_is_known_by_its_address_and_its_number(member, parted, tmp_path):
    path = write(tmp_path, {**collection(feature(1), feature(2), feature(3)), "crs": member})
    size = {"size": 2, "from_bytes": 0 if parted else 10**9}
    with read_parts("clusters", path, **size) as parts:
        layers = list(parts.layers)
    assert [(layer.crs, len(layer)) for layer in layers] == (
        [("EPSG:9217", 2), ("EPSG:9217", 1)] if parted else [("EPSG:9217", 3)]
    )
    assert layers[0].shapes.total_bounds[0] == 553_000  # of the feature that is moved by 200


def test_degrees_are_known_by_their_address(tmp_path):
    shape = {"type": "Point", "coordinates": [106.5, 10.5]}
    crs = by_name("http://www.opengis.net/def/crs/OGC/1.3/CRS84")
    layer = read_layer("markers", write(tmp_path, {"type": "FeatureCollection", "crs": crs,
        "features": [{"type": "Feature", "properties": {"marker_id": "M"}, "geometry": shape}],
    }))  # fmt: skip
    assert layer.crs == "EPSG:4326"


@pytest.mark.parametrize(
    "member",
    [
        by_name("http://example.org/def/crs/EPSG/0/9217"),
        by_name("http://www.opengis.net/def/crs/EPSG/0/9217?from=http://example.org"),
        by_name("http://www.opengis.net/def/crs/EPSG/0/999999"),
        {"type": "link", "properties": {"href": "http://www.opengis.net/def/crs/EPSG/0/9217"}},
        {"type": "EPSG", "properties": {"code": 9217, "coordinate_order": [1, 0]}},
        {"type": "EPSG", "properties": {"code": True}},
    ],
)
def test_any_other_address_or_number_is_refused(member, tmp_path):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", write(tmp_path, {**collection(feature(1)), "crs": member}))
    assert [issue.code for issue in refusal.value.issues] == ["crs_unknown"]


@pytest.mark.parametrize("crs", ["EPSG:9210", 9210, [], False, "", {"type": "Link", "name": "x"}])
def test_a_crs_that_is_no_member_is_said_to_be_unknown(tmp_path, crs):
    path = tmp_path / "a.geojson"
    shape = {"type": "Point", "coordinates": [570_000, 1_221_000]}
    feature = {"type": "Feature", "properties": {"marker_id": "M1"}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("markers", path, ReadOptions(province="Long An"))
    assert [issue.code for issue in refusal.value.issues] == ["crs_unknown"]
