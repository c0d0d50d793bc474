"""SedonaDB."""

from __future__ import annotations

import sedonadb

from benchmarks.peers.answer import Answer, Compute, Pairs, Task
from benchmarks.peers.sql import QUERY


def load(task: Task) -> Compute:
    """Two tables in memory."""
    database = sedonadb.connect()
    for name, path in (("a", task.parcels), ("b", task.plan)):
        database.read_parquet(str(path)).to_view(f"{name}_file")
        rows = database.sql(f"SELECT id, geometry AS geom FROM {name}_file")  # noqa: S608 - our own names
        rows.to_memtable().to_view(name)

    def compute() -> Answer:
        found = database.sql(QUERY).to_arrow_table()
        columns = (found[name].to_numpy() for name in ("parcel", "zone", "area_m2"))
        return lambda: Pairs(*columns)

    return compute
