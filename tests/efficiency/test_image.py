"""Change between two images, and papers against the image, on squares of one hectare."""

from dataclasses import replace

import numpy as np
import pytest

from gisclusters.domain.run import RuleSet
from gisclusters.efficiency import measure_efficiency
from gisclusters.efficiency.image_checks import CHECK_COLUMNS
from gisclusters.readers.raster import open_land_cover
from gisclusters.rules.land_cover import Confusion, load_land_cover_rules
from gisclusters.words import issue_text
from tests.efficiency.scenes import DAY, layer, square, write_classes

RULES = load_land_cover_rules()


def field(*built, nodata=(), side=60):
    """Six by six hectares of class 30 in pixels of 10 m; ``built`` are rows and columns of
    pixels counted from the south-west: (west, south, east, north)."""
    classes = np.full((side, side), 30, dtype="uint8")
    for value, boxes in ((50, built), (0, nodata)):
        for west, south, east, north in boxes:
            classes[side - north : side - south, west:east] = value
    return classes


def cluster(name="C1", shape=None):
    return {"cluster_id": name, "geometry": shape or square(1, 1, 4, 4), "accuracy_m": 0.1}


def measured(path, *, clusters=None, lots=(), parcels=(), before=None, **options):
    rows = clusters or [cluster()]
    lot_layer = layer("lots", list(lots)) if lots else None
    parcel_layer = layer("parcels", list(parcels)) if parcels else None
    with open_land_cover(path) as now:
        if before is None:
            return measure_efficiency(layer("clusters", rows), lot_layer, parcel_layer, as_of=DAY,
                                      landcover=now, **options)  # fmt: skip
        with open_land_cover(before) as then:
            return measure_efficiency(layer("clusters", rows), lot_layer, parcel_layer, as_of=DAY,
                                      landcover=now, before=then, **options)  # fmt: skip


def checks(report, check=None):
    rows = report.image_checks
    return rows if check is None else rows[rows["check"] == check]


def change(tmp_path, before, now, **options):
    report = measured(write_classes(tmp_path / "now.tif", now),
                      before=write_classes(tmp_path / "before.tif", before), **options)  # fmt: skip
    [row] = report.clusters.to_dict("records")
    return row


def test_growth_beyond_the_error_is_told_with_its_size(tmp_path):
    row = change(tmp_path, field((10, 10, 20, 20)), field((10, 10, 20, 30)))
    assert row["built_before_share"] == pytest.approx(1 / 16)
    assert row["built_share"] == pytest.approx(2 / 16)
    assert row["built_change_share"] == pytest.approx(1 / 16)
    # a perimeter of 160 pixel sides, twice: √2 · √(160 / 12) of 1600 pixels
    assert row["built_change_sd"] == pytest.approx(np.sqrt(2 * 160 / 12) / 1600)
    assert row["built_change"] == "grown"


@pytest.mark.parametrize(
    ("pixels", "word"),
    [(10, "not_significant"), (11, "grown")],  # 1.96 · √(2 · 160 / 12) = 10.1 pixels
)
def test_a_change_within_1_96_sd_is_none(tmp_path, pixels, word):
    row = change(tmp_path, field(), field((20, 20, 20 + pixels, 21)))
    assert row["built_change_share"] == pytest.approx(pixels / 1600)
    assert row["built_change"] == word


def test_what_was_built_and_is_no_more_is_reduced(tmp_path):
    assert change(tmp_path, field((20, 20, 30, 30)), field())["built_change"] == "reduced"


def test_images_that_cover_different_ground_tell_no_change(tmp_path):
    row = change(tmp_path, field(nodata=[(10, 10, 12, 50)]), field((20, 20, 30, 30)))
    assert row["built_change"] == "different_ground"
    assert np.isnan(row["built_change_share"])
    assert row["built_before_share"] == 0
    assert row["built_share"] == pytest.approx(100 / 1600)


def test_without_an_earlier_image_nothing_is_said_of_change(tmp_path):
    report = measured(write_classes(tmp_path / "now.tif", field()))
    [row] = report.clusters.to_dict("records")
    assert row["built_change"] is None
    assert np.isnan([row["built_change_share"], row["built_before_share"]]).all()


def matrix():
    return Confusion(
        rule_set=RuleSet(name="trial", version="1", sha256="0"), rows="truth_given_map",
        classes=(30, 50), shares=((0.9, 0.1), (0.2, 0.8)), checked=(np.inf, np.inf), patch_pixels=1,
    )  # fmt: skip


