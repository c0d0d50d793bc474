"""DuckDB with its spatial extension, which comes as a package: no download, no network."""

from __future__ import annotations

from pathlib import Path

import duckdb
import duckdb_extension_spatial

from benchmarks.peers.answer import Answer, Compute, Pairs, Task
from benchmarks.peers.sql import QUERY


def load(task: Task) -> Compute:
    """Two tables in memory."""
    [extension] = Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension")
    database = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    database.execute(f"LOAD '{extension}'")
    for name, path in (("a", task.parcels), ("b", task.plan)):
        database.execute(
            f"CREATE TABLE {name} AS SELECT id, ST_GeomFromWKB(ST_AsWKB(geometry)) AS geom"  # noqa: S608 - our own names
            f" FROM '{path}'"
        )

    def compute() -> Answer:
        database.execute(f"CREATE OR REPLACE TABLE found AS {QUERY}")
        return answer

    def answer() -> Pairs:
        rows = database.execute("SELECT parcel, zone, area_m2 FROM found").fetchnumpy()
        return Pairs(rows["parcel"], rows["zone"], rows["area_m2"])

    return compute
