"""Corridors, distances and the green strip from files and the store to the report."""

from datetime import UTC, date, datetime

import geopandas as gpd
import pytest

from gisclusters.publish.report import render_report
from gisclusters.publish.views import views
from gisclusters.readers import ReadOptions
from gisclusters.store import open_store
from gisclusters.workflows.check_overlaps import check_boundary, check_store
from gisclusters.workflows.ingest import ingest
from tests.scenes import CRS, square

DAY = date(2026, 11, 15)
READ, EVERYWHERE = ReadOptions(), ReadOptions(ground="all")


@pytest.fixture
def files(tmp_path):
    """A hectare with a green strip on its south side, a dike 10 m west, a house 200 m east."""

    def write(name, rows):
        path = tmp_path / name
        gpd.GeoDataFrame(rows, crs=CRS).to_file(path, driver="GPKG")
        return path

    ring = square(0, 0).difference(square(10, 10, 80, 80))
    return {
        "clusters": write("ranh.gpkg", {"cluster_id": ["C1"], "geometry": [square(0, 0)]}),
        "plans": write("de.gpkg", {
            "zone_id": ["D", "H"], "plan_id": ["DE", "O"], "category": ["dike", "ONT"],
            "class": ["river", None], "grade": ["III", None], "side": ["phía đồng", None],
            "in_force_from": ["2020-01-01"] * 2,
            "geometry": [square(-30, -500, 20, 1_100), square(300, 0)],
        }),
        "lots": write("lo.gpkg", {
            "lot_id": ["X", "Y"], "cluster_id": ["C1", "C1"], "use": ["green", "industrial"],
            "geometry": [ring.intersection(square(0, 0, 100, 50)), square(10, 10, 80, 80)],
        }),
    }  # fmt: skip


def table(result, subject):
    [view] = [view for view in views(result) if view.subject == subject]
    return view.frame


def test_from_files_to_the_report(files):
    result = check_boundary(files["clusters"], [files["plans"]], boundary_options=READ,
                            plan_options=EVERYWHERE, store=None, as_of=DAY)  # fmt: skip
    assert result.summary["corridor_area_m2"] == pytest.approx({"C1": 1_500})
    [row] = table(result, "overlaps").to_dict("records")
    assert (row["plan"], row["corridor_m"], row["distance_m"]) == ("DE", 25, pytest.approx(10))
    told = table(result, "distances").set_index("rule_id")
    assert told.distance_m["distance_housing"] == pytest.approx(200)
    assert told.reason["distance_relics"] == "no_data"
    assert table(result, "green_strip")["reason"].tolist() == ["no_data"]
    page = render_report([result], "vi")
    assert "Khoảng cách phải nêu trong phương án" in page
    assert "Dải cây xanh cách ly dọc ranh giới" in page
    assert "lấy bề rộng lớn hơn" in page  # the settlement is not told
    assert "the larger width is taken" in render_report([result], "en")


def test_the_store_keeps_side_and_lots(files, tmp_path):
    with open_store(tmp_path / "kho.gpkg", create=True) as store:
        for kind, path in files.items():
            options = EVERYWHERE if kind == "plans" else READ
            ingest(store, kind, path, options, recorded_at=datetime(2026, 11, 15, tzinfo=UTC))
        result = check_store(store, plan_options=READ, as_of=DAY)
    [dike] = [row for frame in result.findings for row in frame.to_dict("records")
              if row["plan_id"] == "DE"]  # fmt: skip
    assert (dike["rule_id"], dike["area_m2"]) == ("dike_land_side", pytest.approx(1_500))
    [strip] = result.extra["green_strip"]
    # The south half of the ring: 100 m and twice 50 m of 400 m have green behind them.
    assert strip["share_of_boundary"] == pytest.approx(0.5)
    assert strip["missing_m2"] == pytest.approx(1_800)
    assert (strip["verdict"], strip["geometry"]["type"]) == ("conflict", "Polygon")
