"""A very large file taken into a store: the time, and the most memory of any one process.

``python -m benchmarks.large --rows 2300000 --form geojson`` writes about a gigabyte of parcels
of eight corners that fill the ground, and ingests them; ``--form shp --rows 1700000`` the same as
a Shapefile.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

_CORNERS = np.array([(0, 0), (10, 0), (20, 0), (20, 15), (20, 30), (10, 30), (0, 30), (0, 15),
                     (0, 0)], dtype=float)  # fmt: skip
_AT_ONCE = 50_000
_ORIGIN = (500_000.0, 1_200_000.0)


def blocks(rows: int) -> Iterator[gpd.GeoDataFrame]:
    """Parcels of 20 m by 30 m side by side, in EPSG:9210."""
    side = int(np.ceil(np.sqrt(rows)))
    for first in range(0, rows, _AT_ONCE):
        number = np.arange(first, min(first + _AT_ONCE, rows))
        place = np.stack((number % side * 20.0, number // side * 30.0), axis=1) + _ORIGIN
        corners = (_CORNERS[None] + place[:, None]).reshape(-1, 2)
        rings = shapely.linearrings(corners, indices=np.repeat(np.arange(len(number)), 9))
        yield gpd.GeoDataFrame(
            {"parcel_id": [f"P{k + 1}" for k in number], "sheet_no": number % 97,
             "land_code": "SKN", "owner": [f"Nguyễn Văn Thửa {k % 1000}" for k in number],
             "note": "x" * 100},
            geometry=shapely.polygons(rings), crs="EPSG:9210",
        )  # fmt: skip


def write(path: Path, rows: int) -> None:
    """The parcels as one file, by its ending."""
    if path.suffix == ".geojson":
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}
        with path.open("w", encoding="utf-8") as file:
            file.write(f'{{"type":"FeatureCollection","crs":{json.dumps(crs)},"features":[')
            for number, block in enumerate(blocks(rows)):
                features = json.loads(block.to_json(to_wgs84=False))["features"]
                words = (json.dumps(each, ensure_ascii=False) for each in features)
                file.write(("," if number else "") + ",\n".join(words))
            file.write("]}")
        return
    for number, block in enumerate(blocks(rows)):
        block.to_file(path, driver="ESRI Shapefile", encoding="utf-8", mode="a" if number else "w")


def main() -> None:
    """Make the file, take it in, print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--form", choices=["geojson", "shp"], default="geojson")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / f"parcels.{given.form}"
        write(path, given.rows)
        size = sum(part.stat().st_size for part in folder.glob("parcels.*"))
        command = [sys.executable, "-m", "gisclusters", "ingest", "parcels", str(path), "--store",
                   str(folder / "store.gpkg"), "--quiet"]  # fmt: skip
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        seconds = time.perf_counter() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(
        f"{given.rows:,} parcels, {size / 1e6:,.0f} MB of {given.form}: "
        f"{seconds:,.0f} s, {peak_mb:,.0f} MB at most in one process\n"
    )


if __name__ == "__main__":
    main()
