"""Reading a layer beside plain pyogrio, in one run: ``make bench``.

Square parcels of 40 m with Vietnamese names, dates and numbers, in GeoPackage.  Ours reads and
checks every row, its outline, and how neighbours lie to each other; that last look is timed
apart as well (``neighbours``), and ``rows alone`` is the rest.  Times are the median of several
rounds taken in turn; ratios are to plain ``pyogrio.read_dataframe`` of the same round.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from benchmarks.scenes import squares
from gisclusters.geometry.coverage import check_coverage
from gisclusters.layers.layer import Layer
from gisclusters.readers import read_layer

SIDE_M = 40.0
_OWNERS = ("Công ty TNHH Đại Phát", "Hộ ông Nguyễn Văn Tường", "UBND xã Đăk Cấm", "Chưa giao")


def parcels(count: int) -> gpd.GeoDataFrame:
    """About ``count`` parcels as a cadastre gives them: ids, names, codes, dates, areas."""
    frame = squares(SIDE_M, SIDE_M * round(count**0.5))
    order = np.arange(len(frame))
    return frame.assign(
        parcel_id=[f"T{number:06d}" for number in order],
        owner=np.array(_OWNERS, dtype=object)[order % len(_OWNERS)],
        land_code=np.array(["SKN", "ONT", "LUC"], dtype=object)[order % 3],
        registered_area_m2=SIDE_M**2 + order % 7 / 10,
        in_force_from=pd.Timestamp("2019-01-01") + pd.to_timedelta(order % 2_000, unit="D"),
    )


def ours(path: Path) -> int:
    """``gisclusters.readers.read_layer``: every row checked, and neighbours against each other."""
    return len(read_layer("parcels", path))


def neighbours_s(layer: Layer) -> float:
    """Seconds that the look at neighbours takes, by itself."""
    shapes = layer.shapes.geometry.to_numpy(dtype=object)
    accuracy_m = layer.frame["accuracy_m"].to_numpy(dtype=float)
    begun = time.perf_counter()
    check_coverage(shapes, accuracy_m, gaps=True)
    return time.perf_counter() - begun


def plain(path: Path) -> int:
    """``pyogrio.read_dataframe`` as its manual shows it."""
    return len(pyogrio.read_dataframe(path))


def with_arrow(path: Path) -> int:
    """The same through Arrow."""
    return len(pyogrio.read_dataframe(path, use_arrow=True))


PEERS: dict[str, Callable[[Path], int]] = {
    "pyogrio": plain,
    "pyogrio, Arrow": with_arrow,
    "gisclusters": ours,
}


def main() -> None:
    """Time every peer in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parcels", type=int, nargs="+", default=[10_000, 100_000])
    chosen = parser.parse_args()
    sys.stdout.write(f"{'parcels':>9}  {'peer':<22} {'seconds':>8} {'x pyogrio':>10}\n")
    for count in chosen.parcels:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "parcels.gpkg"
            pyogrio.write_dataframe(parcels(count), path)
            seconds: dict[str, list[float]] = {name: [] for name in PEERS}
            rows: dict[str, int] = {}
            layer = read_layer("parcels", path)
            for _ in range(chosen.rounds):
                for name, peer in PEERS.items():
                    begun = time.perf_counter()
                    rows[name] = peer(path)
                    seconds[name].append(time.perf_counter() - begun)
                seconds.setdefault("neighbours", []).append(neighbours_s(layer))
        seconds["rows alone"] = [
            whole - part
            for whole, part in zip(seconds["gisclusters"], seconds["neighbours"], strict=True)
        ]
        for name, times in seconds.items():
            ratio = statistics.median(
                one / other for one, other in zip(times, seconds["pyogrio"], strict=True)
            )
            count_read, middle = rows.get(name, len(layer)), statistics.median(times)
            sys.stdout.write(f"{count_read:9,}  {name:<22} {middle:8.3f} {ratio:10.2f}\n")


if __name__ == "__main__":
    main()
