"""From parsed options to what a reader needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gisclusters.errors import UsageError

if TYPE_CHECKING:
    from gisclusters.readers.options import ReadOptions

_NAMES = ("crs", "axes", "province", "encoding", "layer", "accuracy_m", "accept_repairs")


def read_options(given: Mapping[str, Any], prefix: str = "", **more: Any) -> ReadOptions:
    """The reading options among ``given``; those of ``prefix`` go before the general ones.

    ``more`` are further fields (mapping, category, ground, decision …).
    """
    from gisclusters.readers.options import ReadOptions

    values: dict[str, Any] = {}
    for name in _NAMES:
        own = given.get(f"{prefix}_{name}") if prefix else None
        values[name] = own if own is not None else given.get(name)
    if prefix:
        values |= {"layer": given.get(f"{prefix}_layer"), "role": prefix}
    values["accept_repairs"] = bool(values["accept_repairs"])
    return ReadOptions(**values, **{name: value for name, value in more.items() if value})


def field_map(pairs: tuple[str, ...]) -> dict[str, str]:
    """``FIELD=COLUMN`` pairs as a mapping.  Raises UsageError (``bad_map``)."""
    mapping = {}
    for pair in pairs:
        name, mark, column = pair.partition("=")
        if not mark or not name.strip() or not column.strip():
            raise UsageError("errors.bad_map", value=pair)
        mapping[name.strip()] = column.strip()
    return mapping
