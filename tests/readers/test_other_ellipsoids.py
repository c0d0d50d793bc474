"""A projection of a VN-2000 zone on another ellipsoid is never read as that zone."""

import geopandas as gpd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import identify_crs
from gisclusters.readers import ReadOptions, read_layer

BOX = shapely.box(552_800, 1_586_750, 553_100, 1_587_000)
PRJ = (
    'PROJCS["KTT_107_30",GEOGCS["GCS",DATUM["{datum}",SPHEROID[{ellipsoid}]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",107.5],PARAMETER["Scale_Factor",0.9999],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
NAMED = [ReadOptions(crs="EPSG:9216"), ReadOptions(province="Kon Tum")]


def shapefile(folder, datum, ellipsoid):
    path = folder / "ranh.shp"
    gpd.GeoDataFrame({"cluster_id": ["A"]}, geometry=[BOX], crs=9216).to_file(path)
    prj = PRJ.format(datum=datum, ellipsoid=ellipsoid)
    path.with_suffix(".prj").write_text(prj, encoding="utf-8")
    return path


@pytest.mark.parametrize(("datum", "ellipsoid", "code"), [
    ("D_Pulkovo_1942", '"Krasovsky_1940",6378245.0,298.3', "datum_old"),
    ("D_User", '"Krassovsky_1940",6378245.0,298.3', "datum_old"),
    ("D_User", '"Everest_1830",6377276.345,300.8017', "crs_contradiction"),
])  # fmt: skip
def test_a_zone_on_another_ellipsoid_is_refused(tmp_path, datum, ellipsoid, code):
    path = shapefile(tmp_path, datum, ellipsoid)
    for options in NAMED:
        with pytest.raises(InputRefusedError) as found:
            read_layer("clusters", path, options)
        assert [i.code for i in found.value.issues if i.level == "error"] == [code]


def test_the_ellipsoid_of_wgs84_is_confirmed_by_a_person(tmp_path):
    path = shapefile(tmp_path, "D_User", '"WGS_1984",6378137.0,298.257223563')
    for options in NAMED:
        assert read_layer("clusters", path, options).crs == "EPSG:9216"


@pytest.mark.parametrize(("ellipsoid", "code"), [
    ("WGS84", "EPSG:9216"), ("GRS80", "EPSG:9216"), ("krass", None), ("evrst30", None),
])  # fmt: skip
def test_a_bare_projection_is_a_zone_only_on_the_ellipsoid_of_vn2000(ellipsoid, code):
    text = f"+proj=tmerc +lat_0=0 +lon_0=107.5 +k=0.9999 +x_0=500000 +y_0=0 +ellps={ellipsoid}"
    assert identify_crs(text) == code
