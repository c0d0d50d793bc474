"""Columns as surveyors and programs write them: B and L, kilometres, powers, shapes beside points."""

import numpy as np
import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.layers.values import as_number
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.readers.axes import axis_of
from gisclusters.readers.delimited import read_delimited

LONG_AN = ReadOptions(province="Long An")
CORNERS = [(1_221_000, 570_000), (1_221_000, 570_400), (1_221_300, 570_400), (1_221_300, 570_000)]
BOX = "POLYGON ((570000 1221000, 570400 1221000, 570400 1221300, 570000 1221300, 570000 1221000))"


def write(folder, text, name="bang.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path, kind="markers", options=LONG_AN):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    return [(issue.code, issue.row, issue.value) for issue in found.value.issues
            if issue.level == "error"]  # fmt: skip


@pytest.mark.parametrize("header", ["B;L", "B (độ);L (độ)", "B(°);L(°)", "L;B"])
def test_b_and_l_are_latitude_and_longitude(tmp_path, header):
    cells = "106,39;11,04" if header.startswith("L") else "11,04;106,39"
    layer = read_layer("markers", write(tmp_path, f"Tên mốc;{header}\nM1;{cells}\nM2;{cells}\n"))
    assert layer.crs == "EPSG:4326"
    assert layer.shapes.geometry.iloc[0].coords[0] == (106.39, 11.04)


def test_a_breadth_and_a_length_are_no_place(tmp_path):
    rows = "".join(f"M{k};{n};{e};12,5;30\n" for k, (n, e) in enumerate(CORNERS))
    layer = read_layer("markers", write(tmp_path, f"Tên mốc;X;Y;B;L\n{rows}"), LONG_AN)
    assert "pair_chosen" not in {issue.code for issue in layer.issues}
    assert {"B", "L"} <= set(layer.frame.columns)


def test_kilometres_are_refused_as_kilometres(tmp_path):
    path = write(tmp_path, "Tên;X (km);Y (km)\nM1;1221,040;570,39\nM2;1221,140;570,41\n")
    assert [code for code, *_ in refused(path)] == ["unit_not_metres"]
    assert axis_of("Tọa độ Y (km)") == "y"


@pytest.mark.parametrize(("cells", "value"), [
    ("1.2210005E+06;5.700005E+05", (570_000.5, 1_221_000.5)),
    ("1,221000E+06;5,70000E+05", (570_000.0, 1_221_000.0)),
])  # fmt: skip
def test_a_power_of_ten_is_a_number(tmp_path, cells, value):
    path = write(tmp_path, f"Tên;X;Y\nM1;{cells}\nM2;1221000,25;570000,25\n")
    layer = read_layer("markers", path, LONG_AN)
    assert layer.shapes.geometry.iloc[0].coords[0] == value


def test_a_power_that_lost_its_digits_is_named(tmp_path):
    path = write(tmp_path, "Tên;X;Y\nM1;1.221E+06;5.70E+05\nM2;1221000.5;570000.5\n")
    assert refused(path) == [("number_rounded", 2, "1.221E+06")]


def test_powers_do_not_settle_the_decimal_mark_of_others():
    import pandas as pd

    values, bad = as_number(pd.Series(["1.5E+04", "1,234", "2"], dtype=object))
    assert bad.tolist() == [False, True, False]
    assert values[[0, 2]].tolist() == [15_000, 2]
    values, _ = as_number(pd.Series(["1,5e3", "1.234,5"], dtype=object))
    assert np.array_equal(values, [1_500, 1_234.5])


def test_shapes_beside_coordinates_are_not_passed_over(tmp_path):
    drawn = write(tmp_path, f'Mã cụm;X;Y;WKT\nA;1221150;570200;"{BOX}"\n')
    layer = read_layer("clusters", drawn, LONG_AN)
    assert layer.shapes.area.tolist() == [120_000]
    assert "shapes_taken" in {issue.code for issue in layer.issues}
    assert [row.geometry_type for row in inspect_file(drawn)] == ["Polygon"]
    assert read_layer("markers", drawn, LONG_AN).shapes.geometry.iloc[0].x == 570_200
    rows = "".join(f"A;{n};{e};POINT ({e} {n})\n" for n, e in CORNERS)
    layer = read_layer("clusters", write(tmp_path, f"Mã cụm;X;Y;WKT\n{rows}"), LONG_AN)
    assert layer.shapes.area.tolist() == [120_000]
    [told] = [issue for issue in layer.issues if issue.code == "shapes_left"]
    assert (told.level, told.field) == ("warning", "WKT")


