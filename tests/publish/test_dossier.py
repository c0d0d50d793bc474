"""One dossier in four forms: the same run and the same numbers, nothing cut, nothing from outside."""

import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from docx import Document
from docx.shared import Mm

from gisclusters.publish.canvas import Drawing
from gisclusters.publish.cluster_map import cluster_plan
from gisclusters.publish.dossier import Map, make_dossier
from gisclusters.publish.dossier_page import map_svg, render_dossier
from gisclusters.publish.dossier_word import write_dossier_docx
from gisclusters.publish.dossier_workbook import write_dossier_xlsx
from gisclusters.publish.efficiency_rows import clusters_of
from gisclusters.publish.lease_timeline import MOST_ROWS, timelines
from gisclusters.publish.minutes_parts import Table
from gisclusters.publish.tables import written
from gisclusters.words import LANGS, number, text
from tests.efficiency.scenes import layer, square
from tests.publish.dossier_scene import DAY, clusters, lots, measured, whole

PHONE = (390, 844)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def page(scene):
    return render_dossier(*scene, "vi")


@pytest.fixture(scope="module")
def paper(scene, tmp_path_factory):
    path = tmp_path_factory.mktemp("dossier") / "hs.docx"
    write_dossier_docx(*scene, path, "vi")
    return Document(str(path))


@pytest.fixture(scope="module")
def book(scene, tmp_path_factory):
    path = tmp_path_factory.mktemp("dossier") / "hs.xlsx"
    write_dossier_xlsx(*scene, path, "vi")
    return openpyxl.load_workbook(path)


def cells_of_page(page):
    """The lines of every cell of every table of findings, in order."""
    rows = []
    for body in re.findall(r'<table id="\w+">.*?<tbody>(.*?)</tbody>', page, re.DOTALL):
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", body, re.DOTALL):
            lines = re.sub(r"</small>", "", cell).split("<small>")
            rows.append([line for line in map(_plain, lines) if line])
    return rows


def _plain(markup):
    for mark, letter in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", '"'),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ):
        markup = markup.replace(mark, letter)
    return markup


def cells_of_paper(paper):
    rows = []
    for table in paper.tables:
        for row in table.rows[1:]:
            rows += [[line for line in cell.text.split("\n") if line] for cell in row.cells]
    return rows


def test_page_and_paper_have_the_same_cells(page, paper):
    assert cells_of_page(page) == cells_of_paper(paper)
    assert len(cells_of_page(page)) > 100


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_workbook_is_on_the_page(scene, tmp_path, lang):
    path = tmp_path / "hs.xlsx"
    write_dossier_xlsx(*scene, path, lang)
    book = openpyxl.load_workbook(path)
    shown = {line for cell in cells_of_page(render_dossier(*scene, lang)) for line in cell}
    compared = 0
    for table in make_dossier(*scene, lang).blocks(Table):
        [sheet] = [each for each in book if each["A1"].value == table.caption]
        for place, column in enumerate(table.columns, 1):
            for row in range(5, 5 + len(table.frame)):
                value = sheet.cell(row, place).value
                if isinstance(value, (int, float)):
                    assert written(value, column, lang) in shown, (table.name, column.name)
                    compared += 1
    assert compared > 100


def test_the_workbook_and_the_json_have_the_same_ladder(scene, book):
    [row] = clusters_of(scene[0])
    sheet = book["Thang diện tích, số đăng ký"]
    heads = [cell.value for cell in sheet[4]]
    area = heads.index("Diện tích (m²)")
    cells = [line[area].value for line in sheet.iter_rows(min_row=5)]
    assert cells == pytest.approx([each["area_m2"] for each in row["ladder"]])
    # gross 16 ha, industrial and serviced 6 ha; leased: P1, P2, P3, P6 (P4 has no date)
    assert cells == pytest.approx([160_000, 60_000, 60_000, 40_000, 40_000, 40_000, 20_000, 20_000])


def test_every_form_bears_the_run(scene, page, paper, book):
    run = scene[0].run.id
    assert page.count(run) >= 3
    assert run in paper.sections[0].footer.paragraphs[0].text
    for sheet in book:
        if sheet.title not in {"Biểu đồ", "Giải thích cột", "Vấn đề của dữ liệu"}:
            assert any(run in str(cell.value) for line in sheet.iter_rows() for cell in line), (
                sheet.title
            )


def test_the_workbook_holds_no_formulas_and_widths_that_show_their_numbers(book):
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                if isinstance(cell.value, float) and "#,##0" in cell.number_format:
                    letters = len(number(cell.value, "vi", 1))
                    assert sheet.column_dimensions[cell.column_letter].width >= letters


