"""A page asks for nothing: addresses of elsewhere stop the build, the policy names what runs."""

import base64
import hashlib
import re

import pytest

from gisclusters.errors import UnavailableError
from gisclusters.publish.assets import asset_css, asset_text
from gisclusters.publish.page import (
    Assets,
    ForeignAddressError,
    _check_markup,
    _check_script,
    _check_style,
    page_html,
    site_assets,
)
from gisclusters.publish.webmap import MapShell, map_shell

ISLAND = {"title": "CCN <Ngô Mây> & {{7*7}}", "sets": []}
SHELL = map_shell([("clusters", "Cụm", True)], "vi")


def sha256(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def test_the_policy_names_every_script_inside_the_page():
    page = page_html(ISLAND, SHELL, site_assets(single_file=True), root="", lang="vi")
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 3
    for script in scripts:
        assert f"'sha256-{sha256(script)}'" in policy
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert f"style-src 'sha256-{sha256(style)}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_title_is_text():
    page = page_html(ISLAND, SHELL, site_assets(single_file=False), root="../", lang="vi")
    assert "<title>CCN &lt;Ngô Mây&gt; &amp; {{7*7}}</title>" in page
    assert 'lang="vi"' in page


def test_shared_files_carry_a_digest_of_their_content():
    for name, content in site_assets(single_file=False).files.items():
        digest = hashlib.sha256(content.encode("utf-8")).hexdigest()[:10]
        assert re.fullmatch(rf"[a-z]+-{digest}\.(js|css)", name)


@pytest.mark.parametrize(
    "script", ["fetch('https://example.org/a')", 'x = "http:\\/\\/example.org"', "</script>"]
)
def test_a_script_with_an_address_of_elsewhere_is_refused(script):
    with pytest.raises(ForeignAddressError):
        _check_script(script)


@pytest.mark.parametrize(
    "style", ["a { background: url(https://example.org/a.png) }", "@import 'b.css';",
              "a { background: url('images/layers.png') }"],
)  # fmt: skip
def test_a_style_that_fetches_is_refused(style):
    with pytest.raises(ForeignAddressError):
        _check_style(style)


@pytest.mark.parametrize(
    "markup", ["<img src=//example.org/a>", "<a href='https://example.org'>x</a>",
               "<p onerror=alert(1)>", "<p style='color:red'>", "<link href=a.css>"],
)  # fmt: skip
def test_markup_that_fetches_or_runs_is_refused(markup):
    with pytest.raises(ForeignAddressError):
        _check_markup(markup, set())


def test_a_page_with_a_map_that_fetches_is_refused():
    bad = MapShell("<div></div>", "L.tileLayer('https://tile.example.org/{z}/{x}/{y}.png')")
    assets = Assets("", "", "", single_file=True)
    with pytest.raises(ForeignAddressError, match=r"tile\.example\.org"):
        page_html(ISLAND, bad, assets, root="", lang="vi")


def test_images_of_styles_are_inside_them():
    style = asset_css("leaflet", "dist/leaflet.css")
    assert "url(images/" not in style
    assert style.count("url(data:image/png;base64,") == 3


def test_a_missing_library_is_said():
    with pytest.raises(UnavailableError) as problem:
        asset_text("leaflet", "dist/no-such-file.js")
    assert problem.value.key == "errors.assets_missing"
    assert problem.value.params == {"package": "leaflet", "file": "dist/no-such-file.js"}
