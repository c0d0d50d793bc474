"""The checks every row passes on its way to a layer; every fault is collected, then told once.

Order per row: the id, the fields by type, the shape (there, finite, valid), the place of
the shape in its CRS.  ``check_rows`` is the one gate: what comes out is a Layer, or an
InputRefusedError with every issue.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, error, has_errors, info, warning
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError
from gisclusters.geometry import crs as crs_door
from gisclusters.geometry.plane import Plane, plane_of
from gisclusters.geometry.validity import Repair, find_faults, propose_repairs
from gisclusters.layers.kinds import (
    CATEGORY_WORDS,
    KINDS,
    LEGACY_LAND_CODES,
    Field,
    Kind,
    kind_named,
    land_codes,
)
from gisclusters.layers.layer import (
    DEFAULT_ACCURACY_M,
    MAP_ACCURACY_MM,
    AcceptedRepair,
    Ground,
    Layer,
)
from gisclusters.layers.topology import examine
from gisclusters.layers.values import as_boolean, as_date, as_number, as_text

_EAST_RANGE_M = (166_000.0, 834_000.0)
_NORTH_RANGE_M = (800_000.0, 2_700_000.0)
_LONGEST_ID = 200
_EXAMPLES = 200
"""Issues of one code are named row by row up to this many, then counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the person or the sidecar says of a whole file, for rows that do not say it.

    ``values`` (of the sidecar) fill empty fields (category, plan_id, status, dates …);
    ``option_values`` (of the command) go before what rows say;
    ``accuracy_m`` and ``map_scale`` come from the sidecar, ``option_accuracy_m`` from the
    command; ``stem`` makes ids where the file has none.
    """

    stem: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    option_values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    accuracy_m: float | None = None
    option_accuracy_m: float | None = None
    map_scale: float | None = None


def check_rows(
    kind_name: str,
    rows: pd.DataFrame,
    *,
    crs: str | None,
    source: Source,
    defaults: Defaults,
    issues: tuple[Issue, ...] = (),
    grounds: Mapping[str, Ground] | None = None,
    accept_repairs: bool = False,
) -> Layer:
    """Turn rows as read into a layer, or refuse them all with every fault named.

    ``rows`` has fields by our names (other columns are kept), ``source_row`` counting as the
    user counts (made from 1 where it lacks), and ``geometry`` in ``crs`` (x east) for kinds
    with shapes.  Invalid shapes are refused by row unless ``accept_repairs``; then the
    repair is made and recorded as an issue with both areas and the Hausdorff distance.
    Raises InputRefusedError.
    """
    kind = kind_named(kind_name)
    check = _Check(kind, source, list(issues))
    frame = rows.reset_index(drop=True)
    if "source_row" not in frame:
        frame["source_row"] = np.arange(1, len(frame) + 1)
    check.source_rows = frame["source_row"].to_numpy()
    if not len(frame):
        check.issues.append(error("no_rows", layer=check.layer))
        raise InputRefusedError(check.issues)
    frame = _fill(frame, check, defaults)
    frame = _ids(frame, check, defaults.stem)
    for each in kind.fields:
        frame[each.name] = _typed(frame, each, check)
    _dates_in_order(frame, check)
    if kind.name == "plans":
        frame = _plan_fields(frame, check, defaults.stem)
    if kind.name == "parcels":
        _land_code_column(frame, check, "land_code", words=())
    if kind.shape != "none":
        frame = _shapes(frame, check, crs, accept_repairs=accept_repairs)
        frame = _accuracy(frame, kind, defaults, check)
        frame = _examined(frame, check, accept_repairs=accept_repairs)
    _repeated_ids(frame, check)
    if has_errors(check.issues):
        raise InputRefusedError(check.told())
    return Layer(
        kind_name=kind.name,
        frame=frame,
        crs=crs if kind.shape != "none" else None,
        source=source,
        issues=tuple(check.told()),
        grounds=MappingProxyType(dict(grounds or {})),
        repairs=tuple(check.repairs),
    )


class _Check:
    """The issues gathered so far, and how to place one."""

    def __init__(self, kind: Kind, source: Source, issues: list[Issue]) -> None:
        self.kind = kind
        self.layer = source.name if source.layer is None else f"{source.name}:{source.layer}"
        self.issues = [issue.in_layer(self.layer) for issue in issues]
        self.source_rows: NDArray[Any] = np.empty(0, dtype=int)
        self.ids: NDArray[Any] | None = None
        self.plane = Plane("", None)
        self.received: NDArray[Any] = np.empty(0, dtype=object)
        self.unusable = np.empty(0, dtype=bool)
        self.proposed: dict[int, Any] = {}
        self.repairs: list[AcceptedRepair] = []

    def at(self, make: Any, code: str, position: int, **details: object) -> None:
        """Add an issue of ``make`` (error, warning, info) on the row at ``position``."""
        name = None if self.ids is None else self.ids[position]
        self.issues.append(
            make(code, layer=self.layer, row=int(self.source_rows[position]), id=name, **details)
        )

    def mended(self, repair: Repair, reason: str, place: str) -> None:
        """Record a repair that was accepted and made, with the shape as received."""
        self.repairs.append(
            AcceptedRepair(
                id=None if self.ids is None else self.ids[repair.position],
                row=int(self.source_rows[repair.position]),
                reason=reason,
                place=place,
                crs=self.plane.crs,
                original=shapely.to_wkb(self.received[repair.position]),
                area_before_m2=repair.area_before,
                area_after_m2=repair.area_after,
                hausdorff_m=repair.hausdorff,
            )
        )

    def told(self) -> list[Issue]:
        """The issues, each code row by row up to a limit, then one that counts the rest."""
        counts: dict[tuple[str, str], int] = {}
        kept = []
        for issue in self.issues:
            key = (issue.level, issue.code)
            counts[key] = counts.get(key, 0) + 1
            if counts[key] <= _EXAMPLES:
                kept.append(issue)
        for (level, code), count in counts.items():
            if count > _EXAMPLES:
                kept.append(
                    Issue(
                        level=level,  # type: ignore[arg-type]
                        code="more_of_the_same",
                        layer=self.layer,
                        params=MappingProxyType({"code": code, "count": count - _EXAMPLES}),
                    )
                )
        return kept


def _fill(frame: pd.DataFrame, check: _Check, defaults: Defaults) -> pd.DataFrame:
    """Option before row before sidecar; where they say different things, that is an issue."""
    for values, wins, code in (
        (defaults.values, False, "sidecar_disagrees"),
        (defaults.option_values, True, "option_disagrees"),
    ):
        for name, value in values.items():
            if name not in check.kind.names or value is None:
                continue
            rows = frame[name] if name in frame else pd.Series(None, frame.index, dtype=object)
            filled = rows.notna() & (rows.astype(str).str.strip() != "")
            other = filled & (rows.astype(str).str.strip().str.casefold() != str(value).casefold())
            if other.any() and name not in {"plan_id", "title"}:
                check.issues.append(
                    warning(
                        code,
                        layer=check.layer,
                        field=name,
                        value=value,
                        count=int(other.sum()),
                        rows=", ".join(rows[other].astype(str).unique()[:3]),
                    )
                )
            frame[name] = rows.astype(object).where(filled & (not wins), value)
    return frame


def _ids(frame: pd.DataFrame, check: _Check, stem: str) -> pd.DataFrame:
    name = check.kind.id_field
    if name in frame:
        frame[name] = as_text(frame[name])
    elif check.kind.name in {"leases", "indicators"}:
        frame[name] = None
    else:
        stem = unicodedata.normalize("NFC", stem).strip()
        made = [stem] if len(frame) == 1 else [f"{stem}-{i}" for i in range(1, len(frame) + 1)]
        frame[name] = pd.Series(made, index=frame.index, dtype=object)
        check.issues.append(info("id_made", layer=check.layer, field=name, count=len(frame)))
    check.ids = frame[name].to_numpy(dtype=object)
    for position, value in enumerate(check.ids):
        if value is not None and (len(value) > _LONGEST_ID or not value.isprintable()):
            shown = value if len(value) <= _LONGEST_ID else f"{value[:40]}…"
            check.at(error, "id_unusable", position, field=name, value=ascii(shown)[1:-1],
                     limit=_LONGEST_ID)  # fmt: skip
    return frame


def _typed(frame: pd.DataFrame, each: Field, check: _Check) -> pd.Series[Any]:
    """The column of one field, typed; what cannot be read or must not stand is an issue."""
    nothing = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    raw = frame.get(each.name, nothing)
    typed, bad = _read(raw, each)
    if each.positive:
        for position in np.flatnonzero((typed <= 0).fillna(False).to_numpy(dtype=bool) & ~bad):
            check.at(error, "not_positive", int(position), field=each.name,
                     value=raw.iloc[position])  # fmt: skip
    for position in np.flatnonzero(bad):
        check.at(
            error,
            f"not_a_{_word(each.type)}",
            int(position),
            field=each.name,
            value=raw.iloc[position],
        )
    if each.required and each.name != "category":  # a plan without one is `unclassified`
        for position in np.flatnonzero(typed.isna().to_numpy() & ~bad):
            check.at(error, "value_missing", int(position), field=each.name)
    return _allowed(typed, each, check) if each.allowed else typed


def _read(raw: pd.Series[Any], each: Field) -> tuple[pd.Series[Any], NDArray[np.bool_]]:
    if each.type == "text":
        return as_text(raw), np.zeros(len(raw), dtype=bool)
    if each.type == "boolean":
        return as_boolean(raw)
    if each.type in {"date", "datetime"}:
        return as_date(raw, keep_time=each.type == "datetime")
    typed, bad = as_number(raw)
    present = typed.notna().to_numpy()
    if each.type == "integer":
        bad = bad | (present & (typed.to_numpy() % 1 != 0))
        typed = typed.where(~bad).astype("Int64")
    return typed, bad


def _allowed(typed: pd.Series[Any], each: Field, check: _Check) -> pd.Series[Any]:
    """One of the field's words, whatever its case; another word is an error."""
    allowed = {_loose(word): word for word in each.allowed}
    spellings = {cell: allowed.get(_loose(cell), cell) for cell in typed.dropna().unique()}
    words = [spellings.get(cell) for cell in typed]
    typed = pd.Series(words, index=typed.index, name=typed.name, dtype=object)
    wrong = typed.notna() & ~typed.isin(each.allowed)
    for position in np.flatnonzero(wrong.to_numpy()):
        check.at(
            error,
            "value_not_allowed",
            int(position),
            field=each.name,
            value=typed.iloc[position],
            allowed=" ".join(each.allowed),
        )
    return typed


