"""One check from a cold start beside five lines that only read the same files: ``make bench``.

A boundary of 75 ha and a plan of about 20 MB (GeoPackage); whole processes, in rounds taken in
turn.  The five lines import geopandas and read both files; the check also proves every shape,
judges it under the rules of the day, holds the boundary to its fit and prints the tables.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.scenes import CRS
from tests import fractal

_ZONES = 6_200
_FIVE_LINES = """
import sys
import geopandas as gpd
boundary = gpd.read_file(sys.argv[1])
plan = gpd.read_file(sys.argv[2])
print(len(boundary), len(plan))
"""


def write(folder: Path) -> tuple[Path, Path]:
    """The two files; the plan has six land codes in turn."""
    zones = fractal.tiling(np.random.default_rng(75), _ZONES)
    west, south, east, north = shapely.total_bounds(zones)
    middle = ((west + east) / 2, (south + north) / 2)
    outline = shapely.box(*middle, middle[0] + 1_000, middle[1] + 750)
    codes = np.resize(["LUK", "CLN", "RSX", "SKN", "ONT", "DGT"], len(zones))
    plan, boundary = folder / "plan.gpkg", folder / "boundary.gpkg"
    gpd.GeoDataFrame(
        {"zone_id": [f"z{k}" for k in range(len(zones))], "category": codes},
        geometry=zones, crs=CRS,
    ).to_file(plan, layer="plan")  # fmt: skip
    gpd.GeoDataFrame({"cluster_id": ["A"]}, geometry=[outline], crs=CRS).to_file(boundary)
    return boundary, plan


def main() -> None:
    """Print the median seconds of both and the median ratio of a round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        boundary, plan = write(Path(name))
        asked = ["--boundary", str(boundary), "--plan", str(plan), "--as-of", "2026-11-15",
                 "--accuracy-m", "1"]  # fmt: skip
        commands = {
            "five lines": [sys.executable, "-c", _FIVE_LINES, str(boundary), str(plan)],
            "overlaps": [sys.executable, "-m", "gisclusters", "overlaps", *asked],
        }
        seconds: dict[str, list[float]] = {each: [] for each in commands}
        for _ in range(chosen.rounds):
            for each, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours
                seconds[each].append(time.perf_counter() - begun)
        size_mb = plan.stat().st_size / 1e6
    ratio = statistics.median(
        a / b for a, b in zip(seconds["overlaps"], seconds["five lines"], strict=True)
    )
    medians = {each: statistics.median(times) for each, times in seconds.items()}
    sys.stdout.write(
        f"plan of {size_mb:.1f} MB: five lines {medians['five lines']:.2f} s,"
        f" overlaps {medians['overlaps']:.2f} s, ratio {ratio:.2f} (limit 2)\n"
    )


if __name__ == "__main__":
    main()
