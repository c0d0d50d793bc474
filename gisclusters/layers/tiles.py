"""The outlines of a layer too large for memory, kept on disk and given back place by place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.layers.layer import Layer

Box = tuple[float, float, float, float]
"""West, south, east, north."""

MOST_ROWS = 20_000
"""Rows of one tile, unless more than that lie within ``LEAST_M`` of each other."""

LEAST_M = 50.0

_TABLE = """CREATE VIRTUAL TABLE outlines USING rtree(number, west, east, south, north,
+row, +id, +accuracy_m, +from_day, +to_day, +shape)"""


class Tiles:
    """Rows added part by part, then given back tile by tile; on disk in ``folder`` meanwhile.

    Only what neighbours are asked is kept: shape, id, row, accuracy and the days of force.
    """

    def __init__(self, folder: Path, *, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._connection = sqlite3.connect(folder / "tiles.sqlite", isolation_level=None)
        for line in (
            "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -65536",
            _TABLE, "BEGIN",
        ):  # fmt: skip
            self._connection.execute(line)
        self._crs: str | None = None
        self._id_field = ""
        self._period = ""
        self._box: Box | None = None

    def add(self, layer: Layer) -> None:
        """Keep the rows of a part that have a shape; every part is in one CRS, in metres."""
        frame = layer.shapes
        self._crs, self._id_field = layer.crs, layer.kind.id_field
        self._period = "valid" if layer.kind_name == "places" else "in_force"
        shapes = np.asarray(frame.geometry.array, dtype=object)
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        frame, shapes = frame[there], shapes[there]
        if not len(shapes):
            return
        bounds = shapely.bounds(shapes)
        days = [_days(frame[f"{self._period}_{end}"]) for end in ("from", "to")]
        self._connection.executemany(
            "INSERT INTO outlines VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            zip(*(bounds[:, place].tolist() for place in (0, 2, 1, 3)),
                frame["source_row"].tolist(), frame[self._id_field].tolist(),
                frame["accuracy_m"].tolist(), *days, shapely.to_wkb(shapes), strict=True),
        )  # fmt: skip
        west, south = bounds[:, :2].min(axis=0).tolist()
        east, north = bounds[:, 2:].max(axis=0).tolist()
        if self._box is not None:
            old = self._box
            west, south = min(west, old[0]), min(south, old[1])
            east, north = max(east, old[2]), max(north, old[3])
        self._box = (west, south, east, north)

    def tiles(self, *, margin_m: float) -> Iterator[tuple[Box, gpd.GeoDataFrame]]:
        """Boxes that fill the ground without sharing any of it, with all rows near each.

        A box has its west and south border, not its east and north one (but for the last).
        Rows come in the order of the file: every one whose bounds touch the box widened by
        ``margin_m``.
        """
        if self._box is not None:
            west, south, east, north = self._box
            yield from self._within((west, south, east + 1.0, north + 1.0), margin_m)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _within(self, box: Box, margin_m: float) -> Iterator[tuple[Box, gpd.GeoDataFrame]]:
        west, south, east, north = box
        query, values = _touching(box)
        count = self._connection.execute(f"SELECT count(*) {query}", values).fetchone()[0]
        if not count:
            return
        if count <= self._most_rows or max(east - west, north - south) <= LEAST_M:
            yield box, self._rows(box, margin_m)
            return
        if east - west >= north - south:
            middle = (west + east) / 2
            halves = [(west, south, middle, north), (middle, south, east, north)]
        else:
            middle = (south + north) / 2
            halves = [(west, south, east, middle), (west, middle, east, north)]
        for half in halves:
            yield from self._within(half, margin_m)

    def _rows(self, box: Box, margin_m: float) -> gpd.GeoDataFrame:
        west, south, east, north = box
        query, values = _touching(
            (west - margin_m, south - margin_m, east + margin_m, north + margin_m)
        )
        found = self._connection.execute(
            f"SELECT row, id, accuracy_m, from_day, to_day, shape {query} ORDER BY row", values
        ).fetchall()
        rows, ids, accuracy, start, end, shapes = zip(*found, strict=True)
        frame = pd.DataFrame(
            {"source_row": rows, self._id_field: pd.Series(ids, dtype=object),
             "accuracy_m": accuracy,
             f"{self._period}_from": np.array(start, dtype="datetime64[s]"),
             f"{self._period}_to": np.array(end, dtype="datetime64[s]")}
        )  # fmt: skip
        return gpd.GeoDataFrame(frame, geometry=shapely.from_wkb(shapes), crs=self._crs)


def _touching(box: Box) -> tuple[str, tuple[float, ...]]:
    west, south, east, north = box
    query = "FROM outlines WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?"
    return query, (west, east, south, north)


def _days(column: pd.Series[Any]) -> list[str | None]:
    """Days as ISO text, which is what numpy reads again; None for an open end."""
    text = np.datetime_as_string(column.to_numpy().astype("datetime64[s]")).astype(object)
    text[column.isna().to_numpy()] = None
    days: list[str | None] = text.tolist()
    return days
