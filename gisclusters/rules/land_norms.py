"""Norms on how a cluster and its factory lots divide their land, as typed values.

QCVN 01:2021/BXD says it of "industrial parks", and its clause 2.5.1 brings clusters in: the
title of table 2.6, which names parks, export zones and high-tech parks, leaves none out.  Norms
that a province adds to the code (greenery ≥ 15 %, lease land ≥ 50 %) are house norms: they stand
beside the code's under their own article and never in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from gisclusters.rules.dated import Dated, dated

LAND_GROUPS = ("industrial", "service", "transport", "green", "technical", "other")
LEASE_LAND = "lease"
"""All land for lease: ``industrial`` lots and ``service`` lots for lease.  House norms only."""

_CODE = "QCVN"


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureNorm(Dated):
    """The least or the greatest share of the whole area that one land group may have.

    ``house``: a norm that an office or a province adds; it is no text of the planning code.
    """

    group: str
    at_least: float | None
    at_most: float | None
    house: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityNorm(Dated):
    """The greatest net building density (mật độ xây dựng thuần) of a factory or warehouse lot.

    ``at_most`` up to ``tall_above_floors`` production floors, ``at_most_tall`` with more.
    """

    at_most: float
    at_most_tall: float
    tall_above_floors: int


def structure_norms(rows: Sequence[Mapping[str, Any]], *, house: bool) -> list[StructureNorm]:
    """The norms of land groups; ``house`` where all of them are added to a shipped set.

    Raises KeyError, TypeError or ValueError naming the norm: an unknown group, a share out of
    0..1, both limits or neither, two of the code for one group on one day, and a house norm
    that names no article or calls itself QCVN, whose text does not have it.
    """
    norms = [_structure(row, house=house or row.get("house") is True) for row in rows]
    for one, other in combinations([norm for norm in norms if not norm.house], 2):
        if one.group == other.group and _same_day(one, other):
            raise ValueError(f"{one.rule_id}, {other.rule_id}: {one.group}")
    return norms


def density_norm(row: Mapping[str, Any]) -> DensityNorm:
    """A norm of density from a row.  Raises KeyError, TypeError or ValueError naming it."""
    usual, tall = _share(row, "at_most"), _share(row, "at_most_tall")
    floors = row["tall_above_floors"]
    if isinstance(floors, bool) or not isinstance(floors, int) or floors < 1:
        raise ValueError(f"{row['id']} tall_above_floors: {floors!r}")
    if tall > usual:
        raise ValueError(f"{row['id']}: at_most_tall ≤ at_most")
    return DensityNorm(
        **dated(row), at_most=usual, at_most_tall=tall, tall_above_floors=floors
    )  # fmt: skip


def _structure(row: Mapping[str, Any], *, house: bool) -> StructureNorm:
    if (row.get("at_least") is None) == (row.get("at_most") is None):
        raise ValueError(f"{row['id']}: at_least / at_most")
    known = (*LAND_GROUPS, LEASE_LAND) if house else LAND_GROUPS
    if row["group"] not in known:
        raise ValueError(f"{row['id']} group: {row['group']!r}")
    article = str(row["article"] or "").strip()
    if house and (not article or _CODE in article.upper()):
        raise ValueError(f"{row['id']} article: {row['article']!r}")
    return StructureNorm(
        **dated(row), group=str(row["group"]), house=house,
        at_least=None if row.get("at_least") is None else _share(row, "at_least"),
        at_most=None if row.get("at_most") is None else _share(row, "at_most"),
    )  # fmt: skip


def _share(row: Mapping[str, Any], name: str) -> float:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"{row['id']} {name}: {value!r}")
    return float(value)


def _same_day(one: Dated, other: Dated) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_to or date.max, other.valid_to or date.max)
