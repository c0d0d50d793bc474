"""Minutes of an inspection: the same numbers in every form, and nothing that nobody said."""

import json
import re
import shutil
import subprocess
import zipfile

import fiona
import openpyxl
import pytest
import shapely
from docx import Document

from gisclusters.publish.export import write_result
from gisclusters.publish.minutes import make_minutes
from gisclusters.publish.minutes_page import render_minutes
from gisclusters.publish.minutes_parts import Lines, Table, Words
from gisclusters.publish.pdf import print_pdf
from gisclusters.publish.plain_words import without_commands
from gisclusters.publish.workbook import sheet_name
from gisclusters.workflows.marker_places import outlines_of
from tests.publish.conftest import DESKTOP, PHONE
from tests.publish.minutes_scene import CRS, DESIGN, FORM, png, verified
from tests.scenes import EAST, NORTH, clusters, layer, square

MOVED = {
    "design_n_m": "1.587.000,000", "design_e_m": "552.100,000", "measured_n_m": "1.587.000,300",
    "measured_e_m": "552.099,600", "dn_m": "0,300", "de_m": "-0,400", "distance_m": "0,500",
    "residual_m": "0,500", "tolerance_m": "0,070", "accuracy_m": "0,015",
}  # fmt: skip
"""RG-02 by hand: 0.3 m north and 0.4 m west are 0.5 m."""


def written(result, folder, ending, lang="vi"):
    path = folder / f"bb{ending}"
    write_result(result, path, lang, force=True, print_pdf=print_pdf)
    return path


def words_of_docx(path):
    paper = Document(str(path))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def words_of_xlsx(path):
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True)
                     for cell in row if cell is not None)  # fmt: skip


def table(minutes, name="markers"):
    return next(block for part in minutes.parts for block in part.blocks
                if isinstance(block, Table) and block.name == name)  # fmt: skip


def row_texts(html, marker):
    row = next(row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if f">{marker}<" in row)
    return re.findall(r"<span[^>]*>(.*?)</span>", row)


def test_every_form_has_the_same_numbers(tmp_path):
    result = verified(tmp_path, form=FORM)
    assert set(MOVED.values()) <= set(row_texts(render_minutes(result, "vi"), "RG-02"))
    paper = Document(str(written(result, tmp_path, ".docx")))
    cells = [[cell.text for cell in row.cells] for each in paper.tables for row in each.rows]
    row = next(row for row in cells if any(cell.startswith("RG-02") for cell in row))
    assert set(MOVED.values()) <= {line for cell in row for line in cell.split("\n")}
    sheet = openpyxl.load_workbook(written(result, tmp_path, ".xlsx"))["Bảng mốc giới"]
    head, *rows = list(sheet.iter_rows(min_row=4, values_only=True))
    numbers = dict(zip(head, next(row for row in rows if "RG-02" in row), strict=True))
    assert numbers["X đo (m)"] == pytest.approx(1_587_000.3, abs=1e-6)
    assert numbers["Y đo (m)"] == pytest.approx(552_099.6, abs=1e-6)
    assert numbers["ΔX – bắc (m)"] == pytest.approx(0.3, abs=1e-6)
    found = json.loads(written(result, tmp_path, ".json").read_text(encoding="utf-8"))
    finding = next(each for each in found["findings"] if each["marker_id"] == "RG-02")
    assert finding["measured_e_m"] == pytest.approx(552_099.6, abs=1e-6)
    assert finding["de_m"] == pytest.approx(-0.4, abs=1e-6)
    assert finding["verdict"] == "moved"


