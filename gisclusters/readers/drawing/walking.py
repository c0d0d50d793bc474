"""Every entity of the model space, those inside blocks at the place where they are inserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from ezdxf.document import Drawing
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.insert import Insert
from ezdxf.layouts.blocklayout import BlockLayout
from numpy.typing import NDArray

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError

MOST_IN_BLOCKS = 500_000
"""Entities that inserted blocks may unfold to; a nest of blocks can hold billions."""

_DEEPEST = 50
"""Blocks within blocks beyond this are a fault of the drawing."""


class Placed(NamedTuple):
    """An entity, the drawing layer it counts to, and the way from its block to the model.

    ``matrix`` (4 × 4, for row vectors) is None in the model space itself; ``scale`` is the
    most it lengthens anything.  An entity on layer ``0`` of a block takes the insert's layer.
    """

    entity: DXFEntity
    layer: str
    matrix: NDArray[np.float64] | None = None
    scale: float = 1.0

    def in_model(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n × 3) of the entity in the drawing's world coordinates."""
        if self.matrix is None:
            return points
        moved: NDArray[np.float64] = points @ self.matrix[:3, :3] + self.matrix[3, :3]
        return moved


def walk(
    document: Drawing, lost: set[str], *, into: Callable[[Insert], bool] = lambda _: True
) -> Iterator[Placed]:
    """The entities of the model space in order; an insert first, then what its block holds.

    Paper space is left out.  ``into`` says whether the block of an insert is wanted.  Names of
    blocks that cannot be opened (external references, missing ones, those that hold
    themselves) are added to ``lost``.  Raises InputRefusedError (``drawing_too_large``).
    """
    if _unfolded(iter(document.modelspace()), into, {}, ()) > MOST_IN_BLOCKS:
        raise InputRefusedError([error("drawing_too_large", limit=MOST_IN_BLOCKS)])
    stack: list[tuple[Iterator[DXFEntity], Placed | None, tuple[str, ...]]] = [
        (iter(document.modelspace()), None, ())
    ]
    while stack:
        entities, holder, names = stack[-1]
        entity = next(entities, None)
        if entity is None:
            stack.pop()
            continue
        layer = str(entity.dxf.layer) if entity.dxf.hasattr("layer") else "0"
        if holder is None:
            placed = Placed(entity, layer)
        else:
            layer = holder.layer if layer == "0" else layer
            placed = Placed(entity, layer, holder.matrix, holder.scale)
        if not isinstance(entity, Insert):
            yield placed
            continue
        if entity.mcount > 1:
            stack.append((entity.multi_insert(), Placed(entity, layer, *placed[2:]), names))
            continue
        yield placed
        if not into(entity):
            continue
        block = _content(entity, names)
        if block is None:
            lost.add(str(entity.dxf.name))
            continue
        within = Placed(entity, layer, *_through(entity, placed.matrix))
        stack.append((iter(block), within, (*names, entity.dxf.name)))


def _content(insert: Insert, within: tuple[str, ...]) -> BlockLayout | None:
    """The block of an insert, None where it cannot be opened inside those named ``within``."""
    block = insert.block()
    shut = block is None or block.block_record.is_xref or insert.dxf.name in within
    return None if shut or len(within) >= _DEEPEST else block


def _unfolded(
    entities: Iterator[DXFEntity], into: Callable[[Insert], bool], known: dict[str, int],
    within: tuple[str, ...],
) -> int:  # fmt: skip
    """How many entities the inserts among ``entities`` unfold to, each block counted once."""
    total = 0
    for entity in entities:
        if not isinstance(entity, Insert):
            continue
        name = str(entity.dxf.name)
        count = 1 if entity.mcount > 1 else 0
        if into(entity) and (block := _content(entity, within)) is not None:
            if name not in known:
                inner = _unfolded(iter(block), into, known, (*within, name))
                known[name] = len(block) + inner
            count += known[name]
        total += entity.mcount * count
    return total


def _through(
    insert: Insert, outer: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], float]:
    matrix = np.array(list(insert.matrix44()), dtype=np.float64).reshape(4, 4)
    if outer is not None:
        matrix = matrix @ outer
    return matrix, float(np.linalg.norm(matrix[:3, :3], 2))
