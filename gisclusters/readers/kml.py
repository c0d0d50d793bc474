"""What a KML holds that is no feature: links to other documents and laid pictures.

GDAL makes the frame of a laid picture a polygon like any other; so it never sees one.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gisclusters.domain.issue import Issue, warning

_LINK = "NetworkLink"
_PICTURES = ("GroundOverlay", "PhotoOverlay", "ScreenOverlay")
_END = re.compile(rb"</(?:[^\s>:]+:)?(?:NetworkLink|(?:Ground|Photo|Screen)Overlay)\s*>")


@dataclass(slots=True)
class _Found:
    """The elements that are no features: their names and the bytes they take, outermost only."""

    names: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)


def unread_of_kml(path: Path) -> list[Issue]:
    """Warnings of what is not read: links are never followed, pictures hold no outlines."""
    names = _found(path).names
    issues = []
    if links := names.count(_LINK):
        issues.append(warning("kml_links_unread", layer=path.name, count=links))
    pictures = ", ".join(f"{each} × {names.count(each)}" for each in _PICTURES if each in names)
    if pictures:
        issues.append(warning("kml_pictures_unread", layer=path.name, names=pictures))
    return issues


def features_alone(path: Path, folder: Path) -> Path:
    """The KML without links and pictures: itself where it holds none, else a copy in ``folder``."""
    spans = _found(path).spans
    if not spans:
        return path
    data = path.read_bytes()
    copy = folder / "features.kml"
    with copy.open("wb") as out:
        place = 0
        for start, end in spans:
            out.write(data[place:start])
            closing = _END.match(data, end)  # none where the element is empty: <NetworkLink/>
            place = end if closing is None else closing.end()
        out.write(data[place:])
    return copy


def _found(path: Path) -> _Found:
    """What stands in the document, up to where it breaks off (told by whoever reads it)."""
    found = _Found()
    begun: list[int] = []
    parser = expat.ParserCreate()

    def start(name: str, _attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in {_LINK, *_PICTURES}:
            begun.append(parser.CurrentByteIndex)
            found.names.append(local)

    def end(name: str) -> None:
        if name.rpartition(":")[2] in {_LINK, *_PICTURES}:
            first = begun.pop()
            if not begun:
                found.spans.append((first, parser.CurrentByteIndex))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with (
        path.open("rb") as file,
        contextlib.suppress(expat.ExpatError, LookupError, ValueError),
    ):
        parser.ParseFile(file)
    return found
