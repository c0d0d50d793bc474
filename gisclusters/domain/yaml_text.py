"""YAML of rules, words and sidecars, parsed by libyaml where PyYAML was built with it."""

from __future__ import annotations

from functools import cache
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


def parse_typed(text: str) -> Any:
    """As ``parse_yaml``, every value the text that was typed: ``010`` is no eight.

    Only an empty value, ``~`` and ``null`` are None.  Raises yaml.YAMLError.
    """
    import yaml  # noqa: PLC0415 - as above

    return yaml.load(text, Loader=_typed_loader())  # noqa: S506 - a safe loader that knows less


@cache
def _typed_loader() -> Any:
    import yaml  # noqa: PLC0415 - as above

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    null = "tag:yaml.org,2002:null"
    known = {first: [each for each in rules if each[0] == null]
             for first, rules in loader.yaml_implicit_resolvers.items()}  # fmt: skip
    return type("TypedLoader", (loader,), {"yaml_implicit_resolvers": known})