def _word(type_name: str) -> str:
    return {"integer": "whole_number", "datetime": "date"}.get(type_name, type_name)


def _loose(word: str) -> str:
    return word.strip().casefold().replace(" ", "_").replace("-", "_")


def _dates_in_order(frame: pd.DataFrame, check: _Check) -> None:
    for start, end in (
        ("in_force_from", "in_force_to"),
        ("valid_from", "valid_to"),
        ("lease_from", "lease_to"),
    ):
        if start not in frame or end not in frame:
            continue
        wrong = (frame[start] > frame[end]).to_numpy()
        for position in np.flatnonzero(wrong):
            check.at(
                error,
                "dates_reversed",
                int(position),
                field=end,
                value=frame[end].iloc[position].date().isoformat(),
                start=frame[start].iloc[position].date().isoformat(),
                start_field=start,
            )


def _plan_fields(frame: pd.DataFrame, check: _Check, stem: str) -> pd.DataFrame:
    frame["plan_id"] = frame["plan_id"].where(frame["plan_id"].notna(), stem)
    missing = frame["category"].isna()
    if missing.any():
        check.issues.append(
            warning(
                "category_unclassified",
                layer=check.layer,
                field="category",
                count=int(missing.sum()),
            )
        )
        frame["category"] = frame["category"].where(~missing, "unclassified")
    _land_code_column(frame, check, "category", words=CATEGORY_WORDS)
    return frame


