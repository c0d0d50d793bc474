"""The pieces minutes are made of; every form (page, Word paper, workbook) writes the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.tables import cells_of
from gisclusters.words import Lang

NUMERIC = frozenset({"area", "metres", "share", "count"})


@dataclass(frozen=True, slots=True)
class Lines:
    """Words and values, a pair a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs; ``mark`` (``bad warn good``) sets them off."""

    paragraphs: Sequence[str]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a frame.  ``stacks`` are the columns that share a column of paper, top to bottom."""

    name: str
    caption: str
    frame: pd.DataFrame
    stacks: Sequence[Sequence[Column]]

    @property
    def columns(self) -> list[Column]:
        """Every column by itself, as a workbook shows them."""
        return [column for stack in self.stacks for column in stack]

    def headers(self, lang: Lang) -> list[list[str]]:
        """Lines of each header."""
        return [[column.header(lang) for column in stack] for stack in self.stacks]

    def numeric(self) -> list[bool]:
        """Which columns of paper hold numbers."""
        return [stack[0].form in NUMERIC for stack in self.stacks]

    def rows(self, lang: Lang) -> list[tuple[str, Sequence[list[str]]]]:
        """The verdict or status of each row and its cells, every cell a list of lines."""
        cells = [list(cells_of(self.frame, list(stack), lang)) for stack in self.stacks]
        told = next((name for name in ("verdict", "status") if name in self.frame), None)
        marks = [""] * len(self.frame) if told is None else self.frame[told]
        return list(zip(map(str, marks), zip(*cells, strict=True), strict=True))


@dataclass(frozen=True, slots=True)
class Sketch:
    """The values of ``marker_sketch.svg``."""

    plan: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo with the words under it."""

    caption: str
    data: bytes
    media_type: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photos, two beside one another."""

    pictures: Sequence[Picture]


Block = Lines | Words | Table | Sketch | Pictures


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part with its title."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Everything that stands in minutes, in order."""

    office: Sequence[str]
    state: Sequence[str]
    number: str
    place_and_day: str
    title: str
    subject: str
    parts: Sequence[Part]
    signatures: Sequence[tuple[str, str, str]]
    """For whom, how to sign, the name (empty where not given)."""
    note: str
    run_id: str
