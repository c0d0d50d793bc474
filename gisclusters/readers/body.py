"""What each row below a header is: a point, a title of a part, an area, a side, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info
from gisclusters.layers.values import fold
from gisclusters.readers.pairs import Pair, looks_numeric
from gisclusters.readers.table import Table

POINT, UNMEASURED, BROKEN, WORDS = range(4)
AREA_WORDS = re.compile(r"\bdien tich\b|\barea\b|\bdt\b")
SUM_WORDS = re.compile(r"\btong\b|\bcong\b(?! nghiep)|\btotal\b")
_EDGE_WORDS = frozenset({
    "canh", "k c", "kc", "do dai canh", "chieu dai canh", "do dai", "chieu dai", "khoang cach",
    "cu ly", "side", "length", "distance", "s",
})  # fmt: skip
_TITLE = re.compile(
    r"^(?:[ivx]+|[a-z]|\d{1,2})?\s*(?:ccn|cum|khu|phan|vung|manh|lo|thua|diem mo|mo|ranh|du an|"
    r"doan|tuyen|giai doan|zone|area|part|block|section|plot)\b"
)
_ORDINAL = re.compile(r"^(?:[IVX]+|[A-Z]|\d{1,2})\s*[.)]?$")
_NUMBERED = re.compile(r"^(?:[IVXivx]+|[A-Za-z]|\d{1,2})\s*[.)]\s+\S*[^\W\d_]{2}")
_NO_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-", "–", "…", "..."}


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of a table, told apart.

    ``kinds`` is one of POINT, UNMEASURED, BROKEN, WORDS for each row; ``titles`` the title
    that stands on a row; ``areas`` the words of a row that declares an area; ``sides`` the
    length that stands alone between two points.
    """

    kinds: NDArray[np.int64]
    titles: dict[int, str] = field(default_factory=dict)
    areas: dict[int, str] = field(default_factory=dict)
    sides: dict[int, str] = field(default_factory=dict)
    notes: tuple[int, ...] = ()

    def left_out(self, table: Table, layer: str) -> list[Issue]:
        """Which rows are no points, in one line, so that nobody wonders where a row went."""
        if not self.notes:
            return []
        numbers = ", ".join(str(table.numbers[place]) for place in self.notes[:20])
        return [info("rows_left_out", layer=layer, count=len(self.notes), rows=numbers)]


def side_column(table: Table) -> int | None:
    """The column that holds the lengths of the sides, None where there is none."""
    return next((place for place, header in enumerate(table.headers) if names_sides(header)), None)


def names_sides(header: str) -> bool:
    """Whether a header is that of the lengths of the sides."""
    name = fold(re.sub(r" \(\d+\)$", "", header))
    return name in _EDGE_WORDS or name.removesuffix(" m").strip() in _EDGE_WORDS


def tell_rows(table: Table, pair: Pair, *, names: int | None = None) -> Body:
    """What every row of the body is.

    A row without two numbers is words where it repeats the header, names an area or a total,
    stands above or below all points, or is the title of a part.  One that names a point and
    gives no coordinates is UNMEASURED; one that tried and failed is BROKEN.  Where no row gives
    any, those with a cell in the column ``names`` name a point.
    """
    rows = table.rows
    first, second = pair.first, pair.second
    one = [looks_numeric(cells[first], pair.order) for cells in rows]
    two = [looks_numeric(cells[second], pair.order) for cells in rows]
    good = np.array(one, dtype=bool) & np.array(two, dtype=bool)
    kinds = np.where(good, POINT, WORDS).astype(np.int64)
    body = _Telling(table, pair, good, names)
    for place in np.flatnonzero(~good).tolist():
        kinds[place] = body.tell(place)
    told = body.titles.keys() | body.sides.keys()
    notes = tuple(p for p in np.flatnonzero(kinds == WORDS).tolist() if p not in told)
    return Body(kinds, body.titles, body.areas, body.sides, notes)


