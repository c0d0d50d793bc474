"""A column of a table that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gisclusters.words import Lang, has_text, text

Form = Literal[
    "text", "plan", "area", "metres", "share", "day", "count", "yes", "category", "word", "json",
    "candidates", "words", "points", "figure", "amount", "listed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the data, how its cells are written, where its words stand.

    ``words`` is the prefix of the catalogue keys for coded cells (form ``word``, and ``words``
    for a list of codes); ``only`` the language whose readers see the column, where another
    column says it in theirs.
    """

    name: str
    form: Form = "text"
    words: str = ""
    only: Lang | None = None

    def header(self, lang: Lang) -> str:
        """The header a person reads; the data's own name where the catalogue has none."""
        key = f"report.col_{self.name}"
        return text(key, lang) if has_text(key) else self.name