def test_no_name_of_a_sheet_is_cut(scene, book):
    tables = make_dossier(*scene, "vi").blocks(Table)
    assert [sheet.title for sheet in book][1 : 1 + len(tables)] == [
        table.caption for table in tables
    ]


def test_the_definitions_say_the_unit_and_the_meaning_of_every_column(book):
    sheet = book["Giải thích cột"]
    assert [cell.value for cell in sheet[1]] == ["Cột", "Đơn vị", "Ý nghĩa"]
    rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows if not row[1] or not row[2]] == []
    units = {row[0].split("(")[-1].strip(")"): row[1] for row in rows}
    assert units["area_m2"] == "m²"
    assert units["deadline"] == "ngày tháng"
    assert units["difference_share"] == "phần của một, hiển thị %"


def test_the_charts_stand_in_the_workbook_and_the_paper(scene, paper, tmp_path):
    charts = make_dossier(*scene, "vi").blocks(Drawing)
    assert len(charts) == 3  # ladder, structure, one timeline
    assert len(paper.inline_shapes) == len(charts) + 1  # and the map
    path = tmp_path / "hs.xlsx"
    write_dossier_xlsx(*scene, path, "vi")
    pictures = [name for name in zipfile.ZipFile(path).namelist() if "/media/" in name]
    assert len(pictures) == len(charts) + 1
    wide = paper.sections[0].page_width - paper.sections[0].left_margin
    assert all(shape.width <= wide - Mm(12) for shape in paper.inline_shapes)


def test_equal_runs_make_equal_pages(scene, page):
    assert render_dossier(*scene, "vi") == page


def test_nothing_comes_from_outside_and_nothing_runs(page):
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="', page)
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    assert "Công ty &lt;b&gt;&#34;A&#34; &amp; B&lt;/b&gt;" in page


def test_a_name_cannot_leave_the_style_sheet(scene):
    result, ground = scene
    [row] = clusters_of(result)
    frame = pd.DataFrame([row | {"name": 'A"; } \\ </style><b> {B}'}])
    page = render_dossier(replace(result, findings=[frame]), ground, "vi")
    style = page.split("<style>")[1].split("</style>")[0]
    [foot] = re.findall(r'@bottom-left { content:"(.*)"; font', style)
    assert " ".join(foot.split()) == f"C1 – A styleb B · {result.run.id}"
    assert page.count("</style>") == 1


def inside(root, width, height):
    """Every place of a drawing lies on its sheet."""
    for node in root.iter():
        for name, limit in (("x", width), ("x1", width), ("x2", width), ("cx", width),
                            ("y", height), ("y1", height), ("y2", height), ("cy", height)):  # fmt: skip
            if name in node.attrib:
                assert -0.01 <= float(node.attrib[name]) <= limit + 0.01, node.attrib


@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_has_title_day_source_and_lies_on_its_sheet(scene, lang):
    run = scene[0].run
    day = "15/11/2026" if lang == "vi" else "2026-11-15"
    for drawing in make_dossier(*scene, lang).blocks(Drawing):
        root = ET.parse(io.StringIO(drawing.svg)).getroot()
        words = [node.text for node in root.iter(f"{SVG}text")]
        assert drawing.title in words
        assert drawing.title.startswith("C1 – CCN C1 <i>: ")
        assert day in drawing.title
        assert text("efficiency.chart_source", lang, id=run.id) in words
        inside(root, drawing.width_mm, drawing.height_mm)


def test_the_registered_figure_is_marked_beside_the_bar(scene):
    """Gross 16 ha measured, 15 ha registered: 1 ha more, 6.67 % of the registered."""
    ladder = make_dossier(*scene, "vi").blocks(Drawing)[0]
    assert "16,00 ha · đăng ký 15,00 ha (+6,67 %)" in ladder.svg


def test_a_norm_that_is_broken_says_how_much_is_missing(scene):
    """Green 1 ha of 16 is 6.25 %, 10 % are 1.6 ha: 6 000 m² are missing; transport 2 ha is enough."""
    structure = make_dossier(*scene, "vi").blocks(Drawing)[1]
    assert "6,3 % (≥ 10,0 %) · còn thiếu 6.000 m²" in structure.svg.replace("6,2 %", "6,3 %")
    assert "12,5 % (≥ 10,0 %)<" in structure.svg


