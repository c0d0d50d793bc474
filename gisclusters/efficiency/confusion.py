"""The built share that the errors of a classification leave, and how sure it is.

Both ways of reading a confusion matrix end in one weight a class of the map: the corrected
share is Σ fᵢ wᵢ over the classes' shares fᵢ.  Of ``truth_given_map`` wᵢ is the part of class i
that is built on the ground (it holds where built ground is about as frequent as where the
matrix was made); of ``map_given_truth`` the weights solve M w = 1 on built and 0 on other
classes of the ground (it holds for any mixture, and spreads more).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.efficiency.land_cover import classes_of
from gisclusters.errors import UsageError
from gisclusters.rules.land_cover import Confusion

_WORST_CONDITION = 1e3
"""A matrix that magnifies errors more than this tells its classes apart no more."""


class Weights(NamedTuple):
    """Of each class: its weight in the built share, and the variance of one patch of it.

    ``variance`` is that of a row of the matrix, ``checked`` the places behind the row.
    """

    weight: NDArray[np.float64]
    variance: NDArray[np.float64]
    checked: NDArray[np.float64]


def weights(confusion: Confusion, built_classes: Sequence[int]) -> Weights:
    """What a matrix makes of each class.

    Raises UsageError (``rules_unreadable``) where no built class stands in the matrix or
    its rows cannot be told apart.
    """
    built = np.isin(confusion.classes, built_classes).astype("float64")
    if not set(built_classes) <= set(confusion.classes):
        missing = sorted(set(built_classes) - set(confusion.classes))
        raise _unusable(confusion, f"classes: {', '.join(map(str, missing))}")
    matrix = np.array(confusion.shares)
    checked = np.array(confusion.checked)
    if confusion.rows == "truth_given_map":
        weight = matrix @ built
        return Weights(weight, weight * (1 - weight), checked)
    if np.linalg.cond(matrix) > _WORST_CONDITION:
        raise _unusable(confusion, "matrix: map_given_truth")
    weight = np.linalg.solve(matrix, built)
    return Weights(weight, np.maximum(matrix @ weight**2 - built, 0), checked)


def corrected_share(
    zonal: pd.DataFrame,
    pixel_sd: NDArray[np.float64],
    built_classes: Sequence[int],
    confusion: Confusion,
) -> pd.DataFrame:
    """``corrected_share`` and ``corrected_sd`` of the rows of ``zonal_fractions``.

    The share is cut to 0..1.  Its variance adds up: how the errors fell in these few pixels
    (Σ vₖ tₖ · patch / pixels, with tₖ the share of row k of the matrix), how few places the
    matrix rests on (Σ vₖ tₖ² / checkedₖ, none where only shares were given), and the pixels
    cut by the outline (``pixel_sd`` by the difference in weight of built and other classes).
    NaN where nothing is valid or a class stands that the matrix does not know.
    """
    of_matrix = weights(confusion, built_classes)
    names = [f"share_{code}" for code in confusion.classes]
    shares = zonal.reindex(columns=names, fill_value=0.0).to_numpy(dtype="float64")
    pixels = zonal["pixels"].to_numpy(dtype="float64")
    known = (pixels > 0) & ~_strange(zonal, confusion)
    shares = np.where(known[:, None], shares, np.nan)
    rows = shares
    if confusion.rows == "map_given_truth":
        solved = np.linalg.solve(np.array(confusion.shares).T, np.nan_to_num(shares).T).T
        rows = np.where(known[:, None], np.maximum(solved, 0), np.nan)
    patches = np.maximum(np.where(pixels > 0, pixels, np.nan) / confusion.patch_pixels, 1)
    variance = (rows * of_matrix.variance).sum(axis=1) / patches
    variance += (rows**2 * of_matrix.variance / of_matrix.checked).sum(axis=1)
    variance += (pixel_sd * _contrast(shares, of_matrix.weight, confusion, built_classes)) ** 2
    share = np.clip(shares @ of_matrix.weight, 0, 1)
    return pd.DataFrame(
        {"corrected_share": share, "corrected_sd": np.sqrt(variance)}, index=zonal.index
    )


def strange_classes(zonal: pd.DataFrame, confusion: Confusion) -> list[int]:
    """The classes found that the matrix does not know."""
    return sorted(set(classes_of(zonal)) - set(confusion.classes))


def _strange(zonal: pd.DataFrame, confusion: Confusion) -> NDArray[np.bool_]:
    names = [f"share_{code}" for code in strange_classes(zonal, confusion)]
    there = zonal[names].to_numpy(dtype="float64") > 0
    return np.asarray(there.any(axis=1), dtype=bool)


def _contrast(
    shares: NDArray[np.float64],
    weight: NDArray[np.float64],
    confusion: Confusion,
    built_classes: Sequence[int],
) -> NDArray[np.float64]:
    """How much the corrected share moves when ground goes from other classes to built ones."""
    built = np.isin(confusion.classes, built_classes)
    sides = []
    for side in (built, ~built):
        there = shares[:, side].sum(axis=1)
        plain = weight[side].mean() if side.any() else 0.0
        sides.append(
            np.divide(
                shares[:, side] @ weight[side], there,
                out=np.full(len(shares), plain), where=there > 0,
            )
        )  # fmt: skip
    difference: NDArray[np.float64] = np.abs(sides[0] - sides[1])
    return difference


def _unusable(confusion: Confusion, reason: str) -> UsageError:
    return UsageError(
        "errors.rules_unreadable",
        value=confusion.rule_set.name,
        reason=reason,
        model="vn_land_cover",
    )
