"""The field page on an invented set of markers, driven with the network off and a mocked position."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page

from gisclusters.errors import UsageError
from gisclusters.geometry.crs import from_wgs84, to_wgs84
from gisclusters.markers import verify_markers
from gisclusters.publish.field_page import FieldSheet, field_page
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.sandbox import read_layer
from tests.publish.conftest import DESKTOP, PHONE
from tests.scenes import EAST, NORTH, clusters, layer, square

SECURE, INSECURE = "https://office.test/moc.html", "http://office.test/moc.html"
WIDTH, HEIGHT = 300, 200
CORNERS = {"RG-01": (0, 0), "RG-02": (WIDTH, 0), "TĐ-03": (WIDTH, HEIGHT), "MTC-04": (0, HEIGHT)}


def design(names=CORNERS, *, crs="EPSG:9216", cluster="C1", order=True):
    return layer("markers", [
        {"marker_id": name, "cluster_id": cluster, "marker_kind": "RG",
         "order": place if order else None, "geometry": shapely.Point(EAST + e, NORTH + n)}
        for place, (name, (e, n)) in enumerate(names.items(), 1)
    ], crs=crs)  # fmt: skip


def html(*, lang="vi", boundary=None, **options):
    return field_page([FieldSheet(markers=design(**options), boundary=boundary)], lang=lang)


def island(page: str) -> dict:
    return json.loads(page.split('id="island">')[1].split("</script>", maxsplit=1)[0])


def fix(east: float, north: float, accuracy: float = 4.0) -> dict[str, float]:
    """A phone so many metres east and north of the south-west corner."""
    longitude, latitude = to_wgs84(EAST + east, NORTH + north, 9216)
    return {"longitude": longitude, "latitude": latitude, "accuracy": accuracy}


@pytest.fixture
def phone(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., SimpleNamespace]]:
    """Opens a page as a phone would, offline; ``at`` allows the position and says it."""
    contexts = []
    quiet: list[str] = []

    def hear(dialog):
        if dialog.type != "beforeunload":
            quiet.append(dialog.message)
        dialog.dismiss()

    def opened(text: str, *, at=None, url: str | None = SECURE, size=PHONE, script="", clock=False):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=True, locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )  # fmt: skip
        contexts.append(context)
        if at:
            context.grant_permissions(["geolocation"])
            context.set_geolocation(at)
        page = context.new_page()
        page.on("pageerror", lambda error: quiet.append(str(error)))
        page.on("dialog", hear)
        page.on("console", lambda said: quiet.append(said.text) if said.type == "error" else None)
        if script:
            page.add_init_script(script)
        if clock:
            page.clock.install()
        if url is None:
            file = tmp_path / "moc.html"
            file.write_text(text, encoding="utf-8")
            url = file.as_uri()
        else:
            page.route("**/*", lambda route: (
                route.fulfill(body=text, content_type="text/html; charset=utf-8")
                if route.request.url == url else (quiet.append(route.request.url), route.abort())
            ))  # fmt: skip
        page.goto(url)
        page.wait_for_selector("body.ready")
        return SimpleNamespace(page=page, context=context, url=url)

    yield opened
    for context in contexts:
        context.close()
    assert quiet == []


def choose(page: Page, words: str) -> None:
    page.click("#tab-list")
    page.fill("#search", words)
    page.click("#list button")


def mark(page: Page, state: str) -> None:
    page.click(f"label[for=state-{state}]")


def reach(page: Page, wanted: str) -> str:
    page.wait_for_selector(f'#reach[data-reach="{wanted}"]')
    return page.inner_text("#reach")


# ---- the plane ------------------------------------------------------------------------------


@pytest.mark.parametrize(("district", "epsg"), [("north", 9216), ("south", 9210)])
def test_the_phone_computes_the_same_plane_as_python(phone, root, district, epsg):
    marks = gpd.read_file(root / "data/samples" / district / "markers.gpkg")
    west, south, east, north = marks.total_bounds
    grid = np.meshgrid(np.linspace(west - 5000, east + 5000, 21),
                       np.linspace(south - 5000, north + 5000, 21))  # fmt: skip
    east_m = np.concatenate([grid[0].ravel(), marks.geometry.x])
    north_m = np.concatenate([grid[1].ravel(), marks.geometry.y])
    longitude, latitude = to_wgs84(east_m, north_m, epsg)
    expected = np.column_stack(from_wgs84(longitude, latitude, epsg))
    page = phone(html(crs=f"EPSG:{epsg}")).page
    found = np.array(page.evaluate(
        """points => points.map(([lon, lat]) => {
             const at = gisclusters.toPlane(gisclusters.data.zones[0], lon, lat);
             return [at.easting_m, at.northing_m]; })""",
        np.column_stack([longitude, latitude]).tolist(),
    ))  # fmt: skip
    assert found.shape == (441 + 80, 2)
    assert np.abs(found - expected).max() < 1e-3
    assert np.abs(found - np.column_stack([east_m, north_m])).max() < 1e-3


def test_distance_and_bearing_to_a_marker_chosen_without_its_accents(phone):
    # 30 m east and 40 m south of TĐ-03: 50 m away, to the north-west at 360° − atan(3/4).
    page = phone(html(), at=fix(WIDTH + 30, HEIGHT - 40)).page
    choose(page, "td-03")
    assert page.inner_text("#target") == "TĐ-03"
    reach(page, "far")
    assert page.inner_text("#distance") == "50,0 m"
    assert page.inner_text("#bearing") == "323,1° TB"
    assert page.inner_text("#steps") == "40,0 m về phía bắc, 30,0 m về phía tây"
    rows = page.locator("#plane tr").all_inner_texts()
    assert rows[1].split("\t")[1:] == ["1.587.200,000", "552.300,000"]
    assert rows[2].split("\t")[1:] == ["1.587.160,0", "552.330,0"]


def test_english_where_it_is_asked_for(phone):
    page = phone(html(lang="en"), at=fix(0, -1500)).page
    reach(page, "far")
    assert page.inner_text("#distance") == "1,500 m"
    assert page.inner_text("#bearing") == "0.0° N"
    assert page.get_attribute("html", "lang") == "en"
    assert "cannot prove" in page.inner_text("#page-go")


# ---- reached --------------------------------------------------------------------------------


@pytest.mark.parametrize(("distance", "accuracy", "expected"), [
    (6, 4, "reached"), (6.01, 4, "unsure"), (0, 10, "reached"), (0, 10.1, "unsure"),
    (14, 4, "unsure"), (14.01, 4, "far"), (0, None, "unsure"), (0, 0, "unsure"), (11, None, "far"),
])  # fmt: skip
def test_reached_is_what_the_accuracy_allows(phone, distance, accuracy, expected):
    page = phone(html()).page
    assert page.evaluate("([d, a]) => gisclusters.reaching(d, a, 10)",
                         [distance, accuracy]) == expected  # fmt: skip


def test_reached_is_said_when_accuracy_allows_and_taken_back_with_an_old_fix(phone):
    opened = phone(html(), at=fix(3, 0, 25), clock=True)
    page = opened.page
    assert "±25,0 m" in reach(page, "unsure")
    opened.context.set_geolocation(fix(3, 0, 4))
    assert "Đã tới" in reach(page, "reached")
    opened.context.set_geolocation(fix(30, 0, 4))
    reach(page, "far")
    page.clock.fast_forward(20_000)
    assert "Chưa có vị trí" in reach(page, "none")
    assert page.get_attribute("#gps", "data-state") == "stale"
    page.click("#place")
    assert page.inner_text("#placed") == "Chưa có vị trí mới để ghi."


# ---- no position ----------------------------------------------------------------------------


@pytest.mark.parametrize(("url", "state", "words"), [
    (INSECURE, "insecure", "https://"), (SECURE, "denied", "cho phép Vị trí"),
    (None, "denied_file", "mở từ tệp"),
])  # fmt: skip
def test_a_position_that_is_refused_is_explained(phone, url, state, words):
    page = phone(html(), url=url).page
    if state != "insecure":
        assert page.get_attribute("#gps", "data-state") == "off"
        page.click("#gps-start")
    page.wait_for_selector(f'#gps[data-state="{state}"]')
    assert words in page.inner_text("#gps-text")
    assert page.is_visible("#gps-start") == (state != "insecure")
    mark(page, "found")  # notes do not need a position
    assert page.evaluate("gisclusters.book.count()") == 1


@pytest.mark.parametrize(("code", "state"), [(2, "no_signal"), (3, "timeout")])
def test_no_signal_and_a_long_wait_are_told_apart(phone, code, state):
    page = phone(html(), script=f"""
        navigator.geolocation.watchPosition = (heard, failed) => {{ failed({{code: {code}}}); return 1; }};
    """).page  # fmt: skip
    page.click("#gps-start")
    page.wait_for_selector(f'#gps[data-state="{state}"]')
    assert page.is_visible("#gps-start")


# ---- the book -------------------------------------------------------------------------------


def test_state_and_note_are_kept_over_a_reload_and_for_this_design_only(phone):
    opened = phone(html())
    page = opened.page
    choose(page, "rg-02")
    mark(page, "buried")
    page.fill("#note", "dưới đống cát")
    page.reload()
    page.wait_for_selector("body.ready")
    choose(page, "rg-02")
    assert page.is_checked("#state-buried")
    assert page.input_value("#note") == "dưới đống cát"
    key = page.evaluate("gisclusters.book.key")
    moved = html(names=CORNERS | {"RG-02": (WIDTH, 1)})
    assert key.endswith(island(html())["key"])
    assert not key.endswith(island(moved)["key"])
    assert island(html(lang="en"))["key"] == island(html())["key"]


def test_a_browser_that_keeps_nothing_is_said_and_the_notes_stay_while_it_is_open(phone):
    page = phone(html(), script="""
        Storage.prototype.setItem = () => { throw new DOMException("no", "SecurityError"); };
    """).page  # fmt: skip
    mark(page, "lost")
    page.click("#tab-out")
    assert "sẽ mất khi đóng trang" in page.inner_text("#keeping")
    assert page.inner_text("#counted") == "Đã ghi 1 trên 4 mốc."
    assert "RG-01,,,,lost" in page.evaluate("gisclusters.book.csv()")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"


def test_a_place_keeps_the_moment_it_was_observed_when_a_note_follows(phone):
    page = phone(html(), at=fix(3, -4, 4.5), clock=True).page
    reach(page, "reached")
    page.click("#place")
    first = page.evaluate("gisclusters.book.rows()[0]")
    page.clock.fast_forward(600_000)
    page.fill("#note", "sau mười phút")
    second = page.evaluate("gisclusters.book.rows()[0]")
    assert second["observed_at"] == first["observed_at"]
    assert second["noted_at"] > first["noted_at"]
    page.click("#unplace")
    third = page.evaluate("gisclusters.book.rows()[0]")
    assert (third["lon"], third["observed_at"]) == (None, third["noted_at"])


def test_what_is_noted_in_another_tab_is_not_written_over(phone):
    opened = phone(html())
    other = opened.context.new_page()
    other.route("**/*", lambda route: route.fulfill(
        body=html(), content_type="text/html; charset=utf-8"))  # fmt: skip
    other.goto(opened.url)
    other.wait_for_selector("body.ready")
    mark(other, "lost")
    opened.page.wait_for_selector('.field-marker [data-state="lost"]')
    choose(opened.page, "rg-02")
    mark(opened.page, "found")
    other.wait_for_selector('.field-marker [data-state="found"]')
    assert other.evaluate("gisclusters.book.rows().map(each => each.state)") == ["lost", "found"]


def noted(page: Page) -> None:
    """RG-01 found, with the phone's position; RG-02 lost, without one."""
    reach(page, "reached")
    mark(page, "found")
    page.fill("#note", 'nghiêng, sơn "đỏ";\ncạnh bờ')
    page.click("#place")
    choose(page, "rg-02")
    mark(page, "lost")
    page.click("#tab-out")


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_what_is_exported_is_read_by_the_verification(phone, tmp_path, suffix):
    page = phone(html(), at=fix(3, -4, 4.5)).page
    noted(page)
    with page.expect_download() as given:
        page.click(f"#{suffix}")
    file = tmp_path / given.value.suggested_filename
    given.value.save_as(file)
    assert file.suffix == f".{suffix}"
    survey = read_layer("surveys", file, ReadOptions())
    assert survey.crs == "EPSG:4326"
    assert survey.frame["note"].tolist()[0] == 'nghiêng, sơn "đỏ"; cạnh bờ'
    assert survey.frame["observed_at"].notna().all()
    report = verify_markers(design(), survey, tolerance_m=0.1)
    first, second, *others = report.findings.to_dict("records")
    assert first["de_m"] == pytest.approx(3, abs=1e-3)
    assert first["dn_m"] == pytest.approx(-4, abs=1e-3)
    assert (first["accuracy_m"], first["state"]) == (4.5, "found")
    assert first["verdict"] == "undecided"  # 5 m by a phone good to 4.5 m proves nothing
    assert (second["verdict"], second["state"]) == ("missing", "lost")
    assert [each["verdict"] for each in others] == ["missing", "missing"]
    assert report.findings["state"].isna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_clearing_takes_two_presses_and_an_export_is_read_back(phone, tmp_path, suffix):
    page = phone(html(), at=fix(3, -4, 4.5)).page
    noted(page)
    before = page.evaluate("gisclusters.book.records")
    with page.expect_download() as given:
        page.click(f"#{suffix}")
    file = tmp_path / f"a.{suffix}"
    given.value.save_as(file)
    page.click("#clear")
    assert page.evaluate("gisclusters.book.count()") == 2
    page.click("#clear")
    assert page.evaluate("gisclusters.book.count()") == 0
    page.set_input_files("#import", file)
    page.wait_for_selector('#told:has-text("Đã nhập 2 mốc; 0 cũ hơn")')
    after = page.evaluate("gisclusters.book.records")
    assert list(before) == ["C1\nRG-01", "C1\nRG-02"]
    assert after["C1\nRG-02"] == before["C1\nRG-02"]
    assert after["C1\nRG-01"]["lon"] == pytest.approx(before["C1\nRG-01"]["lon"], abs=1e-12)
    page.reload()
    page.wait_for_selector("body.ready")
    assert page.evaluate("gisclusters.book.count()") == 2


