"""Tables of several outlines: areas and sides held against them, rings told apart, order mended."""

import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.words import issue_text

# Draft annex of the national mineral plan, Tả Phời, Lào Cai: X then Y, 6° zone, KTT 105.
TA_PHOI = {
    "A": ("25,0", [(2478962, 392783), (2478711, 392892), (2478138, 392899), (2478131, 392634),
                   (2478887, 392505)]),
    "C": ("37,0", [(2476310, 393711), (2475633, 394085), (2475352, 393849), (2475721, 393483),
                   (2476048, 393312)]),
    "D": ("25,0", [(2475476, 394601), (2475035, 394987), (2474756, 394643), (2475175, 394284)]),
    "MR": ("668,1", [(2479175, 392788), (2478002, 393542), (2475035, 394987), (2474405, 394210),
                     (2475649, 393203), (2477203, 391784), (2478595, 392074)]),
}  # fmt: skip
HEAD = "Tên điểm;Tọa độ VN-2000, KTT 105°, múi chiếu 6°;\n;X (m);Y (m)\n"
KON_TUM = ReadOptions(crs="EPSG:9216")


def write(tmp_path, text, name="ranh.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def vertices(letter, points, *, close=True):
    rows = [f"{letter}{k};{x};{y}" for k, (x, y) in enumerate(points, 1)]
    return "\n".join([*rows, rows[0]] if close else rows) + "\n"


def published(*, close=True, area="Diện tích: {} ha;;\n"):
    return HEAD + "".join(
        f"Khu {name};;\n{vertices(name, points, close=close)}{area.format(said)}"
        for name, (said, points) in TA_PHOI.items()
    )


def codes(layer, level="warning"):
    return [issue.code for issue in layer.issues if issue.level == level]


def refused(path, options=KON_TUM):
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path, options)
    for issue in refusal.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return [issue for issue in refusal.value.issues if issue.level == "error"]


@pytest.mark.parametrize("close", [True, False])
@pytest.mark.parametrize("area", ["Diện tích: {} ha;;\n", "DT = {} ha;;\n", ";;Diện tích {} ha\n",
                                  "Diện tích (ha);{};\n"])  # fmt: skip
def test_the_published_tables_have_the_published_areas(tmp_path, close, area):
    layer = read_layer("clusters", write(tmp_path, published(close=close, area=area)))
    assert layer.source.crs_as_received == "EPSG:3405"
    assert layer.frame["name"].tolist() == ["Khu A", "Khu C", "Khu D", "Khu MR"]
    assert (layer.shapes.area / 1e4).round(2).tolist() == [24.99, 36.99, 25.01, 668.14]
    assert layer.frame["registered_area_m2"].tolist() == [250_000, 370_000, 250_000, 6_681_000]
    assert "declared_area_differs" not in codes(layer)


def test_areas_in_a_merged_column_belong_to_their_parts(tmp_path):
    text = "Khu;Tên điểm;X;Y;Diện tích (ha)\n"
    for name in "ACD":
        said, points = TA_PHOI[name]
        for k, (x, y) in enumerate(points):
            text += f"{'' if k else 'Khu ' + name};{name}{k + 1};{x};{y};{'' if k else said}\n"
    layer = read_layer("clusters", write(tmp_path, text), ReadOptions(crs="EPSG:3405"))
    assert "declared_area_differs" not in codes(layer)
    assert layer.frame["registered_area_m2"].tolist() == [870_000]
    wrong = write(tmp_path, text.replace("37,0", "73,0"))
    layer = read_layer("clusters", wrong, ReadOptions(crs="EPSG:3405"))
    assert codes(layer).count("declared_area_differs") == 1


def square(hectares, declared, *, name="1"):
    side = round((hectares * 1e4) ** 0.5, 3)
    x, y = 1_587_000, 552_000
    points = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    return "Điểm;X;Y\n" + vertices("", points).replace("\n1;", f"\n{name};") + declared


