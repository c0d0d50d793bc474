"""Fit and completeness as people read them: every word there, nothing silent, parcels kept."""

from datetime import date

import openpyxl
import pytest

from gisclusters import words
from gisclusters.domain.run import make_run
from gisclusters.domain.verdicts import FitVerdict, ItemState
from gisclusters.overlaps import find_overlaps
from gisclusters.overlaps.completeness import REASONS as ITEM_REASONS
from gisclusters.overlaps.fit import CHECKS
from gisclusters.overlaps.fit_rows import NOTES, REASONS
from gisclusters.publish.document import document, dumps
from gisclusters.publish.fit_tables import FIT_TABLES, fit_views
from gisclusters.publish.report import render_report
from gisclusters.publish.result import Result
from gisclusters.publish.views import sheets, views
from gisclusters.publish.workbook import write_workbook
from gisclusters.rules.overlaps import load_rules
from gisclusters.workflows.fit_of_clusters import FitOfRun
from tests.scenes import clusters, layer, plan, square

DAY = date(2026, 11, 15)


def result(subjects, *plans, around=None):
    fit = FitOfRun(None, "vn_fit", "vn_completeness")
    fit._around = {kind: [] for kind in fit._around} | (around or {})
    fit.look_at(subjects, plans, as_of=DAY, overlap_rules=load_rules())
    findings = find_overlaps(subjects, plans, as_of=DAY).findings
    run = make_run(version="0", command="overlaps", options={}, as_of=DAY, rules=None,
                   crs="EPSG:9216", datum_operation=None, sources=[])  # fmt: skip
    return Result(subject="overlaps", run=run, summary=fit.summary(), findings=[findings],
                  extra=fit.extra())  # fmt: skip


def parcels(*shapes):
    rows = [{"parcel_id": f"T{k}", "sheet_no": "7", "parcel_no": str(k), "geometry": shape}
            for k, shape in enumerate(shapes, 1)]  # fmt: skip
    return {"parcels": [layer("parcels", rows)]}


@pytest.mark.parametrize("lang", words.LANGS)
def test_every_code_has_its_words(lang):
    keys = [f"fit.check_{word}" for word in CHECKS]
    keys += [f"fit.verdict_{word}" for word in FitVerdict]
    keys += [f"fit.reason_{word}" for word in REASONS] + [f"fit.note_{word}" for word in NOTES]
    keys += [f"completeness.state_{word}" for word in ItemState]
    keys += [f"completeness.reason_{word}" for word in (*ITEM_REASONS, *CHECKS)]
    keys += [f"fit.neighbour_{word}" for word in ("overlaps", "adjacent", "unclear", "apart")]
    keys += [f"fit.worth_{word}" for word in ("real", "undecided", "within_accuracy")]
    keys += [f"fit.kind_{word}" for word in ("code", "overlap", "uncovered")]
    keys += [f"completeness.source_{word}"
             for word in ("field", "column", "indicator", "layer", "fit", "boundary")]  # fmt: skip
    keys += [f"report.title_{table}" for table in FIT_TABLES]
    keys += [f"report.col_{column.name}" for table in FIT_TABLES.values() for column in table]
    assert [key for key in keys if not words.has_text(key)] == []
    assert all(words.text(key, lang).strip() for key in keys)


def test_the_worst_check_of_a_cluster_stands_first():
    found = fit_views(result(clusters(square(0, 0), registered_area_m2=20_000),
                             plan(square(0, 0), category="SKN")))  # fmt: skip
    assert [view.subject for view in found] == ["fit", "fit_land", "completeness"]
    # one hectare is below every limit; of an unknown status it may be an older cluster
    assert list(zip(found[0].frame["check"], found[0].frame["verdict"], strict=True))[:3] == [
        ("area_registered", "does_not_fit"), ("size", "undecided"), ("commune", "not_checked")]  # fmt: skip


def test_the_counts_are_those_of_the_rows():
    found = result(clusters(square(0, 0), square(500, 0)), plan(square(0, 0), category="SKN"))
    assert found.summary["by_fit"] == {"fits": 1, "not_checked": 15, "undecided": 2}
    assert sum(found.summary["by_completeness"].values()) == len(found.extra["completeness"])


def test_the_page_shows_the_parcels_of_one_cluster_the_workbook_those_of_all(tmp_path):
    two = parcels(square(0, 0, 50, 100), square(500, 0, 50, 100))
    alone = result(clusters(square(0, 0)), around=two)
    both = result(clusters(square(0, 0), square(500, 0)), around=two)
    assert "fit_parcels" in [view.subject for view in views(alone)]
    assert "fit_parcels" not in [view.subject for view in views(both)]
    [sheet] = [view for view in sheets(both) if view.subject == "fit_parcels"]
    assert sheet.frame[["subject_id", "parcel_no", "inside_m2"]].to_numpy().tolist() == [
        ["C1", "1", 5_000], ["C2", "2", 5_000]]  # fmt: skip
    write_workbook([both], tmp_path / "b.xlsx", "vi")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    rows = list(book["Thửa đất trong cụm"].iter_rows(min_row=5, values_only=True))
    assert [row[:3] for row in rows] == [("C1", "7", "1"), ("C2", "7", "2")]
    checks = list(book["Sự phù hợp của cụm"].iter_rows(min_row=5, values_only=True))
    assert len(checks) == 18


@pytest.mark.parametrize(
    ("lang", "said"),
    [("vi", ("Chưa kiểm tra không có nghĩa là phù hợp", "KHÔNG PHÙ HỢP",
             "diện tích đo khác con số đã ghi", "Vị trí đến cấp xã")),
     ("en", ("Not checked does not mean that it fits", "DOES NOT FIT",
             "the measured area differs from the figure", "Location down to the commune"))],
)  # fmt: skip
def test_the_page_says_it_in_words(lang, said):
    page = render_report([result(clusters(square(0, 0), registered_area_m2=20_000))], lang)
    assert [sentence for sentence in said if sentence not in page] == []


def test_the_document_holds_both_keys_and_no_nan():
    found = document(
        result(clusters(square(0, 0)), plan(square(0, 0, 60, 100), category="SKN")), "vi"
    )
    assert {"fit", "completeness"} <= set(found)
    assert "NaN" not in dumps(found)
    land = next(row for row in found["fit"] if row["check"] == "land_use")
    assert (land["verdict"], land["outside_m2"]) == ("not_checked", 4_000)
    assert land["geometry"]["type"] == "Polygon"
    assert 107 < land["geometry"]["coordinates"][0][0][0] < 109  # longitude first
