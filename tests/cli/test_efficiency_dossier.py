"""``efficiency dossier`` and the report of all clusters through the command line."""

import json

import openpyxl
import pytest
from docx import Document

from gisclusters.cli.main import run as command
from tests.publish.dossier_scene import clusters, lots, parcels, stored

ASKED = ("--as-of", "2026-11-15")


@pytest.fixture
def store(tmp_path):
    return str(stored(tmp_path, clusters("C1", "C2"), lots(), parcels()))


def test_four_forms_of_one_run(store, tmp_path, capsys, chromium):
    outs = [tmp_path / f"hs{ending}" for ending in (".html", ".pdf", ".docx", ".xlsx")]
    given = [part for path in outs for part in ("--out", str(path))]
    code = command(["efficiency", "dossier", "--cluster", "C1", "--store", store, *ASKED, *given,
                    "--json", "--quiet"])  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    run = found["run"]["id"]
    assert code == 0
    assert run in outs[0].read_text(encoding="utf-8")
    assert outs[1].read_bytes().startswith(b"%PDF")
    assert run in Document(str(outs[2])).sections[0].footer.paragraphs[0].text
    assert run in str(openpyxl.load_workbook(outs[3])["Hồ sơ"]["A3"].value)
    [row] = found["findings"]
    assert [each["rung"] for each in row["ladder"]] == [
        "gross", "industrial", "serviced", "committed", "leased", "handed_over", "building",
        "producing"]  # fmt: skip
    assert {each["status"] for each in row["parcels"]} == {
        "producing", "idle", "late", "unknown", "not_handed_over"}  # fmt: skip


def test_the_run_is_that_of_the_efficiency_command(store, tmp_path, capsys):
    out = str(tmp_path / "hs.html")
    command(["efficiency", "dossier", "--cluster", "C1", "--store", store, *ASKED, "--out", out,
             "--json", "-q"])  # fmt: skip
    dossier = json.loads(capsys.readouterr().out)
    command(["efficiency", "--cluster", "C1", "--store", store, *ASKED, "--json", "-q"])
    assert json.loads(capsys.readouterr().out) == dossier


def test_a_form_that_is_none_is_refused_before_any_work(store, tmp_path, capsys):
    out = tmp_path / "hs.csv"
    code = command(
        ["efficiency", "dossier", "--cluster", "C1", "--store", store, "--out", str(out)]
    )
    assert code == 2
    assert ".html .pdf .docx .xlsx" in capsys.readouterr().err
    assert not out.exists()


def test_an_unknown_cluster_is_refused_and_nothing_written(store, tmp_path, capsys):
    out = tmp_path / "hs.html"
    code = command(
        ["efficiency", "dossier", "--cluster", "C9", "--store", store, "--out", str(out)]
    )
    assert code == 2
    assert "C9" in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_is_there_is_kept(store, tmp_path):
    out = tmp_path / "hs.html"
    out.write_text("mine")
    asked = ["efficiency", "dossier", "--cluster", "C1", "--store", store, *ASKED, "-q",
             "--out", str(out)]  # fmt: skip
    assert command(asked) == 2
    assert out.read_text() == "mine"
    assert command([*asked, "--force"]) == 0
    assert "CCN C1" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "first"), [
    ("vi", "Tính đến ngày 15/11/2026: 2 cụm, 6 thửa đất cho thuê"),
    ("en", "As of 2026-11-15: 2 cluster(s), 6 lease parcels"),
])  # fmt: skip
def test_the_report_of_all_begins_with_what_to_do(store, tmp_path, capsys, lang, first):
    outs = [tmp_path / f"all{ending}" for ending in (".html", ".docx", ".xlsx")]
    given = [part for path in outs for part in ("--out", str(path))]
    code = command(["efficiency", "--all", "--store", store, *ASKED, "--lang", lang, *given, "-q"])
    assert code == 0
    assert f"• {first}" in capsys.readouterr().out
    assert first in outs[0].read_text(encoding="utf-8")
    assert any(line.text.startswith(first) for line in Document(str(outs[1])).paragraphs)
    sheet = openpyxl.load_workbook(outs[2]).worksheets[0]
    assert sheet.title == ("Tóm tắt" if lang == "vi" else "Summary")
    assert any(str(cell.value).startswith(first) for [cell, *_] in sheet.iter_rows())


def test_the_workbook_of_all_has_every_rung_of_every_cluster(store, tmp_path):
    out = tmp_path / "all.xlsx"
    assert command(["efficiency", "--all", "--store", store, *ASKED, "--out", str(out), "-q"]) == 0
    sheet = openpyxl.load_workbook(out)["Thang diện tích, số đăng ký"]
    assert [line[0].value for line in sheet.iter_rows(min_row=5)] == ["C1"] * 8 + ["C2"] * 8