def test_a_dossier_of_55_ha_whose_table_closes_at_73_is_told(tmp_path):
    path = write(tmp_path, square(73.12, "Diện tích: 55 ha;;\n"))
    layer = read_layer("clusters", path, KON_TUM)
    [said] = [issue for issue in layer.issues if issue.code == "declared_area_differs"]
    assert said.params["declared"] == 550_000
    assert said.params["computed"] == pytest.approx(731_200, abs=2)
    # side 855.1 m: sd = 0.30/(2√2) · √(4 · 2 · 855.1²) = 0.30 · 855.1
    assert said.params["sd"] == pytest.approx(0.30 * 855.1, abs=0.1)
    [row] = inspect_file(path, KON_TUM)
    assert (row.declared_area_m2, row.rings_closed) == (550_000, True)
    assert [problem.split()[0] for problem in row.problems] == ["declared_area_differs"]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("Diện tích: 73,1 ha", False), ("Diện tích: 73 ha", False), ("Diện tích: 731200 m2", False),
        ("Diện tích: 731.200 m²", False), ("Diện tích: 73,02 ha", True), ("DT: 0,7312 km2", False),
        ("Diện tích: 732.100 m2", True), ("Diện tích: 73,12", False), ("Diện tích 731.200,5", False),
        ("Tổng diện tích khoảng 74 ha", True), ("Diện tích: 73.12 ha", False),
    ],
)  # fmt: skip
def test_an_area_is_compared_within_its_rounding_and_the_vertices(tmp_path, declared, told):
    layer = read_layer("clusters", write(tmp_path, square(73.12, f"{declared};;\n")), KON_TUM)
    assert ("declared_area_differs" in codes(layer)) is told
    coarse = ReadOptions(crs="EPSG:9216", accuracy_m=5)  # sd 4276 m²
    layer = read_layer("clusters", write(tmp_path, square(73.12, f"{declared};;\n")), coarse)
    assert "declared_area_differs" not in codes(layer)


SIDES = """Điểm;X (m);Y (m);{head}
1;1587000,000;552000,000;100,00
2;1587000,000;552100,000;150,00
3;1587150,000;552100,000;100,00
4;1587150,000;552000,000;150,00
1;1587000,000;552000,000;
"""


@pytest.mark.parametrize("head", ["Cạnh (m)", "K/C", "Độ dài cạnh (m)", "Khoảng cách (m)"])
def test_sides_find_the_wrong_coordinate(tmp_path, head):
    text = SIDES.format(head=head)
    assert "side_differs" not in codes(read_layer("clusters", write(tmp_path, text), KON_TUM))
    path = write(tmp_path, text.replace("3;1587150,000", "3;1587105,000"))
    found = [i for i in read_layer("clusters", path, KON_TUM).issues if i.code == "side_differs"]
    assert [(i.row, i.params["given"], round(i.params["computed"], 2)) for i in found] == [
        (3, 150, 105), (4, 100, 109.66)]  # fmt: skip
    [row] = inspect_file(path, KON_TUM)
    assert [problem for problem in row.problems if "side" in problem] == [
        "side_differs 150.000 ≠ 105.000 (3)", "side_differs 100.000 ≠ 109.659 (4)"]  # fmt: skip


def test_a_side_may_stand_on_a_row_of_its_own_or_speak_of_the_point_before(tmp_path):
    between = SIDES.format(head="Cạnh (m)")
    for length in ("100,00", "150,00"):
        between = between.replace(f"0;{length}\n", f"0;\n;;;{length}\n")
    layer = read_layer("clusters", write(tmp_path, between), KON_TUM)
    assert layer.shapes.area.tolist() == [15_000]
    assert "side_differs" not in codes(layer)
    before = """Điểm;X;Y;Cạnh
1;1587000,0;552000,0;150,0
2;1587000,0;552100,0;100,0
3;1587150,0;552100,0;150,0
4;1587150,0;552000,0;100,0
"""
    assert "side_differs" not in codes(read_layer("clusters", write(tmp_path, before), KON_TUM))


def test_a_side_is_compared_within_the_digits_that_were_written(tmp_path):
    text = "Điểm;X;Y;Cạnh\n1;1587000;552000;141,42\n2;1587100;552100;141\n3;1587200;552000;200\n"
    assert "side_differs" not in codes(read_layer("clusters", write(tmp_path, text), KON_TUM))
    far = text.replace("141,42", "138,00")
    assert "side_differs" in codes(read_layer("clusters", write(tmp_path, far), KON_TUM))


BOW = "Điểm;X;Y\n{};1587000;552000\n{};1587100;552100\n{};1587000;552100\n{};1587100;552000\n"


