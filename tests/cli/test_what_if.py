"""What-if through the command line, on a store whose every area is a round number of hectares."""

import json
from datetime import UTC, date, datetime

import geopandas as gpd
import openpyxl
import pytest

import gisclusters as gc
from gisclusters.cli.main import run as command
from gisclusters.errors import UsageError
from gisclusters.store import open_store
from tests.scenes import CRS, layer, plan, square

KM = 1_000
COMMON = {"accuracy_m": 0.01, "in_force_from": "2020-01-01"}


def cluster(name, shape, **fields):
    return COMMON | {"cluster_id": name, "geometry": shape, "mountain": False,
                     "craft_village": False} | fields  # fmt: skip


def indicator(of, name, value, unit=None, period="2026"):
    return {"of": of, "name": name, "period": period, "value": value, "unit": unit}


@pytest.fixture
def store(tmp_path):
    """The old district Đăk Hà: A (100 ha industrial, 60 leased) and B (70 ha, none leased).

    Since July 2025 A and the planned N (30 ha) lie in the commune Bắc, B in Nam.  E has 40 ha,
    all industrial, 22 committed.
    """
    url = str(tmp_path / "store.gpkg")
    held = open_store(url, create=True)
    district = {"district_old": "huyện Đăk Hà"}
    a, b = square(0, 0, KM, KM), square(0, -3 * KM, KM, 700)
    n, e = square(2 * KM, 0, KM, 300), square(20 * KM, 0, KM, 400)
    for given in (
        layer("clusters", [
            cluster("A", a, status="operating", **district),
            cluster("B", b, status="operating", **district),
            cluster("N", n, status="in_plan", commune="Bắc", **district),
            cluster("E", e, status="operating", district_old="huyện Khác"),
        ]),
        layer("lots", [
            {"lot_id": "L", "use": "industrial", "cluster_id": name, "geometry": shape,
             "accuracy_m": 0.01} for name, shape in (("A", a), ("B", b), ("E", e))
        ]),
        layer("parcels", [
            COMMON | {"parcel_id": "A1", "cluster_id": "A", "geometry": square(0, 0, KM, 600),
                      "lease_from": "2022-01-01", "industry": "May"},
            COMMON | {"parcel_id": "A2", "cluster_id": "A", "geometry": square(0, 600, KM, 400)},
            COMMON | {"parcel_id": "B1", "cluster_id": "B", "geometry": b},
            COMMON | {"parcel_id": "E1", "cluster_id": "E", "lease_from": "2022-01-01",
                      "geometry": square(20 * KM, 0, KM, 220)},
        ]),
        layer("places", [
            COMMON | {"place_id": "P1", "name": "xã Bắc", "level": "commune",
                      "valid_from": "2025-07-01", "geometry": square(-KM, -KM, 6 * KM, 4 * KM)},
            COMMON | {"place_id": "P2", "name": "xã Nam", "level": "commune",
                      "valid_from": "2025-07-01", "geometry": square(-KM, -4 * KM, 6 * KM, 3 * KM)},
            COMMON | {"place_id": "P3", "name": "xã Khác", "level": "commune",
                      "valid_from": "2025-07-01", "geometry": square(19 * KM, 0, 3 * KM, KM)},
        ]),
        plan(n, category="SKN"),
        layer("indicators", [
            indicator("N", "list_area", 30, "ha"), indicator("N", "chủ đầu tư đủ năng lực", 1),
            *(indicator("E", f"{work}_in_use", 1) for work in ("roads", "water", "wastewater")),
            indicator("E", "land_demand", 39, "ha"),
            indicator("E", "solid_waste_in_use", 1, period="2027"),  # not known yet
            indicator("E", "fire_safety_in_use", 2),
        ]),
    ):  # fmt: skip
        held.save(given, recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    return url


def run(capsys, *argv):
    code = command(["efficiency", "what-if", *argv, "--json", "--quiet"])
    return code, json.loads(capsys.readouterr().out)


def rows(found):
    return {row["condition"]: row for row in found["findings"]}


def test_founding_the_day_before_and_after_the_new_version(store, capsys):
    """By district 60 of 170 ha committed, 110 unleased: refused.  By commune 60 of 100: allowed."""
    code, before = run(capsys, "--cluster", "N", "--as-of", "2026-09-14", "--store", store)
    _, after = run(capsys, "--cluster", "N", "--as-of", "2026-09-16", "--store", store)
    assert code == 0
    old, new = rows(before)["existing"], rows(after)["existing"]
    assert (old["verdict"], new["verdict"]) == ("not_met", "met")
    assert (old["features"], new["features"]) == (["A", "B"], ["A"])
    assert old["measured_share"] == pytest.approx(60 / 170)
    assert old["measured_m2"] == pytest.approx(1_100_000)
    assert old["missing_committed_m2"] == pytest.approx(250_000)
    assert old["missing_m2"] == pytest.approx(100_000)
    assert new["measured_share"] == pytest.approx(0.6)
    assert [found["answers"][0]["answer"] for found in (before, after)] == ["no", "yes"]
    assert before["answers"][0]["not_met"] == ["existing"]
    assert {row["verdict"] for row in after["findings"] if row["part"] == "condition"} == {"met"}
    assert before["run"]["rules"]["name"] == "vn_founding"
    assert before["run"]["id"] != after["run"]["id"]
    counted = [row for row in before["existing"] if row["reading"] == "cluster"]
    assert {row["cluster_id"]: row["unleased_m2"] for row in counted} == {
        "A": pytest.approx(400_000), "B": pytest.approx(700_000)}  # fmt: skip


def test_a_dossier_filed_before_goes_on_under_the_old_version(store, capsys):
    asked = ("--cluster", "N", "--as-of", "2026-10-01", "--store", store)
    _, found = run(capsys, *asked, "--filed-on", "2026-09-14")
    [answer] = found["answers"]
    assert (answer["answer"], answer["confidence"]) == ("no", "likely")
    assert answer["law_day"] == "2026-09-14"
    assert "14/09/2026" in answer["sentence_vi"]
    assert rows(found)["size"]["rule_id"] == "size_32_2024"
    assert [row["last_day"] is None for row in found["steps"]] == [True, True, False, False, False]
    _, found = run(capsys, *asked, "--filed-on", "2026-09-15")
    assert found["answers"][0]["answer"] == "yes"
    assert rows(found)["size"]["rule_id"] == "size_303_2026"


def test_expansion_by_hectares_the_day_before_and_after(store, capsys):
    """22 of 40 ha are 55 %; the demand of 39 ha is no more than the land."""
    asked = ("--expand", "E", "--by-ha", "35", "--store", store, "--as-of")
    _, before = run(capsys, *asked, "2026-09-14")
    _, after = run(capsys, *asked, "2026-09-16")
    old, new = rows(before), rows(after)
    assert before["answers"][0]["answer"] == "no"
    assert before["answers"][0]["not_met"] == ["expansion_occupancy", "expansion_demand"]
    assert old["expansion_occupancy"]["missing_points"] == pytest.approx(5)
    assert old["expansion_occupancy"]["missing_committed_m2"] == pytest.approx(20_000)
    assert new["expansion_occupancy"]["verdict"] == "met"
    assert new["expansion_size"]["verdict"] == "met"  # 75 ha to the metre
    # the new version asks for two works of which nothing is known on the day
    assert after["answers"][0]["answer"] == "open"
    assert after["answers"][0]["open"] == ["works_solid_waste", "works_fire_safety"]
    assert "works_solid_waste" not in old
    assert "flag_not_yes_no" in {issue["code"] for issue in after["issues"]}
    assert "holidays_absent" in {issue["code"] for issue in after["issues"]}


def test_expansion_by_a_file_of_the_ground_added_or_of_the_whole(store, tmp_path, capsys):
    for name, shape, m2, apart in (
        ("them", square(21 * KM, 0, 900, 400), 760_000, False),  # 36 ha beside the 40
        ("ca", square(20 * KM, 0, 1_900, 400), 760_000, False),
        ("roi", square(21 * KM + 5, 0, 500, 400), 600_000, True),
    ):
        path = tmp_path / f"{name}.gpkg"
        gpd.GeoDataFrame(geometry=[shape], crs=CRS).to_file(path)
        _, found = run(capsys, "--expand", "E", "--boundary", str(path), "--as-of", "2026-09-16",
                       "--store", store)  # fmt: skip
        row = rows(found)["expansion_size"]
        assert row["measured_m2"] == pytest.approx(m2)
        assert row["verdict"] == ("not_met" if m2 > 750_000 else "met")
        land = rows(found)["land_use"]  # the stored plan does not reach there; told besides
        assert (land["part"], land["verdict"], land["reason"]) == (
            "besides", "not_checked", "land_use_outside_ground")  # fmt: skip
        assert ("expansion_apart" in {issue["code"] for issue in found["issues"]}) is apart


def test_a_boundary_to_be_founded_from_a_file(store, tmp_path, capsys):
    path = tmp_path / "moi.gpkg"
    frame = gpd.GeoDataFrame(
        {"cluster_id": ["MOI"], "huyện cũ": ["Đăk Hà"], "accuracy_m": [0.01]},
        geometry=[square(3 * KM, 0, KM, 80)], crs=CRS,
    )  # fmt: skip
    frame.to_file(path)
    _, old = run(capsys, "--found", str(path), "--as-of", "2026-09-14", "--store", store)
    _, new = run(capsys, "--found", str(path), "--as-of", "2026-09-16", "--store", store)
    assert rows(old)["existing"]["features"] == ["A", "B"]
    assert rows(old)["in_list"]["verdict"] == "not_checked"
    # 8 ha: enough only in the mountains or for a craft village, until 5 ha were enough for all
    assert (rows(old)["size"]["verdict"], rows(new)["size"]["verdict"]) == ("undecided", "met")
    assert rows(new)["existing"]["features"] == ["A"]


def test_without_the_old_district_nothing_is_met(store, tmp_path, capsys):
    path = tmp_path / "moi.gpkg"
    gpd.GeoDataFrame(geometry=[square(3 * KM, 0, KM, 300)], crs=CRS).to_file(path)
    _, found = run(capsys, "--found", str(path), "--as-of", "2026-09-14", "--store", store)
    row = rows(found)["existing"]
    assert (row["verdict"], row["reason"]) == ("not_checked", "district_unknown")
    assert "huyện cũ" in row["missing_vi"]


def test_holidays_of_a_file_are_no_working_days(store, tmp_path, capsys):
    path = tmp_path / "nghi.txt"
    path.write_text("# lễ\n17/09/2026\n2026-12-30 .. 2027-01-02  # Tết\n", encoding="utf-8")
    asked = ("--cluster", "N", "--as-of", "2026-09-16", "--store", store)
    _, found = run(capsys, *asked, "--holidays", str(path))
    assert found["steps"][0]["last_day"] == "2026-09-21"  # Fri 18, Mon 21
    assert "holidays_absent" not in {issue["code"] for issue in found["issues"]}
    assert "holidays" in {source["role"] for source in found["run"]["sources"]}
    path.write_text("17/09/2026\n31/02/2026\n", encoding="utf-8")
    assert command(["efficiency", "what-if", *asked, "--holidays", str(path)]) == 2
    assert "31/02/2026" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "key"),
    [
        ([], "--found"),
        (["--cluster", "N", "--expand", "E", "--by-ha", "1"], "--found"),
        (["--expand", "E"], "--by-ha"),
        (["--cluster", "N", "--by-ha", "1"], "--by-ha"),
        (["--expand", "E", "--by-ha", "-1"], "-1"),
        (["--expand", "E", "--by-ha", "nan"], "nan"),
        (["--cluster", "N", "--as-of", "2026-09-14", "--filed-on", "2026-09-15"], "15/09/2026"),
        (["--cluster", "?"], "?"),
        (["--cluster", "N", "--rules", "vn_sizes"], "vn_sizes"),
    ],
)
def test_a_question_put_wrongly_is_refused_with_words(store, capsys, argv, key):
    assert command(["efficiency", "what-if", *argv, "--store", store]) == 2
    assert key in capsys.readouterr().err