def _land_code_column(
    frame: pd.DataFrame, check: _Check, name: str, *, words: tuple[str, ...]
) -> None:
    """Check a column of land codes (upper case) or of our own words; old codes are noted."""
    codes = land_codes()

    def settled(cell: str | None) -> str | None:
        if cell is None or _loose(cell) in words:
            return cell if cell is None else _loose(cell)
        return cell.upper() if cell.upper() in codes else cell

    spellings = {cell: settled(cell) for cell in frame[name].unique()}
    settled_codes = [spellings[cell] for cell in frame[name]]
    frame[name] = pd.Series(settled_codes, index=frame.index, dtype=object)
    for cell in frame[name].dropna().unique():
        position = int(np.flatnonzero((frame[name] == cell).to_numpy())[0])
        if cell in LEGACY_LAND_CODES:
            check.at(
                warning,
                "land_code_old",
                position,
                field=name,
                value=cell,
                new=LEGACY_LAND_CODES[cell],
            )
        elif cell not in codes and cell not in words:
            wrong = error if words else warning
            check.at(
                wrong, "land_code_unknown", position, field=name, value=cell, known=" ".join(words)
            )


def _shapes(
    frame: pd.DataFrame, check: _Check, crs: str | None, *, accept_repairs: bool
) -> gpd.GeoDataFrame:
    if crs is None:
        check.issues.append(error("crs_missing", layer=check.layer))
        raise InputRefusedError(check.told())
    if "geometry" not in frame:
        check.issues.append(error("no_geometry", layer=check.layer))
        raise InputRefusedError(check.told())
    check.received = np.array(frame["geometry"].array, dtype=object)
    shapes = check.received.copy()
    flat = shapely.has_z(shapes) | shapely.has_m(shapes)
    if flat.any():
        shapes = shapely.force_2d(shapes)
        check.issues.append(info("z_dropped", layer=check.layer, count=int(flat.sum())))
    faults = find_faults(shapes, wanted=check.kind.shape)
    if check.kind.name == "surveys":
        # A marker that was looked for and could not be measured is a finding of the surveyor.
        noted = frame["state"].notna().to_numpy()
        faults = [f for f in faults if not (f.reason == "empty" and noted[f.position])]
    check.plane = plane_of(crs, shapes)
    proposals = propose_repairs(shapes, faults, measured=check.plane.measured)
    repairs = {r.position: r for r in proposals}
    for fault in faults:
        repair = repairs.get(fault.position)
        if repair is None:
            check.at(
                error,
                "geometry_unusable",
                fault.position,
                field="geometry",
                value=fault.reason,
                geometry_type=_type_name(shapes[fault.position]),
                wanted=check.kind.shape,
            )
            continue
        place = check.plane.written(fault.x, fault.y)
        details: dict[str, object] = {
            "field": "geometry", "value": fault.reason, "place": place, "unit": check.plane.unit,
            "area_before": repair.area_before, "area_after": repair.area_after,
            "hausdorff": repair.hausdorff,
        }  # fmt: skip
        if accept_repairs:
            shapes[fault.position] = repair.shape
            check.at(warning, "geometry_repaired", fault.position, **details)
            check.mended(repair, fault.reason, place)
        else:
            check.proposed[fault.position] = repair.shape
            check.at(error, "geometry_invalid", fault.position, **details)
    check.unusable = np.zeros(len(shapes), dtype=bool)
    check.unusable[[f.position for f in faults if f.position not in repairs]] = True
    _places(shapes, ~check.unusable, check, crs)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes, crs=crs)


