"""A page as HTML: frame, styles, folium's map, data island, scripts, and the policy that ties them.

The Content Security Policy names what may run: scripts and styles inside the page by their
SHA-256, files of the site's own ``assets/`` folder otherwise.  No ``unsafe-inline``, no
``unsafe-eval``; nothing may be fetched from elsewhere, and the page is refused at build time
if an address of elsewhere is left in it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal

from gisclusters.publish.assets import asset_css, asset_text, static_text
from gisclusters.publish.island import island_text
from gisclusters.publish.webmap import MapShell
from gisclusters.words import Lang, text

PACKAGES = ("leaflet", "leaflet.fullscreen", "proj4", "mgrs", "wkt-parser")
"""Whose texts the pages carry; the last two are inside proj4's script."""

_LIBRARIES = (
    ("leaflet", "dist/leaflet.js"),
    ("leaflet.fullscreen", "Control.FullScreen.js"),
    ("proj4", "dist/proj4.js"),
)
_LIBRARY_STYLES = (
    ("leaflet", "dist/leaflet.css"),
    ("leaflet.fullscreen", "Control.FullScreen.css"),
)
_OURS = {
    "page": ("island.js", "styles.js", "map.js", "page.js"),
    "field": ("island.js", "field_plane.js", "field_book.js", "field_gps.js", "field_map.js",
              "field_parts.js", "field.js"),
}  # fmt: skip
_STYLES = {"page": "style.css", "field": "field.css"}
Room = Literal["page", "field"]
"""Which pages: those of the site, or the one a surveyor carries; each has a frame of its own."""

_KNOWN_ADDRESSES = {
    "http://www.w3.org/2000/svg",  # a name, never fetched
    "https://leafletjs.com",  # text of a credit line that is switched off; told under licences
}
_ADDRESS = re.compile(r"\b(?:https?|wss?|ftp):\\?/\\?/[^\s\"'`)<>\\]*")
_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FETCHING = {"src", "href", "srcset", "poster", "action", "formaction", "data", "background",
             "xlink:href", "style", "onload", "onerror"}  # fmt: skip


class ForeignAddressError(RuntimeError):
    """A page being built would fetch something: a fault of ours that must not be published."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Scripts and styles of a site: written once into ``assets/``, or into every page.

    ``files`` is name → text of what goes into ``assets/`` (empty for pages that stand alone).
    """

    libraries: str
    ours: str
    style: str
    single_file: bool
    files: Mapping[str, str] = field(default_factory=dict)


def site_assets(*, single_file: bool, room: Room = "page") -> Assets:
    """The scripts and styles of a site, or of the page of another room.

    File names carry a digest, so caches never mix them.  Raises UnavailableError
    (``assets_missing``) and ForeignAddressError.
    """
    libraries = ";\n".join(asset_text(*each) for each in _LIBRARIES)
    ours = "\n".join(static_text(each) for each in _OURS[room])
    style = "\n".join([*(asset_css(*each) for each in _LIBRARY_STYLES), static_text(_STYLES[room])])
    libraries, ours, style = (_plain_lines(each) for each in (libraries, ours, style))
    _check_script(libraries)
    _check_script(ours)
    _check_style(style)
    if single_file:
        return Assets(libraries, ours, style, single_file)
    files = {
        _digested("libraries", "js", libraries): libraries,
        _digested("gisclusters", "js", ours): ours,
        _digested("gisclusters", "css", style): style,
    }
    return Assets(libraries, ours, style, single_file, files)


def page_html(
    island: Mapping[str, Any], shell: MapShell, assets: Assets, *, root: str, lang: Lang,
    room: Room = "page",
) -> str:  # fmt: skip
    """One page.  ``root`` is the way from the page to the site's folder ('' or '../').

    Raises ForeignAddressError where anything in it would be fetched from elsewhere.
    """
    start = _plain_lines(shell.script)
    _check_script(start)
    if assets.single_file:
        styles = f"<style>{assets.style}</style>"
        scripts = [_inline(assets.libraries), _inline(start), _inline(assets.ours)]
        allowed = " ".join(_hashed(each) for each in (assets.libraries, start, assets.ours))
        style_source = _hashed(assets.style)
    else:
        libraries, ours, style = (f"{root}assets/{name}" for name in assets.files)
        styles = f'<link rel="stylesheet" href="{style}">'
        scripts = [
            f'<script src="{libraries}"></script>',
            _inline(start),
            f'<script src="{ours}"></script>',
        ]
        allowed = f"'self' file: {_hashed(start)}"
        style_source = "'self' file:"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {style_source}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "lang": lang,
        "policy": policy,
        "title": html.escape(str(island["title"])),
        "styles": styles,
        "map": shell.html,
        "map_label": text(f"{room}.map", lang),
        "panel_label": text(f"{room}.panel", lang),
        "noscript": text(f"{room}.noscript", lang),
        "island": island_text(island),
        "scripts": "\n".join(scripts),
    }
    # One pass: what is put in is never looked at again.
    page = re.sub(r"@@(\w+)@@", lambda found: parts[found.group(1)], static_text(f"{room}.html"))
    _check_markup(page, {f"{root}assets/{name}" for name in assets.files})
    return page


def _digested(stem: str, suffix: str, content: str) -> str:
    return f"{stem}-{hashlib.sha256(content.encode('utf-8')).hexdigest()[:10]}.{suffix}"


def _hashed(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _inline(script: str) -> str:
    return f"<script>{script}</script>"


def _plain_lines(content: str) -> str:
    """Line ends as HTML parsers see them, so that digests fit."""
    return content.replace("\r\n", "\n").replace("\r", "\n")


def _check_script(script: str) -> None:
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ForeignAddressError("a script would end its own element")
    for address in _ADDRESS.findall(_COMMENT.sub("", script)):
        if address not in _KNOWN_ADDRESSES:
            raise ForeignAddressError(f"unknown address in a script: {address}")


def _check_style(style: str) -> None:
    for found in _CSS_ADDRESS.finditer(_COMMENT.sub("", style)):
        address = found.group(1)
        if address is None or not address.startswith(("data:", "#")):
            raise ForeignAddressError(f"a style would fetch {found.group()}")


def _check_markup(page: str, own: set[str]) -> None:
    finder = _Addresses()
    finder.feed(page)
    finder.close()
    for address in finder.found:
        if address not in own and address != "data:,":
            raise ForeignAddressError(f"unknown address in the page: {address}")


class _Addresses(HTMLParser):
    """Every attribute of a page that fetches or runs something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value or "" for name, value in attrs if name in _FETCHING]
