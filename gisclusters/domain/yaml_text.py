"""YAML of rules, words and sidecars, parsed by libyaml where PyYAML was built with it."""

from __future__ import annotations

from typing import Any


def fault_place(fault: BaseException) -> tuple[int, int] | None:
    """Line and column (from 1) at which text stops being YAML, None for another fault."""
    mark = getattr(fault, "problem_mark", None)
    return None if mark is None else (mark.line + 1, mark.column + 1)


def parse_yaml(text: str) -> Any:
    """Plain values only; nothing is built or run.  Raises yaml.YAMLError.

    libyaml is ten times quicker than the loader in Python, which a pure wheel falls back on.
    """
    import yaml  # noqa: PLC0415 - `--help` and `--version` read none

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
