"""The calendar of deadlines: read back by the library, and looked at line by line."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from gisclusters.publish.deadline_calendar import calendar_bytes
from gisclusters.store import open_store
from gisclusters.workflows.measure_efficiency import measure_efficiency
from tests.efficiency.listed_scene import AS_OF, PARCELS, listed_store


@pytest.fixture(scope="module")
def store_url(tmp_path_factory):
    return listed_store(str(tmp_path_factory.mktemp("kho") / "store.gpkg"))


def written(url, as_of=AS_OF, lang="vi"):
    with open_store(url) as store:
        return calendar_bytes(measure_efficiency(store, as_of=as_of), lang)


def events(data):
    return list(Calendar.from_ical(data).walk("VEVENT"))


def on(event):
    return event.decoded("dtstart")


def test_one_event_for_each_day_that_matters_the_whole_day(store_url):
    days = [
        (str(event["summary"]).split(",")[0], on(event)) for event in events(written(store_url))
    ]
    assert days == [
        ("ĐÃ ĐẾN HẠN – Hết thời gian gia hạn: thửa P1", date(2026, 6, 30)),
        ("ĐÃ ĐẾN HẠN – Hạn 12 tháng không sử dụng đất: thửa P2", date(2026, 5, 10)),
        ("Hạn 12 tháng không sử dụng đất: thửa P3", date(2027, 1, 10)),
        ("Hạn 12 tháng không sử dụng đất: thửa P4", date(2027, 9, 1)),
        ("Hạn 12 tháng không sử dụng đất: thửa P7", date(2027, 4, 10)),
        ("Qua mốc tiến độ của dự án: thửa P7", date(2026, 12, 2)),
        ("Hết thời hạn thuê đất: thửa P8", date(2031, 1, 1)),
    ]  # not P5, which produces without end, nor P6, which is unknown
    for event in events(written(store_url)):
        assert type(on(event)) is date
        assert event.decoded("dtend") - on(event) == timedelta(days=1)


def test_reminders_come_ninety_and_thirty_days_before_what_is_still_to_come(store_url):
    reminders = {
        str(event["summary"]).split("thửa ")[1][:2]: [
            alarm.decoded("trigger").days for alarm in event.walk("VALARM")
        ]
        for event in events(written(store_url))
    }
    assert reminders["P1"] == reminders["P2"] == []
    assert reminders["P3"] == reminders["P8"] == [-90, -30]


def test_a_later_run_moves_the_event_and_does_not_add_one(tmp_path):
    def of(parcels, name, as_of):
        [event] = events(written(listed_store(str(tmp_path / name), parcels), as_of))
        return event

    third = PARCELS[2]
    before = of([third], "truoc.gpkg", AS_OF)
    later = {"force_majeure": "2026-09-01/2026-09-10"}  # ten days
    after = of([third | later], "sau.gpkg", AS_OF + timedelta(days=1))
    assert before["uid"] == after["uid"]
    assert (on(before), on(after)) == (date(2027, 1, 10), date(2027, 1, 20))
    assert after["sequence"] == before["sequence"] + 1
    other = of([third | {"parcel_id": "P4"}], "khac.gpkg", AS_OF)
    assert other["uid"] != before["uid"]


def test_uids_are_different_and_equal_runs_make_equal_files(store_url):
    uids = [str(event["uid"]) for event in events(written(store_url))]
    assert len({*uids}) == len(uids) == 7
    assert written(store_url) == written(store_url)


def test_lines_have_at_most_75_octets_end_in_crlf_and_break_no_letter(store_url):
    data = written(store_url)
    lines = data.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # a letter cut in two would not be one
    assert any(line.startswith(b" ") for line in lines)


def test_marks_of_the_format_are_escaped_and_read_back_as_they_were(store_url):
    whole = written(store_url).replace(b"\r\n ", b"").decode("utf-8")
    assert r"HTX Dược liệu\; Xanh\, Sạch" in whole
    [event] = [each for each in events(written(store_url)) if "thửa P2" in each["summary"]]
    assert str(event["summary"]).endswith("– HTX Dược liệu; Xanh, Sạch")
    lines = str(event["description"]).split("\n")
    assert lines[0] == "Tình trạng: Không đưa đất vào sử dụng (tính đến 15/11/2026)"
    assert "Bàn giao đất trên thực địa ngày 10/05/2025." in lines
    assert any("Luật Đất đai 31/2024/QH15, Điều 81 khoản 8; đã đọc văn bản gốc" in line
               for line in lines)  # fmt: skip


def test_in_english(store_url):
    [event] = [
        each for each in events(written(store_url, lang="en")) if "parcel P3" in each["summary"]
    ]
    assert str(event["summary"]) == "Limit of 12 months unused: parcel P3, CCN Sa Bình – Công ty C"


def test_without_parcels_the_calendar_is_empty_and_valid(tmp_path):
    data = written(listed_store(str(tmp_path / "s.gpkg"), [{"parcel_id": "P9"}]))
    assert events(data) == []
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
