"""A tolerance by kind judges the marker, its repeats, and what it may say of the whole set."""

import numpy as np
import pytest
import shapely

from gisclusters.domain.verdicts import MarkerCause
from gisclusters.markers import verify_markers
from gisclusters.rules.tolerances import load_tolerance_rules
from tests.markers.test_verify import points
from tests.scenes import layer

IDS = [f"RG-{place:02d}" for place in range(1, 9)]
CORNERS = [(0, 0), (300, 0), (600, 20), (620, 400), (300, 420), (-10, 390), (-30, 250), (-20, 120)]
E, N = np.add(np.array(CORNERS, dtype=float), (552_000.0, 1_587_000.0)).T
SPREAD = np.array([(0.3, 0.1), (-0.2, 0.25), (0.1, -0.35), (-0.3, -0.2), (0.25, -0.15)])
"""Off by 0.32, 0.32, 0.36, 0.36 and 0.29 m: within half a metre, beyond seven centimetres."""


def verified(folder, kinds, off, ids=IDS, rows=slice(None)):
    """CGĐ may be off by 0.5 m, TĐ by 1 cm, all others by 7 cm."""
    path = folder / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\ntolerances:\n  - {id: a, article: A, confidence: sure,\n"
        "     metres_by_scale: {500: 0.07}, by_kind: {CGĐ: {500: 0.5}, TĐ: {500: 0.01}}}\n",
        encoding="utf-8",
    )
    design = layer("markers", [
        {"marker_id": name, "marker_kind": kind, "geometry": shapely.Point(x, y)}
        for name, kind, x, y in zip(IDS, kinds, E, N, strict=True)
    ], crs="EPSG:9216")  # fmt: skip
    moved = np.zeros((len(ids), 2))
    moved[: len(off)] = off
    e, n = E[rows] + moved[:, 0], N[rows] + moved[:, 1]
    return verify_markers(design, points("surveys", ids, e, n, accuracy_m=0.01),
                          rules=load_tolerance_rules(path))  # fmt: skip


@pytest.mark.parametrize("kinds", [["CGĐ"] * 5 + ["RG"] * 3, ["CGĐ"] * 8])
def test_markers_within_their_own_tolerance_do_not_accuse_the_set(tmp_path, kinds):
    report = verified(tmp_path, kinds, SPREAD)
    assert report.diagnosis.cause is MarkerCause.NONE
    assert set(report.findings.verdict) == {"ok"}


def test_a_shift_within_the_tolerance_of_all_is_none(tmp_path):
    # 0.2 east and 0.1 north are 0.224 m, under half a metre.
    report = verified(tmp_path, ["CGĐ"] * 8, [(0.2, 0.1)] * 8)
    assert report.diagnosis.cause is MarkerCause.NONE
    assert set(report.findings.verdict) == {"ok"}
    # Of markers of the common table the same shift is one.
    report = verified(tmp_path, ["RG"] * 8, [(0.2, 0.1)] * 8)
    assert report.diagnosis.cause is MarkerCause.CONSTANT_SHIFT


def test_beyond_their_own_tolerance_they_do(tmp_path):
    report = verified(tmp_path, ["CGĐ"] * 8, [(3.0, -4.0)] * 8)
    assert report.diagnosis.cause is MarkerCause.CONSTANT_SHIFT
    assert set(report.findings.verdict) == {"undecided"}


def test_repeats_are_held_to_the_tolerance_of_their_own_kind(tmp_path):
    # Two readings each: of a CGĐ 30 cm apart (under 50), of a TĐ 5 cm (over 1), of an RG 5 cm.
    twice = [0, 1, 2]
    kinds = ["CGĐ", "TĐ", "RG", *["RG"] * 5]
    rows = [*twice, *range(8)]
    off = [(0.3, 0.0), (0.05, 0.0), (0.05, 0.0)]
    found = verified(tmp_path, kinds, off, ids=[IDS[row] for row in rows], rows=rows).findings
    assert found.verdict.tolist() == ["ok", "duplicate", "ok", *["ok"] * 5]
    assert found.distance_m[:1].tolist() == pytest.approx([0.15], abs=1e-6)
