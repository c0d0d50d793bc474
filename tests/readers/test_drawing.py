"""Drawings as offices draw them: every outline found, every doubt said, nothing guessed."""

import math
import time
from pathlib import Path

import ezdxf
import geopandas as gpd
import numpy as np
import pytest
import shapely
from ezdxf.enums import TextEntityAlignment
from ezdxf.math import Matrix44
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import KINDS
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from gisclusters.readers.drawing import read_drawing
from gisclusters.words import issue_text

EAST, NORTH = 552_000.0, 1_587_000.0
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
VERSIONS = ("R12", "R2000", "R2018")


def there(points, east=0.0, north=0.0):
    return [(EAST + x + east, NORTH + y + north, *rest) for x, y, *rest in points]


def sides(points):
    return list(zip(points, [*points[1:], points[0]], strict=True))


@pytest.fixture
def sheet(tmp_path):
    """A drawing to draw on, and a function that saves and reads it."""
    document = ezdxf.new("R2018", units=6)

    def read(kind="clusters", layer=None, document=document, **how):
        path = tmp_path / "ve.dxf"
        document.saveas(path, **how)
        return read_drawing(path, KINDS[kind], layer)

    document.read = read
    return document


def said(rows, level=None):
    for issue in rows.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return [issue.code for issue in rows.issues if level in {None, issue.level}]


def refused(read):
    with pytest.raises(InputRefusedError) as refusal:
        read()
    return said(refusal.value, "error")


def areas(rows):
    return shapely.area(rows.frame["geometry"].to_numpy(dtype=object)).tolist()


# ---------------------------------------------------------------------------- real drawings


def test_states_exploded_to_lines_are_the_states_drawn_whole(shared_data):
    folder = shared_data / "real" / "dxf_boundaries"
    loose = read_drawing(folder / "5_us_states.dxf", KINDS["clusters"], None)
    whole = read_drawing(folder / "usa.dxf", KINDS["clusters"], None)
    rebuilt = loose.frame["geometry"].to_numpy(dtype=object)
    drawn = whole.frame["geometry"].to_numpy(dtype=object)
    assert (len(rebuilt), len(drawn)) == (65, 59)
    sound = drawn[shapely.is_valid(drawn)]
    assert len(sound) == 55  # four are drawn as rings that touch themselves
    alone = 0
    for state in sound:
        parts = rebuilt[shapely.covers(state.buffer(1e-9), rebuilt)]
        apart = shapely.area(shapely.symmetric_difference(shapely.union_all(parts), state))
        assert apart < 1e-9 * state.area
        alone += len(parts) == 1
    assert alone >= 50  # the rest overlap a neighbour by a sliver, which is a face of its own
    assert said(loose, "warning") == ["loose_unused", "outline_inside_unnamed"]


def test_rings_of_real_wards_have_the_areas_of_the_wards(shared_data):
    folder = shared_data / "real" / "vn_formats"
    rows = read_drawing(folder / "ranh_xa_vn2000.dxf", KINDS["places"], None)
    wards = gpd.read_file(folder / "wards_epsg9210.geojson").geometry.to_numpy()
    rings = [ring for part in shapely.get_parts(wards) for ring in (part.exterior, *part.interiors)]
    expected = sorted(shapely.area(shapely.polygons(rings)))
    assert len(expected) == 22
    assert sorted(areas(rows)) == pytest.approx(expected, rel=1e-6)
    # the hole of one ward is a part of another
    assert said(rows, "warning") == ["outline_twice", "outline_inside_unnamed"]


def test_hatches_and_the_entities_that_bound_them_are_taken_once(shared_data):
    path = shared_data / "real" / "dxf_boundaries" / "hatches_2.dxf"
    rows = read_drawing(path, KINDS["clusters"], None)
    assert [a / 0.0254**2 for a in areas(rows)] == pytest.approx([1268.17, 1268.35], abs=0.5)
    assert {"hatch_of_outline", "outlines_rebuilt", "units_scaled"} <= set(said(rows))


