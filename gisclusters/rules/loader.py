"""Rule files: the ones we ship by name, a user's own by path; each known by its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from gisclusters.domain.run import RuleSet
from gisclusters.domain.yaml_text import parse_yaml
from gisclusters.errors import UsageError


def read_rule_file(name: str | Path) -> tuple[dict[str, Any], RuleSet]:
    """The content of a rule file and what identifies it.

    ``name`` is a shipped set (``vn``, ``vn_markers`` …) or the path of a YAML file.  Raises
    UsageError (``rules_unknown``, ``rules_unreadable``).
    """
    shipped = resources.files(__package__).joinpath(f"{name}.yaml")
    if isinstance(name, str) and name.isidentifier() and shipped.is_file():
        data = shipped.read_bytes()
    else:
        path = Path(name)
        if not path.is_file():
            raise UsageError(
                "errors.rules_unknown", value=str(name), known=" ".join(shipped_rules())
            )
        data = path.read_bytes()
    try:
        content = parse_yaml(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise UsageError("errors.rules_unreadable", value=str(name), reason=str(fault)) from fault
    if not isinstance(content, dict) or "name" not in content or "version" not in content:
        raise UsageError("errors.rules_unreadable", value=str(name), reason="name, version")
    return content, RuleSet(
        name=str(content["name"]),
        version=str(content["version"]),
        sha256=hashlib.sha256(data).hexdigest(),
    )


class RuleRow:
    """One row of a rule file; what is wrong with it is refused with its id."""

    def __init__(
        self, row: Any, file: str, *, required: Sequence[str], optional: Sequence[str]
    ) -> None:
        self.row, self._file = row, file
        if not isinstance(row, dict):
            raise self.refusal("?")
        missing = [key for key in required if not row.get(key)]
        unknown = [str(key) for key in row if key not in (*required, *optional)]
        if missing or unknown:
            raise self.refusal(", ".join(missing + unknown))

    def refusal(self, reason: str) -> UsageError:
        """The error ``rules_unreadable`` of this row, to be raised."""
        shown = self.row.get("id", self.row) if isinstance(self.row, dict) else self.row
        return UsageError("errors.rules_unreadable", value=self._file, reason=f"{shown}: {reason}")

    def require(self, **allowed: Collection[str]) -> None:
        """Refuse a value that is none of those allowed."""
        if any(self.row[name] not in values for name, values in allowed.items()):
            told = ", ".join(f"{name} {self.row[name]}" for name in allowed)
            raise self.refusal(told)

    def term(self) -> tuple[date, date]:
        """The first and the last day of the row, open where absent."""
        start, end = self.row.get("valid_from", date.min), self.row.get("valid_to", date.max)
        if not isinstance(start, date) or not isinstance(end, date) or start > end:
            raise self.refusal(f"{start} – {end}")
        return start, end


def shipped_rules() -> list[str]:
    """The names of the rule files that come with the product."""
    return sorted(
        item.name.removesuffix(".yaml")
        for item in resources.files(__package__).iterdir()
        if item.name.endswith(".yaml")
    )


def require_shipped(name: str) -> None:
    """Refuse a base that does not come with the product.  Raises UsageError."""
    if name not in shipped_rules():
        raise UsageError("errors.rules_unknown", value=name, known=" ".join(shipped_rules()))
