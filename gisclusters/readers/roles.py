"""Which of several files an issue speaks of, so that its remedy names the options of that file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from gisclusters.domain.issue import Issue
from gisclusters.errors import InputRefusedError
from gisclusters.layers.layer import Layer


def in_role(role: str | None, read: Callable[[], Layer]) -> Layer:
    """What ``read`` gives, its issues (those of a refusal too) in ``role``."""
    if role is None:
        return read()
    try:
        layer = read()
    except InputRefusedError as refusal:
        refusal.issues = _in_role(role, refusal.issues)
        raise
    return replace(layer, issues=_in_role(role, layer.issues))


def _in_role(role: str, issues: Iterable[Issue]) -> tuple[Issue, ...]:
    return tuple(replace(issue, role=role) for issue in issues)
