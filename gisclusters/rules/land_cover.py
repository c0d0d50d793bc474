"""What evidence from a land-cover raster is judged by, and how often its classes err."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from gisclusters.domain.run import RuleSet
from gisclusters.errors import UsageError
from gisclusters.rules.dated import dated, in_force
from gisclusters.rules.efficiency import Threshold
from gisclusters.rules.loader import read_rule_file

_THRESHOLDS = ("outside_ring", "significance")
Given = Literal["truth_given_map", "map_given_truth"]
_GIVEN = ("truth_given_map", "map_given_truth")
_KEYS = ("name", "version", "rows", "entries", "patch_pixels", "classes", "matrix")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandCoverRules:
    """Every version of the thresholds of a raster's evidence; ``ring_m`` is asked by a person."""

    rule_set: RuleSet
    thresholds: Mapping[str, Sequence[Threshold]]
    ring_m: float | None = None

    def ring_on(self, day: date) -> float | None:
        """How wide the ring outside a boundary is looked at, metres; None: not at all."""
        found = in_force(self.thresholds["outside_ring"], day)
        return self.ring_m if self.ring_m is not None else None if found is None else found.value

    def significance_on(self, day: date) -> float | None:
        """How many standard deviations make a finding; None: nothing is judged."""
        found = in_force(self.thresholds["significance"], day)
        return None if found is None else found.value

    def with_ring(self, ring_m: float | None) -> LandCoverRules:
        """The same with the width of the ring that a person chose."""
        return replace(self, ring_m=ring_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often a map of classes errs, from places that somebody checked.

    ``rows`` names which way the matrix reads: ``truth_given_map`` (a row is a class of the map,
    its cells what the ground is there) or ``map_given_truth`` (a row is a class of the ground,
    its cells what the map shows there).  ``shares`` add up to 1 in each row; ``checked`` are the
    places behind each row, infinite where only shares were given.  Errors come in patches of
    ``patch_pixels`` pixels: within one they are the same, between two independent.
    """

    rule_set: RuleSet
    rows: Given
    classes: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]
    checked: tuple[float, ...]
    patch_pixels: float


def load_land_cover_rules(name: str | Path = "vn_land_cover") -> LandCoverRules:
    """Read a rule file.  Raises UsageError (``rules_unknown``, ``rules_unreadable``)."""
    content, rule_set = read_rule_file(name, "vn_land_cover")
    entry = "?"
    try:
        thresholds = {}
        for key in _THRESHOLDS:
            entry = key
            thresholds[key] = [
                Threshold(**dated(row), value=_above_zero(row["value"]), unit=str(row["unit"]))
                for row in content[key]
            ]
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(name),
            reason=f"{entry}: {fault}",
            model="vn_land_cover",
        ) from fault
    return LandCoverRules(rule_set=rule_set, thresholds=thresholds)


def load_confusion(path: Path) -> Confusion:
    """Read a confusion matrix from YAML; none is shipped, for none holds everywhere.

    Keys: ``name version rows entries patch_pixels classes matrix``.  ``entries`` is ``counts``
    (of checked places, from which the matrix's own uncertainty is told) or ``shares``.
    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the key at fault).
    """
    content, rule_set = read_rule_file(path, "vn_land_cover")
    key = "?"
    try:
        unknown = [str(name) for name in content if name not in _KEYS]
        _require(not unknown, ", ".join(unknown))
        key = "rows"
        rows = content["rows"]
        _require(rows in _GIVEN, " | ".join(_GIVEN))
        key = "entries"
        entries = content["entries"]
        _require(entries in {"counts", "shares"}, "counts | shares")
        key = "patch_pixels"
        patch_pixels = _above_zero(content["patch_pixels"])
        key = "classes"
        classes = content["classes"]
        _require(all(type(value) is int for value in classes), str(classes))
        _require(len(set(classes)) == len(classes) >= 2, str(classes))
        key = "matrix"
        matrix = [_row(row, len(classes)) for row in content["matrix"]]
        _require(len(matrix) == len(classes), f"{len(matrix)} × {len(classes)}")
        totals = [sum(row) for row in matrix]
        if entries == "shares":
            _require(all(abs(total - 1) < 1e-6 for total in totals), "1")
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError(
            "errors.rules_unreadable",
            value=str(path),
            reason=f"{key}: {fault}",
            model="vn_land_cover",
        ) from fault
    return Confusion(
        rule_set=rule_set,
        rows=cast("Given", rows),
        classes=tuple(classes),
        shares=tuple(
            tuple(cell / total for cell in row) for row, total in zip(matrix, totals, strict=True)
        ),
        checked=tuple(totals) if entries == "counts" else (math.inf,) * len(classes),
        patch_pixels=patch_pixels,
    )


def _row(row: Sequence[Any], length: int) -> list[float]:
    cells = [float(cell) for cell in row]
    _require(len(cells) == length, f"{row}")
    _require(all(math.isfinite(cell) and cell >= 0 for cell in cells) and sum(cells) > 0, f"{row}")
    return cells


def _above_zero(value: Any) -> float:
    number = float(value)
    _require(math.isfinite(number) and number > 0, f"{value}")
    return number


def _require(holds: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise ValueError(reason)
