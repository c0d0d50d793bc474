"""Whether a position was fixed, as receivers and field apps write it, to one word.

``fixed float dgps single none``.  Codes are those of NMEA's GGA sentence (4 fixed, 5 float, 2
differential, 1 single, 0 none).  A point that is not fixed is never judged as if it were: where
nothing is said of its accuracy, one is assumed by the kind of solution, and that is said.
"""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from gisclusters.domain.issue import Issue, warning
from gisclusters.domain.spelling import spelling_key
from gisclusters.layers.kinds import MARKER_STATES
from gisclusters.layers.values import as_text, fold
from gisclusters.readers.receiver_accuracy import REMARKS
from gisclusters.words import text

ASSUMED_ACCURACY_M = MappingProxyType({"float": 0.5, "dgps": 1.0, "single": 5.0, "none": 10.0})
"""What such a solution is worth where the file does not say; ours, no maker's."""

HEADERS = (
    "solution status", "solution type", "sol type", "sol status", "sol", "soln", "fix status",
    "fix quality", "fix mode", "gps quality", "gnss quality", "rtk status", "gnss status",
    "position type", "quality", "quality indicator", "loi giai", "loai loi giai",
    "trang thai loi giai",
)  # fmt: skip
_CODES = {"0": "none", "1": "single", "2": "dgps", "4": "fixed", "5": "float", "6": "single"}
_TOKENS = {
    "none": {"none", "invalid", "nofix", "unfixed", "notfixed"},
    "float": {"float", "flt", "floating", "floatrtk", "frtk", "rtkfloat", "dong"},
    "dgps": {"dgps", "dgnss", "sbas", "waas", "egnos", "msas", "diff", "differential"},
    "single": {"single", "autonomous", "auto", "standalone", "navigated", "spp", "sps", "pps",
               "2d", "3d", "uncorrected", "don", "gps fix", "gnss fix", "gpsfix"},
    "fixed": {"fix", "fixed", "rtkfixed", "rtkfix", "fixedrtk", "int"},
    "unsaid": {"gps", "gnss", "code"},
}  # fmt: skip
"""The first that a spelling holds: of two words the weaker one, so ``3D fix`` is no fixed one."""
_NEGATIONS = {"no", "not", "non", "un", "without", "lost", "khong", "chua", "mat"}
_SHOWN_ROWS = 20
_STATE_WORDS = {
    "còn nguyên": "found", "nguyên vẹn": "found", "tìm thấy": "found", "thấy": "found",
    "tốt": "found", "có": "found", "hỏng": "broken", "hư hỏng": "broken", "bị vỡ": "broken",
    "gãy": "broken", "không còn": "lost", "bị mất": "lost", "không thấy": "lost",
    "không tìm thấy": "lost", "đã mất": "lost", "mất rồi": "lost", "bình thường": "found",
    "bị vùi lấp": "buried", "đã bị vùi lấp": "buried", "không tiếp cận": "not_accessible",
    "thay mới": "replaced", "thay thế": "replaced", "thay": "replaced", "vùi": "buried",
    "bị lấp": "buried", "vùi lấp": "buried", "bị chôn": "buried", "chôn": "buried",
    "đã chôn": "buried", "chôn lấp": "buried", "bị chôn lấp": "buried",
    "không vào được": "not_accessible",
}  # fmt: skip


def fix_class(cell: object) -> str | None:
    """``fixed float dgps single none``, or None where the word is not known."""
    words = fold(str(cell)).replace("co dinh", "fixed").split()
    if len(words) == 1 and words[0] in _CODES:
        return _CODES[words[0]]
    if len(words) == 2 and words[1] == "0" and words[0] in _CODES:  # 4.0
        return _CODES[words[0]]
    said = {*words, "".join(words), " ".join(words)}
    if _NEGATIONS & said and _TOKENS["fixed"] & said:
        return "none"
    found = next((name for name, tokens in _TOKENS.items() if tokens & said), None)
    return "single" if found == "unsaid" else found