def test_hectares_of_a_table_of_shapes_are_square_metres(tmp_path):
    path = write(tmp_path, f'Mã thửa;Diện tích (ha);WKT\nT1;12,50;"{BOX}"\n')
    layer = read_layer("parcels", path, LONG_AN)
    assert layer.frame["registered_area_m2"].tolist() == [125_000]
    assert "hectares_taken" in {issue.code for issue in layer.issues}
    path = write(tmp_path, f'Mã thửa;Diện tích (ha);WKT\nT1;mười;"{BOX}"\n')
    assert refused(path, "parcels") == [("not_a_number", 2, "mười")]
    both = f'Mã thửa;Diện tích (ha);Diện tích (m2);WKT\nT1;12,50;125001;"{BOX}"\n'
    layer = read_layer("parcels", write(tmp_path, both), LONG_AN)
    assert layer.frame["registered_area_m2"].tolist() == [125_001]


def test_a_table_of_too_many_rows_is_refused_before_they_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("gisclusters.readers.delimited.MOST_ROWS", 100)
    monkeypatch.setattr("gisclusters.readers.delimited.Grid", None)
    for note in ("", ';"ghi chú"'):
        rows = f"M;1221000;570000{note}\n" * 101
        with pytest.raises(InputRefusedError, match="table_too_large"):
            read_delimited(write(tmp_path, f"Tên;X;Y\n{rows}"), None)
    monkeypatch.undo()
    monkeypatch.setattr("gisclusters.readers.delimited.MOST_ROWS", 100)
    notes = "".join(f'M{k};1221000;570000;"hai\ndòng"\n' for k in range(60))
    assert len(read_delimited(write(tmp_path, f"Tên;X;Y;Ghi chú\n{notes}"), None).rows) == 61


CLOSED = [("RG-01", 1587000.0, 552000.0, ""), ("RG-02", 1587000.0, 552100.0, "100,00"),
          ("RG-03", 1587100.0, 552100.0, "100,00"), ("RG-04", 1587100.0, 552000.0, "100,00"),
          ("RG-01", 1587000.0, 552000.0005, "100,01")]  # fmt: skip


def closed(folder, rows, head="Số hiệu mốc;X (m);Y (m);Cạnh (m)"):
    lines = [head, *(f"{n};{x:.4f};{y:.4f};{side}" for n, x, y, side in rows)]
    (folder / "moc.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_layer("markers", folder / "moc.csv", ReadOptions(crs="EPSG:9216"))


def test_the_row_that_closes_a_table_of_markers_is_no_marker(tmp_path):
    layer = closed(tmp_path, CLOSED)
    assert layer.frame["marker_id"].tolist() == ["RG-01", "RG-02", "RG-03", "RG-04"]
    assert layer.frame["source_row"].tolist() == [2, 3, 4, 5]
    [told] = [issue for issue in layer.issues if issue.code == "closing_marker"]
    assert (told.row, told.id) == (6, "RG-01")
    # The length of the last edge, which only the closing row gives, ends at the first marker.
    assert layer.frame["Cạnh (m)"].tolist() == ["100,01", "100,00", "100,00", "100,00"]


@pytest.mark.parametrize("rows", [
    [*CLOSED[:4], ("RG-01", 1587000.0, 552000.0011, "")],  # 1.1 mm away
    [*CLOSED[:4], CLOSED[1]],  # not the first
    CLOSED[:2] + CLOSED[:1],  # two corners enclose nothing
])  # fmt: skip
def test_any_other_marker_twice_is_refused(tmp_path, rows):
    with pytest.raises(InputRefusedError) as fault:
        closed(tmp_path, rows)
    assert [issue.code for issue in fault.value.issues if issue.level == "error"] == ["id_repeated"]


@pytest.mark.parametrize(("headers", "unit", "factor"), [
    ("E(ft),N(ft)", "ft", "0.3048"), ("Northing (USft),Easting (USft)", "usft", "0.30480061"),
    ("E (cm),N (cm)", "cm", "0.01"), ("E_mm,N_mm", "mm", "0.001"),
])  # fmt: skip
def test_headers_in_another_unit_than_metres_are_named(tmp_path, headers, unit, factor):
    with pytest.raises(InputRefusedError) as found:
        read_layer("surveys", write(tmp_path, f"Point,{headers}\nRG-01,1,2\n"), LONG_AN)
    [fault] = found.value.issues
    assert (fault.code, fault.params["unit"]) == ("headers_not_metres", unit)
    assert fault.params["factor"] == factor
