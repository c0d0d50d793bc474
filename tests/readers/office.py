"""A writer of coordinate tables in the ways of offices; it shares nothing with the readers."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass, replace

import openpyxl

EAST, NORTH = 552_000.0, 1_587_000.0

_TCVN3 = {"ê": 0xAA, "ể": 0xD3, "ụ": 0xF4, "ô": 0xAB, "ệ": 0xD6, "ì": 0xD7, "ọ": 0xE4, "đ": 0xAE,
          "ộ": 0xE9, "ă": 0xA8, "à": 0xB5, "ả": 0xB6, "ã": 0xB7}  # fmt: skip
_VNI = {"ê": "e\xe2", "ể": "e\xe5", "ụ": "u\xef", "ô": "o\xe2", "ệ": "e\xe4", "ì": "\xec",
        "ọ": "o\xef", "đ": "\xf1", "ộ": "o\xe4", "ă": "a\xea", "à": "a\xf8", "ả": "a\xfb",
        "ã": "a\xf5"}  # fmt: skip
_TONES = "\u0300\u0301\u0303\u0309\u0323"

HEADERS = {
    "vi": ("Mã cụm", "Tên điểm", "Tọa độ X (m)", "Tọa độ Y (m)"),
    "plain": ("Mã cụm", "Điểm", "X", "Y"),
    "words": ("Mã cụm", "Số hiệu điểm", "Tung độ (m)", "Hoành độ (m)"),
    "en": ("cluster_id", "Point", "Northing (m)", "Easting (m)"),
}
TITLES = ("CCN Sa Bình", "Cụm công nghiệp Đăk Hà", "CCN Kon Rẫy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One way to write a table; ``parts`` is how several outlines are told apart."""

    encoding: str = "utf-8"
    separator: str = ";"
    decimal: str = ","
    thousands: str = ""
    header: str = "vi"
    closing: bool = True
    title: bool = True
    parts: str = "id"
    decimals: int = 3


def number(value: float, spelling: Spelling) -> str:
    """A coordinate with the office's marks."""
    text = f"{value:,.{spelling.decimals}f}"
    whole, _, rest = text.partition(".")
    whole = whole.replace(",", spelling.thousands)
    return f"{whole}{spelling.decimal}{rest}" if rest else whole


def rows_of(outlines: list[list[tuple[float, float]]], spelling: Spelling) -> list[list[str]]:
    """The rows of a table of outlines, each a list of (easting, northing) without a repeat."""
    rows: list[list[str]] = []
    named = spelling.parts == "id"
    if spelling.title:
        rows.append(["Bảng thống kê tọa độ góc ranh, KTT 107°30', múi chiếu 3°"])
    if spelling.header != "none":
        header = list(HEADERS[spelling.header])
        rows.append(header if named else header[1:])
    for k, outline in enumerate(outlines):
        if spelling.parts == "titles":
            rows.append([TITLES[k]])
        letter = chr(65 + k) if spelling.parts in {"family", "titles"} else ""
        names = [f"{letter}{i}" for i in range(1, len(outline) + 1)]
        points = list(zip(names, outline, strict=True))
        if spelling.closing or spelling.parts == "closing":
            points.append(points[0])
        for name, (east, north) in points:
            cells = [name, number(north, spelling), number(east, spelling)]
            rows.append([f"CCN-{k + 1}", *cells] if named else cells)
    return rows


def text_of(rows: list[list[str]], spelling: Spelling) -> str:
    """The rows as lines; a cell that holds the separator is quoted."""
    width = max(map(len, rows))
    gap = spelling.separator.isspace() and spelling.separator != "\t"
    lines = []
    for row in rows:
        cells = row if gap else row + [""] * (width - len(row))
        lines.append(spelling.separator.join(
            f'"{cell}"' if spelling.separator in cell and not gap else cell for cell in cells))  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def encoded(text: str, encoding: str) -> bytes:
    """Text as bytes; TCVN3 loses its capitals as the fonts of that time did."""
    text = unicodedata.normalize("NFC", text)
    if encoding == "tcvn3":
        return b"".join(_old(letter, {k: chr(v) for k, v in _TCVN3.items()}) for letter in text)
    if encoding == "vni":
        return b"".join(_old(letter, _VNI) for letter in text)
    if encoding == "cp1258":
        return b"".join(map(_cp1258, text))
    return text.encode(encoding)


def workbook_of(rows: list[list[object]], merged: list[str] = (), title: str = "Bảng") -> bytes:
    """The rows as a sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for ref in merged:
        book.active.merge_cells(ref)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def varied(spelling: Spelling, **changes: object) -> Spelling:
    """Another spelling, changed in some ways."""
    return replace(spelling, **changes)


def _old(letter: str, table: dict[str, str]) -> bytes:
    if letter.isascii():
        return letter.encode()
    if letter == "°":
        return b"\xb0"
    lower = letter.casefold()
    if lower in table:
        return table[lower].encode("latin-1")
    plain = unicodedata.normalize("NFD", lower)[0]
    return plain.encode("ascii", "ignore")


def _cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts if mark in _TONES)
        rest = unicodedata.normalize("NFC", "".join(m for m in parts if m not in _TONES))
        return (rest + tone).encode("cp1258", "replace")