def with_fix(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """``fix`` in one word (as received in ``fix_received``), and what is not fixed named.

    A remark may say the solution where no column does.  A column ``status`` that holds states of
    markers is their ``state``.
    """
    frame = _states(frame)
    if "fix" not in frame:
        name = _first(frame, HEADERS)
        frame = frame if name is None else frame.assign(fix=frame[name])
    if "fix" not in frame:
        return _from_remarks(frame)
    received = as_text(frame["fix"])
    spellings = {cell: fix_class(cell) for cell in received.dropna().unique()}
    words = [spellings.get(cell) or cell for cell in received]
    frame = frame.assign(fix=pd.Series(words, index=frame.index, dtype=object))
    if list(spellings) != list(spellings.values()):
        frame = frame.assign(fix_received=received)
    unknown = [cell for cell, word in spellings.items() if word is None]
    issues: list[Issue] = []
    if unknown:
        issues.append(warning("fix_unknown", field="fix", value=", ".join(unknown[:5]),
                              count=int(received.isin(unknown).sum())))  # fmt: skip
    return _not_fixed(frame, issues)


def _not_fixed(frame: pd.DataFrame, issues: list[Issue]) -> tuple[pd.DataFrame, list[Issue]]:
    accuracy = frame.get("accuracy_m", pd.Series(None, index=frame.index, dtype=object))
    accuracy = accuracy.astype(object)
    blank = as_text(accuracy).isna()
    for word, metres in ASSUMED_ACCURACY_M.items():
        of_word = frame["fix"].eq(word)
        if not of_word.any():
            continue
        rows = frame.loc[of_word, "source_row"]
        issues.append(warning("fix_not_fixed", field="fix", value=word, count=int(of_word.sum()),
                              rows=_shown(rows)))  # fmt: skip
        without = of_word & blank
        if without.any():
            accuracy = accuracy.where(~without, metres)
            issues.append(
                warning("accuracy_by_fix", field="accuracy_m", value=word, metres=metres,
                        count=int(without.sum()), rows=_shown(frame.loc[without, "source_row"]))
            )  # fmt: skip
    if accuracy.notna().any() or "accuracy_m" in frame:
        frame = frame.assign(accuracy_m=accuracy)
    return frame, issues


def _from_remarks(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """The solution that a remark of a waypoint names, as ``FLOAT HRMS=0.31``."""
    name = _first(frame, REMARKS)
    if name is None:
        return frame, []
    found = pd.Series(
        [_said(cell) for cell in frame[name]], index=frame.index, dtype=object, name="fix"
    )
    return (frame, []) if found.isna().all() else _not_fixed(frame.assign(fix=found), [])


def _said(remark: object) -> str | None:
    words = {word.strip(".,;:()") for word in str(remark).split()}
    named = {"FIX": "fixed", "FIXED": "fixed", "FLOAT": "float", "SINGLE": "single",
             "DGPS": "dgps"}  # fmt: skip
    kinds = {named[word] for word in words if word in named}
    return kinds.pop() if len(kinds) == 1 else None


def _states(frame: pd.DataFrame) -> pd.DataFrame:
    """States in Vietnamese as ours; a ``status`` that is a state is taken for one."""
    known = {spelling_key(text(f"markers.state_{word}", "vi").casefold()): word
             for word in MARKER_STATES}  # fmt: skip
    known |= {spelling_key(words): word for words, word in _STATE_WORDS.items()}
    known |= {word: word for word in MARKER_STATES}
    if "state" not in frame and "fix" in frame:
        words = as_text(frame["fix"]).dropna().map(lambda cell: spelling_key(cell.casefold()))
        if len(words) and words.isin(known).all():
            frame = frame.rename(columns={"fix": "state"})
    if "state" not in frame:
        return frame
    spoken = as_text(frame["state"])
    ours = {
        cell: known.get(spelling_key(cell.casefold()), cell) for cell in spoken.dropna().unique()
    }
    return frame.assign(state=pd.Series([ours.get(cell) for cell in spoken], index=frame.index,
                                        dtype=object))  # fmt: skip


def _first(frame: pd.DataFrame, headers: tuple[str, ...]) -> str | None:
    by_fold = {fold(str(name)): str(name) for name in reversed(frame.columns)}
    return next((by_fold[each] for each in headers if each in by_fold), None)


def _shown(rows: pd.Series) -> str:
    shown = ", ".join(str(row) for row in rows.iloc[:_SHOWN_ROWS])
    return shown if len(rows) <= _SHOWN_ROWS else f"{shown} …"
