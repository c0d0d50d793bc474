"""Units as offices write them, to one unit for each thing that is measured.

Money becomes đồng, flows m³/ngày, waste tấn/ngày, areas m²; what is not here is unknown and
never converted.
"""

from __future__ import annotations

from dataclasses import dataclass

from gisclusters.layers.values import fold

MONEY, PEOPLE, FLOW, WASTE, POWER, AREA, FLAG = (
    "money", "people", "flow", "waste", "power", "area", "flag",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures, its own sign, and how many of the common unit it is."""

    measures: str
    name: str
    factor: float

    @property
    def common(self) -> str:
        """The unit that everything of its measure is turned into."""
        return COMMON[self.measures]


COMMON = {
    MONEY: "đồng", PEOPLE: "người", FLOW: "m³/ngày", WASTE: "tấn/ngày", POWER: "kVA",
    AREA: "m²", FLAG: "0/1",
}  # fmt: skip

_SPELLED: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    (MONEY, "đồng", 1, ("dong", "vnd", "d")),
    (MONEY, "nghìn đồng", 1e3, ("nghin dong", "ngan dong", "1000 dong", "1 000 dong")),
    (MONEY, "triệu đồng", 1e6, ("trieu dong", "trieu", "tr dong", "trd", "million vnd")),
    (MONEY, "tỷ đồng", 1e9, ("ty dong", "ti dong", "ty", "ti", "billion vnd")),
    (PEOPLE, "người", 1, ("nguoi", "lao dong", "people", "persons", "person")),
    (FLOW, "m³/ngày", 1, ("m3 ngay", "m3 ngay dem", "m3 ngd", "m3 day", "m3 d")),
    (FLOW, "m³/giờ", 24, ("m3 h", "m3 gio", "m3 hour")),
    (FLOW, "l/s", 86.4, ("l s", "lit s", "lit giay")),
    (WASTE, "tấn/ngày", 1, ("tan ngay", "tan ngay dem", "t day", "t ngay")),
    (WASTE, "kg/ngày", 1e-3, ("kg ngay", "kg ngay dem", "kg day")),
    (POWER, "kVA", 1, ("kva",)),
    (POWER, "MVA", 1e3, ("mva",)),
    (AREA, "m²", 1, ("m2",)),
    (AREA, "ha", 1e4, ("ha",)),
    (FLAG, "0/1", 1, ("0 1", "1 0", "co khong")),
)
_UNITS = {
    spelling: Unit(measures, name, factor)
    for measures, name, factor, spellings in _SPELLED
    for spelling in spellings
}
KNOWN_MONEY = tuple(name for measures, name, _, _ in _SPELLED if measures == MONEY)
"""The units of money, for a message."""


def unit_named(written: str | None) -> Unit | None:
    """The unit a person wrote; None where it is none that is known, or nothing was written."""
    if written is None:
        return None
    return _UNITS.get(fold(written.replace("³", "3").replace("²", "2")))
