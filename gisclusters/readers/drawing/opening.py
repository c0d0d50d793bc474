"""A DXF file to a document: ASCII or binary, damaged ones recovered and said so."""

from __future__ import annotations

import gc
import logging
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ezdxf import recover
from ezdxf.document import Drawing
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError

from gisclusters.domain.issue import Issue, error, warning
from gisclusters.errors import InputRefusedError
from gisclusters.readers.files import damaged

FAULTS = (
    DXFError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError,
    RuntimeError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What ezdxf raises on a drawing that is not as the format says."""

_TAIL_BYTES = 4096
_FIXES_SHOWN = 3
_ALTERED = re.compile(
    r'recovered invalid (?:integer|floating point) value "(?P<was>.*)" near line '
    r'(?P<line>\d+) as "(?P<taken>.*)"', re.DOTALL,
)  # fmt: skip
_UTF8_SINCE = "AC1021"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document, the codec its text was read by, and what had to be recovered."""

    document: Drawing
    codec: str
    issues: tuple[Issue, ...]


def open_drawing(path: Path) -> Opened:
    """The document of a DXF file.

    A drawing that does not open as it stands is recovered, with a warning that counts what
    was mended.  Bytes that the declared code page does not know are kept as surrogates.
    Raises InputRefusedError: ``drawing_cut_short`` where the end of the file is missing (an
    outline could lack vertices and nobody would see), ``drawing_number_bad`` where ezdxf made
    another number of one that it could not read, ``file_damaged``.
    """
    if not _ends(path):
        raise InputRefusedError([error("drawing_cut_short", layer=path.name)])
    issues: list[Issue] = []
    with _alone() as heard:
        try:
            document = readfile(path)
        except FAULTS as fault:
            try:
                document, auditor = recover.readfile(path)
            except FAULTS as again:
                plain = DXFError(clean(str(fault)) or type(fault).__name__)
                raise InputRefusedError([damaged(path.name, plain)]) from again
            said = [str(fault), *heard, *(fix.message for fix in auditor.fixes)]
            shown = list(dict.fromkeys(filter(None, map(clean, said))))
            issues.append(
                warning("drawing_recovered", layer=path.name, count=len(shown),
                        reason="; ".join(shown[:_FIXES_SHOWN]))
            )  # fmt: skip
    altered = [
        error("drawing_number_bad", layer=path.name, value=clean(found["was"]),
              line=found["line"], taken=found["taken"])
        for found in map(_ALTERED.search, heard) if found and found["was"] != found["taken"]
    ]  # fmt: skip
    if altered:
        raise InputRefusedError(altered)
    codec = "utf-8" if document.dxfversion >= _UTF8_SINCE else document.encoding
    return Opened(document=document, codec=codec, issues=tuple(issues))


def clean(reason: str) -> str:
    """A library's words on one line, without the bytes of the file that it quotes."""
    return re.sub(r"\s+", " ", re.sub(r"[^\x20-\x7e\u00c0-\u1ef9]+", " ", reason)).strip()[:200]


@contextmanager
def _alone() -> Iterator[list[str]]:
    """Hear what ezdxf logs, instead of the terminal, and let no garbage collector in.

    A drawing is millions of tags that all stay; looking for rubbish among them took 4 of 10
    seconds.
    """
    heard: list[str] = []
    logger = logging.getLogger("ezdxf")
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    was_on, propagated = gc.isenabled(), logger.propagate
    gc.disable()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield heard
    finally:
        logger.propagate = propagated
        logger.removeHandler(handler)
        if was_on:
            gc.enable()


def _ends(path: Path) -> bool:
    """Whether the file has its end: the EOF tag, or at least a whole last section."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().rstrip(b"\0\x1a \t\r\n")
    lines = [line.strip() for line in tail.splitlines()]
    return b"EOF" in lines or tail.endswith((b"ENDSEC", b"\0EOF", b"EOF"))