@pytest.mark.parametrize("name", ["humg_sample_0.dxf", "humg_sample_1.dxf"])
def test_utf8_under_a_foreign_code_page_reads_right(shared_data, name):
    path = shared_data / "real" / "dxf_boundaries" / name
    rows = read_drawing(path, KINDS["markers"], None)
    assert rows.frame["name"].tolist() == ["Hello, xin chào", None]
    [ellipse] = areas(read_drawing(path, KINDS["clusters"], None))
    assert ellipse == pytest.approx(math.pi * 1.6**2 * 1.25 * 0.5, rel=1e-3)


def test_a_georeferenced_drawing_lies_where_it_says(shared_data):
    path = shared_data / "real" / "dxf_boundaries" / "houses_of_parliament_georeferenced.dxf"
    rows = read_drawing(path, KINDS["clusters"], None)
    assert rows.crs == "EPSG:27700"
    [shape] = rows.frame["geometry"]
    assert shape.area == pytest.approx(30_386, abs=1)  # inches in the drawing
    assert shape.distance(shapely.Point(530_207.57, 179_366.79)) < 0.01
    assert read_layer("clusters", path).crs == "EPSG:27700"


# ------------------------------------------------------------------------ written and read


@st.composite
def stars(draw):
    """Outlines around one place: radii 20 to 50 m at rising angles, with or without bulges."""
    count = draw(st.integers(3, 12))
    radii = draw(st.lists(st.floats(20, 50), min_size=count, max_size=count))
    turn = np.arange(count) * 2 * np.pi / count
    bulges = draw(st.lists(st.sampled_from([0.0, 0.0, 0.1, -0.1]), min_size=count, max_size=count))
    return [
        (float(r * np.cos(t)), float(r * np.sin(t)), b)
        for r, t, b in zip(radii, turn, bulges, strict=True)
    ]


common = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@common
@given(outlines=st.lists(stars(), min_size=1, max_size=4), version=st.sampled_from(VERSIONS))
def test_closed_polylines_come_back(tmp_path, outlines, version):
    document = ezdxf.new(version)
    for place, star in enumerate(outlines):
        document.modelspace().add_polyline2d(
            there(star, east=200 * place), format="xyb", close=True
        ) if version == "R12" else document.modelspace().add_lwpolyline(
            there(star, east=200 * place), format="xyb", close=True
        )
    document.saveas(tmp_path / "a.dxf")
    rows = read_drawing(tmp_path / "a.dxf", KINDS["clusters"], None)
    for star, area in zip(outlines, areas(rows), strict=True):
        polygon = shapely.Polygon([corner[:2] for corner in star])
        exact, arcs = polygon.area, 0.0
        for (x1, y1, bulge), (x2, y2, _) in sides(star):
            if bulge:
                angle, side = 4 * math.atan(abs(bulge)), math.hypot(x2 - x1, y2 - y1)
                radius = side * (1 + bulge**2) / (4 * abs(bulge))
                exact += math.copysign(radius**2 / 2 * (angle - math.sin(angle)), bulge)
                arcs += radius * angle
        assert abs(area - exact) <= 0.001 * arcs + 1e-9 * exact


@common
@given(star=stars(), version=st.sampled_from(VERSIONS), chance=st.randoms(use_true_random=False))
def test_lines_in_any_order_and_direction_are_the_outline(tmp_path, star, version, chance):
    corners = there([corner[:2] for corner in star])
    pieces = [(a, b) if chance.random() < 0.5 else (b, a) for a, b in sides(corners)]
    chance.shuffle(pieces)
    document = ezdxf.new(version)
    for start, end in pieces:
        document.modelspace().add_line(start, end)
    document.saveas(tmp_path / "a.dxf")
    rows = read_drawing(tmp_path / "a.dxf", KINDS["clusters"], None)
    assert areas(rows) == pytest.approx([shapely.Polygon(corners).area], rel=1e-9)


