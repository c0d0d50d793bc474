"""A table of drawn scenes whose answers a reader checks in the head.

The cluster is the hectare from (0, 0) to (100, 100) metres unless a scene draws another.  Each
scene is judged twice: the plan as drawn, and the plan as it comes out of another VN-2000 zone.
Areas are worked out by hand.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.domain.verdicts import Stage
from gisclusters.layers.layer import WHOLE_COUNTRY, ZONES_ONLY, Ground, Layer
from gisclusters.overlaps import find_overlaps
from tests.scenes import CRS, EAST, NORTH, clusters, layer, plan, square

DAY = date(2026, 11, 15)
OTHER_ZONE = "EPSG:9210"
FINE = 0.05
"""Accuracy of both maps: together 0.07 m."""


def at(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape drawn in metres from the scene's origin, in its place."""
    return shapely.transform(shape, lambda xy: xy + np.array([EAST, NORTH]))


def poly(*corners: tuple[float, float], holes: tuple[Any, ...] = ()) -> shapely.Geometry:
    return at(shapely.Polygon(corners, holes))


def ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


def frame(outer: tuple[float, ...], inner: tuple[float, ...]) -> shapely.Geometry:
    return poly(*ring(*outer), holes=(ring(*inner),))


def several(*shapes: shapely.Geometry) -> shapely.Geometry:
    return shapely.multipolygons(list(shapes))


def line(*corners: tuple[float, float]) -> shapely.Geometry:
    return at(shapely.LineString(corners))


def ground(*shape: float) -> Ground:
    return Ground("area", square(*shape))


