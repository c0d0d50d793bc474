"""Files of controllers, phones and field apps: accuracy, fix, epochs and time by our names."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.markers import verify_markers
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.receiver_fix import fix_class
from gisclusters.readers.sandbox import read_layer

E, N = 572_400.0, 1_221_300.125
TIME = pd.Timestamp("2026-11-20 09:01:02")
# Columns in the order in which each maker's export has them; one point, fixed, 30 epochs.
# RG-01 lies at 108.1644068 11.04305412 in WGS 84 (108°09′51.86448″, 11°02′34.99483″).
MAKERS = {
    "emlid": (
        ("Name,Code,Easting,Northing,Elevation,Description,Longitude,Latitude,Ellipsoidal height,"
        "Origin,Easting RMS,Northing RMS,Elevation RMS,Lateral RMS,Antenna height,"
        "Antenna height units,Solution status,Correction type,Averaging start,Averaging end,"
        "Samples,PDOP,GDOP,Base easting,Base northing,Base elevation,Base longitude,"
        "Base latitude,Base ellipsoidal height,Baseline,Mount point,CS name"),
        ("RG-01,RG,572400.000,1221300.125,5.1,,108.1644068,11.04305412,1.0,Global,0.008,0.006,"
        "0.012,0.010,1.8,m,FIX,RTK,2026-11-20 09:01:02.0 UTC+07:00,"
        "2026-11-20 09:01:32.0 UTC+07:00,30,1.4,1.6,572000,1221000,4,108.16,11.04,2,500,MP,VN"),
    ),
    "trimble": (
        ("Point,Northing,Easting,Elevation,Code,H Prec,V Prec,PDOP,Satellites,Solution,"
        "Observations,Date,Time"),
        "RG-01,1221300.125,572400.000,5.1,RG,0.010,0.02,1.4,18,RTK Fixed,30,20/11/2026,09:01:02",
    ),
    "chc": (
        "Name,N,E,Z,Code,B,L,H,HRMS,VRMS,Status,Sats,PDOP,Epoch,Start Time,End Time",
        ("RG-01,1221300.125,572400.000,5.1,RG,11:02:34.99483N,108:09:51.86448E,3.1,0.010,0.02,"
        "Fixed,18,1.2,30,2026-11-20 09:01:02,2026-11-20 09:01:12"),
    ),
    "south": (
        "PtID,X,Y,H,Code,HRMS,VRMS,Solution,Obs,Local Time",
        "RG-01,1221300.125,572400.000,5.1,RG,0.010,0.02,4,30,2026/11/20 09:01:02",
    ),
    "leica": (
        ("Point ID,Easting,Northing,Ortho Height,Code,2D CQ,1D CQ,3D CQ,GDOP,Solution Type,"
        "No of epochs,Date/Time"),
        ("RG-01,572400.000,1221300.125,5.1,RG,0.010,0.02,0.022,2.1,Phase Fixed,30,"
        "11/20/2026 09:01:02 AM"),
    ),
    "topcon": (
        "Name,Northing,Easting,Elevation,Code,Horz RMS (mm),Vert RMS (mm),Fix Type,Epochs,Time",
        "RG-01,1221300.125,572400.000,5.1,RG,10,20,Fixed,30,2026-11-20T02:01:02Z",
    ),
    "carlson": (
        "Point,N,E,Z,Desc,HSDV,VSDV,Status,HDOP,Samples,DateTime",
        "RG-01,1221300.125,572400.000,5.1,RG,0.010,0.02,FIXED,0.8,30/30,20.11.2026 09:01:02",
    ),
}  # fmt: skip


def read(path, text=None, **options):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return read_layer("surveys", path, ReadOptions(fallback_crs="EPSG:9216", **options))


def codes(layer):
    return {issue.code for issue in layer.issues}


@pytest.mark.parametrize("maker", MAKERS)
def test_each_makers_columns_are_known(tmp_path, maker):
    layer = read(tmp_path / f"{maker}.csv", "\n".join(MAKERS[maker]) + "\n")
    [row] = layer.frame.to_dict("records")
    assert row["marker_id"] == "RG-01"
    assert (row["geometry"].x, row["geometry"].y) == (E, N)
    # Emlid: √(0.008² + 0.006²) is 0.010 too.
    assert row["accuracy_m"] == pytest.approx(0.010)
    assert (row["fix"], row["epochs"], row["observed_at"]) == ("fixed", 30, TIME)
    assert not {"fix_not_fixed", "accuracy_missing", "pairs_disagree"} & codes(layer)
    assert len(row) > len(layer.kind.fields) + 3  # what is not ours is kept beside


@pytest.mark.parametrize(
    ("cell", "word"),
    [("FIX", "fixed"), ("4", "fixed"), ("4.0", "fixed"), ("RTK Float", "float"), ("5", "float"),
     ("FLOAT", "float"), ("SINGLE", "single"), ("1", "single"), ("Autonomous", "single"),
     ("3d", "single"), ("DGPS", "dgps"), ("2", "dgps"), ("no fix", "none"), ("not fixed", "none"),
     ("GPS fix", "single"), ("3D Fix", "single"), ("DGPS fix", "dgps"), ("RTK fix", "fixed"),
     ("RTK fixed (GPS+GLO)", "fixed"), ("GPS", "single"), ("0", "none"), ("Cố định", "fixed"), ("Chưa fix", "none"),
     ("Chưa cố định", "none"), ("Không cố định", "none"), ("Mất fix", "none"), ("Lost fix", "none"),
     ("Unfixed", "none"), ("wobbly", None), ("7", None)],
)  # fmt: skip
def test_words_and_codes_of_solutions(cell, word):
    assert fix_class(cell) == word


@pytest.mark.parametrize(
    ("header", "cell", "metres", "code"),
    [("HRMS", "0.10", 0.10, "accuracy_as_drms"), ("H Prec (cm)", "10", 0.10, "accuracy_as_drms"),
     # 95 % of a circle: √(−2 ln 0.05) = 2.4477 σ, ours is 1.4142 σ.
     ("H Prec 95", "0.10", 0.10 * 1.41421 / 2.44775, "accuracy_of_95"),
     ("2DRMS", "0.10", 0.05, "accuracy_of_2drms"),
     ("CEP", "0.10", 0.10 * 1.41421 / 1.17741, "accuracy_of_cep"),
     ("3D CQ", "0.10", 0.10, "accuracy_in_space"), ("Sai số (cm)", "2", 0.02, "accuracy_as_drms"),
     ("Độ chính xác (mm)", "20", 0.02, "accuracy_as_drms"), ("sigma_cm", "2", 0.02, "accuracy_as_drms"),
     ("mP", "0.015", 0.015, "accuracy_as_drms"), ("mP (mm)", "15", 0.015, "accuracy_as_drms"),
     ("HRMS(ft)", "0.1", 0.03048, "accuracy_as_drms")],
)  # fmt: skip
def test_the_statistic_assumed_is_said(tmp_path, header, cell, metres, code):
    layer = read(tmp_path / "do.csv", f"Name,N,E,{header}\nRG-01,{N},{E},{cell}\n")
    assert layer.frame["accuracy_m"].iloc[0] == pytest.approx(metres, rel=1e-5)
    assert code in codes(layer)


@pytest.mark.parametrize(
    "headers", ["sE,sN", "RMSx,RMSy", "Sigma E (m),Sigma N (m)", "SDE,SDN", "mX(m),mY(m)", "mE,mN"]
)
def test_spreads_along_the_axes_are_joined(tmp_path, headers):
    layer = read(tmp_path / "do.csv", f"Name,N,E,{headers}\nRG-01,{N},{E},0.03,0.04\n")
    assert layer.frame["accuracy_m"].iloc[0] == pytest.approx(0.05)
    assert "accuracy_of_components" in codes(layer)


def test_hdop_is_no_accuracy_and_nought_is_none(tmp_path):
    layer = read(tmp_path / "do.csv", f"Name,N,E,HRMS,HDOP\nRG-01,{N},{E},0.000,0.8\n"
                 f"RG-02,{N},{E + 100},0.020,0.8\n")  # fmt: skip
    assert np.isnan(layer.frame["accuracy_m"].iloc[0])
    assert layer.frame["accuracy_m"].iloc[1] == 0.02
    assert {"accuracy_zero", "accuracy_missing"} <= codes(layer)


def test_an_accuracy_that_is_no_number_refuses_its_row(tmp_path):
    with pytest.raises(InputRefusedError) as refused:
        read(tmp_path / "do.csv", f"Name,N,E,HRMS\nRG-01,{N},{E},tốt\n")
    assert [(i.code, i.row, i.field) for i in refused.value.issues if i.level == "error"] == [
        ("not_a_number", 2, "accuracy_m")
    ]


def test_a_point_that_is_not_fixed_is_not_judged_as_if_it_were(tmp_path):
    (tmp_path / "moc.csv").write_text(f"Tên mốc,X,Y\nRG-01,{N},{E}\nRG-02,{N},{E + 100}\n")
    design = read_layer("markers", tmp_path / "moc.csv", ReadOptions(crs="EPSG:9216"))
    survey = read(
        tmp_path / "do.csv",
        f"Name,N,E,Solution\nRG-01,{N},{E + 0.01},FIX\nRG-02,{N},{E + 100.01},FLOAT\n",
    )
    assert survey.frame["accuracy_m"].tolist()[1] == 0.5
    by_code = {issue.code: issue for issue in survey.issues}
    assert by_code["fix_not_fixed"].level == "warning"
    assert by_code["fix_not_fixed"].params["rows"] == "3"
    assert by_code["accuracy_by_fix"].params["metres"] == 0.5
    found = verify_markers(design, survey).findings.set_index("marker_id")["verdict"]
    assert found.to_dict() == {"RG-01": "ok", "RG-02": "undecided"}


def test_a_solution_nobody_knows_is_said_and_kept(tmp_path):
    layer = read(tmp_path / "do.csv", f"Name,N,E,Solution,HRMS\nRG-01,{N},{E},wobbly,0.01\n")
    assert layer.frame["fix"].tolist() == ["wobbly"]
    assert "fix_unknown" in codes(layer)


@pytest.mark.parametrize(
    ("cells", "times", "code"),
    [(["11/20/2026 09:01:02", "11/02/2026 09:01:02"], ["2026-11-20", "2026-11-02"], None),
     (["01/11/2026 09:01:02", "02/11/2026 09:01:02"], ["2026-11-01", "2026-11-02"], None),
     (["2026-11-20 01:01:02 PM", "2026-11-20 12:01:02 AM"], ["2026-11-20", "2026-11-20"], None),
     (["tuần 48", "2026-11-20 09:01:02"], [None, "2026-11-20"], "time_unread"),
     (["09:01:02", "09:01:03"], [None, None], "time_without_date")],
)  # fmt: skip
def test_times_as_they_are_written(tmp_path, cells, times, code):
    rows = "".join(f"RG-{i},{N},{E + 50 * i},0.01,{cell}\n" for i, cell in enumerate(cells))
    layer = read(tmp_path / "do.csv", f"Name,N,E,HRMS,Local Time\n{rows}")
    read_days = [None if pd.isna(t) else str(t.date()) for t in layer.frame["observed_at"]]
    assert read_days == times
    assert code is None or code in codes(layer)


def test_hours_of_the_afternoon(tmp_path):
    layer = read(tmp_path / "do.csv", f"Name,N,E,HRMS,Local Time\n"
                 f"RG-1,{N},{E},0.01,2026-11-20 01:01:02 PM\nRG-2,{N},{E},0.01,"
                 f"2026-11-20 12:01:02 AM\n")  # fmt: skip
    assert layer.frame["observed_at"].dt.hour.tolist() == [13, 0]


@pytest.mark.parametrize(("lon", "lat"), [
    ("108°09'51.86448\"E", "11°02'34.99483\"N"), ("108 09 51.86448", "11 02 34.99483"),
    ("108:09:51.86448", "11:02:34.99483"), ("108.1644068", "11.0430541"),
])  # fmt: skip
def test_degrees_however_written(tmp_path, lon, lat):
    lat = lat.replace('"', '""')
    lon = lon.replace('"', '""')
    layer = read(tmp_path / "do.csv", f'Name,Longitude,Latitude,HRMS,Fix\n"RG-01","{lon}",'
                 f'"{lat}",0.01,FIX\n')  # fmt: skip
    assert layer.crs == "EPSG:4326"
    [point] = layer.to_crs("EPSG:9216").shapes.geometry
    assert np.hypot(point.x - E, point.y - N) < 0.01  # seven decimals are a centimetre
    assert layer.frame["fix"].tolist() == ["fixed"]


def test_the_field_page_is_read(tmp_path):
    layer = read(tmp_path / "trang.csv", "marker_id,lon,lat,accuracy_m,state,note,observed_at\n"
                 'RG-01,108.1644068,11.0430541,3.2,found,"ok, thấy",2026-11-20T09:01:02+07:00\n'
                 "RG-02,,,,not_accessible,,2026-11-20T02:01:02Z\n")  # fmt: skip
    assert layer.crs == "EPSG:4326"
    assert layer.frame["state"].tolist() == ["found", "not_accessible"]
    assert layer.frame["observed_at"].tolist() == [TIME, TIME]
    assert layer.frame["note"].tolist() == ["ok, thấy", None]
    assert layer.frame.geometry.is_empty.tolist() == [False, True]


@pytest.mark.parametrize("columns", ["lon,lat", "E,N", "X,Y"])
def test_a_survey_of_states_alone_is_read(tmp_path, columns):
    layer = read(tmp_path / "trang.csv", f"marker_id,{columns},accuracy_m,state\n"
                 "RG-01,,,,lost\nRG-02,,,,buried\n,,,,\n")  # fmt: skip
    assert layer.frame["marker_id"].tolist() == ["RG-01", "RG-02"]
    assert layer.frame["state"].tolist() == ["lost", "buried"]
    assert layer.frame.geometry.is_empty.all()


def test_a_design_without_any_place_is_refused(tmp_path):
    (tmp_path / "moc.csv").write_text("marker_id,X,Y\nRG-01,,\n", encoding="utf-8")
    with pytest.raises(InputRefusedError) as fault:
        read_layer("markers", tmp_path / "moc.csv", ReadOptions(crs="EPSG:9216"))
    assert [issue.code for issue in fault.value.issues] == ["no_coordinates"]


def test_states_are_read_in_vietnamese(tmp_path):
    rows = "".join(f"RG-{i},{N},{E + 50 * i},0.01,{word}\n" for i, word in
                   enumerate(["còn", "Vỡ", "mất", "đã thay", "bị vùi", "không tiếp cận được",
                              "thấy", "Không tìm thấy", "Đã mất", "bị vùi lấp", "bình thường"]))  # fmt: skip
    layer = read(tmp_path / "do.csv", f"Name,N,E,HRMS,Hiện trạng\n{rows}")
    assert layer.frame["state"].tolist() == [
        "found", "broken", "lost", "replaced", "buried", "not_accessible", "found",
        "lost", "lost", "buried", "found"]  # fmt: skip


def test_a_status_that_is_a_state_is_no_solution(tmp_path):
    layer = read(tmp_path / "do.csv", f"Name,N,E,HRMS,Status\nRG-01,{N},{E},0.01,lost\n")
    assert layer.frame["state"].tolist() == ["lost"]
    assert layer.frame["fix"].isna().all()
    assert "fix_unknown" not in codes(layer)


def test_waypoints_with_fix_time_and_remarks(tmp_path):
    def point(name, lon, rest):
        return f'<wpt lat="11.04305412" lon="{lon}">{rest[0]}<name>{name}</name>{rest[1]}</wpt>'

    layer = read(
        tmp_path / "do.gpx",
        '<?xml version="1.0"?><gpx version="1.1" creator="x" '
        'xmlns="http://www.topografix.com/GPX/1/1">'
        + point("RG-01", 108.1644068, ["<time>2026-11-20T02:01:02Z</time>",
                                       "<cmt>HRMS=0.012 m</cmt><fix>dgps</fix><hdop>0.8</hdop>"])
        + point("RG-02", 108.1653220, ["", "<fix>3d</fix><hdop>1.8</hdop>"])
        + "</gpx>",
    )  # fmt: skip
    assert layer.frame["marker_id"].tolist() == ["RG-01", "RG-02"]
    assert layer.frame["accuracy_m"].tolist() == [0.012, 5.0]
    assert layer.frame["fix"].tolist() == ["dgps", "single"]
    assert layer.frame["observed_at"].iloc[0] == TIME
    assert {"fix_not_fixed", "accuracy_by_fix"} <= codes(layer)


def test_features_of_qfield_and_mergin(tmp_path):
    fields = {
        "name": "RG-01", "accuracy": 0.014, "hdop": 0.7, "fix_quality": 4, "_hidden": "x",
        "timestamp": "2026-11-20T09:01:02", "photo": "DCIM/1.jpg", "averaged_count": 30,
    }  # fmt: skip
    feature = {"type": "Feature", "properties": fields,
               "geometry": {"type": "Point", "coordinates": [108.1644068, 11.04305412]}}  # fmt: skip
    path = tmp_path / "qfield.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    frame = read(path).frame
    assert frame[["accuracy_m", "fix", "epochs"]].iloc[0].tolist() == [0.014, "fixed", 30]
    assert frame["observed_at"].iloc[0] == TIME
    assert frame[["_hidden", "photo", "hdop"]].iloc[0].tolist() == ["x", "DCIM/1.jpg", 0.7]
    mergin = gpd.GeoDataFrame(
        {"marker_id": ["RG-01"], "horizontal_accuracy": [0.31], "fix_type": ["Float RTK"],
         "state": ["broken"], "tracked": [True],
         "time": [pd.Timestamp("2026-11-20 02:01:02", tz="UTC")]},
        geometry=[shapely.Point(E, N)], crs="EPSG:9216",
    )  # fmt: skip
    mergin.to_file(tmp_path / "mergin.gpkg", layer="survey")
    layer = read(tmp_path / "mergin.gpkg")
    row = layer.frame.iloc[0]
    assert layer.frame["observed_at"].iloc[0] == TIME
    assert (row["accuracy_m"], row["fix"], row["state"]) == (0.31, "float", "broken")
    assert "fix_not_fixed" in codes(layer)
    assert "tracked" in layer.frame


def test_a_multipoint_of_one_point_is_that_point(tmp_path):
    one, two = shapely.MultiPoint([(E, N)]), shapely.MultiPoint([(E, N), (E + 1, N)])
    for name, shape in (("mot", one), ("hai", two)):
        frame = gpd.GeoDataFrame({"marker_id": ["RG-01"]}, geometry=[shape], crs="EPSG:9216")
        frame.to_file(tmp_path / f"{name}.gpkg")
    layer = read(tmp_path / "mot.gpkg")
    assert layer.shapes.geometry.to_list() == [shapely.Point(E, N)]
    with pytest.raises(InputRefusedError) as fault:  # which of two, nobody can tell
        read(tmp_path / "hai.gpkg")
    assert "geometry_unusable" in {issue.code for issue in fault.value.issues}
