"""Which rasters are taken as land cover, and which are refused with what words."""

import hashlib

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from gisclusters.errors import InputRefusedError
from gisclusters.readers.raster import open_land_cover
from gisclusters.words import issue_text
from tests.efficiency.scenes import EAST, NORTH, write_classes

CLASSES = np.arange(1, 101, dtype="uint8").reshape(10, 10)


def write_unplaced(path, classes, **options):
    with pytest.warns(NotGeoreferencedWarning):
        return write_classes(path, classes, placed=False, **options)


def refused(path, **options):
    with pytest.raises(InputRefusedError) as refusal:
        open_land_cover(path, **options)
    for issue in refusal.value.issues:
        assert all(issue_text(issue, "vi") + issue_text(issue, "en"))
    return [issue.code for issue in refusal.value.issues]


def test_a_raster_tells_its_place_and_its_source(tmp_path):
    path = write_classes(tmp_path / "phủ đất.tif", CLASSES)
    with open_land_cover(path) as cover:
        assert cover.crs == "EPSG:9216"
        assert cover.extent == (EAST, NORTH, EAST + 100, NORTH + 100)
        assert (cover.pixel_size, cover.pixel_area) == ((10, 10), 100)
        assert (cover.shape, cover.nodata) == ((10, 10), 0)
        assert cover.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (cover.source.name, cover.source.crs_as_received) == ("phủ đất.tif", "EPSG:9216")


def test_a_window_is_read_from_the_north_and_nodata_is_masked(tmp_path):
    path = write_classes(tmp_path / "cover.tif", CLASSES, nodata=12)
    with open_land_cover(path) as cover:
        window = cover.read_window(1, 0, 2, 2)
    assert window.tolist() == [[2, 3], [None, 13]]


def test_a_window_of_a_south_up_raster_is_turned(tmp_path):
    path = write_classes(
        tmp_path / "south.tif", CLASSES[::-1], transform=Affine(10, 0, EAST, 0, 10, NORTH)
    )
    with open_land_cover(path) as cover:
        assert cover.extent == (EAST, NORTH, EAST + 100, NORTH + 100)
        assert cover.read_window(1, 0, 2, 2).tolist() == [[2, 3], [12, 13]]
        assert cover.read_window(0, 9, 1, 1).tolist() == [[91]]


def test_whole_numbers_held_as_floats_are_classes(tmp_path):
    values = np.array([[50, np.nan], [-9999, 10]], dtype="float32")
    path = write_classes(tmp_path / "float.tif", values, nodata=-9999)
    with open_land_cover(path) as cover:
        assert cover.read_window(0, 0, 2, 2).tolist() == [[50, None], [None, 10]]


def test_an_image_in_three_colours_is_no_map_of_classes_unless_a_band_is_named(tmp_path):
    path = write_classes(tmp_path / "rgb.tif", np.stack([CLASSES, CLASSES + 1, CLASSES]))
    assert refused(path) == ["landcover_bands"]
    assert refused(path, band=4) == ["landcover_bands"]
    assert refused(path, band=0) == ["landcover_bands"]
    with open_land_cover(path, band=2) as cover:
        assert cover.read_window(0, 0, 1, 1).tolist() == [[2]]


def test_a_raster_without_crs_or_place_or_turned_is_refused(tmp_path):
    assert refused(write_classes(tmp_path / "a.tif", CLASSES, crs=None)) == ["landcover_no_crs"]
    nowhere = write_unplaced(tmp_path / "b.tif", CLASSES)
    assert refused(nowhere) == ["landcover_no_place"]
    turned = Affine.translation(EAST, NORTH) @ Affine.rotation(10) @ Affine.scale(10, -10)
    rotated = write_classes(tmp_path / "c.tif", CLASSES, transform=turned)
    assert refused(rotated) == ["landcover_rotated"]


def test_every_fault_is_told_at_once(tmp_path):
    rgb = np.stack([CLASSES, CLASSES])
    path = write_unplaced(tmp_path / "a.tif", rgb, crs=None)
    assert refused(path) == ["landcover_no_crs", "landcover_no_place", "landcover_bands"]


def test_only_a_geotiff_is_opened_whatever_the_name_says(tmp_path):
    assert refused(tmp_path / "gone.tif") == ["landcover_missing"]
    target = write_classes(tmp_path / "real.tif", CLASSES)
    disguised = tmp_path / "vrt.tif"
    disguised.write_text(
        f'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{target}</SourceFilename></SimpleSource>"
        f"</VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    assert refused(disguised) == ["landcover_not_geotiff"]
    cut = tmp_path / "cut.tif"
    cut.write_bytes(target.read_bytes()[:20])
    assert refused(cut) == ["landcover_unreadable"]


def test_a_file_cut_off_in_its_pixels_is_refused_when_they_are_read(tmp_path):
    path = write_classes(tmp_path / "cover.tif", np.full((500, 500), 7, dtype="uint8"))
    path.write_bytes(path.read_bytes()[:100_000])
    with open_land_cover(path) as cover, pytest.raises(InputRefusedError) as refusal:
        cover.read_window(0, 0, 500, 500)
    [issue] = refusal.value.issues
    assert issue.code == "landcover_unreadable"
