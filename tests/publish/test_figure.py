"""The plan of a boundary in the report: at a true scale, with its grid and its conflicts."""

import re
from datetime import date

import pytest

from gisclusters.domain.run import make_run
from gisclusters.overlaps import find_overlaps
from gisclusters.publish.figure import figures
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from tests.scenes import CRS, EAST, NORTH, clusters, plan, square

DAY = date(2026, 11, 15)


def result(subjects, *plans):
    findings = find_overlaps(subjects, plans, as_of=DAY).findings
    run = make_run(version="0", command="overlaps", options={}, as_of=DAY, rules=None, crs=CRS,
                   datum_operation=None, sources=[subjects.source])  # fmt: skip
    drawn = subjects.shapes[["cluster_id", "name", "geometry"]]
    return Result(subject="overlaps", run=run, summary={}, findings=[findings], drawn=[drawn])


def corners_mm(path):
    return [tuple(map(float, pair.split(","))) for pair in re.findall(r"[\d.-]+,[\d.-]+", path)]


def test_the_outline_is_drawn_at_the_scale_that_is_named():
    [figure] = figures(result(clusters(square(0, 0, 600, 400)), plan(square(500, 0))), "vi")
    assert figure["scale"].startswith("Tỷ lệ 1:5.000 ")
    x, y = zip(*corners_mm(figure["outline"]), strict=True)
    assert (max(x) - min(x), max(y) - min(y)) == pytest.approx((120, 80), abs=0.02)
    [piece] = figure["pieces"]
    x, y = zip(*corners_mm(piece["path"]), strict=True)
    assert (max(x) - min(x), max(y) - min(y)) == pytest.approx((20, 20), abs=0.02)
    assert piece["look"] == "approval"


def test_the_grid_has_round_coordinates_in_their_place():
    [figure] = figures(result(clusters(square(0, 0, 600, 400)), plan(square(500, 0))), "vi")
    left = min(x for x, _ in corners_mm(figure["outline"]))
    for line in figure["grid"]["east"]:
        easting_m = float(line["words"].replace(".", ""))
        assert easting_m % 200 == 0
        assert line["at"] - left == pytest.approx((easting_m - EAST) / 5, abs=0.02)
    bottom = max(y for _, y in corners_mm(figure["outline"]))
    for line in figure["grid"]["north"]:
        northing_m = float(line["words"].replace(".", ""))
        assert bottom - line["at"] == pytest.approx((northing_m - NORTH) / 5, abs=0.02)
    assert "107°30′" in figure["crs"]


def test_worst_first_and_only_where_something_was_found():
    subjects = clusters(square(0, 0), square(1_000, 0), square(5_000, 0))
    plans = [
        plan(square(50, 50), plan_id="R"),
        plan(square(1_050, 50), category="RDD", plan_id="F"),
    ]
    found = figures(result(subjects, *plans), "vi")
    assert [each["title"] for each in found] == ["C2", "C1"]
    assert [each["legend"][0]["look"] for each in found] == ["blocking", "approval"]
    assert len(figures(result(clusters(square(0, 0))), "vi")) == 1  # one subject always has its own


def test_words_of_a_file_are_never_markup():
    page = render_report(
        [result(clusters(square(0, 0), name="<b>Đất</b>"), plan(square(50, 50)))], "vi"
    )
    assert "&lt;b&gt;Đất" in page
    assert "<b>Đất" not in page
    assert page.count("<svg") == 1
    assert 'width="270mm"' in page
