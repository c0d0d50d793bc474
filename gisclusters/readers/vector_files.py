"""Vector files made ready to be read: looked through, opened by their one driver, their layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.files import parsing
from gisclusters.readers.frames import read_content
from gisclusters.readers.gdal import DRIVERS, Opened, opened
from gisclusters.readers.geopackage import real_tables
from gisclusters.scratch import scratch_folder

if TYPE_CHECKING:
    from gisclusters.readers.geojson import GeoJson
    from gisclusters.readers.shapefile import Parts

Box = tuple[float, float, float, float]
"""West, south, east, north in the CRS of the file."""

GROUND_LAYER = "ground"
VECTOR_FORMS = frozenset({*DRIVERS, "parquet"} - {"topojson"})
MAPINFO_FORMS = {"mapinfo", "mif"}
PARTED_FORMS = frozenset({"gpkg", "shapefile", "geojson", "flatgeobuf"})
"""Forms that can be read part by part."""
_REWRITTEN = {"geojson", "shapefile", "dbf", "kml", *MAPINFO_FORMS}
"""Forms of which GDAL may be given a copy or an index that we write."""
PROMISED = {"kml", "gpx"}
"""Formats for which GDAL makes every column of the standard, filled or not: a `Name` without
names would stand for the name that another column holds."""
_DERIVED = {"gpx": ("route_points", "track_points")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A file looked through and open, with what was found on the way."""

    opened: Opened
    rows: NDArray[np.int64] | None = None
    json: GeoJson | None = None
    parts: Parts | None = None
    tables: frozenset[str] | None = None
    bounds: Box | None = None
    sample: NDArray[np.object_] | None = None


def layer_names(path: Path, form: str) -> list[str]:
    """The layers of a file that can be read.  Raises InputRefusedError (``file_damaged``)."""
    return [name for name, _ in layers_of(path, form)]


def layers_of(path: Path, form: str) -> list[tuple[str, bool]]:
    """The layers of a file, each with whether it has shapes.

    Views of a GeoPackage and empty folders of a KML or GPX are none.
    """
    if not is_layered(form):
        return [(path.stem, True)]
    with ready_file(path, form) as ready:
        found = ready.opened.layers()
        if form in PROMISED:
            found = [each for each in found if _has_rows(ready.opened, each[0])]
        return [
            (name, kind is not None) for name, kind in found
            if ready.tables is None or name.casefold() in ready.tables
        ]  # fmt: skip


def has_layer(path: Path, form: str, name: str) -> bool:
    """Whether a file has a layer of exactly this name; of a GeoPackage its tables are asked first.

    Raises InputRefusedError as ``layers_of`` does.
    """
    if form == "gpkg":
        with parsing(path.name):
            if name.casefold() not in real_tables(path):
                return False
    return name in layer_names(path, form)


def is_layered(form: str) -> bool:
    """Whether files of a form hold layers that are known by name."""
    return form != "parquet" and DRIVERS[form].layered


def choose_layer(
    path: Path, form: str, kind: Kind, wanted: str | None,
    found: Sequence[tuple[str, bool]] | None = None,
) -> str | None:  # fmt: skip
    """The layer to read: the one named, the kind's own name, or the only one that can serve.

    A kind with shapes passes over tables.  Of a GPX the waypoints serve points.  ``found`` are
    the ``layers_of`` the file, where they are known already.  Raises
    InputRefusedError (``layer_missing``, ``layer_choice``, ``no_layers``).
    """
    if not is_layered(form):
        return None
    found = layers_of(path, form) if found is None else found
    names = [name for name, _ in found]
    if wanted is not None:
        if wanted not in names:
            raise InputRefusedError(
                [error("layer_missing", layer=path.name, value=wanted, known=", ".join(names))]
            )
        return wanted
    choices = [name for name in names
               if fold(name) != GROUND_LAYER and name not in _DERIVED.get(form, ())]  # fmt: skip
    shaped = [name for name, shapes in found if shapes and name in choices]
    if kind.shape != "none" and shaped:
        choices = shaped
    own = [name for name in choices if fold(name) == kind.name
           or (form == "gpx" and kind.shape == "point" and name == "waypoints")]  # fmt: skip
    if len(own) == 1:
        return own[0]
    if not choices:
        unread = kml_left_out(path) if form == "kml" else []
        raise InputRefusedError([error("no_layers", layer=path.name), *unread])
    if len(choices) > 1:
        raise InputRefusedError([error("layer_choice", layer=path.name, known=", ".join(choices))])
    return choices[0]


@contextmanager
def ready_file(path: Path, form: str) -> Iterator[Ready]:
    """The file looked through by us, then open by its one driver."""
    if form == "gpkg":
        with parsing(path.name):
            tables = frozenset(real_tables(path))
        with opened(path, form) as ready:
            yield Ready(opened=ready, tables=tables)
        return
    if form not in _REWRITTEN:
        with opened(path, form) as ready:
            yield Ready(opened=ready)
        return
    with scratch_folder() as folder:
        if form == "geojson":
            from gisclusters.readers.geojson import (  # noqa: PLC0415 - this form only
                read_geojson,
                write_plainly,
            )

            found = read_geojson(path)
            source = path
            if not found.direct:
                source = folder / "features.geojson"
                write_plainly(path, found, source)
            with opened(source, found.form, name=path.name) as ready:
                rows = found.rows if found.form == form else None
                yield Ready(opened=ready, json=found, rows=rows)
        elif form in MAPINFO_FORMS:
            from gisclusters.readers.mapinfo import parts_of, raw_copy  # noqa: PLC0415 - this form only

            copy = raw_copy(path, form, folder)
            with opened(copy, form, parts_of(path, form), name=path.name) as ready:
                yield Ready(opened=ready)
        elif form == "kml":
            from gisclusters.readers.kml import features_alone  # noqa: PLC0415 - this form only

            with opened(features_alone(path, folder), form, name=path.name) as ready:
                yield Ready(opened=ready)
        else:
            from gisclusters.readers.shapefile import (  # noqa: PLC0415 - these forms only
                check_shapefile,
                check_table,
            )

            with parsing(path.name):
                parts = check_shapefile(path) if form == "shapefile" else check_table(path)
            others = {end: part for end, part in parts.others.items() if end != ".shp"}
            if parts.index is not None:
                others[".shx"] = folder / "index.shx"
                others[".shx"].write_bytes(parts.index)
            main = parts.others.get(".shp", path)
            with opened(main, form, others, name=path.name) as ready:
                yield Ready(opened=ready, parts=parts, rows=parts.rows)


def kml_left_out(path: Path) -> list[Issue]:
    """What a KML holds that is not read."""
    from gisclusters.readers.kml import unread_of_kml  # noqa: PLC0415 - this form only

    return unread_of_kml(path)


def _has_rows(ready: Opened, layer: str) -> bool:
    return len(read_content(ready, layer).table) > 0