@pytest.mark.parametrize("radius", [0.5, 50, 5000])
def test_chords_leave_an_arc_by_a_millimetre_at_most(sheet, radius):
    ring = [(0, 0, 1), (2 * radius, 0, 1)]
    sheet.modelspace().add_lwpolyline(ring, format="xyb", close=True)
    rows = sheet.read()
    [shape] = rows.frame["geometry"]
    corners = shapely.get_coordinates(shape)
    middles = (corners[1:] + corners[:-1]) / 2
    assert np.allclose(np.hypot(*(corners - (radius, 0)).T), radius, rtol=1e-12)
    assert radius - np.hypot(*(middles - (radius, 0)).T).min() <= 0.001 + 1e-9
    assert "arcs_as_chords" in said(rows)


# ------------------------------------------------------------------------- gaps and pieces


def test_a_small_gap_is_closed_and_said_a_wide_one_is_refused(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there([*SQUARE, (0, 0.04)]))
    rows = sheet.read()
    [gap] = [issue for issue in rows.issues if issue.code == "gap_closed"]
    assert (gap.level, gap.params["gap"]) == ("warning", pytest.approx(0.04))
    assert gap.params["place"] == "552000.000 1587000.040"
    assert areas(rows) == [10_000]
    space.add_lwpolyline(there([*SQUARE, (0, 0.06)]), dxfattribs={"layer": "HO"})
    rows = sheet.read()
    [fault] = [issue for issue in rows.issues if issue.level == "error"]
    assert (fault.code, fault.value) == ("polyline_open", "HO")
    assert fault.params["start"] == "552000.000 1587000.000"
    assert fault.params["end"] == "552000.000 1587000.060"
    assert said(sheet.read(layer="0"), "error") == []
    assert refused(lambda: sheet.read(layer="HO")) == ["polyline_open"]


def test_loose_pieces_meet_over_small_gaps(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there([(0, 0), (100, 0), (100, 100)]))
    space.add_line(*there([(100, 100.03), (0, 100)]))
    space.add_arc((EAST, NORTH + 50), 50, 90, 270)
    rows = sheet.read()
    [gap] = [issue for issue in rows.issues if issue.code == "gap_closed"]
    assert gap.params["gap"] == pytest.approx(0.03)
    assert areas(rows) == pytest.approx([10_000 + math.pi * 50**2 / 2], abs=2)
    assert said(rows, "error") == []


def test_neighbours_share_a_side_and_what_bounds_nothing_is_listed(sheet):
    space = sheet.modelspace()
    for start, end in sides(there(SQUARE)):
        space.add_line(start, end)
    for start, end in sides(there(SQUARE, east=100)):
        space.add_line(start, end)
    space.add_line(*there([(200, 0), (250, 0)]))
    rows = sheet.read()
    assert areas(rows) == [10_000, 10_000]
    [left] = [issue for issue in rows.issues if issue.level == "warning"]
    assert (left.code, left.params["length"]) == ("loose_unused", 50)


INNER = [(40, 40), (60, 40), (60, 60), (40, 60)]


def test_a_ring_in_a_ring_is_an_outline_of_its_own_and_told(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True)
    space.add_text("CCN A").set_placement((EAST + 10, NORTH + 10))
    for start, end in sides(there(INNER)):
        space.add_line(start, end)
    rows = sheet.read()
    assert areas(rows) == [10_000, 400]
    [told] = [issue for issue in rows.issues if issue.code == "outline_inside_unnamed"]
    assert (told.level, told.row, told.params["outer"]) == ("warning", 2, "1")
    assert "CCN A" in issue_text(told, "vi")[0]
    space.add_text("CCN B").set_placement((EAST + 50, NORTH + 50))
    rows = sheet.read()
    assert rows.frame["name"].tolist() == ["CCN A", "CCN B"]
    assert said(rows, "warning") == []
    assert "outline_inside" in said(rows, "info")


@pytest.mark.parametrize("name", [None, "CCN B"])
def test_a_hatch_that_leaves_an_outline_open_shows_that_it_is_a_hole(sheet, name):
    space = sheet.modelspace()
    hatch = space.add_hatch()
    for ring in (SQUARE, INNER):
        space.add_lwpolyline(there(ring), close=True)
        hatch.paths.add_polyline_path(there(ring), is_closed=True)
    space.add_text("CCN A").set_placement((EAST + 10, NORTH + 10))
    if name is not None:
        space.add_text(name).set_placement((EAST + 50, NORTH + 50))
    rows = sheet.read()
    assert areas(rows) == ([9_600] if name is None else [9_600, 400])
    assert rows.frame["name"].tolist() == ["CCN A", *([] if name is None else [name])]
    assert said(rows, "warning") == []
    assert ("holes_by_hatch" in said(rows, "info")) is (name is None)


