"""A store in the wrong datum can be mended, outline first or markers first."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.cli.main import run
from tests.markers.formulas import geographic, moved_datum, plane

OFF = [(0, 0), (300, 0), (600, 20), (620, 400), (300, 420), (-10, 390)]
RIGHT = np.array([(552_000.0 + x, 1_587_000.0 + y) for x, y in OFF])
# The same ground drawn on the ellipsoid of WGS 84, as receivers do that know no other: 225 m off.
WRONG = np.column_stack(plane(*moved_datum(*geographic(*RIGHT.T, 107.5)), 107.5))


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert np.hypot(*(WRONG - RIGHT).T) == pytest.approx(225, abs=30)
    for name, ring in (("right", RIGHT), ("wrong", WRONG)):
        gpd.GeoDataFrame({"cluster_id": ["C1"]}, geometry=[shapely.Polygon(ring)],
                         crs=9216).to_file(f"clusters_{name}.gpkg")  # fmt: skip
        gpd.GeoDataFrame(
            pd.DataFrame({"marker_id": [f"RG-{k:02d}" for k in range(1, 7)], "cluster_id": "C1"}),
            geometry=gpd.points_from_xy(*ring.T), crs=9216,
        ).to_file(f"markers_{name}.gpkg")  # fmt: skip
    capsys.readouterr()


def ingested(capsys, kind, name, *more):
    code = run(["ingest", kind, f"{kind}_{name}.gpkg", "--json", *more])
    issues = json.loads(capsys.readouterr().out)["issues"]
    return code, {issue["code"]: issue["level"] for issue in issues}


@pytest.mark.parametrize("order", [("clusters", "markers"), ("markers", "clusters")])
def test_both_layers_are_mended_one_after_the_other(capsys, order):
    for kind in ("clusters", "markers"):
        assert ingested(capsys, kind, "wrong")[0] == 0
    first, second = order
    code, said = ingested(capsys, first, "right", "--reason", "resurvey")
    assert (code, said.get("reference_contradiction")) == (3, "error")  # another reason
    code, said = ingested(capsys, first, "right", "--reason", "datum")
    assert (code, said.get("reference_mended")) == (0, "warning")
    assert ingested(capsys, second, "right", "--reason", "datum")[0] == 0
    for kind in order:  # nothing is left that contradicts
        code, said = ingested(capsys, kind, "right")
        assert code == 0
        assert not {"reference_contradiction", "reference_doubt", "reference_mended"} & set(said)
