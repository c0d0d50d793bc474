"""Whether a cluster of one hectare, or of twenty, lies where it says and is as large as it says."""

from datetime import date

import numpy as np
import pytest

from gisclusters.overlaps.naming import naming
from gisclusters.rules.sizes import load_sizes
from tests.scenes import CRS, clusters, layer, square

DAY = date(2026, 11, 15)


def place(name, shape, level="commune", accuracy_m=0.05, **fields):
    return layer("places", [{"place_id": name, "name": name, "level": level, "geometry": shape,
                             "accuracy_m": accuracy_m, **fields}])  # fmt: skip


def row(check, subject, *places, as_of=DAY):
    table = naming(subject, places, as_of=as_of, sizes=load_sizes())
    assert table["check"].tolist() == ["commune", "province", "registered_area", "size"]
    return table[table["check"] == check].iloc[0]


HERE = clusters(square(0, 0), commune="xã Sa Bình", province="Kon Tum")


@pytest.mark.parametrize(
    ("ground", "fit", "outside"),
    [(square(-50, -50, 500, 500), "fits", 0), (square(0, 0), "fits", 0),
     (square(0.05, 0, 500, 500), "fits", 5), (square(0.1, 0, 500, 500), "undecided", 10),
     (square(20, 0, 500, 500), "does_not_fit", 2_000), (square(500, 0), "does_not_fit", 10_000)],
)  # fmt: skip
def test_the_commune_it_names(ground, fit, outside):
    found = row("commune", HERE, place("Sa Bình", ground))
    assert (found["fit"], found["outside_m2"]) == (fit, pytest.approx(outside, abs=1e-6))


def test_silence_is_no_consent():
    assert row("commune", clusters(square(0, 0)))["reason"] == "not_named"
    found = row("commune", HERE, place("Ia Chim", square(-50, -50, 500, 500)))
    assert (found["fit"], found["reason"]) == ("not_checked", "no_data")
    wrong_level = place("Sa Bình", square(-50, -50, 500, 500), level="province")
    assert row("commune", HERE, wrong_level)["reason"] == "no_data"


def test_before_and_after_a_merger():
    old = place("Kon Tum", square(-500, -500, 1_000, 1_000), level="province",
                valid_to="2025-06-30")  # fmt: skip
    new = place("Quảng Ngãi", square(-500, -500, 5_000, 5_000), level="province",
                valid_from="2025-07-01")  # fmt: skip
    assert row("province", HERE, old, new, as_of=date(2025, 6, 30))["fit"] == "fits"
    later = row("province", HERE, old, new)
    assert (later["fit"], later["reason"]) == ("not_checked", "not_valid")
    assert row("province", clusters(square(0, 0), province="Quảng Ngãi"), old, new)["fit"] == "fits"


# A square of 100 m with vertices to 0.05 m: sd = 0.05/(2√2) · √(4 · 2 · 100²) = 5 m².
@pytest.mark.parametrize(
    ("registered", "fit"),
    [(10_000, "fits"), (10_014.9, "fits"), (10_015.9, "does_not_fit"), (9_985.1, "fits"),
     (9_984.1, "does_not_fit"), (10_100, "does_not_fit"), (None, "not_checked")],
)  # fmt: skip
def test_the_area_it_is_registered_with(registered, fit):
    found = row("registered_area", clusters(square(0, 0), registered_area_m2=registered))
    assert found["fit"] == fit
    if registered is not None:
        assert found["area_sd_m2"] == pytest.approx(5)


def test_a_figure_in_hundredths_of_a_hectare_is_rounded():
    """1,00 ha may be 9 950 to 10 050 m²."""
    shape = square(0, 0, 100, 100.4)
    assert row("registered_area", clusters(shape, registered_area_m2=10_000))["fit"] == "fits"
    shape = square(0, 0, 100, 100.6)
    assert row("registered_area", clusters(shape, registered_area_m2=10_000))["fit"] == (
        "does_not_fit"
    )


@pytest.mark.parametrize(
    ("hectares", "as_of", "flags", "fit", "reason"),
    [(20, DAY, {}, "fits", None), (4, DAY, {}, "does_not_fit", "below_minimum"),
     (76, DAY, {}, "does_not_fit", "above_maximum"),
     (7, date(2026, 9, 14), {}, "undecided", "depends"),
     (7, date(2026, 9, 14), {"mountain": True}, "fits", None),
     (7, date(2026, 9, 14), {"mountain": False, "craft_village": False}, "does_not_fit",
      "below_minimum"), (7, date(2026, 9, 15), {}, "fits", None),
     (7, date(2020, 1, 1), {}, "not_checked", "no_data")],
)  # fmt: skip
def test_the_size_the_decree_of_the_day_allows(hectares, as_of, flags, fit, reason):
    shape = square(0, 0, 100, 100 * hectares)
    found = row("size", clusters(shape, **flags), as_of=as_of)
    assert (found["fit"], found["reason"]) == (fit, reason)


def test_places_of_another_zone():
    there = place("Sa Bình", square(20, 0, 500, 500)).to_crs("EPSG:9210").to_crs(CRS)
    assert row("commune", HERE, there)["outside_m2"] == pytest.approx(2_000, abs=1e-3)
    assert np.isclose(row("commune", HERE, there)["width_m"], 20, rtol=1e-2)
