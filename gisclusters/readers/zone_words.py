"""The VN-2000 zone that titles and headers name: KTT 107°30′, múi chiếu 3°."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.crs import ZONES_3_DEG, ZONES_6_DEG
from gisclusters.layers.values import fold

_MERIDIAN = re.compile(
    r"(?:ktt|kinh tuyến trục|kinh tuyen truc|meridian|\bl0|\blo)\s*[:=]?\s*(?P<degrees>\d{3})"
    r"(?:[.,](?P<decimals>\d{1,4})|\s*(?:°|º|˚|độ|do\b|deg|\s|-)\s*(?P<minutes>\d{1,2})(?!\d))?"
)
_WIDTH = re.compile(r"mui(?: chieu)?\D{0,4}([36])\b")


def zone_in(words: str) -> tuple[str | None, str | None]:
    """The zone that words name first, and the words that name it.

    Degrees may carry minutes (107°30′, 107 độ 30, 107 30) or decimals (107,5 or 107.5);
    ``105.45`` is 105°45′, since no zone lies at 105.45°.
    """
    plain = unicodedata.normalize("NFC", words).casefold().replace("\u00a0", " ")
    found = _MERIDIAN.search(plain)
    if found is None:
        return None, None
    return _zone(found, words), found[0]


def zone_of_words(lines: Iterable[str], layer: str) -> tuple[str | None, list[Issue]]:
    """The one zone that all lines name, or None, and a warning for a meridian of no zone.

    The width may stand in another line than the meridian.  Raises InputRefusedError
    (``zones_several``) where two zones are named.
    """
    kept = [line for line in lines if line]
    whole = " ".join(kept)
    found: dict[str, str] = {}
    unknown: str | None = None
    for line in kept:
        plain = unicodedata.normalize("NFC", line).casefold().replace("\u00a0", " ")
        for each in _MERIDIAN.finditer(plain):
            code = _zone(each, line if _WIDTH.search(fold(line)) else whole)
            if code is None:
                unknown = unknown or each[0]
            else:
                found.setdefault(code, each[0])
    if len(found) > 1:
        raise InputRefusedError(
            [error("zones_several", layer=layer, value=", ".join(found.values()),
                   codes=", ".join(found))]
        )  # fmt: skip
    issues = []
    if unknown is not None and not found:
        issues.append(warning("meridian_unknown", layer=layer, value=unknown))
    return next(iter(found), None), issues


def _zone(found: re.Match[str], words: str) -> str | None:
    degrees = int(found["degrees"])
    readings = [float(degrees)]
    if found["decimals"]:
        readings = [float(f"{degrees}.{found['decimals']}"), degrees + int(found["decimals"]) / 60]
    elif found["minutes"]:
        minutes = int(found["minutes"])  # 105 75 is the 105,75 that a comma split into two cells
        readings = [degrees + minutes / 60 if minutes < 60 else float(f"{degrees}.{minutes}")]
    width = _WIDTH.search(fold(words))
    zones = ZONES_6_DEG if width is not None and width[1] == "6" else ZONES_3_DEG
    for reading in readings:
        for zone in zones:
            if abs(zone.central_meridian_deg - reading) < 1e-6:
                return zone.code
    return None
