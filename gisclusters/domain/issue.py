"""Something doubtful in what was received: where it stands, what it is, how to mend it.

An issue carries a stable code and the values that fill its sentence; the sentence itself
stands in the catalogue (``issues.<code>``), so that one issue reads in every language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

Level = Literal["error", "warning", "info"]

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One doubt about one value.

    ``layer`` is the file or layer as the user knows it; ``row`` counts from 1 as the user
    sees it (the header row of a table counted); ``id``, ``field`` and ``value`` are given
    where they apply; ``params`` fill the catalogue's sentence besides those.  ``role`` is that of
    the file among several (``survey``), whose options carry its name (``--survey-crs``).
    """

    level: Level
    code: str
    layer: str | None = None
    row: int | None = None
    id: str | None = None
    field: str | None = None
    value: str | None = None
    params: Mapping[str, object] = dataclasses.field(default_factory=lambda: _NOTHING)
    role: str | None = None

    def __str__(self) -> str:
        """Name the place and the code, for logs and exceptions."""
        place = " ".join(
            part
            for part in (
                self.layer or "",
                f"row {self.row}" if self.row is not None else "",
                f"id {self.id}" if self.id is not None else "",
                f"field {self.field}" if self.field is not None else "",
                f"value {self.value!r}" if self.value is not None else "",
            )
            if part
        )
        details = f" {dict(self.params)}" if self.params else ""
        return f"{place + ': ' if place else ''}{self.code}{details}"

    def in_layer(self, layer: str) -> Issue:
        """The same issue, placed in ``layer`` unless it already has a place."""
        return self if self.layer is not None else dataclasses.replace(self, layer=layer)


def error(
    code: str,
    *,
    layer: str | None = None,
    row: int | None = None,
    id: str | None = None,  # noqa: A002
    field: str | None = None,
    value: object = None,
    **params: object,
) -> Issue:
    """Make an issue that refuses the input."""
    return _make("error", code, layer, row, id, field, value, params)


def warning(
    code: str,
    *,
    layer: str | None = None,
    row: int | None = None,
    id: str | None = None,  # noqa: A002
    field: str | None = None,
    value: object = None,
    **params: object,
) -> Issue:
    """Make an issue that a person must know before relying on the result."""
    return _make("warning", code, layer, row, id, field, value, params)


def info(
    code: str,
    *,
    layer: str | None = None,
    row: int | None = None,
    id: str | None = None,  # noqa: A002
    field: str | None = None,
    value: object = None,
    **params: object,
) -> Issue:
    """Make an issue that records what was done."""
    return _make("info", code, layer, row, id, field, value, params)


def has_errors(issues: Iterable[Issue]) -> bool:
    """Whether any of the issues refuses the input."""
    return any(issue.level == "error" for issue in issues)


def _make(
    level: Level,
    code: str,
    layer: str | None,
    row: int | None,
    id_: str | None,
    field_: str | None,
    value: object,
    params: Mapping[str, object],
) -> Issue:
    return Issue(
        level=level,
        code=code,
        layer=layer,
        row=None if row is None else int(row),
        id=id_,
        field=field_,
        value=None if value is None else str(value),
        params=MappingProxyType(dict(params)) if params else _NOTHING,
    )
