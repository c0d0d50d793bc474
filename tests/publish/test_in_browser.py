"""Pages opened in a browser with the network off: what is drawn, found, clicked and shown."""

import json
import re

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters.geometry.crs import from_wgs84, to_wgs84
from gisclusters.publish.content import MarkerCheck
from gisclusters.publish.island import QUANTUM_DEG
from gisclusters.publish.site import build_site
from tests.publish import scenes
from tests.publish.conftest import DESKTOP, PHONE

HOSTILE = [
    "{{7*7}}",
    "${alert(1)}",
    "</script><script>alert(1)</script>",
    "{% 5",
    "`backtick`",
    '<img src=x onerror="alert(1)">',
    "\" onmouseover='alert(1)'",
    "{{cycler.__init__.__globals__}}",
    "&lt;b&gt; \u202e \u2028",
    "Ngô Mây 🏭",
]

SELECT = "([set, i]) => gisclusters.choose(set, i, {scroll: true})"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["index.html", "clusters/KT-01.html", "clusters/LA-02.html"])
def test_pages_open_quietly_and_fit_the_screen(site, open_page, name, size):
    opened = open_page(site / name, size)
    assert opened.page.evaluate("gisclusters.drawing.drawn") > 0
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    opened.assert_quiet()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_single_file_opens_quietly_in_english(tmp_path, open_page, size):
    build_site(scenes.district(), tmp_path / "maps", single_file=True, lang="en")
    opened = open_page(tmp_path / "maps" / "clusters" / "KT-01.html", size)
    assert opened.page.inner_text("#tab-overlaps").startswith("Overlaps")
    assert opened.page.evaluate("gisclusters.drawing.drawn") > 0
    opened.assert_quiet()


def test_vietnamese_labels_are_drawn_on_the_map(site, open_page):
    opened = open_page(site / "index.html")
    labels = opened.page.evaluate("gisclusters.drawing.labels")
    assert "CCN Ngô Mây" in labels
    assert "CCN Đăk Cấm" in labels
    assert opened.page.inner_text("h1") == "Cụm công nghiệp: quy hoạch, mốc giới, sử dụng đất"


def test_labels_do_not_overlap_each_other_or_the_controls(site, open_page):
    for name in ("index.html", "clusters/KT-01.html"):
        boxes = np.array(open_page(site / name).page.evaluate("gisclusters.drawing._taken"))
        drawn = shapely.box(*boxes.T)
        labels = int(open_page(site / name).page.evaluate("gisclusters.drawing.labels.length"))
        for label in drawn[-labels:]:
            assert np.count_nonzero(shapely.intersects(drawn, label)) == 1


def test_search_needs_no_diacritics(site, open_page):
    opened = open_page(site / "index.html")
    opened.page.fill("input[type=search]", "ngo may")
    rows = opened.page.locator("#section-clusters tbody tr")
    assert rows.count() == 1
    assert "CCN Ngô Mây" in rows.first.inner_text()
    opened.page.fill("input[type=search]", "DAK")
    assert rows.count() == 2
    opened.assert_quiet()


def test_a_filter_hides_rows_and_features(site, open_page):
    page = open_page(site / "index.html").page
    page.select_option("#section-clusters .filters select >> nth=1", "operating")
    assert page.locator("#section-clusters tbody tr").count() == 2
    hidden = "gisclusters.drawing._sets.find((s) => s.id === 'clusters').hidden"
    assert sum(page.evaluate(f"Array.from({hidden})")) == 5


def test_a_header_sorts_numbers_as_numbers(site, open_page):
    page = open_page(site / "index.html").page
    first = page.locator("#section-clusters tbody tr").first
    assert "CCN Ngô Mây" in first.inner_text()  # the worst stands first
    page.click("#section-clusters th >> nth=2")
    shown = page.locator("#section-clusters tbody td:nth-child(3) span").all_inner_texts()
    areas = [float(value.replace(".", "").replace(",", ".")) for value in shown]
    assert areas == sorted(areas)
    assert len(areas) == 7


def test_rows_without_a_figure_stay_last_both_ways(site, open_page):
    page = open_page(site / "index.html").page
    for _ in range(2):
        page.click("#section-clusters th >> nth=3")
        cells = page.locator("#section-clusters tbody td:nth-child(4)").all_inner_texts()
        filled = [bool(cell.strip()) for cell in cells]
        assert any(filled)
        assert not all(filled)
        assert filled == sorted(filled, reverse=True)


def test_the_page_itself_does_not_scroll_on_a_desk(site, open_page):
    for name in ("index.html", "clusters/KT-01.html"):
        page = open_page(site / name).page
        assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP[1]


def test_the_switches_are_named_in_vietnamese(site, open_page):
    page = open_page(site / "index.html").page
    toggle = page.locator(".leaflet-control-layers-toggle")
    assert toggle.get_attribute("title") == "Bật, tắt lớp bản đồ"


