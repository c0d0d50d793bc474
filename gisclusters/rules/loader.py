"""Rule files: the ones we ship by name, a user's own by path; each known by its checksum."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from gisclusters.domain.run import RuleSet
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
        content = yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise UsageError("errors.rules_unreadable", value=str(name), reason=str(fault)) from fault
    if not isinstance(content, dict) or "name" not in content or "version" not in content:
        raise UsageError("errors.rules_unreadable", value=str(name), reason="name, version")
    return content, RuleSet(
        name=str(content["name"]),
        version=str(content["version"]),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def shipped_rules() -> list[str]:
    """The names of the rule files that come with the product."""
    return sorted(
        item.name.removesuffix(".yaml")
        for item in resources.files(__package__).iterdir()
        if item.name.endswith(".yaml")
    )
