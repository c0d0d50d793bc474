"""How far a marker may stand from its approved place: dated tables by scale and kind of marker."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.marker_kinds import MARKER_KINDS
from gisclusters.domain.run import RuleSet
from gisclusters.rules.dated import Dated, dated, in_force
from gisclusters.rules.loader import RuleRow, read_rule_file
from gisclusters.rules.own_file import check_versions, refusal

_MODEL = "vn_markers"
_KEYS = ("name", "version", "tolerances")
_REQUIRED = ("id", "article", "confidence", "metres_by_scale")
_OPTIONAL = ("article_en", "valid_from", "valid_to", "by_kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceTable(Dated):
    """One version: metres by scale for all markers, and for kinds that have their own."""

    article_en: str | None
    metres_by_scale: Mapping[int, float]
    by_kind: Mapping[str, Mapping[int, float]]

    def metres(self, scale: int, kind: str | None = None) -> float | None:
        """The tolerance of a kind of marker at a scale; None where the table has none."""
        own = self.by_kind.get(kind, {}) if kind is not None else {}
        return own.get(scale, self.metres_by_scale.get(scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceRules:
    """Every version of the tables of one file."""

    rule_set: RuleSet
    tables: Sequence[ToleranceTable]

    def on(self, day: date | None) -> ToleranceTable | None:
        """The version in force on ``day``; without a day the one without an end."""
        return in_force(self.tables, date.max if day is None else day)


def load_tolerance_rules(name: str | Path = "vn_markers") -> ToleranceRules:
    """Read a rule file (a shipped name or a path) into typed rules.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, _MODEL)
    file, rows = str(name), content.get("tolerances")
    unknown = [str(key) for key in content if key not in _KEYS]
    if unknown or not isinstance(rows, list) or not rows:
        raise refusal(file, ", ".join(unknown) or "tolerances", _MODEL)
    entries = (RuleRow(row, file, required=_REQUIRED, optional=_OPTIONAL, model=_MODEL)
               for row in rows)  # fmt: skip
    tables = [_table(entry) for entry in entries]
    check_versions(tables, file, _MODEL)
    return ToleranceRules(rule_set=rule_set, tables=tables)


def _table(entry: RuleRow) -> ToleranceTable:
    row = entry.row
    entry.require_text("id", "article", "article_en")
    entry.term()
    by_kind = row.get("by_kind") or {}
    if not isinstance(by_kind, dict):
        raise entry.refusal(f"by_kind {by_kind}")
    wrong = [str(kind) for kind in by_kind if kind not in MARKER_KINDS]
    if wrong:
        raise entry.refusal(f"by_kind {', '.join(wrong)} ({' '.join(MARKER_KINDS)})")
    try:
        said = dated({"valid_from": None, "valid_to": None} | row)
    except ValueError as fault:
        raise entry.refusal(str(fault)) from fault
    return ToleranceTable(
        **said, article_en=row.get("article_en"),
        metres_by_scale=_metres(entry, "metres_by_scale", row["metres_by_scale"]),
        by_kind={kind: _metres(entry, f"by_kind {kind}", table) for kind, table in by_kind.items()},
    )  # fmt: skip


def _metres(entry: RuleRow, key: str, table: Any) -> dict[int, float]:
    """Scale → metres; lengths above 0, scales whole."""
    if not isinstance(table, dict) or not table:
        raise entry.refusal(f"{key} {table}")
    wrong = [
        f"{scale}: {metres}" for scale, metres in table.items()
        if not _is_number(scale, (int,)) or not _is_number(metres, (int, float))
    ]  # fmt: skip
    if wrong:
        raise entry.refusal(f"{key} {', '.join(wrong)}")
    return {int(scale): float(metres) for scale, metres in table.items()}


def _is_number(value: object, kinds: Collection[type]) -> bool:
    return type(value) in kinds and 0 < value < math.inf  # type: ignore[operator]
