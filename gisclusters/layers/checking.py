"""What is said of a whole file, and the issues found while its rows are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue
from gisclusters.domain.source import Source
from gisclusters.domain.telling import told
from gisclusters.geometry.plane import Plane
from gisclusters.geometry.validity import Repair
from gisclusters.layers.kinds import Kind
from gisclusters.layers.layer import AcceptedRepair


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the person or the sidecar says of a whole file, for rows that do not say it.

    ``values`` (of the sidecar) fill empty fields (category, plan_id, status, dates …);
    ``option_values`` (of the command) go before what rows say;
    ``accuracy_m`` and ``map_scale`` come from the sidecar, ``option_accuracy_m`` from the
    command; ``stem`` makes ids where the file has none, counting on from ``rows_before``
    where the rows are a part of a file.
    """

    stem: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    option_values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    accuracy_m: float | None = None
    option_accuracy_m: float | None = None
    map_scale: float | None = None
    rows_before: int = 0


class Earlier:
    """What later parts of a file are held against: the keys and codes of those before.

    Of a key only 64 bits of its hash are kept, with the first row that has it: two keys of a
    file of millions share them once in ten million files.
    """

    def __init__(self) -> None:
        self._keys: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
        self._codes: set[tuple[str, str]] = set()

    def first_rows(self, keys: pd.DataFrame) -> NDArray[np.int64]:
        """The first row of each key in the parts before, 0 for a new one."""
        found = np.zeros(len(keys), dtype=np.int64)
        hashes = _hashes(keys)
        for held, rows in self._keys:
            place = np.minimum(np.searchsorted(held, hashes), len(held) - 1)
            found = np.where((held[place] == hashes) & (found == 0), rows[place], found)
        return found

    def keep(self, keys: pd.DataFrame, rows: NDArray[Any]) -> None:
        """Remember the keys of a part that is done with."""
        if len(keys):
            hashes, first = np.unique(_hashes(keys), return_index=True)
            self._keys.append((hashes, rows[first].astype(np.int64)))

    def is_new(self, field_name: str, code: str) -> bool:
        """Whether no part before has this code in the field; it is remembered."""
        new = (field_name, code) not in self._codes
        self._codes.add((field_name, code))
        return new


def _hashes(keys: pd.DataFrame) -> NDArray[np.uint64]:
    return np.asarray(pd.util.hash_pandas_object(keys, index=False), dtype=np.uint64)


class Check:
    """The issues gathered so far, and how to place one."""

    def __init__(
        self, kind: Kind, source: Source, issues: list[Issue], *, earlier: Earlier | None = None
    ) -> None:
        self.kind = kind
        self.earlier = earlier
        self.whole = earlier is None
        self.layer = source.name if source.layer is None else f"{source.name}:{source.layer}"
        self.issues = [issue.in_layer(self.layer) for issue in issues]
        self.source_rows: NDArray[Any] = np.empty(0, dtype=int)
        self.ids: NDArray[Any] | None = None
        self.plane = Plane("", None)
        self.received: NDArray[Any] = np.empty(0, dtype=object)
        self.unusable = np.empty(0, dtype=bool)
        self.proposed: dict[int, Any] = {}
        self.repairs: list[AcceptedRepair] = []

    def at(self, make: Any, code: str, position: int, **details: object) -> None:
        """Add an issue of ``make`` (error, warning, info) on the row at ``position``."""
        name = None if self.ids is None else self.ids[position]
        self.issues.append(
            make(code, layer=self.layer, row=int(self.source_rows[position]), id=name, **details)
        )

    def mended(self, repair: Repair, reason: str, place: str) -> None:
        """Record a repair that was accepted and made, with the shape as received."""
        self.repairs.append(
            AcceptedRepair(
                id=None if self.ids is None else self.ids[repair.position],
                row=int(self.source_rows[repair.position]),
                reason=reason,
                place=place,
                crs=self.plane.crs,
                original=shapely.to_wkb(self.received[repair.position]),
                area_before_m2=repair.area_before,
                area_after_m2=repair.area_after,
                hausdorff_m=repair.hausdorff,
            )
        )

    def told(self) -> list[Issue]:
        """The issues, each code row by row up to a limit, then one that counts the rest."""
        return told(self.issues, layer=self.layer)
