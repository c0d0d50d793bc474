"""The CRS of a file: what it says, what people say of it, and what happens where these differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.geometry.crs import vn2000_zone
from gisclusters.geometry.crs_names import (
    crs_definition,
    crs_in_short,
    ellipsoid_name,
    has_ellipsoid_of_vn2000,
    is_lonlat,
    is_older_datum,
    is_transverse_mercator,
    parse_crs,
    vn2000_like,
)
from gisclusters.geometry.zones import zone_of
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sidecar import Sidecar
from gisclusters.readers.system_words import datum_in, said_in
from gisclusters.readers.systems import HN72, HN72_CODES, Said, one_zone

_SHOWN = 3
"""Codes named in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedCrs:
    """A CRS that a file says and that must be confirmed: its words, and the codes that fit.

    ``trap``: the file says a datum that it cannot be believed.
    """

    said: str
    fits: tuple[str, ...]
    trap: bool = False


def unnamed_projection(crs: str) -> DoubtedCrs | None:
    """A projection without a code, which what a person names must have; None for other kinds.

    On another ellipsoid than that of VN-2000 no zone fits it.
    """
    if not is_transverse_mercator(crs):
        return None
    if not has_ellipsoid_of_vn2000(crs):
        return DoubtedCrs(said=f"{crs_in_short(crs)} / {ellipsoid_name(crs)}", fits=())
    like = vn2000_like(crs)
    return DoubtedCrs(said=crs_in_short(crs), fits=() if like is None else (like,))


def settle_crs(
    name: str,
    found: str | None,
    options: ReadOptions,
    sidecar: Sidecar,
    *,
    doubt: DoubtedCrs | None = None,
    assumed: bool = False,
) -> tuple[str, list[Issue]]:
    """The CRS (``EPSG:n``) of the file ``name``, which says ``found`` or what is in ``doubt``.

    ``assumed``: ``found`` is only what degrees mean where nothing is said.  Raises
    InputRefusedError (``crs_contradiction``, ``crs_missing``, ``datum_old``, ``mapinfo_datum``,
    ``sidecar_value``) and UsageError for a CRS or province that is none.
    """
    if doubt is not None:
        if datum_in(doubt.said) == HN72:
            raise InputRefusedError([error("datum_old", layer=name, value=doubt.said)])
        for code in doubt.fits:
            _refuse_older(name, code)
        return _confirmed_crs(name, doubt, options, sidecar)
    if assumed:
        found = _may_be_named(name, found, options, sidecar)
    _refuse_older(name, found)
    if found is None:
        _hold_to_name(name, options, sidecar)
    taken, issues = _settled_crs(name, found, options, sidecar)
    _refuse_older(name, taken)
    return taken, issues


def hold_to_words(
    name: str, said: Said, found: str | None, options: ReadOptions, sidecar: Sidecar
) -> tuple[str | None, list[Issue]]:
    """The CRS of the table ``name``, whose words say ``said``, held against what people say.

    ``found`` is the one code the words mean, None where they leave several.  Raises
    InputRefusedError: ``crs_contradiction`` where the CRS, the sidecar's or the zone of the
    province is none of those that fit; ``system_unknown`` where no system is as the words say
    and no CRS is named; ``datum_old`` for HN-72; ``meridian_unknown`` where a meridian cannot be
    read and the zone would be that of the province.
    """
    fits = said.fits
    if fits is None and said.unread is None:
        return found, []
    way, code = _named(name, options, sidecar)
    sure = way in {"--crs", "sidecar"}
    if (
        code is not None
        and not sure
        and said.unread is not None
        and not HN72_CODES & set(fits or ())
    ):
        raise InputRefusedError([error("meridian_unknown", layer=name, value=said.unread)])
    if fits is None:
        return found, []
    if sure and code in fits:
        return found, []
    if HN72_CODES & set(fits):
        raise InputRefusedError([error("datum_old", layer=name, value=said.words)])
    if not fits:
        known = said.nearly
        told = (warning if sure else error)(
            "system_unknown",
            layer=name,
            value=said.words,
            option=_options(known),
            taken=code or "–",
        )
        if not sure:
            raise InputRefusedError([told])
        return None, [told]
    if code is not None and code not in fits:
        shown = ", ".join(fits[:_SHOWN]) + (" …" if len(fits) > _SHOWN else "")
        raise InputRefusedError(
            [error("crs_contradiction", layer=name, value=code, way=way,
                   found=f"“{said.words}” ({shown})", option=_options(fits))]
        )  # fmt: skip
    return found, []


