"""The system that a ``crs`` member of a GeoJSON names, by its name, address or number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs_names import identify_epsg

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_OGC_ADDRESS = re.compile(
    r"https?://(?:www\.)?opengis\.net/def/crs/"
    r"(?:EPSG/[\w.]+/(?P<code>\d{1,6})|OGC/[\w.]+/(?P<crs84>CRS84h?))/?",
    re.IGNORECASE | re.ASCII,
)
_GML_ADDRESS = re.compile(
    r"https?://(?:www\.)?opengis\.net/gml/srs/epsg\.xml#(?P<code>\d{1,6})(?P<crs84>)",
    re.IGNORECASE | re.ASCII,
)


def said_crs(path: Path, member: Any) -> str:
    """The CRS of a ``crs`` member; a link is refused, never followed.

    Raises InputRefusedError (``crs_unknown``).
    """
    name = _named_in(member)
    found = None if name is None else "EPSG:4326" if "CRS84" in name else identify_epsg(name)
    if found is None:
        shown = str(member)[:120] if name is None else name
        raise InputRefusedError([error("crs_unknown", layer=path.name, field="crs", value=shown)])
    return found


def _named_in(member: Any) -> str | None:
    """The name that a ``crs`` member gives, or its number as such; None where it is neither.

    Names of the OGC that look like addresses are names: nothing is asked of them.
    """
    if not isinstance(member, dict) or str(member.get("type")).casefold() == "link":
        return None
    properties = member.get("properties", {})
    if not isinstance(properties, dict):
        return None
    if str(member.get("type")).upper() == "EPSG" and "name" not in properties:
        code = str(properties.get("code"))
        east_first = properties.get("coordinate_order", [0, 1]) == [0, 1]
        return f"EPSG:{code}" if _NUMBER.fullmatch(code) and east_first else None
    name = properties.get("name")
    if not isinstance(name, str):
        return None
    for pattern in (_OGC_ADDRESS, _GML_ADDRESS):
        if said := pattern.fullmatch(name.strip()):
            return "CRS84" if said["crs84"] else f"EPSG:{said['code']}"
    return None if "://" in name else name
