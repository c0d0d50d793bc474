"""The days off work that a person gives, from a plain text file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from gisclusters.domain.source import Source
from gisclusters.errors import UsageError

_DAY = r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:\.\.|–|to|đến)\s*{_DAY})?")
_LONGEST = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """Days off work; ``source`` None where no file was given."""

    days: frozenset[date] = frozenset()
    source: Source | None = None


NO_HOLIDAYS = Holidays()


def read_holidays(path: Path) -> Holidays:
    """One day a line (``2027-01-01`` or ``01/01/2027``), or ``first .. last``; ``#`` begins a note.

    Raises UsageError (``holidays_unreadable``) with the line.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            "errors.holidays_unreadable", path=str(path), line="–", value=str(fault)
        ) from fault
    days: set[date] = set()
    for place, line in enumerate(lines, 1):
        said = line.partition("#")[0].strip()
        if said:
            days |= _days(said, path, place)
    source = Source(
        role="holidays", name=path.name, sha256=hashlib.sha256(data).hexdigest(),
        crs_as_received=None, rows=len(days),
    )  # fmt: skip
    return Holidays(days=frozenset(days), source=source)


def _days(said: str, path: Path, line: int) -> set[date]:
    try:
        days = _between(said)
    except ValueError:
        days = set()
    if not days:
        raise UsageError("errors.holidays_unreadable", path=str(path), line=str(line), value=said)
    return days


def _between(said: str) -> set[date]:
    """The days of a line; none where it is not understood.  Raises ValueError."""
    found = _LINE.fullmatch(said)
    if found is None:
        return set()
    first = _day(found[1])
    last = first if found[2] is None else _day(found[2])
    count = (last - first).days + 1
    return {first + timedelta(days=step) for step in range(count if count <= _LONGEST else 0)}


def _day(said: str) -> date:
    parts = [int(part) for part in re.split(r"[-/]", said)]
    year, month, day = parts if "-" in said else parts[::-1]
    return date(year, month, day)