def test_a_circle_is_an_outline_on_a_layer_that_a_person_chose(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True, dxfattribs={"layer": "RANH"})
    space.add_circle((EAST + 500, NORTH), 50, dxfattribs={"layer": "RANH"})
    space.add_circle((EAST + 700, NORTH), 3, dxfattribs={"layer": "CÂY"})
    space.add_circle((EAST + 100, NORTH), 1, dxfattribs={"layer": "RANH"})  # sign of a marker
    rows = sheet.read()
    assert len(rows.frame) == 1
    assert {issue.value: issue.params["place"] for issue in rows.issues
            if issue.code == "circle_left_out"} == {
        "RANH": "552500.000 1587000.000", "CÂY": "552700.000 1587000.000"}  # fmt: skip
    assert {"circles_as_signs"} <= set(said(rows, "info"))
    rows = sheet.read(layer="RANH")
    assert len(rows.frame) == 2
    circle = math.pi * 50**2
    assert circle - 0.001 * math.tau * 50 <= max(a for a in areas(rows) if a != 10_000) <= circle
    assert "arcs_as_chords" in said(rows, "info")
    assert "circle_left_out" not in said(rows)


def test_a_drawing_of_circles_alone_says_so_and_what_to_do(tmp_path):
    """They may be the boundary or signs: to close outlines would mend neither."""
    drawing = ezdxf.new()
    drawing.modelspace().add_circle((EAST, NORTH), 50, dxfattribs={"layer": "RANH"})
    path = tmp_path / "tron.dxf"
    drawing.saveas(path)
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    told = {issue.code: issue for issue in refusal.value.issues}
    assert told["drawing_only_circles"].params["count"] == 1
    assert "drawing_empty" not in told
    assert {issue.layer for issue in refusal.value.issues} == {"tron.dxf"}
    assert '--layer "RANH"' in issue_text(told["drawing_only_circles"], "en")[1]
    chosen = read_layer("clusters", path, ReadOptions(crs="EPSG:9216", layer="RANH"))
    assert len(chosen) == 1


def test_an_mpolygon_is_read_with_its_holes(sheet):
    polygon = sheet.modelspace().add_mpolygon()
    for ring in (SQUARE, INNER):
        polygon.paths.add_polyline_path(there(ring), is_closed=True)
    assert areas(sheet.read()) == [9_600]


def test_lines_that_cross_do_not_become_a_sound_outline(sheet):
    for start, end in sides(there([(0, 0), (100, 100), (100, 0), (0, 100)])):
        sheet.modelspace().add_line(start, end)
    [shape] = sheet.read().frame["geometry"]
    assert not shape.is_valid


# -------------------------------------------------------------------------------- hatches


def test_islands_of_a_hatch_are_holes_and_an_island_in_one_is_ground(sheet):
    hatch = sheet.modelspace().add_hatch()
    for inset in (0, 20, 40):
        hatch.paths.add_polyline_path(
            there([(inset, inset), (100 - inset, inset), (100 - inset, 100 - inset),
                   (inset, 100 - inset)]), is_closed=True)  # fmt: skip
    [area] = areas(sheet.read())
    assert area == 10_000 - 3_600 + 400


def test_a_hatch_of_edges_with_arcs(sheet):
    path = sheet.modelspace().add_hatch().paths.add_edge_path()
    path.add_line(*there([(0, 0), (100, 0)]))
    path.add_arc((EAST + 50, NORTH), 50, 0, 180)
    assert areas(sheet.read()) == pytest.approx([math.pi * 50**2 / 2], abs=0.2)


# --------------------------------------------------------------------------------- blocks


