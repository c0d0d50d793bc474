"""Meridians behind unusual signs of degrees, and titles that other words open."""

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, read_layer
from gisclusters.readers.system_words import said_in
from gisclusters.words import issue_text

LONG_AN = ReadOptions(province="Long An")
CORNERS = [(1_221_000, 570_000), (1_221_000, 570_400), (1_221_300, 570_400), (1_221_300, 570_000)]
ROWS = "".join(f"M{k};{north};{east}\n" for k, (north, east) in enumerate(CORNERS, 1))


def table(folder, title):
    path = folder / "bang.csv"
    quoted = title.replace('"', '""')
    path.write_text(f'"{quoted}";;\nTên;X;Y\n{ROWS}', encoding="utf-8")
    return path


def refusal(path, options=LONG_AN, kind="markers"):
    with pytest.raises(InputRefusedError) as found:
        read_layer(kind, path, options)
    [issue] = [issue for issue in found.value.issues if issue.level == "error"]
    for lang in ("vi", "en"):
        assert all(issue_text(issue, lang))
    return issue


@pytest.mark.parametrize("degrees", [
    "107g30ph", "107&deg;30'", "107&#176;30'", "107&ordm;30'", "107<sup>o</sup>30'", "107^o30'",
    "107^{\\circ}30'", "107^\\circ 30'", "107(độ) 30'", "107 (độ) 30", "107Â°30'", "107®é30'",
    "107ñoä30'", "107°_30'", "107&deg;30&#39;", "107^030'", "107\\degree 30'", "107<sup>0</sup>30'",
])  # fmt: skip
@pytest.mark.parametrize("before", ["KTT ", "Kinh tuyến trục: "])
def test_minutes_are_read_behind_the_signs_of_pages_formulas_and_old_fonts(
    tmp_path, before, degrees
):
    path = table(tmp_path, before + degrees)
    assert read_layer("markers", path).crs == "EPSG:9216"
    assert refusal(path).code == "crs_contradiction"


@pytest.mark.parametrize("degrees", [
    "107h30", "107/45", "107:45", "107*45'", "107^45'", "107Ð30'", '107°3000"', "107(deg)45",
    "107 rưỡi",
])  # fmt: skip
@pytest.mark.parametrize("before", ["KTT ", "VN-2000, KTT "])
def test_minutes_behind_a_doubtful_sign_leave_no_zone_to_the_province(tmp_path, before, degrees):
    path = table(tmp_path, before + degrees)
    issue = refusal(path)
    assert issue.code == "meridian_unknown"
    assert "--crs" in issue_text(issue, "vi")[1]
    assert "--province" not in issue_text(issue, "vi")[1]
    assert refusal(path, ReadOptions()).code == "crs_missing"
    layer = read_layer("markers", path, ReadOptions(crs="EPSG:9216"))
    assert layer.crs == "EPSG:9216"
    assert "meridian_unknown" in {issue.code for issue in layer.issues if issue.level == "warning"}


@pytest.mark.parametrize("line", [
    "KTT 107°, 15 mốc", "KTT 107°, tờ bản đồ 30", "KTT 107° (30/12/2021)", "KTT 107, thửa 45",
])  # fmt: skip
def test_numbers_of_other_things_are_no_minutes(line):
    assert [each.degrees for each in said_in([line]).meridians] == [107.0]
