"""No plan speaks for another: repeated ids, reserved ids, works with a breadth, odd lengths."""

import subprocess
import sys
from datetime import date

import geopandas as gpd
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.errors import InputRefusedError
from gisclusters.layers.layer import WHOLE_COUNTRY
from gisclusters.overlaps import find_overlaps
from tests.scenes import EAST, NORTH, clusters, layer, square

DAY = date(2026, 11, 15)


def line(north, start=-500, end=1_000):
    return shapely.LineString([(EAST + start, NORTH + north), (EAST + end, NORTH + north)])


def works(category, shape, **fields):
    row = {"zone_id": "W1", "category": category, "accuracy_m": 0.05, "geometry": shape} | fields
    return layer("plans", [row], grounds={"plans": WHOLE_COUNTRY})


def rows_of(subject, *plans):
    return find_overlaps(subject, plans, as_of=DAY).findings


def test_two_files_of_one_name_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    boundary = {"cluster_id": ["C1"], "accuracy_m": [0.1]}
    gpd.GeoDataFrame(boundary, geometry=[square(0, 0)], crs=9216).to_file("b.gpkg")
    for folder, category, shape in (
        ("a", "rice", square(900, 900)),
        ("b", "defence", square(0, 0)),
    ):
        (tmp_path / folder).mkdir()
        zones = {"category": [category], "accuracy_m": [0.1]}
        gpd.GeoDataFrame(zones, geometry=[shape], crs=9216).to_file(f"{folder}/rung.gpkg")
    plans = ["--plan", "a/rung.gpkg", "--plan", "b/rung.gpkg"]
    assert run(["overlaps", "--boundary", "b.gpkg", *plans, "--as-of", "2026-11-15"]) == 3
    assert "Mã quy hoạch “rung”" in capsys.readouterr().err
    (tmp_path / "b/rung.gpkg").rename(tmp_path / "b/quoc_phong.gpkg")
    plans[-1] = "b/quoc_phong.gpkg"
    asked = ["overlaps", "--boundary", "b.gpkg", *plans, "--as-of", "2026-11-15"]
    assert run([*asked, "--fail-on", "blocking"]) == 5


def test_zones_of_one_id_and_two_categories_stay_two():
    rice, defence = works("rice", square(900, 900)), works("defence", square(0, 0))
    found = rows_of(clusters(square(0, 0)), rice, defence)
    [met] = found[found["verdict"] == "conflict"].itertuples()
    assert (met.category, met.area_m2, met.severity) == ("defence", 10_000, "blocking")


def test_the_id_of_the_list_of_clusters_is_nobody_elses():
    zone = {"zone_id": "C1", "plan_id": "Clusters", "category": "defence", "geometry": square(0, 0)}
    with pytest.raises(InputRefusedError) as refusal:
        layer("plans", [zone])
    assert [issue.code for issue in refusal.value.issues] == ["plan_id_reserved"]


def test_a_dike_drawn_as_a_line_takes_its_breadth_of_ground():
    """A dike of 20 m about y = 95 over a cluster up to y = 100: 15 m of it lie inside."""
    dike = works("dike", line(95), work_width_m=20, grade="III", side="dong", settlement="no")
    found = rows_of(clusters(square(0, 0)), dike)
    own = found[found["relation"].notna() & found["distance_m"].isna()]
    assert own["area_m2"].tolist() == pytest.approx([100 * 15])
    corridor = found[found["distance_m"].notna() & found["area_m2"].gt(0)]
    assert corridor["area_m2"].tolist() == pytest.approx([100 * 25])


@pytest.mark.parametrize(("length", "known"), [
    ("350 m", True), (350, True), (0, False), (-9999, False), ("dài", False),
])  # fmt: skip
def test_a_length_that_cannot_be_is_no_length(length, known):
    """A bridge drawn 40 m long and 80 m away; over 300 m long its corridor is 150 m."""
    bridge = works("bridge", shapely.LineString([(EAST + 180, NORTH), (EAST + 180, NORTH + 40)]),
                   length_m=length, work_width_m=0.002, settlement="no")  # fmt: skip
    found = rows_of(clusters(square(0, 0)), bridge)
    [row] = found[found["plan_id"].notna()].itertuples()
    told = ("conflict", None) if known else ("not_checked", "class_unknown")
    assert (row.verdict, row.reason, row.rule_id) == (*told, "bridge_over_300")


@pytest.mark.parametrize("title", ["Hành lang kinh tế Đông - Tây (QL 24)", "QL 24"])
def test_a_line_is_no_drawn_corridor(title):
    road = works("road", line(103), title=title, **{"class": "III"})
    assert "clear" not in set(rows_of(clusters(square(0, 0)), road)["verdict"])


def test_a_grade_of_irrigation_is_that_of_a_dam():
    dam = works("irrigation", square(0, 250), grade="I", flow_m3s=3.0, lining="earth")
    found = rows_of(clusters(square(0, 0)), dam)
    assert "conflict" in set(found["verdict"])  # 150 m away, 200 m wide


THREADS = """
import geopandas as gpd, shapely
from concurrent.futures import ThreadPoolExecutor
from gisclusters import overlap_pairs
frame = lambda shapes: gpd.GeoDataFrame(geometry=shapes, crs=9216)
forest = frame([shapely.Point(550_000, 1_587_000).buffer(100, quad_segs=2000)] * 5)
shapely.prepare(forest.geometry.array[:1])
boxes = [shapely.box(549_900 + k, 1_586_900 + k, 549_990 + k, 1_586_990 + k) for k in range(200)]
with ThreadPoolExecutor(6) as pool:
    areas = pool.map(lambda _: overlap_pairs(frame(boxes), forest).area_m2.sum(), range(24))
    print(len({round(area, 3) for area in areas}))
"""


def test_threads_of_the_caller_may_ask_the_same_shapes():
    """Two threads that ask one prepared shape end the whole process."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr
