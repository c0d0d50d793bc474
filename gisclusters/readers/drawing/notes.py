"""Titles, notes and title blocks of a drawing that speak of its system of coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ezdxf.document import Drawing
from ezdxf.entities.acad_table import AcadTableBlockContent
from ezdxf.entities.attrib import AttDef
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.insert import Insert
from ezdxf.entities.mtext import MText
from ezdxf.entities.text import Text
from ezdxf.tools.text import plain_mtext, plain_text

from gisclusters.layers.values import fold
from gisclusters.readers.drawing.lettering import settle
from gisclusters.readers.drawing.opening import FAULTS
from gisclusters.readers.system_words import is_label

_SPEAKS = re.compile(
    r"\b(?:vn ?2000|viet ?nam ?2000|wgs|hn ?(?:19)?72|ha ?noi (?:19)?72|krass?ov|k ?t ?t"
    r"|kinh tuyen|kt truc|truc kinh tuyen|meridian|mui|utm|epsg|gauss?|indian|k0)(?![a-z])"
)
_ANGLE_OF_ZONE = re.compile(
    r"(?<!\w)(?:l[0o]|λ0?|cm)\s*[:=]?\s*1\d\d\s*(?:°|%%d|độ)"
    r"|(?<!\w)tm-?3\W{1,3}1\d\d\W(?:00|15|30|45)\b"
)
"""What is heard only with the look of an angle: ``L0: 105`` and ``TM-3 105`` may be lots."""
_MAY_SPEAK = re.compile(
    r"2000|wgs|72|krass|indian|gaus|kt|k\.|kinh|meridian|m\S{1,8}i|utm|epsg|k0|tm-?3|[λ°º˚⁰]|%%d"
    r"|l[0o] ?[:=]|cm|\+00b0|h\S{1,8} (?:t\S{1,6}a|quy)"
)
_SHORT = re.compile(r"\s*(?:1\d\d[-. ]\d\d|0?[36] ?\S{0,8})\s*")
"""What is left of such words in any old encoding; all else is passed by before it is decoded."""
_VALUE = re.compile(
    r"\(?(?:1\d\d ?[°\-. ,].*|0?[36] ?(?:°|độ|do)\)?|vn.?2000.*|.*wgs.*|hn.?72.*)", re.IGNORECASE
)
_BESIDE, _UNDER = 60.0, 4.0
"""How far a value may stand right of its label or under it, in heights of the text."""


class _Written(NamedTuple):
    """A text as it stands, its style, whether it is an MTEXT, and its place in its block."""

    text: str
    style: str
    rich: bool
    home: int
    x: float
    y: float
    height: float


def notes(document: Drawing, codec: str, said: str | None) -> list[str]:
    """The lines of texts that may speak of the system, decoded, each once.

    Paper space is read too, and blocks that are inserted anywhere.  A value that stands as a
    text of its own beside or under its label is put behind it.  ``said`` is the encoding that
    a person names.
    """
    written = list(_texts(document))
    found = dict.fromkeys(each[:3] for each in written)
    letters = settle([text for text, _, _ in found], [style for _, style, _ in found], codec, said)
    read = {key: _lines(text, rich=key[2])
            for key, text in zip(found, letters.values, strict=True)}  # fmt: skip
    lines = dict.fromkeys(line for each in read.values() for line in each if _speaks(line))
    lines |= dict.fromkeys(_labelled(written, [read[each[:3]] for each in written]))
    return list(lines)


def _lines(text: str, *, rich: bool) -> list[str]:
    parts = plain_mtext(text, split=True) if rich else [plain_text(text)]
    return [line for part in parts if (line := " ".join(part.split()))]


def _speaks(line: str) -> bool:
    return bool(_SPEAKS.search(fold(line)) or _ANGLE_OF_ZONE.search(line.casefold()))


def _labelled(written: list[_Written], read: list[list[str]]) -> Iterator[str]:
    """Each label that is a text of its own with the nearest value beside or under it."""
    alone = [(each, lines[0]) for each, lines in zip(written, read, strict=True)
             if len(lines) == 1]  # fmt: skip
    values = [(each, line) for each, line in alone if _VALUE.fullmatch(line)]
    for label, words in alone if values else []:
        if not is_label(words):
            continue
        near = [(abs(each.x - label.x) + abs(each.y - label.y), line) for each, line in values
                if each.home == label.home and _belongs(label, each)]  # fmt: skip
        if near:
            yield f"{words} {min(near)[1]}"


def _belongs(label: _Written, value: _Written) -> bool:
    right, down = value.x - label.x, label.y - value.y
    beside = abs(down) <= label.height / 2 and 0 < right <= _BESIDE * label.height
    under = 0 < down <= _UNDER * label.height and abs(right) <= _UNDER * label.height
    return beside or under


def _texts(document: Drawing) -> Iterator[_Written]:
    """Every text that may speak, wherever it is drawn."""
    opened: set[str] = set()
    waiting: list[Iterable[DXFEntity]] = [*document.layouts]
    home = 0
    while waiting:
        home += 1
        for entity in waiting.pop():
            if isinstance(entity, Insert):
                for attribute in entity.attribs:
                    inner = attribute.virtual_mtext_entity() if (
                        attribute.has_embedded_mtext_entity) else attribute  # fmt: skip
                    yield from _text(inner, home)
                name, block = str(entity.dxf.name), entity.block()
            elif isinstance(entity, AcadTableBlockContent):
                name = entity.get_block_name()
                block = document.blocks.get(name)
            else:
                if not isinstance(entity, AttDef):
                    yield from _text(entity, home)
                continue
            if block is not None and not block.block_record.is_xref and name not in opened:
                waiting.append(block)
            opened.add(name)


def _text(entity: DXFEntity, home: int) -> Iterator[_Written]:
    if not isinstance(entity, Text | MText) or entity.dxf.get("invisible", 0):
        return
    rich = isinstance(entity, MText)
    try:
        text = entity.text if isinstance(entity, MText) else str(entity.dxf.text)
        place = entity.dxf.insert if isinstance(entity, MText) else entity.get_placement()[1]
        height = float(entity.dxf.get("char_height" if rich else "height", 1.0))
    except FAULTS:  # told where the drawing is surveyed
        return
    if _MAY_SPEAK.search(text.casefold()) or _SHORT.fullmatch(text):
        style = str(entity.dxf.get("style", "Standard"))
        yield _Written(text, style, rich, home, float(place.x), float(place.y), height)