@pytest.mark.parametrize(
    ("names", "evidence", "order"),
    [(("1", "3", "2", "4"), "number", "1 2 3 4"), (("a", "b", "c", "d"), "hull", "a c b d"),
     (("M01", "M03", "M02", "M04"), "number", "M01 M02 M03 M04")],
)  # fmt: skip
def test_vertices_out_of_order_get_a_proposal_that_is_applied_when_accepted(
    tmp_path, names, evidence, order
):
    path = write(tmp_path, BOW.format(*names))
    [issue] = refused(path)
    assert (issue.code, issue.value, issue.params["order"]) == (
        "vertices_unordered", evidence, order)  # fmt: skip
    layer = read_layer("clusters", path, ReadOptions(crs="EPSG:9216", accept_repairs=True))
    assert layer.shapes.area.tolist() == [10_000]
    assert "vertices_reordered" in codes(layer)


def test_an_outline_that_no_order_mends_is_refused_with_the_place(tmp_path):
    star = [(0, 0), (100, 0), (0, 100), (100, 100), (50, 50)]  # the middle lies on two sides
    text = "Điểm;X;Y\n" + "".join(f"p;{1_587_000 + x};{552_000 + y}\n" for x, y in star)
    assert {issue.code for issue in refused(write(tmp_path, text))} <= {
        "geometry_invalid", "vertices_unordered"}  # fmt: skip


def rings_of(layer):
    return [
        round(part.area) for shape in layer.shapes.geometry for part in shapely.get_parts(shape)
    ]


TWO = [[(0, 0), (0, 100), (100, 100), (100, 0)], [(300, 0), (300, 50), (350, 50)]]


def two(names, *, close=False, between=""):
    text = "Điểm;X;Y\n"
    for k, ring in enumerate(TWO):
        rows = [f"{names(k, i)};{1_587_000 + x};{552_000 + y}" for i, (x, y) in enumerate(ring, 1)]
        text += (between if k else "") + "\n".join([*rows, rows[0]] if close else rows) + "\n"
    return text


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (two(lambda k, i: f"{'AC'[k]}{i}"), "info"),
        (two(lambda k, i: i), "info"),
        (two(lambda k, i: 4 * k + i, close=True), "info"),
        (two(lambda k, i: "", between=";;\n"), "warning"),
    ],
    ids=["families", "restarts", "closing", "empty row"],
)
def test_rings_are_told_apart_and_it_is_said(tmp_path, text, level):
    layer = read_layer("clusters", write(tmp_path, text), KON_TUM)
    assert rings_of(layer) == [10_000, 1_250]
    assert [issue.level for issue in layer.issues if issue.code == "rings_found"] == [level]


def test_an_empty_row_over_which_the_numbers_run_on_is_no_border(tmp_path):
    text = "Điểm;X;Y\n1;1587000;552000\n2;1587000;552100\n3;1587050;552150\n;;\n4;1587100;552100\n5;1587100;552000\n6;1587050;551950\n"
    layer = read_layer("clusters", write(tmp_path, text), KON_TUM)
    assert rings_of(layer) == [15_000]


def test_a_header_repeated_on_the_second_page_is_no_point(tmp_path):
    head = "STT;Tên điểm;Tọa độ VN-2000, KTT 107°30';\n;;X (m);Y (m)\n(1);(2);(3);(4)\n"
    rows = ["1;M1;1587000;552000\n2;M2;1587000;552100\n",
            "3;M3;1587100;552100\n4;M4;1587100;552000\n"]  # fmt: skip
    layer = read_layer(
        "clusters",
        write(tmp_path, head + rows[0] + head.replace("(1);(2);(3);(4)\n", "") + rows[1]),
    )
    assert (layer.crs, rings_of(layer)) == ("EPSG:9216", [10_000])


def test_parts_of_a_cluster_stay_one_cluster(tmp_path):
    text = "Điểm;X;Y\nCCN Sa Bình;;\nKhu A;;\n" + two(lambda k, i: i, between="Khu B;;\n")[9:]
    text += "CCN Đăk Hà;;\n1;1588000;552000\n2;1588000;552100\n3;1588100;552100\n"
    layer = read_layer("clusters", write(tmp_path, text), KON_TUM)
    assert layer.frame["name"].tolist() == ["CCN Sa Bình", "CCN Đăk Hà"]
    assert layer.shapes.area.tolist() == [11_250, 5_000]


def test_two_meridians_in_one_table_are_refused(tmp_path):
    text = "KTT 107°30';;\nKTT 108°00';;\nĐiểm;X;Y\n1;1587000;552000\n2;1587000;552100\n3;1587100;552100\n"
    options = ReadOptions(province="Kon Tum")
    assert [issue.code for issue in refused(write(tmp_path, text), options)] == ["zones_several"]