def test_the_timeline_marks_hand_over_deadline_and_the_day(scene):
    """P2: handed over 2025-11-01, idle since 2026-11-01: exactly a year on the axis of time."""
    [cluster] = clusters_of(scene[0])
    [drawing] = timelines(cluster, scene[0], "vi")
    assert "tính đến 15/11/2026" in drawing.svg
    first = re.search(r'<text[^>]*y="([\d.]+)"[^>]*>P2 · ', drawing.svg)
    row_mm = float(first[1]) - 3.6
    signs = [
        [tuple(map(float, pair.split(","))) for pair in points.split()]
        for points in re.findall(r'<polygon points="([^"]+)"', drawing.svg)
    ]
    mine = [points for points in signs if row_mm < min(y for _, y in points) < row_mm + 5]
    handed, deadline = sorted(sum(x for x, _ in points) / len(points) for points in mine)
    years = [float(x) for x in re.findall(r'<line x1="([\d.]+)" y1="18.50"', drawing.svg)]
    a_year = years[2] - years[1]
    assert deadline - handed == pytest.approx(a_year, rel=0.01)


def test_long_timelines_go_on_in_equal_drawings(scene):
    [cluster] = clusters_of(scene[0])
    one = cluster["parcels"][1]
    many = [one | {"parcel_id": f"P{place:02d}"} for place in range(MOST_ROWS + 4)]
    drawings = timelines(cluster | {"parcels": many}, scene[0], "vi")
    assert [drawing.svg.count(">P") for drawing in drawings] == [12, 12]
    assert "(2/2)" in drawings[1].title


def test_a_status_on_the_map_is_read_without_colour(scene):
    """The number in a parcel is that of the legend, its hatch one of its own."""
    [plan] = [block.plan for block in make_dossier(*scene, "vi").blocks(Map)]
    legend = {row["number"]: row["words"] for row in plan["legend"]}
    assert len(plan["numbers"]) == 6
    assert {each["number"] for each in plan["numbers"]} == set(legend)
    assert legend[2] == ["Không đưa đất vào sử dụng", "1 thửa"]
    assert len(set(plan["angles"].values())) >= len(legend)
    ET.parse(io.StringIO(map_svg(plan)))


def test_names_on_the_map_go_without_their_cluster(scene):
    _, ground = scene
    named = ground.parcels.assign(parcel_id=[f"C1-T{k}" for k in range(len(ground.parcels))])
    status = dict.fromkeys(named["parcel_id"], "idle")
    plan = cluster_plan(ground.outline, named, status, "vi")
    assert plan["labels"][0]["words"] == "T0"


def test_a_cluster_of_which_nothing_is_known_says_so(tmp_path):
    result, ground = measured(tmp_path, clusters("C1", "C2"), cluster_id="C2")
    page = render_dossier(result, ground, "vi")
    for key in (
        "no_structure",
        "no_leases",
        "no_parcels",
        "seams_unknown",
        "said_occupancy_unknown",
    ):
        assert text(f"efficiency.{key}", "vi") in page, key
    assert "CCN C2" in page
    assert "CCN C1" not in page
    path = tmp_path / "hs.docx"
    write_dossier_docx(result, ground, path, "vi")
    write_dossier_xlsx(result, ground, tmp_path / "hs.xlsx", "vi")
    assert len(Document(str(path)).inline_shapes) == 2  # the ladder (gross alone) and the map


def test_an_overlap_of_parcels_is_told_with_its_place(tmp_path):
    """Two parcels of a hectare share 10 m x 100 m around easting 550 095."""
    rows = [{"parcel_id": f"P{place}", "cluster_id": "C1", "accuracy_m": 0.05, "geometry": shape}
            for place, shape in enumerate((square(0, 0), square(0.9, 0)), 1)]  # fmt: skip
    result, ground = measured(tmp_path, clusters("C1"), lots(), layer("parcels", rows))
    page = render_dossier(result, ground, "vi")
    assert "C1: 1 chỗ thửa chồng nhau, 1.000,0 m², chỉ tính một lần trong mọi tổng" in page
    [body] = re.findall(r'<table id="seams">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert "Chồng nhau (chỉ tính một lần)" in body
    [easting] = re.findall(r"<small>(55\d\.\d{3},\d{3})</small>", body)
    assert float(easting.replace(".", "").replace(",", ".")) == pytest.approx(550_095, abs=0.1)
    assert "1.000,0" in body


def test_the_register_says_how_far_the_cluster_is(scene, page, paper, book):
    assert make_dossier(*scene, "en").facts == [("Status of the cluster", "Operating")]
    said = "Tình trạng cụm: Đang hoạt động"
    assert said in page
    assert said in [line.text for line in paper.paragraphs]
    assert book["Hồ sơ"]["A4"].value == said


def test_the_day_asked_is_the_day_of_the_dossier(scene):
    assert scene[0].run.as_of == DAY


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_the_page_fits_the_screen(page, browser, tmp_path, size):
    path = tmp_path / "hs.html"
    path.write_text(page, encoding="utf-8")
    opened = browser.new_page(viewport={"width": size[0], "height": size[1]})
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= size[0]
    opened.close()
