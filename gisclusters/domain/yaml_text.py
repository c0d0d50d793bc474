"""YAML of rules, words and sidecars, parsed by libyaml where PyYAML was built with it."""

from __future__ import annotations

from typing import Any


def parse_yaml(text: str) -> Any:
    """Plain values only; nothing is built or run.  Raises yaml.YAMLError.

    libyaml is ten times quicker than the loader in Python, which a pure wheel falls back on.
    """
    import yaml  # noqa: PLC0415 - `--help` and `--version` read none

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