def test_the_report_and_the_workbook_read_as_tables(store, tmp_path, capsys):
    outs = [
        tmp_path / f"tra_loi{suffix}" for suffix in (".html", ".xlsx", ".docx", ".json", ".csv")
    ]
    argv = [part for path in outs for part in ("--out", str(path))]
    code = command(["efficiency", "what-if", "--cluster", "N", "--as-of", "2026-09-14", "--store",
                    store, *argv])  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert "CHƯA ĐỦ ĐIỀU KIỆN" in said
    page = outs[0].read_text(encoding="utf-8")
    for words in ("Cụm có được thành lập, mở rộng vào ngày này không", "35,3 %", "110,00 ha",
                  "25,00 ha", "Các bước và hạn cuối", "17/11/2026"):  # fmt: skip
        assert words in page
    book = openpyxl.load_workbook(outs[1])
    sheet = book.worksheets[1]
    head = [cell.value for cell in sheet[4]]
    shares = {line[head.index("Điều kiện")]: line[head.index("Tỷ lệ đo được")]
              for line in sheet.iter_rows(min_row=5, values_only=True)}  # fmt: skip
    rests = {line[head.index("Điều kiện")]: line[head.index("Dựa trên")]
             for line in sheet.iter_rows(min_row=5, values_only=True)}  # fmt: skip
    assert rests["Lấp đầy của các cụm hiện có trên địa bàn"] == "A, B"
    assert shares["Lấp đầy của các cụm hiện có trên địa bàn"] == pytest.approx(60 / 170)
    assert json.loads(outs[3].read_text(encoding="utf-8"))["answers"][0]["answer"] == "no"


