"""DXF drawings as offices draw them, to rows of one kind."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from gisclusters.domain.issue import Issue, error, has_errors, warning
from gisclusters.errors import InputRefusedError
from gisclusters.layers.kinds import KINDS, Kind
from gisclusters.readers.drawing.lettering import settle
from gisclusters.readers.drawing.marks import markers
from gisclusters.readers.drawing.notes import notes
from gisclusters.readers.drawing.opening import open_drawing
from gisclusters.readers.drawing.outlines import outlines
from gisclusters.readers.drawing.placing import place
from gisclusters.readers.drawing.survey import Survey, Wanted, hidden_layers, survey
from gisclusters.readers.drawing.texts import Texts
from gisclusters.readers.files import parsing
from gisclusters.readers.system_words import said_in
from gisclusters.readers.systems import Said
from gisclusters.readers.text import usable_encoding
from gisclusters.readers.vector import VectorRows


def read_drawing(
    path: Path, kind: Kind, layer: str | None, encoding: str | None = None
) -> VectorRows:
    """The outlines of a drawing, or its markers where ``kind`` is one of points, in metres.

    Columns ``drawing_layer name texts geometry source_row`` (and ``name_original``); ``crs``
    is the one the drawing names by GEODATA, None where it names none; ``said`` what its texts do.
    ``layer`` chooses a drawing layer for shapes; texts are taken from every layer.  See
    ``outlines`` and ``markers`` for the rows.  Raises InputRefusedError (``file_damaged``,
    ``drawing_cut_short``, ``drawing_too_large``, ``layer_missing``, ``drawing_empty``,
    ``drawing_only_circles``, ``encoding_unknown``).
    """
    areal = kind.shape != "point"
    found, texts, said = _read(path, encoding, "outlines" if areal else "marks")
    known = sorted(found.layers)
    if layer is not None:
        chosen = {name for name in known if name.casefold() == layer.casefold()}
        if not chosen:
            raise InputRefusedError(
                [error("layer_missing", layer=path.name, value=layer, known=", ".join(known))]
            )
        found = _only(found, chosen)
    frame, issues = outlines(found, texts) if areal else markers(found, texts, kind)
    rows = _rows(found, texts, frame, issues)
    if len(frame):
        return replace(rows, said=said)
    told = [issue.in_layer(path.name) for issue in rows.issues]
    raise InputRefusedError(told if has_errors(told) else [_nothing(path.name, known, told), *told])


def inspect_drawing(
    path: Path, layer: str | None, encoding: str | None
) -> list[tuple[str | None, VectorRows]]:
    """What each drawing layer holds, outlines and marks together; layers of texts left out.

    What concerns the whole drawing stands in the issues of the first.  Raises
    InputRefusedError as ``read_drawing``, but for a drawing without anything.
    """
    found, texts, said = _read(path, encoding, "both")
    parts: list[tuple[str | None, VectorRows]] = []
    for name in sorted(found.layers):
        if layer is not None and name.casefold() != layer.casefold():
            continue
        part = _only(found, {name})
        frame, issues = outlines(part, texts)
        marks, more = markers(part, texts, KINDS["markers"])
        if len(frame) or len(marks) or issues:
            both = pd.concat([frame, marks], ignore_index=True) if len(marks) else frame
            rows = _rows(part, texts, both, [*issues, *more])
            rows = replace(rows, said=said)
            parts.append((name, replace(rows, issues=(*issues, *more)) if parts else rows))
    return parts or [(layer, _rows(found, texts, outlines(_only(found, set()), texts)[0], []))]


def _nothing(name: str, known: list[str], said: list[Issue]) -> Issue:
    """Why a drawing gives no rows: nothing is in it, or nothing but circles."""
    circles = [issue for issue in said if issue.code == "circle_left_out"]
    if not circles:
        return error("drawing_empty", layer=name, known=", ".join(known) or "–")
    return error(
        "drawing_only_circles", layer=name, value=str(circles[0].value),
        known=", ".join(str(issue.value) for issue in circles),
        count=sum(int(str(issue.params["count"])) for issue in circles),
    )  # fmt: skip


def _read(path: Path, encoding: str | None, wanted: Wanted) -> tuple[Survey, Texts, Said]:
    """What stands in a drawing, and what it says of its system.

    ezdxf's document is let go of on the way.
    """
    said = None if encoding is None else usable_encoding(encoding, path.name)
    with parsing(path.name):
        opened = open_drawing(path)
        placing = place(opened.document)
        found = survey(opened.document, placing, wanted)
        hidden = hidden_layers(opened.document, found.layers)
        codec, recovered = opened.codec, opened.issues
        spoken = said_in(notes(opened.document, codec, said))
        del opened
        gc.collect()  # entities hold one another; else all of them stay beside what follows
    if hidden:
        found.issues.insert(0, warning("drawing_layer_hidden", names=", ".join(hidden)))
    found.issues[:0] = [*recovered, *placing.issues]
    names = sorted(found.layers)
    letters = settle(names, ["layers"] * len(names), codec, said)
    found = _renamed(found, dict(zip(names, letters.values, strict=True)))
    return found, found.texts.settled(codec, said), spoken


def _rows(found: Survey, texts: Texts, frame: pd.DataFrame, issues: list[Issue]) -> VectorRows:
    frame = frame.assign(source_row=np.arange(1, len(frame) + 1))
    if frame["name"].isna().all():
        frame = frame.drop(columns=["name", "texts"])
    return VectorRows(
        frame=frame,
        crs=found.placing.crs,
        layer=None if found.chosen is None else ", ".join(sorted(found.chosen)),
        encoding=texts.encoding,
        encoding_score=texts.score,
        issues=(*found.issues, *issues, *texts.issues),
    )


def _only(found: Survey, names: set[str]) -> Survey:
    """What stands in some drawing layers; marks stay numbered as their attributes know them."""
    return replace(
        found,
        lines=[line for line in found.lines if line.layer in names],
        hatches=[hatch for hatch in found.hatches if hatch[0] in names],
        circles=[circle for circle in found.circles if circle.layer in names],
        issues=[
            issue
            for issue in found.issues
            if issue.code != "drawing_entity_bad" or issue.value in names
        ],
        chosen=names,
    )


def _renamed(found: Survey, names: dict[str, str]) -> Survey:
    """The same with every drawing layer by the name that its letters settled to."""
    if all(old == new for old, new in names.items()):
        return found
    called: Callable[[str], str] = names.__getitem__
    return replace(
        found,
        lines=[replace(line, layer=called(line.layer)) for line in found.lines],
        hatches=[(called(layer), shape) for layer, shape in found.hatches],
        circles=[replace(circle, layer=called(circle.layer)) for circle in found.circles],
        marks=[replace(mark, layer=called(mark.layer)) for mark in found.marks],
        layers={called(layer) for layer in found.layers},
    )


__all__ = ["inspect_drawing", "read_drawing"]
