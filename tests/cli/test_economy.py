"""Tables of figures, works and inspections from office files to JSON, workbook and page."""

import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from gisclusters.cli.main import run

DAY = "2026-11-15"
WEST, SOUTH = 552_000, 1_587_000


def box(east, width, height=100):
    return shapely.box(WEST + east, SOUTH, WEST + east + width, SOUTH + height)


@pytest.fixture(autouse=True)
def stored(tmp_path, monkeypatch, capsys):
    """C1 of 6 ha with two parcels of a hectare: T1 produces, T2 is leased."""
    monkeypatch.chdir(tmp_path)
    gpd.GeoDataFrame(
        {"cluster_id": ["C1"], "name": ["Cụm Một"], "registered_industrial_area_m2": [60_000.0],
         "Phương án chuyển đổi": ["12/PA"], "status": ["operating"]},
        geometry=[box(0, 600)], crs=9216,
    ).to_file("c.gpkg")  # fmt: skip
    lease = {"lease_from": "2020-01-01", "lease_to": "2070-01-01", "handed_over_on": "2020-02-01"}
    gpd.GeoDataFrame(
        [lease | {"parcel_id": "T1", "cluster_id": "C1", "lessee": "A", "started_on": "2020-03-01",
                  "producing_on": "2021-01-01"},
         lease | {"parcel_id": "T2", "cluster_id": "C1", "lessee": "B"}],
        geometry=[box(0, 100), box(100, 100)], crs=9216,
    ).to_file("p.gpkg")  # fmt: skip
    book = openpyxl.Workbook()
    for row in (
        ["Công trình hạ tầng"], ["Cụm", "Hạng mục", "Hoàn thành theo kế hoạch",
                                 "Khởi công thực tế", "Vốn được duyệt (tỷ đồng)"],
        ["C1", "Trạm xử lý nước thải", "15/11/2025", "01/02/2025", 40],
        ["CX", "Cấp nước", None, None, None],
    ):  # fmt: skip
        book.active.append(row)
    book.save("w.xlsx")
    pd.DataFrame([["C1", "Doanh thu", "2025", "1.250,5", "tỷ đồng"],
                  ["C1", "Doanh thu", "2024", "1.000,0", "tỷ đồng"],
                  ["T1", "Doanh thu", "2025", "900,0", "tỷ đồng"],
                  ["T2", "Phát sinh nước thải", "2025", "1", "0/1"],
                  ["CY", "Doanh thu", "2025", "7", "tỷ đồng"],
                  ["Tỉnh", "Dân số", "2025", "7", "người"]],
                 columns=["Đối tượng", "Chỉ tiêu", "Kỳ", "Giá trị", "Đơn vị"],
                 ).to_csv("i.csv", index=False)  # fmt: skip
    pd.DataFrame([["T1", "14/11/2026", "Xả thải", "có", "chưa khắc phục", "14/11/2026"]],
                 columns=["Đối tượng", "Ngày kiểm tra", "Kết luận", "Vi phạm", "Tình trạng",
                          "Hạn khắc phục"]).to_csv("k.csv", index=False)  # fmt: skip
    for kind, name in (("clusters", "c.gpkg"), ("parcels", "p.gpkg"), ("works", "w.xlsx"),
                       ("indicators", "i.csv"), ("inspections", "k.csv")):  # fmt: skip
        assert run(["ingest", kind, name, "-q"]) == 0, capsys.readouterr().err
    capsys.readouterr()


def answer(capsys, *more):
    assert run(["efficiency", "--all", "--as-of", DAY, "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_keys_beside_the_findings(capsys):
    found = answer(capsys)
    [revenue] = [row for row in found["economy"]["clusters"] if row["indicator"] == "revenue"]
    # 1250.5 tỷ over the hectare that produces; 900 of them are T1's
    assert (revenue["figure"], revenue["figure_per_ha"]) == (1.2505e12, pytest.approx(1.2505e12))
    assert revenue["difference"] == pytest.approx(350.5e9)
    changes = {row["period"]: row["change_share"] for row in found["economy"]["trend"]}
    assert changes == {"2024": None, "2025": pytest.approx(0.2505)}
    [work] = found["works"]["works"]
    assert (work["work"], work["work_state"], work["finish_slip_days"]) == (
        "wastewater", "running_late", 365)  # fmt: skip
    held = {(row["rule_id"], row["parcel_id"]): row["hold"] for row in found["works"]["held_back"]}
    assert held == {("no_new_discharge", "T1"): "undecided", ("no_new_discharge", "T2"): "held",
                    ("shared_works_complete", "T2"): "held",
                    ("shared_works_complete", None): "undecided"}  # fmt: skip
    [seen] = found["environment"]["inspections"]
    assert (seen["inspection_state"], seen["days_overdue"], seen["lessee"]) == ("overdue", 1, "A")
    assert found["withdrawn"]["clusters"] == []
    strange = {(issue["value"], issue["row"]) for issue in found["issues"]
               if issue["code"] == "subject_unknown"}  # fmt: skip
    assert strange == {("CX", 4), ("CY", 6)}


def test_a_period_is_asked_for_and_stands_in_the_question(capsys):
    found, plain = answer(capsys, "--period", "Năm 2024"), answer(capsys)
    [revenue] = [row for row in found["economy"]["clusters"] if row["indicator"] == "revenue"]
    assert (found["economy"]["period"], revenue["figure"]) == ("2024", 1e12)
    assert found["run"]["id"] != plain["run"]["id"]
    assert run(["efficiency", "--all", "--period", "Quý 1"]) == 2
    assert "2025H1" in capsys.readouterr().err


def test_rules_of_ones_own_change_who_is_held_back(tmp_path, capsys):
    from importlib import resources

    shipped = resources.files("gisclusters.rules").joinpath("vn_economy.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(shipped.replace("valid_from: 2026-09-15", "valid_from: 2027-01-01"), "utf-8")
    found = answer(capsys, "--economy-rules", str(own))
    assert {row["rule_id"] for row in found["works"]["held_back"]} == {"no_new_discharge"}
    assert found["economy"]["rules"]["sha256"] != answer(capsys)["economy"]["rules"]["sha256"]
    assert found["run"]["id"] != answer(capsys)["run"]["id"]


def test_people_read_billions_in_the_marks_of_their_language(capsys):
    assert run(["efficiency", "--all", "--as-of", DAY]) == 0
    told = capsys.readouterr().out
    assert "1.250,5" in told
    assert "tỷ đồng" in told
    assert "Đang xây dựng, đã chậm" in " ".join(told.split())
    assert run(["efficiency", "--all", "--as-of", DAY, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "1,250.5" in told
    assert "billion đồng" in told


def test_workbook_and_page_say_what_the_json_says(tmp_path, capsys):
    found = answer(capsys, "--out", "a.xlsx", "--out", "a.html")
    book = openpyxl.load_workbook("a.xlsx")
    sheets = {sheet.title: sheet for sheet in book}
    for title in ("Hiệu quả kinh tế theo cụm", "Các lần kiểm tra"):
        assert title in sheets
    sheet = sheets["Hiệu quả kinh tế theo cụm"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    [revenue] = [row for row in rows if "Doanh thu" in row]
    assert revenue[rows[0].index("Số báo cáo")] == 1250.5
    assert revenue[rows[0].index("Đơn vị")] == "tỷ đồng"
    assert found["run"]["id"] in str(sheet.cell(2, 1).value)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "1.250,5" in page
    assert found["run"]["id"] in page
    assert "vn_economy" in page
