"""The system that the texts of a drawing name is held against what people say."""

import ezdxf
import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer

LONG_AN = ReadOptions(province="Long An")  # KTT 105°45', EPSG:9210
RING = [(570_000, 1_221_000), (570_400, 1_221_000), (570_400, 1_221_300), (570_000, 1_221_300)]


def title(document, words):
    document.modelspace().add_text(words, height=5).set_placement((570_000, 1_220_900))


def note(document, words):
    document.modelspace().add_mtext("{\\fArial|b1;GHI CHÚ}\\P" + words + "\\PLô A, thửa 12",
                                    dxfattribs={"insert": (570_500, 1_221_000)})  # fmt: skip


def paper(document, words):
    document.layout("Layout1").add_text(words, height=5)


def frame(document, words):
    block = document.blocks.new("KHUNGTEN")
    block.add_text(words, height=5)
    document.modelspace().add_blockref("KHUNGTEN", (570_000, 1_220_800))


def attribute(document, words):
    document.blocks.new("KHUNG").add_attdef("HE", (0, 0))
    insert = document.modelspace().add_blockref("KHUNG", (570_000, 1_220_800))
    insert.add_attrib("HE", words, (570_000, 1_220_800))


DEFINITION = (
    '<Dictionary><Alias id="{0}" type="CoordinateSystem"><ObjectId>VN</ObjectId>'
    "<Namespace>EPSG Code</Namespace></Alias><Axis><CoordinateSystemAxis><AxisOrder>1</AxisOrder>"
    "<AxisAbbreviation>E</AxisAbbreviation></CoordinateSystemAxis></Axis></Dictionary>"
)

WAYS = [title, note, paper, frame, attribute]


@pytest.fixture
def drawn(tmp_path):
    def draw(*texts, way=title, geodata=None):
        document = ezdxf.new("R2018", units=6)
        document.modelspace().add_lwpolyline(RING, close=True)
        document.modelspace().add_text("CCN-01", height=5).set_placement((570_200, 1_221_150))
        document.modelspace().add_point((570_000, 1_221_000))
        for words in texts:
            way(document, words)
        if geodata:
            found = document.modelspace().new_geodata()
            found.setup_local_grid(design_point=(0, 0), reference_point=(0, 0))
            found.coordinate_system_definition = DEFINITION.format(geodata)
        path = tmp_path / "ve.dxf"
        document.saveas(path)
        return path

    return draw


def refusal(path, options=LONG_AN, kind="clusters"):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    return issue


@pytest.mark.parametrize(
    ("kind", "way"), [("markers", way) for way in WAYS[:4]] + [("clusters", way) for way in WAYS]
)
@pytest.mark.parametrize(
    ("words", "crs"),
    [("HỆ TỌA ĐỘ VN-2000, KINH TUYẾN TRỤC 107°30', MÚI CHIẾU 3°", "EPSG:9216"),
     ("kinh tuyến trục 107%%d45'", "EPSG:5899")],
)  # fmt: skip
def test_a_text_of_another_zone_refuses_the_zone_of_the_province(drawn, words, crs, way, kind):
    path = drawn(words, way=way)
    issue = refusal(path, kind=kind)
    assert (issue.code, issue.params["way"], issue.value) == (
        "crs_contradiction", "--province", "EPSG:9210")  # fmt: skip
    assert issue.params["option"] == f"--crs {crs}"
    assert read_layer(kind, path).crs == crs
    named = ReadOptions(crs=crs, province="Long An")
    assert read_layer(kind, path, named).crs == crs
    assert refusal(path, ReadOptions(crs="EPSG:9210"), kind).code == "crs_contradiction"


SILENT = [
    "Tỷ lệ 1/500", "CCN Mũi Né 6", "Lô 482", "Lo: 105", "TM-3 105", "L0 = 107.5", "Khu 6, múi giờ 7",
    "105°30'", "Diện tích 108-15 ha", "Hộ ông Kinh 107 m2", "ĐT 105 30", "Thửa 107-45",
    "CCN Tân Kim 3 - 6 ha", "DT: 0.9996 ha",
]  # fmt: skip
AGREE = ["VN-2000 KTT 105°45' múi 3°", "Hệ tọa độ VN-2000", "KTT 105%%d45'"]


@pytest.mark.parametrize("words", [*SILENT, *AGREE])
def test_names_of_clusters_and_lots_and_texts_that_agree_change_nothing(drawn, words):
    assert read_layer("clusters", drawn(words), LONG_AN).crs == "EPSG:9210"


@pytest.mark.parametrize("way", [title, note, paper])
def test_all_of_them_in_one_drawing_change_nothing(drawn, way):
    path = drawn(*SILENT, way=way)
    assert read_layer("clusters", path, LONG_AN).crs == "EPSG:9210"
    assert refusal(path, ReadOptions()).code == "crs_missing"


def test_the_old_datum_and_two_zones_in_texts_are_refused(drawn):
    assert refusal(drawn("Hệ tọa độ HN-72")).code == "datum_old"
    two = drawn("KTT 105°45'", "Bản đồ gốc KTT 107°30'")
    assert refusal(two).code == "zones_several"
    layer = read_layer("clusters", two, ReadOptions(crs="EPSG:9210"))
    assert "zones_several" in {issue.code for issue in layer.issues if issue.level == "warning"}


def test_a_block_that_is_nowhere_inserted_says_nothing(drawn):
    def unused(document, words):
        document.blocks.new("KHUNG_CU").add_text(words, height=5)

    assert read_layer("clusters", drawn("KTT 107°30'", way=unused), LONG_AN).crs == "EPSG:9210"


def test_old_letters_are_read_before_they_are_heard(drawn):
    path = drawn("Kinh tuyÕn trôc 107\\U+00B030', mói chiÕu 3 ®é")
    assert refusal(path).params["option"] == "--crs EPSG:9216"


def test_inspect_says_the_zone_that_a_text_names(drawn):
    [row, *_] = inspect_file(drawn("VN-2000, kinh tuyến trục 107°30'"))
    assert row.crs_found == "EPSG:9216"


def test_the_code_of_a_drawing_outweighs_its_texts_and_the_difference_is_told(drawn):
    layer = read_layer("clusters", drawn("KTT 107°30'", geodata=9210), LONG_AN)
    assert layer.crs == "EPSG:9210"
    [told] = [issue for issue in layer.issues if issue.code == "crs_disagreement"]
    assert (told.value, told.params["taken"]) == ("“KTT 107°30'”", "EPSG:9210")


@pytest.mark.parametrize(
    ("east", "north", "value", "crs"),
    [
        (40, 0, "107%%d30'", "EPSG:9216"), (0, -8, "107°30'", "EPSG:9216"), (2, -9, "107-30", "EPSG:9216"),
        (40, -30, "107°30'", None), (-40, 0, "107°30'", None), (400, 0, "107°30'", None),
        (40, 0, "Tỉnh Long An", None), (40, 0, "105°45'", None),
    ],
)  # fmt: skip
def test_a_value_beside_or_under_its_label(drawn, east, north, value, crs):
    def block(document, words):
        space = document.modelspace()
        space.add_text(words, height=5).set_placement((570_000, 1_220_900))
        space.add_text(value, height=5).set_placement((570_000 + east, 1_220_900 + north))

    path = drawn("KINH TUYẾN TRỤC:", way=block)
    if crs is None:
        assert read_layer("clusters", path, LONG_AN).crs == "EPSG:9210"
    else:
        assert refusal(path).params["option"] == f"--crs {crs}"
