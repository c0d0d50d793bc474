"""Whether what a plan or dossier must hold about a cluster is stored (Decree 32/2024, Art. 4-9).

A checklist is dated data (``rules/vn_completeness.yaml``).  Each item of each cluster reads
``present``, ``missing``, ``contradicts`` (stored, but the geometry says otherwise),
``not_needed`` or ``not_checked`` with its reason: what the store cannot hold, a person must
look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisclusters.domain.run import RuleSet
from gisclusters.domain.verdicts import FitVerdict, ItemState
from gisclusters.errors import CrsMismatchError
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold
from gisclusters.overlaps.distances import nearest_zones
from gisclusters.overlaps.fit_rows import Subject
from gisclusters.overlaps.stored import latest_indicator
from gisclusters.rules.completeness import Checklists, Document, Item, load_checklists
from gisclusters.rules.overlaps import Rules

COLUMNS = (
    "subject_id", "document", "document_vi", "document_en", "item", "title_vi", "title_en",
    "state", "reason", "source", "value", "unit", "period", "measured_m", "rule_id",
    "legal_basis", "confidence",
)  # fmt: skip


REASONS = (
    "no_rule", "no_data", "not_stored", "status_unknown", "undecided", "nearer", "unit_unknown",
    "distance_not_measured",
)  # fmt: skip
"""Stable words beside the names of the checks of fit: ``completeness.reason_<word>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessReport:
    """One row per subject, document and item (``COLUMNS``), and the checklist used."""

    items: pd.DataFrame
    rules: RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that is known beside the clusters themselves."""

    verdicts: Mapping[tuple[str, str], str]
    columns: Mapping[str, str]
    indicators: Sequence[Layer]
    layers: Mapping[str, Sequence[Layer]]
    zones: gpd.GeoDataFrame


def check_completeness(
    subjects: Layer, fit: gpd.GeoDataFrame, *, as_of: date, overlap_rules: Rules,
    plans: Sequence[Layer] = (), indicators: Sequence[Layer] = (),
    layers: Mapping[str, Sequence[Layer]] = MappingProxyType({}),
    rules: Checklists | str = "vn_completeness",
) -> CompletenessReport:  # fmt: skip
    """Hold what is stored of every cluster against the checklists in force on ``as_of``.

    ``fit`` are the checks of :func:`gisclusters.overlaps.fit.plan_fit` for the same subjects
    and day.  ``layers`` are further kinds by name (``lots markers parcels``); with ``plans``
    they are in the subjects' CRS (projected, metres; CrsMismatchError otherwise).  Rows count
    while they are in force.  Of a stated distance only that something lies nearer contradicts,
    for what is farther may lie in a plan nobody gave; ``measured_m`` is the distance to the
    nearest zone (0 where they touch).  A day before every checklist gives one ``not_checked``
    row a subject.  Raises UsageError for an unusable file.
    """
    lists = load_checklists(rules) if isinstance(rules, str) else rules
    for layer in (*plans, *(each for many in layers.values() for each in many)):
        if layer.crs not in {None, subjects.crs}:
            raise CrsMismatchError(
                f"{layer.name} is in {layer.crs}, {subjects.name} in {subjects.crs}"
            )
    frame = subjects.shapes
    known = _Known(
        verdicts={
            (row["subject_id"], row["check"]): row["verdict"]
            for row in fit[["subject_id", "check", "verdict"]].to_dict("records")
        },
        columns={
            fold(str(name).replace("_", " ")): str(name)
            for name in frame.columns
            if name not in subjects.kind.names and name != "geometry"
        },
        indicators=indicators,
        layers={
            kind: [each.where(each.in_force(as_of)) for each in many]
            for kind, many in layers.items()
        },
        zones=_in_force(plans, as_of, overlap_rules),
    )
    documents = lists.on(as_of)
    rows = [
        row
        for fields, shape in zip(
            frame.drop(columns="geometry").to_dict("records"), frame.geometry, strict=True
        )
        for row in _of_subject(
            Subject(row=fields, shape=shape, accuracy_m=float(fields["accuracy_m"])),
            documents,
            known,
        )
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    return CompletenessReport(items=table.where(table.notna(), None), rules=lists.rule_set)


def _of_subject(
    subject: Subject, documents: Sequence[Document], known: _Known
) -> list[dict[str, Any]]:
    if not documents:
        return [_row(subject, None, None, ItemState.NOT_CHECKED, reason="no_rule")]
    status = subject.field("status")
    rows = []
    for document in documents:
        if status not in document.statuses:
            continue
        for item in document.items:
            if item.statuses is not None and status not in item.statuses:
                if status is None:
                    rows.append(
                        _row(subject, document, item, ItemState.NOT_CHECKED,
                             reason="status_unknown")
                    )  # fmt: skip
                continue
            state, told = _judged(subject, item, known)
            rows.append(_row(subject, document, item, state, **told))
    return rows


def _judged(subject: Subject, item: Item, known: _Known) -> tuple[ItemState, dict[str, Any]]:
    """The state of an item, and what is told of it."""

    def verdict(check: str) -> str | None:
        return known.verdicts.get((subject.id, check))

    if item.needed_unless is not None and verdict(item.needed_unless) == FitVerdict.FITS:
        return ItemState.NOT_NEEDED, {"reason": item.needed_unless}
    if not item.stored:
        return ItemState.NOT_CHECKED, {"reason": "not_stored"}
    found = _found(subject, item, known)
    if found is None:
        return _unfound(item, known)
    for check in item.against:
        if verdict(check) == FitVerdict.DOES_NOT_FIT:
            return ItemState.CONTRADICTS, found | {"reason": check}
    if found["source"] == "fit" and any(
        verdict(check) == FitVerdict.UNDECIDED for check in item.fits
    ):
        return ItemState.NOT_CHECKED, found | {"reason": "undecided"}
    return _against_distance(subject, item, found, known)


def _found(subject: Subject, item: Item, known: _Known) -> dict[str, Any] | None:
    """Where the store answers an item: ``source`` and what it says; None where it does not."""
    values = [subject.field(name) for name in item.fields]
    filled = [value for value in values if value is not None]
    if filled and (len(filled) == len(values) or not item.every_field):
        value = filled[0] if len(filled) == 1 else ", ".join(str(each) for each in filled)
        return {"source": "field", "value": value}
    if item.indicators:
        told = latest_indicator(known.indicators, subject.id, item.indicators)
        if told is not None:
            return {"source": "indicator", "value": told.value, "unit": told.unit,
                    "period": told.period, "_distance_m": told.distance_m}  # fmt: skip
    for name in item.columns:
        column = known.columns.get(fold(name.replace("_", " ")))
        value = None if column is None else subject.field(column)
        if value is not None:
            return {"source": "column", "value": value}
    for each in item.layers:
        kind, _, field = each.partition(".")
        count = sum(_members(layer, subject, field) for layer in known.layers.get(kind, ()))
        if count:
            return {"source": "layer", "value": float(count), "unit": each}
    if item.fits and all(
        known.verdicts.get((subject.id, check), FitVerdict.NOT_CHECKED) != FitVerdict.NOT_CHECKED
        for check in item.fits
    ):
        return {"source": "fit"}
    return {"source": "boundary", "value": subject.area_m2, "unit": "m²"} if item.boundary else None


def _unfound(item: Item, known: _Known) -> tuple[ItemState, dict[str, Any]]:
    """``missing`` where some place was looked at, else ``not_checked``."""
    looked = (
        bool(item.fields)
        or (bool(item.indicators) and bool(known.indicators))
        or any(fold(name.replace("_", " ")) in known.columns for name in item.columns)
        or any(known.layers.get(each.partition(".")[0]) for each in item.layers)
    )
    if looked:
        return ItemState.MISSING, {}
    tables = item.indicators or item.layers or item.fits
    return ItemState.NOT_CHECKED, {"reason": "no_data" if tables else "not_stored"}


def _against_distance(
    subject: Subject, item: Item, found: dict[str, Any], known: _Known
) -> tuple[ItemState, dict[str, Any]]:
    """A stated distance contradicts where something lies nearer by more than the accuracy."""
    stated = found.pop("_distance_m", None)
    if not item.nearest:
        return ItemState.PRESENT, found
    if stated is None:
        return ItemState.PRESENT, found | {"reason": "unit_unknown"}
    nearest = _nearest(subject, frozenset(item.nearest), known)
    if nearest is None:
        return ItemState.PRESENT, found | {"reason": "distance_not_measured"}
    measured, tolerance = nearest
    found |= {"measured_m": measured}
    if measured < stated - 2 * tolerance:
        return ItemState.CONTRADICTS, found | {"reason": "nearer"}
    return ItemState.PRESENT, found


def _nearest(
    subject: Subject, categories: frozenset[str], known: _Known
) -> tuple[float, float] | None:
    """Distance to the nearest zone of these categories and the tolerance of the pair, metres."""
    zones = known.zones[known.zones["category"].isin(categories)]
    for _, which, distance in nearest_zones(gpd.GeoSeries([subject.shape]), zones.geometry):
        accuracy_m = float(zones["accuracy_m"].iloc[which])
        return distance, float(np.hypot(subject.accuracy_m, accuracy_m))
    return None


def _members(layer: Layer, subject: Subject, field: str) -> int:
    """Rows that name the subject or, naming none, lie in it; with ``field``: where it is filled."""
    frame = layer.shapes
    if field:
        frame = frame[frame[field].notna()]
    named = int((frame["cluster_id"] == subject.id).sum())
    unnamed = frame.geometry[frame["cluster_id"].isna()]
    inside = shapely.covers(subject.shape, shapely.point_on_surface(unnamed.to_numpy()))
    return named + int(np.count_nonzero(inside))


def _in_force(plans: Sequence[Layer], as_of: date, rules: Rules) -> gpd.GeoDataFrame:
    """The zones in force of all plans, each with the category that judges it."""
    names = ["category", "accuracy_m", "geometry"]
    held = [layer.shapes[layer.in_force(as_of)][names] for layer in plans]
    zones = pd.concat(held) if held else gpd.GeoDataFrame(columns=names, geometry="geometry")
    told = rules.categories_of(zones["category"].unique())
    return zones.assign(category=zones["category"].map(told))


def _row(
    subject: Subject, document: Document | None, item: Item | None, state: ItemState, **told: Any
) -> dict[str, Any]:
    told.pop("_distance_m", None)
    return (
        dict.fromkeys(COLUMNS)
        | {"subject_id": subject.id, "state": str(state)}
        | (
            {}
            if document is None
            else {
                "document": document.document, "document_vi": document.title_vi,
                "document_en": document.title_en, "rule_id": document.rule_id,
                "legal_basis": document.article, "confidence": document.confidence,
            }
        )
        | ({} if item is None else {"item": item.id, "title_vi": item.title_vi,
                                    "title_en": item.title_en})
        | told
    )  # fmt: skip
