"""Which commune, or old district, each cluster lies in, and whether two lie in the same.

A commune is the place in force on the day that holds most of the cluster; where no place does,
the name the cluster bears.  An old district (before July 2025) is named in a further column of
the cluster, else of the old commune that holds it.  What nobody said stays unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold

LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
"""Districts were abolished on 1 July 2025 (Decree 139/2025/NĐ-CP moves their duties)."""

_MORE_THAN_A_CORNER = 0.01
_KINDS = {
    "xã": "commune", "phường": "ward", "thị trấn": "town", "đặc khu": "zone", "huyện": "district",
    "h.": "district", "quận": "urban", "q.": "urban", "thị xã": "township", "tx": "township",
    "tx.": "township", "thành phố": "city", "tp": "city", "tp.": "city",
}  # fmt: skip
_PREFIX = re.compile(
    rf"(?P<kind>{'|'.join(re.escape(word) for word in sorted(_KINDS, key=len, reverse=True))})"
    r"(?:\s+|(?<=\.))(?P<name>.+)"
)


class Membership(StrEnum):
    """Whether a cluster lies in the unit of another."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The unit of one cluster; ``name`` None: not known.

    ``place_id`` where a place of the store is it.  ``several``: more than 1 % of the cluster
    lies in another one.  ``ended``: the name is that of a unit that had ended.
    """

    name: str | None = None
    place_id: str | None = None
    province: str | None = None
    several: bool = False
    ended: bool = False


def communes_of(clusters: gpd.GeoDataFrame, places: Sequence[Layer], as_of: date) -> list[Unit]:
    """The commune of each cluster on ``as_of``; all in one projected CRS, metres."""
    held = _held(clusters, _communes(places, as_of))
    names = _known_names(places)
    today = {name for name, holds in names if holds(as_of)}
    past = {name for name, holds in names if not holds(as_of)} - today
    found = []
    for row, place in zip(clusters.to_dict("records"), held, strict=True):
        name, province = _said(row.get("commune")), _said(row.get("province"))
        if place is not None:
            found.append(
                Unit(name=place["name"] or place["place_id"], place_id=place["place_id"],
                     province=province, several=place["several"])
            )  # fmt: skip
        elif name is not None and _plain(name) in past:
            found.append(Unit(province=province, ended=True))
        else:
            found.append(Unit(name=name, province=province))
    return found


def districts_of(
    clusters: gpd.GeoDataFrame, places: Sequence[Layer], headers: Sequence[str]
) -> list[Unit]:
    """The old district of each cluster, from a column under any of ``headers``."""
    own = further_column(clusters, headers)
    held = _held(clusters, _communes(places, LAST_DAY_OF_DISTRICTS, headers))
    found = []
    for row, place in zip(clusters.to_dict("records"), held, strict=True):
        name = None if own is None else _said(row.get(own))
        of_place = None if place is None else _said(place["district"])
        found.append(Unit(name=name or of_place, province=_said(row.get("province"))))
    return found


def membership(one: Unit, other: Unit) -> Membership:
    """Whether both are the same unit; UNKNOWN where nobody can tell.

    Names are compared with their accents, without regard to case; ``thành phố X`` is not
    ``huyện X``.  One name in two provinces may be two units, or one province under two names.
    """
    if one.name is None or other.name is None:
        return Membership.UNKNOWN
    if one.place_id is not None and other.place_id is not None:
        return Membership.IN if one.place_id == other.place_id else Membership.OUT
    if (one.place_id is None) != (other.place_id is None) and not _same(one.name, other.name):
        return Membership.UNKNOWN
    if not _same(one.name, other.name):
        return Membership.OUT
    named = one.province is not None and other.province is not None
    if named and not _same(str(one.province), str(other.province)):
        return Membership.UNKNOWN
    return Membership.IN


def further_column(frame: pd.DataFrame, headers: Sequence[str]) -> str | None:
    """The column of a frame under one of the headers, letter case and accents apart."""
    folded = {fold(str(name).replace("_", " ")): str(name) for name in frame.columns}
    for header in headers:
        name = folded.get(fold(header.replace("_", " ")))
        if name is not None:
            return name
    return None


def _said(value: Any) -> str | None:
    return None if pd.isna(value) or not str(value).strip() else str(value).strip()


def _split(name: str) -> tuple[str | None, str]:
    """What kind of unit a name speaks of, None where it does not say, and the name alone."""
    plain = _plain(name)
    found = _PREFIX.fullmatch(plain)
    return (None, plain) if found is None else (_KINDS[found["kind"]], found["name"])


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _same(one: str, other: str) -> bool:
    kind, name = _split(one)
    other_kind, other_name = _split(other)
    return name == other_name and (kind is None or other_kind is None or kind == other_kind)


def _communes(
    places: Sequence[Layer], day: date, headers: Sequence[str] = ()
) -> gpd.GeoDataFrame | None:
    frames = []
    for layer in places:
        rows = layer.shapes[layer.in_force(day)]
        rows = rows[rows["level"].eq("commune").to_numpy(dtype=bool)]
        column = further_column(rows, headers)
        district = None if column is None else rows[column]
        frames.append(rows[["place_id", "name", "geometry"]].assign(district=district))
    kept = [frame for frame in frames if len(frame)]
    if not kept:
        return None
    return gpd.GeoDataFrame(pd.concat(kept, ignore_index=True), crs=kept[0].crs)


def _known_names(places: Sequence[Layer]) -> list[tuple[str, Any]]:
    """Each commune's name, and a question whether it holds on a day."""
    rows = [
        row
        for layer in places
        for row in layer.frame[layer.frame["level"].eq("commune").to_numpy(dtype=bool)].to_dict(
            "records"
        )
    ]
    return [
        (_plain(str(row["name"])), _holder(row["valid_from"], row["valid_to"]))
        for row in rows
        if _said(row["name"]) is not None
    ]


def _holder(start: Any, end: Any) -> Any:
    def holds(day: date) -> bool:
        moment = pd.Timestamp(day)
        return not (start > moment) and not (end < moment)

    return holds


def _held(
    clusters: gpd.GeoDataFrame, communes: gpd.GeoDataFrame | None
) -> list[dict[str, Any] | None]:
    """The commune that holds most of each cluster; None where none holds any of it."""
    none: list[dict[str, Any] | None] = [None] * len(clusters)
    if communes is None:
        return none
    shapes = np.asarray(clusters.geometry.array, dtype=object)
    which, where = communes.sindex.query(shapes, predicate="intersects")
    grounds = np.asarray(communes.geometry.array, dtype=object)
    areas = shapely.area(shapely.intersection(shapes[which], grounds[where]))
    rows = communes.drop(columns="geometry").to_dict("records")
    for place in range(len(clusters)):
        mine = which == place
        if not (areas[mine] > 0).any():
            continue
        best = where[mine][int(np.argmax(areas[mine]))]
        large = areas[mine] > _MORE_THAN_A_CORNER * shapely.area(shapes[place])
        cells = {str(name): cell for name, cell in rows[best].items()}
        none[place] = {name: _said(cell) for name, cell in cells.items()} | {
            "several": int(large.sum()) > 1
        }
    return none
