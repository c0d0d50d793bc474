"""Measured points to deviations beside geopandas, in one run: ``make bench``.

    python -m benchmarks.markers --markdown docs/benchmarks-markers.md

A survey of WGS 84 points in no order, one of a hundred displaced by 4 m and one of fifty without
a usable name, against as many markers 60 m apart: to VN-2000 (EPSG:9216), each point to the
marker of its name or else the nearest, and how far off it lies.  geopandas: ``to_crs`` and
``sjoin_nearest``, which looks at places only.  ``verify_markers`` judges, diagnoses and writes its
findings besides.  Each in a process of its own, in rounds taken in turn; frames are at hand before
the clock starts.  Peak memory is that of the process, frames and libraries included.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.machine import described
from benchmarks.one_peer import forget_peak, peak_mb
from gisclusters.domain.source import Source
from gisclusters.geometry.crs import to_wgs84
from gisclusters.layers.layer import Layer
from gisclusters.markers import verify_markers
from gisclusters.markers.deviations import marker_deviations

CRS = "EPSG:9216"
PEERS = ("marker_deviations", "verify_markers", "geopandas")
LIMIT, LIMIT_MB = 8.0, 1_500.0


def scene(count: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Design and survey, the same for the same number."""
    rng = np.random.default_rng(count)
    place = np.arange(count)
    side = int(np.ceil(count**0.5))
    east = 500_000 + place % side * 60.0 + rng.uniform(-20, 20, count)
    north = 1_560_000 + place // side * 60.0 + rng.uniform(-20, 20, count)
    names = pd.Series([f"RG-{number:07d}" for number in place])
    off = np.zeros(count)
    off[rng.choice(count, count // 100, replace=False)] = 4
    noise = rng.normal(0, 0.01, (2, count))
    order = rng.permutation(count)
    lon, lat = to_wgs84((east + off + noise[0])[order], (north + noise[1])[order], CRS)
    told = names.iloc[order].reset_index(drop=True)
    told[rng.choice(count, count // 50, replace=False)] = "?"
    design = gpd.GeoDataFrame(
        {"marker_id": names}, geometry=gpd.points_from_xy(east, north), crs=CRS
    )
    survey = gpd.GeoDataFrame({"marker_id": told}, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    return design, survey


def peer(name: str, count: int) -> Callable[[], int]:
    """What is timed; gives the number of rows it found."""
    design, survey = scene(count)
    if name == "geopandas":
        return lambda: len(survey.to_crs(CRS).sjoin_nearest(design, distance_col="distance_m"))
    if name == "marker_deviations":
        return lambda: len(marker_deviations(design, survey))
    whole = [
        _layer("markers", design, "marker_kind", "order", "ring"),
        _layer("surveys", survey, "role", "state"),
    ]
    return lambda: len(verify_markers(*whole, tolerance_m=0.07).findings)


def _layer(kind: str, frame: gpd.GeoDataFrame, *empty: str) -> Layer:
    crs = f"EPSG:{frame.crs.to_epsg()}"
    nothing = {
        name: pd.Series([None] * len(frame), dtype=object) for name in (*empty, "cluster_id")
    }
    rows = frame.assign(accuracy_m=0.02, source_row=np.arange(len(frame)) + 1, **nothing)
    source = Source(role=kind, name=kind, sha256="0", crs_as_received=crs, rows=len(rows))
    return Layer(kind_name=kind, frame=rows, crs=crs, source=source)


def one(name: str, count: int) -> dict[str, float]:
    """Seconds (the middle of three) and the peak of the first."""
    compute = peer(name, count)
    gc.collect()
    forget_peak()
    begun = time.perf_counter()
    rows = compute()
    taken = [time.perf_counter() - begun]
    peak = peak_mb()
    for _ in range(2):
        begun = time.perf_counter()
        compute()
        taken.append(time.perf_counter() - begun)
    return {"seconds": statistics.median(taken), "peak_mb": peak, "rows": rows}


def measure(sizes: list[int], rounds: int) -> pd.DataFrame:
    """Medians for each size and peer, ratios of the same round."""
    rows = []
    for size in sizes:
        told: dict[str, list[dict[str, float]]] = {name: [] for name in PEERS}
        for _ in range(rounds):
            for name in PEERS:
                command = [sys.executable, "-m", "benchmarks.markers", "--one", name, str(size)]
                answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
                told[name].append(json.loads(answer.stdout))
        for name in PEERS:
            ratio = statistics.median(
                there["seconds"] / here["seconds"]
                for there, here in zip(told["geopandas"], told[name], strict=True)
            )
            rows.append({
                "points": size, "peer": name,
                "seconds": statistics.median(each["seconds"] for each in told[name]),
                "geopandas takes ×": ratio,
                "peak MB": max(each["peak_mb"] for each in told[name]),
            })  # fmt: skip
    return pd.DataFrame(rows)


def page(found: pd.DataFrame, machine: str) -> str:
    """The page of docs."""
    best = found[found["peer"] == "marker_deviations"].set_index("points")
    largest, least = best.index.max(), best.index.min()
    growth = best["seconds"][largest] / best["seconds"][least] / (largest / least)
    kept = bool(
        best["geopandas takes ×"][largest] >= LIMIT and best["peak MB"][largest] <= LIMIT_MB
    )
    lines = [
        "# Measured points to deviations", "", *__doc__.strip().split("\n"), "", machine + ".", "",
        "| points | peer | seconds | geopandas takes × | peak MB |", "|---:|---|---:|---:|---:|",
    ]  # fmt: skip
    lines += [
        f"| {row.points:,} | {row.peer} | {row.seconds:.3f} | {row[-2]:.2f} | {row[-1]:.0f} |"
        for row in found.itertuples(index=False)
    ]
    lines += [
        "",
        f"From {least:,} to {largest:,} points the time of `marker_deviations` grows",
        f"{growth:.2f} × as fast as their number. Promised for {largest:,} points: at least",
        f"{LIMIT:.0f} × in at most {LIMIT_MB:.0f} MB: {'holds' if kept else '**missed**'}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("PEER", "COUNT"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        sys.stdout.write(json.dumps(one(chosen.one[0], int(chosen.one[1]))) + "\n")
        return
    machine = described()
    text = page(measure(chosen.sizes, chosen.rounds), machine)
    if chosen.markdown is None:
        sys.stdout.write(text)
    else:
        chosen.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
