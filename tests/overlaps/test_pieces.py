"""Conflict pieces without their slivers, and coordinate tables a surveyor can stake from."""

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisclusters.geometry.width import width_m
from gisclusters.overlaps import find_overlaps
from gisclusters.overlaps.pieces import conflict_pieces, corner_rows, free_of_slivers
from tests.scenes import EAST, NORTH, clusters, plan, square

DAY = date(2026, 11, 15)


def xy(shape):
    """The corners of a shape as whole numbers of the scene, in any order."""
    rows = corner_rows(shape)
    return {
        (round(row["easting_m"] - EAST, 3), round(row["northing_m"] - NORTH, 3)) for row in rows
    }


def together(*shapes):
    return shapely.union_all(shapes)


TAIL = together(square(0, 0, 50, 50), square(50, 0, 100, 0.2))  # 2 500 m² and 20 m²
DUMBBELL = together(square(0, 0, 50, 50), square(50, 20, 100, 0.4), square(150, 0, 30, 30))
FRAME = shapely.difference(square(0, 0), square(20, 20, 30, 30))  # 10 000 − 900 m²
TRIANGLE = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH), (EAST, NORTH + 100)])


@pytest.mark.parametrize(
    ("shape", "area_m2", "parts"),
    [
        (square(0, 0), 10_000, 1),
        (square(0, 0, 100, 0.5), 0, 0),  # as wide as what is cut off
        (square(0, 0, 100, 0.51), 51, 1),
        (TAIL, 2_500, 1),
        (DUMBBELL, 3_400, 2),
        (FRAME, 9_100, 1),
        (TRIANGLE, 5_000, 1),
        (together(square(0, 0), square(200, 0, 100, 0.3)), 10_000, 1),
        (shapely.Polygon(), 0, 0),
        (shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)]), 0, 0),
    ],
)
def test_what_is_no_wider_than_half_a_metre_is_cut_off(shape, area_m2, parts):
    left = free_of_slivers(shape, 0.5)
    assert shapely.area(left) == pytest.approx(area_m2, abs=1e-3)
    assert sum(part.area > 0 for part in shapely.get_parts(left)) == parts
    assert shapely.is_valid(left)


@pytest.mark.parametrize("shape", [square(0, 0), FRAME, TRIANGLE])
def test_a_shape_without_slivers_keeps_every_digit(shape):
    assert free_of_slivers(shape, 0.5) is shape


def test_corners_that_stay_keep_every_digit():
    turned = shapely.affinity.rotate(TAIL, 17.3)
    left = shapely.get_coordinates(free_of_slivers(turned, 0.5))
    own = {tuple(each) for each in shapely.get_coordinates(turned)}
    assert len(own & {tuple(each) for each in left}) >= 3


@settings(max_examples=60, deadline=None)
@given(
    boxes=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40)),
        min_size=1, max_size=5,
    ),
    narrow=st.sampled_from([0.5, 2.5, 5.5]),
    angle=st.sampled_from([0, 17.3, 45]),
)  # fmt: skip
def test_it_only_takes_away_and_only_what_is_narrow(boxes, narrow, angle):
    shape = shapely.affinity.rotate(together(*(square(*box) for box in boxes)), angle)
    left = free_of_slivers(shape, narrow)
    assert shapely.area(shapely.difference(left, shape)) < 1e-4
    # Doing it again takes nothing more away, and what went holds no wider circle.
    assert shapely.area(free_of_slivers(left, narrow)) == pytest.approx(left.area, abs=1e-2)
    gone = shapely.difference(shape, shapely.buffer(left, 1e-5, join_style="mitre"))
    if gone.area > 1e-3:
        # A step in the border may keep a circle of up to √2 of the width in its corner.
        assert width_m(gone, narrow) <= narrow * np.sqrt(2) + 1e-3


def test_a_coordinate_table_runs_clockwise_from_the_northernmost_corner():
    rows = corner_rows(square(10, 20, 30, 40))
    assert [
        (row["part"], row["ring"], row["corner"], row["northing_m"] - NORTH,
         row["easting_m"] - EAST, row["side_m"])
        for row in rows
    ] == [(1, 1, 1, 60, 10, 30), (1, 1, 2, 60, 40, 40), (1, 1, 3, 20, 40, 30), (1, 1, 4, 20, 10, 40)]  # fmt: skip


def test_the_sense_and_start_of_a_ring_do_not_change_its_table():
    shape = square(0, 0)
    turned = shapely.Polygon(np.roll(shapely.get_coordinates(shape)[:-1], 2, axis=0)[::-1])
    assert corner_rows(turned) == corner_rows(shape)


def test_holes_run_the_other_way_and_numbers_run_on():
    rows = corner_rows(FRAME)
    assert [row["corner"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    hole = [(row["easting_m"] - EAST, row["northing_m"] - NORTH) for row in rows[4:]]
    assert hole == [(20, 50), (20, 20), (50, 20), (50, 50)]
    assert {row["ring"] for row in rows[4:]} == {2}


def test_parts_are_numbered():
    rows = corner_rows(together(square(0, 0), square(200, 0)))
    assert [row["part"] for row in rows] == [1, 1, 1, 1, 2, 2, 2, 2]
    assert corner_rows(shapely.Polygon()) == []
    assert corner_rows(shapely.Point(1, 2)) == []


# ε = √(0.3² + 0.4²) = 0.5 m.  The zone is 50 m of the cluster and, along its northern edge,
# a strip of 0.2 m that is noise: 50 × 100 + 50 × 0.2 = 5 010 m².
def test_a_conflict_piece_is_told_without_its_slivers():
    zone = together(square(50, 0), square(-100, 99.8, 300, 30))
    findings = find_overlaps(
        clusters(square(0, 0), accuracy_m=0.3), [plan(zone, accuracy_m=0.4)], as_of=DAY
    ).findings
    [row] = conflict_pieces(findings).itertuples()
    assert (row.subject_id, row.plan_id, row.zone_id, row.piece) == ("C1", "P", "Z1", 1)
    assert (row.area_m2, row.overlap_m2, row.slivers_m2) == pytest.approx(
        (5_000, 5_010, 10), abs=1e-3
    )
    assert xy(row.geometry) == {(50, 0), (100, 0), (100, 100), (50, 100)}
    assert len(row.corners) == 4


def test_each_part_is_a_piece_of_its_own_the_largest_first():
    zone = together(square(-5, 0, 20, 50), square(70, 0, 50, 90))  # 15 × 50 and 30 × 90 m
    findings = find_overlaps(clusters(square(0, 0)), [plan(zone)], as_of=DAY).findings
    pieces = conflict_pieces(findings)
    assert pieces["piece"].tolist() == [1, 2]
    assert pieces["area_m2"].tolist() == pytest.approx([2_700, 750])
    assert pieces.crs == findings.crs
    assert set(pieces["crs"]) == {"EPSG:9216"}


@pytest.mark.parametrize(
    "zones",
    [plan(square(100, 0)), plan(square(50, 0), category="SKN"), plan(square(99.99, 0)),
     plan(shapely.LineString([(EAST - 9, NORTH + 50), (EAST + 109, NORTH + 50)]))],
)  # fmt: skip
def test_what_is_no_conflict_with_ground_has_no_piece(zones):
    findings = find_overlaps(clusters(square(0, 0)), [zones], as_of=DAY).findings
    pieces = conflict_pieces(findings)
    assert len(pieces) == 0
    assert pieces.crs == findings.crs
