"""Scripts and styles that pages carry: those of others, brought in at build time, and ours.

Libraries stand in ``gisclusters/_assets/<package>/`` (put there from the locked npm packages
when gisclusters is built) with a manifest and their licences; our own stand in
``publish/static/``.  Images that a style names become ``data:`` addresses, so that no page
asks for anything.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gisclusters.errors import UnavailableError

_IMAGE_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}
_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Licence:
    """A library whose text a page carries."""

    package: str
    version: str
    licence: str
    text: str


def asset_bytes(package: str, file: str) -> bytes:
    """The bytes of one file of a locked package.  Raises UnavailableError (``assets_missing``)."""
    found = resources.files("gisclusters").joinpath("_assets", package, *file.split("/"))
    if not found.is_file():
        raise UnavailableError("errors.assets_missing", package=package, file=file)
    return found.read_bytes()


def asset_text(package: str, file: str) -> str:
    """A script or style of a locked package, without the address of its source map.

    Raises UnavailableError (``assets_missing``).
    """
    return _SOURCE_MAP.sub("", asset_bytes(package, file).decode("utf-8"))


def asset_css(package: str, file: str) -> str:
    """A style of a locked package with every image it names inside it.

    Raises UnavailableError (``assets_missing``).
    """
    folder = file.rpartition("/")[0]

    def inside(found: re.Match[str]) -> str:
        address = found.group(1)
        if address.startswith(("data:", "#")):
            return found.group()
        path = f"{folder}/{address}" if folder else address
        kind = _IMAGE_TYPES["." + address.rpartition(".")[2]]
        return f"url({data_address(asset_bytes(package, path), kind)})"

    return _CSS_ADDRESS.sub(inside, asset_text(package, file))


def data_address(content: bytes, kind: str) -> str:
    """``content`` as a ``data:`` address of media type ``kind``."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


@cache
def static_text(file: str) -> str:
    """A script, style or page frame of ours."""
    return (
        resources.files("gisclusters.publish").joinpath("static", file).read_text(encoding="utf-8")
    )


def licences(packages: tuple[str, ...]) -> list[Licence]:
    """The licence of each package, as its own file words it.

    Raises UnavailableError (``assets_missing``).
    """
    manifest = json.loads(asset_bytes(".", "manifest.json"))
    known = {entry["name"]: entry for entry in manifest["packages"]}
    found = []
    for package in packages:
        entry = known[package]
        file = next(name for name in entry["files"] if name.casefold().startswith("license"))
        text = asset_bytes(package, file).decode("utf-8").strip()
        found.append(Licence(package, entry["version"], entry["licence"], text))
    return found
