"""The empty form of the minutes, for people to fill in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gisclusters.errors import UnavailableError, UsageError
from gisclusters.readers.minutes_form import KEYS
from gisclusters.words import Lang, text

_SIDES = ("investor", "surveyor", "commune", "land_user")


def write_minutes_form(path: Path, lang: Lang, *, force: bool = False) -> None:
    """Write the form with every key it knows, all empty.

    Raises UsageError (``form_format``, ``out_folder``, ``out_is_folder``, ``out_exists``),
    UnavailableError (``out_unwritable``).
    """
    if path.suffix.casefold() not in {".yaml", ".yml"}:
        raise UsageError("errors.form_format", path=str(path))
    if not path.parent.is_dir():
        raise UsageError("errors.out_folder", path=str(path.parent))
    if path.is_dir():
        raise UsageError("errors.out_is_folder", path=str(path))
    if not os.access(path.parent, os.W_OK):
        raise UnavailableError("errors.out_unwritable", path=str(path.parent))
    if path.exists() and not force:
        raise UsageError("errors.out_exists", path=str(path))
    path.write_text("\n".join(form_lines(lang)) + "\n", encoding="utf-8")


def form_lines(lang: Lang) -> Iterator[str]:
    """The lines of the empty form: each key below the words that explain it."""
    yield f"# {text('minutes.form_head', lang)}"
    for key in KEYS:
        yield f"# {text(f'minutes.form_{key}', lang)}"
        yield f"{key}:"
        if key == "parties":
            for side in _SIDES:
                yield f"#  - role: {text(f'minutes.party_{side}', lang)}"
                yield "#    organisation:"
                yield "#    persons:"
                yield "#      - {name: , position: }"
