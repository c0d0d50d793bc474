"""A boundary without its conflicts: what is left, what is lost, and where its corners stand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisclusters.errors import CrsMismatchError
from gisclusters.geometry.width import width_m
from gisclusters.overlaps import find_overlaps
from gisclusters.overlaps.pieces import free_of_slivers
from gisclusters.overlaps.proposals import PROPOSAL_COLUMNS, propose
from gisclusters.rules.sizes import load_sizes
from tests.scenes import EAST, NORTH, clusters, plan, square

DAY = date(2026, 11, 15)
SIZES = load_sizes()
HA = 10_000

# The cluster is 400 × 500 m, 20 ha; both maps give a tolerance of √(0.3² + 0.4²) = 0.5 m.


def at(*points):
    return shapely.Polygon([(EAST + east, NORTH + north) for east, north in points])


def report(*zones, subject=None, as_of=DAY, category="special_use_forest", fields=None, **options):
    subjects = clusters(subject or square(0, 0, 400, 500), accuracy_m=0.3, **(fields or {}))
    against = plan(*zones, category=category, accuracy_m=0.4)
    findings = find_overlaps(subjects, [against], as_of=as_of).findings
    return propose(subjects, findings, sizes=SIZES, as_of=as_of, **options)


def proposal(*zones, **options):
    found = report(*zones, **options)
    [row] = found.proposals.itertuples()
    return row, [issue.code for issue in found.issues]


def corners(row):
    """Corner rows as whole numbers of the scene, in the order of the table."""
    return [(round(each["easting_m"] - EAST, 3), round(each["northing_m"] - NORTH, 3))
            for each in row.corners]  # fmt: skip


def test_a_forest_on_the_east_is_cut_off():
    row, told = proposal(square(300, -50, 500, 900))
    assert corners(row) == [(0, 500), (300, 500), (300, 0), (0, 0)]
    assert (row.area_before_m2, row.area_after_m2, row.area_lost_m2, row.conflict_m2) == (
        pytest.approx((20 * HA, 15 * HA, 5 * HA, 5 * HA))
    )
    assert (row.conflicts, row.parts, row.new_corners, row.close_corners) == (1, 1, 2, 0)
    assert (row.strips_m2, row.overlap_left_m2) == (0, 0)
    assert row.size_verdict == "within"
    assert told == ["proposal_spacing_unset"]


def test_a_forest_that_is_only_touched_or_needs_approval_gives_no_proposal():
    for found in (report(square(400, 0)), report(square(300, 0, 100, 500), category="rice")):
        assert len(found.proposals) == 0
        assert list(found.proposals.columns) == [*PROPOSAL_COLUMNS, "geometry"]
        assert found.issues == ()


def test_what_needs_approval_is_cut_off_where_it_is_asked_for():
    row, _ = proposal(square(300, 0, 100, 500), category="rice", approvals=True)
    assert row.area_after_m2 == pytest.approx(15 * HA)


def test_an_accepted_overlap_stays():
    subjects = clusters(square(0, 0, 400, 500), accuracy_m=0.3)
    against = plan(square(300, 0), square(0, 400), category="special_use_forest", accuracy_m=0.4)
    findings = find_overlaps(subjects, [against], as_of=DAY).findings
    findings.loc[findings["zone_id"] == "Z1", "severity"] = "note"
    [row] = propose(subjects, findings, sizes=SIZES, as_of=DAY).proposals.itertuples()
    assert (row.conflicts, row.area_lost_m2) == (1, pytest.approx(1 * HA))


def test_overlapping_zones_are_cut_off_once():
    row, _ = proposal(square(300, 0, 100, 500), square(200, 0, 150, 500))  # 100 + 150 − 50 m
    assert (row.conflicts, row.area_lost_m2) == (2, pytest.approx(200 * 500))


def test_a_forest_inside_leaves_a_hole():
    row, _ = proposal(square(100, 100))
    assert row.area_after_m2 == pytest.approx(19 * HA)
    assert corners(row)[4:] == [(100, 200), (100, 100), (200, 100), (200, 200)]


def test_a_forest_across_leaves_two_parts_and_that_is_said():
    row, told = proposal(square(100, -50, 50, 900))
    assert (row.parts, row.area_after_m2, row.largest_part_m2) == (
        2, pytest.approx(350 * 500), pytest.approx(250 * 500))  # fmt: skip
    assert "proposal_in_parts" in told
    assert {each["part"] for each in row.corners} == {1, 2}


def test_a_strip_nobody_can_use_is_dropped():
    # West of the forest 0.9 m of the cluster are left over: under twice the tolerance.
    row, _ = proposal(square(0.9, -50, 299.1, 900))
    assert (row.parts, row.area_after_m2) == (1, pytest.approx(100 * 500))
    assert (row.conflict_m2, row.strips_m2) == pytest.approx((299.1 * 500, 0.9 * 500))
    row, _ = proposal(square(1.1, -50, 298.9, 900))
    assert row.parts == 2


def test_a_tooth_on_every_other_metre_becomes_one_side():
    # The border of the forest runs to and fro between 299.8 and 300.2 m, a vertex every 5 m.
    teeth = [(300.2 if k % 2 else 299.8, 5 * k) for k in range(101)]
    row, _ = proposal(at(*teeth, (900, 500), (900, 0)))
    assert corners(row) == [(0, 500), (299.8, 500), (299.8, 0), (0, 0)]
    assert row.area_after_m2 == pytest.approx(299.8 * 500)
    assert row.overlap_left_m2 == 0


def test_a_bend_wider_than_the_tolerance_keeps_its_corner():
    row, _ = proposal(at((300, 0), (298, 250), (300, 500), (900, 500), (900, 0)))
    assert (298, 250) in corners(row)
    assert row.area_lost_m2 == pytest.approx(5 * HA + 2 * 500 / 2)


def test_corners_closer_than_asked_are_left_out_where_the_tolerance_allows():
    bend = at((300, 0), (300, 240), (299.2, 245), (299.2, 255), (300, 260), (300, 500),
              (900, 500), (900, 0))  # fmt: skip
    near, _ = proposal(bend, corner_spacing_m=1)
    far, told = proposal(bend, corner_spacing_m=100)
    assert (near.new_corners, far.new_corners) == (6, 3)
    assert far.close_corners == 0
    assert far.overlap_left_width_m <= 0.5
    assert "proposal_spacing_unset" not in told


def test_corners_that_must_stand_close_are_said():
    notch = at((300, 0), (300, 240), (290, 240), (290, 250), (300, 250), (300, 500), (900, 500),
               (900, 0))  # fmt: skip
    row, told = proposal(notch, corner_spacing_m=9)
    assert (row.new_corners, row.close_corners) == (6, 0)
    # 11 m apart nobody can stand in a bay of 10 m: the bay is given up, and the side beside it.
    row, told = proposal(notch, corner_spacing_m=11)
    assert (row.new_corners, row.close_corners) == (3, 0)
    assert row.area_lost_m2 > 5 * HA + 10 * 10
    assert "proposal_close_corners" not in told
    row, told = proposal(square(100, 100), corner_spacing_m=150)
    assert row.close_corners == 4
    assert "proposal_close_corners" in told


def test_the_old_corners_stay_to_the_last_digit():
    border = at((0, 0), (0, 500), (133.3333, 500.00012), (400, 500), (400, 0), (200, 0.05))
    row, _ = proposal(square(300, -50, 500, 900), subject=border)
    old = {tuple(xy) for xy in shapely.get_coordinates(border)}
    new = {tuple(xy) for xy in shapely.get_coordinates(row.geometry)}
    assert {(EAST + 400, NORTH + 500), (EAST + 400, NORTH)} == old - new
    assert all(value == round(value, 3) for xy in new - old for value in xy)


def test_nothing_left_is_said():
    row, told = proposal(square(-10, -10, 420, 520))
    assert (row.area_after_m2, row.area_lost_m2, row.parts) == (0, pytest.approx(20 * HA), 0)
    assert row.corners == []
    assert row.geometry.is_empty
    assert told == ["proposal_nothing_left", "proposal_spacing_unset"]


def test_a_line_cannot_be_cut_off_and_that_is_said():
    line = shapely.LineString([(EAST - 9, NORTH + 50), (EAST + 409, NORTH + 50)])
    found = report(line)
    assert len(found.proposals) == 0
    assert [issue.code for issue in found.issues] == ["proposal_not_cut"]


# 110 × 1000 m, 11 ha; the forest takes 20 × 1000 m, so 9 ha are left (4 ha with 70 m of it).
@pytest.mark.parametrize(
    ("as_of", "mountain", "craft", "taken", "verdict"),
    [
        (date(2024, 4, 30), False, False, 20, "no_rule"),
        (date(2024, 5, 1), False, False, 20, "below_minimum"),
        (date(2026, 9, 14), False, False, 20, "below_minimum"),
        (date(2026, 9, 14), False, False, 10, "within"),  # 10 ha
        (date(2026, 9, 14), True, None, 20, "within"),
        (date(2026, 9, 14), None, True, 20, "within"),
        (date(2026, 9, 14), None, False, 20, "depends"),
        (date(2026, 9, 14), None, None, 70, "below_minimum"),
        (date(2026, 9, 15), None, None, 20, "within"),
        (date(2026, 9, 15), True, True, 60, "within"),  # 5 ha
        (date(2026, 9, 15), True, True, 70, "below_minimum"),
    ],
)
def test_what_is_left_is_held_against_the_decree_of_the_day(as_of, mountain, craft, taken, verdict):
    row, told = proposal(
        square(110 - taken, 0, 200, 1_000), subject=square(0, 0, 110, 1_000), as_of=as_of,
        fields={"mountain": mountain, "craft_village": craft},
    )  # fmt: skip
    assert row.size_verdict == verdict
    assert row.area_after_m2 == pytest.approx((110 - taken) * 1_000)
    said = {"within": None, "no_rule": "proposal_no_size_rule"}.get(verdict, f"proposal_{verdict}")
    assert told == [*([said] if said else []), "proposal_spacing_unset"]
    if verdict != "no_rule":
        assert row.confidence == ("sure" if as_of < date(2026, 9, 15) else "likely")
    else:
        assert pd.isna(row.size_rule_id)


def test_more_than_75_hectares_is_said():
    row, told = proposal(square(990, 0, 100, 1_000), subject=square(0, 0, 1_000, 1_000))
    assert row.size_verdict == row.size_verdict_before == "above_maximum"
    assert "proposal_above_maximum" in told


def test_it_never_reprojects():
    subjects = clusters(square(0, 0))
    findings = find_overlaps(subjects, [plan(square(0, 0))], as_of=DAY).findings
    with pytest.raises(CrsMismatchError):
        propose(subjects.to_crs("EPSG:5898"), findings, sizes=SIZES, as_of=DAY)


@st.composite
def stars(draw):
    """A polygon about a centre, a corner in each direction."""
    count = draw(st.integers(3, 40))
    far = draw(st.lists(st.integers(20, 260), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    east, north = draw(st.integers(-100, 500)), draw(st.integers(-100, 600))
    return at(
        *((east + r * np.cos(a), north + r * np.sin(a)) for r, a in zip(far, angles, strict=True))
    )


@settings(max_examples=40, deadline=None)
@given(
    zones=st.lists(stars(), min_size=1, max_size=3), turn=st.sampled_from([0, 31.7]),
    spacing=st.sampled_from([None, 30.0]),
)  # fmt: skip
def test_a_proposal_leaves_no_conflict_wider_than_the_tolerance(zones, turn, spacing):
    subject = shapely.affinity.rotate(square(0, 0, 400, 500), turn)
    found = report(*zones, subject=subject, corner_spacing_m=spacing)
    for row in found.proposals.itertuples():
        shape = row.geometry
        assert shapely.is_valid(shape)
        if not shape.is_empty:  # no spike along a cut
            assert shapely.hausdorff_distance(shape, free_of_slivers(shape, 1e-3)) < 0.5
        for zone in zones:
            assert not width_m(shapely.intersection(shape, zone), 0.5) > 0.5 + 1e-2
        assert not width_m(shapely.difference(shape, subject), 0.5) > 0.5 + 1e-2
        assert row.area_lost_m2 == pytest.approx(subject.area - shape.area, abs=1e-6)
        assert row.area_lost_m2 > 0
        assert row.area_after_m2 == pytest.approx(shape.area)
        assert len(row.corners) == len(shapely.get_coordinates(shape)) - len(
            shapely.get_rings(shapely.get_parts(shape))
        )
        old = {tuple(xy) for xy in shapely.get_coordinates(subject)}
        assert row.new_corners == sum(
            (each["easting_m"], each["northing_m"]) not in old for each in row.corners
        )
