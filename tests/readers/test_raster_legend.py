"""What rasters say of their classes, and which two may be held against each other."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from gisclusters.errors import InputRefusedError
from gisclusters.readers.raster import open_land_cover
from gisclusters.readers.raster_pairs import require_comparable
from gisclusters.words import issue_text
from gisclusters.workflows.landcover import class_names
from tests.efficiency.scenes import EAST, NORTH, write_classes

CLASSES = np.full((10, 10), 50, dtype="uint8")


def legend(path, **options):
    with open_land_cover(path, **options) as cover:
        return cover.legend


def with_tags(path, colours=None, **tags):
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(**tags)
        if colours:
            dataset.write_colormap(1, colours)
    return path


def test_worldcover_is_known_by_its_tags_and_named_in_both_languages(shared_data):
    path = shared_data / "real" / "landcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    with open_land_cover(path) as cover:
        assert cover.legend.known_as == "worldcover"
        assert cover.legend.names[95] == "Mangroves"
        assert (cover.legend.version, cover.legend.days) == ("V1.0.0", ("2020-01-01", "2020-12-31"))
        assert cover.legend.colours[50] == (250, 0, 0)
        assert class_names(cover, 95) == {"name_vi": "Rừng ngập mặn", "name_en": "Mangroves"}
        assert class_names(cover, 11) == {"name_vi": None, "name_en": None}
        assert {code for code in cover.legend.names if class_names(cover, code)["name_vi"]} == set(
            cover.legend.names
        )


def test_a_raster_that_says_nothing_has_numbers_only(tmp_path):
    path = write_classes(tmp_path / "a.tif", CLASSES)
    with open_land_cover(path) as cover:
        assert class_names(cover, 50) == {"name_vi": None, "name_en": None}
        assert (cover.legend.known_as, dict(cover.legend.colours)) == (None, {})


def test_names_stand_in_the_value_table_beside_the_raster(shared_data):
    folder = shared_data / "real" / "zonal_sao_miguel"
    names = legend(folder / "clc2018_v2020_20u1.tif").names
    assert names[3] == "Industrial or commercial units"
    assert names[41] == "Water bodies"


PAM = """<PAMDataset><PAMRasterBand band="1">{body}</PAMRasterBand></PAMDataset>"""
TABLE = """<GDALRasterAttributeTable><FieldDefn index="0"><Name>Value</Name></FieldDefn>
<FieldDefn index="1"><Name>Count</Name></FieldDefn><FieldDefn index="2"><Name>Lop_phu</Name></FieldDefn>
<Row index="0"><F>50</F><F>9</F><F>Nhà xưởng</F></Row><Row index="1"><F>30.0</F><F>7</F><F>Cỏ</F></Row>
</GDALRasterAttributeTable>"""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<CategoryNames><Category></Category><Category>Rừng</Category></CategoryNames>",
         {1: "Rừng"}),
        (TABLE, {50: "Nhà xưởng", 30: "Cỏ"}),
        ("<Metadata/>", {}),
        ("<CategoryNames><Category>a", {}),
    ],
)  # fmt: skip
def test_names_stand_in_the_aux_file_of_gdal(tmp_path, body, names):
    path = write_classes(tmp_path / "a.tif", CLASSES)
    text = PAM.format(body=body) if not body.endswith("a") else body
    (tmp_path / "a.tif.aux.xml").write_text(text, encoding="utf-8")
    assert dict(legend(path).names) == names


def test_an_aux_file_with_entities_of_its_own_is_not_read(tmp_path):
    path = write_classes(tmp_path / "a.tif", CLASSES)
    body = PAM.format(body="<CategoryNames><Category>&a;</Category></CategoryNames>")
    (tmp_path / "a.tif.aux.xml").write_text(
        f'<!DOCTYPE x [<!ENTITY a "b">]>{body}', encoding="utf-8"
    )
    assert not legend(path).names


def pair(before, now):
    with open_land_cover(before) as first, open_land_cover(now) as second:
        try:
            return require_comparable(first, second)
        except InputRefusedError as refusal:
            for issue in refusal.issues:
                assert all(issue_text(issue, "vi") + issue_text(issue, "en"))
            raise


def refused(before, now):
    with pytest.raises(InputRefusedError) as refusal:
        pair(before, now)
    return {issue.code: issue for issue in refusal.value.issues}


def test_two_products_of_one_place_on_shifted_grids_are_refused(shared_data):
    folder = shared_data / "real" / "landcover"
    found = refused(
        folder / "Baywide_13Class_20132014_E1300000_N1770000.tif",
        folder / "BayWide_1m_LU_E1300000_N1770000.tif",
    )
    assert set(found) == {"landcover_shifted", "landcover_legends_differ"}
    # 1 m pixels; the second begins 0.84 m west and 0.89 m north of the first
    shift = found["landcover_shifted"].params
    assert shift["east"] == pytest.approx(0.838 - 1, abs=1e-3)
    assert shift["north"] == pytest.approx(1 - 0.890, abs=1e-3)


def test_grids_that_differ_are_refused_each_by_its_own_name(tmp_path):
    a = write_classes(tmp_path / "a.tif", CLASSES)
    zone = write_classes(tmp_path / "b.tif", CLASSES, crs="EPSG:9217")
    assert list(refused(a, zone)) == ["landcover_crs_differs"]
    finer = write_classes(tmp_path / "c.tif", CLASSES, pixel_m=5)
    assert list(refused(a, finer)) == ["landcover_pixels_differ"]
    half = Affine(10, 0, EAST + 5, 0, -10, NORTH + 100)
    shifted = refused(a, write_classes(tmp_path / "d.tif", CLASSES, transform=half))
    assert list(shifted) == ["landcover_shifted"]
    assert abs(shifted["landcover_shifted"].params["east"]) == pytest.approx(0.5)


def test_another_extent_on_the_same_grid_may_be_compared(tmp_path):
    a = write_classes(tmp_path / "a.tif", CLASSES)
    moved = Affine(10, 0, EAST - 30, 0, -10, NORTH + 140)
    b = write_classes(tmp_path / "b.tif", CLASSES, transform=moved)
    assert [issue.code for issue in pair(a, b)] == ["landcover_legend_unsaid"]
    south_up = Affine(10, 0, EAST, 0, 10, NORTH)
    c = write_classes(tmp_path / "c.tif", CLASSES, transform=south_up)
    assert [issue.code for issue in pair(a, c)] == ["landcover_legend_unsaid"]


def test_one_class_of_two_colours_is_two_legends(tmp_path):
    red, grey = (250, 0, 0, 255), (90, 90, 90, 255)
    a = with_tags(write_classes(tmp_path / "a.tif", CLASSES), {50: red, 30: grey})
    b = with_tags(write_classes(tmp_path / "b.tif", CLASSES), {50: grey, 30: grey})
    assert refused(a, b)["landcover_legends_differ"].params["classes"] == "50"
    c = with_tags(write_classes(tmp_path / "c.tif", CLASSES), {50: red, 30: grey})
    assert pair(a, c) == []


def test_two_versions_of_a_classification_are_told(tmp_path):
    said = {"legend": "50  Built-up\n30 Grassland"}
    a = with_tags(write_classes(tmp_path / "a.tif", CLASSES), algorithm_version="V1.0.0", **said)
    b = with_tags(write_classes(tmp_path / "b.tif", CLASSES), algorithm_version="V2.0.0", **said)
    [issue] = pair(a, b)
    assert (issue.code, issue.params["first"]) == ("landcover_versions_differ", "V1.0.0")
    assert pair(a, a) == []
