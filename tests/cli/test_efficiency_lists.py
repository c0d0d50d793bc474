"""Lists, letters, calendar and rules of one's own through the command line."""

import json
from importlib import resources

import pytest
from icalendar import Calendar

from gisclusters.cli.main import run
from tests.efficiency.listed_scene import DAY, listed_store


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed_store("store.gpkg")


ALL = ["efficiency", "--all", "--as-of", DAY, "--store", "store.gpkg"]


def own_rules(tmp_path, old, new):
    shipped = resources.files("gisclusters.rules").joinpath("vn_efficiency.yaml").read_text("utf-8")
    assert old in shipped
    (tmp_path / "luat.yaml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    return "luat.yaml"


def answer(capsys, *more):
    assert run([*ALL, "--json", "--quiet", *more]) == 0
    return json.loads(capsys.readouterr().out)


def parcel(document, name):
    return next(row for row in document["findings"][0]["parcels"] if row["parcel_id"] == name)


def test_the_text_is_lists_by_office_a_parcel_a_line(capsys):
    assert run([*ALL, "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("Hết thời gian gia hạn (1 thửa)")
    assert lines[at + 1].startswith(
        "  Cơ quan xử lý: Cơ quan nông nghiệp và môi trường cấp tỉnh – "
    )
    assert lines[at + 1].endswith("(thẩm quyền: CHƯA KIỂM CHỨNG)")
    assert lines[at + 2] == (
        "  - P1 (C1), số tờ bản đồ 12, số thửa 23 · Công ty May Bình Yên · 10.000 m² · "
        "đến hạn 30/06/2026, đã quá 138 ngày"
    )
    assert "Đến hạn trong 90 ngày tới (1 thửa)" in lines
    assert ("  - P6 (C1) · Công ty F · 10.000 m² · "
            "Tiến độ hoàn thành 01/03/2025 trước tiến độ khởi công 01/09/2026.") in lines  # fmt: skip


def test_in_english(capsys):
    assert run([*ALL, "--quiet", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "Limit within 180 days (1 parcels)" in said
    assert "P7 (C1) · Công ty H · 10,000 m² · limit 2027-04-10, in 146 days" in said


def test_horizons_are_the_users(capsys):
    rows = answer(capsys, "--within", "30", "--within", "60")["worklists"]
    assert [(row["parcel_id"], row["within_days"]) for row in rows if row["list"] == "soon"] == [
        ("P3", 60)
    ]


def test_a_threshold_changes_by_the_file_and_the_result_says_which_version_judged(tmp_path, capsys):
    shipped = answer(capsys)
    mine = answer(capsys, "--rules", own_rules(tmp_path, "value: 12\n", "value: 24\n"))
    # 10/5/2025 + 12 months has passed, + 24 months = 10/5/2027 has not
    assert (parcel(shipped, "P2")["status"], parcel(shipped, "P2")["deadline"]) == (
        "idle", "2026-05-10")  # fmt: skip
    assert (parcel(mine, "P2")["status"], parcel(mine, "P2")["deadline"]) == (
        "on_schedule", "2027-05-10")  # fmt: skip
    assert shipped["run"]["rules"]["sha256"] != mine["run"]["rules"]["sha256"]
    assert shipped["run"]["id"] != mine["run"]["id"]
    [rule] = [each for each in mine["clock_rules"] if each["threshold"] == "idle_from_handover"]
    assert (rule["months"], rule["valid_from"], rule["confidence"]) == (24, "2024-08-01", "sure")


def test_a_new_version_counts_from_its_day(tmp_path, capsys):
    later = """idle_from_handover:
  - id: idle_from_handover_2027
    value: 18
    unit: months
    valid_from: 2026-11-15
    valid_to: null
    article: "Luật sửa đổi"
    confidence: unverified
"""
    rules = own_rules(tmp_path, "idle_from_handover:\n", later)
    # 10/5/2025 + 18 months = 10/11/2026: reached under both, by the version of the day
    for day, rule, due in (("2026-11-14", "idle_from_handover", "2026-05-10"),
                           ("2026-11-15", "idle_from_handover_2027", "2026-11-10")):  # fmt: skip
        found = parcel(answer(capsys, "--rules", rules, "--as-of", day), "P2")
        assert (found["rule_id"], found["deadline"]) == (rule, due)


def test_letters_and_calendar_are_written_once_and_not_over_what_is_there(tmp_path, capsys):
    wanted = [*ALL, "--letters", "thu", "--out", "lich.ics"]
    assert run(wanted) == 0
    assert "Đã ghi 6 dự thảo công văn vào thu" in capsys.readouterr().err
    assert len(list((tmp_path / "thu").glob("*.docx"))) == 6
    assert len(list(Calendar.from_ical((tmp_path / "lich.ics").read_bytes()).walk("VEVENT"))) == 7
    assert run(wanted) == 2
    assert run([*wanted, "--force"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["--rules", "khong_co"], "khong_co"),
        (["--offices", "vn_markers"], "vn_markers"),
        (["--rules", "store.gpkg"], "store.gpkg"),
        (["--letters", "store.gpkg"], "store.gpkg"),
        (["--within", "0"], "--within"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(tmp_path, capsys, more, named):
    assert run([*ALL, "--out", "a.json", *more]) == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "a.json").exists()


def test_only_efficiency_writes_a_calendar(tmp_path, capsys):
    assert run(["overlaps", "--all", "--store", "store.gpkg", "--out", "lich.ics"]) == 2
    assert "lich.ics" in capsys.readouterr().err


def test_the_rules_are_never_overwritten(tmp_path, capsys):
    rules = own_rules(tmp_path, "value: 12\n", "value: 24\n")
    before = (tmp_path / rules).read_bytes()
    (tmp_path / "luat.json").write_bytes(before)
    assert run([*ALL, "--rules", "luat.json", "--out", "luat.json", "--force"]) == 2
    assert (tmp_path / "luat.json").read_bytes() == before
    capsys.readouterr()