def test_in_python(store):
    with open_store(store) as held:
        report = gc.what_if(held, cluster="N", as_of=date(2026, 9, 16))
        assert list(report.answers["answer"]) == ["yes"]
        assert report.conditions.set_index("condition").loc["existing", "measured_m2"] == (
            pytest.approx(400_000)
        )
        assert len(report.steps) == 5
        with pytest.raises(UsageError):
            gc.what_if(held, expand="E", as_of=date(2026, 9, 16))
        with pytest.raises(TypeError):
            gc.what_if(held, cluster="N", as_of="2026-09-16")


def test_a_high_tech_cluster_is_exempt_from_the_new_condition_only(store, tmp_path, capsys):
    path = tmp_path / "moi.gpkg"
    shape = square(0, -2 * KM, KM, 300)  # in Nam, beside B with nothing leased of 70 ha
    for kind, verdict in (("Cụm công nghệ cao", "not_applicable"), ("Cụm chuyên ngành", "not_met"),
                          ("Cụm gì đó", "not_met")):  # fmt: skip
        frame = gpd.GeoDataFrame({"loại hình cụm": [kind], "huyện cũ": ["Đăk Hà"]},
                                 geometry=[shape], crs=CRS)  # fmt: skip
        path.unlink(missing_ok=True)
        frame.to_file(path)
        _, new = run(capsys, "--found", str(path), "--as-of", "2026-09-16", "--store", store)
        assert rows(new)["existing"]["verdict"] == verdict
        told = "cluster_kind_not_known" in {issue["code"] for issue in new["issues"]}
        assert told is (kind == "Cụm gì đó")
    _, old = run(capsys, "--found", str(path), "--as-of", "2026-09-14", "--store", store)
    assert rows(old)["existing"]["verdict"] == "not_met"


