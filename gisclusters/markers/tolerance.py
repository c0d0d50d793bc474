"""The tolerance of each marker: what was asked for, else by scale and kind of marker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.errors import UsageError
from gisclusters.rules.tolerances import ToleranceRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """``common_m`` of every marker but those whose ``by_kind`` says another; where it is from."""

    common_m: float
    by_kind: Mapping[str, float]
    source: Mapping[str, Any]

    def of(self, kinds: pd.Series[Any]) -> NDArray[np.float64]:
        """Metres for each marker by its kind."""
        if not self.by_kind:
            return np.full(len(kinds), self.common_m)
        own = np.asarray(kinds.map(self.by_kind), dtype="float64")
        return np.where(np.isnan(own), self.common_m, own)


def tolerance_of(
    tolerance_m: float | None, scale: int, as_of: date | None, rules: ToleranceRules
) -> Tolerance:
    """The tolerance in metres, and where it comes from with its confidence.

    ``tolerance_m`` wins; else the table in force on ``as_of`` (None: the newest), in which a
    kind of marker may have a value of its own.  Raises UsageError (``no_tolerance``,
    ``no_tolerance_then``), ValueError for a tolerance that is none.
    """
    if tolerance_m is not None and not 0 < tolerance_m < math.inf:
        raise ValueError(f"a tolerance is a length above 0 in metres, not {tolerance_m}")
    if tolerance_m is not None:
        said = MappingProxyType({"value_m": tolerance_m, "source": "option"})
        return Tolerance(common_m=tolerance_m, by_kind=MappingProxyType({}), source=said)
    table = rules.on(as_of)
    if table is None:
        raise UsageError("errors.no_tolerance_then", value=as_of, rules=rules.rule_set.name)
    metres = table.metres(scale)
    if metres is None:
        known = " ".join(str(key) for key in table.metres_by_scale)
        raise UsageError("errors.no_tolerance", value=str(scale), known=known)
    own = {kind: table.metres(scale, kind) for kind in table.by_kind}
    by_kind = {kind: value for kind, value in own.items() if value not in {None, metres}}
    return Tolerance(
        common_m=metres,
        by_kind=MappingProxyType(by_kind),
        source=MappingProxyType(
            {
                "value_m": metres, "source": table.article, "source_en": table.article_en,
                "confidence": table.confidence, "scale": scale, "rule_id": table.rule_id,
            }
            | ({"by_kind": by_kind} if by_kind else {})
        ),
    )  # fmt: skip