def test_a_block_is_unfolded_where_it_stands(sheet):
    inner = sheet.blocks.new("LO", base_point=(10, 10))
    inner.add_lwpolyline([(10, 10), (20, 10), (20, 20), (10, 20)], close=True)
    inner.add_text("A1").set_placement((15, 15))
    outer = sheet.blocks.new("TO")
    outer.add_blockref("LO", (0, 0), dxfattribs={"xscale": 2, "yscale": 3})
    sheet.modelspace().add_blockref(
        "TO", (EAST, NORTH), dxfattribs={"rotation": 90, "layer": "RANH"}
    )
    rows = sheet.read()
    [shape] = rows.frame["geometry"]
    assert shape.bounds == pytest.approx((EAST - 30, NORTH, EAST, NORTH + 20))
    assert rows.frame[["drawing_layer", "name"]].to_numpy().tolist() == [["RANH", "A1"]]


def test_a_stretched_block_keeps_the_chord_error(sheet):
    block = sheet.blocks.new("CUNG")
    block.add_lwpolyline([(0, 0, 1), (2, 0, 1)], format="xyb", close=True)
    sheet.modelspace().add_blockref("CUNG", (0, 0), dxfattribs={"xscale": 500, "yscale": 250})
    assert areas(sheet.read()) == pytest.approx([math.pi * 500 * 250], rel=5e-6)


def test_blocks_that_hold_themselves_or_multiply_without_end_stop(sheet):
    sheet.blocks.new("A").add_blockref("A", (0, 0))
    sheet.modelspace().add_lwpolyline(there(SQUARE), close=True)
    sheet.modelspace().add_blockref("A", (0, 0))
    rows = sheet.read()
    [lost] = [issue for issue in rows.issues if issue.code == "drawing_block_unread"]
    assert lost.params["names"] == "A"
    for level in range(9):
        block = sheet.blocks.new(f"B{level}")
        for _ in range(10):
            block.add_blockref(f"B{level + 1}", (0, 0))
    sheet.blocks.new("B9").add_point((0, 0))
    sheet.modelspace().add_blockref("B0", (0, 0))
    start = time.perf_counter()
    assert refused(sheet.read) == ["drawing_too_large"]
    assert time.perf_counter() - start < 10


def test_a_grid_without_end_stops(sheet):
    sheet.blocks.new("O").add_lwpolyline(SQUARE, close=True)
    sheet.modelspace().add_blockref("O", (0, 0)).grid((30_000, 30_000), (1, 1))
    assert refused(sheet.read) == ["drawing_too_large"]
    assert refused(lambda: sheet.read("markers")) == ["drawing_too_large"]


def test_a_grid_of_a_block(sheet):
    sheet.blocks.new("O").add_lwpolyline(SQUARE, close=True)
    sheet.modelspace().add_blockref("O", (EAST, NORTH)).grid((2, 3), (200, 200))
    assert areas(sheet.read()) == [10_000] * 6


# -------------------------------------------------------------------------------- markers


def test_markers_by_attribute_by_text_and_once_a_place(sheet):
    space = sheet.modelspace()
    block = sheet.blocks.new("MOC")
    block.add_circle((0, 0), 1)
    for tag in ("GHI_CHU", "SO HIEU MOC"):
        block.add_attdef(tag, (1, 1))
    marker = space.add_blockref("MOC", (EAST, NORTH))
    marker.add_attrib("GHI_CHU", "bê tông", (EAST + 1, NORTH + 1))
    marker.add_attrib("SO HIEU MOC", "RG-01", (EAST + 1, NORTH + 2))
    space.add_point((EAST, NORTH))
    space.add_circle((EAST + 100, NORTH), 0.5)
    space.add_point((EAST + 100, NORTH))
    space.add_text("RG-02").set_placement((EAST + 102, NORTH + 1))
    space.add_point((EAST + 200, NORTH))
    space.add_text("xa quá").set_placement((EAST + 206, NORTH))
    rows = sheet.read("markers")
    assert rows.frame["name"].tolist() == ["RG-01", "RG-02", None]
    assert rows.frame["texts"].tolist() == ["bê tông; RG-01", "RG-02", None]
    assert shapely.get_x(rows.frame["geometry"].to_numpy()).tolist() == [
        EAST, EAST + 100, EAST + 200]  # fmt: skip
    assert {"marks_as_one", "marks_named_by_text"} <= set(said(rows))


