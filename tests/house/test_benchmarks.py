"""What `make bench` says of its own numbers; the benchmarks stand in the checkout only."""

import numpy as np
import pandas as pd
import pytest

tables = pytest.importorskip("benchmarks.tables")


def row(name, seconds, ratios, peak_mb):
    return tables.Row(name, "", seconds, ratios, peak_mb, np.arange(7), np.ones(7), "1e-09")


def run(plan, overlay_ratios, our_mb, size=10_000):
    ours = row("gisclusters", [0.2, 0.3, 0.1], [1.0, 1.0, 1.0], [our_mb])
    overlay = row("geopandas.overlay", [0.5, 0.6, 0.7], overlay_ratios, [200.0])
    left_out = tables.Row("PostGIS", "left out: 20 s at 1,000")
    return tables.Run(plan, size, ours.pairs, [ours, overlay, left_out])


def test_a_bound_is_held_by_the_median_of_the_rounds():
    said = tables.bounds([run("zones", [9.0, 1.0, 2.0], 300.0)])
    assert "takes at least 2 × (goal 2.5) | 2.00 | holds" in said
    assert "at most 1.5 × overlay's | 1.50 | holds" in said


def test_a_bound_that_is_missed_is_said():
    said = tables.bounds([run("forests", [24.0, 24.9, 26.0], 302.0)])
    assert "takes at least 25 × (goal 40) | 24.90 | **missed**" in said
    assert "at most 1.5 × overlay's | 1.51 | **missed**" in said


def test_what_was_not_measured_is_not_promised():
    assert "takes at least" not in tables.bounds([run("zones", [3.0], 300.0, size=500)])


def test_the_table_gives_medians_and_reasons():
    said = tables.markdown([run("zones", [9.0, 1.0, 2.0], 300.0)])
    assert "10,000 parcels on zones: 7 pairs" in said
    assert "| geopandas.overlay | 0.600 | 2.00 | 200 | 1e-09 |" in said
    assert "| PostGIS | left out: 20 s at 1,000 | | | |" in said


def test_a_new_measure_replaces_the_old_one_and_leaves_the_words_above_it(tmp_path):
    path = tmp_path / "new" / "benchmarks.md"
    tables.write_into(path, "first\n")
    assert path.read_text(encoding="utf-8") == "first\n"
    path.write_text(f"# Words\n\n{tables._MARK}\n\nold\n", encoding="utf-8")
    tables.write_into(path, "new\n")
    assert path.read_text(encoding="utf-8") == f"# Words\n\n{tables._MARK}\n\nnew\n"


def test_the_page_of_measures_has_the_mark(root):
    assert tables._MARK in (root / "docs" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("peer", ["marker_deviations", "geopandas", "verify_markers"])
def test_each_peer_of_the_marker_benchmark_answers(peer):
    markers = pytest.importorskip("benchmarks.markers")
    assert peer in markers.PEERS
    assert markers.peer(peer, 300)() >= 300


@pytest.mark.parametrize("peer", ["zonal_fractions", "exactextract"])
def test_each_peer_of_the_zonal_benchmark_answers_the_same(peer, tmp_path):
    zonal = pytest.importorskip("benchmarks.zonal")
    assert peer in zonal.PEERS
    zonal.write_raster(tmp_path / "cover.tif", 600)
    frame = zonal.parcels(40, 600)
    shares = zonal.peer(peer, frame, tmp_path / "cover.tif")()
    assert shares.shape == (40, len(zonal.CLASSES))
    assert shares.sum(axis=1) == pytest.approx(np.ones(40), abs=1e-6)
    ours = zonal.peer("zonal_fractions", frame, tmp_path / "cover.tif")()
    assert np.abs(shares - ours).max() < 1e-6


def test_the_page_of_the_zonal_benchmark_says_what_is_held_and_what_is_missed():
    zonal = pytest.importorskip("benchmarks.zonal")
    rows = [("zonal_fractions", 2.0, 1.0), ("exactextract", 1.6, 0.8), ("rasterstats", 12.0, 6.0)]
    found = pd.DataFrame(
        [{"peer": name, "seconds": taken, "times": times, "peak_mb": 300.0, "off": 0.0}
         for name, taken, times in rows]
    )  # fmt: skip
    said = zonal.page(found, 10_000, 10_000, "here")
    assert "| at most 1.1 × the time of exactextract | 1.25 | **missed** |" in said
    assert "| rasterstats takes at least 5 × | 6.00 | holds |" in said
