"""``FILE.meta.yaml``: what the sender says of a file, beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from gisclusters.domain.issue import error
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

    Raises InputRefusedError (``sidecar_unreadable``, ``sidecar_key_unknown``,
    ``sidecar_value``) naming the sidecar.
    """
    place = path.with_name(path.name + ".meta.yaml")
    if not place.is_file():
        return Sidecar()
    try:
        content = yaml.safe_load(place.read_text(encoding="utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
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
    for key in ("accuracy_m", "map_scale"):
        value = content.get(key)
        if value is not None and (not isinstance(value, (int, float)) or value <= 0):
            issues.append(error("sidecar_value", layer=place.name, field=key, value=value))
    if content.get("axes") not in {None, "en", "ne"}:
        issues.append(error("sidecar_value", layer=place.name, field="axes", value=content["axes"]))
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


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _first_line(fault: Exception) -> str:
    return str(fault).splitlines()[0]