def test_markers_inside_an_inserted_drawing(sheet):
    sheet.blocks.new("MOC").add_circle((0, 0), 1)
    page = sheet.blocks.new("TRANG")
    for step in (0, 10):
        page.add_blockref("MOC", (step + 5, 0))
    sheet.modelspace().add_blockref("TRANG", (EAST, NORTH))
    places = shapely.get_x(sheet.read("markers").frame["geometry"].to_numpy())
    assert places.tolist() == [EAST + 5, EAST + 15]


# ---------------------------------------------------------------------------------- texts


def test_text_names_the_smallest_outline_around_it(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True)
    space.add_lwpolyline(there([(40, 40), (60, 40), (60, 60), (40, 60)]), close=True)
    space.add_text("CCN").set_placement((EAST + 10, NORTH + 10))
    space.add_mtext(r"{\fArial|b0;Cụm công nghiệp\PĐăk Năng}").set_location((EAST + 10, NORTH + 90))
    space.add_text("Lô 1").set_placement(
        (EAST + 50, NORTH + 50), align=TextEntityAlignment.MIDDLE_CENTER
    )
    space.add_text("ngoài").set_placement((EAST - 10, NORTH))
    rows = sheet.read()
    assert rows.frame["name"].tolist() == ["Cụm công nghiệp Đăk Năng", "Lô 1"]
    assert rows.frame["texts"].tolist() == ["CCN; Cụm công nghiệp Đăk Năng", "Lô 1"]


def lettered(tmp_path, version, text, *, replace=None, encoding=None):
    document = ezdxf.new(version)
    document.modelspace().add_polyline2d(there(SQUARE), close=True)
    document.modelspace().add_text(text).set_placement((EAST + 50, NORTH + 50))
    path = tmp_path / "chu.dxf"
    document.saveas(path)
    if replace is not None:
        data = path.read_bytes()
        assert text.encode() in data
        path.write_bytes(data.replace(text.encode(), replace))
    return read_drawing(path, KINDS["clusters"], None, encoding)


@pytest.mark.parametrize(
    ("version", "text", "replace", "encoding"),
    [
        ("R2018", "Cụm công nghiệp", None, None),
        ("R2000", "Cụm công nghiệp", None, None),  # ezdxf writes \U+XXXX
        ("R2018", "Côm c«ng nghiÖp", None, "tcvn3"),  # letters of a TCVN3 font
        ("R2000", "THAY", "Côm c«ng nghiÖp".encode("latin-1"), "tcvn3"),
        ("R12", "THAY", "Cuïm coâng nghieäp".encode("latin-1"), "vni"),
        ("R2018", "Cuïm coâng nghieäp", None, "vni"),
        ("R2000", "THAY", "Cụm công nghiệp".encode(), "utf-8"),
        ("R2018", "THAY", "Côm c«ng nghiÖp".encode("latin-1"), "tcvn3"),  # no UTF-8 at all
        ("R2000", "THAY", "Cu\u0323m công nghiê\u0323p".encode("cp1258"), "cp1258"),
    ],
)
def test_text_in_every_encoding(tmp_path, version, text, replace, encoding):
    rows = lettered(tmp_path, version, text, replace=replace)
    assert rows.frame["name"].tolist() == ["Cụm công nghiệp"]
    guessed = [(i.value, i.params["count"]) for i in rows.issues if i.code == "encoding_guessed"]
    assert guessed == ([] if encoding is None else [(encoding, 1)])
    assert ("name_original" in rows.frame) is (encoding is not None)


@pytest.mark.parametrize("text", ["Công ty", "Ø20", "Hôtel №5", "45°±2m²"])
def test_text_that_is_right_is_left_alone(tmp_path, text):
    rows = lettered(tmp_path, "R2018", text)
    assert rows.frame["name"].tolist() == [text]
    assert said(rows) == []


