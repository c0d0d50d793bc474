"""One run of one command: what was asked of which sources, and what was found.

The same run id stands in every rendering of a run.  It is made from the question and the
checksums of the sources, so that the same question asked of the same files has the same id.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gisclusters.domain.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Which set of dated rules judged a run."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The head of every result document (``run`` in the JSON)."""

    id: str
    version: str
    command: str
    as_of: date | None
    rules: RuleSet | None
    crs: str | None
    datum_operation: str | None
    sources: tuple[Source, ...]


def make_run(
    *,
    version: str,
    command: str,
    options: Mapping[str, object],
    as_of: date | None,
    rules: RuleSet | None,
    crs: str | None,
    datum_operation: str | None,
    sources: Sequence[Source],
) -> Run:
    """Make the head of a run; the id is the first 16 hexadecimal digits of a SHA-256."""
    question = {
        "version": version,
        "command": command,
        "options": {key: str(value) for key, value in sorted(options.items())},
        "as_of": as_of.isoformat() if as_of else None,
        "rules": asdict(rules) if rules else None,
        "crs": crs,
        "sources": [[s.role, s.name, s.sha256, s.layer] for s in sources],
    }
    digest = hashlib.sha256(
        json.dumps(question, ensure_ascii=False, sort_keys=True).encode("utf-8")
    ).hexdigest()
    return Run(
        id=digest[:16],
        version=version,
        command=command,
        as_of=as_of,
        rules=rules,
        crs=crs,
        datum_operation=datum_operation,
        sources=tuple(sources),
    )
