"""The table of findings: one row a design marker, then one for each point nobody planned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.verdicts import MarkerCause, MarkerVerdict
from gisclusters.layers.layer import Layer
from gisclusters.markers.diagnosis import Clean
from gisclusters.markers.matching import Observations, Rows, marker_keys, rows_of
from gisclusters.markers.misread import digit_misread
from gisclusters.markers.places import Places
from gisclusters.markers.position import Settled, judge, p_values
from gisclusters.markers.report import SIGNIFICANCE_LEVEL, Diagnosis, coded
from gisclusters.markers.tolerance import Tolerance

ROWS = ("marker_id", "matched_by", "verdict", "de_m", "dn_m", "distance_m", "residual_m",
        "tolerance_m", "accuracy_m", "p_value", "state", "note", "cluster_id", "marker_kind",
        "design_e_m", "design_n_m", "measured_e_m", "measured_n_m", "corrected_e_m",
        "corrected_n_m")  # fmt: skip

_SETTLED: dict[str, Settled] = {"survey": "survey", "ground": "ground"}


def findings_table(
    design: Layer, unplaced: Layer | None, seen: Observations, planned: Places,
    clean: Clean, pairs: tuple[Rows, Rows, NDArray[np.object_]], tolerance: Tolerance,
    diagnosis: Diagnosis,
) -> pd.DataFrame:  # fmt: skip
    """The rows of interfaces §2; ``note`` holds codes, ``code=value``, parted by ``; ``.

    Beside them cluster and kind by the design, and the approved and the measured place (metres,
    CRS of the design; a mean where several observations were used, the led-to point where a
    reference marker was measured), and the corrected one: the measured with the common part
    taken off.
    """
    i, j, by = pairs
    limits_m = tolerance.of(design.frame["marker_kind"])
    limit_m = limits_m[i]
    difference = seen.place[j] + seen.offset[j] - planned[i]
    corrected = clean(seen.place[j]) + seen.offset[j]
    residual = np.abs(corrected - planned[i])
    accuracy = seen.accuracy_m[j]
    settled = _SETTLED.get(diagnosis.control or "")
    verdicts = judge(np.abs(difference), residual, accuracy, limit_m, diagnosis.cause, settled)
    if diagnosis.control == "off":  # the survey is off, or the known values are: nobody can tell
        verdicts[verdicts == str(MarkerVerdict.OK)] = str(MarkerVerdict.UNDECIDED)
    verdicts[seen.duplicate[j]] = str(MarkerVerdict.DUPLICATE)
    lost = seen.lost[j]
    verdicts[lost] = str(MarkerVerdict.MISSING)
    nowhere = complex(np.nan, np.nan)
    difference[lost], corrected[lost], residual[lost] = nowhere, nowhere, np.nan
    judged = np.abs(difference) if settled == "ground" or diagnosis.cause is MarkerCause.NONE else (
        residual
    )  # fmt: skip
    p_value = p_values(judged, accuracy)
    notes = _notes(seen, planned, i, j, clean, verdicts, p_value, tolerance.common_m)
    count = len(planned)
    table = pd.DataFrame(
        {
            "marker_id": _text(design.frame["marker_id"]),
            "matched_by": _column(count, i, by),
            "verdict": _column(count, i, verdicts, str(MarkerVerdict.MISSING)),
            "de_m": _numbers(count, i, difference.real),
            "dn_m": _numbers(count, i, difference.imag),
            "distance_m": _numbers(count, i, np.abs(difference)),
            "residual_m": _numbers(count, i, residual),
            "tolerance_m": limits_m,
            "accuracy_m": _numbers(count, i, accuracy),
            "p_value": _numbers(count, i, p_value),
            "state": _column(count, i, seen.state[j]),
            "note": _column(count, i, notes),
            "cluster_id": _text(design.frame["cluster_id"]),
            "marker_kind": _text(design.frame["marker_kind"]),
            "design_e_m": planned.real,
            "design_n_m": planned.imag,
            "measured_e_m": _numbers(count, i, planned[i].real + difference.real),
            "measured_n_m": _numbers(count, i, planned[i].imag + difference.imag),
            "corrected_e_m": _numbers(count, i, corrected.real),
            "corrected_n_m": _numbers(count, i, corrected.imag),
        }
    )
    if unplaced is not None:
        table = _with_states(table, design, unplaced)
    free = np.ones(len(seen.place), dtype=bool)
    free[j] = False
    extra = np.flatnonzero(free)
    if not len(extra):
        return table
    cleaned = clean(seen.place[extra])
    more = pd.DataFrame(
        {
            "marker_id": seen.ids[extra], "verdict": str(MarkerVerdict.EXTRA),
            "tolerance_m": tolerance.common_m, "accuracy_m": seen.accuracy_m[extra],
            "state": seen.state[extra], "measured_e_m": seen.place[extra].real,
            "measured_n_m": seen.place[extra].imag,
            "corrected_e_m": cleaned.real, "corrected_n_m": cleaned.imag,
        }
    ).reindex(columns=list(ROWS))  # fmt: skip
    return pd.concat([table, more.astype(table.dtypes.to_dict())], ignore_index=True)


def _notes(
    seen: Observations, planned: Places, i: Rows, j: Rows, clean: Clean,
    verdicts: NDArray[np.object_], p_value: NDArray[np.float64], limit_m: float,
) -> NDArray[np.object_]:  # fmt: skip
    """Codes that say what is peculiar about a marker."""
    notes = np.full(len(i), None, dtype=object)

    def note(places: Rows, codes: list[str]) -> None:
        for place, code in zip(places, codes, strict=True):
            notes[place] = code if notes[place] is None else f"{notes[place]}; {code}"

    led = np.flatnonzero(seen.offset[j] != 0)
    note(led, [f"through_reference={coded(seen.ids[j[place]])}" for place in led])
    renamed = np.flatnonzero((seen.marker[j] != i) & (seen.marker[j] >= 0))
    note(renamed, [f"measured_as={coded(seen.ids[j[place]])}" for place in renamed])
    moved = np.flatnonzero(verdicts == str(MarkerVerdict.MOVED))
    digit = moved[
        digit_misread(
            planned[i[moved]], clean(seen.place[j[moved]]) + seen.offset[j[moved]], limit_m
        )
    ]
    note(digit, ["digit_misread"] * len(digit))
    small = (verdicts == str(MarkerVerdict.OK)) & (p_value < SIGNIFICANCE_LEVEL)
    within = np.flatnonzero(small)
    note(within, ["significant"] * len(within))
    repeated = np.flatnonzero(seen.repeats[j] > 1)
    note(repeated, [f"averaged={count}" for count in seen.repeats[j[repeated]]])
    return notes


def _with_states(table: pd.DataFrame, design: Layer, unplaced: Layer) -> pd.DataFrame:
    """The states of markers that the surveyor looked for and could not measure."""
    row = rows_of(*reversed(marker_keys(design.frame, unplaced.frame)))
    state = table["state"].to_numpy(dtype=object, copy=True)
    missing = (table["verdict"] == str(MarkerVerdict.MISSING)).to_numpy()
    for marker, said in zip(row, unplaced.frame["state"].to_numpy(dtype=object), strict=True):
        if marker >= 0 and missing[marker] and said is not None:
            state[marker] = said
    return table.assign(state=pd.Series(state, dtype=object))


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype(object).where(column.notna(), None).reset_index(drop=True)


def _column(
    count: int, rows: Rows, values: NDArray[np.object_], rest: str | None = None
) -> pd.Series[Any]:
    column = np.full(count, rest, dtype=object)
    column[rows] = values
    return pd.Series(column, dtype=object)


def _numbers(count: int, rows: Rows, values: NDArray[np.float64]) -> NDArray[np.float64]:
    column = np.full(count, np.nan)
    column[rows] = values
    return column
