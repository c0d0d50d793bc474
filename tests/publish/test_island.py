"""Shapes come back from the island as they went in; texts cannot leave it."""

import json
from typing import Any

import numpy as np
import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry import MultiLineString

from gisclusters.publish.island import QUANTUM_DEG, island_text, pack


def unpacked(packed: dict[str, Any]) -> list[list[tuple[str, list[tuple[float, float]]]]]:
    """The format as its documentation words it, read by hand: features as (kind, vertices)."""
    steps = np.cumsum(np.array(packed["xy"]).reshape(-1, 2), axis=0) * QUANTUM_DEG
    vertices = iter(steps.tolist())
    paths = iter(
        (kind, [tuple(next(vertices)) for _ in range(size)])
        for kind, size in zip(packed["kinds"], packed["sizes"], strict=True)
    )
    return [[next(paths) for _ in range(count)] for count in packed["paths"]]


def shapes(*given) -> np.ndarray:
    array = np.empty(len(given), dtype=object)
    array[:] = given
    return array


def test_vertices_come_back_within_half_a_quantum():
    ring = [(107.991336627, 14.349272694), (107.9914, 14.3493), (107.99135, 14.34935)]
    [[(kind, vertices)]] = unpacked(pack(shapes(Polygon(ring))))
    assert kind == "p"
    assert np.abs(np.array(vertices) - [*ring, ring[0]]).max() <= QUANTUM_DEG / 2 + 1e-12


def test_holes_and_parts_are_paths_of_their_feature():
    holed = Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior])
    features = unpacked(pack(shapes(MultiPolygon([holed, box(5, 5, 6, 6)]), Point(1, 2))))
    assert [[kind for kind, _ in feature] for feature in features] == [["p", "p", "p"], ["o"]]
    assert features[1][0][1][0] == pytest.approx((1, 2))


def test_nothing_keeps_its_place():
    features = unpacked(pack(shapes(Point(1, 1), None, Polygon(), Point(2, 2))))
    assert [len(feature) for feature in features] == [1, 0, 0, 1]


def test_collections_are_taken_apart():
    mixed = GeometryCollection(
        [box(0, 0, 1, 1), MultiLineString([[(2, 2), (3, 3)]]), LineString([(4, 4), (5, 5)])]
    )
    [feature] = unpacked(pack(shapes(mixed)))
    assert [kind for kind, _ in feature] == ["p", "l", "l"]


def test_no_shapes_at_all():
    assert pack(shapes()) == {"xy": [], "kinds": "", "sizes": [], "paths": [], "at": []}


@pytest.mark.parametrize(
    "hostile",
    ["</script><script>alert(1)</script>", "{{7*7}}", "{% 5", "${alert(1)}", "<!--", "a & b",
     "\u2028\u2029", 'quote " and \\ slash'],
)  # fmt: skip
def test_texts_cannot_leave_the_island(hostile):
    written = island_text({"name": hostile, hostile: [1]})
    assert json.loads(written) == {"name": hostile, hostile: [1]}
    inside = written[1:-1]
    assert not set(inside) & set("<>&{\u2028\u2029")


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        island_text({"area": float("nan")})