class _Telling:
    def __init__(
        self, table: Table, pair: Pair, good: NDArray[np.bool_], names: int | None
    ) -> None:
        self.table, self.pair, self.names = table, pair, names
        self.titles: dict[int, str] = {}
        self.areas: dict[int, str] = {}
        self.sides: dict[int, str] = {}
        self.others = [c for c in range(len(table.headers)) if c not in {pair.first, pair.second}]
        self.head = {tuple(map(fold, cells)) for cells in table.head}
        places = np.flatnonzero(good)
        self.any = bool(len(places))
        self.start, self.end = (int(places[0]), int(places[-1])) if self.any else (0, 0)
        self.known = {
            c: {shape_of(table.rows[place][c]) for place in places.tolist()} - {""}
            for c in self.others
        }
        self.side = side_column(table)

    def tell(self, place: int) -> int:  # noqa: PLR0911 - one line for each kind of row
        cells = self.table.rows[place]
        pair_cells = [cells[self.pair.first], cells[self.pair.second]]
        texts = {c: cells[c] for c in self.others if cells[c]}
        words = [*texts.values(), *(cell for cell in pair_cells if cell)]
        if self._repeats_header(cells):
            return WORDS
        tried = any(map(_tries, pair_cells))
        if not self.any:
            if tried:
                return BROKEN
            named = self.names is not None and bool(cells[self.names])
            return UNMEASURED if named else WORDS
        if self._tells_area(place, words, pair_cells, tried=tried):
            return WORDS
        if place < self.end and self._tells_title(place, texts, pair_cells):
            return WORDS
        if set(texts) == {self.side} and self.side is not None and not any(pair_cells):
            self.sides[place] = cells[self.side]
            return WORDS
        return self._told_by_names(place, texts, pair_cells, tried=tried)

    def _repeats_header(self, cells: list[str]) -> bool:
        folded = tuple(map(fold, cells))
        if folded in self.head:
            return True
        filled = {cell for cell in folded if cell}
        return bool(filled) and any(filled <= set(row) and len(filled) > 1 for row in self.head)

    def _tells_area(
        self, place: int, words: list[str], pair_cells: list[str], *, tried: bool
    ) -> bool:
        said = fold(" ".join(words))
        area, total = AREA_WORDS.search(said), SUM_WORDS.search(said)
        if not (area or total) or (tried and "" not in pair_cells and not area):
            return False
        if tried and all(map(_tries, pair_cells)):
            return False
        if area:
            self.areas[place] = " ".join(words)
        titled = next((text for text in words if _TITLE.match(fold(text)) or
                       _NUMBERED.match(text)), None)  # fmt: skip
        if titled is not None and not total and place < self.end:
            self.titles[place] = _title_text(titled)
        return True

    def _tells_title(self, place: int, texts: dict[int, str], pair_cells: list[str]) -> bool:
        """A title of a part: words of such a title, or one text that is no point's name."""
        pair = zip((self.pair.first, self.pair.second), pair_cells, strict=True)
        words = texts | {column: cell for column, cell in pair if cell}
        titled = {c: t for c, t in words.items() if _TITLE.match(fold(t)) or _NUMBERED.match(t)}
        titled = {c: t for c, t in titled.items() if shape_of(t) not in self.known.get(c, set())
                  or not _names_points(self.known.get(c, set()))}  # fmt: skip
        rest = [t for c, t in words.items() if c not in titled and not _ORDINAL.match(t)]
        if titled and not set(rest) - set(titled.values()):
            self.titles[place] = _title_text(next(iter(titled.values())))
            return True
        distinct = {t for t in words.values() if not _ORDINAL.match(t)}
        named = any(shape_of(t) in self.known.get(c, set()) for c, t in texts.items())
        if len(distinct) == 1 and not named and not any(map(_tries, pair_cells)):
            text = distinct.pop()
            if re.search(r"[^\W\d_]{2}", text):
                self.titles[place] = _title_text(text)
                return True
        return False

    def _told_by_names(
        self, place: int, texts: dict[int, str], pair_cells: list[str], *, tried: bool
    ) -> int:
        named = any(shape_of(text) in self.known[c] for c, text in texts.items())
        if tried:
            return BROKEN
        if named:
            return BROKEN if any(pair_cells) else UNMEASURED
        if self.start < place < self.end and len(set(texts.values())) > 1:
            return BROKEN
        return WORDS


def shape_of(cell: str) -> str:
    """What a name looks like: letters as A, numbers as 9 (``RG-01`` is ``A-9``)."""
    text = re.sub(r"[^\W\d_]+", "A", cell.strip())
    return re.sub(r"\d+", "9", text)


def _names_points(shapes: set[str]) -> bool:
    """Whether a column names points at all: its names are of few shapes."""
    return 0 < len(shapes) < 6


def _title_text(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" :;,-–")


def _tries(cell: str) -> bool:
    """Whether a cell was to be a number: it holds a digit, or an error of a spreadsheet."""
    text = cell.strip().casefold()
    return bool(re.search(r"\d", text)) or text.startswith("#") or text in _NO_NUMBERS
