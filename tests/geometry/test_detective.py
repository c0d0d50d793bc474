"""Every wrong reference system × both districts × what is known: named, or an honest doubt.

The mistakes are made here by pyproj's own operations and plain arithmetic, not by the door
that undoes them.
"""

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from gisclusters.geometry.detective import concluded, weigh
from gisclusters.layers.known import Known, weigh_rows
from gisclusters.readers import read_layer
from gisclusters.samples import samples_dir

SAMPLES = samples_dir()
DISTRICTS = {  # zone, meridian, neighbour zones, cluster, its commune of today, its province
    "north": ("EPSG:9216", 107.5, {"-15": "EPSG:9215", "+15": "EPSG:5899", "-30": "EPSG:9214",
                                    "+30": "EPSG:5898"}, "N5", "xã Sa Bình", "Đăk Mơ"),
    "south": ("EPSG:9210", 105.75, {"-15": "EPSG:9209", "+15": "EPSG:9211", "+30": "EPSG:9212"},
              "S1", "xã Đức Lộc", "Đức Lộc"),
}  # fmt: skip
SEVEN = ("+proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 "
         "+ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=")  # fmt: skip
MEKONG = ("+proj=helmert +x=-192.873 +y=-39.382 +z=-111.202 +rx=0.00205 +ry=0.0005 +rz=-0.00335 "
          "+s=0.0188 +convention=coordinate_frame")  # fmt: skip


def pipeline(*steps):
    return pyproj.Transformer.from_pipeline("+proj=pipeline " + " ".join(steps))


def plane(meridian, k=0.9999):
    return f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k={k} +x_0=500000 +y_0=0 +ellps=WGS84"


def shift(helmert):
    return ("+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
            f"+step {helmert} +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3")  # fmt: skip


NATIONAL = shift(SEVEN + "coordinate_frame")


def moved(meridian, *operations):
    """Plane to plane of one meridian by way of datum operations: a name and its direction."""
    steps = [f"+step +inv {plane(meridian)}"]
    for operation, forward in operations:
        parts = [part for part in operation.split("+step ") if part]
        if not forward:
            back = []
            for part in reversed(parts):
                if part.startswith("+inv "):
                    back.append(part.removeprefix("+inv "))
                elif part.startswith("+proj=push"):
                    back.append(part.replace("push", "pop"))
                elif part.startswith("+proj=pop"):
                    back.append(part.replace("pop", "push"))
                else:
                    back.append("+inv " + part)
            parts = back
        steps += [f"+step {part}" for part in parts]
    steps.append(f"+step {plane(meridian)}")
    return pipeline(*steps)


def mistakes(district):
    """Name → (cause, system it was written in, function from true to wrong coordinates)."""
    zone, meridian, neighbours, *_ = DISTRICTS[district]

    def between(source, target):
        change = pyproj.Transformer.from_crs(source, target, always_xy=True)
        return change.transform

    def by(*operations):
        change = moved(meridian, *operations)
        return change.transform

    found = {
        f"meridian {name}'": ("wrong_central_meridian", code, between(zone, code))
        for name, code in neighbours.items()
    }
    utm = "EPSG:3405" if district == "south" else "EPSG:3406"
    found |= {
        "6° zone": ("wrong_zone_width", utm, between(zone, utm)),
        "k 0.9996": ("wrong_zone_width", None, lambda e, n: (
            500_000 + (e - 500_000) * 0.9996 / 0.9999, n * 0.9996 / 0.9999)),
        "no datum shift": ("no_datum_shift", None, by((NATIONAL, True))),
        "shift reversed": ("datum_shift_reversed", None, by((NATIONAL, True), (NATIONAL, True))),
        "shift unwanted": ("datum_shift_unwanted", None, by((NATIONAL, False))),
        "rotation signs": ("datum_rotation_sign", None, by(
            (NATIONAL, True), (shift(SEVEN + "position_vector"), False))),
        "Mekong operation": ("mekong_datum_operation", None, by(
            (NATIONAL, True), (shift(MEKONG), False))),
        "swapped": ("swapped_axes", None, lambda e, n: (n, e)),
        "right": ("none", zone, lambda e, n: (e, n)),
    }  # fmt: skip
    return found


@pytest.fixture(scope="module")
def layers():
    return {
        (district, kind): read_layer(kind, SAMPLES / district / f"{kind}.gpkg")
        for district in DISTRICTS
        for kind in ("places", "clusters", "markers")
    }


CASES = [(district, name) for district in DISTRICTS for name in mistakes(district)]


