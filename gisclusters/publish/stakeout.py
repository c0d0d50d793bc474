"""Markers as files to set them out by: the extension chooses the form.

A file is written beside its name and moved into place when it is whole; none is overwritten
unasked.  ``targets`` is what every form is made of; longitudes and latitudes come through
``geometry/crs.to_wgs84`` alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gisclusters.geometry.crs import to_wgs84
from gisclusters.layers.heights import height_column, heights_m
from gisclusters.layers.layer import Layer
from gisclusters.publish.drafts import check_place, draft_of
from gisclusters.publish.stakeout_text import CONTROLLERS, csv_text, gpx_text, kml_text
from gisclusters.words import Lang

FORMATS = (".csv", ".dxf", ".gpx", ".kml", ".gpkg")
MAKERS = tuple(CONTROLLERS)
OWN = ("name", "marker_id", "cluster_id", "marker_kind", "ring", "order", "easting_m",
       "northing_m", "height_m", "lon", "lat")  # fmt: skip
"""The columns of the targets, before those that the design holds besides."""


def targets(markers: Layer, names: list[str]) -> pd.DataFrame:
    """One row a marker: ``name`` as written in files, where it is to stand, what it is.

    ``height_m`` is read from the column of the design that says one, NaN without.  Columns that
    came besides follow.  The layer is in metres.
    """
    frame = markers.shapes
    shapes = frame.geometry.to_numpy()
    east, north = shapely.get_x(shapes), shapely.get_y(shapes)
    lon, lat = to_wgs84(east, north, markers.crs)
    height, heights = height_column(frame), np.full(len(frame), np.nan)
    if height is not None:
        heights = heights_m(frame[height])[0].to_numpy(dtype="float64")
    found = pd.DataFrame({
        "name": names, "marker_id": frame["marker_id"].to_numpy(),
        "cluster_id": frame["cluster_id"].to_numpy(),
        "marker_kind": frame["marker_kind"].to_numpy(),
        "ring": frame["ring"].array, "order": frame["order"].array,
        "easting_m": east, "northing_m": north, "height_m": heights,
        "lon": np.asarray(lon), "lat": np.asarray(lat),
    })  # fmt: skip
    known = {*OWN, *markers.kind.names, "geometry", "source_row", "accuracy_source", height}
    beside = [name for name in frame.columns if name not in known and frame[name].notna().any()]
    for name in beside:
        found[str(name)] = frame[name].to_numpy()
    return found


def check_stakeout(path: Path, *, force: bool) -> None:
    """Refuse an output before any work, as ``check_place`` does."""
    check_place(path, FORMATS, force=force)


def write_stakeout(
    points: pd.DataFrame, crs: str, path: Path, lang: Lang, *, maker: str, force: bool
) -> None:
    """Write targets in ``crs`` to ``path``; ``maker`` is the order and separator of a CSV.

    Raises UsageError and UnavailableError as :func:`check_stakeout` does.
    """
    check_stakeout(path, force=force)
    suffix = path.suffix.casefold()
    with draft_of(path) as draft:
        if suffix == ".csv":
            encoding = "utf-8-sig" if CONTROLLERS[maker].marked else "utf-8"
            draft.write_text(csv_text(points, maker), encoding=encoding, newline="")
        elif suffix == ".gpx":
            draft.write_text(gpx_text(points), encoding="utf-8")
        elif suffix == ".kml":
            draft.write_text(kml_text(points), encoding="utf-8")
        elif suffix == ".dxf":
            from gisclusters.publish.stakeout_drawing import write_drawing  # noqa: PLC0415 - slow

            write_drawing(points, crs, draft)
        else:
            from gisclusters.publish.stakeout_geopackage import (  # noqa: PLC0415 - slow
                write_field_package,
            )

            write_field_package(points, crs, draft, lang)
