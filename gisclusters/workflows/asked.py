"""What a notebook hands over, looked at first: a wrong kind must not read as no finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gisclusters.layers.layer import Layer
from gisclusters.words import text


def check_layers(name: str, given: object, *, kind: str) -> None:
    """Refuse what is no sequence of layers of a kind.  Raises TypeError, ValueError."""
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        raise TypeError(_said("needs_list", name, given))
    for each in given:
        if not isinstance(each, Layer):
            raise TypeError(_said("needs_layer", name, each))
        if each.kind.name != kind:
            raise ValueError(text("errors.needs_kind", "en", name=name, kind=kind,
                                  value=each.kind.name))  # fmt: skip


def check_day(given: object) -> None:
    """Refuse an ``as_of`` that is no day.  Raises TypeError."""
    if not isinstance(given, date) or isinstance(given, datetime):
        raise TypeError(_said("needs_day", "as_of", given))


def _said(key: str, name: str, given: object) -> str:
    return text(f"errors.{key}", "en", name=name, value=type(given).__name__)
