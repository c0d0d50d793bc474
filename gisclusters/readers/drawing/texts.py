"""The texts of a drawing and where each stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from ezdxf.entities.attrib import Attrib
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.insert import Insert
from ezdxf.entities.mtext import MText
from ezdxf.entities.text import Text
from ezdxf.math import Vec3
from ezdxf.tools.text import plain_mtext, plain_text
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue
from gisclusters.readers.drawing.curves import Points, to_world
from gisclusters.readers.drawing.lettering import Lettering, settle
from gisclusters.readers.drawing.walking import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts as they read, on one line each, and their anchors (n × 2, metres).

    ``holder`` numbers the insert an attribute belongs to, -1 elsewhere; ``tag`` is the
    attribute's tag.  ``original`` holds the text as ezdxf read it where the letters changed.
    """

    words: NDArray[np.object_]
    original: NDArray[np.object_]
    anchors: Points
    holder: NDArray[np.intp]
    tags: NDArray[np.object_]
    encoding: str
    score: float | None
    issues: tuple[Issue, ...]


@dataclass(slots=True)
class TextsFound:
    """Texts gathered on the way through a drawing, decoded together at the end."""

    to_metres: Callable[[Points], Points]
    raw: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    rich: list[bool] = field(default_factory=list)
    anchors: list[Points] = field(default_factory=list)
    holder: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def add(self, placed: Placed, number: int = -1) -> None:
        """Take a TEXT or MTEXT, or the attributes of an insert that is number ``number``."""
        if isinstance(placed.entity, Insert):
            for attribute in placed.entity.attribs:
                self._add(placed, attribute, number)
        else:
            self._add(placed, placed.entity, -1)

    def _add(self, placed: Placed, entity: DXFEntity, number: int) -> None:
        inner = entity
        if isinstance(entity, Attrib) and entity.has_embedded_mtext_entity:
            inner = entity.virtual_mtext_entity()
        if isinstance(inner, MText):
            text, anchor = inner.text, np.array(Vec3(inner.dxf.insert).xyz)
        elif isinstance(inner, Text):
            text = str(inner.dxf.text)
            anchor = to_world(inner, np.array(inner.get_placement()[1].xyz))
        else:
            return
        self.raw.append(text)
        self.rich.append(isinstance(inner, MText))
        self.styles.append(str(inner.dxf.get("style", "Standard")))
        self.anchors.append(self.to_metres(placed.in_model(anchor.reshape(1, 3))))
        self.holder.append(number)
        self.tags.append(str(entity.dxf.tag) if isinstance(entity, Attrib) else "")

    def settled(self, codec: str, said: str | None) -> Texts:
        """Every text decoded and without its formatting codes; empty ones left out."""
        letters: Lettering = settle(self.raw, self.styles, codec, said)
        words = [_plain(text, rich) for text, rich in zip(letters.values, self.rich, strict=True)]
        original = [
            None if text is None else _plain(text, rich)
            for text, rich in zip(letters.original, self.rich, strict=True)
        ]
        kept = np.array([bool(word) for word in words], dtype=bool)
        anchors = np.concatenate(self.anchors) if self.anchors else np.empty((0, 2))
        kept &= np.isfinite(anchors).all(axis=1)
        return Texts(
            words=np.array([*words, None], dtype=object)[:-1][kept],
            original=np.array([*original, None], dtype=object)[:-1][kept],
            anchors=anchors[kept],
            holder=np.array(self.holder, dtype=np.intp)[kept],
            tags=np.array([*self.tags, None], dtype=object)[:-1][kept],
            encoding=letters.encoding,
            score=letters.score,
            issues=letters.issues,
        )


def _plain(text: str, rich: bool) -> str:  # noqa: FBT001
    plain = plain_mtext(text) if rich else plain_text(text)
    return " ".join(str(plain).split())
