"""The ground of a plan: from the option, the sidecar, or the layer ``ground`` of the same file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import shapely

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import transform_geometries
from gisclusters.layers.layer import WHOLE_COUNTRY, ZONES_ONLY, Ground, Layer
from gisclusters.readers.files import sniff
from gisclusters.readers.vector import read_vector
from gisclusters.readers.vector_files import GROUND_LAYER, VECTOR_FORMS, has_layer


def read_ground(
    path: Path, form: str, said: object, *, crs: str, places: Sequence[Layer] = ()
) -> Ground:
    """What the plan in ``path`` speaks about, its area in ``crs``.

    ``said`` is the option or the sidecar's value: ``all``, ``zones``, a file, a list of place
    ids (comma-separated text or a YAML list).  Nothing said: the layer ``ground`` of the
    same GeoPackage, else its own zones.  Raises InputRefusedError (``ground_unknown``).
    """
    if said is None:
        if form == "gpkg" and has_layer(path, form, GROUND_LAYER):
            return _area(path, form, GROUND_LAYER, crs)
        return ZONES_ONLY
    if said == "all":
        return WHOLE_COUNTRY
    if said == "zones":
        return ZONES_ONLY
    if isinstance(said, str):
        for candidate in (Path(said), path.parent / said):
            if candidate.is_file():
                return _area(candidate, sniff(candidate), None, crs)
        names = [part.strip() for part in said.split(",")]
    else:
        names = [str(part).strip() for part in said] if isinstance(said, list) else []
    if not names:
        raise InputRefusedError([error("ground_unknown", layer=path.name, value=said)])
    return _of_places(path.name, names, places, crs)


def _of_places(name: str, place_ids: Sequence[str], places: Sequence[Layer], crs: str) -> Ground:
    areas: list[shapely.Geometry] = []
    found: set[str] = set()
    for layer in places:
        chosen = layer.shapes[layer.frame["place_id"].isin(place_ids)]
        if len(chosen) and layer.crs is not None:
            found |= set(chosen["place_id"])
            areas += transform_geometries(chosen.geometry.to_numpy(), layer.crs, crs).tolist()
    if missing := sorted(set(place_ids) - found):
        raise InputRefusedError([error("ground_unknown", layer=name, value=", ".join(missing))])
    return Ground("area", shapely.union_all(areas))


def _area(path: Path, form: str, layer: str | None, crs: str) -> Ground:
    if form not in VECTOR_FORMS:
        raise InputRefusedError([error("ground_invalid", layer=path.name)])
    rows = read_vector(path, form, layer, None)
    if "geometry" not in rows.frame:
        raise InputRefusedError([error("ground_invalid", layer=path.name)])
    shapes = rows.frame["geometry"].to_numpy(dtype=object)
    bad = [place for place, shape in enumerate(shapes, 1)
           if shape is None or shapely.is_empty(shape) or not shapely.is_valid(shape)
           or shapely.get_dimensions(shape) != 2]  # fmt: skip
    if bad or not len(shapes):
        raise InputRefusedError(
            [error("ground_invalid", layer=f"{path.name}:{layer or ''}", row=place)
             for place in bad or [1]]
        )  # fmt: skip
    area = shapely.union_all(shapely.force_2d(shapes))
    source = rows.crs or crs
    return Ground("area", transform_geometries([area], source, crs)[0])
