"""Class fractions of parcels beside exactextract and rasterstats, in one run: ``make bench``.

    python -m benchmarks.zonal --markdown docs/benchmarks-zonal.md

Parcels of 60 m by 50 m, turned and in no order, on a raster of 10 000 × 10 000 pixels of 1 m with
five classes in patches and a strip without data, in one CRS (EPSG:9216).  exactextract: its own
readers on the same file, ``unique`` and ``frac``.  rasterstats: ``categorical=True``, which counts
pixels by their centres.  ``zonal_fractions`` checks the shapes, counts what is covered and gives a
table besides.  Each in a process of its own, in rounds taken in turn; the frame is at hand before
the clock starts, the raster is opened after it.  Peak memory is that of the process, frame and
libraries included.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin

from benchmarks.machine import described
from benchmarks.one_peer import forget_peak, peak_mb

CRS = "EPSG:9216"
WEST, NORTH = 550_000.0, 1_600_000.0
PEERS = ("zonal_fractions", "exactextract", "rasterstats")
CLASSES = (10, 30, 40, 50, 80)
LONG_S = 15.0
MOST_OF_EXACTEXTRACT, LEAST_OF_RASTERSTATS = 1.1, 5.0


def write_raster(path: Path, side: int) -> None:
    """Classes in patches of 20 pixels with one pixel of ten at random; no data in the east."""
    rng = np.random.default_rng(side)
    patches = rng.choice(CLASSES, (side // 20 + 1, side // 20 + 1)).astype("uint8")
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "uint8", "nodata": 0,
        "crs": CRS, "transform": from_origin(WEST, NORTH, 1, 1), "tiled": True,
        "blockxsize": 512, "blockysize": 512, "compress": "deflate",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        for _, window in dataset.block_windows(1):
            rows = np.arange(window.row_off, window.row_off + window.height) // 20
            columns = np.arange(window.col_off, window.col_off + window.width) // 20
            block = patches[np.ix_(rows, columns)]
            loose = rng.random(block.shape) < 0.1
            block[loose] = rng.choice(CLASSES, int(loose.sum())).astype("uint8")
            block[:, columns * 20 > side * 0.98] = 0
            dataset.write(block, 1, window=window)


def parcels(count: int, side: int) -> gpd.GeoDataFrame:
    """Turned rectangles inside the raster, the same for the same numbers."""
    rng = np.random.default_rng(count)
    east = WEST + rng.uniform(50, side - 50, count)
    north = NORTH - rng.uniform(50, side - 50, count)
    turn = rng.uniform(0, np.pi, count)
    along = np.array([-30, 30, 30, -30, -30])
    across = np.array([-25, -25, 25, 25, -25])
    x = east[:, None] + np.cos(turn)[:, None] * along - np.sin(turn)[:, None] * across
    y = north[:, None] + np.sin(turn)[:, None] * along + np.cos(turn)[:, None] * across
    return gpd.GeoDataFrame(geometry=shapely.polygons(np.stack([x, y], axis=-1)), crs=CRS)


def peer(name: str, frame: gpd.GeoDataFrame, path: Path) -> Callable[[], NDArray[np.float64]]:
    """What is timed; gives one row a parcel with the share of each of ``CLASSES``."""
    if name == "rasterstats":
        from rasterstats import zonal_stats  # noqa: PLC0415 - of the group bench

        return lambda: _of_counts(zonal_stats(frame, str(path), categorical=True))
    if name == "exactextract":
        from exactextract import exact_extract  # noqa: PLC0415 - loaded by its own process

        return lambda: _of_lists(
            exact_extract(str(path), frame, ["unique", "frac"], output="pandas")
        )
    from gisclusters.efficiency import zonal_fractions  # noqa: PLC0415 - the same
    from gisclusters.readers.raster import open_land_cover  # noqa: PLC0415

    def ours() -> NDArray[np.float64]:
        with open_land_cover(path) as cover:
            found = zonal_fractions(frame, cover)
        names = [f"share_{value}" for value in CLASSES]
        shares: NDArray[np.float64] = found.reindex(columns=names, fill_value=0).to_numpy("float64")
        return np.nan_to_num(shares)

    return ours


def _of_lists(found: pd.DataFrame) -> NDArray[np.float64]:
    return np.array([
        [dict(zip(codes, shares, strict=True)).get(value, 0) for value in CLASSES]
        for codes, shares in zip(found["unique"], found["frac"], strict=True)
    ])  # fmt: skip


def _of_counts(found: list[dict[int, int]]) -> NDArray[np.float64]:
    return np.array([
        [row.get(value, 0) / max(sum(row.values()), 1) for value in CLASSES] for row in found
    ])  # fmt: skip


def one(name: str, count: int, side: int, folder: Path) -> dict[str, float]:
    """Seconds (the middle of three, of one where it is long) and the peak of the first.

    The shares are written beside the raster.
    """
    compute = peer(name, parcels(count, side), folder / "cover.tif")
    gc.collect()
    forget_peak()
    begun = time.perf_counter()
    shares = compute()
    taken = [time.perf_counter() - begun]
    peak = peak_mb()
    np.save(folder / f"{name}.npy", shares)
    for _ in range(2 if taken[0] < LONG_S else 0):
        begun = time.perf_counter()
        compute()
        taken.append(time.perf_counter() - begun)
    return {"seconds": statistics.median(taken), "peak_mb": peak}


def measure(count: int, side: int, rounds: int) -> pd.DataFrame:
    """Medians of each peer, ratios of the same round, largest difference in a share."""
    told: dict[str, list[dict[str, float]]] = {name: [] for name in PEERS}
    with tempfile.TemporaryDirectory() as folder:
        write_raster(Path(folder) / "cover.tif", side)
        for _ in range(rounds):
            for name in PEERS:
                command = [sys.executable, "-m", "benchmarks.zonal", "--one", name, str(count),
                           str(side), folder]  # fmt: skip
                answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
                told[name].append(json.loads(answer.stdout))
        shares = {name: np.load(Path(folder) / f"{name}.npy") for name in PEERS}
    ours = told["zonal_fractions"]
    return pd.DataFrame([
        {
            "peer": name,
            "seconds": statistics.median(each["seconds"] for each in told[name]),
            "times": statistics.median(
                there["seconds"] / here["seconds"]
                for there, here in zip(told[name], ours, strict=True)
            ),
            "peak_mb": max(each["peak_mb"] for each in told[name]),
            "off": float(np.abs(shares[name] - shares["exactextract"]).max()),
        }
        for name in PEERS
    ])  # fmt: skip


def page(found: pd.DataFrame, count: int, side: int, machine: str) -> str:
    """The page of docs."""
    times = found.set_index("peer")["times"]
    bounds = [
        (
            f"at most {MOST_OF_EXACTEXTRACT} × the time of exactextract",
            1 / times["exactextract"],
            1 / times["exactextract"] <= MOST_OF_EXACTEXTRACT,
        ),
        (
            f"rasterstats takes at least {LEAST_OF_RASTERSTATS:.0f} ×",
            times["rasterstats"],
            times["rasterstats"] >= LEAST_OF_RASTERSTATS,
        ),
    ]
    lines = [
        "# Class fractions of parcels", "", *(__doc__ or "").strip().split("\n"), "",
        machine + ".", "", f"{count:,} parcels on {side:,} × {side:,} pixels:", "",
        "| peer | seconds | takes × ours | peak MB | largest difference of a share |",
        "|---|---:|---:|---:|---:|",
    ]  # fmt: skip
    lines += [
        f"| {row.peer} | {row.seconds:.3f} | {row.times:.2f} | {row.peak_mb:.0f} | {row.off:.1e} |"
        for row in found.itertuples(index=False)
    ]
    lines += ["", "| promised | found | |", "|---|---:|---|"]
    lines += [
        f"| {what} | {value:.2f} | {'holds' if kept else '**missed**'} |"
        for what, value, kept in bounds
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--one", nargs=4, metavar=("PEER", "COUNT", "SIDE", "FOLDER"),
                        help=argparse.SUPPRESS)  # fmt: skip
    chosen = parser.parse_args()
    if chosen.one:
        name, count, side, folder = chosen.one
        told = one(name, int(count), int(side), Path(folder))
        sys.stdout.write(json.dumps(told) + "\n")
        return
    machine = described("rasterio", "exactextract", "rasterstats")
    text = page(measure(chosen.parcels, chosen.side, chosen.rounds), chosen.parcels, chosen.side,
                machine)  # fmt: skip
    if chosen.markdown is None:
        sys.stdout.write(text)
    else:
        chosen.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
