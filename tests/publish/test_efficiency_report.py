"""The efficiency report: what to do by when, in order, in both languages, and its charts."""

import re
from datetime import date

import pandas as pd
import pytest

from gisclusters.domain.run import make_run
from gisclusters.publish.canvas import Canvas, round_step
from gisclusters.publish.efficiency_charts import WIDTH_MM, occupancy_charts
from gisclusters.publish.efficiency_rows import all_actions, clusters_of
from gisclusters.publish.efficiency_said import sentences, signed
from gisclusters.publish.efficiency_tables import EFFICIENCY_TABLES
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.publish.tables import TABLES
from gisclusters.rules.fit import load_fit_rules
from gisclusters.words import LANGS, has_text, text
from tests.publish.dossier_scene import DAY, whole


def parcel(name, status, deadline=None, rule="behind_schedule", **more):
    day = None if deadline is None else date.fromisoformat(deadline)
    return {"parcel_id": name, "status": status, "deadline": deadline, "rule_id": rule,
            "days_left": None if day is None else (day - DAY).days,
            "leased": True, "transfer_unapproved": False, "lease": {}} | more  # fmt: skip


def result(*clusters):
    run = make_run(version="0", command="efficiency", options={}, as_of=DAY, rules=None,
                   crs="EPSG:9216", datum_operation=None, sources=[])  # fmt: skip
    rows = [{"cluster_id": f"C{place}", "name": None, "occupancy_share": 0.5,
             "committed_m2": 1.0, "industrial_m2": 2.0} | row
            for place, row in enumerate(clusters, 1)]  # fmt: skip
    return Result(subject="efficiency", run=run, summary={}, findings=[pd.DataFrame(rows)])


def done(*parcels):
    """(parcel, what to do) in order."""
    frame = all_actions(result({"parcels": list(parcels)}))
    return [] if not len(frame) else list(zip(frame["parcel_id"], frame["action"], strict=True))


def test_overdue_first_then_by_day_then_what_has_none():
    assert done(
        parcel("A", "unknown"),
        parcel("B", "late", "2027-03-01"),
        parcel("C", "lapsed", "2026-06-30"),
        parcel("D", "on_schedule", "2026-12-01", "planned_date"),
        parcel("E", "idle", "2026-05-10"),
        parcel("F", "producing", "2068-01-01", "lease_term", transfer_unapproved=True),
        parcel("G", "not_handed_over", "2076-01-01", "lease_term"),
    ) == [("E", "idle"), ("C", "lapsed"), ("D", "planned_date"), ("B", "late"), ("A", "unknown"),
          ("F", "transfer"), ("G", "hand_over")]  # fmt: skip


def test_the_most_pressing_of_all_clusters_stands_first():
    frame = all_actions(result(
        {"parcels": [parcel("A", "late", "2026-12-01"), parcel("B", "idle", "2026-11-10")]},
        {"parcels": [parcel("C", "idle", "2026-01-10")]},
    ))  # fmt: skip
    assert frame[["cluster_id", "parcel_id"]].to_numpy().tolist() == [
        ["C2", "C"], ["C1", "B"], ["C1", "A"]]  # fmt: skip


@pytest.mark.parametrize(("deadline", "listed"), [
    ("2027-05-14", True),  # 15 + 31 + 31 + 28 + 31 + 30 + 14 = 180 days
    ("2027-05-15", False),
    ("2026-11-15", True),
])  # fmt: skip
def test_what_is_on_schedule_is_listed_up_to_180_days_ahead(deadline, listed):
    assert bool(done(parcel("A", "on_schedule", deadline))) is listed


def test_vacant_land_asks_for_nothing():
    assert done(parcel("A", "not_handed_over", leased=False)) == []
    assert sentences(result({"parcels": []}), "vi")[-1] == (
        "Không có thửa nào đến hạn trong 180 ngày tới hoặc cần xử lý.")  # fmt: skip


@pytest.mark.parametrize(("deadline", "within", "until"), [
    ("2026-11-15", 90, "2027-02-13"),  # falls due on the day asked
    ("2027-02-13", 90, "2027-02-13"),  # 15 + 31 + 31 + 13 = 90 days
    ("2027-02-14", 180, "2027-05-14"),
    ("2027-05-14", 180, "2027-05-14"),
])  # fmt: skip
def test_each_deadline_is_told_in_one_sentence_with_its_last_day(deadline, within, until):
    said = sentences(result({"parcels": [parcel("A", "late", deadline)]}), "en")
    due = [words for words in said if "fall due" in words]
    assert due == [f"Within {within} days (by {until}): 1 parcel(s) fall due: A ({deadline})."]


def test_a_deadline_after_180_days_is_in_no_sentence():
    said = sentences(result({"parcels": [parcel("A", "late", "2027-05-15")]}), "en")
    assert not [words for words in said if "fall due" in words]


def test_what_clusters_lack_is_one_sentence_a_norm():
    def lacking(area_m2):
        return {"structure": {"green": {
            "area_m2": 1.0, "share": 0.08, "at_least": 0.1, "at_most": None, "missing_m2": area_m2,
            "excess_m2": 0.0, "rule_id": "structure_green", "article": "QCVN",
        }}}  # fmt: skip

    one = sentences(result(lacking(1_200.0)), "vi")
    assert "C1: đất cây xanh đạt 8,0 %, yêu cầu tối thiểu 10,0 %; còn thiếu 1.200 m² (QCVN)." in one
    both = sentences(result(lacking(1_200.0), lacking(3_400.0)), "vi")
    assert (
        "2 cụm thiếu đất cây xanh (tối thiểu 10,0 %, QCVN), tổng cộng 4.600 m²: "
        "C2 (3.400 m²), C1 (1.200 m²)."
    ) in both


