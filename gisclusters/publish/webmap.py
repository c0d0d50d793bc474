"""The map of a page, built by folium: canvas, panes, scale, full screen, layer switches.

folium renders every text it is given as a Jinja template on the server and writes it as raw
HTML in the page.  So folium is given words of the catalogue only: its groups are empty
switches, and the features, which come from files of others, are drawn by our own script from
the data island (see ``island``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import MacroElement
from folium.map import CustomPane
from folium.plugins import Fullscreen
from folium.template import Template

from gisclusters.words import Lang, text

MAX_ZOOM = 22
_WHOLE_COUNTRY_LATLON = (16.2, 106.3)
_RANDOM_ID = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class MapShell:
    """The parts of a folium map that a page takes: its element, and the script that starts it."""

    html: str
    script: str


def map_shell(
    groups: Sequence[tuple[str, str, bool]], lang: Lang, *, fullscreen: bool = True
) -> MapShell:
    """The map with one switch per group: (name, words for people, shown at first).

    The script leaves ``window.gisclustersMap = {map, groups}`` behind.  Element ids count
    from 1 in the order they appear, so that equal maps are equal text.  The tile layer is
    none, the scale metric.
    """
    page = folium.Map(
        location=_WHOLE_COUNTRY_LATLON,
        zoom_start=6,
        tiles=None,
        zoom_control=False,
        control_scale=False,
        attributionControl=False,
    )
    # An argument max_zoom is dropped where there are no tiles; the option is kept.
    page.options["max_zoom"] = MAX_ZOOM
    page.options["zoom_snap"] = 0.25
    _ZoomControl(text("page.zoom_in", lang), text("page.zoom_out", lang)).add_to(page)
    if fullscreen:
        Fullscreen(  # type: ignore[no-untyped-call]
            title=text("page.fullscreen", lang), title_cancel=text("page.fullscreen_end", lang)
        ).add_to(page)
    _MetricScale().add_to(page)
    CustomPane("gisclusters", z_index=450, pointer_events=True).add_to(page)
    switches = {}
    for name, words, shown in groups:
        switches[name] = folium.FeatureGroup(name=words, show=shown).add_to(page)
    folium.LayerControl(collapsed=True).add_to(page)
    _Handover(switches).add_to(page)
    figure: Any = page.get_root()
    figure.render()
    return _evened_out(figure.html.render(), figure.script.render())


def _evened_out(html: str, script: str) -> MapShell:
    """The same texts with folium's random ids counted from 1."""
    seen: dict[str, str] = {}

    def counted(found: re.Match[str]) -> str:
        return seen.setdefault(found.group(), str(len(seen) + 1))

    whole = _RANDOM_ID.sub(counted, html), _RANDOM_ID.sub(counted, script)
    return MapShell(*(part.strip() for part in whole))


class _ZoomControl(MacroElement):
    """Zoom buttons with titles in the page's language."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            L.control.zoom({{ this.options|tojavascript }}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, zoom_in: str, zoom_out: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "ZoomControl"
        self.options = {"zoom_in_title": zoom_in, "zoom_out_title": zoom_out}


class _MetricScale(MacroElement):
    """A scale bar in metres alone; folium's own adds miles."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            L.control.scale({imperial: false, maxWidth: 140}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MetricScale"


class _Handover(MacroElement):
    """Hands the map and its switches to the page's own script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            window.gisclustersMap = {
                map: {{ this._parent.get_name() }},
                groups: {
                {%- for name, group in this.groups.items() %}
                    {{ name|tojson }}: {{ group.get_name() }},
                {%- endfor %}
                }
            };
        {% endmacro %}
        """
    )

    def __init__(self, groups: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Handover"
        self.groups = groups
