"""Columns whose text came as raw bytes, decoded value by value, and what was done to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.readers.frames import unique_names
from gisclusters.readers.guessing import Place, guess, uncertain
from gisclusters.readers.text import (
    decode_values,
    lost_capitals,
    usable_encoding,
)

_CELLS = ("source_row", "field", "raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The decoded frame; ``received`` holds the bytes of every cell that was changed.

    Its columns are ``source_row`` (place in ``table``, from 1), ``field`` (decoded) and
    ``raw`` (bytes).
    """

    table: pd.DataFrame
    encoding: str
    score: float | None
    issues: tuple[Issue, ...]
    received: pd.DataFrame


def decode_table(
    table: pd.DataFrame,
    name: str,
    *,
    declared: str | None,
    chosen: str | None,
    sample: NDArray[np.object_] | None = None,
    rows: NDArray[np.int64] | None = None,
) -> Decoded:
    """A frame read as ISO-8859-1 decoded: ``chosen`` by a person, else guessed.

    Of a table that is only a part, ``sample`` has text of the whole to guess by.  ``rows`` are
    its rows as the user counts (from 1 where they lack).
    Raises InputRefusedError (``encoding_unknown``).
    """
    texts = [column for column in table.columns if _is_text(table[column])]
    cells = {column: table[column].to_numpy(dtype=object) for column in texts}
    headers = np.array([str(column) for column in table.columns], dtype=object)
    pool = np.concatenate([*cells.values(), headers])
    issues: list[Issue] = []
    if chosen is not None:
        used, score = usable_encoding(chosen, name), None
    else:
        found = guess(pool if sample is None else sample, declared)
        used, score = found.encoding, found.score
        changed = sum(isinstance(value, str) and not value.isascii() for value in pool)
        if declared is not None and used != declared and changed:
            issues.append(warning("encoding_declared_wrong", layer=name, value=declared,
                                  taken=used, count=changed))  # fmt: skip
        if not found.sure:
            decoded = [str(each) for each in decode_values(headers, used)[0]]
            titles = dict(zip(table.columns, decoded, strict=True))
            counted = np.arange(1, len(table) + 1) if rows is None else rows
            where: list[Place] = [(int(row), titles[column]) for column in texts for row in counted]
            issues += uncertain(found, pool, [*where, *((None, each) for each in decoded)], name)
        elif used == declared and changed:
            issues.append(info("encoding_declared", layer=name, value=used, count=changed))
        elif used != "utf-8" and changed:
            issues.append(info("encoding_guessed", layer=name, value=used, count=changed,
                               score=score))  # fmt: skip
    out, tally, lost, received = table.copy(), Counter[str](), 0, []
    names, _ = decode_values(headers, used)
    decoded_names = unique_names([str(each) for each in names])
    for place, column in enumerate(table.columns):
        if column not in cells:
            continue
        read, count = decode_values(cells[column], used)
        tally += count
        foreign = _changed(cells[column])
        lost += sum(lost_capitals(read[row]) for row in foreign) if count["tcvn3"] else 0
        out[column] = pd.Series(read, index=table.index, dtype=object)
        received.append(_as_received(decoded_names[place], cells[column], foreign))
    out.columns = pd.Index(decoded_names)
    issues += _mixed(name, used, tally)
    if lost:
        issues.append(warning("capitals_lost", layer=name, count=lost))
    kept = pd.concat(received, ignore_index=True) if received else pd.DataFrame(columns=_CELLS)
    return Decoded(table=out, encoding=used, score=score, issues=tuple(issues), received=kept)


def _is_text(column: pd.Series[Any]) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _changed(values: NDArray[np.object_]) -> NDArray[np.int64]:
    flags = [isinstance(value, str) and not value.isascii() for value in values]
    return np.flatnonzero(np.array(flags, dtype=bool))


def _as_received(field: str, values: NDArray[np.object_], rows: NDArray[np.int64]) -> pd.DataFrame:
    raw = [values[row].encode("latin-1", "replace") for row in rows]
    return pd.DataFrame({"source_row": rows + 1, "field": field,
                         "raw": pd.Series(raw, dtype=object)})  # fmt: skip


def _mixed(name: str, used: str, tally: Counter[str]) -> list[Issue]:
    others = {each: count for each, count in tally.items() if each != used}
    issues = []
    if cut := others.pop("utf-8-cut", 0):
        issues.append(warning("text_cut", layer=name, count=cut))
    if others:
        words = ", ".join(f"{each} {count}" for each, count in sorted(others.items()))
        issues.append(warning("encodings_mixed", layer=name, value=used, others=words,
                              count=sum(others.values())))  # fmt: skip
    return issues
