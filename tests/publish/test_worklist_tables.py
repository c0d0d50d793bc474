"""The lists in a report and a workbook, and over several runs."""

from docx import Document

from gisclusters.publish.report import render_report
from gisclusters.publish.views import sheets, views
from gisclusters.publish.word_document import write_docx
from gisclusters.publish.worklist_tables import worklist_views
from gisclusters.workflows.publish_site import merge
from tests.efficiency.listed_scene import PARCELS
from tests.publish.test_tenant_letters import measured


def named(found, subject):
    [view] = [view for view in found if view.subject == subject]
    return view.frame


def test_the_lists_stand_in_report_and_workbook_in_their_order(tmp_path):
    result = measured(tmp_path)
    for found in (views(result), sheets(result)):
        assert named(found, "worklists")["parcel_id"].tolist() == [
            "P1", "P2", "P5", "P6", "P3", "P7", "P4", "P6",
        ]  # fmt: skip
        assert named(found, "parcels")["lessee"].tolist()[:2] == [
            "Công ty May Bình Yên", "HTX Dược liệu; Xanh, Sạch",
        ]  # fmt: skip
    page = render_report([result], "vi")
    assert "Tiến độ hoàn thành 01/03/2025 trước tiến độ khởi công 01/09/2026." in page
    assert "kiểm tra người đang sử dụng đất và việc chuyển nhượng" in page


def test_the_paper_says_which_version_of_each_term_judged(tmp_path):
    path = tmp_path / "bao_cao.docx"
    write_docx([measured(tmp_path)], path, "vi")
    lines = [line.text for line in Document(str(path)).paragraphs]
    [told] = [line for line in lines if line.startswith("behind_schedule: ")]
    assert told == (
        "behind_schedule: Tiến độ sử dụng đất chậm 24 tháng so với tiến độ ghi trong dự án đầu tư "
        "(Luật Đất đai 31/2024/QH15, Điều 81 khoản 8; đã đọc văn bản gốc; hiệu lực 01/08/2024 – …)"
    )


def test_runs_over_several_clusters_have_one_list(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    late, lapsed = measured(tmp_path / "a", [PARCELS[3]]), measured(tmp_path / "b", [PARCELS[0]])
    whole = merge([late, lapsed])
    assert [row["list"] for row in whole.extra["worklists"]] == ["lapsed", "late"]
    assert [row["parcel_id"] for row in whole.extra["holders"]] == ["P4", "P1"]


def test_no_parcel_that_asks_for_an_act_is_no_table(tmp_path):
    assert worklist_views(measured(tmp_path, [PARCELS[7]])) == []
