"""The committed samples are what their script makes."""

import importlib.util
import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio

from gisclusters.samples import samples_dir


@pytest.fixture(scope="module")
def script(root):
    path = root / "data" / "samples" / "make_samples.py"
    spec = importlib.util.spec_from_file_location("make_samples", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_makes_the_same_content_again(script, tmp_path):
    script.main(tmp_path)
    committed = samples_dir()
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(made) > 25
    for name in made:
        one, two = tmp_path / name, committed / name
        if name.suffix == ".gpkg":
            for layer, _ in pyogrio.list_layers(one):
                left, right = (gpd.read_file(path, layer=layer) for path in (one, two))
                assert left.drop(columns="geometry").equals(right.drop(columns="geometry"))
                assert (left.geometry.to_wkb() == right.geometry.to_wkb()).all()
        elif name.suffix == ".tif":
            with rasterio.open(one) as a, rasterio.open(two) as b:
                assert (a.read() == b.read()).all()
        elif name.suffix in {".csv", ".json", ".yaml"}:
            assert one.read_text(encoding="utf-8") == two.read_text(encoding="utf-8")


def test_its_own_projection_agrees_with_the_reference_points(script):
    # VN-2000 plane to VN-2000 geographic and back in the neighbour zone: 27 km, exact.
    east, north = np.array([552_800.0]), np.array([1_587_000.0])
    latitude, longitude = script.to_geographic(east, north, 9216)
    back = script.to_plane(latitude, longitude, 9216)
    assert (back[0][0], back[1][0]) == pytest.approx((552_800.0, 1_587_000.0), abs=1e-4)


def test_it_imports_nothing_of_the_product(root):
    text = (root / "data" / "samples" / "make_samples.py").read_text(encoding="utf-8")
    assert "import gisclusters" not in text
    assert "from gisclusters" not in text
    assert json.loads((samples_dir() / "answers.json").read_text(encoding="utf-8"))["overlaps"]
