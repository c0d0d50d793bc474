"""One row of a map in degrees whose axes are exchanged is named; it makes the others no metres."""

import json

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import read_layer, read_parts
from gisclusters.workflows.working_crs import to_working_crs

RIGHT = [[107.99, 14.349], [107.993, 14.349], [107.993, 14.346], [107.99, 14.346], [107.99, 14.349]]


def collection(folder, rings):
    features = [
        {"type": "Feature", "properties": {"cluster_id": f"C{k}"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for k, ring in enumerate(rings, 1)
    ]  # fmt: skip
    path = folder / "ranh.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def east_by(ring, degrees):
    return [[x + degrees, y] for x, y in ring]


def test_the_row_with_exchanged_axes_is_named(tmp_path):
    rings = [RIGHT, east_by(RIGHT, 0.01), [[y, x] for x, y in RIGHT]]
    path = collection(tmp_path, rings)
    with pytest.raises(InputRefusedError) as found:
        read_layer("clusters", path)
    assert [(i.code, i.row) for i in found.value.issues if i.level == "error"] == [
        ("row_exchanged", 3)]  # fmt: skip
    parted = read_parts("clusters", path, size=2, from_bytes=0)
    with parted as parts, pytest.raises(InputRefusedError) as found:
        list(parts.layers)
    assert ("row_exchanged", 3) in [(i.code, i.row) for i in found.value.issues]


def test_the_row_that_lies_abroad_is_named(tmp_path):
    layer = read_layer("clusters", collection(tmp_path, [RIGHT, east_by(RIGHT, 40)]))
    with pytest.raises(InputRefusedError) as found:
        to_working_crs(layer)
    [issue] = found.value.issues
    assert (issue.code, issue.row, issue.value) == ("outside_vietnam", 2, "147.9915 14.3475")
