"""Files to layers; foreign habits stop here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from gisclusters.layers.layer import Layer
from gisclusters.readers.inspect_row import InspectRow
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.reading import Parts, begun, unpacked
from gisclusters.readers.vector_files import PARTED_FORMS

PART_ROWS = 20_000
"""Rows of one part: some tens of megabytes of parcels."""

PARTED_FROM_BYTES = 64_000_000
"""Smaller files are read whole: they need no more memory than a part and what is made of it."""

_NO_OPTIONS = ReadOptions()


def read_layer(kind: str, path: Path | str, options: ReadOptions = _NO_OPTIONS) -> Layer:
    """A file as a checked layer of ``kind``, in the CRS as received.

    Raises InputRefusedError with every problem of the file: nothing of it is used then.
    """
    with begun(kind, path, options) as reading:
        return reading.whole()


@contextmanager
def read_parts(
    kind: str,
    path: Path | str,
    options: ReadOptions = _NO_OPTIONS,
    *,
    size: int = PART_ROWS,
    from_bytes: int = PARTED_FROM_BYTES,
) -> Iterator[Parts]:
    """A file as checked layers of up to ``size`` rows, in the order of the file.

    A file under ``from_bytes``, or of a form that is only read whole, comes as one layer.
    Each part is checked by itself: a column of text numbers must show its decimal mark in
    every part, and neighbours are not held against each other (``topology.examine_tiles``).
    Raises InputRefusedError at once where the file cannot be opened, and from the layers as
    ``Parts`` says.
    """
    caught: Exception | None = None
    with begun(kind, path, options) as reading, ExitStack() as stack:
        parts = None
        if (
            reading.form in PARTED_FORMS and reading.kind.shape != "none"
            and reading.size_bytes >= from_bytes
        ):  # fmt: skip
            parts = stack.enter_context(reading.parts(size))
        if parts is None or not parts.count:
            parts = Parts(layers=iter([reading.whole()]))
        try:
            yield parts
        except Exception as fault:  # noqa: BLE001 - the caller's own: the file is not to blame
            caught = fault
    if caught is not None:
        raise caught


def inspect_file(path: Path | str, options: ReadOptions = _NO_OPTIONS) -> list[InspectRow]:
    """What is in a file, one row per layer, held against what is known; nothing is stored.

    Raises InputRefusedError where the file cannot be opened at all.
    """
    from gisclusters.readers.inspect import inspect_opened  # noqa: PLC0415 - slow to import

    path = Path(path)
    with unpacked(path, options) as found:
        rows = inspect_opened(path.name, found.path, found.form,
                              replace(options, layer=found.layer))  # fmt: skip
    told = [issue.code for issue in found.issues if issue.level != "info"]
    return [replace(row, problems=[*told, *row.problems], issues=(*found.issues, *row.issues))
            for row in rows]  # fmt: skip


__all__ = [
    "PARTED_FROM_BYTES", "PART_ROWS", "InspectRow", "Parts", "ReadOptions", "inspect_file",
    "read_layer", "read_parts",
]  # fmt: skip