def test_a_row_selects_its_feature(site, open_page):
    opened = open_page(site / "index.html")
    opened.page.click("tr[data-feature='clusters:1'] td >> nth=2")
    assert opened.page.evaluate("gisclusters.drawing._chosen.feature") == 1
    assert opened.page.inner_text(".popup h3") == "CCN Đăk Cấm"
    assert opened.page.get_attribute("tr[data-feature='clusters:1']", "aria-selected") == "true"
    centre = opened.page.evaluate(
        "[gisclusters.map.getCenter().lng, gisclusters.map.getCenter().lat]"
    )
    shape = to_wgs84(scenes.clusters()[0].shapes).geometry.iloc[1]
    assert shapely.distance(shapely.Point(centre), shape) < 0.01
    opened.assert_quiet()


def test_a_click_on_a_feature_marks_its_row(site, open_page):
    click_on_the_fourth_parcel(open_page(site / "clusters" / "KT-01.html"))


def test_a_fitting_overlap_over_everything_leaves_the_click_to_what_lies_under_it(
    tmp_path, open_page
):
    whole = scenes.square(scenes.KON_TUM, 0, 0, 800)
    row = scenes.overlap("KT-01", "SKN", "compatible", None, whole, zone_id="SKN-1")
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:9216")
    build_site(scenes.district(overlaps=[frame]), tmp_path / "maps", only=["KT-01"])
    click_on_the_fourth_parcel(open_page(tmp_path / "maps" / "clusters" / "KT-01.html"))


def click_on_the_fourth_parcel(opened):
    at = opened.page.evaluate(
        """() => {
          const set = gisclusters.drawing._sets.find((s) => s.id === "parcels");
          const p = set.packed;
          const at = gisclusters.map.latLngToContainerPoint([p.atLat[3], p.atLon[3]]);
          const frame = gisclusters.map.getContainer().getBoundingClientRect();
          return [at.x + frame.left, at.y + frame.top];
        }"""
    )
    opened.page.mouse.click(*at)
    assert opened.page.inner_text(".popup h3") == "L04"
    assert "01/03/2027" in opened.page.inner_text(".popup")
    assert opened.page.is_visible("#pane-use tr.chosen")
    assert opened.page.get_attribute("tr.chosen", "data-feature") == "parcels:3"
    opened.assert_quiet()


def test_the_switch_of_a_group_takes_its_features_away(site, open_page):
    page = open_page(site / "clusters" / "KT-01.html").page
    before = page.evaluate("gisclusters.drawing.drawn")
    page.evaluate("gisclustersMap.map.removeLayer(gisclustersMap.groups.parcels)")
    page.wait_for_function("(n) => gisclusters.drawing.drawn === n", arg=before - 12)


def test_colouring_by_status_changes_map_and_legend(site, open_page):
    page = open_page(site / "index.html").page
    page.select_option("#legend select", "status")
    assert page.locator("#legend ul[data-colour=status]").is_visible()
    assert not page.locator("#legend ul[data-colour=severity]").is_visible()
    style = "gisclusters.styleOf(gisclusters.drawing._sets.find((s) => s.id === 'clusters'), 3)"
    assert page.evaluate(style) == "status-irregular"


def test_coordinates_in_the_page_are_those_of_the_source(site, open_page):
    page = open_page(site / "clusters" / "KT-01.html").page
    decoded = page.evaluate(
        """() => {
          const p = gisclusters.drawing._sets.find((s) => s.id === "parcels").packed;
          return [Array.from(p.lon), Array.from(p.lat)];
        }"""
    )
    source = shapely.get_coordinates(to_wgs84(scenes.parcels()[0].shapes).geometry)
    assert np.abs(np.array(decoded).T - source).max() <= QUANTUM_DEG / 2 + 1e-12


def test_the_readout_agrees_with_the_pinned_operation(site, open_page):
    page = open_page(site / "index.html").page
    for lon, lat, epsg in ((107.9913, 14.3493, 9216), (106.4118, 10.5340, 9210)):
        plane = page.evaluate(
            "([x, y]) => gisclusters.toZone(gisclusters.zoneAt(x), x, y)", [lon, lat]
        )
        easting, northing = from_wgs84(lon, lat, epsg)
        assert plane["easting_m"] == pytest.approx(easting, abs=0.001)
        assert plane["northing_m"] == pytest.approx(northing, abs=0.001)
    page.evaluate("gisclusters.showReadout({lng: 107.991336627, lat: 14.349272694})")
    shown = page.inner_text("#readout")
    assert "KTT 107°30′ (EPSG:9216)" in shown
    assert "X (bắc, m) 1.587.000,00" in shown
    assert "Y (đông, m) 552.800,00" in shown