def _places(shapes: NDArray[Any], usable: NDArray[np.bool_], check: _Check, crs: str) -> None:
    """Coordinates that cannot be what the CRS says: degrees, or a VN-2000 zone's ranges."""
    positions = np.flatnonzero(usable & ~shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes[positions])
    if not len(bounds):
        return
    west, south, east, north = bounds.T
    if crs_door.is_lonlat(crs):
        wrong = (west < -180) | (east > 180) | (south < -90) | (north > 90)
        code = "not_degrees"
    elif crs_door.zone_of(crs) is not None:
        wrong = (
            (west < _EAST_RANGE_M[0]) | (east > _EAST_RANGE_M[1])
            | (south < _NORTH_RANGE_M[0]) | (north > _NORTH_RANGE_M[1])
        )  # fmt: skip
        swapped = (
            (west > _NORTH_RANGE_M[0]) & (east < _NORTH_RANGE_M[1])
            & (south > _EAST_RANGE_M[0]) & (north < _EAST_RANGE_M[1])
        )  # fmt: skip
        code = "axes_swapped" if swapped.any() and (swapped == wrong).all() else "outside_zone"
    else:
        return
    for position in np.flatnonzero(wrong):
        check.at(
            error,
            code,
            int(positions[position]),
            field="geometry",
            value=f"{west[position]:.3f} {south[position]:.3f}",
            crs=crs,
            axes="ne",
        )