def hold_to_texts(
    name: str, said: Said, found: str | None, options: ReadOptions, sidecar: Sidecar,
    *, way: str = "TEXT",
) -> tuple[str | None, list[Issue]]:  # fmt: skip
    """The CRS of the drawing or map ``name``, whose texts say ``said``, held against people's.

    ``found`` is the one that the file names by its code; it outweighs texts, and what
    differs is a warning.  Raises InputRefusedError as ``one_zone`` and ``hold_to_words`` do.
    """
    if found is None:
        issues = one_zone(said, name, named=(options.crs or sidecar.crs) is not None)
        found, more = hold_to_words(name, said, said.code, options, sidecar)
        return found, [*issues, *more]
    if said.fits is None or found in said.fits:
        return found, []
    return found, [warning("crs_disagreement", layer=name, value=f"“{said.words}”", way=way,
                           taken=found)]  # fmt: skip


def hold_to_province(name: str, found: str | None, options: ReadOptions, sidecar: Sidecar) -> None:
    """Refuse a code that a table says of its shapes where the province has another zone.

    Degrees are in no zone.  A CRS that a person names is held against the code elsewhere.
    Raises InputRefusedError (``crs_contradiction``).
    """
    way, code = _named(name, options, sidecar)
    if found is None or is_lonlat(found) or way != "--province" or code in {None, found}:
        return
    raise InputRefusedError(
        [error("crs_contradiction", layer=name, value=code, way=way, found=found,
               option=_options((found,)))]
    )  # fmt: skip


def _hold_to_name(name: str, options: ReadOptions, sidecar: Sidecar) -> None:
    """Refuse the zone of the province where the name of a file that says none names another.

    ``moc_vn2000_105-45.csv`` is a witness against a zone, never the word for one.
    """
    way, code = _named(name, options, sidecar)
    said = said_in([PurePath(name).stem.replace("_", " ")])
    fits = said.fits or ()
    located = any(each.known for each in said.meridians)
    if way == "--province" and code is not None and located and code not in fits:
        raise InputRefusedError(
            [error("crs_contradiction", layer=name, value=code, way=way,
                   found=f"“{name}” ({', '.join(fits[:_SHOWN])})", option=_options(fits))]
        )  # fmt: skip


def _refuse_older(name: str, code: str | None) -> None:
    if code is not None and is_older_datum(code):
        shown = f"{code}, {crs_definition(code)[2]}"
        raise InputRefusedError([error("datum_old", layer=name, value=shown)])


def _named(name: str, options: ReadOptions, sidecar: Sidecar) -> tuple[str, str | None]:
    """The CRS that a person names first, and in which way."""
    if options.crs is not None:
        return "--crs", parse_crs(options.crs)
    if sidecar.crs is not None:
        return "sidecar", _sidecar_crs(name, sidecar.crs)
    if options.province is not None:
        return "--province", _zone_of_province(options.province, needed=False)
    return "--survey-crs", options.fallback_crs


def _options(codes: Sequence[str]) -> str:
    """The option that names the right CRS, as it is typed."""
    return f"--crs {' / '.join(codes)}" if 0 < len(codes) <= _SHOWN else "--crs EPSG:n"


def _may_be_named(
    name: str, found: str | None, options: ReadOptions, sidecar: Sidecar
) -> str | None:
    """The CRS assumed for degrees of which nothing is said, or None where a person names theirs."""
    if options.crs is not None:
        named = parse_crs(options.crs)
    elif sidecar.crs is not None:
        named = _sidecar_crs(name, sidecar.crs)
    else:
        return found
    return None if is_lonlat(named) else found


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
                [error("crs_contradiction", layer=name, value=code, found=found, way=way,
                       option=_options((found,)))]
            )  # fmt: skip
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
                   found=" / ".join(doubt.fits) or doubt.said, option=_options(doubt.fits))]
        )  # fmt: skip
    return taken, issues


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
