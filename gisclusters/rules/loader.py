"""Rule files: the ones we ship by name, a user's own by path; each known by its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from gisclusters.domain.run import RuleSet
from gisclusters.domain.yaml_text import parse_yaml
from gisclusters.errors import UsageError
from gisclusters.rules.own_file import refusal, repeated_keys


def read_rule_file(name: str | Path, model: str = "vn") -> tuple[dict[str, Any], RuleSet]:
    """The content of a rule file and what identifies it.

    ``name`` is a shipped set (``vn``, ``vn_markers`` …) or the path of a YAML file; ``model``
    the shipped set that is usable there and that a file is written after.  Raises UsageError
    (``rules_unknown``, ``rules_unreadable``, ``rules_other_set``).
    """
    ours = is_shipped(name)
    if ours and model not in {name, "vn"}:  # overlap rules tell that by their keys
        raise UsageError("errors.rules_other_set", value=str(name), model=model)
    try:
        data = _bytes(name, model)
        said = data.decode("utf-8")
        content = parse_yaml(said)
        twice = [] if ours else repeated_keys(said)
    except UsageError:  # a ValueError too
        raise
    except (yaml.YAMLError, OSError, ValueError, TypeError, RecursionError) as fault:
        # a day that no calendar has is a ValueError, a key that is a list a TypeError
        raise refusal(str(name), str(fault), model) from fault
    if twice:
        raise refusal(str(name), ", ".join(twice), model)
    if not isinstance(content, dict):
        raise refusal(str(name), "name, version", model)
    wrong = [] if _is_text(content.get("name")) else ["name"]
    wrong += [] if _is_version(content.get("version")) else ["version"]
    if wrong:
        raise refusal(str(name), ", ".join(wrong), model)
    return content, RuleSet(
        name=str(content["name"]),
        version=str(content["version"]),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _bytes(name: str | Path, model: str) -> bytes:
    if is_shipped(name):
        return resources.files(__package__).joinpath(f"{name}.yaml").read_bytes()
    if not Path(name).is_file():
        raise UsageError("errors.rules_unknown", value=str(name), known=model)
    return Path(name).read_bytes()


class RuleRow:
    """One row of a rule file; what is wrong with it is refused with its id."""

    def __init__(
        self, row: Any, file: str, *, required: Sequence[str], optional: Sequence[str],
        model: str = "vn",
    ) -> None:  # fmt: skip
        self.row, self._file, self._model = row, file, model
        if not isinstance(row, dict):
            raise self.refusal("?")
        missing = [key for key in required if not row.get(key)]
        unknown = [str(key) for key in row if key not in (*required, *optional)]
        if missing or unknown:
            raise self.refusal(", ".join(missing + unknown))

    def refusal(self, reason: str) -> UsageError:
        """The error ``rules_unreadable`` of this row, to be raised."""
        shown = self.row.get("id", self.row) if isinstance(self.row, dict) else self.row
        return refusal(self._file, f"{shown}: {reason}", self._model)

    def require(self, **allowed: Collection[str]) -> None:
        """Refuse a value that is none of those allowed."""
        if any(
            not isinstance(self.row[name], str) or self.row[name] not in values
            for name, values in allowed.items()
        ):
            told = ", ".join(f"{name} {self.row[name]}" for name in allowed)
            raise self.refusal(told)

    def require_text(self, *names: str) -> None:
        """Refuse a field that is there and no text."""
        wrong = [name for name in names if name in self.row and not _is_text(self.row[name])]
        if wrong:
            raise self.refusal(", ".join(f"{name} {self.row[name]}" for name in wrong))

    def term(self) -> tuple[date, date]:
        """The first and the last day of the row, open where absent or null."""
        start, end = self.row.get("valid_from"), self.row.get("valid_to")
        start = date.min if start is None else start
        end = date.max if end is None else end
        if not is_day(start) or not is_day(end) or start > end:
            raise self.refusal(f"{start} – {end}")
        return start, end


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_version(value: object) -> bool:
    return _is_text(value) or (isinstance(value, (int, float)) and not isinstance(value, bool))


def is_day(value: object) -> bool:
    """Whether a value is a day without an hour; YAML gives both."""
    return isinstance(value, date) and not isinstance(value, datetime)


def is_shipped(name: object) -> bool:
    """Whether a name is that of a rule file that comes with the product."""
    return isinstance(name, str) and name in shipped_rules()


def shipped_rules() -> list[str]:
    """The names of the rule files that come with the product."""
    return sorted(
        item.name.removesuffix(".yaml")
        for item in resources.files(__package__).iterdir()
        if item.name.endswith(".yaml")
    )


def require_shipped(name: str, model: str) -> None:
    """Refuse a base that does not come with the product.

    Raises UsageError, which names ``model`` as the one usable there.
    """
    if name not in shipped_rules():
        raise UsageError("errors.rules_unknown", value=name, known=model)