def test_the_person_chooses_the_encoding(tmp_path):
    rows = lettered(tmp_path, "R2018", "Céng", encoding="tcvn3")
    assert rows.frame[["name", "name_original"]].to_numpy().tolist() == [["Cộng", "Céng"]]
    assert refused(lambda: lettered(tmp_path, "R2018", "A", encoding="abc")) == ["encoding_unknown"]


# ------------------------------------------------------------------- units, layers, heights


def test_millimetres_become_metres_unless_the_numbers_are_metres(sheet):
    sheet.units = 4
    sheet.modelspace().add_lwpolyline([(x * 1000, y * 1000) for x, y in SQUARE], close=True)
    rows = sheet.read()
    assert areas(rows) == [10_000]
    assert said(rows, "warning") == ["units_scaled"]
    metres = ezdxf.new(units=4)
    metres.modelspace().add_lwpolyline(there(SQUARE), close=True)
    rows = sheet.read(document=metres)
    assert areas(rows) == [10_000]
    assert said(rows, "warning") == ["units_contradicted"]


def test_hidden_layers_are_read_and_said_paper_space_is_not(sheet):
    sheet.layers.add("TAT").off()
    sheet.layers.add("BANG").freeze()
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True, dxfattribs={"layer": "TAT"})
    space.add_lwpolyline(there(SQUARE, east=200), close=True, dxfattribs={"layer": "BANG"})
    sheet.layout("Layout1").add_lwpolyline(SQUARE, close=True)
    rows = sheet.read()
    assert rows.frame["drawing_layer"].tolist() == ["TAT", "BANG"]
    assert [dict(i.params) for i in rows.issues] == [{"names": "BANG, TAT"}]
    assert sheet.read(layer="bang").frame["drawing_layer"].tolist() == ["BANG"]
    assert refused(lambda: sheet.read(layer="KHONG")) == ["layer_missing"]


def test_heights_are_dropped_and_said(sheet):
    space = sheet.modelspace()
    space.add_polyline3d([(*point, 1e6) for point in there(SQUARE)], close=True)
    rows = sheet.read()
    assert not shapely.has_z(rows.frame["geometry"].to_numpy(dtype=object)).any()
    assert "z_dropped" in said(rows)


def test_a_mirrored_plane_is_turned_into_the_world(sheet):
    line = sheet.modelspace().add_lwpolyline(SQUARE, close=True)
    line.transform(Matrix44.scale(-1, 1, -1))
    [shape] = sheet.read().frame["geometry"]
    assert shape.bounds == (-100, 0, 0, 100)


def test_what_is_not_read_is_named(sheet):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True)
    space.add_3dface(there(SQUARE))
    space.add_solid(there(SQUARE))
    space.add_ray((EAST, NORTH), (1, 0))
    rows = sheet.read()
    names = {i.level: i.params["names"] for i in rows.issues if i.code == "drawing_unread"}
    assert names == {"warning": "3DFACE × 1, SOLID × 1", "info": "RAY × 1"}


def test_a_number_that_is_none_is_an_error_of_its_layer(sheet, tmp_path):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True)
    space.add_lwpolyline([(0, 0), (float("nan"), 1), (1, 1)], close=True,
                         dxfattribs={"layer": "SAI"})  # fmt: skip
    assert said(sheet.read(), "error") == ["drawing_entity_bad"]
    assert said(sheet.read(layer="0"), "error") == []


# ------------------------------------------------------------------------- damaged, binary


def test_a_binary_drawing_is_read(sheet, tmp_path):
    sheet.modelspace().add_lwpolyline(there(SQUARE), close=True)
    assert areas(sheet.read(fmt="bin")) == [10_000]
    layer = read_layer("clusters", tmp_path / "ve.dxf", ReadOptions(crs="EPSG:9216"))
    assert layer.shapes.area.tolist() == [10_000]


def damaged(sheet, tmp_path, change) -> Path:
    sheet.modelspace().add_lwpolyline(there(SQUARE), close=True)
    sheet.read()
    path = tmp_path / "ve.dxf"
    path.write_bytes(change(path.read_bytes()))
    return path


