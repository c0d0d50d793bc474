"""Files to layers; foreign habits stop here."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.domain.source import Source
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.crs import is_lonlat, parse_crs, vn2000_zone, zone_of
from gisclusters.layers.kinds import Kind, kind_named
from gisclusters.layers.layer import Layer
from gisclusters.layers.schema import Defaults, check_rows
from gisclusters.readers.coordinates import Points, pairs_agree
from gisclusters.readers.dossier import dossier_file, dossier_layer, read_dossier
from gisclusters.readers.drawing import read_drawing
from gisclusters.readers.files import checksum, sniff, unpack
from gisclusters.readers.ground import read_ground
from gisclusters.readers.inspect import InspectRow, inspect_opened
from gisclusters.readers.mapinfo import DoubtedCrs
from gisclusters.readers.mapping import match_columns
from gisclusters.readers.options import ReadOptions
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
        if form in {"zip", "gzip"}:
            real = unpack(path, Path(folder), options.layer)
            form = sniff(real)
        rows = _open(wanted, real, form, options, sidecar)
        issues = [issue.in_layer(path.name) for issue in rows.issues]
        crs = None
        if wanted.shape != "none":
            try:
                if rows.crs_doubted is None:
                    crs, more = _settled_crs(path.name, _said(path.name, rows, options, sidecar),
                                             options, sidecar)  # fmt: skip
                else:
                    crs, more = _confirmed_crs(path.name, rows.crs_doubted, options, sidecar)
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
        real = path
        if form in {"zip", "gzip"}:
            real = unpack(path, Path(folder), options.layer)
            form = sniff(real)
        return inspect_opened(path.name, real, form, options)


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


def _said(name: str, rows: _Opened, options: ReadOptions, sidecar: Sidecar) -> str | None:
    """The CRS that the file says; degrees that say nothing may be those a person names."""
    if rows.points is None or not rows.points.crs_assumed:
        return rows.crs
    if options.crs is not None:
        named = parse_crs(options.crs)
    elif sidecar.crs is not None:
        named = _sidecar_crs(name, sidecar.crs)
    else:
        return rows.crs
    return None if is_lonlat(named) else rows.crs


def _settled_crs(
    name: str, found: str | None, options: ReadOptions, sidecar: Sidecar
) -> tuple[str, list[Issue]]:
    """The CRS of a file: option, sidecar, what it says itself, the province.

    What the file itself contradicts is refused; what two people said differently is a warning
    and the first of them holds.
    """
    issues: list[Issue] = []
    said: list[tuple[str, str]] = []
    if options.crs is not None:
        said.append(("--crs", parse_crs(options.crs)))
    if sidecar.crs is not None:
        said.append(("sidecar", _sidecar_crs(name, sidecar.crs)))
    for way, code in said:
        if found is not None and found != code:
            raise InputRefusedError(
                [error("crs_contradiction", layer=name, value=code, found=found, way=way)]
            )
    if len({code for _, code in said}) > 1:
        (_, first), (way, second) = said
        issues.append(warning("crs_disagreement", layer=name, value=second, way=way, taken=first))
    taken = found or (said[0][1] if said else None)
    zone = _zone_of_province(options.province, needed=taken is None)
    if taken is None and zone is not None:
        return zone, issues
    if taken is not None:
        own = zone_of(taken)
        if zone is not None and own is not None and own.width_deg == 3 and own.code != zone:
            issues.append(
                warning("crs_disagreement", layer=name, value=zone, way="--province", taken=taken)
            )
        return taken, issues
    if options.fallback_crs is not None:
        issues.append(info("survey_crs_assumed", layer=name, value=options.fallback_crs))
        return options.fallback_crs, issues
    raise InputRefusedError([error("crs_missing", layer=name)])


def _confirmed_crs(
    name: str, doubt: DoubtedCrs, options: ReadOptions, sidecar: Sidecar
) -> tuple[str, list[Issue]]:
    """The CRS a person gives for a file whose own word is not believed.

    It must have the projection that the file names: of that the file is sure.
    """
    if not (options.crs or sidecar.crs or options.province) and doubt.trap:
        raise InputRefusedError(
            [error("mapinfo_datum", layer=name, value=doubt.said, candidate=doubt.fits[0])]
        )
    taken, issues = _settled_crs(name, None, options, sidecar)
    if taken not in doubt.fits:
        way = "--crs" if options.crs else "sidecar" if sidecar.crs else "--province"
        raise InputRefusedError(
            [error("crs_contradiction", layer=name, value=taken, way=way,
                   found=" / ".join(doubt.fits) or doubt.said)]
        )  # fmt: skip
    return taken, issues


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


def _sidecar_crs(name: str, said: str) -> str:
    try:
        return parse_crs(said)
    except UsageError as fault:
        raise InputRefusedError(
            [error("sidecar_value", layer=f"{name}.meta.yaml", field="crs", value=said)]
        ) from fault


def _zone_of_province(province: str | None, *, needed: bool) -> str | None:
    """The zone of a province; a name of several zones is refused only where it has to decide."""
    if province is None:
        return None
    try:
        return f"EPSG:{vn2000_zone(province)}"
    except UsageError as fault:
        if needed or fault.key != "errors.province_several_zones":
            raise
        return None


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