def test_an_area_off_the_register_is_told_with_both_figures_and_its_sign():
    rung = {"rung": "gross", "area_m2": 159_000.0, "registered_m2": 160_000.0,
            "difference_m2": -1_000.0, "difference_share": -0.0063, "registered_missing": None,
            "area_verdict": "beyond_accuracy"}  # fmt: skip
    said = sentences(result({"ladder": [rung]}), "vi")
    assert any("đo 159.000,0 m², đăng ký 160.000,0 m², chênh −1.000,0 m² (−0,63 %)" in words
               for words in said)  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), [
    (None, "–"), (0.0, "0,0"), (0.04, "0,0"), (-0.04, "0,0"), (1_234.5, "+1.234,5"), (-2.0, "−2,0"),
])  # fmt: skip
def test_a_difference_has_its_sign(value, shown):
    assert signed(value, "vi", 1) == shown


def test_the_report_begins_with_its_sentences(tmp_path):
    run, _ = whole(tmp_path)
    page = render_report([run], "vi")
    assert page.index('<ul class="said">') < page.index("<table>")
    for words in sentences(run, "vi"):
        assert words.replace("<", "&lt;") in page.replace("&#34;", '"') or "&" in words


def test_every_column_has_its_header_and_its_meaning():
    for name in EFFICIENCY_TABLES:
        for column in TABLES[name]:
            assert has_text(f"report.col_{column.name}"), column.name
            if not column.name.startswith("ratio_"):
                assert has_text(f"report.def_{column.name}"), column.name


def test_every_code_of_a_table_has_its_word():
    for lang in LANGS:
        for action in ("lapsed", "idle", "ended", "extended", "late", "unknown", "limit",
                       "planned_date", "lease_term", "hand_over", "transfer"):  # fmt: skip
            assert text(f"efficiency.do_{action}", lang)
        for verdict in ("agrees", "within_accuracy", "undecided", "beyond_accuracy", "not_checked"):
            assert text(f"efficiency.area_{verdict}", lang)


def test_the_note_of_the_ladder_names_the_limits_that_judge():
    limits = load_fit_rules()
    assert (limits.within_sd, limits.real_sd) == (2, 3)
    assert "trong 2 lần độ lệch chuẩn" in text("efficiency.ladder_note", "vi")
    assert "quá 3 lần" in text("efficiency.ladder_note", "vi")


def bars(svg):
    """(x, width) of the rectangles that are 4.6 mm high: the bars."""
    found = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="4.60"', svg)
    return [(float(x), float(width)) for x, width in found]


def test_a_bar_is_as_long_as_its_share():
    """Half of the land is committed, a quarter produces: both pieces are equally long."""
    row = {"occupancy_share": 0.5, "industrial_m2": 40_000.0, "committed_m2": 20_000.0,
           "producing_m2": 10_000.0}  # fmt: skip
    run = result(row, row | {"occupancy_share": 1.0, "committed_m2": 40_000.0})
    [drawing] = occupancy_charts(clusters_of(run), run, "vi")
    full, half = bars(drawing.svg)[:2], bars(drawing.svg)[2:]
    assert half[0][1] == pytest.approx(half[1][1], abs=0.02)
    assert full[0][1] == pytest.approx(half[0][1], abs=0.02)
    assert full[1][1] == pytest.approx(3 * half[1][1], abs=0.03)
    assert full[1][0] + full[1][1] < WIDTH_MM
    assert "50,00 % (2,00 ha / 4,00 ha)" in drawing.svg


def test_more_committed_than_there_is_stays_on_the_sheet():
    """A registered industrial area smaller than the parcels: 150 %."""
    row = {"occupancy_share": 1.5, "industrial_m2": 20_000.0, "committed_m2": 30_000.0,
           "producing_m2": 0.0}  # fmt: skip
    run = result(row)
    [drawing] = occupancy_charts(clusters_of(run), run, "vi")
    [(x, width)] = bars(drawing.svg)
    assert x + width < WIDTH_MM - 60


def test_sixteen_bars_a_drawing():
    run = result(*({"cluster_id": f"C{k:02d}", "occupancy_share": None} for k in range(17)))
    drawings = occupancy_charts(clusters_of(run), run, "vi")
    assert [drawing.svg.count("chưa biết") for drawing in drawings] == [16, 1]


def test_words_from_outside_are_no_markup():
    canvas = Canvas(10, 10)
    canvas.text(0, 0, '<script>"&')
    assert "&lt;script&gt;&quot;&amp;" in canvas.finish("<t>").svg
    assert 'aria-label="&lt;t&gt;"' in canvas.finish("<t>").svg


@pytest.mark.parametrize(
    ("greatest", "step"), [(100, 20), (6, 1), (6.1, 2), (49.2, 10), (0.3, 0.05)]
)
def test_an_axis_has_round_steps(greatest, step):
    assert round_step(greatest) == pytest.approx(step)