def test_the_share_of_one_industry_stands_beside_the_conditions(store, capsys):
    """A: 60 of 100 ha are "May", nothing is said of the rest, nobody called it specialised."""
    _, found = run(capsys, "--expand", "A", "--by-ha", "1", "--as-of", "2026-09-16", "--store",
                   store)  # fmt: skip
    row = rows(found)["kind_specialised"]
    assert (row["part"], row["verdict"]) == ("besides", "not_applicable")
    assert row["measured_share"] == pytest.approx(0.6)
    assert row["features"] == ["A1"]


def test_a_rule_file_of_ones_own_judges_and_is_named(store, tmp_path, capsys, root):
    shipped = (root / "gisclusters" / "rules" / "vn_founding.yaml").read_text(encoding="utf-8")
    own = tmp_path / "tinh.yaml"
    own.write_text(
        shipped.replace("name: vn_founding", "name: tinh").replace(
            "at_least: 0.50\n    valid_from: 2026-09-15",
            "at_least: 0.56\n    valid_from: 2026-09-15",
        ),
        encoding="utf-8",
    )
    asked = ("--expand", "E", "--by-ha", "1", "--as-of", "2026-09-16", "--store", store)
    _, found = run(capsys, *asked, "--rules", str(own))
    _, ours = run(capsys, *asked)
    row = rows(found)["expansion_occupancy"]  # 55 %
    assert (row["verdict"], row["missing_points"]) == ("not_met", pytest.approx(1))
    assert rows(ours)["expansion_occupancy"]["verdict"] == "met"
    assert found["run"]["rules"]["name"] == "tinh"
    assert found["run"]["id"] != ours["run"]["id"]


def test_a_year_without_holidays_in_the_file_is_told(store, tmp_path, capsys):
    path = tmp_path / "nghi.txt"
    path.write_text("2026-12-31\n", encoding="utf-8")
    _, found = run(capsys, "--cluster", "N", "--as-of", "2026-12-28", "--store", store,
                   "--holidays", str(path))  # fmt: skip
    assert found["steps"][0]["last_day"] == "2026-12-30"
    [issue] = [each for each in found["issues"] if each["code"] == "holidays_year_missing"]
    assert issue["value"] == "2027"