def diamond(east: float, north: float, radius: float) -> shapely.Geometry:
    return poly((east - radius, north), (east, north - radius), (east + radius, north),
                (east, north + radius))  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Plans, the cluster, and the rows expected: (verdict, relation, m², severity, reason)."""

    name: str
    plans: tuple[Layer, ...]
    rows: tuple[tuple[Any, ...], ...]
    subject: shapely.Geometry = field(default_factory=lambda: square(0, 0))
    accuracy_m: float = FINE
    stage: Stage = Stage.DRAFT
    as_of: date = DAY


def conflict(relation, area, severity="approval"):
    return ("conflict", relation, area, severity, None)


def within(relation, area):
    return ("within_accuracy", relation, area, None, None)


def undecided(relation, area, severity="note"):
    return ("undecided", relation, area, severity, None)


def open_ground(area, severity="note"):
    return ("not_checked", None, area, severity, "outside_ground")


def silent(reason, severity="note"):
    return ("not_checked", None, None, severity, reason)


CLEAR = ("clear", None, None, None, None)
NOT_IN_FORCE = silent("not_in_force")
TRIANGLE = poly((0, 0), (100, 0), (0, 100))
DENSE = poly((0, 0), (30, 0), (100, 0), (100, 70), (100, 100), (0, 100))
HOLED = frame((0, 0, 100, 100), (40, 40, 60, 60))


def one(name, zone, *rows, **more):
    """A scene of one rice zone of a plan that speaks of the whole country."""
    known = {"category", "ground", "accuracy", "fields"}
    given = {key: more.pop(key) for key in known & set(more)}
    made = plan(
        *(zone if isinstance(zone, list) else [zone]), category=given.get("category", "rice"),
        ground=given.get("ground", WHOLE_COUNTRY), accuracy_m=given.get("accuracy", FINE),
        **given.get("fields", {}),
    )  # fmt: skip
    return Scene(name, (made,), rows, **more)


def drawn_in_parts(*shapes):
    """One zone of one plan, each part in a sheet of its own."""
    row = {"zone_id": "Z", "plan_id": "P", "category": "rice", "accuracy_m": FINE,
           "in_force_from": "2020-01-01"}  # fmt: skip
    return tuple(
        layer("plans", [row | {"geometry": shape}], grounds={"P": WHOLE_COUNTRY})
        for shape in shapes
    )


COARSE = {"accuracy": 0.4, "accuracy_m": 0.3}
"""Together 0.5 m."""

SCENES = [
    # Touching and missing by a hair.
    one("they touch at a corner", square(100, 100), CLEAR),
    one("they touch along a side", square(100, 0), CLEAR),
    one("they touch along half a side", square(100, 50), CLEAR),
    one("a tip touches the middle of a side", poly((100, 50), (150, 40), (150, 60)), CLEAR),
    one("they touch along an oblique side", poly((100, 0), (100, 100), (0, 100)), CLEAR,
        subject=TRIANGLE),
    one("a gap of a millimetre", square(100.001, 0), CLEAR),
    one("an overlap of a millimetre", square(99.999, 0), within("overlaps", 0.1)),
    one("far away", square(5_000, 0), CLEAR),
    # Slivers against 0.5 m.
    one("a sliver of 0.40 m", square(99.6, 0), within("overlaps", 40), **COARSE),
    one("a sliver as wide as the tolerance", square(99.5, 0), within("overlaps", 50), **COARSE),
    one("a sliver of 0.75 m", square(99.25, 0), undecided("overlaps", 75), **COARSE),
    one("a sliver of twice the tolerance", square(99, 0), conflict("overlaps", 100), **COARSE),
    one("a sliver of 2 m", square(98, 0), conflict("overlaps", 200), **COARSE),
    one("a doubtful sliver at appraisal", square(99.25, 0), undecided("overlaps", 75, "blocking"),
        stage=Stage.APPRAISAL, **COARSE),
    one("an L of two slivers of 0.4 m", poly((99.6, -10), (110, -10), (110, 110), (-10, 110),
        (-10, 99.6), (99.6, 99.6)), within("overlaps", 40 + 39.84), **COARSE),
    one("a sliver that opens to a square of 10 m", poly((99.7, 0), (120, 0), (120, 100), (90, 100),
        (90, 90), (99.7, 90)), conflict("overlaps", 27 + 100), **COARSE),
    # One in the other.
    one("the zone lies inside", square(20, 20, 10, 10), conflict("contains", 100)),
    one("the zone lies inside, in a corner", square(0, 0, 10, 10), conflict("contains", 100)),
    one("the cluster lies inside", square(-50, -50, 200, 200), conflict("within", 10_000)),
    one("the cluster lies inside, in a corner", square(0, 0, 200, 200),
        conflict("within", 10_000)),
    one("they are the same", square(0, 0), conflict("equals", 10_000)),
    one("they are the same, with more vertices", DENSE, conflict("equals", 10_000)),
    one("they are the same, the ring reversed", shapely.reverse(square(0, 0)),
        conflict("equals", 10_000)),
    one("all but a strip of a millimetre", square(-1, -1, 102, 100.999),
        conflict("overlaps", 9_999.9)),
    one("the zone is a thread inside", square(20, 20, 60, 0.05), within("contains", 3)),
    # Holes.
    one("the cluster fills the hole of the zone", frame((-50, -50, 150, 150), (0, 0, 100, 100)),
        CLEAR),
    one("the cluster is larger than the hole", frame((-50, -50, 150, 150), (20, 20, 80, 80)),
        conflict("overlaps", 6_400)),
    one("the zone fills the hole of the cluster", square(40, 40, 20, 20), CLEAR, subject=HOLED),
    one("the zone lies in the hole of the cluster", square(45, 45, 5, 5), CLEAR, subject=HOLED),
    one("the zone is larger than the hole", square(30, 30, 40, 40), conflict("overlaps", 1_200),
        subject=HOLED),
    one("an island in the hole", several(frame((-50, -50, 150, 150), (-1, -1, 101, 101)),
        square(40, 40, 20, 20)), conflict("overlaps", 400)),
    one("both have the same hole", HOLED, conflict("equals", 9_600), subject=HOLED),
    # Parts.
    Scene("rows of one zone that lie on each other",
        drawn_in_parts(square(0, 0, 60, 100), square(40, 0, 60, 100)),
        (conflict("equals", 10_000),)),
    Scene("rows of one zone side by side",
        drawn_in_parts(square(0, 0, 10, 10), square(10, 0, 10, 10)),
        (conflict("contains", 200),)),
    one("a zone of two parts inside", several(square(10, 10, 10, 10), square(50, 50, 10, 10)),
        conflict("contains", 200)),
    one("a zone of two parts, one outside", several(square(10, 10, 10, 10), square(500, 0)),
        conflict("overlaps", 100)),
    one("a cluster of two parts, one met", square(-10, -10, 120, 120), conflict("overlaps", 10_000),
        subject=several(square(0, 0), square(300, 0))),
    one("a cluster of two parts, both met", square(-10, -10, 500, 500), conflict("within", 20_000),
        subject=several(square(0, 0), square(300, 0))),
    one("two zones", [square(0, 0, 10, 10), square(90, 90, 20, 20)], conflict("contains", 100),
        conflict("overlaps", 100)),
    one("two zones of a plan on each other", [square(0, 0, 50, 100), square(20, 0, 60, 100)],
        conflict("contains", 5_000), conflict("contains", 6_000)),
    # Corridors drawn as ground, lines and points.
    one("a strip 10 m wide runs through", square(-50, 45, 200, 10), conflict("overlaps", 1_000)),
    one("a strip runs through the hole", square(-50, 45, 200, 10), conflict("overlaps", 800),
        subject=HOLED),
    one("a strip ends inside", square(-50, 45, 80, 10), conflict("overlaps", 300)),
    one("a line runs through", line((-50, 50), (150, 50)), conflict("crosses", 0)),
    one("a line lies inside", line((10, 10), (90, 90)), conflict("crosses", 0)),
    one("a line along a side", line((-50, 0), (150, 0)), CLEAR),
    one("a line touches a corner", line((50, 150), (150, 50)), CLEAR),
    one("a line ends on a side", line((100, 50), (200, 50)), CLEAR),
    one("a line through the hole only", line((42, 50), (58, 50)), CLEAR, subject=HOLED),
    one("a point inside", at(shapely.Point(50, 50)), conflict("crosses", 0)),
    one("a point on a side", at(shapely.Point(100, 50)), CLEAR),
    one("a point outside", at(shapely.Point(101, 50)), CLEAR),
    # Oblique sides.
    one("an oblique strip of 1.41 m", poly((99, -1), (99, 99), (-1, 99)),
        conflict("overlaps", 197), subject=TRIANGLE),
    one("an oblique strip of 0.28 m", poly((99.8, -0.2), (99.8, 99.8), (-0.2, 99.8)),
        within("overlaps", 39.88), subject=TRIANGLE, **COARSE),
    one("a diamond inside that touches all sides", diamond(50, 50, 50),
        conflict("contains", 5_000)),
    one("a diamond about a corner", diamond(100, 100, 20), conflict("overlaps", 200)),
    one("a diamond about the middle of a side", diamond(100, 50, 20), conflict("overlaps", 400)),
    one("a wedge", poly((0, 0), (100, 0), (100, 50)), conflict("contains", 2_500)),
    # Days: both ends are in force.
    one("the plan's last day", square(0, 0), conflict("equals", 10_000),
        fields={"in_force_to": "2026-11-15"}),
    one("the plan's first day", square(0, 0), conflict("equals", 10_000),
        fields={"in_force_from": "2026-11-15"}),
    one("a plan of one day", square(0, 0), conflict("equals", 10_000),
        fields={"in_force_from": "2026-11-15", "in_force_to": "2026-11-15"}),
    one("the plan ended yesterday", square(0, 0), NOT_IN_FORCE,
        fields={"in_force_to": "2026-11-14"}),
    one("the plan begins tomorrow", square(0, 0), NOT_IN_FORCE,
        fields={"in_force_from": "2026-11-16"}),
    one("the plan is a draft", square(0, 0), NOT_IN_FORCE, fields={"status": "draft"}),
    one("the plan is archived", square(0, 0), NOT_IN_FORCE, fields={"status": "archived"}),
    one("the plan was withdrawn", square(0, 0), NOT_IN_FORCE, fields={"status": "withdrawn"}),
    one("not in force, at appraisal", square(0, 0), silent("not_in_force", "blocking"),
        fields={"status": "draft"}, stage=Stage.APPRAISAL),
    one("asked of an earlier day", square(0, 0), conflict("equals", 10_000),
        fields={"in_force_to": "2026-11-14"}, as_of=date(2026, 11, 14)),
    Scene("superseded: the old plan met it, the new one does not", (
        plan(square(0, 0), plan_id="OLD", in_force_to="2025-12-31"),
        plan(square(500, 0), plan_id="NEW", in_force_from="2026-01-01")), (CLEAR,)),
    Scene("superseded: asked of a day of the old plan", (
        plan(square(0, 0), plan_id="OLD", in_force_to="2025-12-31"),
        plan(square(500, 0), plan_id="NEW", in_force_from="2026-01-01")),
        (conflict("equals", 10_000),), as_of=date(2025, 12, 31)),
    Scene("old and new both hold for one day", (
        plan(square(0, 0), plan_id="OLD", in_force_to="2026-11-15"),
        plan(square(50, 0), plan_id="NEW", in_force_from="2026-11-15")),
        (conflict("equals", 10_000), conflict("overlaps", 5_000))),
    # What a plan does not speak about.
    one("a plan of its own zones says nothing elsewhere", square(500, 0), open_ground(10_000),
        ground=ZONES_ONLY),
    one("a plan of its own zones covers half", square(0, 0, 50, 100), conflict("contains", 5_000),
        open_ground(5_000), ground=ZONES_ONLY),
    one("a plan of its own zones covers it all", square(-10, -10, 200, 200),
        conflict("within", 10_000), ground=ZONES_ONLY),
    one("the ground covers it, the zone is elsewhere", square(500, 0), CLEAR,
        ground=ground(-10, -10, 700, 200)),
    one("the ground covers half of it", square(500, 0), open_ground(5_000),
        ground=ground(50, -10, 700, 200)),
    one("the ground covers half of it, met there", square(90, 0, 10, 100),
        conflict("contains", 1_000), open_ground(5_000), ground=ground(50, -10, 700, 200)),
    one("the ground ends 5 cm inside", square(500, 0), CLEAR, ground=ground(0.05, 0, 700, 100)),
    one("the ground ends 1 m inside", square(500, 0), open_ground(100),
        ground=ground(1, 0, 700, 100)),
    one("the ground has a hole inside it", square(500, 0), open_ground(400),
        ground=Ground("area", frame((-50, -50, 900, 150), (40, 40, 60, 60)))),
    one("the ground only touches it", square(500, 0), open_ground(10_000),
        ground=ground(100, 0, 700, 100)),
    one("the ground leaves part open, at appraisal", square(500, 0),
        open_ground(5_000, "blocking"), ground=ground(50, -10, 700, 200), stage=Stage.APPRAISAL),
    one("the hole of the cluster needs no ground", square(500, 0), CLEAR, subject=HOLED,
        ground=Ground("area", frame((-50, -50, 900, 150), (41, 41, 59, 59)))),
    Scene("one plan covers it, another does not", (
        plan(square(500, 0), plan_id="A"),
        plan(square(600, 0), plan_id="B", ground=ZONES_ONLY)), (CLEAR, open_ground(10_000))),
    Scene("two sheets of one plan cover it together", (
        plan(square(500, 0), plan_id="P", ground=ground(-10, -10, 60, 200)),
        plan(square(600, 0), plan_id="P", ground=ground(50, -10, 60, 200))), (CLEAR,)),
    Scene("nobody gave any plan", (), ()),
    # What is overlapped.
    one("land planned for clusters", square(0, 0), ("compatible", "equals", 10_000, None, None),
        category="SKN"),
    one("a thread of land planned for clusters", square(99.95, 0),
        within("overlaps", 5), category="SKN"),
    one("special-use forest by its land code", square(0, 0), conflict("equals", 10_000, "blocking"),
        category="RDD"),
    one("an industrial park", square(0, 0), conflict("equals", 10_000, "note"),
        category="industrial_park"),
    one("a relic by its old land code", square(0, 0), conflict("equals", 10_000),
        category="DDT"),
    one("a plan of no known kind", square(0, 0), conflict("equals", 10_000),
        category="unclassified"),
]  # fmt: skip


def rows_of(scene: Scene, plans: list[Layer]) -> list[tuple[Any, ...]]:
    subjects = clusters(scene.subject, accuracy_m=scene.accuracy_m)
    found = find_overlaps(subjects, plans, as_of=scene.as_of, stage=scene.stage).findings
    given = {word for each in plans for word in each.frame["category"]}
    rows = found[found["plan_id"].notna() | found["category"].isin(given)]
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in rows[["verdict", "relation", "area_m2", "severity", "reason"]].itertuples(
            index=False
        )
    ]


def same(found: list[tuple[Any, ...]], expected: tuple[tuple[Any, ...], ...]) -> None:
    def order(row):
        return tuple(str(cell) for cell in row[:2]), row[2] or 0

    assert len(found) == len(expected), found
    for one_row, other in zip(sorted(found, key=order), sorted(expected, key=order), strict=True):
        assert (*one_row[:2], *one_row[3:]) == (*other[:2], *other[3:])
        assert one_row[2] == (None if other[2] is None else pytest.approx(other[2], abs=1e-3))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_answer_is_the_one_a_reader_works_out(scene):
    same(rows_of(scene, list(scene.plans)), scene.rows)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_answer_is_the_same_when_the_plan_comes_in_another_zone(scene):
    plans = [each.to_crs(OTHER_ZONE).to_crs(CRS) for each in scene.plans]
    same(rows_of(scene, plans), scene.rows)


def test_the_table_is_as_long_as_it_says():
    assert len({scene.name for scene in SCENES}) == len(SCENES) >= 60
    assert sum(any(row[0] == "not_checked" for row in scene.rows) for scene in SCENES) >= 10


def test_no_plan_at_all_is_silence_about_every_kind_the_rules_expect():
    found = find_overlaps(clusters(square(0, 0)), [], as_of=DAY).findings
    assert set(found["verdict"]) == {"not_checked"}
    assert set(found["reason"]) == {"no_data"}
    assert {"rice", "protection_forest", "defence", "road"} <= set(found["category"])
