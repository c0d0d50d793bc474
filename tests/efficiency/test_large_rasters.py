"""A raster of 1.3 billion pixels is read by windows, in bounded memory."""

import json
import subprocess
import sys

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from tests.sizes import sized

SCRIPT = """
import json, sys
import geopandas as gpd, numpy as np, shapely
from gisclusters.efficiency import zonal_fractions
from gisclusters.readers.raster import open_land_cover

path, count = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(8)
pixel = 1 / 12000
# lots of five by ten whole pixels anywhere in the tile, and one of 6000 x 6000 pixels
left = rng.integers(0, 35_900, count - 1) * pixel + 6
top = 3 - rng.integers(0, 35_900, count - 1) * pixel
shapes = shapely.box(left, top - 10 * pixel, left + 5 * pixel, top)
shapes = np.append(shapes, shapely.box(7.2, 1.3, 7.7, 1.8))
with open_land_cover(path) as cover:
    found = zonal_fractions(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"), cover)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps({
    "peak_mb": int(peak.split()[1]) / 1024,
    "lots": found["pixels"].iloc[:-1].max(),
    "large": found["pixels"].iloc[-1],
    "classes": [name for name in found if str(name).startswith("share_")],
    "sums": [found.filter(like="share_").sum(axis=1)[found["pixels"] > 0].min(),
             found.filter(like="share_").sum(axis=1).max()],
}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_tile_of_36000_by_36000_pixels_takes_less_than_a_gigabyte(shared_data, root):
    path = shared_data / "real" / "landcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), str(sized(10_000, 100_000))],
        check=True, capture_output=True, text=True, cwd=root,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["peak_mb"] < 1000, told
    assert told["lots"] == pytest.approx(50)
    with rasterio.open(path) as tile:  # 1.2 degrees from the west and the north of it
        known = np.count_nonzero(tile.read(1, window=Window(14_400, 14_400, 6000, 6000)))
    assert told["large"] == pytest.approx(known, rel=1e-9)
    assert {"share_10", "share_80"} <= set(told["classes"])
    assert told["sums"] == pytest.approx([1, 1])
