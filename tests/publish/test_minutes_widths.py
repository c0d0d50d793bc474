"""Columns of the tables of minutes: no number is broken, no word is squeezed to syllables."""

from docx import Document
from docx.shared import Mm

from gisclusters.publish.minutes_page import render_minutes
from tests.publish.minutes_scene import verified
from tests.publish.test_minutes import many, written

NOTE = "bị cây phủ dày không thấy được nên đo lệch tâm về phía đường nhựa cách hàng rào ba mét"


def test_a_coordinate_stands_on_one_line_beside_long_notes(tmp_path):
    """1.587.000,000 has 13 letters, each at most half of 8 pt wide, that is 13 x 4 pt = 18.3 mm
    in Times New Roman; a cell has 1.9 mm on either side.  The notes take what is left."""
    survey = "marker_id,X,Y,accuracy_m,note\n" + "\n".join(
        f"RG-0{k},1587{k:03d}.123,552000.456,0.015,{NOTE}" for k in range(1, 6)
    )
    paper = Document(str(written(verified(tmp_path, survey=survey), tmp_path, ".docx")))
    table = next(each for each in paper.tables if each.cell(0, 0).text == "TT")
    widths = {cell.text.split("\n")[0]: cell.width for cell in table.rows[0].cells}
    assert widths["X duyệt (m)"] >= Mm(22.1)
    assert widths["X đo (m)"] >= Mm(22.1)
    assert max(widths, key=widths.get) == "Ghi chú"
    assert sum(widths.values()) <= Mm(165.1)  # A4 less 30 and 15 mm


def test_a_list_of_markers_wraps_and_leaves_room_for_words(tmp_path, browser):
    """Every second of 60 markers was not measured: 30 names in one cell of the table of areas."""
    design, survey = many(60)
    head, *rows = survey.split("\n")
    result = verified(tmp_path, design=design, survey="\n".join([head, *rows[::2]]))
    path = tmp_path / "bb.html"
    path.write_text(render_minutes(result, "vi"), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(path.as_uri())
    table = page.locator("table", has_text="Lấy theo thiết kế")
    first = table.locator("tbody td").first.bounding_box()
    names = table.locator("tbody tr").first.locator("td").last.locator("span").last
    assert first["width"] >= 16 / 25.4 * 96  # 16 mm
    assert names.bounding_box()["height"] >= 2 * 9 / 72 * 96  # two lines of 9 pt at least
    page.close()
