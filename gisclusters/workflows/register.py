"""The register of accepted overlaps as an input of a check."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import shapely

from gisclusters.domain.accepted import AcceptedOverlap
from gisclusters.domain.source import Source
from gisclusters.geometry.crs import transform_geometries
from gisclusters.overlaps.exceptions import Held

if TYPE_CHECKING:
    from gisclusters.store import Store


def register_of(store: Store | None, subject_ids: Sequence[str]) -> list[AcceptedOverlap]:
    """What the register says of these subjects, oldest first; nothing without a store."""
    if store is None:
        return []
    wanted = set(subject_ids)
    return [each for each in store.exceptions() if each.subject_id in wanted]


def brought_to(register: Sequence[AcceptedOverlap], crs: str) -> list[Held]:
    """Each exception with its piece in ``crs``, through the one door."""
    held = []
    for each in register:
        piece = shapely.from_wkb(each.piece)
        if each.crs != crs:
            [piece] = transform_geometries([piece], each.crs, crs)
        held.append(Held(each, piece))
    return held


def register_source(register: Sequence[AcceptedOverlap]) -> list[Source]:
    """The register as one source with the checksum of what it says; none where it is silent."""
    if not register:
        return []
    digest = hashlib.sha256("\n".join(map(repr, register)).encode("utf-8", "surrogatepass"))
    return [
        Source(role="exceptions", name="exceptions", sha256=digest.hexdigest(),
               crs_as_received=None, rows=len(register))
    ]  # fmt: skip
