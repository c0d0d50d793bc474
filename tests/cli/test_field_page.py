"""``markers field-page`` from a table and from the store."""

import json
import re

import pytest

from gisclusters.cli.main import run
from tests.conftest import ROOT

SAMPLES = ROOT / "data/samples"
MARKERS = str(SAMPLES / "north/markers.gpkg")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GISCLUSTERS_STORE", raising=False)


def island(path):
    return json.loads(re.search(r'id="island">(.*?)</script>', path.read_text("utf-8"))[1])


def test_a_page_of_a_marker_table_needs_no_store(tmp_path, capsys):
    assert run(["markers", "field-page", "--design", MARKERS, "--out", "moc.html"]) == 0
    assert "moc.html" in capsys.readouterr().out
    data = island(tmp_path / "moc.html")
    assert len(data["markers"]) == 80
    assert data["rings"]["joined"] == [True] * 5  # the ring of each cluster, from its markers
    assert (data["lang"], data["reach_m"]) == ("vi", 10)
    assert list(tmp_path.iterdir()) == [tmp_path / "moc.html"]


def test_a_page_of_stored_clusters_has_their_approved_boundaries(tmp_path, capsys):
    for kind in ("clusters", "markers"):
        assert run(["ingest", kind, str(SAMPLES / f"north/{kind}.gpkg"), "-q"]) == 0
    capsys.readouterr()
    assert run(["markers", "field-page", "--cluster", "N5", "--cluster", "N8", "--reach-m", "6",
                "--lang", "en", "--out", "moc.html", "--json"]) == 0  # fmt: skip
    assert json.loads(capsys.readouterr().out) == {"page": "moc.html"}
    data = island(tmp_path / "moc.html")
    assert [marker["cluster"] for marker in data["markers"]] == ["N5"] * 16 + ["N8"] * 16
    assert data["rings"]["joined"] == [False, False]
    assert (data["title"], data["reach_m"]) == ("Find markers N5, N8", 6)


@pytest.mark.parametrize("wrong", [
    ["--out", "moc.html"],
    ["--design", MARKERS, "--cluster", "N5", "--out", "moc.html"],
    ["--design", MARKERS, "--out", "moc.pdf"],
    ["--design", MARKERS, "--out", "there.html"],
])  # fmt: skip
def test_a_wrong_command_line_writes_nothing(tmp_path, wrong):
    (tmp_path / "there.html").write_text("mine")
    assert run(["markers", "field-page", *wrong]) == 2
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
