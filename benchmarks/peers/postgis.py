"""PostGIS: a join with an intersection for each pair, or (``subdivided``) over ``ST_Subdivide``.

The second is the advice for large polygons: the plan in pieces of at most 255 corners with an
index of their own, the pieces of each pair united again.  Subdividing is part of what is timed,
as it is for everyone who gets a new plan.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Self

from benchmarks.peers.answer import Answer, Compute, Pairs, Task
from benchmarks.peers.sql import QUERY
from tests.postgis import Database

SERVER = "GISCLUSTERS_BENCH_POSTGIS"
"""Names the running server to the process of a peer: programs, folder and postmaster."""

PIECES = """
    DROP TABLE IF EXISTS pieces;
    CREATE UNLOGGED TABLE pieces AS SELECT id, ST_Subdivide(geom, 255) AS geom FROM b;
    CREATE INDEX ON pieces USING gist(geom);
    ANALYZE pieces;
"""
UNITED = """
    SELECT parcel, zone, ST_Area(shape) AS area_m2, shape FROM (
        SELECT parcel, zone, CASE WHEN count = 1 THEN parts[1] ELSE ST_Union(parts) END AS shape
        FROM (
            SELECT a.id AS parcel, pieces.id AS zone, count(*) AS count,
                array_agg(CASE WHEN ST_CoveredBy(a.geom, pieces.geom) THEN a.geom
                          ELSE ST_Intersection(a.geom, pieces.geom) END) AS parts
            FROM a JOIN pieces ON ST_Intersects(a.geom, pieces.geom) GROUP BY 1, 2
        ) AS by_pair
    ) AS pairs
"""
_NOW = "SELECT extract(epoch FROM clock_timestamp());"


def load(task: Task) -> Compute:
    """Two tables with indexes, in storage that is not packed."""
    told = json.loads(os.environ[SERVER])
    database = Database(Path(told["programs"]), Path(told["folder"]), told["postmaster"])
    for name, frame in zip("ab", task.frames(), strict=True):
        database.load(name, frame.geometry.to_numpy(dtype=object))
        database.psql(f"ALTER TABLE {name} SET (parallel_workers = 2)")
    before, query = (PIECES, UNITED) if task.variant == "subdivided" else ("", QUERY)

    def compute() -> Answer:
        with _Peak(database.postmaster) as peak:
            clock = database.psql(
                f"SET statement_timeout = '{task.limit_s:.0f}s'; DROP TABLE IF EXISTS found;"
                f"{_NOW} {before} CREATE UNLOGGED TABLE found AS {query}; {_NOW}"
            )
        begun, ended = (float(word) for word in clock.split())
        return lambda: _pairs(database, ended - begun, peak.mb)

    return compute


def _pairs(database: Database, seconds: float, peak_mb: float) -> Pairs:
    rows = database.numbers("SELECT parcel, zone, area_m2 FROM found", 3)
    parcel, zone = rows[:, :2].T.astype(int)
    return Pairs(parcel, zone, rows[:, 2], seconds, peak_mb)


class _Peak:
    """The most memory of a process and its children while something runs, by looking often."""

    def __init__(self, process: int) -> None:
        self.mb = 0.0
        self._process = process
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            children = Path(f"/proc/{self._process}/task/{self._process}/children").read_text()
            processes = [self._process, *map(int, children.split())]
            self.mb = max(self.mb, sum(map(_share_mb, processes)))


def _share_mb(process: int) -> float:
    """Its memory, what it shares with others counted in parts."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
