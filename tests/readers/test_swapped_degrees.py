"""Latitudes before longitudes: where no place of Vietnam can be read otherwise, it is said how."""

import json

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer, read_parts

SQUARE = shapely.box(106.5, 10.5, 106.6, 10.6)
SWAPPED = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])


def as_wkt(folder, shape):
    path = folder / "a.csv"
    path.write_text(f"cluster_id;WKT\nC1;{shape.wkt}\n")
    return path


def as_geojson(folder, shape, **said):
    path = folder / "a.geojson"
    feature = {"type": "Feature", "properties": {"cluster_id": "C1"},
               "geometry": json.loads(shapely.to_geojson(shape))}  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", **said, "features": [feature]}))
    return path


def as_named_geojson(folder, shape):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return as_geojson(folder, shape, crs=crs)


@pytest.mark.parametrize("write", [as_wkt, as_geojson, as_named_geojson])
def test_the_option_that_turns_them_is_named_and_helps(write, tmp_path):
    path = write(tmp_path, SWAPPED)
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path)
    [told] = [issue for issue in refusal.value.issues if issue.level == "error"]
    assert (told.code, told.params["axes"], told.params["crs"]) == (
        "axes_swapped", "ne", "EPSG:4326")  # fmt: skip
    layer = read_layer("clusters", path, ReadOptions(axes="ne"))
    assert layer.crs == "EPSG:4326"
    assert layer.shapes.total_bounds.tolist() == [106.5, 10.5, 106.6, 10.6]


def test_in_parts_too(tmp_path):
    path = as_geojson(tmp_path, SWAPPED)
    with (
        pytest.raises(InputRefusedError) as refusal,
        read_parts("clusters", path, from_bytes=0) as parts,
    ):
        list(parts.layers)
    assert [issue.code for issue in refusal.value.issues] == ["axes_swapped"]


@pytest.mark.parametrize("write", [as_wkt, as_geojson])
def test_what_lies_nowhere_in_vietnam_either_way_is_left_unknown(write, tmp_path):
    """Metres of a local grid: 50 east, 150 north."""
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", write(tmp_path, shapely.box(50, 150, 60, 160)))
    assert refusal.value.issues[-1].code == "crs_missing"