def test_approved_missing_and_unplanned_markers_have_what_is_known_of_them(tmp_path):
    rows = verified(tmp_path).findings[0].set_index("marker_id")
    lost, extra = rows.loc["RG-04"], rows.loc["LẠ-1"]
    assert (lost["verdict"], lost["design_n_m"], lost["design_e_m"]) == ("missing", 1587100, 552000)
    assert lost[["measured_n_m", "measured_e_m"]].isna().all()
    assert extra["verdict"] == "extra"
    assert (extra["measured_n_m"], extra["measured_e_m"]) == (1587050.5, 552050.25)
    assert extra[["design_n_m", "design_e_m"]].isna().all()
    assert rows["marker_kind"].tolist()[:3] == ["RG", "RG", "CGĐ"]


@pytest.mark.parametrize("ending", [".html", ".docx", ".xlsx"])
def test_what_people_said_and_what_is_unverified_stand_in_every_form(tmp_path, ending):
    path = written(verified(tmp_path, form=FORM), tmp_path, ending)
    said = {".html": lambda p: p.read_text(encoding="utf-8"), ".docx": words_of_docx,
            ".xlsx": words_of_xlsx}[ending](path)  # fmt: skip
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BIÊN BẢN", "Nguyễn Thị Ước", "Trần Văn Ệ",
        "ngày 15 tháng 11 năm 2026", "345/QĐ-UBND, ngày 02/06/2025", "SN-00123",
        "bản đồ tỷ lệ 1:500; CHƯA KIỂM CHỨNG", "kinh tuyến trục 107°30′", "không có sai chung",
        "ỦY BAN NHÂN DÂN XÃ", "Mốc RG-04 mất do mở đường.",
    ):  # fmt: skip
        assert words in said, words
    sources = verified(tmp_path).run.sources
    assert len(sources) == 2
    assert all(source.sha256 in said for source in sources)


