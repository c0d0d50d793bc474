"""Where the sample district lies: in the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from gisclusters.errors import UnavailableError


def samples_dir() -> Path:
    """The folder of the sample district; its files are read only.

    Raises UnavailableError (``samples.missing``) when the installation holds none.
    """
    package = Path(__file__).resolve().parent
    places = (package / "_samples", package.parent / "data" / "samples")
    for place in places:
        if place.is_dir():
            return place
    raise UnavailableError("samples.missing", path=str(places[0]))
