"""The commands of the minutes, from the empty form to the paper."""

import json

import pytest
from docx import Document

from gisclusters.cli.main import run
from tests.publish.minutes_scene import CRS, DESIGN, SURVEY


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in (("duyet.csv", DESIGN), ("do.csv", SURVEY)):
        (tmp_path / name).write_text(content, encoding="utf-8")


VERIFY = ["markers", "verify", "--design", "duyet.csv", "--survey", "do.csv", "--crs", CRS]


def test_from_the_empty_form_to_the_paper(tmp_path, capsys):
    assert run(["markers", "minutes-form", "--out", "phieu.yaml"]) == 0
    form = (tmp_path / "phieu.yaml").read_text(encoding="utf-8")
    (tmp_path / "phieu.yaml").write_text(
        form.replace("\nplace:", "\nplace: Xã Đắk Hà"), encoding="utf-8"
    )
    assert run([*VERIFY, "--minutes", "phieu.yaml", "--out", "bb.docx", "--out", "bb.html"]) == 0
    paper = Document("bb.docx")
    assert any(line.text == "Địa điểm: Xã Đắk Hà" for line in paper.paragraphs)
    assert "<dd>Xã Đắk Hà</dd>" in (tmp_path / "bb.html").read_text(encoding="utf-8")
    capsys.readouterr()


@pytest.mark.parametrize(("content", "said"), [
    ("photos: {RG-01: mat.jpg}", "Không có ảnh hoặc thư mục ảnh “mat.jpg”."),
    ("ngay: 2026-11-15", "Phiếu khai biên bản có mục “ngay” không dùng đến."),
])  # fmt: skip
def test_a_form_that_cannot_be_used_is_refused_and_nothing_is_written(
    tmp_path, capsys, content, said
):
    (tmp_path / "phieu.yaml").write_text(content, encoding="utf-8")
    assert run([*VERIFY, "--minutes", "phieu.yaml", "--out", "bb.html"]) == 3
    assert said in capsys.readouterr().err
    assert not (tmp_path / "bb.html").exists()


def test_the_form_is_never_overwritten_unasked(capsys):
    assert run([*VERIFY, "--minutes", "phieu.yaml", "--out", "phieu.yaml"]) == 2
    assert run(["markers", "minutes-form", "--out", "phieu.yaml"]) == 0
    assert run(["markers", "minutes-form", "--out", "phieu.yaml"]) == 2
    assert run(["markers", "minutes-form", "--out", "phieu.yaml", "--lang", "en", "--force"]) == 0
    capsys.readouterr()


def test_what_the_surveyor_wrote_and_measured_as_control_is_in_the_paper(tmp_path, capsys):
    head, *rows = SURVEY.strip().splitlines()
    wide = [f"{head},note,role,E_known,N_known", f"{rows[0]},Gốc cây đa,,,"]
    wide += [f"{row},,,," for row in rows[1:]]
    fields = head.split(",")
    control = {"marker_id": "GPS-1", "X": "1587500.010", "Y": "552500.000", "accuracy_m": "0.010"}
    wide.append(",".join([control.get(name, "") for name in fields]) + ",,control,552500,1587500")
    (tmp_path / "do.csv").write_text("\n".join(wide), encoding="utf-8")
    assert run([*VERIFY, "--out", "bb.html"]) == 0
    page = (tmp_path / "bb.html").read_text(encoding="utf-8")
    assert "Người đo ghi: Gốc cây đa." in page
    assert "GPS-1" in page
    assert "1.587.500,010" in page
    capsys.readouterr()


@pytest.mark.parametrize(
    ("day", "rule"), [("2024-06-01", "circular_25_2014"), ("2026-06-01", "circular_26_2024")]
)
def test_the_tolerance_is_that_of_the_day_of_the_survey(tmp_path, capsys, day, rule):
    head, *rows = SURVEY.strip().splitlines()
    dated = [f"{head},observed_at", *(f"{row},{day}" for row in rows)]
    (tmp_path / "do.csv").write_text("\n".join(dated), encoding="utf-8")
    assert run([*VERIFY, "--json"]) == 0
    assert f'"rule_id": "{rule}"' in capsys.readouterr().out


def test_names_that_hold_the_mark_between_notes_are_told_whole(tmp_path, capsys):
    # Four corners 100 m apart; the first two were measured under each other's name.
    names = ["A; B", "C; D%3B", "E=F; G", "RG-4"]
    corners = [(0, 0), (0, 100), (100, 100), (100, 0)]

    def table(order):
        rows = [
            f"{names[k]},{1587000 + n},{552000 + e}\n"
            for k, (n, e) in zip(order, corners, strict=True)
        ]
        return "marker_id,X,Y\n" + "".join(rows)

    (tmp_path / "duyet.csv").write_text(table([0, 1, 2, 3]), encoding="utf-8")
    (tmp_path / "do.csv").write_text(table([1, 0, 2, 3]), encoding="utf-8")
    assert run([*VERIFY, "--json"]) == 0
    notes = [row["note"] for row in json.loads(capsys.readouterr().out)["findings"]]
    assert notes == ["Đo dưới tên C; D%3B.", "Đo dưới tên A; B.", None, None]


@pytest.mark.parametrize(("typed", "metres"), [("0,07", 0.07), ("0.07", 0.07)])
def test_a_length_is_typed_with_either_mark(capsys, typed, metres):
    assert run([*VERIFY, "--json", "--tolerance-m", typed]) == 0
    tolerances = {row["tolerance_m"] for row in json.loads(capsys.readouterr().out)["findings"]}
    assert tolerances == {metres}
