"""The sketch of the minutes: true to its scale, its names clear of one another."""

import math
from itertools import combinations

import pytest

from gisclusters.publish.marker_labels import place_labels
from gisclusters.publish.marker_sketch import HEIGHT_MM, WIDTH_MM, marker_sketch
from tests.publish.minutes_scene import verified


def test_markers_and_arrows_are_drawn_to_the_scales_that_are_named(tmp_path):
    plan = marker_sketch(verified(tmp_path), "vi")
    assert plan["scale"] == "Tỷ lệ 1:1.000 (in 100 % trên giấy A4)"
    first, second = plan["markers"][:2]
    assert second["x"] - first["x"] == pytest.approx(100, abs=0.02)
    # 0.5 m at 1:1000 is 0.5 mm; twenty times as long it is 10 mm, fifty times would pass 14 mm.
    assert plan["arrow"] == "Mũi tên: hướng lệch (đo − duyệt), phóng dài 20 lần"
    [arrow] = plan["arrows"]
    assert arrow["to_x"] - arrow["x"] == pytest.approx(-0.4 * 20, abs=0.02)
    assert arrow["to_y"] - arrow["y"] == pytest.approx(0.3 * -20, abs=0.02)  # north is up
    [outline] = plan["outlines"]
    assert outline.count("L") == 4  # four markers of the boundary in their order, closed


def test_deviations_within_the_tolerance_are_not_drawn_as_if_they_were_large(tmp_path):
    survey = """marker_id,X,Y,accuracy_m
RG-01,1587000.000,552000.010,0.01
RG-02,1587000.000,552100.000,0.01
RG-03,1587100.000,552100.000,0.01
RG-04,1587100.000,552000.000,0.01
"""
    plan = marker_sketch(verified(tmp_path, survey=survey, tolerance_m=0.1), "vi")
    # 14 mm at 1:1000 are 14 m, 140 times the tolerance of 0.1 m.
    assert "100 lần" in plan["arrow"]
    [arrow] = plan["arrows"]
    assert arrow["to_x"] - arrow["x"] == pytest.approx(0.01 * 100, abs=0.02)


def test_a_deviation_longer_than_the_sheet_is_said_not_drawn(tmp_path):
    survey = "marker_id,X,Y,accuracy_m\n" + "".join(
        f"RG-0{k},{n},{e},0.01\n" for k, (n, e) in enumerate(
            ((1586775, 552000), (1586775, 552100), (1586875, 552100), (1586875, 552000)), 1))  # fmt: skip
    plan = marker_sketch(verified(tmp_path, survey=survey), "vi")
    assert plan["arrows"] == []
    assert plan["arrow"].startswith("Độ lệch lớn hơn khuôn bản vẽ")


def boxes(labels, size):
    return [(label.x, label.y - 0.75 * size, label.x + 0.56 * size * len(label.words),
             label.y + 0.25 * size) for label in labels]  # fmt: skip


def test_names_lie_on_no_point_and_on_no_other_name():
    count, size = 120, 2.1
    points = [(76 + 50 * math.cos(k * math.tau / count), 59 + 40 * math.sin(k * math.tau / count))
              for k in range(count)]  # fmt: skip
    names = [f"RG-{k:03d}" for k in range(count)]
    labels, left_out = place_labels(names, points, width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
                                    size_mm=size, point_mm=1.0)  # fmt: skip
    assert left_out == []
    assert [label.words for label in labels] == names
    drawn = boxes(labels, size)
    for one, two in combinations(drawn, 2):
        apart = one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
        assert apart, (one, two)
    for west, north, east, south in drawn:
        assert west >= 0
        assert east <= WIDTH_MM
        assert north >= 0
        assert south <= HEIGHT_MM
        assert not any(west < x < east and north < y < south for x, y in points)


def test_names_without_room_are_handed_back():
    points = [(5.0, 5.0)] * 40
    labels, left_out = place_labels(["RG-1"] * 40, points, width_mm=20, height_mm=10, size_mm=2.4,
                                    point_mm=1.0)  # fmt: skip
    assert 0 < len(labels) < 40
    assert len(labels) + len(left_out) == 40


def square(side, moved=0.01):
    """A table of four corners ``side`` metres apart, and a survey of it with RG-01 moved east."""
    corners = ((0, 0), (0, side), (side, side), (side, 0))
    tables = []
    for east in (0.0, moved):
        rows = [f"RG-0{k},{k},{1587000 + n:.3f},{552000 + e + (east if k == 1 else 0):.3f},0.01"
                for k, (n, e) in enumerate(corners, 1)]  # fmt: skip
        tables.append("\n".join(["marker_id,order,X,Y,accuracy_m", *rows]) + "\n")
    return {"design": tables[0].replace(",accuracy_m", ",accuracy"), "survey": tables[1]}


def test_a_round_factor_is_not_lost_to_a_rounding(tmp_path):
    # 420 m and 8 % about them want 487.2 m of 118 mm: 1:5000.  14 mm are 70 m there, a thousand
    # times the tolerance of 0.07 m, which binary numbers miss by 1e-13.
    plan = marker_sketch(verified(tmp_path, **square(420), tolerance_m=0.07), "vi")
    assert plan["scale"].startswith("Tỷ lệ 1:5.000")
    assert plan["arrow"] == "Mũi tên: hướng lệch (đo − duyệt), phóng dài 1.000 lần"


def test_no_name_lies_on_the_arrow_to_the_north(tmp_path):
    # The north-eastern marker of a square 1:1000 stands at (126, 9) mm: a name of 12 letters
    # beside it reaches x = 126 + 2 + 12 * 0.56 * 2.4 = 144, where the arrow begins at 142.5.
    made = square(100)
    for name in made:
        made[name] = made[name].replace("RG-03", "MỐC RANH-003")
    plan = marker_sketch(verified(tmp_path, **made), "vi")
    label = next(each for each in plan["labels"] if each.words == "MỐC RANH-003")
    [(west, north, east, south)] = boxes([label], plan["label_mm"])
    assert east <= 142.5 or west >= 149.5 or south <= 4 or north >= 19
