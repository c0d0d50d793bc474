"""Two writers, a writer that is killed, a store that is held: with real processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from threading import Barrier

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.errors import UnavailableError
from gisclusters.store import open_store
from gisclusters.store.connection import connect, writing
from tests.sizes import sized
from tests.store.scenes import MONDAY, TUESDAY, cluster, layer

# Takes in 20 000 parcels and stops short of the end of the transaction, when rows have long
# been written to the file itself and the journal holds what was there before.
STOPPED_SHORT = """
import sys, time
from pathlib import Path
import pandas as pd, numpy as np, shapely
from datetime import datetime, UTC
from gisclusters.domain.source import Source
from gisclusters.layers.schema import Defaults, check_rows
from gisclusters.store import changing, open_store

def stop(connection, name, changed_at):
    print("written", flush=True)
    time.sleep(600)

changing.refresh_contents = stop
count = 20_000
west = 400_000.0 + 10 * np.arange(count)
rows = pd.DataFrame({"parcel_id": [f"P{n}" for n in range(count)]})
rows["geometry"] = shapely.box(west, 1_590_000, west + 10, 1_590_010)
layer = check_rows(
    "parcels", rows, crs="EPSG:9216", defaults=Defaults(stem="p", accuracy_m=0.1),
    source=Source(role="parcels", name="p", sha256="0", crs_as_received=None, rows=count),
)
with open_store(Path(sys.argv[1]), create=True) as store:
    store.save(layer, recorded_at=datetime(2026, 11, 17, tzinfo=UTC))
"""


TURNS = sized(10, 150)
KILLS = sized(4, 80)


def kill_in_the_middle(path, root):
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED_SHORT, str(path)],
        stdout=subprocess.PIPE, text=True, cwd=root,
    ) as child:  # fmt: skip
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "written\n"
        finally:
            child.kill()
            child.wait()


def test_a_killed_import_leaves_the_store_as_it_was(tmp_path, root):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
        before = store.contents()
    size = path.stat().st_size
    kill_in_the_middle(path, root)
    assert path.stat().st_size > 10 * size  # rows of the dead import are in the file
    with open_store(path) as store:
        assert store.contents() == before
        assert store.load("parcels") == []
        assert store.check() == []
    with open_store(path) as store:
        assert store.save(layer("clusters", cluster("B", 1)), recorded_at=TUESDAY).inserted == 1


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    """A file of 20 000 parcels."""
    west = 500_000 + 12.0 * (np.arange(20_000) % 200)
    south = 1_590_000 + 12.0 * (np.arange(20_000) // 200)
    path = tmp_path_factory.mktemp("kill") / "thua.gpkg"
    gpd.GeoDataFrame(
        {"parcel_id": [f"P{n}" for n in range(20_000)]},
        geometry=shapely.box(west, south, west + 10, south + 10), crs=9216,
    ).to_file(path)  # fmt: skip
    return path


@pytest.mark.parametrize("seed", range(KILLS))
def test_an_import_killed_at_any_moment_is_whole_or_not_there(tmp_path, root, parcels, seed):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    words = ["ingest", "parcels", str(parcels), "--store", str(path), "-q"]
    with subprocess.Popen([sys.executable, "-m", "gisclusters", *words], cwd=root,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            child.wait(np.random.default_rng(seed).uniform(0.3, 3.0))
        child.kill()
    with open_store(path) as store:
        assert store.check() == []
        counts = {entry.kind: entry.count for entry in store.contents()}
    assert counts.pop("clusters") == 1
    assert counts in ({}, {"parcels": 20_000})


def test_a_store_whose_making_was_killed_can_be_made_again(tmp_path, root):
    path = tmp_path / "store.gpkg"
    kill_in_the_middle(path, root)
    with pytest.raises(UnavailableError, match="There is no store"):
        open_store(path)
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
        assert [entry.table for entry in store.contents()] == ["clusters_9216"]
        assert store.check() == []


def test_of_four_writers_at_once_no_row_is_lost(tmp_path):
    path = tmp_path / "store.gpkg"
    start = Barrier(4)

    def write(writer):
        start.wait()
        for turn in range(TURNS):
            with open_store(path, create=True) as store:
                store.save(
                    layer("clusters", cluster(f"{writer}-{turn}", 4 * turn + writer)),
                    recorded_at=MONDAY,
                )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_store(path) as store:
        [clusters] = store.load("clusters")
        assert sorted(clusters.frame["cluster_id"]) == sorted(
            f"{writer}-{turn}" for writer in range(4) for turn in range(TURNS)
        )
        assert store.check() == []


def test_of_two_writers_of_one_id_one_is_refused_or_says_why(tmp_path):
    path = tmp_path / "store.gpkg"
    start = Barrier(2)

    def write(writer):
        start.wait()
        with open_store(path, create=True) as store:
            return store.save(
                layer("clusters", cluster("A", writer)), recorded_at=MONDAY, reason="redraw"
            )

    with ThreadPoolExecutor(2) as pool:
        summaries = list(pool.map(write, range(2)))
    assert sorted((s.inserted, s.changed) for s in summaries) == [(0, 1), (1, 0)]
    with open_store(path) as store:
        [entry] = store.contents()
        assert (entry.count, entry.closed) == (1, 1)


def test_a_store_held_by_another_says_so_and_can_still_be_read(tmp_path):
    path = tmp_path / "store.gpkg"
    with open_store(path, create=True) as store:
        store.save(layer("clusters", cluster("A")), recorded_at=MONDAY)
    with (
        closing(connect(path, patience_s=1)) as other,
        open_store(path, patience_s=0.05) as store,
        writing(other, keep=False),
    ):
        with pytest.raises(UnavailableError, match="is locked"):
            store.save(layer("clusters", cluster("B")), recorded_at=TUESDAY)
        assert len(store.load("clusters")[0]) == 1
