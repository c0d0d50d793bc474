"""What only people know of a marker inspection; everything not given stays open in the minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One who was there."""

    name: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of the minutes with its persons; ``role`` is what it is there for."""

    organisation: str | None = None
    role: str | None = None
    persons: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One place to sign: for whom, and the name under it."""

    title: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture of a marker; ``marker_id`` as the person wrote it, ``size`` in pixels."""

    marker_id: str
    name: str
    data: bytes
    media_type: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesForm:
    """The filled form.  ``facts`` are its single lines by name, as text."""

    date: dt.date | None = None
    decision_date: dt.date | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parties: tuple[Party, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    photos: tuple[Photo, ...] = ()