def test_a_record_that_is_older_strange_or_broken_is_counted_and_not_taken(phone):
    page = phone(html()).page
    mark(page, "found")
    told = page.evaluate(
        """text => gisclusters.book.take(text)""",
        "marker_id;lon;lat;accuracy_m;state;note;observed_at;cluster_id\r\n"
        "RG-01;;;;lost;;2001-01-01T00:00:00+07:00;C1\r\n"
        "RG-02;107,98;14,34;3,5;broken;'=1+1;2026-11-25T08:00:00+07:00;C1\r\n"
        "TĐ-03;;;;moved;;2026-11-25T08:00:00+07:00;C1\r\n"
        "MTC-04;200;14;3;found;;2026-11-25T08:00:00+07:00;C1\r\n"
        "X-9;;;;found;;2026-11-25T08:00:00+07:00;C1\r\n",
    )
    assert told == {"taken": 1, "older": 1, "unknown": 1, "unread": 2}
    records = page.evaluate("gisclusters.book.records")
    assert records["C1\nRG-01"]["state"] == "found"
    assert (records["C1\nRG-02"]["lon"], records["C1\nRG-02"]["accuracy_m"]) == (107.98, 3.5)
    assert records["C1\nRG-02"]["note"] == "=1+1"
    assert ",'=1+1," in page.evaluate("gisclusters.book.csv()")  # no formula for a spreadsheet
    page.click("#tab-out")
    page.set_input_files(
        "#import", {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2"}
    )
    page.wait_for_selector("#told:not(:empty)")
    assert page.inner_text("#told") == "Không đọc được tệp này."


def test_the_csv_can_be_copied_where_nothing_can_be_downloaded(phone):
    page = phone(html(), url=INSECURE).page  # no clipboard there: the text stands ready
    mark(page, "lost")
    page.click("#tab-out")
    page.click("#copy")
    lines = page.input_value("#copied").splitlines()
    assert lines[0] == ("marker_id,lon,lat,accuracy_m,state,note,observed_at,noted_at,cluster_id")
    assert lines[1].startswith("RG-01,,,,lost,,20")
    assert lines[1].endswith("+07:00,C1")


# ---- the page -------------------------------------------------------------------------------


def test_a_script_in_a_name_or_a_note_stays_text(phone):
    evil = '<img src=x onerror="alert(1)">{{7*7}}</script>'
    page = phone(html(names={evil: (0, 0), "B": (5, 5)}, cluster="<b>C</b>")).page
    page.fill("#note", evil)
    page.click("#tab-list")
    assert page.inner_text("#list button >> nth=0").startswith(evil)
    assert page.inner_text("#page-list b >> nth=0") == evil
    assert page.inner_text("h1") == "Tìm mốc <b>C</b>"
    assert page.locator(".field-marker .label").first.text_content() == evil
    assert page.locator("img[src=x]").count() == 0
    page.click("#tab-go")
    assert page.inner_text("#target") == evil


def test_a_marker_is_chosen_by_a_tap_and_by_the_keyboard(phone):
    page = phone(html(), size=DESKTOP).page
    page.locator(".field-marker").nth(2).click()
    assert page.inner_text("#target") == "TĐ-03"
    page.focus("#tab-go")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#search")
    page.focus("#search")
    page.keyboard.type("mtc")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.inner_text("#target") == "MTC-04"
    page.focus("#state-found")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("gisclusters.book.rows()[0].state") == "broken"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_fits_a_small_phone_and_a_thumb(phone, lang):
    long = {"MỐC-RANH-GIỚI-RẤT-DÀI-KHÔNG-CÓ-CHỖ-NGẮT-2026-0001": (0, 0)} | CORNERS
    page = phone(html(names=long, lang=lang), size=(360, 640), at=fix(50, 50)).page
    reach(page, "far")
    for tab in ("go", "list", "out"):
        page.click(f"#tab-{tab}")
        for box in ("document.documentElement", "document.getElementById('panel')"):
            assert page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth")
        small = page.evaluate("""[...document.querySelectorAll("button, .states label, .file label")]
            .filter(each => each.offsetParent && each.offsetHeight < 44).map(each => each.id)""")
        assert small == []


def test_the_boundary_is_the_approved_one_or_the_markers_in_their_order(phone):
    approved = clusters(square(0, 0, WIDTH, HEIGHT))
    assert island(html(boundary=approved))["rings"]["joined"] == [False]
    assert phone(html(boundary=approved)).page.locator("path.ring:not(.joined)").count() == 1
    joined = island(html())["rings"]
    assert (joined["joined"], joined["shapes"]["sizes"]) == ([True], [5])
    assert phone(html()).page.locator("path.ring.joined").count() == 1
    assert island(html(order=False))["rings"]["joined"] == []


def test_several_clusters_of_two_zones_stand_on_one_page(phone):
    sheets = [FieldSheet(markers=design()),
              FieldSheet(markers=design(crs="EPSG:9210", cluster="C2"))]  # fmt: skip
    data = island(field_page(sheets, lang="vi"))
    assert data["title"] == "Tìm mốc C1, C2"
    epsg = [data["zones"][marker["zone"]]["epsg"] for marker in data["markers"]]
    assert epsg == [9216] * 4 + [9210] * 4
    page = phone(field_page(sheets, lang="vi")).page
    assert page.locator(".field-marker").count() == 8
    choose(page, "rg-01 c2")  # the same id stands in both
    assert page.inner_text("#target-kind") == "RG · C2"
    mark(page, "found")
    page.click("#tab-list")
    page.fill("#search", "rg-01")
    assert page.locator("#list button").all_inner_texts() == ["RG-01\nC1", "RG-01\nC2\nCòn"]


def test_a_long_list_is_cut_and_says_so(phone):
    page = phone(html(names={f"RG-{k:04d}": (k, 0) for k in range(1, 252)})).page
    page.click("#tab-list")
    assert page.locator("#list button").count() == 200
    assert page.inner_text("#more") == "Còn 51 mốc nữa: hãy gõ để thu hẹp."
    page.fill("#search", "0251")
    assert page.locator("#list button").all_inner_texts() == ["RG-0251"]
    assert not page.is_visible("#more")
    page.fill("#search", "9999")
    assert page.inner_text("#nothing") == "Không có mốc nào khớp."


def test_markers_in_no_zone_of_vietnam_are_refused():
    with pytest.raises(
        UsageError, match="which is no VN-2000 zone; the field page works in VN-2000 grids only"
    ):
        html(crs="EPSG:32648")


def test_the_same_markers_make_the_same_page():
    assert html() == html()
