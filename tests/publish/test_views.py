"""What a person reads first: acts before silence, silence before consent, nothing dropped."""

from datetime import date

import pytest

from gisclusters.domain.run import make_run
from gisclusters.layers.layer import ZONES_ONLY
from gisclusters.overlaps import find_overlaps
from gisclusters.publish.document import rows_of
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.publish.views import sheets, views
from tests.scenes import clusters, plan, square

DAY = date(2026, 11, 15)


def result(*layers):
    subjects = clusters(square(0, 0), square(500, 0), square(1_000, 0))
    findings = find_overlaps(subjects, layers, as_of=DAY).findings
    run = make_run(version="0", command="overlaps", options={}, as_of=DAY, rules=None,
                   crs="EPSG:9216", datum_operation=None, sources=[])  # fmt: skip
    return Result(subject="overlaps", run=run, summary={}, findings=[findings])


@pytest.fixture
def checked():
    return result(
        plan(square(90, 0), square(550, 0), plan_id="LÚA", title="Đất lúa"),
        plan(square(500, 0), plan_id="RĐD", category="special_use_forest", title="Rừng đặc dụng"),
        plan(square(1_000, 0), plan_id="SKN", category="SKN", ground=ZONES_ONLY),
    )


def test_the_worst_stands_first_and_silence_is_no_finding(checked):
    acts, *_ = views(checked)
    assert acts.subject == "overlaps"
    assert list(zip(acts.frame["subject_id"], acts.frame["plan"], strict=True)) == [
        ("C2", "Rừng đặc dụng"), ("C2", "Đất lúa"), ("C1", "Đất lúa"), ("C3", "SKN")]  # fmt: skip


def test_silence_and_consent_are_told_once_a_plan(checked):
    _, silent, clear = views(checked)
    assert (silent.subject, clear.subject) == ("unchecked", "clear")
    lines = silent.frame.set_index("category")
    assert lines.loc["cluster_land", ["plan", "subjects", "count"]].tolist() == ["SKN", "C1, C2", 2]
    assert lines.loc["defence", "subjects"] == "C1, C2, C3"
    assert clear.frame[["plan", "subjects"]].to_numpy().tolist() == [
        ["Rừng đặc dụng", "C1, C3"], ["Đất lúa", "C3"]]  # fmt: skip


def test_the_workbook_keeps_every_row(checked):
    [sheet] = sheets(checked)
    assert len(sheet.frame) == len(checked.findings[0])
    assert sheet.frame["severity"].iloc[0] == "blocking"


def test_what_nobody_could_measure_is_one_line_with_its_clusters():
    subjects = clusters(square(0, 0), square(500, 0))
    house = plan(square(300, 0), category="ONT", title="Nhà")
    report = find_overlaps(subjects, [house], as_of=DAY)
    run = make_run(version="0", command="overlaps", options={}, as_of=DAY, rules=None,
                   crs="EPSG:9216", datum_operation=None, sources=[])  # fmt: skip
    checked = Result(subject="overlaps", run=run, summary={}, findings=[report.findings],
                     extra={"distances": rows_of(report.distances)})  # fmt: skip
    [told] = [view.frame for view in views(checked) if view.subject == "distances"]
    rows = told.set_index("subject_id")
    assert sorted(rows.index) == ["C1", "C1, C2", "C1, C2", "C2"]
    assert rows.loc[["C1", "C2"], "distance_m"].tolist() == pytest.approx([200, 100])
    assert set(rows.loc["C1, C2", "rule_id"]) == {"distance_relics", "distance_water"}
    [sheet] = [view.frame for view in sheets(checked) if view.subject == "distances"]
    assert len(sheet) == 6


def test_the_page_says_what_silence_means(checked):
    page = render_report([checked], "vi")
    assert "Chưa kiểm tra không có nghĩa là không chồng lấn" in page
    assert page.index("Rừng đặc dụng") < page.index("CHƯA KIỂM TRA")
    assert "NOT CHECKED" in render_report([checked], "en")
