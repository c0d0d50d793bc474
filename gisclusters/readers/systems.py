"""The systems that words can mean, and what was heard of them narrowed to codes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.geometry.zones import ZONES_3_DEG, ZONES_6_DEG

VN2000, WGS84_DATUM, HN72, WEB_MERCATOR = "vn2000", "wgs84", "hn72", "web_mercator"


@dataclass(frozen=True, slots=True)
class System:
    """A system in metres that has a code."""

    code: str
    datum: str
    meridian_deg: float
    width_deg: int


SYSTEMS: tuple[System, ...] = (
    *(System(zone.code, VN2000, zone.central_meridian_deg, zone.width_deg)
      for zone in (*ZONES_3_DEG, *ZONES_6_DEG)),
    System("EPSG:32648", WGS84_DATUM, 105.0, 6), System("EPSG:32649", WGS84_DATUM, 111.0, 6),
    System("EPSG:3857", WEB_MERCATOR, 0.0, 0),
    System("EPSG:2044", HN72, 105.0, 6), System("EPSG:2045", HN72, 111.0, 6),
)  # fmt: skip
"""What words can mean: VN-2000 zones, UTM on WGS 84, Web Mercator, the two zones of HN-72."""
HN72_CODES = frozenset(system.code for system in SYSTEMS if system.datum == HN72)


MERIDIANS_DEG = frozenset(system.meridian_deg for system in SYSTEMS)


@dataclass(frozen=True, slots=True)
class Meridian:
    """A central meridian as written, and the width named beside it."""

    words: str
    degrees: float
    width_deg: int | None = None

    @property
    def known(self) -> bool:
        """Whether any system has it."""
        return self.degrees in MERIDIANS_DEG


@dataclass(frozen=True, slots=True)
class Said:
    """What lines say of the system; a part that they do not say is empty.

    ``words`` are the lines that say it, ``numbered`` whether a zone is named by its number in
    UTM, which VN-2000 and WGS 84 share.
    """

    datums: frozenset[str] = frozenset()
    meridians: tuple[Meridian, ...] = ()
    widths: frozenset[int] = frozenset()
    numbered: bool = False
    words: str = ""

    @property
    def fits(self) -> tuple[str, ...] | None:
        """The codes that agree with everything said; None where nothing is said of the system.

        A meridian of no zone tells nothing.
        """
        if not (self.datums or self.widths or any(each.known for each in self.meridians)):
            return None
        return tuple(system.code for system in self._of_datum() if self._is_placed(system))

    @property
    def unread(self) -> str | None:
        """The words of a meridian of no zone, where no other is known."""
        if not self.meridians or any(each.known for each in self.meridians):
            return None
        return self.meridians[0].words

    @property
    def nearly(self) -> tuple[str, ...]:
        """The codes that agree with a part: the datum, and either the meridian or the width."""
        degrees = {each.degrees for each in self.meridians}
        widths = self.widths | {each.width_deg for each in self.meridians}
        return tuple(system.code for system in self._of_datum()
                     if system.meridian_deg in degrees or system.width_deg in widths)  # fmt: skip

    def _of_datum(self) -> list[System]:
        datums = self.datums or ({VN2000, WGS84_DATUM} if self.numbered else {VN2000})
        if VN2000 in datums:
            datums -= {HN72}
        return [system for system in SYSTEMS if system.datum in datums]

    def _is_placed(self, system: System) -> bool:
        known = [each for each in self.meridians if each.known]
        if not known:
            return not self.widths or system.width_deg in self.widths
        return any(
            each.degrees == system.meridian_deg
            and system.width_deg in ({each.width_deg} if each.width_deg else self.widths or {3, 6})
            for each in known
        )

    @property
    def code(self) -> str | None:
        """The one code that is meant: of a meridian that says no width, the 3° zone."""
        fits = self.fits or ()
        if len(fits) > 1 and len(self.meridians) == 1 and not self.widths:
            narrow = {zone.code for zone in ZONES_3_DEG}
            fits = tuple(code for code in fits if code in narrow) or fits
        return fits[0] if len(fits) == 1 and fits[0] not in HN72_CODES else None

    def filled_from(self, other: Said) -> Said:
        """The same with the parts that are empty here as ``other`` says them."""
        located = self if self.meridians or self.widths else other
        return Said(
            datums=self.datums or other.datums, meridians=self.meridians or other.meridians,
            widths=self.widths or other.widths, numbered=located.numbered,
            words="; ".join(dict.fromkeys(filter(None, (self.words, other.words)))),
        )  # fmt: skip


NOTHING_SAID = Said()


def one_zone(said: Said, layer: str, *, named: bool = False) -> list[Issue]:
    """A warning for a meridian of no zone.

    Raises InputRefusedError (``zones_several``) where lines name two zones; where a person
    has ``named`` the CRS it is a warning.
    """
    alone = [replace(said, meridians=(each,)) for each in said.meridians]
    of_zone = {one.meridians[0].words: one.code for one in alone if one.code is not None}
    if len(set(of_zone.values())) > 1:
        codes = list(dict.fromkeys(of_zone.values()))
        told = (warning if named else error)(
            "zones_several", layer=layer, value=", ".join(of_zone), codes=", ".join(codes),
            option=f"--crs {' / '.join(codes)}",
        )  # fmt: skip
        if not named:
            raise InputRefusedError([told])
        return [told]
    odd = [each.words for each in said.meridians if not each.known]
    return [warning("meridian_unknown", layer=layer, value=odd[0])] if odd and not of_zone else []
