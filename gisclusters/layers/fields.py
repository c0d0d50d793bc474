"""What a kind of layer is made of: its fields, its geometry, its key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

FieldType = Literal["text", "number", "integer", "date", "datetime", "boolean"]
Shape = Literal["polygon", "point", "any", "none"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a kind.

    ``spellings`` are what offices write for a word of ``allowed``, folded, with that word.
    """

    name: str
    type: FieldType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    positive: bool = False
    spellings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of layer: its fields, its geometry, and what makes a row itself.

    ``key`` names the columns that together identify a row; ``repeats`` says that rows may
    share an id (repeated observations, successive leases).
    """

    name: str
    id_field: str
    shape: Shape
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    repeats: bool = False

    def field(self, name: str) -> Field:
        """The field called ``name``.  Raises KeyError."""
        return _by_name(self)[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of every field, in order."""
        return tuple(field.name for field in self.fields)


@cache
def _by_name(kind: Kind) -> dict[str, Field]:
    return {field.name: field for field in kind.fields}
