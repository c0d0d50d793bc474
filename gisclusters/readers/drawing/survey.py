"""One way through a drawing: curves, hatches, marks and texts, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import shapely
from ezdxf.document import Drawing
from ezdxf.entities.attrib import AttDef
from ezdxf.entities.circle import Circle
from ezdxf.entities.insert import Insert
from ezdxf.entities.mtext import MText
from ezdxf.entities.point import Point
from ezdxf.entities.polygon import DXFPolygon
from ezdxf.entities.text import Text
from ezdxf.math import Vec3

from gisclusters.domain.issue import Issue, error, info, warning
from gisclusters.readers.drawing.circles import Round
from gisclusters.readers.drawing.curves import CHORD_ERROR_M, Points, curve_of, to_world
from gisclusters.readers.drawing.hatches import hatch_shape
from gisclusters.readers.drawing.opening import FAULTS, clean
from gisclusters.readers.drawing.placing import Placing
from gisclusters.readers.drawing.rings import CLOSING_GAP_M
from gisclusters.readers.drawing.texts import TextsFound
from gisclusters.readers.drawing.walking import Placed, walk

_CURVES = {"LINE", "LWPOLYLINE", "POLYLINE", "ARC", "SPLINE", "ELLIPSE"}
_AREAS = {"REGION", "3DFACE", "SOLID", "TRACE", "POLYLINE", "MESH", "BODY", "3DSOLID",
          "SURFACE", "ACAD_PROXY_ENTITY", "MLINE", "HELIX"}  # fmt: skip
"""Types that may bound ground and are not read."""

CIRCLE_RANK = 2
"""Where a circle stands among the marks of one place: last."""

Wanted = Literal["outlines", "marks", "both"]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve in metres (n × 2), the first vertex of a closed one not repeated."""

    layer: str
    type: str
    points: Points
    closed: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A POINT, a CIRCLE or an INSERT; ``rank`` puts the most telling of them first."""

    layer: str
    rank: int
    place: Points


@dataclass(slots=True)
class Survey:
    """What stands in the model space, in metres, by drawing layer."""

    placing: Placing
    texts: TextsFound
    wanted: Wanted
    lines: list[Line] = field(default_factory=list)
    hatches: list[tuple[str, shapely.Geometry]] = field(default_factory=list)
    circles: list[Round] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    layers: set[str] = field(default_factory=set)
    chosen: Collection[str] | None = None
    raised: int = 0
    curved: bool = False
    issues: list[Issue] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    def take(self, placed: Placed) -> None:
        """Sort one entity in.  An entity that makes no sense becomes an error."""
        entity = placed.entity
        kind = entity.dxftype()
        if entity.dxf.hasattr("invisible") and entity.dxf.invisible:
            self.unread[f"{kind} (invisible)"] += 1
            return
        try:
            if kind in _CURVES or isinstance(entity, DXFPolygon):
                if self.wanted != "marks":
                    self._curve(placed, kind)
            elif isinstance(entity, AttDef):
                pass
            elif isinstance(entity, Text | MText):
                self.texts.add(placed)
            elif isinstance(entity, Point | Circle | Insert):
                self._mark(placed, entity)
            else:
                self.unread[kind] += 1
        except FAULTS as fault:
            self.issues.append(
                error("drawing_entity_bad", value=placed.layer, kind=kind,
                      handle=entity.dxf.handle or "–", reason=clean(str(fault)))
            )  # fmt: skip

    def _curve(self, placed: Placed, kind: str) -> None:
        if isinstance(placed.entity, DXFPolygon):
            self._hatch(placed, placed.entity)
            return
        curve = curve_of(placed.entity, self._chord(placed))
        if curve is None or not len(curve.points):
            self.unread[kind] += 1
            return
        points = self._flat(placed, curve.points)
        self.curved = (
            self.curved
            or kind in {"ARC", "SPLINE", "ELLIPSE"}
            or (kind != "LINE" and bool(getattr(placed.entity, "has_arc", False)))
        )
        self.lines.append(Line(placed.layer, kind, points, curve.closed))

    def _hatch(self, placed: Placed, hatch: DXFPolygon) -> None:
        shape = hatch_shape(
            hatch, self._chord(placed), lambda points: self._flat(placed, points, count=False),
            CLOSING_GAP_M,
        )  # fmt: skip
        self.raised += bool(Vec3(hatch.dxf.elevation).z)
        self.curved = True
        self.hatches.append((placed.layer, shape))

    def _mark(self, placed: Placed, entity: Point | Circle | Insert) -> None:
        if isinstance(entity, Circle) and self.wanted == "outlines":
            self._circle(placed, entity)
        if isinstance(entity, Insert):
            self.texts.add(placed, len(self.marks))
            if not is_mark(entity):
                return
            place = to_world(entity, np.array([entity.dxf.insert.xyz]))
        elif isinstance(entity, Point):
            place = np.array([entity.dxf.location.xyz])
        else:
            place = to_world(entity, np.array([entity.dxf.center.xyz]))
        rank = 0 if isinstance(entity, Insert) else 1 if isinstance(entity, Point) else CIRCLE_RANK
        self.marks.append(Mark(placed.layer, rank, self._flat(placed, place, count=False)[0]))

    def _circle(self, placed: Placed, circle: Circle) -> None:
        curve = curve_of(circle, self._chord(placed))
        if curve is None or len(curve.points) < 3:
            raise ValueError("a circle without a radius")
        points = self._flat(placed, curve.points)
        middle = self._flat(placed, to_world(circle, np.array([circle.dxf.center.xyz])),
                            count=False)[0]  # fmt: skip
        radius_m = float(np.hypot(*(points - middle).T).max())
        self.circles.append(Round(placed.layer, points, middle, radius_m))

    def _chord(self, placed: Placed) -> float:
        return CHORD_ERROR_M / self.placing.unit_m / max(placed.scale, 1e-9)

    def _flat(self, placed: Placed, points: Points, *, count: bool = True) -> Points:
        world = placed.in_model(points)
        if not np.isfinite(world).all():
            raise ValueError("a coordinate that is no finite number")
        self.raised += count and bool(world[:, 2].any())
        return self.placing.to_metres(world)


def survey(document: Drawing, placing: Placing, wanted: Wanted) -> Survey:
    """Everything in the model space that is wanted.

    For outlines every block is opened.  Where only marks are wanted, an insert with
    attributes, or whose block holds no further insert, is a mark of its own and stays shut.
    """
    found = Survey(placing=placing, texts=TextsFound(to_metres=placing.to_metres), wanted=wanted)
    lost: set[str] = set()
    for placed in walk(document, lost, into=lambda i: wanted != "marks" or not is_mark(i)):
        found.layers.add(placed.layer)
        found.take(placed)
    if lost:
        found.issues.append(warning("drawing_block_unread", names=", ".join(sorted(lost))))
    if wanted != "marks":
        found.issues += _unread(found.unread)
    if found.raised:
        found.issues.append(info("z_dropped", count=found.raised))
    return found


def is_mark(insert: Insert) -> bool:
    """Whether an insert stands for one place, and not for a drawing within the drawing."""
    block = insert.block()
    return bool(insert.attribs) or block is None or not any(
        isinstance(entity, Insert) for entity in block
    )  # fmt: skip


def hidden_layers(document: Drawing, names: Collection[str]) -> list[str]:
    """Those of ``names`` that the drawing has switched off or frozen."""
    return sorted(
        name for name in names
        if name in document.layers
        and (document.layers.get(name).is_off() or document.layers.get(name).is_frozen())
    )  # fmt: skip


def _unread(unread: Counter[str]) -> list[Issue]:
    """Types that were passed by: a warning for those that may bound ground."""
    issues = []
    for make, chosen in ((warning, True), (info, False)):
        names = [
            f"{clean(kind)} × {count}" for kind, count in sorted(unread.items())
            if (kind in _AREAS) is chosen
        ]  # fmt: skip
        if names:
            issues.append(make("drawing_unread", names=", ".join(names)))
    return issues
