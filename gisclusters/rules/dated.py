"""What every version of a rule says of itself, and which version holds on a day.

What stands in a rule file is a list of versions per rule; which one judges is decided by the
day asked for.  No version in force on that day means that the rule judges nothing then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from gisclusters.rules.loader import is_day

CONFIDENCES = ("sure", "likely", "unverified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One version of a rule; both days are in force, None is open."""

    rule_id: str
    article: str
    confidence: str
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether this version is in force on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


Version = TypeVar("Version", bound=Dated)


def dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of :class:`Dated` from a row of a file.  Raises KeyError, ValueError."""
    for field in ("valid_from", "valid_to"):
        # a day with an hour, which YAML gives too, cannot be held against a day
        if row[field] is not None and not is_day(row[field]):
            raise ValueError(f"{row['id']} {field}: {row[field]!r}")
    if None not in (row["valid_from"], row["valid_to"]) and row["valid_from"] > row["valid_to"]:
        raise ValueError(f"{row['id']}: {row['valid_from']} – {row['valid_to']}")
    if row["confidence"] not in CONFIDENCES:
        raise ValueError(f"{row['id']} confidence: {row['confidence']!r}")
    return {
        "rule_id": str(row["id"]),
        "article": str(row["article"]),
        "confidence": str(row["confidence"]),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }


def in_force(versions: Sequence[Version], day: date) -> Version | None:
    """The version in force on ``day``; the one that came into force last where several are."""
    holding = [version for version in versions if version.holds_on(day)]
    return max(holding, key=lambda version: version.valid_from or date.min, default=None)
