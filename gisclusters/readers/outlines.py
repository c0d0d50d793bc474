"""Vertices of a table to outlines: which rows make a ring, which rings make one feature.

An id column goes first; then titles between the rows (``CCN Sa Bình``, ``Khu A``).  Within
them a ring ends where its first point comes again, where the numbers of the points begin
anew (A1 … A5, C1 …), or at an empty row that nothing bridges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import Kind
from gisclusters.layers.values import fold
from gisclusters.readers.areas_said import declared_areas
from gisclusters.readers.body import side_column
from gisclusters.readers.coordinates import Points
from gisclusters.readers.declared import Declared, check_area, planar
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.rings import Ring, split_rings
from gisclusters.readers.sides import check_sides, given_sides
from gisclusters.readers.spellings import one_spelling
from gisclusters.readers.table import Table
from gisclusters.readers.vertex_order import propose_order

_RING = frozenset({"ring", "vong", "thua", "khu", "part"})
_NAMES = (
    "ten diem", "so hieu diem", "diem", "ten moc", "so hieu moc", "so hieu", "ky hieu diem",
    "ma diem", "dinh", "goc", "diem goc", "moc", "point", "point id", "stt", "tt", "so tt", "no",
)  # fmt: skip
_NUMBERS = ("sheet_no", "parcel_no")
"""What tells parcels apart where they have no id: the sheet, if given, and the number on it."""


@dataclass(slots=True)
class Outlines:
    """Features of a table with their rings, the issues, and the areas that were declared."""

    frame: pd.DataFrame
    issues: list[Issue]
    rings: list[Ring] = field(default_factory=list)
    declared_m2: float | None = None
    computed_m2: float = 0.0


def rings_frame(
    kind: Kind, points: Points, mapping: dict[str, str], table: Table, layer: str, *,
    accuracy_m: float, accept_repairs: bool = False,
) -> Outlines:  # fmt: skip
    """One row an outline; closing repeats are dropped and said.

    Declared areas and sides are compared with the coordinates.  Vertices that cross in the
    order of the rows and not in another are an error that names that order
    (``vertices_unordered``), applied only with ``accept_repairs``.  Raises
    InputRefusedError (``coordinates_missing``, ``too_few_vertices``).
    """
    rows = points.frame["source_row"].to_numpy()
    if missing := np.flatnonzero(np.isnan(points.x)).tolist():
        raise InputRefusedError(
            [error("coordinates_missing", layer=layer, row=int(rows[place]),
                   field=" ".join(sorted(points.headers))) for place in missing]
        )  # fmt: skip
    frame = points.frame.drop(columns=list(points.headers))
    headers = [str(name) for name in frame.columns]
    names = point_names(points.frame, headers)
    usable = [header for header in headers if fold(header) not in _NAMES]
    taken, issues = match_columns(kind, usable, mapping)
    issues = [*points.issues, *issues]
    taken = {
        header: name for header, name in taken.items()
        if not (name.endswith("area_m2") or name == "accuracy_m")
    }  # fmt: skip
    frame = frame.rename(columns=taken).replace("", None)
    for name in (name for name in (kind.id_field, "name") if name in frame):
        frame[name], doubts = one_spelling(frame[name], frame["source_row"], name, layer)
        issues += doubts
    keys, parts, titled = _keys(frame, kind, points, table)
    rings: list[Ring] = []
    of_feature: dict[str, list[Ring]] = {}
    for (key, _), places in _groups(keys, parts):
        found, said = split_rings(points, places, names[places], layer)
        issues += said
        for ring in found:
            issues += _settle(ring, points, names, layer, accept_repairs=accept_repairs)
        rings += found
        of_feature.setdefault(key, []).extend(found)
    built, doubts = _built(frame, of_feature, kind, layer, titled=titled)
    issues += doubts
    if titled:
        issues.append(info("outlines_by_title", layer=layer, count=len(built),
                           names=", ".join(filter(None, of_feature))))  # fmt: skip
        issues += _told_if_inside(built, kind, layer)
    sides = given_sides(table, points)
    if sides is not None:
        issues += check_sides(points, sides, [ring.order for ring in rings], layer)
    aside = {headers[c] for c in (side_column(table),) if c is not None and c < len(headers)}
    left = [c for c in headers if c not in taken and c != "source_row" and c not in built
            and c not in aside]  # fmt: skip
    if left:
        issues.append(info("columns_left_out", layer=layer, columns=", ".join(left)))
    out = Outlines(built, issues, rings)
    _compare_areas(out, kind, of_feature, points, table, layer, accuracy_m)
    return out


def point_names(frame: pd.DataFrame, headers: Sequence[str]) -> NDArray[np.object_]:
    """What each row calls its point; empty text where no column does."""
    by_fold = {fold(header): header for header in reversed(headers)}
    found = next((by_fold[name] for name in _NAMES if name in by_fold), None)
    if found is None:
        found = next((header for header in headers if header.startswith("column ")), None)
    cells = [""] * len(frame) if found is None else frame[found].astype(str).tolist()
    return np.array(cells, dtype=object)


def _keys(
    frame: pd.DataFrame, kind: Kind, points: Points, table: Table
) -> tuple[NDArray[np.object_], NDArray[np.object_], bool]:
    """For each vertex its feature and the part of it, and whether titles name the features.

    A cluster named above the header owns the rows before the first title.
    """
    ring = next((name for name in frame.columns if fold(str(name)) in _RING), None)
    parts = _carried(frame[ring]) if ring is not None else np.full(len(frame), "", dtype=object)
    titles = sorted(points.body.titles)
    at = np.searchsorted(titles, points.places) - 1
    section = np.array([f"{k}" if k >= 0 else "" for k in at], dtype=object)
    for naming in ((kind.id_field,), _NUMBERS):
        named_by = [name for name in naming if name in frame and frame[name].notna().any()]
        if naming[-1] in named_by:
            keys = np.array(["/".join(each) for each in
                             zip(*(_carried(frame[name]) for name in named_by), strict=True)],
                            dtype=object)  # fmt: skip
            return keys, parts + "\x1f" + section, False
    head = next((line for line in reversed(table.titles) if _is_major(line)), "")
    named = [head, *(points.body.titles[place] for place in titles)]
    major = [name if _is_major(name) else None for name in named]
    if any(major) and not all(major):  # khu of a cluster: parts of the title above them
        last: str | None = None
        for k, name in enumerate(major):
            last = name or last
            named[k] = last or named[k]
    keys = np.array([named[k + 1] for k in at], dtype=object)
    if len(dict.fromkeys(keys)) < 2:
        return np.full(len(frame), "", dtype=object), parts + "\x1f" + section, False
    return keys, parts + "\x1f" + section, True


def _is_major(title: str) -> bool:
    words = fold(title).split()
    return bool({"ccn", "cum"} & set(words[:3]))


def _carried(column: pd.Series[Any]) -> NDArray[np.object_]:
    """A column in which an empty cell means what stands above it."""
    return column.ffill().fillna("").astype(str).to_numpy(dtype=object)


def _groups(
    keys: NDArray[np.object_], parts: NDArray[np.object_]
) -> Iterable[tuple[tuple[str, str], NDArray[np.intp]]]:
    """Vertices by feature and part, in the order in which these come first."""
    pairs = pd.MultiIndex.from_arrays([keys, parts])
    codes, found = pd.factorize(pairs)
    order = np.argsort(codes, kind="stable")
    blocks = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    return (((str(key), str(part)), block)
            for (key, part), block in zip(found, blocks, strict=True))  # fmt: skip


def _settle(
    ring: Ring, points: Points, names: NDArray[np.object_], layer: str, *, accept_repairs: bool
) -> list[Issue]:
    """Close the ring: drop the repeat and see whether its vertices stand in order."""
    rows = points.frame["source_row"].to_numpy()
    issues = []
    if ring.closed:
        issues.append(info("closing_row", layer=layer, row=int(rows[ring.places[-1]])))
    order = ring.places[:-1] if ring.closed else ring.places
    if len(order) < 3:
        raise InputRefusedError(
            [error("too_few_vertices", layer=layer, count=len(order), row=int(rows[order[0]]))]
        )
    xy = np.column_stack((points.x[order], points.y[order]))
    proposal = propose_order(xy, names[order].tolist())
    if proposal is not None:
        order, xy = order[proposal.places], xy[proposal.places]
        called = [str(names[place] or rows[place]) for place in order]
        told = warning if accept_repairs else error
        code = "vertices_reordered" if accept_repairs else "vertices_unordered"
        issues.append(
            told(code, layer=layer, row=int(rows[ring.places[0]]), value=proposal.evidence,
                 order=" ".join(called), area=float(shapely.area(shapely.Polygon(xy))))
        )  # fmt: skip
    ring.order = order
    ring.shape = shapely.Polygon(xy)
    return issues


def _built(
    frame: pd.DataFrame, of_feature: dict[str, list[Ring]], kind: Kind, layer: str, *, titled: bool
) -> tuple[pd.DataFrame, list[Issue]]:
    """One row a feature: what its vertices say of it, its title where it has one, its shape."""
    feature = np.empty(len(frame), dtype=np.intp)
    for k, members in enumerate(of_feature.values()):
        for ring in members:
            feature[ring.places] = k
    built, doubts = _said_of_outlines(frame, feature, kind, layer)
    if titled:
        built[kind.id_field] = [name or PurePath(layer).stem for name in of_feature]
        if "name" in kind.names and "name" not in built:
            built["name"] = [name or None for name in of_feature]
    shapes = [_with_holes([ring.shape for ring in members]) for members in of_feature.values()]
    built["geometry"] = pd.Series(shapes, index=built.index, dtype=object)
    return built, doubts


def _told_if_inside(built: pd.DataFrame, kind: Kind, layer: str) -> list[Issue]:
    """A warning for each outline that lies inside another: its title may mean a hole."""
    shapes = built["geometry"].to_numpy(dtype=object)
    inner, outer = shapely.STRtree(shapes).query(shapes, predicate="within")
    names = built[kind.id_field].to_numpy(dtype=object)
    return [
        warning("outline_in_outline", layer=layer, row=int(built["source_row"].iloc[one]),
                value=names[one], other=names[other])
        for one, other in zip(inner, outer, strict=True) if one != other
    ]  # fmt: skip


def _said_of_outlines(
    vertices: pd.DataFrame, feature: NDArray[np.intp], kind: Kind, layer: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """What the vertices of each outline say of it: a column that says one thing alone.

    A field that varies from vertex to vertex belongs to the vertices; it stays empty and
    that is said.  Columns that say one thing of no outline are left out.
    """
    rows = vertices["source_row"].groupby(feature).min()
    said: dict[str, pd.Series[Any]] = {"source_row": rows}
    doubts: list[Issue] = []
    for name in (str(column) for column in vertices.columns if column != "source_row"):
        column = vertices[name]
        groups = column.groupby(feature)
        several = groups.nunique()
        if (several == 1).any():
            said[name] = groups.first().where(several == 1, None)
        for place in np.flatnonzero(several > 1) if name in kind.names else ():
            values = column[feature == place].dropna().unique()[:3]
            doubts.append(
                warning("field_varies", layer=layer, row=int(rows.iloc[place]), field=name,
                        value=", ".join(map(str, values)))
            )  # fmt: skip
    return pd.DataFrame(said), doubts


def _with_holes(rings: Sequence[shapely.Polygon]) -> shapely.Geometry:
    """The ground that several rings bound: a ring inside another is a hole in it, and so on."""
    if len(rings) == 1:
        return rings[0]
    if not _nested(rings):  # GEOS says what is wrong with them, by row
        return shapely.MultiPolygon(list(rings))
    shape: shapely.Geometry = rings[0]
    for ring in rings[1:]:
        shape = shapely.symmetric_difference(shape, ring)
    return shape


def _nested(rings: Sequence[shapely.Polygon]) -> bool:
    """Whether every ring is sound and lies wholly inside or outside every other."""
    if not all(map(shapely.is_valid, rings)):
        return False
    return not any(
        shapely.overlaps(one, two) or shapely.equals(one, two)
        for place, one in enumerate(rings) for two in rings[:place]
    )  # fmt: skip


def _compare_areas(
    out: Outlines, kind: Kind, of_feature: dict[str, list[Ring]], points: Points, table: Table,
    layer: str, accuracy_m: float,
) -> None:  # fmt: skip
    """Hold every declared area against its own ring, its feature or the whole table."""
    total, by_ring = declared_areas(out.rings, points, table)
    shapes = dict(zip(of_feature, out.frame["geometry"], strict=True))
    checked: list[tuple[Declared, shapely.Geometry, str | None]] = []
    sums: list[float] = []
    registered: list[float | None] = []
    for name, members in of_feature.items():
        said = [by_ring[id(ring)] for ring in members if id(ring) in by_ring]
        whole = float(shapely.area(planar(shapes[name], lonlat=points.lonlat)))
        if len(said) == 1:
            checked.append((said[0], shapes[name], name or None))
            registered.append(said[0].nearest(whole)[0])
        elif said:
            pairs = [(by_ring[id(ring)], ring) for ring in members if id(ring) in by_ring]
            checked += [(each, ring.shape, name or None) for each, ring in pairs]
            near = [each.nearest(float(shapely.area(planar(ring.shape, lonlat=points.lonlat))))[0]
                    for each, ring in pairs]  # fmt: skip
            registered.append(sum(near) if len(said) == len(members) else None)
        else:
            registered.append(None)
        sums.append(whole)
    out.computed_m2 = sum(sums)
    if total is not None:
        everything = shapely.geometrycollections([shapes[name] for name in of_feature])
        if len(of_feature) == 1:
            everything = next(iter(shapes.values()))
            if registered[0] is None:
                registered[0] = total.nearest(out.computed_m2)[0]
        checked.append((total, everything, None))
        out.declared_m2 = total.nearest(out.computed_m2)[0]
    elif registered and all(value is not None for value in registered):
        out.declared_m2 = float(sum(value for value in registered if value is not None))
    for declared, shape, whose in checked:
        out.issues += check_area(declared, shape, lonlat=points.lonlat, accuracy_m=accuracy_m,
                                 layer=layer, name=whose)  # fmt: skip
    if "registered_area_m2" in kind.names and "registered_area_m2" not in out.frame:
        out.frame["registered_area_m2"] = pd.Series(registered, dtype=object)
