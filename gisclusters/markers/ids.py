"""One name for one marker, however it is written: ``RG-01``, ``RG1``, ``rg 01``, ``RG.1``.

Letters composed (NFC) and in capitals, leading zeros dropped, marks between letters and
numbers dropped; a mark between two numbers stays, for ``1-1`` is not ``11``.  Signs for a
prime (``1'``, ``1’``, ``1′``) are one sign, and a tone counts wherever in the word it stands
(``HÒA``, ``HOÀ``).  A million plain names take a fraction of a second: they are worked on as
one array of bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gisclusters.domain.marker_names import normal_id

_MARKS = np.isin(np.arange(256), [ord(mark) for mark in " \t\n\r\f\v\x1c\x1d\x1e\x1f_.-/"])
_CAPITALS = np.array([ord(chr(code).upper()) if code < 128 else code for code in range(256)],
                     dtype=np.uint8)  # fmt: skip
_Flags = NDArray[np.bool_]


def normal_ids(names: pd.Series[Any] | NDArray[np.object_]) -> pa.Array:
    """``normal_id`` of every name, as an Arrow array of text; a missing name is null."""
    given = _text(names)
    plain = pc.fill_null(pc.string_is_ascii(given), False)
    # A grave accent is a prime to people and a plain sign to the machine.
    plain = pc.and_(plain, pc.invert(pc.fill_null(pc.match_substring(given, "`"), False)))
    found = _plain_ids(pc.if_else(plain, given, ""))
    other = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    if len(other):
        keys = found.to_numpy(zero_copy_only=False).copy()
        keys[other] = [
            None if name is None else normal_id(name) for name in given.take(other).to_pylist()
        ]
        found = pa.array(keys, type=pa.large_string())
    return found


def with_clusters(clusters: pd.Series[Any], keys: pa.Array) -> pa.Array:
    """Keys with the cluster before them: ``RG-1`` stands in many clusters."""
    return pc.binary_join_element_wise(_text(clusters), keys, pa.scalar("\0", pa.large_string()))


def _text(names: pd.Series[Any] | NDArray[np.object_]) -> pa.Array:
    given = pa.array(names, from_pandas=True)
    if isinstance(given, pa.ChunkedArray):
        given = given.combine_chunks()
    if not pa.types.is_large_string(given.type):
        given = (
            given.cast(pa.large_string()) if pa.types.is_string(given.type)
            else pa.array([None if each is None else str(each) for each in given.to_pylist()],
                          type=pa.large_string())
        )  # fmt: skip
    return given


def _plain_ids(names: pa.Array) -> pa.Array:
    """The keys of names in ASCII, all letters in one array."""
    count = len(names)
    offsets = np.frombuffer(names.buffers()[1], dtype=np.int64)[
        names.offset : names.offset + count + 1
    ]
    letters = np.frombuffer(names.buffers()[2] or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    mark = _MARKS[letters]
    kept = ~mark
    # How many signs are kept before each name.
    opens = _reached(kept)[offsets - offsets[0]]
    sign = _CAPITALS[letters[kept]]
    digit = (sign >= ord("0")) & (sign <= ord("9"))
    number_before = _after(digit)
    number_before[opens[:-1][opens[:-1] < opens[1:]]] = False  # of the name before
    parted = _after(mark)[kept] & digit & number_before
    stays = ~_leading_zeros(sign, digit, digit & (~number_before | parted))
    length = stays.astype(np.int8) + parted
    ends: NDArray[np.int64] = _reached(length)[opens].astype(np.int64)
    if parted.any():  # before each sign there is a place for the mark between two numbers
        sign = np.column_stack((np.full_like(sign, ord("-")), sign)).ravel()
        stays = np.column_stack((parted, stays)).ravel()
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(sign[stays]))


def _reached(lengths: NDArray[Any]) -> NDArray[Any]:
    """The sum before each place, and of all."""
    small = 2 * len(lengths) < np.iinfo(np.int32).max
    sums = np.zeros(len(lengths) + 1, dtype=np.int32 if small else np.int64)
    np.cumsum(lengths, out=sums[1:])
    return sums


def _after(flags: _Flags) -> _Flags:
    """What holds of the sign before each."""
    found = np.zeros_like(flags)
    found[1:] = flags[:-1]
    return found


def _leading_zeros(sign: NDArray[np.uint8], digit: _Flags, opens: _Flags) -> _Flags:
    """Zeros at the head of a number, of which the last digit stays; ``opens`` starts a number."""
    goes_on = np.zeros_like(digit)
    goes_on[:-1] = digit[1:] & ~opens[1:]
    found: _Flags = np.zeros_like(digit)
    head = opens & (sign == ord("0")) & goes_on
    while head.any():
        found |= head
        head = _after(head) & (sign == ord("0")) & goes_on
    return found