def test_a_matrix_corrects_and_its_errors_are_in_the_sd(tmp_path):
    report = measured(write_classes(tmp_path / "now.tif", field((10, 10, 30, 50))),
                      confusion=matrix())  # fmt: skip
    [row] = report.clusters.to_dict("records")
    assert row["built_share"] == pytest.approx(0.5)
    assert row["built_corrected_share"] == pytest.approx(0.45)  # a half of 0.1, a half of 0.8
    pixel_sd = np.sqrt(160 / 12) / 1600
    assert row["built_share_sd"] == pytest.approx(pixel_sd)
    assert row["built_corrected_sd"] == pytest.approx(
        np.hypot(0.7 * pixel_sd, np.sqrt(0.125 / 1600))
    )
    assert "landcover_pixels_only" not in {issue.code for issue in report.issues}


def test_without_a_matrix_it_is_said_that_classification_errors_are_not_in_the_sd(tmp_path):
    report = measured(write_classes(tmp_path / "now.tif", field((10, 10, 30, 50))))
    assert "landcover_pixels_only" in {issue.code for issue in report.issues}
    assert report.clusters["built_corrected_share"].isna().all()


def test_classes_that_the_matrix_lacks_are_named_and_nothing_is_corrected_there(tmp_path):
    classes = field()
    classes[30, 30] = 80
    report = measured(write_classes(tmp_path / "now.tif", classes), confusion=matrix())
    [issue] = [each for each in report.issues if each.code == "landcover_not_in_matrix"]
    assert "80" in issue_text(issue, "vi")[0]
    assert report.clusters["built_corrected_share"].isna().all()


def test_built_classes_that_the_image_does_not_show_are_a_warning_with_those_it_does(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((10, 10, 30, 50)))
    report = measured(path, built_classes=(5, 6))
    [issue] = [each for each in report.issues if each.code == "landcover_built_nowhere"]
    assert (issue.value, issue.params["classes"]) == ("5, 6", "30, 50")
    assert report.image_classes == (30, 50)
    assert not [each for each in measured(path).issues if each.code == "landcover_built_nowhere"]


def test_what_is_built_in_the_ring_about_a_cluster_is_found_with_its_size(tmp_path):
    # 20 m by 100 m east of the boundary, and 100 m by 100 m farther off than 50 m
    path = write_classes(tmp_path / "now.tif", field((50, 20, 52, 30), (20, 56, 30, 60)))
    [row] = checks(measured(path)).to_dict("records")
    assert list(row) == list(CHECK_COLUMNS)
    assert (row["check"], row["feature_kind"], row["feature_id"]) == (
        "built_outside", "cluster", "C1",
    )  # fmt: skip
    assert row["built_m2"] == pytest.approx(2_000, rel=1e-4)
    # four sides of 400 m by 50 m, and a disc of 50 m in four parts
    assert row["looked_at_m2"] == pytest.approx(80_000 + np.pi * 2_500, rel=3e-3)
    assert row["verdict"] == "found"
    assert row["geometry"].area == pytest.approx(row["looked_at_m2"])


def test_the_ring_is_as_wide_as_asked(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((50, 20, 52, 30)))
    [row] = checks(measured(path, image_rules=RULES.with_ring(10))).to_dict("records")
    assert row["built_m2"] == pytest.approx(1_000, rel=1e-4)


def test_ground_of_the_next_cluster_is_not_outside(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((30, 10, 32, 50)))
    two = [cluster("C1", square(1, 1, 2, 4)), cluster("C2", square(3, 1, 2, 4))]
    assert checks(measured(path, clusters=two)).empty


def lot(name, use, shape):
    return {"lot_id": name, "use": use, "geometry": shape, "cluster_id": "C1", "accuracy_m": 0.1}


def parcel(name, shape, **fields):
    row = {"parcel_id": name, "geometry": shape, "cluster_id": "C1", "accuracy_m": 0.1}
    return row | fields


def test_green_on_paper_and_built_on_the_image(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((20, 20, 25, 30), (40, 40, 50, 50)))
    lots = [
        lot("X1", "green", square(2, 2)),  # half of it built
        lot("X2", "green", square(3, 2)),  # nothing built
        lot("X3", "green", square(2.1, 2.1, 0.4, 0.4)),  # all of its 16 pixels
        lot("X4", "green", square(2.1, 2.6, 0.3, 0.3)),  # all of its 9
        lot("CN", "industrial", square(4, 4)),
    ]
    found = checks(measured(path, lots=lots), "green_built").set_index("feature_id")
    assert found["verdict"].to_dict() == {"X1": "found", "X3": "indicative", "X4": "refused"}
    assert found["built_m2"].to_dict() == pytest.approx({"X1": 5_000, "X3": 1_600, "X4": 900})
    # √(40 / 12) pixels of 100 m²
    assert found.loc["X1", "built_sd_m2"] == pytest.approx(np.sqrt(40 / 12) * 100)