def wrong(layer, cluster, change):
    """The rows of one cluster as the mistake writes them."""
    rows = layer.shapes[layer.frame["cluster_id"] == cluster].copy()
    shapes = shapely.transform(
        rows.geometry.to_numpy(), lambda xy: np.column_stack(change(xy[:, 0], xy[:, 1]))
    )
    return pd.DataFrame(rows.drop(columns="geometry")).assign(geometry=shapes)


def size_m(layer, cluster, change):
    shape = layer.shapes[layer.frame["cluster_id"] == cluster].geometry.iloc[0]
    x, y = np.array([shape.centroid.x]), np.array([shape.centroid.y])
    e, n = change(x, y)
    return float(np.hypot(e - x, n - y)[0])


@pytest.mark.parametrize(("district", "name"), CASES)
def test_with_markers_known_every_cause_is_named(layers, district, name):
    zone, _, _, cluster, *_ = DISTRICTS[district]
    cause, system, change = mistakes(district)[name]
    markers = layers[district, "markers"]
    rng = np.random.default_rng(3)
    rows = wrong(markers, cluster, change)
    noise = rng.normal(0, 0.01, (len(rows), 2))
    rows["geometry"] = shapely.points(
        shapely.get_x(rows["geometry"].to_numpy()) + noise[:, 0],
        shapely.get_y(rows["geometry"].to_numpy()) + noise[:, 1],
    )
    answer = concluded(weigh_rows("markers", rows, zone, Known(markers=[markers])))
    assert answer is not None
    assert answer.cause == cause
    small = cause in {"datum_rotation_sign", "mekong_datum_operation"}
    assert answer.certainty == ("likely" if small else "certain")
    if system is not None:
        assert answer.crs == system


@pytest.mark.parametrize("told", ["commune", "province"])
@pytest.mark.parametrize(("district", "name"), CASES)
def test_with_a_place_known_it_is_named_or_honestly_open(layers, district, name, told):
    zone, _, _, cluster, commune, province = DISTRICTS[district]
    cause, system, change = mistakes(district)[name]
    rows = wrong(layers[district, "clusters"], cluster, change)
    rows["commune"] = commune if told == "commune" else None
    rows["province"] = province if told == "province" else None
    candidates = weigh_rows("clusters", rows, zone, Known(places=[layers[district, "places"]]))
    answer = concluded(candidates)
    if answer is not None and answer.certainty == "certain":
        assert (answer.cause, answer.crs) == (cause, system or answer.crs)
    size = size_m(layers[district, "clusters"], cluster, change)
    fitting = [c for c in candidates if c.evidence.endswith(": 0 m")]
    assert cause in {c.cause for c in fitting}, "what is true is never out of sight"
    if size > 5_000:  # leaves the commune and the province
        assert answer is None or answer.cause == cause
        same = {c.cause for c in fitting if abs((c.distance_m or 0) - size) > 1_000}
        assert same == set(), "only readings of the same ground are left open"
        if cause == "wrong_central_meridian":
            assert answer is not None
            assert answer.crs == system
    else:  # 225–477 m and less stay inside the commune, and nobody can tell
        assert answer is None
        assert candidates[0].cause == "none"


@pytest.mark.parametrize(("district", "name"), CASES)
def test_a_cluster_that_comes_again_is_held_against_its_own_outline(layers, district, name):
    zone, _, _, cluster, *_ = DISTRICTS[district]
    cause, system, change = mistakes(district)[name]
    clusters = layers[district, "clusters"]
    rows = wrong(clusters, cluster, change)
    answer = concluded(weigh_rows("clusters", rows, zone, Known(clusters=[clusters])))
    if size_m(clusters, cluster, change) > 100:
        assert answer is not None
        assert (answer.cause, answer.certainty) == (cause, "certain")
        assert answer.crs == (system or answer.crs)
    else:  # half a metre is less than an outline can tell
        assert answer is not None
        assert (answer.cause, answer.certainty) == ("none", "certain")


def test_without_anything_known_nobody_can_tell():
    candidates = weigh(np.array([552_800.0]), np.array([1_587_000.0]), "EPSG:9216")
    assert len(candidates) > 3
    assert {c.certainty for c in candidates} == {"cannot_tell"}
    assert concluded(candidates) is None


def test_where_nobody_says_a_zone_the_one_that_fits_is_likely(layers):
    rows = wrong(layers["north", "clusters"], "N5", lambda e, n: (e, n)).assign(commune="Sa Bình")
    known = Known(places=[layers["north", "places"]])
    answer = concluded(weigh_rows("clusters", rows, None, known))
    assert answer is not None
    assert (answer.crs, answer.cause, answer.certainty) == ("EPSG:9216", "none", "likely")
