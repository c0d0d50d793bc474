"""A site is built as a whole, replaces only itself, and keeps what others put there."""

import json
from pathlib import Path

import pytest

from gisclusters.errors import UsageError
from gisclusters.publish.content import Attachment, SiteContent
from gisclusters.publish.site import build_site, page_names
from tests.publish import scenes

CLUSTER_IDS = ("KT-01", "KT-02", "KT-03", "KT-04", "LA-01", "LA-02", "LA-03")


def files_of(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_page_per_cluster_an_overview_and_a_list_of_files(site):
    head = json.loads((site / "site.json").read_text(encoding="utf-8"))
    assert files_of(site) == set(head["files"]) | {"site.json"}
    pages = {name for name in head["files"] if name.endswith(".html")}
    assert pages == {"index.html", *(f"clusters/{name}.html" for name in CLUSTER_IDS)}
    assert head["runs"] == [scenes.run().id]
    assert head["as_of"] == "2026-11-15"


def test_equal_content_is_equal_bytes(site, tmp_path):
    build_site(scenes.district(), tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(site)
    for name in files_of(site):
        assert (tmp_path / "again" / name).read_bytes() == (site / name).read_bytes(), name


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "maps").mkdir()
    theirs = tmp_path / "maps" / "thesis.docx"
    theirs.write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        build_site(scenes.district(), tmp_path / "maps")
    assert refusal.value.key == "errors.out_not_ours"
    assert files_of(tmp_path) == {"maps/thesis.docx"}
    build_site(scenes.district(), tmp_path / "maps", force=True)
    assert theirs.read_text(encoding="utf-8") == "years of work"
    assert (tmp_path / "maps" / "index.html").is_file()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "maps").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError):
        build_site(scenes.district(), tmp_path / "maps", force=True)


def test_a_site_replaces_itself_and_keeps_the_files_of_others(tmp_path):
    out = tmp_path / "maps"
    build_site(scenes.district(), out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    build_site(scenes.district(clusters=scenes.clusters()[:1]), out)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (out / "clusters" / "LA-01.html").exists()
    assert list(tmp_path.iterdir()) == [out]


def test_some_pages_alone_leave_the_others_as_they_were(tmp_path):
    out = tmp_path / "maps"
    build_site(scenes.district(), out)
    before = {name: (out / name).read_bytes() for name in files_of(out)}
    summary = build_site(scenes.district(as_of=None), out, only=["KT-01"])
    assert summary.cluster_pages == 1
    assert files_of(out) == set(before)
    changed = {name for name in before if (out / name).read_bytes() != before[name]}
    assert changed == {"clusters/KT-01.html", "site.json"}


def test_an_unknown_cluster_is_refused(tmp_path):
    with pytest.raises(UsageError) as refusal:
        build_site(scenes.district(), tmp_path / "maps", only=["overview", "KT-99"])
    assert refusal.value.key == "errors.cluster_unknown"
    assert not (tmp_path / "maps").exists()


def test_a_single_file_needs_nothing_beside_it(tmp_path):
    build_site(scenes.district(), tmp_path / "maps", single_file=True)
    assert not (tmp_path / "maps" / "assets").exists()


def test_attachments_are_carried_in_reports(tmp_path):
    report = tmp_path / "report.xlsx"
    report.write_bytes(b"a workbook")
    content = scenes.district(attachments=[Attachment(path=report, title="Bảng số liệu (XLSX)")])
    build_site(content, tmp_path / "maps")
    assert (tmp_path / "maps" / "reports" / "report.xlsx").read_bytes() == b"a workbook"


def test_names_of_pages_fit_every_file_system():
    ids = ["CCN-01", "a/b", "../../etc", "con", "kt-1", "KT-1", "Ngô Mây", "x" * 300]
    names = page_names(ids)
    assert names["CCN-01"] == "CCN-01"
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for name in names.values():
        assert name.replace("-", "").replace("_", "").isascii()
        assert not set(name) & set("/\\.: ")
        assert len(name) < 60
        assert name.casefold() != "con"


def test_a_public_site_has_none_of_the_withheld_texts(tmp_path):
    content = scenes.district(parcels=scenes.parcels("Công ty Bí Mật"))
    build_site(content, tmp_path / "maps", public=True)
    build_site(content, tmp_path / "full")
    secrets = ["Công ty Bí Mật", "27/QĐ-UBND", "Thao trường", "QHQP", "CQP-1"]
    for secret in secrets:
        assert any(
            secret in text_of(tmp_path / "full", name) for name in files_of(tmp_path / "full")
        )
        for name in files_of(tmp_path / "maps"):
            assert secret not in text_of(tmp_path / "maps", name)


def text_of(folder: Path, name: str) -> str:
    return (folder / name).read_bytes().decode("utf-8")


def test_clusters_alone_are_enough(tmp_path):
    content = SiteContent(clusters=scenes.clusters())
    summary = build_site(content, tmp_path / "maps")
    assert summary.index == tmp_path / "maps" / "index.html"
    assert summary.cluster_pages == len(CLUSTER_IDS)
