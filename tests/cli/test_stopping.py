"""Ctrl-C: said in words, exit 130, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest
import shapely

from gisclusters.cli.main import run
from gisclusters.store.connection import connect, writing

SLOW = """
import sys, time, tempfile
tempfile.tempdir = sys.argv.pop(1)
from gisclusters.store import geopackage
told = geopackage.finish_tables
def wait(*given):
    print("writing", flush=True)
    time.sleep(60)
geopackage.finish_tables = wait
from gisclusters.cli.main import main
main(sys.argv[1:])
"""


@pytest.fixture
def parcels(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"parcel_id": ["T"]}, geometry=[shapely.box(552_000, 1_587_000, 552_010,
                     1_587_010)], crs=9216).to_file(path)  # fmt: skip
    return path


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for one process")
def test_a_stopped_import_stores_nothing_and_says_so(parcels, tmp_path):
    box = tmp_path / "box"
    box.mkdir()
    store = tmp_path / "kho.gpkg"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(box), "ingest", "parcels", str(parcels), "--store",
         str(store)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline().strip() == b"writing"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "không có gì được lưu vào kho" in said.decode()
    assert not store.exists()
    assert list(box.iterdir()) == []


def stopped(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(("lang", "words"), [("en", "nothing was stored"), ("vi", "không có gì")])
def test_what_stopped_is_said_in_json_too(lang, words, parcels, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("gisclusters.workflows.ingest.ingest", stopped)
    code = run(["ingest", "parcels", str(parcels), "--store", str(tmp_path / "k.gpkg"),
                "--lang", lang, "--json"])  # fmt: skip
    said = capsys.readouterr()
    assert (code, words in said.err) == (130, True)
    [issue] = json.loads(said.out)["issues"]
    assert issue["code"] == "stopped_unstored"


def test_other_commands_stop_in_words_too(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("gisclusters.store.open_store", stopped)
    assert run(["layers", "--store", str(tmp_path / "k.gpkg"), "--lang", "en"]) == 130
    assert "Stopped as asked" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for one process")
def test_what_ctrl_c_left_half_imported_is_no_fault_of_ours(monkeypatch, capsys, tmp_path):
    def half_imported(*_, **__):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise AttributeError("partially initialized module") from None

    monkeypatch.setattr("gisclusters.store.open_store", half_imported)
    before = signal.getsignal(signal.SIGINT)
    assert run(["layers", "--store", str(tmp_path / "k.gpkg"), "--lang", "en"]) == 130
    assert "Stopped as asked" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_an_attribute_that_is_missing_without_ctrl_c_is_a_fault(monkeypatch, capsys, tmp_path):
    def lacking(*_, **__):
        raise AttributeError("partially initialized module")

    monkeypatch.setattr("gisclusters.store.open_store", lacking)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["layers", "--store", str(tmp_path / "k.gpkg"), "--lang", "en"]) == 1
    assert "internal fault" in capsys.readouterr().err


class Late:
    """A connection whose user presses Ctrl-C while it writes down."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, words):
        self._connection.execute(words)
        if words == "COMMIT":
            raise KeyboardInterrupt


def test_a_stop_while_it_is_written_down_is_too_late(tmp_path):
    with writing(Late(connect(tmp_path / "a.db", patience_s=1)), keep=True) as _:
        pass