def test_a_speck_on_green_is_within_the_error(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((20, 20, 23, 21)))  # 300 m² of 358 m²
    [row] = checks(measured(path, lots=[lot("X1", "green", square(2, 2))])).to_dict("records")
    assert (row["verdict"], row["built_m2"]) == ("not_significant", pytest.approx(300))


def test_parcels_and_lots_that_leave_the_boundary_are_looked_at_outside_it(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((40, 20, 60, 30)))
    rows = measured(
        path,
        parcels=[parcel("P1", square(4, 2, 2, 1), lease_from="2024-01-01"),
                 parcel("P2", square(4, 3, 1.0005, 1))],  # 5 cm over, within the accuracy
        lots=[lot("L1", "industrial", square(4, 2, 1.5, 1))],
        image_rules=RULES.with_ring(1),
    )  # fmt: skip
    found = checks(rows, "built_outside").set_index("feature_id")
    assert found["feature_kind"].to_dict() == {"P1": "parcel", "L1": "lot", "C1": "cluster"}
    assert found["built_m2"].to_dict() == pytest.approx(
        {"P1": 10_000, "L1": 5_000, "C1": 100}, rel=1e-4
    )


def test_lease_and_image_that_disagree_stand_in_the_same_list(tmp_path):
    path = write_classes(tmp_path / "now.tif", field((10, 10, 20, 20)))
    rows = measured(path, parcels=[
        parcel("P1", square(1, 1)),  # built, nobody leases it
        parcel("P2", square(2, 1), lease_from="2024-01-01"),  # leased, nothing built
    ])  # fmt: skip
    found = checks(rows).set_index("feature_id")
    assert found["check"].to_dict() == {"P1": "built_not_leased", "P2": "leased_not_built"}
    assert found["built_m2"].to_dict() == pytest.approx({"P1": 10_000, "P2": 0})
    assert found["verdict"].tolist() == ["found", "found"]
    assert found.loc["P2", "geometry"].equals(square(2, 1))


def test_a_parcel_whose_error_reaches_the_other_state_is_not_clear(tmp_path):
    """25 pixels in a strip of one row: sd = √(52 / 12) / 25 = 8.3 %, 1.96 of it 16.3 %."""
    path = write_classes(tmp_path / "now.tif", field((10, 10, 18, 11), (10, 15, 20, 16)))
    rows = measured(path, parcels=[
        parcel("P1", square(1, 1, 2.5, 0.1)),  # 8 of 25 built: 32 % less 16 % is over 5 %
        parcel("P2", square(1, 1.5, 2.5, 0.1)),  # 10 of 25
        parcel("P3", square(1, 2, 2.5, 0.1), lease_from="2024-01-01"),  # none: 16 % is under 30 %
    ], image_rules=RULES)  # fmt: skip
    found = checks(rows).set_index("feature_id")
    assert found["built_sd_m2"].tolist() == pytest.approx([np.sqrt(52 / 12) * 100] * 3)
    assert found["verdict"].to_dict() == {"P1": "found", "P2": "found", "P3": "found"}
    strict = replace(RULES, thresholds=RULES.thresholds | {
        "significance": [replace(RULES.thresholds["significance"][0], value=4.0)]
    })  # fmt: skip
    rows = measured(path, parcels=[
        parcel("P1", square(1, 1, 2.5, 0.1)),  # 32 % less 33 %
        parcel("P2", square(1, 1.5, 2.5, 0.1)),  # 40 % less 33 %
        parcel("P3", square(1, 2, 2.5, 0.1), lease_from="2024-01-01"),  # 33 % is over 30 %
    ], image_rules=strict)  # fmt: skip
    found = checks(rows).set_index("feature_id")
    assert found["verdict"].to_dict() == {
        "P1": "not_significant", "P2": "found", "P3": "not_significant",
    }  # fmt: skip


def test_ground_without_data_is_named_but_not_where_the_image_shows_nothing_at_all(tmp_path):
    path = write_classes(tmp_path / "now.tif", field(nodata=[(20, 20, 30, 30)]))
    lots = [lot("X1", "green", square(2, 2)), lot("X9", "green", square(12, 12))]
    lots[1]["cluster_id"] = "C9"
    two = [cluster(), cluster("C9", square(12, 12, 2, 2))]
    found = checks(measured(path, clusters=two, lots=lots))
    assert found[["feature_id", "verdict"]].to_numpy().tolist() == [["X1", "no_data"]]


def test_without_an_image_there_are_no_checks():
    report = measure_efficiency(layer("clusters", [cluster()]), None, None, as_of=DAY)
    assert report.image_checks is None
