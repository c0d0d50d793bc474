"""Markers that a surveyor looked for and could not measure: a state without a place."""

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from tests.scenes import EAST, NORTH, layer

PLACED = {"marker_id": "RG-01", "geometry": shapely.Point(EAST, NORTH), "accuracy_m": 0.02}


@pytest.mark.parametrize("nowhere", [None, shapely.Point()])
def test_a_state_needs_no_place(nowhere):
    lost = {"marker_id": "RG-02", "geometry": nowhere, "state": "lost"}
    survey = layer("surveys", [PLACED, lost])
    assert survey.shapes.geometry.is_empty.tolist() == [False, True]


@pytest.mark.parametrize(("kind", "row"), [
    ("surveys", {"marker_id": "RG-02", "geometry": None}),
    ("markers", {"marker_id": "RG-02", "geometry": None, "state": "lost"}),
])  # fmt: skip
def test_without_a_state_or_in_the_approved_table_it_is_refused(kind, row):
    with pytest.raises(InputRefusedError) as refused:
        layer(kind, [PLACED, row])
    assert [(each.code, each.row) for each in refused.value.issues if each.level == "error"] == [
        ("geometry_unusable", 2)
    ]
