"""A GeoJSON says its system once; where a feature or a shape says another, that is no note aside."""

import json

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer

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
