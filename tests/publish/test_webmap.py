"""What folium is asked for, and that equal maps are equal text."""

import re

from folium import folium as folium_defaults
from folium.plugins import Fullscreen

from gisclusters.publish.assets import asset_bytes, licences
from gisclusters.publish.page import PACKAGES
from gisclusters.publish.webmap import map_shell

GROUPS = [("clusters", "Cụm công nghiệp", True), ("plans", "Quy hoạch khác", False)]


def test_the_zoom_limit_and_the_panes_are_there():
    script = map_shell(GROUPS, "vi").script
    assert '"maxZoom": 22' in script
    assert 'createPane(\n                "gisclusters")' in script
    assert "tileLayer" not in script


def test_equal_maps_are_equal_text():
    first, second = map_shell(GROUPS, "vi"), map_shell(GROUPS, "vi")
    assert first == second
    assert not re.search(r"[0-9a-f]{32}", first.script + first.html)


def test_groups_are_handed_over_by_name():
    script = map_shell(GROUPS, "vi").script
    assert re.search(r'"clusters": feature_group_\d+,\s+"plans": feature_group_\d+', script)


def test_libraries_are_of_the_versions_folium_was_written_for():
    carried = {each.package: each.version for each in licences(PACKAGES)}
    addresses = dict(folium_defaults._default_js)["leaflet"], Fullscreen.default_js[0][1]
    assert f"leaflet@{carried['leaflet']}/" in addresses[0]
    assert f"leaflet.fullscreen@{carried['leaflet.fullscreen']}/" in addresses[1]
    assert asset_bytes("leaflet", "LICENSE")
