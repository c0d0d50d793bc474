"""Files that belong together by their name, whatever the case of its letters."""

from __future__ import annotations

import unicodedata
from pathlib import Path


def sibling(path: Path, suffix: str) -> Path | None:
    """The file beside ``path`` of the same name with another ending; None where there is none.

    The case of letters does not matter, as on the Windows machines these files come from
    (``Ranh.shp`` and ``RANH.dBf``); of several the one written like ``path`` goes first.
    """
    for ending in (suffix, suffix.upper()):
        candidate = path.with_suffix(ending)
        if candidate.is_file():
            return candidate
    wanted = _plain(path.with_suffix(suffix).name)
    try:
        beside = sorted(each for each in path.parent.iterdir() if _plain(each.name) == wanted)
    except OSError:
        return None
    return next((each for each in beside if each.is_file()), None)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