def test_a_drawing_cut_short_is_refused(sheet, tmp_path):
    path = damaged(sheet, tmp_path, lambda data: data[: len(data) // 2])
    assert refused(lambda: read_drawing(path, KINDS["clusters"], None)) == ["drawing_cut_short"]


def test_a_coordinate_that_cannot_be_read_is_refused_by_line(sheet, tmp_path):
    path = damaged(sheet, tmp_path, lambda data: data.replace(b"\n552100.0", b"\n552{00.0", 1))
    with pytest.raises(InputRefusedError) as refusal:
        read_drawing(path, KINDS["clusters"], None)
    [issue] = refusal.value.issues
    assert (issue.code, issue.value) == ("drawing_number_bad", "552{00.0")
    assert int(issue.params["line"]) > 100


def test_a_damaged_drawing_is_recovered_and_said(sheet, tmp_path):
    path = damaged(sheet, tmp_path, lambda data: data.replace(b"  0\nENDSEC\n", b""))
    rows = read_drawing(path, KINDS["clusters"], None)
    assert areas(rows) == [10_000]
    assert "drawing_recovered" in said(rows, "warning")


def test_rubbish_is_refused_without_showing_it(tmp_path):
    path = tmp_path / "a.dxf"
    path.write_bytes(b"  0\nSECTION\n\x00\x01\x9f\xfe\n\x1b[31m\nEOF\n")
    with pytest.raises(InputRefusedError) as refusal:
        read_layer("clusters", path, ReadOptions(crs="EPSG:9216"))
    [issue] = refusal.value.issues
    assert issue.code == "file_damaged"
    assert issue.params["reason"].isprintable()
    assert "line" in issue.params["reason"]


# -------------------------------------------------------------------------------- inspect


def test_inspect_shows_each_drawing_layer(sheet, tmp_path):
    space = sheet.modelspace()
    space.add_lwpolyline(there(SQUARE), close=True, dxfattribs={"layer": "RANH"})
    space.add_lwpolyline(there([*SQUARE, (0, 50)]), dxfattribs={"layer": "DUONG"})
    space.add_point((EAST, NORTH), dxfattribs={"layer": "MOC"})
    space.add_text("tên", dxfattribs={"layer": "CHU"})
    sheet.read("markers")
    rows = {row.layer: row for row in inspect_file(tmp_path / "ve.dxf")}
    assert {name: (row.rows, row.geometry_type) for name, row in rows.items()} == {
        "DUONG": (0, ""), "MOC": (1, "Point"), "RANH": (1, "Polygon")}  # fmt: skip
    assert rows["DUONG"].problems == ["polyline_open"]
    assert rows["RANH"].computed_area_m2 == 10_000
    assert rows["RANH"].candidates[0]["axes"] == "as_is"


def test_names_may_be_mapped_to_a_field(sheet, tmp_path):
    sheet.modelspace().add_lwpolyline(there(SQUARE), close=True)
    sheet.modelspace().add_text("T-01").set_placement((EAST + 5, NORTH + 5))
    sheet.read()
    layer = read_layer("parcels", tmp_path / "ve.dxf",
                       ReadOptions(crs="EPSG:9216", mapping={"parcel_id": "name"}))  # fmt: skip
    assert layer.frame["parcel_id"].tolist() == ["T-01"]


def test_a_drawing_with_north_to_the_right_is_turned_when_told(sheet, tmp_path):
    sheet.modelspace().add_lwpolyline([(y, x) for x, y in there(SQUARE)], close=True)
    sheet.read()
    layer = read_layer("clusters", tmp_path / "ve.dxf", ReadOptions(crs="EPSG:9216", axes="ne"))
    assert layer.shapes.total_bounds.tolist() == [EAST, NORTH, EAST + 100, NORTH + 100]


# ----------------------------------------------------------------------------------- size


def test_twenty_thousand_polylines_take_seconds(sheet):
    space = sheet.modelspace()
    for i in range(20_000):
        space.add_lwpolyline(there(SQUARE, 120 * (i % 150), 120 * (i // 150)), close=True)
    start = time.perf_counter()
    rows = sheet.read()
    assert len(rows.frame) == 20_000
    assert time.perf_counter() - start < 60
