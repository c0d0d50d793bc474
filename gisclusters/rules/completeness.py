"""The dated checklists of plans and dossiers, as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gisclusters.domain.run import RuleSet
from gisclusters.rules.dated import Dated, dated
from gisclusters.rules.loader import read_rule_file
from gisclusters.rules.own_file import refusal

_LOOK = ("fields", "columns", "indicators", "layers", "fits")
_ITEM = ("id", "vi", "en", "look", "all", "statuses", "against", "nearest", "needed_unless")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a document must hold, where to look for it and what contradicts it."""

    id: str
    title_vi: str
    title_en: str
    statuses: frozenset[str | None] | None
    fields: tuple[str, ...]
    every_field: bool
    columns: tuple[str, ...]
    indicators: tuple[str, ...]
    layers: tuple[str, ...]
    fits: tuple[str, ...]
    boundary: bool
    against: tuple[str, ...]
    nearest: tuple[str, ...]
    needed_unless: str | None

    @property
    def stored(self) -> bool:
        """Whether the store can hold it at all."""
        return self.boundary or any(
            (self.fields, self.columns, self.indicators, self.layers, self.fits)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Dated):
    """A plan or dossier between two days, the clusters it is asked of, and its items."""

    document: str
    title_vi: str
    title_en: str
    statuses: frozenset[str | None]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklists:
    """Every version of every document of one file."""

    rule_set: RuleSet
    documents: Sequence[Document]

    def on(self, day: date) -> list[Document]:
        """The documents in force on a day."""
        return [document for document in self.documents if document.holds_on(day)]


def load_checklists(name: str | Path = "vn_completeness") -> Checklists:
    """Read a rule file (a shipped name or a path) into typed checklists.

    Raises UsageError (``rules_unknown``, ``rules_unreadable`` with the entry at fault).
    """
    content, rule_set = read_rule_file(name, "vn_completeness")
    entry = "documents"
    try:
        documents = []
        for row in content["documents"]:
            entry = str(row["id"])
            documents.append(
                Document(
                    **dated(row), document=str(row["document"]),
                    title_vi=str(row["vi"]), title_en=str(row["en"]),
                    statuses=_statuses(row["statuses"]),
                    items=tuple(_item(each) for each in row["items"]),
                )
            )  # fmt: skip
    except (KeyError, TypeError, ValueError) as fault:
        raise refusal(str(name), f"{entry}: {fault}", "vn_completeness") from fault
    return Checklists(rule_set=rule_set, documents=documents)


def _item(row: Mapping[str, Any]) -> Item:
    look = dict(row["look"])
    every = bool(look.pop("all", False))
    boundary = bool(look.pop("boundary", False))
    unknown = [str(key) for key in (*row, *look) if key not in (*_ITEM, *_LOOK)]
    if unknown:
        raise ValueError(f"{row['id']}: {', '.join(unknown)}")
    words = {key: _words(look.get(key, []), row["id"]) for key in _LOOK}
    return Item(
        id=str(row["id"]), title_vi=str(row["vi"]), title_en=str(row["en"]),
        statuses=_statuses(row["statuses"]) if "statuses" in row else None,
        every_field=every, boundary=boundary, fields=words["fields"], columns=words["columns"],
        indicators=words["indicators"], layers=words["layers"], fits=words["fits"],
        against=_words(row.get("against", []), row["id"]),
        nearest=_words(row.get("nearest", []), row["id"]),
        needed_unless=None if row.get("needed_unless") is None else str(row["needed_unless"]),
    )  # fmt: skip


def _words(value: Any, item: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{item}: {value!r}")
    return tuple(str(word) for word in value)


def _statuses(value: Any) -> frozenset[str | None]:
    if not isinstance(value, list):
        raise TypeError(f"statuses: {value!r}")
    return frozenset(None if word is None else str(word) for word in value)
