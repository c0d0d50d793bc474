"""Reading a layer beside plain pyogrio, in one run: ``make bench``.

Square parcels of 40 m with Vietnamese names, dates and numbers, in GeoPackage.  Ours reads and
checks every row.  Times are the median of several rounds taken in turn; ratios are to plain
``pyogrio.read_dataframe`` of the same round.
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

from benchmarks.overlaps import squares
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
    """``gisclusters.readers.read_layer``: every row checked."""
    return len(read_layer("parcels", path))


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
            for _ in range(chosen.rounds):
                for name, peer in PEERS.items():
                    begun = time.perf_counter()
                    rows[name] = peer(path)
                    seconds[name].append(time.perf_counter() - begun)
        for name, times in seconds.items():
            ratio = statistics.median(
                one / other for one, other in zip(times, seconds["pyogrio"], strict=True)
            )
            sys.stdout.write(
                f"{rows[name]:9,}  {name:<22} {statistics.median(times):8.3f} {ratio:10.2f}\n"
            )


if __name__ == "__main__":
    main()
