"""Titles, notes and title blocks of a drawing that speak of its system of coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ezdxf.document import Drawing
from ezdxf.entities.attrib import AttDef
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.insert import Insert
from ezdxf.entities.mtext import MText
from ezdxf.entities.text import Text
from ezdxf.lldxf.const import DXFError
from ezdxf.tools.text import plain_mtext, plain_text

from gisclusters.layers.values import fold
from gisclusters.readers.drawing.lettering import settle

_SPEAKS = re.compile(
    r"\b(?:vn ?2000|viet ?nam ?2000|wgs|hn ?(?:19)?72|ha ?noi (?:19)?72|krass?ov|k ?t ?t"
    r"|kinh tuyen|kt truc|truc kinh tuyen|meridian|mui|utm|epsg|gauss?|indian|k0)(?![a-z])"
)
_ANGLE_OF_ZONE = re.compile(
    r"(?<!\w)(?:l[0o]|λ0?|cm)\s*[:=]?\s*1\d\d\s*(?:°|%%d|độ)"
    r"|(?<!\w)tm-?3\W{1,3}1\d\d\W(?:00|15|30|45)\b"
)
"""What is heard only with the look of an angle: ``L0: 105`` and ``TM-3 105`` may be lots."""
_LETTER = re.compile(r"[^\W\d_]")


def notes(document: Drawing, codec: str, said: str | None) -> list[str]:
    """The lines of texts that may speak of the system, decoded, each once.

    Paper space is read too, and blocks that are inserted anywhere.  ``said`` is the encoding
    that a person names.
    """
    found = dict.fromkeys(_texts(document))
    letters = settle([text for text, _, _ in found], [style for _, style, _ in found], codec, said)
    lines: dict[str, None] = {}
    for text, (_, _, rich) in zip(letters.values, found, strict=True):
        parts = plain_mtext(text, split=True) if rich else [plain_text(text)]
        lines |= dict.fromkeys(line for part in parts if _speaks(line := " ".join(part.split())))
    return list(lines)


def _speaks(line: str) -> bool:
    return bool(_SPEAKS.search(fold(line)) or _ANGLE_OF_ZONE.search(line.casefold()))


def _texts(document: Drawing) -> Iterator[tuple[str, str, bool]]:
    """Every text with letters: as it stands, its style, and whether it is an MTEXT."""
    opened: set[str] = set()
    waiting: list[Iterator[DXFEntity]] = [iter(layout) for layout in document.layouts]
    while waiting:
        for entity in waiting.pop():
            if isinstance(entity, Insert):
                for attribute in entity.attribs:
                    inner = attribute.virtual_mtext_entity() if (
                        attribute.has_embedded_mtext_entity) else attribute  # fmt: skip
                    yield from _text(inner)
                name = str(entity.dxf.name).casefold()
                block = None if name in opened else entity.block()
                opened.add(name)
                if block is not None and not block.block_record.is_xref:
                    waiting.append(iter(block))
            elif not isinstance(entity, AttDef):
                yield from _text(entity)


def _text(entity: DXFEntity) -> Iterator[tuple[str, str, bool]]:
    if not isinstance(entity, Text | MText) or entity.dxf.get("invisible", 0):
        return
    try:
        text = entity.text if isinstance(entity, MText) else str(entity.dxf.text)
    except DXFError:
        return
    if _LETTER.search(text):
        yield text, str(entity.dxf.get("style", "Standard")), isinstance(entity, MText)
