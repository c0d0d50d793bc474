"""Letters to tenants: who gets one, and what a person reads in it."""

import pytest
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from gisclusters.publish.tenant_letters import tenant_letters, write_tenant_letters
from gisclusters.store import open_store
from gisclusters.workflows.measure_efficiency import measure_efficiency
from tests.efficiency.listed_scene import AS_OF, PARCELS, listed_store


def measured(tmp_path, parcels=None, **options):
    url = listed_store(str(tmp_path / "store.gpkg"), parcels)
    with open_store(url) as store:
        return measure_efficiency(store, as_of=AS_OF, **options)


def words(path):
    """The paper as lines, tables cell by cell, in its order."""
    paper = Document(str(path))
    lines = []
    for part in paper.element.body.iterchildren():
        if part.tag.endswith("}p"):
            lines.append(Paragraph(part, paper).text)
        elif part.tag.endswith("}tbl"):
            rows = Table(part, paper).rows
            lines += [" | ".join(cell.text for cell in row.cells) for row in rows]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("thu")
    result = measured(folder)
    return {lang: {path.name: words(path)
                   for path in write_tenant_letters(result, folder / lang, lang)}
            for lang in ("vi", "en")} | {"result": result}  # fmt: skip


def test_each_parcel_gets_one_letter_of_its_gravest_kind_and_an_unknown_none(letters):
    told = [(letter.row["parcel_id"], letter.kind, letter.transfer is not None)
            for letter in tenant_letters(letters["result"])]  # fmt: skip
    assert told == [
        ("P1", "lapsed", False), ("P2", "idle", False), ("P5", "transfer", True),
        ("P3", "soon", False), ("P7", "soon", False), ("P4", "late", False),
    ]  # fmt: skip
    assert sorted(letters["vi"]) == [
        "idle-c1-p2.docx", "lapsed-c1-p1.docx", "late-c1-p4.docx", "soon-c1-p3.docx",
        "soon-c1-p7.docx", "transfer-c1-p5.docx",
    ]  # fmt: skip


def test_a_letter_says_article_days_area_numbers_evidence_and_what_is_asked(letters):
    lines = letters["vi"]["lapsed-c1-p1.docx"]
    for line in (
        "Kính gửi: Công ty May Bình Yên",
        "Cụm công nghiệp | CCN Sa Bình (C1)",
        "Số tờ bản đồ | 12",
        "Số thửa | 23",
        "Diện tích đo trên bản vẽ (m²) | 10.000,0",
        "Hợp đồng thuê đất | số ……… ngày ………",
        "Thời gian gia hạn đã hết ngày 30/06/2026 (đến nay 138 ngày) mà hồ sơ chưa ghi nhận việc đưa đất vào sử dụng.",
        "Bàn giao đất trên thực địa ngày 10/05/2022.",
        "Gia hạn theo quyết định ngày 30/06/2024, đến ngày 30/06/2026.",
    ):
        assert line in lines
    [basis] = [line for line in lines if line.startswith("Căn cứ ")]
    assert basis.startswith("Căn cứ Luật Đất đai 31/2024/QH15, Điều 81 khoản 8 và khoản 9: ")
    assert "không quá 24 tháng" in basis
    [asked] = [line for line in lines if line.startswith("Đề nghị đơn vị")]
    assert "trước ngày ……/……/……" in asked


def test_in_english_the_same_days_are_said(letters):
    lines = letters["en"]["idle-c1-p2.docx"]
    assert "To: HTX Dược liệu; Xanh, Sạch" in lines
    assert any("was reached on 2026-05-10 (189 days ago)" in line for line in lines)
    assert any("An extension, if granted, is at most 24 months." in line for line in lines)


def test_what_is_asked_before_a_limit_names_its_day(letters):
    lines = letters["vi"]["soon-c1-p7.docx"]
    assert "Thời hạn nêu trên sẽ đến vào ngày 10/04/2027, còn 146 ngày." in lines
    assert any("đưa đất vào sử dụng theo dự án trước ngày 10/04/2027" in line for line in lines)


def test_a_provision_nobody_is_sure_of_says_so(letters):
    lines = letters["vi"]["transfer-c1-p5.docx"]
    [basis] = [line for line in lines if line.startswith("Căn cứ ")]
    assert "Điều 202 khoản 5" in basis
    assert "theo nguồn thứ cấp, cần đối chiếu văn bản" in basis
    assert any("bên thuê là Công ty E, người đang sử dụng đất là Cơ sở Minh Phát" in line
               for line in lines)  # fmt: skip


def test_the_office_in_charge_and_how_sure_that_is_stand_in_small_print(letters):
    [office] = [line for line in letters["vi"]["idle-c1-p2.docx"]
                if line.startswith("Cơ quan xử lý")]  # fmt: skip
    assert "CHƯA KIỂM CHỨNG" in office


def test_an_office_of_ones_own_writes_the_letter(tmp_path):
    own = tmp_path / "van_phong.yaml"
    own.write_text(
        'name: a\nversion: "1"\nbase: vn_offices\nnames:\n'
        "  - {office: environment, province: Quảng Ngãi, name: Sở NN&MT Quảng Ngãi}\n",
        encoding="utf-8",
    )
    result = measured(tmp_path, offices=str(own))
    papers = {path.name: words(path) for path in write_tenant_letters(result, tmp_path / "t", "vi")}
    assert papers["idle-c1-p2.docx"][0].startswith("Sở NN&MT Quảng Ngãi | CỘNG HÒA")
    assert papers["late-c1-p4.docx"][0].startswith("……… (cơ quan gửi) | CỘNG HÒA")


def test_a_lessee_and_numbers_nobody_knows_are_left_in_dots(tmp_path):
    late = {
        "parcel_id": "P1",
        "lease_from": "2026-01-01",
        "handed_over_on": "2026-02-01",
        "started_on": "2026-04-01",
        "planned_finish_on": "2026-11-14",
    }
    result = measured(tmp_path, [late])
    [path] = write_tenant_letters(result, tmp_path / "t", "vi")
    lines = words(path)
    assert "Kính gửi: ……… (bên thuê)" in lines
    assert "Số tờ bản đồ | ………" in lines
    # 14/11/2026 + 24 months = 14/11/2028: 365 + 365 + 366 - 365 - 1 = 730 days from 15/11/2026
    assert any("sẽ đến vào ngày 14/11/2028, còn 730 ngày" in line for line in lines)


def test_no_parcel_in_the_lists_is_no_letter(tmp_path):
    assert write_tenant_letters(measured(tmp_path, [PARCELS[7]]), tmp_path / "t", "vi") == []


def test_months_of_a_rule_file_of_ones_own_are_in_the_letter(tmp_path):
    from importlib import resources

    shipped = resources.files("gisclusters.rules").joinpath("vn_efficiency.yaml")
    own = tmp_path / "luat.yaml"
    own.write_text(
        shipped.read_text("utf-8").replace("value: 12\n", "value: 15\n", 1), encoding="utf-8"
    )
    result = measured(tmp_path, rules=str(own))
    [letter] = [each for each in tenant_letters(result) if each.row["parcel_id"] == "P2"]
    # 10/5/2025 + 15 months = 10/8/2026: 21 + 30 + 31 + 15 = 97 days ago
    assert (letter.row["due_on"], letter.row["due_in_days"]) == ("2026-08-10", -97)
    papers = {path.name: words(path) for path in write_tenant_letters(result, tmp_path / "t", "vi")}
    assert any("trong 15 tháng liên tục" in line for line in papers["idle-c1-p2.docx"])
