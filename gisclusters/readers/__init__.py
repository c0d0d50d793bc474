"""Files to layers; foreign habits stop here."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import Kind, kind_named
from gisclusters.layers.layer import Layer
from gisclusters.layers.schema import Defaults, check_rows
from gisclusters.readers.coordinates import Points, pairs_agree
from gisclusters.readers.dossier import dossier_file, dossier_layer, read_dossier
from gisclusters.readers.drawing import read_drawing
from gisclusters.readers.files import checksum, sniff, unpack
from gisclusters.readers.ground import read_ground
from gisclusters.readers.inspect import InspectRow, inspect_opened
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.reference import DoubtedCrs, settle_crs
from gisclusters.readers.sidecar import Sidecar, read_sidecar
from gisclusters.readers.table import TABLE_FORMS
from gisclusters.readers.table_layer import open_table
from gisclusters.readers.vector import choose_layer, layer_names, read_vector, swapped

_NO_OPTIONS = ReadOptions()
_SHAPES_LOST = {"geometry_unreadable", "feature_malformed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """Rows by our names and what the file says of itself."""

    frame: pd.DataFrame
    crs: str | None
    layer: str | None
    issues: tuple[Issue, ...]
    points: Points | None = None
    crs_doubted: DoubtedCrs | None = None
    received: pd.DataFrame | None = None


def read_layer(kind: str, path: Path | str, options: ReadOptions = _NO_OPTIONS) -> Layer:
    """A file as a checked layer of ``kind``, in the CRS as received.

    Raises InputRefusedError with every problem of the file: nothing of it is used then.
    """
    wanted = kind_named(kind)
    path = dossier_file(Path(path), wanted.name)
    form = sniff(path)
    sidecar = read_sidecar(path)
    with tempfile.TemporaryDirectory(prefix="gisclusters-") as folder:
        opened, real = path, path
        left: tuple[Issue, ...] = ()
        if form in {"zip", "gzip"}:
            unpacked = unpack(path, Path(folder), options.layer)
            real, form, left = unpacked.path, unpacked.form, unpacked.issues
            options = replace(options, layer=unpacked.layer)
        rows = _open(wanted, real, form, options, sidecar)
        issues = [issue.in_layer(path.name) for issue in (*left, *rows.issues)]
        crs = None
        if wanted.shape != "none":
            try:
                crs, more = settle_crs(
                    path.name, rows.crs, options, sidecar, doubt=rows.crs_doubted,
                    assumed=rows.points is not None and rows.points.crs_assumed,
                )  # fmt: skip
            except InputRefusedError as refusal:  # every problem at once
                raise InputRefusedError([*issues, *refusal.issues]) from refusal
            issues += more
            if rows.points is not None:
                issues += pairs_agree(rows.points, crs, path.name)
        grounds = {}
        if wanted.name == "plans" and crs is not None:
            said = options.ground if options.ground is not None else sidecar.ground
            ground = read_ground(real if form == "gpkg" else opened, form, said, crs=crs,
                                 places=options.known.places)  # fmt: skip
            stem = sidecar.id or path.stem
            ids = set(rows.frame["plan_id"].dropna()) if "plan_id" in rows.frame else set()
            grounds = {str(name).strip(): ground for name in ids | {stem}}
    source = Source(
        role=kind, name=path.name, sha256=checksum(path), crs_as_received=crs,
        rows=len(rows.frame), layer=rows.layer, decision=options.decision,
        decided_on=options.decided_on,
    )  # fmt: skip
    try:
        layer = check_rows(
            kind, rows.frame, crs=crs, source=source, defaults=_defaults(path, options, sidecar),
            issues=tuple(issues), grounds=MappingProxyType(grounds),
            accept_repairs=options.accept_repairs,
        )  # fmt: skip
    except InputRefusedError as refusal:
        raise InputRefusedError(_told_once(refusal.issues)) from refusal
    return replace(layer, received_text=rows.received)


def inspect_file(path: Path | str, options: ReadOptions = _NO_OPTIONS) -> list[InspectRow]:
    """What is in a file, one row per layer, held against what is known; nothing is stored.

    Raises InputRefusedError where the file cannot be opened at all.
    """
    path = Path(path)
    form = sniff(path)
    with tempfile.TemporaryDirectory(prefix="gisclusters-") as folder:
        if form not in {"zip", "gzip"}:
            return inspect_opened(path.name, path, form, options)
        real = unpack(path, Path(folder), options.layer)
        rows = inspect_opened(path.name, real.path, real.form, replace(options, layer=real.layer))
        told = [issue.code for issue in real.issues if issue.level != "info"]
        return [replace(row, problems=[*told, *row.problems], issues=(*real.issues, *row.issues))
                for row in rows]  # fmt: skip


def _open(kind: Kind, path: Path, form: str, options: ReadOptions, sidecar: Sidecar) -> _Opened:
    explicit = {**sidecar.columns, **options.mapping}
    encoding = options.encoding or sidecar.encoding
    if form in TABLE_FORMS:
        table = open_table(kind, path, form, options, sidecar, explicit)
        return _Opened(frame=table.frame, crs=table.crs, layer=table.sheet, issues=table.issues,
                       points=table.points)  # fmt: skip
    if form == "dxf":
        layer: str | None = options.layer
        rows = read_drawing(path, kind, layer, encoding)
        if kind.shape == "point":
            rows = replace(rows, frame=rows.frame.rename(columns={"name": kind.id_field}))
    else:
        named = options.layer
        if named is None and form in {"gpkg", "filegdb"}:
            named = dossier_layer(layer_names(path, form), kind.name)
        layer = choose_layer(path, form, kind, named)
        rows = read_vector(path, form, layer, encoding)
    if options.axes == "ne" and "geometry" in rows.frame:
        rows = swapped(rows, path.name)
    headers = [str(name) for name in rows.frame.columns if name not in {"geometry", "source_row"}]
    told, explicit, said = read_dossier(kind, rows.frame, layer, rows.crs, explicit)
    taken, issues = match_columns(kind, headers, explicit)
    issues += said
    frame = told.rename(columns=taken)
    if kind.shape == "none":
        frame = frame.drop(columns="geometry", errors="ignore")
    received = None
    if len(rows.received):
        names = rows.received["field"]
        received = rows.received.assign(field=[taken.get(name, name) for name in names])
    return _Opened(frame=frame, crs=rows.crs, layer=layer, crs_doubted=rows.crs_doubted,
                   received=received,
                   issues=(*_with_ids(rows.issues, frame, kind), *issues))  # fmt: skip


def _with_ids(issues: tuple[Issue, ...], frame: pd.DataFrame, kind: Kind) -> list[Issue]:
    """Issues of single rows with the id that stands in the row."""
    if kind.id_field not in frame or all(issue.row is None for issue in issues):
        return list(issues)
    names = frame[kind.id_field].astype(object)
    ids = dict(zip(frame["source_row"], names.where(names.notna(), None), strict=True))
    return [
        replace(issue, id=str(ids[issue.row]))
        if issue.id is None and issue.row in ids and ids[issue.row] is not None else issue
        for issue in issues
    ]  # fmt: skip


def _told_once(issues: tuple[Issue, ...]) -> list[Issue]:
    """Without `missing` for shapes that are missing because they could not be read."""
    known = {issue.row for issue in issues if issue.code in _SHAPES_LOST}
    return [
        issue for issue in issues
        if not (issue.code == "geometry_unusable" and issue.value == "missing"
                and issue.row in known)
    ]  # fmt: skip


def _defaults(path: Path, options: ReadOptions, sidecar: Sidecar) -> Defaults:
    values = dict(sidecar.values)
    if sidecar.id is not None:
        values["plan_id"] = sidecar.id
    said = {"category": options.category, "decision": options.decision}
    return Defaults(
        stem=sidecar.id or path.stem, values=MappingProxyType(values),
        option_values=MappingProxyType({k: v for k, v in said.items() if v is not None}),
        accuracy_m=sidecar.accuracy_m, option_accuracy_m=options.accuracy_m,
        map_scale=sidecar.map_scale,
    )  # fmt: skip


__all__ = ["InspectRow", "ReadOptions", "inspect_file", "read_layer"]