def test_words_of_a_form_are_never_markup(tmp_path):
    page = render_minutes(verified(tmp_path, form=FORM), "vi")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>Đắk Hà</b>" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_a_formula_in_a_note_stays_text(tmp_path):
    book = openpyxl.load_workbook(written(verified(tmp_path, form=FORM), tmp_path, ".xlsx"))
    cells = [cell for row in book["Biên bản"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_nothing_is_invented_where_nobody_filled_in_a_form(tmp_path):
    minutes = make_minutes(verified(tmp_path), "vi")
    assert minutes.place_and_day == "………, ngày …… tháng …… năm ……"
    assert minutes.number == "Số: ……/BB-……"
    assert [title for title, _, _ in minutes.signatures] == [
        "ĐẠI DIỆN CHỦ ĐẦU TƯ / ĐƠN VỊ QUẢN LÝ", "ĐƠN VỊ ĐO ĐẠC", "ỦY BAN NHÂN DÂN CẤP XÃ",
        "CHỦ SỬ DỤNG ĐẤT",
    ]  # fmt: skip
    assert [name for _, _, name in minutes.signatures] == [""] * 4
    pairs = dict(pair for part in minutes.parts for block in part.blocks
                 if isinstance(block, Lines) for pair in block.pairs)  # fmt: skip
    for what in ("Địa điểm", "Máy đo", "Số máy", "Phương pháp đo", "Bên giao", "Bên nhận"):
        assert pairs[what] == "………………"
    assert "CHƯA KIỂM CHỨNG" in minutes.note
    assert pairs["Số mốc được duyệt"] == "5"


def test_the_summary_counts_each_verdict(tmp_path):
    minutes = make_minutes(verified(tmp_path), "vi")
    found = next(part for part in minutes.parts if part.title == "IV. Kết quả kiểm tra")
    assert list(found.blocks[0].pairs) == [
        ("đúng vị trí", "3"), ("xê dịch", "1"), ("không thấy", "1"), ("thừa", "1"),
        ("tổng số dòng", "6"),
    ]  # fmt: skip


def test_no_marker_found_at_all(tmp_path):
    survey = "marker_id,X,Y,accuracy_m\nXX-1,1588000.000,553000.000,0.015\n"
    result = verified(tmp_path, survey=survey)
    minutes = make_minutes(result, "vi")
    told = [words for part in minutes.parts for block in part.blocks if isinstance(block, Words)
            for words in block.paragraphs]  # fmt: skip
    assert "Không tìm thấy mốc nào trong số liệu đo." in told
    assert "1 điểm đo nằm ngoài khuôn bản vẽ; xem bảng." in told
    assert len(table(minutes).frame) == 6
    for ending in (".html", ".docx", ".xlsx"):
        assert written(result, tmp_path, ending).stat().st_size > 1_000


def test_a_survey_in_degrees_is_warned_of_and_control_points_are_compared(tmp_path):
    from gisclusters.geometry.crs import transform_xy

    def line(name, east, north, more):
        lon, lat = transform_xy(east, north, CRS, "EPSG:4326")
        return f"{name},{float(lon):.9f},{float(lat):.9f},0.010{more}"

    corners = [(552000, 1587000), (552100, 1587000), (552100, 1587100), (552000, 1587100),
               (551990, 1587050)]  # fmt: skip
    survey = "\n".join(["marker_id,lon,lat,accuracy_m"] + [
        line(f"RG-0{k}", e, n, "") for k, (e, n) in enumerate(corners, 1)])  # fmt: skip
    (tmp_path / "kc.csv").write_text("\n".join([
        "marker_id,lon,lat,accuracy_m,role,E_known,N_known",
        line("GPS-1", 552050.03, 1587050.04, ",control,552050,1587050")]), encoding="utf-8")  # fmt: skip
    from gisclusters.readers.options import ReadOptions
    from gisclusters.workflows.verify_markers import verify_markers

    for name, content in (("duyet.csv", DESIGN), ("do.csv", survey)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    said = {}
    for control in (None, tmp_path / "kc.csv"):
        result = verify_markers(
            tmp_path / "do.csv", design=tmp_path / "duyet.csv", store=None, cluster_id=None,
            design_options=ReadOptions(crs=CRS), survey_options=ReadOptions(crs="EPSG:4326"),
            control=control,
        )  # fmt: skip
        said[control] = render_minutes(result, "vi")
        assert "riêng phép chuyển hệ đã có sai số" in said[control]
        assert "EPSG:6960" in said[control]
    assert "Đo kèm điểm khống chế, hoặc đo trong múi VN-2000." in said[None]
    assert "Không có điểm khống chế đo cùng đợt." in said[None]
    compared = table(make_minutes(result, "vi"), "control_points")
    [row] = compared.frame.to_dict("records")
    assert (row["known_e_m"], row["known_n_m"]) == (552050, 1587050)
    assert row["de_m"] == pytest.approx(0.03, abs=5e-4)
    assert row["distance_m"] == pytest.approx(0.05, abs=5e-4)


def test_photos_stand_with_their_markers(tmp_path):
    (tmp_path / "anh").mkdir()
    (tmp_path / "anh" / "RG-02__2.png").write_bytes(png())
    (tmp_path / "anh" / "XX-9.png").write_bytes(png(3, 4))
    result = verified(tmp_path, form="photos: anh\n")
    page = render_minutes(result, "vi")
    assert page.index("<figcaption>Mốc RG-02<") < page.index(
        "<figcaption>XX-9 (không có trong bảng mốc)<"
    )
    assert page.count("data:image/png;base64,") == 2
    paper = Document(str(written(result, tmp_path, ".docx")))
    assert "Mốc RG-02" in words_of_docx(tmp_path / "bb.docx")
    assert len(paper.inline_shapes) == 3  # the sketch and two photos
    with zipfile.ZipFile(written(result, tmp_path, ".xlsx")) as book:
        assert sum(name.startswith("xl/media/") for name in book.namelist()) == 3


def test_a_photo_finds_its_marker_however_its_name_is_spelled(tmp_path):
    # RG1 and rg_02 are RG-01 and RG-02; of 1.1 and 1-1, which read alike, A11 is neither.
    design = DESIGN.replace("RG-04", "A1.1").replace("RG-05", "A1-1")
    (tmp_path / "anh").mkdir()
    for name in ("RG1.png", "rg_02.png", "A1_1.png", "A1.1.png"):
        (tmp_path / "anh" / name).write_bytes(png())
    page = render_minutes(verified(tmp_path, design=design, form="photos: anh\n"), "vi")
    captions = re.findall("<figcaption>([^<]*)<", page)
    assert captions == ["Mốc RG-01", "Mốc RG-02", "Mốc A1.1", "A1_1 (không có trong bảng mốc)"]


@pytest.mark.parametrize(("lang", "words", "left"), [
    ("vi", "hạn sai của các cạnh không có trong bảng (--edge-rules)",
     "hạn sai của các cạnh không có trong bảng"),
    ("vi", "khoảng cách mốc (luật chưa rõ con số: --spacing-m)",
     "khoảng cách mốc (luật chưa rõ con số)"),
    ("vi", "Đọc lại tệp đo với --survey-crs EPSG:9216.", "Đọc lại tệp đo với hệ tọa độ EPSG:9216."),
    ("en", "Read the survey again with the right --survey-axes.",
     "Read the survey again with the right order of axes."),
    ("vi", "Kiểm tra các cụm đó với --cluster của chúng. Xem bản đồ.", "Xem bản đồ."),
    ("en", "Make a new form with gisclusters markers minutes-form --out form.yaml.", ""),
    ("vi", "Mốc RG--01 (cũ) lệch 0,5 m.", "Mốc RG--01 (cũ) lệch 0,5 m."),
])  # fmt: skip
def test_papers_hold_no_words_of_commands(lang, words, left):
    assert without_commands(words, lang) == left


def test_no_form_of_the_minutes_holds_an_option(tmp_path):
    result = verified(tmp_path)
    page = re.sub("<style.*?</style>|<svg.*?</svg>|<script.*?</script>|<!--.*?-->", "",
                  render_minutes(result, "vi"), flags=re.DOTALL)  # fmt: skip
    assert not re.search(r"(?<![\w-])--[a-z]", page)
    assert not re.search(r"(?<![\w-])--[a-z]", words_of_docx(written(result, tmp_path, ".docx")))


def test_names_of_sheets_are_not_cut_in_a_word():
    taken = set()
    # 31 letters are "Ranh qua mốc: thửa đất lấn vào "; the colon is not for Excel.
    long = "Ranh qua mốc: thửa đất lấn vào trong"
    assert sheet_name(long, taken) == "Ranh qua mốc thửa đất lấn vào"
    assert sheet_name(long, taken) == "Ranh qua mốc thửa đất lấn vào 2"
    assert sheet_name("Cạnh ranh đo được (so với duyệt bằng văn bản)", taken) == "Cạnh ranh đo được"
    assert sheet_name("x" * 40, taken) == "x" * 31


def test_the_boundary_is_shown_by_its_tables(tmp_path):
    result = verified(tmp_path)
    page = render_minutes(result, "vi")
    assert "VI. Ranh giới theo mốc" in page
    captions = [block.caption for part in make_minutes(result, "vi").parts for block in part.blocks
                if isinstance(block, Table)]  # fmt: skip
    assert captions == ["Bảng mốc giới", "Diện tích trong các mốc đo được", "Vòng ranh qua các mốc",
                        "Cạnh ranh: đo được so với duyệt", "Ranh qua mốc: chưa kiểm tra"]  # fmt: skip
    book = openpyxl.load_workbook(written(result, tmp_path, ".xlsx"))
    edges = result.extra["boundary"]["edges"]
    lengths = {cell.value for sheet in book for row in sheet for cell in row}
    assert {row["planned_m"] for row in edges} <= lengths
    assert f">{edges[0]['planned_m']:.3f}<".replace(".", ",") in page


def many(count):
    """A rank of markers ten metres apart."""
    design = ["marker_id,cluster_id,X,Y"]
    survey = ["marker_id,X,Y,accuracy_m"]
    for k in range(count):
        north, east = 1_587_000 + 10 * (k // 20), 552_000 + 10 * (k % 20)
        design.append(f"RG-{k + 1:03d},CCN-01,{north},{east}")
        survey.append(f"RG-{k + 1:03d},{north}.010,{east}.000,0.010")
    return "\n".join(design), "\n".join(survey)


def test_three_hundred_markers_repeat_the_head_of_their_table_on_every_page(tmp_path, chromium):
    design, survey = many(300)
    result = verified(tmp_path, design=design, survey=survey)
    pages = re.findall(rb"/Type\s*/Page\b", written(result, tmp_path, ".pdf").read_bytes())
    assert len(pages) > 8
    if shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", "-layout", str(tmp_path / "bb.pdf"), "-"],
                              capture_output=True, check=True).stdout.decode()  # fmt: skip
        sheets = [sheet for sheet in told.split("\f") if re.search(r"\bRG-\d{3}\b.*1\.587", sheet)]
        assert len(sheets) > 6
        assert all("X duyệt (m)" in sheet for sheet in sheets)
        assert set(re.findall(r"RG-\d{3}", told)) == {f"RG-{k:03d}" for k in range(1, 301)}
    paper = Document(str(written(result, tmp_path, ".docx")))
    long = next(each for each in paper.tables if len(each.rows) > 300)
    assert long.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert long.rows[1]._tr.trPr.xpath("w:cantSplit")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_is_quiet_and_no_wider_than_the_screen(tmp_path, browser, size):
    path = tmp_path / "bb.html"
    path.write_text(render_minutes(verified(tmp_path, form=FORM), "vi"), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, locale="vi-VN"
    )
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator("figure.sketch svg").bounding_box()["width"] > 500
    context.close()
    assert (said, asked) == ([], [path.as_uri()])


def test_english_minutes_have_english_numbers(tmp_path):
    page = render_minutes(verified(tmp_path), "en")
    assert "1,587,000.300" in page
    assert "UNVERIFIED" in page
    assert "Inspection and hand-over of the boundary markers of CCN-01" in page
    assert "Kiểm tra" not in page
    assert "0.070 m: Circular 26/2024/TT-BTNMT, Article 8" in page
    assert "Thông tư" not in page


def test_minutes_take_the_place_of_the_report_in_four_forms_only(tmp_path):
    result = verified(tmp_path)
    head = written(result, tmp_path, ".csv").read_text(encoding="utf-8-sig").split("\r\n")[0]
    assert head.startswith("cluster_id,marker_id,matched_by,verdict,de_m,dn_m,distance_m")
    assert written(result, tmp_path, ".gpkg").is_file()
    with fiona.open(tmp_path / "bb.gpkg", layer="findings") as layer:
        assert len(layer) == 6


def test_a_marker_named_like_markup_is_text_in_table_and_sketch(tmp_path):
    result = verified(tmp_path, design=DESIGN.replace("RG-04", "<img src=x onerror=a>"))
    page = render_minutes(result, "vi")
    assert "<img" not in page
    sketch = page[page.index("<svg") : page.index("</svg>")]
    name = "&lt;img src=x onerror=a&gt;"
    assert sketch.count(name) == 1
    assert page.count(f">{name}<") >= 2


def test_the_stored_boundary_is_drawn_where_the_store_has_it():
    class Shelf:
        def load(self, kind, *, ids):
            assert (kind, ids) == ("clusters", ["C1"])
            return [clusters(square(0, 0))]

    approved = layer("markers", [
        {"marker_id": f"RG-{k}", "cluster_id": "C1", "geometry": shapely.Point(EAST + x, NORTH + y)}
        for k, (x, y) in enumerate(((0, 0), (100, 0), (100, 100)))])  # fmt: skip
    [frame] = outlines_of(approved, Shelf(), "C1")
    assert frame.geometry.iloc[0].area == 10_000
    assert outlines_of(approved, None, None) == []  # nobody gave their order
