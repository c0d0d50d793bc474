"""Sheets as they come: merged headers, hidden rows, cells far away, old workbooks, damage."""

import io
import random
import subprocess
import sys
import zipfile
from contextlib import suppress

import openpyxl
import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from tests.readers.office import workbook_of
from tests.readers.old_workbook import old_workbook

KON_TUM = ReadOptions(crs="EPSG:9216")
POINTS = [
    ["Tên mốc", "X (m)", "Y (m)"],
    ["M1", 1_587_000.123, 552_800],
    ["M2", 1_587_100.5, 552_900],
]
OUTLINE = [
    ["BẢNG TỌA ĐỘ CỤM CÔNG NGHIỆP SA BÌNH"],
    ["STT", "Tên điểm", "Tọa độ VN-2000, KTT 107°30′, múi chiếu 3°", None, "Cạnh (m)", "Diện tích (ha)"],
    [None, None, "X (m)", "Y (m)", None, None],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
    [1, "M1", 1_587_000, 552_000, 100, 1.5],
    [2, "M2", 1_587_000, 552_100, 150.125, None],
    [3, "M3", 1_587_150.125, 552_100, 100, None],
    [4, "M4", 1_587_150.125, 552_000, 150.125, None],
    [1, "M1", 1_587_000, 552_000, None, None],
    [None, "Người lập", None, "Giám đốc"],
]  # fmt: skip
MERGED = ["A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "F5:F9"]


def saved(tmp_path, content, name="bang.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def warned(layer):
    return {issue.code: issue for issue in layer.issues if issue.level == "warning"}


def test_a_header_merged_over_rows_and_columns(tmp_path):
    path = saved(tmp_path, workbook_of(OUTLINE, MERGED))
    layer = read_layer("clusters", path)
    assert layer.crs == "EPSG:9216"
    assert layer.shapes.area.tolist() == [15_012.5]
    assert layer.frame["registered_area_m2"].tolist() == [15_000]
    assert not {"side_differs", "declared_area_differs"} & warned(layer).keys()
    [row] = inspect_file(path)
    assert (row.rings_closed, row.declared_area_m2, row.computed_area_m2, row.problems) == (
        True, 15_000, 15_012.5, [])  # fmt: skip


def edited(rows, edit):
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(rows)))
    edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_hidden_is_read_and_said(tmp_path):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["B"].hidden = True

    layer = read_layer("markers", saved(tmp_path, edited(POINTS, hide)), KON_TUM)
    assert len(layer) == 2
    told = warned(layer)
    assert told["rows_hidden"].params["rows"] == "3"
    assert told["columns_hidden"].params["columns"] == "B"


def test_a_hidden_sheet_is_not_chosen_before_one_that_is_shown(tmp_path):
    def hide(sheet):
        other = sheet.parent.create_sheet("cũ")
        for row in POINTS:
            other.append(row)
        other.sheet_state = "hidden"

    path = saved(tmp_path, edited(POINTS, hide))
    assert read_layer("markers", path, KON_TUM).source.layer == "Bảng"
    old = read_layer("markers", path, ReadOptions(crs="EPSG:9216", layer="cũ"))
    assert "sheet_hidden" in warned(old)


def test_cells_beyond_the_columns_that_are_read_are_said(tmp_path):
    def far(sheet):
        sheet.cell(2, 250, "xa")
        sheet.cell(3, 300, "xa")

    layer = read_layer("markers", saved(tmp_path, edited(POINTS, far)), KON_TUM)
    said = warned(layer)["columns_beyond"]
    assert (said.value, said.params["count"]) == ("IP2", 2)
    wide = "Tên mốc,X,Y" + "," * 300 + "xa\nM1,1587000.5,552800.5\n"
    layer = read_layer("markers", saved(tmp_path, wide.encode(), "rong.csv"), KON_TUM)
    assert warned(layer)["columns_beyond"].params["count"] == 1


