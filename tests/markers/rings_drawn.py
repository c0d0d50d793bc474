"""Rings drawn by hand in two zones, and what a verification says of them."""

import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.run import RuleSet
from gisclusters.domain.verdicts import Certainty, MarkerCause
from gisclusters.markers import Diagnosis, MarkerReport
from tests.scenes import layer

ORIGIN = {"EPSG:9216": (552_000.0, 1_587_000.0), "EPSG:9210": (570_000.0, 1_221_000.0)}
RECTANGLE = {"RG-1": (0, 0), "RG-2": (40, 0), "RG-3": (40, 30), "RG-4": (0, 30)}


def at(crs, e, n):
    """Metres from the origin of the scene as coordinates."""
    return ORIGIN[crs][0] + e, ORIGIN[crs][1] + n


def shape(crs, *corners):
    return shapely.Polygon([at(crs, e, n) for e, n in corners])


def markers(corners, crs="EPSG:9216", accuracy_m=0.01, **columns):
    """A design of markers by id; ``columns`` are lists, one value a marker."""
    rows = [
        {"marker_id": name, "accuracy_m": accuracy_m, "geometry": shapely.Point(at(crs, *place))}
        | {key: values[k] for key, values in columns.items()}
        for k, (name, place) in enumerate(corners.items())
    ]
    return layer("markers", rows, crs=crs)


def verified(
    design, moved=None, missing=(), duplicate=(), accuracy_m=0.02, tolerance_m=0.07,
    cause=MarkerCause.NONE, clean=np.asarray, **diagnosis,
):  # fmt: skip
    """A verification in which every marker stands but those that ``moved`` by (east, north)."""
    ids = design.frame["marker_id"]
    away = dict.fromkeys(ids, (0.0, 0.0)) | (moved or {})
    findings = pd.DataFrame({
        "marker_id": ids.to_numpy(),
        "verdict": ["missing" if name in missing else "duplicate" if name in duplicate
                    else "moved" if any(away[name]) else "ok" for name in ids],
        "de_m": [np.nan if name in missing else away[name][0] for name in ids],
        "dn_m": [np.nan if name in missing else away[name][1] for name in ids],
        "accuracy_m": [np.nan if name in missing else accuracy_m for name in ids],
    })  # fmt: skip
    planned = shapely.get_coordinates(design.shapes.geometry.to_numpy())
    corrected = clean(planned @ [1, 1j] + (findings["de_m"] + 1j * findings["dn_m"]).to_numpy())
    findings["corrected_e_m"], findings["corrected_n_m"] = corrected.real, corrected.imag
    # What nobody planned stands at the end.
    findings.loc[len(findings)] = ["X-1", "extra", np.nan, np.nan, accuracy_m, np.nan, np.nan]
    return MarkerReport(
        findings=findings, diagnosis=Diagnosis(
            cause=cause, certainty=Certainty.CERTAIN, **diagnosis
        ), issues=(), tolerance={"value_m": tolerance_m, "source": "option"},
        rules=RuleSet(name="x", version="1", sha256="0"),
    )  # fmt: skip