def _accuracy(
    frame: gpd.GeoDataFrame, kind: Kind, defaults: Defaults, check: _Check
) -> gpd.GeoDataFrame:
    """Fill ``accuracy_m`` from the first that is known: row, sidecar, option, map scale."""
    accuracy = frame["accuracy_m"].astype("float64")
    origin = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    origin[accuracy.notna()] = "row"
    scale = frame["map_scale"] if "map_scale" in frame else pd.Series(np.nan, index=frame.index)
    if defaults.map_scale is not None:
        scale = scale.fillna(defaults.map_scale)
    steps: list[tuple[str, pd.Series[Any] | float | None]] = [
        ("sidecar", defaults.accuracy_m),
        ("option", defaults.option_accuracy_m),
        ("map_scale", scale * MAP_ACCURACY_MM / 1000),
    ]
    if kind.name != "surveys":
        steps.append(("assumed", DEFAULT_ACCURACY_M))
    for name, value in steps:
        if value is None:
            continue
        filled = accuracy.fillna(value)
        origin = origin.where(accuracy.notna() | filled.isna(), name)
        accuracy = filled
    frame["accuracy_m"] = accuracy
    frame["accuracy_source"] = origin
    if kind.name == "surveys" and accuracy.isna().any():
        check.issues.append(
            warning(
                "accuracy_missing",
                layer=check.layer,
                field="accuracy_m",
                count=int(accuracy.isna().sum()),
            )
        )
    return frame


def _examined(frame: gpd.GeoDataFrame, check: _Check, *, accept_repairs: bool) -> gpd.GeoDataFrame:
    """What is odd in outlines and between neighbours is told; spikes are taken off if accepted."""
    found = examine(
        frame, check.kind, layer=check.layer, plane=check.plane, proposed=check.proposed,
        unusable=check.unusable, accept_repairs=accept_repairs,
    )  # fmt: skip
    check.issues += found.issues
    for repair, place in found.repairs:
        check.mended(repair, "spike", place)
    return frame.set_geometry(gpd.GeoSeries(found.shapes, index=frame.index, crs=frame.crs))


def _repeated_ids(frame: pd.DataFrame, check: _Check) -> None:
    if check.kind.repeats:
        return
    names = [name for name in check.kind.key if name in frame]
    keys = frame[names].astype(object).where(frame[names].notna(), "")
    repeated = keys.duplicated(keep=False) & frame[check.kind.id_field].notna()
    first: dict[tuple[object, ...], int] = {}
    for position in np.flatnonzero(repeated.to_numpy()):
        key = tuple(keys.iloc[position])
        if key in first:
            check.at(
                error,
                "id_repeated",
                int(position),
                field=check.kind.id_field,
                value=key[-1],
                first_row=int(check.source_rows[first[key]]),
            )
        else:
            first[key] = int(position)


def _type_name(shape: Any) -> str:
    return "–" if shape is None else str(shape.geom_type)


__all__ = ["KINDS", "Defaults", "check_rows"]
