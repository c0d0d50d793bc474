"""``FILE.meta.yaml``: what the sender says of a file, beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from gisclusters.domain.issue import error
from gisclusters.domain.yaml_text import fault_place, parse_yaml
from gisclusters.errors import InputRefusedError

_KEYS = (
    "id", "title", "category", "crs", "axes", "encoding", "ground", "in_force_from",
    "in_force_to", "decision", "status", "accuracy_m", "map_scale", "columns",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """The content of a sidecar; everything is optional."""

    id: str | None = None
    crs: str | None = None
    axes: str | None = None
    encoding: str | None = None
    ground: Any = None
    accuracy_m: float | None = None
    map_scale: float | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def read_sidecar(path: Path) -> Sidecar:
    """The sidecar of ``path``, an empty one where there is none.

    Raises InputRefusedError (``sidecar_unreadable``, ``sidecar_not_yaml``,
    ``sidecar_key_unknown``, ``sidecar_value``) naming the sidecar.
    """
    place = path.with_name(path.name + ".meta.yaml")
    if not place.is_file():
        return Sidecar()
    try:
        content = parse_yaml(place.read_text(encoding="utf-8-sig")) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        spot = fault_place(fault)
        if spot is not None:
            raise InputRefusedError(
                [error("sidecar_not_yaml", layer=place.name, line=str(spot[0]),
                       column=str(spot[1]))]
            ) from fault  # fmt: skip
        raise InputRefusedError(
            [error("sidecar_unreadable", layer=place.name, reason=_first_line(fault))]
        ) from fault
    if not isinstance(content, dict):
        raise InputRefusedError([error("sidecar_unreadable", layer=place.name, reason="mapping")])
    issues = [
        error("sidecar_key_unknown", layer=place.name, field=str(key), known=" ".join(_KEYS))
        for key in content
        if key not in _KEYS
    ]
    issues += [
        error("sidecar_value", layer=place.name, field=key, value=content[key])
        for key in ("accuracy_m", "map_scale")
        if content.get(key) is not None and not _is_positive(content[key])
    ]
    axes, columns = content.get("axes"), content.get("columns")
    if axes is not None and axes not in ("en", "ne"):
        issues.append(error("sidecar_value", layer=place.name, field="axes", value=axes))
    if columns is not None and not (
        isinstance(columns, dict)
        and all(isinstance(x, str) for pair in columns.items() for x in pair)
    ):
        issues.append(error("sidecar_value", layer=place.name, field="columns", value=columns))
    if issues:
        raise InputRefusedError(issues)
    return Sidecar(
        id=_text(content.get("id")),
        crs=_text(content.get("crs")),
        axes=content.get("axes"),
        encoding=_text(content.get("encoding")),
        ground=content.get("ground"),
        accuracy_m=content.get("accuracy_m"),
        map_scale=content.get("map_scale"),
        columns=MappingProxyType(dict(content.get("columns") or {})),
        values=MappingProxyType(
            {
                key: value.isoformat() if isinstance(value, date) else value
                for key, value in content.items()
                if key in {"title", "category", "in_force_from", "in_force_to", "decision",
                           "status"}
            }
        ),
    )  # fmt: skip


def _is_positive(value: object) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and value > 0  # type: ignore[arg-type,operator]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _first_line(fault: Exception) -> str:
    return str(fault).splitlines()[0]
