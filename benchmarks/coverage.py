"""How long the look at neighbours takes: ``make bench``.

Parcels as cells of random points (six neighbours each, every vertex shared), and parcels in
blocks of 130 by 50 m whose sides were moved by up to 0.2 m, so that all of them overlap or
gape.  Times are those of one run, on one processor.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from gisclusters.geometry.coverage import check_coverage
from gisclusters.geometry.outlines import find_specks, find_spikes, repeated_vertices, twins

Objects = NDArray[np.object_]
CORNER = (550_000.0, 1_580_000.0)
ACCURACY_M = 0.3


def cells(count: int) -> Objects:
    """A tiling of random points, thirty metres apart on average."""
    side_m = 30 * float(np.sqrt(count))
    rng = np.random.default_rng(1)
    points = np.add(rng.uniform(0, side_m, (count, 2)), CORNER)
    parts: Objects = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    return parts


def blocks(count: int) -> Objects:
    """Rectangles of 13 by 25 m in blocks of twenty with streets between, badly drawn."""
    number = np.arange(count)
    block, place = np.divmod(number, 20)
    rows = max(int(np.sqrt(count / 20)), 1)
    west = CORNER[0] + (block % rows) * 140.0 + (place % 10) * 13.0
    south = CORNER[1] + (block // rows) * 60.0 + (place // 10) * 25.0
    edges = np.stack((west, south, west + 13, south + 25), axis=1)
    edges += np.random.default_rng(2).uniform(-0.2, 0.2, edges.shape)
    return np.asarray(shapely.box(*edges.T), dtype=object)


def outlines(shapes: Objects) -> int:
    """Every look at single outlines; how much was found."""
    accuracy_m = np.full(len(shapes), ACCURACY_M)
    singles = len(repeated_vertices(shapes)) + len(find_spikes(shapes, accuracy_m))
    return singles + len(find_specks(shapes, accuracy_m)) + len(twins(shapes))


def neighbours(shapes: Objects) -> int:
    """The look at every pair and every gap; how much was found."""
    return len(check_coverage(shapes, ACCURACY_M))


LOOKS: dict[str, Callable[[Objects], int]] = {"outlines": outlines, "neighbours": neighbours}


def main() -> None:
    """Time both looks at both scenes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    chosen = parser.parse_args()
    sys.stdout.write(f"{'parcels':>9}  {'scene':<8} {'look at':<10} {'seconds':>8} {'found':>9}\n")
    for scene, shapes in (("cells", cells(chosen.parcels)), ("blocks", blocks(chosen.parcels))):
        for look, asked in LOOKS.items():
            begun = time.process_time()
            found = asked(shapes)
            seconds = time.process_time() - begun
            sys.stdout.write(f"{len(shapes):9,}  {scene:<8} {look:<10} {seconds:8.2f} {found:9,}\n")


if __name__ == "__main__":
    main()
