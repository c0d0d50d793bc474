"""Coordinates of KML, GPX and GML as they are written, before GDAL makes numbers of them.

GDAL takes ``1l.15`` for 1 and ``11,5`` for 11 and goes on; of a GML it leaves out features whose
coordinates it cannot use.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gisclusters.domain.issue import Issue, error

_MOST_NAMED = 20
_TEXTS = {"kml": {"coordinates", "coord"}, "gml": {"posList", "pos", "coordinates"}, "gpx": set()}
_PLACES = {"wpt", "rtept", "trkpt"}
_MEMBERS = {"featureMember", "featureMembers", "member"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA = re.compile(r"\s*,\s*")


def features_held(path: Path, form: str, layer: str | None, rows: int) -> list[Issue]:
    """Errors of coordinates that are no numbers, by line, and of features GDAL left out.

    ``rows`` is how many of ``layer`` were read.
    """
    found = _Looking(form)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: found.start(
        name, given, parser.CurrentLineNumber
    )
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    with (
        path.open("rb") as file,
        contextlib.suppress(expat.ExpatError, LookupError, ValueError),
    ):
        parser.ParseFile(file)
    issues = [
        error("xml_number_bad", layer=path.name, field=what, value=token[:60], line=str(line))
        for token, what, line in found.bad[:_MOST_NAMED]
    ]
    members = found.members[layer or ""]
    if form == "gml" and rows < members and not issues:
        issues.append(error("features_lost", layer=path.name, value=layer,
                            count=members - rows, all=members))  # fmt: skip
    return issues


@dataclass(slots=True)
class _Looking:
    """One way through a document: what is no number, and the features by the name of their kind."""

    form: str
    bad: list[tuple[str, str, int]] = field(default_factory=list)
    members: Counter[str] = field(default_factory=Counter)
    _parents: list[str] = field(default_factory=list)
    _pieces: list[str] | None = None
    _plain: bool = True
    _line: int = 0

    def start(self, name: str, given: dict[str, str], line: int) -> None:
        local = name.rpartition(":")[2]
        if self.form == "gml" and self._parents and self._parents[-1] in _MEMBERS:
            self.members[local] += 1
        self._parents.append(local)
        if local in _TEXTS[self.form]:
            self._pieces, self._line = [], line
            self._plain = not {"decimal", "cs", "ts"} & given.keys()
        elif self.form == "gpx" and local in _PLACES:
            self.bad += [(given[key], key, line) for key in ("lat", "lon")
                         if key in given and not _NUMBER.fullmatch(given[key].strip())]  # fmt: skip

    def text(self, letters: str) -> None:
        if self._pieces is not None:
            self._pieces.append(letters)

    def end(self, _name: str) -> None:
        local = self._parents.pop()
        if self._pieces is None or local not in _TEXTS[self.form]:
            return
        written, self._pieces = "".join(self._pieces), None
        if self._plain:
            split = _tuples if local == "coordinates" else _numbers
            self.bad += [(token, local, self._line) for token in split(written)]


def _numbers(text: str) -> Iterator[str]:
    """What is no number among values divided by blanks."""
    return (token for token in text.split() if not _NUMBER.fullmatch(token))


def _tuples(text: str) -> Iterator[str]:
    """What is no pair or triple of numbers among tuples divided by blanks."""
    for token in _COMMA.sub(",", text).split():
        parts = token.split(",")
        if len(parts) == 3 and not parts[2]:
            parts = parts[:2]
        if len(parts) not in {2, 3} or not all(map(_NUMBER.fullmatch, parts)):
            yield token