LONE = """
import resource, sys, time
from pathlib import Path
from gisclusters.readers import ReadOptions, read_layer
options = ReadOptions(crs="EPSG:9216")
read_layer("markers", Path(sys.argv[1]), options)
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
layer = read_layer("markers", Path(sys.argv[2]), options)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(len(layer), seconds < 1.0, used < 200_000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory is asked of the system another way")
def test_a_lone_cell_in_the_last_corner_costs_nothing(tmp_path):
    near = saved(tmp_path, workbook_of(POINTS), "gan.xlsx")
    far = saved(tmp_path, edited(POINTS, lambda sheet: sheet.cell(1_048_576, 16_384, "x")))
    said = subprocess.run([sys.executable, "-c", LONE, str(near), str(far)], check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert said.stdout.split() == ["2", "True", "True"]
    assert warned(read_layer("markers", far, KON_TUM))["columns_beyond"].value == "XFD1048576"


def grid(rows):
    return {(r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)
            if cell is not None}  # fmt: skip


def test_an_old_workbook_is_read_like_a_new_one(tmp_path):
    cells = grid(OUTLINE)
    path = saved(
        tmp_path, old_workbook(cells, merged=((1, 1, 2, 3),), hidden_rows=(6,)), "ranh.xls"
    )
    layer = read_layer("clusters", path)
    assert (layer.crs, layer.shapes.area.tolist()) == ("EPSG:9216", [15_012.5])
    assert warned(layer)["rows_hidden"].params["rows"] == "7"
    assert layer.frame["registered_area_m2"].tolist() == [15_000]
    [row] = inspect_file(path)
    assert (row.format, row.layer, row.computed_area_m2) == ("xls", "Bang", 15_012.5)


def test_numbers_of_a_sheet_have_no_thousands(tmp_path):
    rows = [["Điểm", "X", "Y", "Cạnh"], ["1", 1_587_000.125, 552_000.125, 100.125],
            ["2", 1_587_000.125, 552_100.25, 100.125], ["3", 1_587_100.25, 552_100.25, 141.598]]  # fmt: skip
    layer = read_layer("clusters", saved(tmp_path, workbook_of(rows)), KON_TUM)
    assert "side_differs" not in warned(layer)
    rows[2][3] = 105.125
    layer = read_layer("clusters", saved(tmp_path, workbook_of(rows)), KON_TUM)
    assert warned(layer)["side_differs"].params["given"] == 105.125


def opens_or_is_refused(path, kinds=("clusters", "markers")):
    """Anything but a layer or a refusal is raised."""
    for kind in kinds:
        with suppress(InputRefusedError):
            read_layer(kind, path, KON_TUM)
    with suppress(InputRefusedError):
        inspect_file(path, KON_TUM)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_workbook_is_read_or_refused(tmp_path, seed):
    rng = random.Random(seed)
    sound = workbook_of(OUTLINE, MERGED)
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = [name for name in parts if name.startswith("xl/") and name.endswith(".xml")]
    for turn in range(30):
        if turn % 3 == 0:  # the container
            content = bytearray(sound)
            for _ in range(rng.randint(1, 6)):
                content[rng.randrange(len(content))] = rng.randrange(256)
            content = bytes(content)
        else:  # what it holds
            name = rng.choice(sheets)
            inside = bytearray(parts[name])
            for _ in range(rng.randint(1, 5)):
                inside[rng.randrange(len(inside))] = rng.choice(b'<>/"=0123456789:ABrstv&;')
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for part, data in parts.items():
                    archive.writestr(part, bytes(inside) if part == name else data)
            content = out.getvalue()
        opens_or_is_refused(saved(tmp_path, content, f"{turn}.xlsx"))


@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_old_workbook_is_read_or_refused(tmp_path, seed):
    rng = random.Random(seed)
    sound = old_workbook(grid(OUTLINE), merged=((1, 1, 2, 3),))
    for turn in range(60):
        content = bytearray(sound)
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(8, 3_000)] = rng.randrange(256)
        opens_or_is_refused(saved(tmp_path, bytes(content), f"{turn}.xls"))


def test_cells_right_of_the_last_header_are_said(tmp_path):
    text = "Tên mốc,X,Y\nM1,1587000.5,552800.5,,ghi thêm\nM2,1587100.5,552800.5\nM3,1587100.5,552900.5\n"
    layer = read_layer("markers", saved(tmp_path, text.encode(), "moc.csv"), KON_TUM)
    [said] = [issue for issue in layer.issues if issue.code == "cells_without_header"]
    assert said.params["rows"] == "2"