def test_what_was_not_checked_is_said(site, open_page):
    page = open_page(site / "index.html").page
    told = page.inner_text("#section-unchecked")
    assert "Quy hoạch khoáng sản" in told
    assert "CCN Ngô Mây; CCN Đăk Cấm" in told
    alone = open_page(site / "clusters" / "LA-02.html").page
    assert "chưa được kiểm tra chồng lấn" in alone.inner_text("#pane-overlaps")


def test_figures_are_sums_of_the_frames(site, open_page):
    tiles = open_page(site / "index.html").page.locator(".tiles li").all_inner_texts()
    figures = {
        re.sub(r"\s+", " ", tile.split("\n", 1)[1]): tile.split("\n", 1)[0] for tile in tiles
    }
    # 64 ha and 70.4 ha measured; 36, 25, 20.3 and 36 ha registered; 49 ha abolished, left out
    assert figures["tổng diện tích của 6 cụm còn trong quy hoạch, có số liệu"] == "251,7 ha"
    assert "tỷ lệ lấp đầy của 2 cụm đang hoạt động" in figures
    assert figures["cụm vướng quy hoạch, không được phép"] == "1"
    assert figures["thửa không đưa đất vào sử dụng"] == "3"  # L05 and L12 idle, L06 lapsed
    assert figures["mốc bị dịch chuyển"] == "1"


def printable(text):
    return "".join(letter for letter in text if letter.isprintable())


def hostile_content():
    texts = iter(HOSTILE * 40)
    north = scenes.clusters()[0]
    frame = north.shapes.copy()
    for name in ("cluster_id", "name", "commune", "province", "decision"):
        frame[name] = [next(texts) + str(row) for row in range(len(frame))]
    frame["cluster_id"] = [printable(cell) for cell in frame["cluster_id"]]
    subject = frame["cluster_id"].iloc[0]
    clusters = scenes.layer("clusters", frame.to_dict("records"), "EPSG:9216")

    def spoiled(layer, *names):
        rows = layer.shapes.drop(columns=["accuracy_m", "accuracy_source", "source_row"])
        for name in names:
            rows[name] = [f"{next(texts)}{row}" for row in range(len(rows))]
            if name.endswith("_id"):  # an id of unprintable letters is refused before it is stored
                rows[name] = [printable(cell) for cell in rows[name]]
        if "cluster_id" in rows:
            rows["cluster_id"] = subject
        return scenes.layer(layer.kind_name, rows.to_dict("records"), "EPSG:9216")

    findings = scenes.findings()[0].iloc[:4].copy()
    findings["subject_id"] = subject
    for name in ("plan_id", "zone_id", "legal_basis", "approval", "rule_id", "category"):
        findings[name] = [next(texts) for _ in range(4)]
    check = scenes.marker_check()
    marks = check.findings.assign(note=[next(texts) for _ in range(8)])
    parcels = spoiled(scenes.parcels()[0], "parcel_id", "lessee", "occupant", "sheet_no")
    return scenes.district(
        title=HOSTILE[2],
        clusters=[clusters],
        lots=[spoiled(scenes.lots()[0], "lot_id")],
        parcels=[parcels],
        markers=[spoiled(scenes.markers()[0])],
        plans=[spoiled(scenes.plans()[0], "zone_id", "plan_id", "title", "decision")],
        places=[spoiled(scenes.places()[0], "place_id", "name")],
        overlaps=[gpd.GeoDataFrame(findings)],
        marker_checks=[MarkerCheck(cluster_id=subject, findings=marks)],
        efficiency_clusters=None,
        efficiency_parcels=None,
        facts={HOSTILE[0]: HOSTILE[5]},
    )


@pytest.mark.parametrize("single_file", [False, True], ids=["folder", "single"])
def test_hostile_texts_are_shown_as_they_are(tmp_path, open_page, single_file):
    out = tmp_path / "maps"
    content = hostile_content()
    build_site(content, out, single_file=single_file)
    opened = open_page(out / "index.html")
    assert opened.page.inner_text("h1") == HOSTILE[2]
    for row, name in enumerate(content.clusters[0].frame["name"]):
        opened.page.evaluate(SELECT, ["clusters", row])
        assert opened.page.evaluate("document.querySelector('.popup h3').textContent") == name
    opened.assert_quiet()
    files = json.loads((out / "site.json").read_text(encoding="utf-8"))["files"]
    seen = ""
    for name in sorted(file for file in files if file.startswith("clusters/")):
        inside = open_page(out / name)
        for set_id, count in inside.page.evaluate(
            "gisclusters.drawing._sets.filter((s) => !s.silent).map((s) => [s.id, s.titles.length])"
        ):
            for feature in range(count):
                inside.page.evaluate(SELECT, [set_id, feature])
                seen += inside.page.evaluate("document.body.textContent")
        inside.assert_quiet()
    for text in HOSTILE:
        assert text in seen
    assert "49" not in {part.strip() for part in seen.split("7*7")}
